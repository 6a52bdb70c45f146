import { diagnose } from '../src/diagnose/diagnose.ts';
import { walk } from '../src/probe/walk.ts';
import { systemPorts } from '../src/system/ports.ts';
import { readAuthorities } from '../src/system/trust-store.ts';
import { Samples } from './samples.ts';
import { type AddressTimes, siteOfFour, siteOfOne } from './tls-addresses.ts';

/**
 * Runs in a network of the lab, in the place of the program: walks to one address and to four by turns, each until its verdict, and prints medians as
 * JSON. In one process, so that its start does not count.
 */

const rounds = 21;
const warmUp = 5;
const extents = { document: 'none', page: 'site' } as const;
type Extent = keyof typeof extents;

/** As with `--ca`: a certificate that this host alone believes has its name's owner asked who may issue, which would hide what the addresses cost. */
const read = readAuthorities(process.env.SSL_CERT_FILE ?? '');
if (read.kind === 'unusable') throw new Error(read.reason);
const ports = systemPorts({ authorities: read.store });
const securing = new Samples();
const requesting = { 1: new Samples(), 4: new Samples() };

/** How long one walk and its verdict took. Throws unless it met the network that is measured. */
async function timed(host: string, extent: Extent, count: 1 | 4, isCounted: boolean): Promise<number> {
  const startedMs = performance.now();
  const record = await walk(`https://${host}/`, { page: extents[extent] }, ports);
  const { verdict } = diagnose(record.observations, record.context);
  const tookMs = performance.now() - startedMs;
  if (verdict.status !== 'ok') throw new Error(`a healthy site was called ${verdict.status} ${verdict.cause}`);
  const handshakes = record.observations.filter((one) => one.kind === 'tls.handshake-completed');
  const found = new Set(handshakes.map(({ server }) => server.address));
  if (found.size !== count) throw new Error(`${host}: handshakes with ${[...found].join(', ')}`);
  if (isCounted) requesting[count].add(record.timings.totalMs ?? Number.NaN);
  if (isCounted && count === 1) securing.add(handshakes[0]?.durationMs ?? Number.NaN);
  return tookMs;
}

async function compared(extent: Extent): Promise<AddressTimes['walks'][Extent]> {
  const one = new Samples();
  const four = new Samples();
  for (let round = -warmUp; round < rounds; round++) {
    const isCounted = round >= 0;
    const [oneMs, fourMs] = [await timed(siteOfOne, extent, 1, isCounted), await timed(siteOfFour, extent, 4, isCounted)];
    if (!isCounted) continue;
    one.add(oneMs);
    four.add(fourMs);
  }
  return { oneMs: tenths(one.medianMs), fourMs: tenths(four.medianMs), beyondMs: tenths(four.medianMs - one.medianMs) };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

const walks = { document: await compared('document'), page: await compared('page') };
const requestMs = { one: tenths(requesting[1].medianMs), four: tenths(requesting[4].medianMs) };
const times: AddressTimes = { rounds, tlsMs: tenths(securing.medianMs), requestMs, walks };
console.log(JSON.stringify(times));
