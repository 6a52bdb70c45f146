import { Resolver } from 'node:dns/promises';
import { get } from 'node:https';
import type { LookupFunction } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseResolver } from '../src/cli/options/address.ts';
import { diagnose } from '../src/diagnose/diagnose.ts';
import { walk } from '../src/probe/walk.ts';
import { systemPorts } from '../src/system/ports.ts';
import { readAuthorities } from '../src/system/trust-store.ts';
import { type Comparison, compare, renderTable } from './comparison.ts';
import { type Opponent, runToEnd, startOpponent, versionOf } from './opponent.ts';
import { pathTraces } from './path-trace.ts';
import { alternate } from './samples.ts';
import { tlsOfEveryAddress } from './tls-addresses.ts';

/** Measures this build against its peers in one run on loopback and prints ratios: a table, then one line of JSON. Exits 1 when a target is missed. */

const command = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const processRuns = 21;
const warmWalks = 1000;

async function startUp(): Promise<Comparison> {
  const samples = await alternate(
    { ours: () => runToEnd(process.execPath, [command, '--version']), peer: () => runToEnd(process.execPath, ['-e', '0']) },
    processRuns,
    2,
  );
  return compare({ what: 'start-up', ours: 'wirewalk --version', peer: 'node -e 0' }, samples, { of: 'oursMs', atMost: 120 });
}

async function wholeProcess(opponent: Opponent): Promise<Comparison | null> {
  if (versionOf('curl') === null) return null;
  const url = `https://127.0.0.1:${opponent.sitePort}/`;
  const samples = await alternate(
    {
      ours: () => runToEnd(process.execPath, [command, url, '--json', '--ca', opponent.caFile]),
      peer: () => runToEnd('curl', ['--silent', '--fail', '--output', '/dev/null', '--cacert', opponent.caFile, url]),
    },
    processRuns,
    2,
  );
  return compare({ what: 'one healthy https request, whole process', ours: 'wirewalk --json', peer: 'curl' }, samples, null);
}

/** How a target is reached: by address, or by name through the opponent's resolver. */
interface Way {
  what: string;
  host: string;
  /** Asked for the name by both sides; null where there is no name. */
  resolver: string | null;
}

/** One request by bare node:https: fresh connection, no session kept, verification on, body read. */
function bareRequest(opponent: Opponent, way: Way, lookup: LookupFunction | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { host: way.host, port: opponent.sitePort, ca: opponent.ca, agent: false, ...(lookup ? { lookup } : {}) };
    const request = get(options, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    request.on('error', reject);
  });
}

/** Both address types asked of one resolver, as a walk does. */
function lookupBy(resolver: string): LookupFunction {
  const asked = new Resolver();
  asked.setServers([resolver]);
  return (name, _options, callback) => {
    const ipv6 = asked.resolve6(name).catch(() => []);
    Promise.all([asked.resolve4(name), ipv6]).then(
      ([ipv4, more]) =>
        callback(null, [...ipv4.map((address) => ({ address, family: 4 })), ...more.map((address) => ({ address, family: 6 }))]),
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

async function warmWalk(opponent: Opponent, way: Way): Promise<Comparison> {
  const read = readAuthorities(opponent.caFile);
  if (read.kind === 'unusable') throw new Error(read.reason);
  const ports = systemPorts({ authorities: read.store });
  const url = `https://${way.host}:${opponent.sitePort}/`;
  const resolvers = way.resolver === null ? [] : [parseResolver(way.resolver)];
  const lookup = way.resolver === null ? undefined : lookupBy(way.resolver);
  const samples = await alternate(
    {
      ours: async () => {
        const record = await walk(url, { resolvers }, ports);
        const { verdict } = diagnose(record.observations, record.context);
        if (verdict.status !== 'ok') throw new Error(`a healthy site was called ${verdict.status} ${verdict.cause}`);
      },
      peer: () => bareRequest(opponent, way, lookup),
    },
    warmWalks,
    50,
  );
  return compare({ what: way.what, ours: 'walk()', peer: 'node:https' }, samples, { of: 'ratio', atMost: 2.5 });
}

const opponent = await startOpponent();
try {
  const byAddress: Way = { what: 'one walk and verdict, warm process, by address', host: '127.0.0.1', resolver: null };
  const byName: Way = { what: 'the same by name', host: 'site.test', resolver: opponent.resolver };
  const comparisons = [
    await startUp(),
    await wholeProcess(opponent),
    await warmWalk(opponent, byAddress),
    await warmWalk(opponent, byName),
    ...((await pathTraces()) ?? []),
    ...((await tlsOfEveryAddress()) ?? []),
  ].filter((one) => one !== null);
  const where = { node: process.version, platform: `${process.platform} ${process.arch}`, curl: versionOf('curl') };
  console.log(renderTable(comparisons));
  console.log(`\n${JSON.stringify({ where, comparisons })}`);
  if (comparisons.some(({ target }) => target?.met === false)) process.exitCode = 1;
} finally {
  opponent.stop();
}
