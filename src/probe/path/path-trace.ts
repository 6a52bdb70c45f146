import { isIpv6, isLoopback } from '../../model/address.ts';
import type { Failure } from '../../model/failure.ts';
import type { Endpoint } from '../../model/observations/base.ts';
import type { PathHop, ProbeProtocol } from '../../model/observations/route.ts';
import type { FollowUp } from '../follow-up.ts';
import { isFailure, observeUnmeasured } from '../local.ts';
import { isProxied } from '../proxy/choice.ts';
import { round } from '../recorder.ts';
import { type WalkContext, waitOf } from '../walk-context.ts';
import { isSameAddress, tracePath } from './tracing.ts';

/** Silence after which a probe counts as unanswered: longer than nearly every round trip. */
const probeTimeoutMs = 1000;
/** Beyond this nobody is: the longest paths of the Internet have about thirty hops. */
const mostHops = 30;
/** First port of traceroute(8). */
const unusedPort = 33_434;

/**
 * Probes per hop after a failure, by protocol. Routers answer a handful of packets a second and sender (Linux: six, then one), so all of them
 * together stay below.
 */
const roundsAfterFailure: Readonly<Record<ProbeProtocol, number>> = { tcp: 2, udp: 1, icmp: 1 };

/**
 * Where do packets end? The path to what did not connect, by SYNs to its port, by datagrams to an unused one and by echo requests: an end that
 * all of them share is the path's, one of SYNs alone is a filter's.
 */
export const pathOfFailure: FollowUp = {
  name: 'path-of-failure',
  startsEarly: true,
  isWanted: (context) => context.options.trace !== 'never' && unreached(context).length > 0,
  async run(context) {
    await Promise.all(unreached(context).map((destination) => traceAllWays(context, destination)));
  },
};

/** The way the request took, when it was asked for. */
export const pathOfRequest: FollowUp = {
  name: 'path-of-request',
  afterSuccess: true,
  isWanted: (context) => context.options.trace === 'always' && carriedServer(context) !== null,
  async run(context) {
    const server = carriedServer(context);
    if (server !== null) await traceOneWay(context, server, 'tcp', 3);
  },
};

function carriedServer({ recorder }: WalkContext): Endpoint | null {
  const carried = recorder.seen('tcp.connected').find((connected) => connected.carried);
  return carried === undefined || isLoopback(carried.server.address) ? null : carried.server;
}

/**
 * Of each family the first address that did not connect, or has not yet; none when something did connect, or when what is dialed is the proxy and
 * its address is not known here. What refused, or never had a route, is not lost on the way.
 */
function unreached(context: WalkContext): readonly Endpoint[] {
  const { recorder, options } = context;
  const { seen } = recorder;
  if (seen('tcp.connected').length > 0) return [];
  const failed = [
    ...seen('tcp.syn-unanswered'),
    ...seen('tcp.connect-failed').filter((attempt) => wasOnTheWay(attempt.failure)),
    ...seen('tcp.syn-refused'),
  ].map((attempt) => attempt.server);
  const ended = [...failed, ...seen('tcp.connect-failed').map((attempt) => attempt.server)];
  const target = seen('target.parsed')[0];
  const port = options.connectTo !== null && options.connectTo.port !== 0 ? options.connectTo.port : target?.port;
  const chosen = isProxied(context) || port === undefined ? [] : seen('dns.addresses-chosen').flatMap((one) => one.addresses);
  const waiting = chosen
    .filter((address) => !ended.some((server) => server.address === address))
    .map((address) => ({ address, port: port ?? 0 }));
  const candidates = [...failed, ...waiting].filter((server) => !isLoopback(server.address));
  const first = [candidates.find((server) => !isIpv6(server.address)), candidates.find((server) => isIpv6(server.address))];
  return first.filter((server) => server !== undefined);
}

/** Errors that somebody on the way may have sent, as against those of an attempt that never left this host. */
function wasOnTheWay({ name }: Failure): boolean {
  return name === 'host-unreachable' || name === 'network-unreachable' || name === 'send-not-permitted' || name === 'timed-out';
}

async function traceAllWays(context: WalkContext, destination: Endpoint): Promise<void> {
  const ways = (['tcp', 'udp', 'icmp'] as const).map((protocol) =>
    traceOneWay(context, destination, protocol, roundsAfterFailure[protocol]),
  );
  await Promise.all(ways);
}

/** Traces with one kind of probe and writes down what was found; by a program of the system where the kernel cannot be used. */
export async function traceOneWay(
  context: WalkContext,
  destination: Endpoint,
  protocol: ProbeProtocol,
  rounds: number,
  intervalMs: number = 0,
): Promise<void> {
  const { ports, recorder, options } = context;
  const to = { address: destination.address, port: protocol === 'tcp' ? destination.port : protocol === 'udp' ? unusedPort : 0 };
  const startMs = ports.clock.nowMs();
  const channel = await ports.paths.open(to, protocol);
  if (isFailure(channel)) {
    // ICMP is a privilege of some groups and not missed; without the kernel one program's trace stands for all.
    if (protocol === 'tcp') await traceByTool(context, destination, channel);
    return;
  }
  recorder.contact({ ...to, purpose: 'follow-up' });
  const traced = await tracePath(ports.clock, channel, destination.address, {
    rounds,
    intervalMs,
    probeTimeoutMs: Math.min(probeTimeoutMs, options.timeoutMs),
    mostHops,
    signal: options.signal,
  });
  if (traced.failure !== null) {
    if (traced.hops.every((hop) => hop.answers.length === 0)) return;
  }
  const { failure: _, ...path } = traced;
  recorder.observe({
    kind: 'route.path-traced',
    checkpoint: 'route',
    atMs: recorder.sinceStart(),
    durationMs: round(ports.clock.nowMs() - startMs),
    protocol,
    family: isIpv6(destination.address) ? 'ipv6' : 'ipv4',
    destination: to,
    by: 'kernel',
    rounds,
    ...path,
  });
}

async function traceByTool(context: WalkContext, destination: Endpoint, why: Failure): Promise<void> {
  const { ports, recorder } = context;
  observeUnmeasured(context, 'path', why);
  const startMs = ports.clock.nowMs();
  const traced = await ports.paths.runTool(destination, waitOf(context));
  if (isFailure(traced)) {
    observeUnmeasured(context, 'path', traced);
    return;
  }
  const to = {
    address: destination.address,
    port: traced.protocol === 'tcp' ? destination.port : traced.protocol === 'udp' ? unusedPort : 0,
  };
  recorder.contact({ ...to, purpose: 'follow-up' });
  recorder.observe({
    kind: 'route.path-traced',
    checkpoint: 'route',
    atMs: recorder.sinceStart(),
    durationMs: round(ports.clock.nowMs() - startMs),
    protocol: traced.protocol,
    family: isIpv6(destination.address) ? 'ipv6' : 'ipv4',
    destination: to,
    by: traced.by,
    rounds: traced.rounds,
    hops: traced.hops,
    reachedAtTtl: reachedAt(traced.hops, destination.address),
    probedToTtl: traced.hops.length,
    waitedMs: round(ports.clock.nowMs() - startMs),
  });
}

function reachedAt(hops: readonly PathHop[], destination: string): number | null {
  const reached = hops.find((hop) => hop.answers.some((answer) => answer.what !== 'expired' && isSameAddress(answer.from, destination)));
  return reached?.ttl ?? null;
}
