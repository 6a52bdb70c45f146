import { isIpv6, isLoopback } from '../model/address.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { TcpResetReceived } from '../model/observations/tcp.ts';
import type { FollowUp } from './follow-up.ts';
import { observedTarget } from './observed-target.ts';
import { traceOneWay } from './path/path-trace.ts';
import { isProxied } from './proxy/choice.ts';
import { round } from './recorder.ts';
import { type ExchangeStage, isSafe, repeatExchange } from './repeat-exchange.ts';
import type { Target } from './target.ts';
import { unknownTcpFacts } from './tcp.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** No path is longer; what is sent before the experiment proper has to arrive. */
const farReach = 64;
/** Hops short of the server that packets are sent: one proves it, two allow for parallel paths of different length. */
const shortBy = [1, 2] as const;
/** A reset comes as soon as the first one did; so many times as long is waited for it, and at least so long. */
const patienceFactor = 4;
const shortestPatienceMs = 600;

/**
 * Reset in answer to our first bytes: who sends it? The same bytes again, in packets that do not live long enough to reach the server. A reset all
 * the same comes from somebody before it.
 */
export const resetOrigin: FollowUp = {
  name: 'reset-origin',
  isWanted: (context) => context.options.trace !== 'never' && provokedReset(context) !== null,
  async run(context) {
    const reset = provokedReset(context);
    const target = observedTarget(context.recorder);
    if (reset === null || target === null) return;
    await traceOneWay(context, reset.server, { protocol: 'tcp', rounds: 1 });
    const distance = distanceTo(context, reset.server);
    if (distance === null) return;
    const limits = shortBy.map((hops) => distance - hops).filter((limit) => limit >= 1);
    await Promise.all(limits.map((limit) => reachShort(context, target, reset, limit, distance)));
  },
};

function provokedReset(context: WalkContext): TcpResetReceived | null {
  const { recorder, options } = context;
  if (isProxied(context)) return null;
  const reset = recorder
    .seen('tcp.reset-received')
    .find((one) => one.followUp === undefined && one.bytesReceived === 0 && (one.phase === 'hello-sent' || one.phase === 'request-sent'));
  if (reset === undefined || isLoopback(reset.server.address)) return null;
  return reset.phase === 'hello-sent' || isSafe(options.method) ? reset : null;
}

/** After how many hops the port itself opens. */
function distanceTo(context: WalkContext, server: Endpoint): number | null {
  const traces = context.recorder
    .seen('route.path-traced')
    .filter((trace) => trace.protocol === 'tcp' && trace.destination.address === server.address && trace.destination.port === server.port);
  const opened = traces.filter((trace) => trace.hops.some((hop) => hop.answers.some((answer) => answer.what === 'opened')));
  return opened.at(-1)?.reachedAtTtl ?? null;
}

async function reachShort(
  context: WalkContext,
  target: Target,
  reset: TcpResetReceived,
  hopLimit: number,
  serverDistance: number,
): Promise<void> {
  const { ports, recorder } = context;
  const { server } = reset;
  const connection = recorder.nextConnection();
  const dialed = await ports.shaped.dial(server, { hopLimit: farReach }, waitOf(context));
  if (!('kind' in dialed) || dialed.kind !== 'connected') return;
  if (!dialed.connection.setHopLimit(hopLimit)) {
    dialed.connection.destroy();
    return;
  }
  const stage: ExchangeStage = reset.phase === 'hello-sent' ? 'handshake' : 'response';
  const patienceMs = Math.max(shortestPatienceMs, reset.sinceOpenMs * patienceFactor);
  const overMs = ports.clock.nowMs() + Math.min(context.options.timeoutMs, patienceMs);
  const { outcome, atMs, facts } = await repeatExchange(context, target, dialed.connection, stage, overMs);
  if (outcome === 'aborted') return;
  recorder.observe({
    kind: 'tcp.short-reach-tried',
    checkpoint: 'tcp',
    atMs: recorder.sinceStart(atMs),
    connection,
    server,
    family: isIpv6(server.address) ? 'ipv6' : 'ipv4',
    hopLimit,
    serverDistance,
    outcome: outcome === 'went-on' ? 'answered' : outcome === 'stalled' ? 'silent' : outcome,
    afterMs: round(atMs - dialed.atMs),
    facts: facts ?? unknownTcpFacts,
  });
}
