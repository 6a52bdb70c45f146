import { isIpv6, isLoopback } from '../model/address.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { TcpFlowTried } from '../model/observations/tcp.ts';
import type { FollowUp } from './follow-up.ts';
import { isProxied } from './proxy/choice.ts';
import { round } from './recorder.ts';
import { unansweredServers } from './unanswered.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** Source ports that are tried: with two parallel paths, fewer than one time in five hundred do all of them take the same. */
const flows = 10;
/** So many times each, as long as they do not change: half of ten that are the same three times over are no chance, and neither is one of ten. */
const rounds = 3;
/** Long enough for a second SYN (RFC 6298 section 2) and its answer: one lost packet is no dead path. */
const patienceMs = 1300;
/** Dynamic ports, as IANA sets them aside. */
const firstPort = 49_152;
const lastPort = 65_535;
/** Ports of one run lie this far apart: some devices spread by few bits. */
const stride = 37;

/**
 * The SYN is not answered, or was not the first time, or somebody says no: does it depend on the source port, and is it the same ports each time?
 */
export const otherFlows: FollowUp = {
  name: 'other-flows',
  startsEarly: true,
  afterSuccess: true,
  isWanted: (context) => silentServer(context) !== undefined || deniedServer(context) !== undefined,
  async run(context) {
    const server = silentServer(context) ?? deniedServer(context) ?? carriedServer(context);
    if (server !== undefined) await tryFlows(context, server);
  },
};

function silentServer(context: WalkContext): Endpoint | undefined {
  return unansweredServers(context, true).find((server) => !isLoopback(server.address));
}

/** Refused by a reset, or by an ICMP error from elsewhere, when nothing opened. */
function deniedServer(context: WalkContext): Endpoint | undefined {
  const { seen } = context.recorder;
  const isOwn = (one: { followUp?: string }): boolean => one.followUp === undefined;
  if (isProxied(context) || seen('tcp.connected').some(isOwn)) return undefined;
  const here = new Set(seen('local.address').map((one) => one.address));
  const errors = seen('route.icmp-error').filter(
    (error) => isOwn(error) && error.protocol === 'tcp' && error.from !== null && !here.has(error.from),
  );
  const denied = [
    ...seen('tcp.syn-refused')
      .filter(isOwn)
      .map((attempt) => attempt.server),
    ...errors.map((error) => error.destination),
  ];
  return denied.find((server) => !isLoopback(server.address));
}

/** For a thorough walk of what does answer. */
function carriedServer(context: WalkContext): Endpoint | undefined {
  const carried = context.recorder.seen('tcp.connected').find((connected) => connected.carried);
  return carried === undefined || isLoopback(carried.server.address) || isProxied(context) ? undefined : carried.server;
}

async function tryFlows(context: WalkContext, server: Endpoint): Promise<void> {
  const { ports, recorder, options } = context;
  const overMs = ports.clock.nowMs() + options.timeoutMs;
  recorder.contact({ ...server, purpose: 'follow-up' });
  const [high = 0, low = 0] = ports.randomBytes(2);
  const base = firstPort + (((high << 8) | low) % (lastPort - firstPort - flows * stride));
  const sourcePorts = Array.from({ length: flows }, (_, index) => base + index * stride);
  const first = await Promise.all(sourcePorts.map((port) => tryFlow(context, server, port, 1, overMs)));
  const outcomes = new Set(first.filter((outcome) => outcome !== null));
  // All alike: nothing depends on the flow.
  if (outcomes.size < 2 || !outcomes.has('opened')) return;
  const known = new Map(sourcePorts.map((port, index) => [port, first[index] ?? null]));
  for (let time = 2; time <= rounds; time++) {
    // In another order: a limiter that takes the first few of a burst, or a balancer whose servers take turns, would take others now.
    const again = shuffled(
      sourcePorts.filter((port) => known.get(port) !== null),
      ports.randomBytes(flows),
    );
    const repeated = await Promise.all(again.map((port) => tryFlow(context, server, port, time, overMs)));
    if (repeated.some((outcome, index) => outcome !== known.get(again[index]!))) return;
  }
}

function shuffled(values: readonly number[], random: Uint8Array): number[] {
  const keyed = values.map((value, index) => ({ value, key: random[index] ?? 0 }));
  return keyed.sort((one, other) => one.key - other.key).map(({ value }) => value);
}

/** Null when the source port was taken, or the walk was interrupted. */
async function tryFlow(
  context: WalkContext,
  server: Endpoint,
  sourcePort: number,
  time: number,
  overMs: number,
): Promise<TcpFlowTried['outcome'] | null> {
  const { ports, recorder } = context;
  const waitMs = Math.min(patienceMs, overMs - ports.clock.nowMs());
  // A shorter wait has room for one SYN alone, whose loss says nothing.
  if (waitMs < patienceMs * 0.85) return null;
  const dialed = await ports.shaped.dial(server, { localPort: sourcePort }, waitOf(context, waitMs));
  if (!('kind' in dialed) || dialed.kind === 'aborted') return null;
  if (dialed.kind === 'connected') dialed.connection.destroy();
  if (dialed.kind === 'failed' && ['address-in-use', 'address-not-available'].includes(dialed.failure.name)) return null;
  const icmp = dialed.kind === 'failed' ? dialed.icmp : undefined;
  const isRefused = dialed.kind === 'failed' && dialed.failure.name === 'connection-refused' && icmp === undefined;
  const outcome = dialed.kind === 'connected' ? 'opened' : dialed.kind === 'timed-out' ? 'unanswered' : isRefused ? 'refused' : 'failed';
  recorder.observe({
    kind: 'tcp.flow-tried',
    checkpoint: 'tcp',
    atMs: recorder.sinceStart(dialed.atMs),
    connection: recorder.nextConnection(),
    server,
    family: isIpv6(server.address) ? 'ipv6' : 'ipv4',
    sourcePort,
    round: time,
    outcome,
    afterMs: round(dialed.atMs - dialed.startMs),
    ...(icmp === undefined || icmp.from === null ? {} : { errorFrom: icmp.from }),
  });
  return outcome;
}
