import { isIpv6 } from '../model/address.ts';
import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { TcpSegmentsTried } from '../model/observations/tcp.ts';
import type { DialOutcome } from '../ports/connection.ts';
import type { ShapedDialOutcome } from '../ports/shaped-dialer.ts';
import { type FollowUp, silenceOf } from './follow-up.ts';
import { observeUnmeasured } from './local.ts';
import { observedTarget } from './observed-target.ts';
import { isProxied } from './proxy/choice.ts';
import { round } from './recorder.ts';
import { type ExchangeStage, isSafe, repeatExchange } from './repeat-exchange.ts';
import type { Target } from './target.ts';
import { unknownTcpFacts } from './tcp.ts';
import { isInterrupted, type WalkContext, waitOf } from './walk-context.ts';

/**
 * A stall after the connection opened: is it that full-size packets vanish? The same exchange is made twice more at once, with small segments in
 * both directions and with the system's own. Only an MTU black hole heals the one and not the other.
 */
export const smallSegments: FollowUp = {
  name: 'small-segments',
  startsEarly: true,
  isWanted: (context) => isStalledAt(context, ['handshake', 'response']),
  async run(context) {
    const stall = stallOf(context) ?? healthyExchange(context);
    if (stall?.stage === 'body') return;
    const target = observedTarget(context.recorder);
    if (stall !== null && target !== null && !isProxied(context)) await compareSizes(context, target, stall);
  },
};

/** The same for content that stops arriving: the request counts as answered then. */
export const smallSegmentsForBody: FollowUp = {
  name: 'small-segments-for-body',
  afterSuccess: true,
  isWanted: (context) => isStalledAt(context, ['body']),
  async run(context) {
    const stall = stallOf(context);
    const target = observedTarget(context.recorder);
    // A thorough walk runs every experiment; this one has a sibling that looks at what is well.
    if (stall?.stage === 'body' && target !== null && !isProxied(context)) await compareSizes(context, target, stall);
  },
};

/** Handshakes with so many other addresses are looked at. */
const mostBeside = 2;
/** The request is over by then: what is left of its timeout would not do for an exchange and a watch. */
const besideMs = 3000;
/** Silence of a handshake that is worth a second look. */
const longSilenceMs = 1000;

/** The same for addresses beside the one that carries the request: of two families one may lose its large packets, and be the one that browsers take. */
export const smallSegmentsBeside: FollowUp = {
  name: 'small-segments-beside',
  afterSuccess: true,
  isWanted: (context) => silentBeside(context).length > 0,
  async run(context) {
    const target = observedTarget(context.recorder);
    if (target === null || isProxied(context)) return;
    const timeoutMs = Math.max(context.options.timeoutMs, besideMs);
    const patient = { ...context, options: { ...context.options, timeoutMs } };
    await Promise.all(silentBeside(context).map((server) => compareSizes(patient, target, { server, stage: 'handshake' })));
  },
};

function silentBeside({ recorder }: WalkContext): readonly Endpoint[] {
  return recorder
    .seen('tls.hello-tried')
    .filter((tried) => tried.variant === 'as-walked' && tried.outcome === 'silent' && tried.afterMs >= longSilenceMs)
    .map((tried) => tried.server)
    .slice(0, mostBeside);
}

function isStalledAt(context: WalkContext, stages: readonly ExchangeStage[]): boolean {
  const stall = isProxied(context) ? null : stallOf(context);
  return stall !== null && stages.includes(stall.stage);
}

/** Where the request waits in vain, as far as was observed. */
interface Stall {
  server: Endpoint;
  stage: ExchangeStage;
}

/** A request that is sent and not answered is taken for stalled early only after this part of the timeout: servers may think. */
const earlyRequestShare = 0.5;

/** The least that every link carries in one piece: IPv4 hosts accept 576 bytes (RFC 1122 section 3.3.3), IPv6 links carry 1,280 (RFC 8200 section 5). */
const smallPacketBytes = { ipv4: 576, ipv6: 1280 } as const;
/** Headers of IP and TCP without options, which is what a segment size is stated without (RFC 9293 section 3.7.1). */
const headerBytes = { ipv4: 40, ipv6: 60 } as const;
/** Packet sizes to be told apart once small segments heal: the limits of common tunnels, and of Ethernet. */
const packetSizes: Readonly<Record<ExchangeStage, readonly number[]>> = {
  handshake: [1280, 1400, 1420, 1450, 1476, 1492],
  // A request is not for nothing to the server.
  response: [1280, 1400],
  body: [1280, 1400],
};
/** A comparison is watched so many times as long as the healed exchange took, and at least so long: a lost packet would have come again. */
const watchFactor = 4;
const shortestWatchMs = 1200;
/** What was watched for less than this is not called silent. */
const shortestSilenceMs = 500;

function stallOf(context: WalkContext): Stall | null {
  const { recorder, options } = context;
  const own = <T extends { followUp?: string }>(seen: readonly T[]): readonly T[] => seen.filter((one) => one.followUp === undefined);
  const carried = own(recorder.seen('tcp.connected')).find((connected) => connected.carried);
  if (carried === undefined) return null;
  const { server } = carried;
  const silent = own(recorder.seen('tcp.peer-silent'))[0];
  const safe = isSafe(options.method);
  if (silent !== undefined) {
    if (silent.phase === 'hello-sent' || silent.phase === 'handshaking') return { server, stage: 'handshake' };
    return safe && (silent.phase === 'request-sent' || silent.phase === 'response-header') ? { server, stage: 'response' } : null;
  }
  const body = own(recorder.seen('http.body-received'))[0];
  if (body !== undefined) return body.end === 'silent' && safe ? { server, stage: 'body' } : null;
  if (own(recorder.seen('tcp.reset-received')).length + own(recorder.seen('tcp.closed-by-peer')).length > 0) return null;
  // Nothing has ended yet: by what is missing.
  const sent = own(recorder.seen('http.request-sent'))[0];
  if (sent !== undefined) {
    const isDue = recorder.sinceStart() - sent.atMs >= options.timeoutMs * earlyRequestShare;
    return safe && isDue && own(recorder.seen('http.response-received')).length === 0 ? { server, stage: 'response' } : null;
  }
  const answers = [
    ...recorder.seen('tls.handshake-completed'),
    ...recorder.seen('tls.alert-received'),
    ...recorder.seen('tls.handshake-failed'),
    ...recorder.seen('tls.not-tls'),
  ];
  const isTls = ['https', 'wss'].includes(recorder.seen('target.parsed')[0]?.scheme ?? '');
  const isSilent = own(answers).length === 0 && recorder.sinceStart() - carried.atMs >= silenceOf(context) * 0.9;
  return isTls && isSilent ? { server, stage: 'handshake' } : null;
}

/** For a thorough walk of a site that is well. */
function healthyExchange(context: WalkContext): Stall | null {
  const carried = context.recorder.seen('tcp.connected').find((connected) => connected.carried);
  const isTls = context.recorder.seen('tls.handshake-completed').length > 0;
  return carried === undefined || !isTls ? null : { server: carried.server, stage: 'handshake' };
}

async function compareSizes(context: WalkContext, target: Target, stall: Stall): Promise<void> {
  const { server, stage } = stall;
  const { clock } = context.ports;
  const family = isIpv6(server.address) ? 'ipv6' : 'ipv4';
  const overMs = clock.nowMs() + context.options.timeoutMs;
  context.recorder.contact({ ...server, purpose: 'follow-up' });
  const enough = new AbortController();
  const exchange = { target, server, stage, overMs };
  const control = tryOnce(context, { ...exchange, maxSegmentBytes: null }, enough.signal);
  const small = await tryOnce(context, { ...exchange, maxSegmentBytes: smallPacketBytes[family] - headerBytes[family] });
  if (small?.outcome === 'went-on') {
    const watchMs = Math.min(Math.max(shortestWatchMs, small.sinceOpenMs * watchFactor), overMs - clock.nowMs());
    const isAnswered = await Promise.race([control.then(() => true), clock.sleep(watchMs / 2).then(() => false)]);
    // Which sizes pass shows while the comparison is still being watched.
    const sizes = isAnswered ? [] : packetSizes[stage].filter((bytes) => bytes > smallPacketBytes[family]);
    const ladder = sizes.map((bytes) => tryOnce(context, { ...exchange, maxSegmentBytes: bytes - headerBytes[family] }, enough.signal));
    await Promise.race([Promise.all([control, ...ladder]), clock.sleep(watchMs / 2)]);
    enough.abort();
    await Promise.all(ladder);
  }
  // When nothing healed the comparison has nothing to add.
  enough.abort();
  await control;
}

interface Attempt {
  target: Target;
  server: Endpoint;
  stage: ExchangeStage;
  /** {@link Clock.nowMs} at which it ends. */
  overMs: number;
  /** Null for the system's own size. */
  maxSegmentBytes: number | null;
}

type Tried = Pick<TcpSegmentsTried, 'outcome' | 'sinceOpenMs'>;

/**
 * One exchange with segments of a size. What is still silent when `enough` aborts, and was watched for a while, counts as stalled. Null when nothing
 * can be said.
 */
async function tryOnce(context: WalkContext, attempt: Attempt, enough?: AbortSignal): Promise<Tried | null> {
  const { recorder, options } = context;
  const { target, server, stage, overMs, maxSegmentBytes } = attempt;
  const connection = recorder.nextConnection();
  const dialed = await dial(context, attempt);
  if (!('kind' in dialed)) {
    observeUnmeasured(context, 'kernel-sockets', dialed);
    return null;
  }
  const family = isIpv6(server.address) ? 'ipv6' : 'ipv4';
  const base = { kind: 'tcp.segments-tried', checkpoint: 'tcp', connection, server, family, maxSegmentBytes, stage } as const;
  if (dialed.kind === 'aborted') return null;
  if (dialed.kind !== 'connected') {
    const nothing = { outcome: 'not-opened', phase: 'opened', sinceOpenMs: 0, bytesSent: 0, bytesReceived: 0 } as const;
    recorder.observe({ ...base, ...nothing, atMs: recorder.sinceStart(dialed.atMs), facts: unknownTcpFacts });
    return null;
  }
  const signals = [options.signal, enough].filter((signal) => signal != null);
  const watched = { ...context, options: { ...options, signal: signals.length === 0 ? null : AbortSignal.any(signals) } };
  const { atMs, facts, outcome: end, ...counts } = await repeatExchange(watched, target, dialed.connection, stage, overMs);
  const sinceOpenMs = round(atMs - dialed.atMs);
  if (end === 'aborted' && (isInterrupted(context) || sinceOpenMs < shortestSilenceMs)) return null;
  const outcome = end === 'aborted' ? 'stalled' : end === 'reset' || end === 'closed' ? 'ended' : end;
  recorder.observe({ ...base, ...counts, outcome, sinceOpenMs, atMs: recorder.sinceStart(atMs), facts: facts ?? unknownTcpFacts });
  return { outcome, sinceOpenMs };
}

function dial(context: WalkContext, { server, overMs, maxSegmentBytes }: Attempt): Promise<ShapedDialOutcome | DialOutcome | Failure> {
  const { clock, shaped, tcp } = context.ports;
  const wait = waitOf(context, overMs - clock.nowMs());
  return maxSegmentBytes === null ? tcp.dial(server, wait) : shaped.dial(server, { maxSegmentBytes }, wait);
}
