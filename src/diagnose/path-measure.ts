import type { ObservationOf } from '../model/observation.ts';
import type { PathHop } from '../model/observations/route.ts';

/** Loss and latency along a path whose destination answers. */

type TracedPath = ObservationOf<'route.path-traced'>;

/** Loss that reaches the destination. */
export interface PathLoss {
  sent: number;
  lost: number;
  /** Where it begins: the first hop from which on everybody who answers at all lost packets, by TTL and address; null when none but the end did. */
  begin: { ttl: number; from: string } | null;
}

/** A jump in latency that everything beyond it shares. */
export interface PathJump {
  ttl: number;
  from: string;
  /** What is added there, in ms. */
  addedMs: number;
  totalMs: number;
}

/** With 95 % confidence at least this share must be lost. */
const leastLoss = 0.01;
const confidenceFactor = 1.96;
/** The part of the loss beyond it that a hop has to show for the loss to begin there. */
const shareOfLoss = 0.3;
/** With 99 % confidence a hop loses less than what lies beyond it, which is not so for one in a hundred that loses as much. */
const strictConfidenceFactor = 2.58;
/** A hop that loses more than so many times the loss of the end, and this share on top, limits its answers. */
const limitedFactor = 2;
const limitedMargin = 0.1;
/** The part of the whole round trip that one jump has to make up. */
const shareOfLatency = 0.5;
/** How far below the jump later hops may lie: clocks and queues differ. */
const tolerance = 0.8;

function answersAt(hop: PathHop): number {
  return hop.answers.reduce((sum, answer) => sum + answer.count, 0);
}

/** Loss of at least one percent that the destination's own answers show; null when there is none, or not enough was sent to say so. */
export function lossOf(path: TracedPath): PathLoss | null {
  const destination = path.hops.find((hop) => hop.ttl === path.reachedAtTtl);
  if (destination === undefined) return null;
  const { sent } = destination;
  const lost = sent - Math.min(sent, answersAt(destination));
  if (lowerBound(lost, sent) < leastLoss) return null;
  const speaking = path.hops.filter((hop) => hop.ttl < destination.ttl && hop.answers.length > 0);
  // From the far end backwards, as long as hops lose about as much: a hop alone that loses limits its answers, and forwards well.
  let begin: PathLoss['begin'] = null;
  // Of the end and of all hops that lose with it: few packets of one of them say little.
  const beyond = { sent, lost };
  for (const hop of speaking.reverse()) {
    const share = beyond.lost / beyond.sent;
    const hopLost = hop.sent - Math.min(hop.sent, answersAt(hop));
    const hopShare = hopLost / hop.sent;
    if (hopLost === 0 || upperBound(hopLost, hop.sent) < share) break;
    // Far more than reaches the end: it limits its answers, whatever else it does.
    if (hopShare > share * limitedFactor + limitedMargin) continue;
    if (hopShare >= share * shareOfLoss) begin = { ttl: hop.ttl, from: hop.answers[0]!.from };
    beyond.sent += hop.sent;
    beyond.lost += hopLost;
  }
  return { sent, lost, begin };
}

/** Wilson's bounds of a share (E. B. Wilson, 1927). */
function lowerBound(hits: number, of: number): number {
  return of === 0 ? 0 : wilsonBound(hits, of, -confidenceFactor);
}

function upperBound(hits: number, of: number): number {
  return wilsonBound(hits, of, strictConfidenceFactor);
}

function wilsonBound(hits: number, of: number, factor: number): number {
  const share = hits / of;
  const square = factor ** 2;
  const spread = factor * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return (share + square / (2 * of) + spread) / (1 + square / of);
}

function leastRttOf(hop: PathHop): number | null {
  const times = hop.answers.flatMap((answer) => answer.rttMs);
  return times.length === 0 ? null : Math.min(...times);
}

/**
 * The largest jump between two hops that answer which all hops beyond it share; null when none makes up most of the way, or when only the
 * destination shows it: that may be its own slowness.
 */
export function jumpOf(path: TracedPath): PathJump | null {
  if (path.reachedAtTtl === null) return null;
  const timed = path.hops.flatMap((hop) => {
    const rttMs = leastRttOf(hop);
    return rttMs === null || hop.ttl > path.reachedAtTtl! ? [] : [{ hop, rttMs }];
  });
  const last = timed.at(-1);
  if (last === undefined || last.hop.ttl !== path.reachedAtTtl) return null;
  let best: PathJump | null = null;
  for (const [index, { hop, rttMs }] of timed.entries()) {
    if (index === timed.length - 1) break;
    const before = index === 0 ? 0 : Math.max(0, ...timed.slice(0, index).map((one) => one.rttMs));
    const addedMs = rttMs - before;
    const isShared = timed.slice(index + 1).every((later) => later.rttMs - before >= addedMs * tolerance);
    if (addedMs > 0 && isShared && (best === null || addedMs > best.addedMs))
      best = { ttl: hop.ttl, from: hop.answers[0]!.from, addedMs, totalMs: last.rttMs };
  }
  return best !== null && best.addedMs >= best.totalMs * shareOfLatency ? best : null;
}
