import { isIpv6, isLoopback } from '../../model/address.ts';
import { rangeOf } from '../../model/address-range.ts';
import type { Failure } from '../../model/failure.ts';
import type { AddressFamily, Endpoint } from '../../model/observations/base.ts';
import type { PathHop, ProbeProtocol, RoutePathTraced } from '../../model/observations/route.ts';
import type { FollowUp } from '../follow-up.ts';
import { isFailure, observeUnmeasured } from '../local.ts';
import { isProxied } from '../proxy/choice.ts';
import { round } from '../recorder.ts';
import { type WalkContext, waitOf } from '../walk-context.ts';
import { nameHops } from './reverse-names.ts';
import { isSameAddress, tracePath } from './tracing.ts';

/** Silence after which a probe counts as unanswered: longer than nearly every round trip. */
const probeTimeoutMs = 1000;
/** Beyond this nobody is: the longest paths of the Internet have about thirty hops. */
const mostHops = 30;
/** No destination outside is nearer. */
const nearHops = 5;
/** First port of traceroute(8). */
const unusedPort = 33_434;

/**
 * Probes per hop after a failure, by protocol. Routers answer a handful of packets a second and sender (Linux: six, then one), so all of them
 * together stay below.
 */
const roundsAfterFailure: Readonly<Record<ProbeProtocol, number>> = { tcp: 2, udp: 1, icmp: 1 };

/** Said once for all, `--thorough` included. */
function mayTrace({ options }: WalkContext): boolean {
  return options.trace !== 'never';
}

/**
 * Where do packets end? The path to what did not connect, by SYNs to its port, by datagrams to an unused one and by echo requests: an end that
 * all of them share is the path's, one of SYNs alone is a filter's.
 */
export const pathOfFailure: FollowUp = {
  name: 'path-of-failure',
  startsEarly: true,
  isWanted: (context) => mayTrace(context) && unreached(context).length > 0,
  async run(context) {
    if (!mayTrace(context)) return;
    await Promise.all(unreached(context).map((destination) => traceAllWays(context, destination)));
  },
};

/**
 * Public resolvers answer TCP on these ports, and routers on the way to them speak as they do on the way to others. The second is somebody else's, on
 * another port: where the first is silent, it may be blocked.
 */
const controlServers: Readonly<Record<AddressFamily, readonly Endpoint[]>> = {
  ipv4: [
    { address: '1.1.1.1', port: 53 },
    { address: '9.9.9.9', port: 443 },
  ],
  ipv6: [
    { address: '2606:4700:4700::1111', port: 53 },
    { address: '2620:fe::fe', port: 443 },
  ],
};

/**
 * Is silence beyond the last router that answers the habit of this network? The path to something that works shows who speaks beyond the same
 * router. It asks nobody for anything, but the other end belongs to a third party.
 */
export const pathOfControl: FollowUp = {
  name: 'path-of-control',
  isWanted: (context) => context.options.publicResolvers && mayTrace(context) && vanished(context).length > 0,
  async run(context) {
    if (!mayTrace(context) || !context.options.publicResolvers) return;
    const servers = vanished(context).flatMap((family) => controlServers[family]);
    await Promise.all(servers.map((server) => traceOneWay(context, server, { protocol: 'tcp', rounds: 1 })));
  },
};

/** Families in which SYNs to a public address ended on the way without a word. */
function vanished({ recorder }: WalkContext): readonly AddressFamily[] {
  const traced = recorder.seen('route.path-traced').filter((path) => path.followUp === pathOfFailure.name);
  const outside = ['public', 'documentation'];
  return (['ipv4', 'ipv6'] as const).filter((family) => {
    const paths = traced.filter((path) => path.family === family && outside.includes(rangeOf(path.destination.address)));
    return paths.length > 1 && paths.every((path) => path.reachedAtTtl === null && endsInSilence(path));
  });
}

/** Routers answer up to one, and nobody beyond it: no circle, and nobody who refuses. */
function endsInSilence({ hops, probedToTtl }: Pick<RoutePathTraced, 'hops' | 'probedToTtl'>): boolean {
  const last = hops.findLast((hop) => hop.answers.length > 0);
  return last !== undefined && probedToTtl > last.ttl && last.answers.every((answer) => answer.what === 'expired');
}

/** Probes per hop of a path that is traced because it was asked for. */
const roundsOnRequest = 3;
/** Pause between rounds when many are wanted: routers, and the target, are not flooded. */
const roundIntervalMs = 100;

/** The way the request took, when it was asked for, or when it took long. */
export const pathOfRequest: FollowUp = {
  name: 'path-of-request',
  afterSuccess: true,
  isWanted: (context) => isPathWanted(context) && carriedServer(context) !== null,
  async run(context) {
    const server = carriedServer(context);
    if (server === null || !mayTrace(context)) return;
    const { pathRounds } = context.options;
    const rounds = pathRounds > 0 ? { rounds: pathRounds, intervalMs: roundIntervalMs } : { rounds: roundsOnRequest };
    await traceOneWay(context, server, { protocol: 'tcp', ...rounds });
  },
};

function isPathWanted(context: WalkContext): boolean {
  const { options, recorder } = context;
  if (!mayTrace(context)) return false;
  if (options.trace === 'always' || options.pathRounds > 0) return true;
  const carried = recorder.seen('tcp.connected').find((connected) => connected.carried);
  const roundTripMs = carried?.facts.rttMs ?? carried?.durationMs ?? 0;
  return roundTripMs > options.budgets.roundTripMs && (carried?.facts.synRetransmissions ?? 0) === 0;
}

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
    traceOneWay(context, destination, { protocol, rounds: roundsAfterFailure[protocol] }),
  );
  await Promise.all(ways);
}

interface Probing {
  protocol: ProbeProtocol;
  /** Probes per hop. */
  rounds: number;
  /** Pause between rounds; default none. */
  intervalMs?: number;
}

/** Traces with one kind of probe and writes down what was found; by a program of the system where the kernel cannot be used. */
export async function traceOneWay(
  context: WalkContext,
  destination: Endpoint,
  { protocol, rounds, intervalMs = 0 }: Probing,
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
    nearHops: rangeOf(destination.address) === 'private' ? 0 : nearHops,
    mostHops,
    signal: options.signal,
  });
  if (traced.failure !== null && traced.hops.every((hop) => hop.answers.length === 0)) return;
  // Broken off, it would look like a path that ends.
  if (options.signal?.aborted === true && traced.reachedAtTtl === null) return;
  const { failure: _, ...path } = traced;
  const endMs = ports.clock.nowMs();
  if (options.names) path.hops = await nameHops(context, path.hops);
  recorder.observe({
    kind: 'route.path-traced',
    checkpoint: 'route',
    atMs: recorder.sinceStart(endMs),
    durationMs: round(endMs - startMs),
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
