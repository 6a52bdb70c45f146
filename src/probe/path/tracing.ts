import { parseAddress } from '../../model/address.ts';
import type { Failure } from '../../model/failure.ts';
import type { HopAnswer, PathHop } from '../../model/observations/route.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProbeAnswer, ProbeChannel } from '../../ports/path-tracer.ts';
import { round } from '../recorder.ts';

/** How a path is traced. */
export interface TraceLimits {
  /** Probes per hop. */
  rounds: number;
  /** Pause between rounds; 0: the next probe of a hop goes out as soon as it is clear that the hop lies before the destination. */
  intervalMs: number;
  /** How long a probe is waited for when nothing is known of the path. */
  probeTimeoutMs: number;
  /** Hops so near that the destination is surely not among them: all their probes go out at once. */
  nearHops: number;
  /** No TTL beyond this is tried. */
  mostHops: number;
  signal: AbortSignal | null;
}

/** A path as its probes found it. */
export interface TracedPath {
  hops: PathHop[];
  reachedAtTtl: number | null;
  probedToTtl: number;
  /** How long a silent probe was waited for. */
  waitedMs: number;
  /** Why probes did not leave this host; null when they did. */
  failure: Failure | null;
}

/** So many hops beyond the last that answered are tried at once: what is further away comes into reach as answers come in. */
const lookahead = 10;
/** Once the destination has answered, a silent probe is waited for this long at least from when it was sent... */
const leastPatienceMs = 60;
/** ... and so many times the longest round trip seen: what is nearer than the destination answers sooner, or late for reasons of its own. */
const patienceFactor = 1.5;
/** The same where rounds are spread over time: there is time, and what comes late is no loss. */
const patienceOverRounds = { leastMs: 300, factor: 3 };
/** Answers that arrived together are taken together before anything follows from the first of them. */
const gatherMs = 1;

interface Hop {
  sent: number;
  answers: { probe: number; answer: ProbeAnswer }[];
}

interface UnderWay {
  ttl: number;
  sentMs: number;
  giveUp: AbortController;
}

/**
 * Traces the path to `destination` with the probes of a channel: all hops at once, in a window that slides with the answers, and ends where the
 * destination, or whoever refuses in its place, answers. Never rejects for what the network does.
 */
export async function tracePath(clock: Clock, channel: ProbeChannel, destination: string, limits: TraceLimits): Promise<TracedPath> {
  const hops = new Map<number, Hop>();
  const underWay = new Set<UnderWay>();
  const work = new Set<Promise<void>>();
  let nextTtl = 1;
  let farthest = 0;
  /** Least TTL with an answer after which there is nothing more to find. */
  let endTtl = limits.mostHops + 1;
  let reachedAtTtl: number | null = null;
  let worstRttMs = 0;
  let patienceMs = limits.probeTimeoutMs;
  let failure: Failure | null = null;

  const isOver = (): boolean => limits.signal?.aborted === true || failure !== null;

  function track(task: Promise<void>): void {
    const tracked = task.finally(() => work.delete(tracked));
    work.add(tracked);
  }

  function hopAt(ttl: number): Hop {
    const known = hops.get(ttl);
    if (known !== undefined) return known;
    const hop = { sent: 0, answers: [] };
    hops.set(ttl, hop);
    return hop;
  }

  /** First probes of the hops in reach. */
  function advance(): void {
    while (!isOver() && nextTtl <= Math.min(farthest + lookahead, limits.mostHops) && nextTtl < endTtl) {
      const ttl = nextTtl++;
      track(probe(ttl));
      if (limits.intervalMs === 0 && ttl <= limits.nearHops) repeat(ttl);
    }
  }

  async function probe(ttl: number): Promise<void> {
    const hop = hopAt(ttl);
    const probeNumber = hop.sent++;
    const giveUp = new AbortController();
    const one = { ttl, sentMs: clock.nowMs(), giveUp };
    underWay.add(one);
    const signal = limits.signal === null ? giveUp.signal : AbortSignal.any([giveUp.signal, limits.signal]);
    const outcome = await channel.send(ttl, { timeoutMs: patienceMs, signal });
    underWay.delete(one);
    if (outcome.kind === 'failed') failure ??= outcome.failure;
    if (outcome.kind !== 'answered') return;
    hop.answers.push({ probe: probeNumber, answer: outcome.answer });
    take(ttl, outcome.answer);
  }

  function take(ttl: number, answer: ProbeAnswer): void {
    worstRttMs = Math.max(worstRttMs, answer.rttMs ?? 0);
    // A machine that passes packets on to itself, as address translation does, may say "expired" under the destination's address.
    if (answer.what === 'expired') farthest = Math.max(farthest, ttl);
    else {
      if (isSameAddress(answer.from, destination) && (reachedAtTtl === null || ttl < reachedAtTtl)) reachedAtTtl = ttl;
      end(ttl);
    }
    advance();
    if (limits.intervalMs === 0 && ttl < endTtl) repeat(ttl);
  }

  function end(ttl: number): void {
    if (ttl >= endTtl) return;
    const isFirst = endTtl > limits.mostHops;
    endTtl = ttl;
    if (isFirst) track(settleEnd());
  }

  /** The distance is known: what is left to be sent goes out, and what stays silent is waited for no longer than it is worth. */
  async function settleEnd(): Promise<void> {
    await clock.sleep(gatherMs, limits.signal ?? undefined);
    const { leastMs, factor } = limits.intervalMs > 0 ? patienceOverRounds : { leastMs: leastPatienceMs, factor: patienceFactor };
    patienceMs = Math.min(limits.probeTimeoutMs, Math.max(leastMs, factor * worstRttMs));
    for (const one of underWay) if (one.ttl > endTtl) one.giveUp.abort();
    for (const one of underWay) track(giveUpIn(one, one.sentMs + patienceMs - clock.nowMs()));
    if (limits.intervalMs === 0) for (let ttl = 1; ttl <= endTtl; ttl++) repeat(ttl);
  }

  async function giveUpIn(one: UnderWay, ms: number): Promise<void> {
    await clock.sleep(Math.max(0, ms), one.giveUp.signal);
    one.giveUp.abort();
  }

  /** The probes of a hop that have not been sent yet. */
  function repeat(ttl: number): void {
    const spared = ttl === endTtl ? spare().length : 0;
    while (!isOver() && hopAt(ttl).sent + spared < limits.rounds) track(probe(ttl));
  }

  /**
   * Probes with more hops to live than the end is away were answered there, too: they are as good as more of its own, and spare it those. Not where
   * rounds are counted.
   */
  function spare(): { probe: number; answer: ProbeAnswer }[] {
    const [own] = hopAt(endTtl).answers;
    if (own === undefined || limits.intervalMs > 0) return [];
    const beyond = [...hops].filter(([ttl]) => ttl > endTtl).flatMap(([, hop]) => hop.answers);
    return beyond.filter(({ answer }) => isSameWord(answer, own.answer)).slice(0, limits.rounds - 1);
  }

  async function settle(): Promise<void> {
    while (work.size > 0) await Promise.all(work);
  }

  advance();
  if (limits.intervalMs > 0) {
    for (let sent = 1; sent < limits.rounds && !isOver(); sent++) {
      await clock.sleep(limits.intervalMs, limits.signal ?? undefined);
      const last = Math.min(endTtl, farthest + 1, limits.mostHops);
      for (let ttl = 1; ttl <= last && !isOver(); ttl++) track(probe(ttl));
    }
  }
  await settle();
  channel.close();
  const final = hops.get(endTtl);
  if (final !== undefined) {
    const spared = spare().slice(0, Math.max(0, limits.rounds - final.sent));
    final.sent += spared.length;
    final.answers.push(...spared);
  }
  const last = endTtl <= limits.mostHops ? endTtl : Math.min(nextTtl - 1, farthest + 1);
  return {
    hops: Array.from({ length: last }, (_, index) => hopFacts(index + 1, hops.get(index + 1))),
    reachedAtTtl: reachedAtTtl !== null && reachedAtTtl <= last ? reachedAtTtl : null,
    probedToTtl: Math.max(0, ...hops.keys()),
    waitedMs: round(patienceMs),
    failure,
  };
}

function hopFacts(ttl: number, hop: Hop | undefined): PathHop {
  const answers: HopAnswer[] = [];
  const inOrder = [...(hop?.answers ?? [])].sort((one, other) => one.probe - other.probe);
  for (const { answer } of inOrder) {
    const { rttMs, ...facts } = answer;
    const times = rttMs === null ? [] : [round(rttMs)];
    const known = answers.find((one) => isSameWord(one, facts));
    if (known === undefined) answers.push({ ...facts, count: 1, rttMs: times });
    else {
      known.count += 1;
      known.rttMs.push(...times);
    }
  }
  return { ttl, sent: hop?.sent ?? 0, answers };
}

/** Whether two texts mean one address. */
export function isSameAddress(one: string, other: string): boolean {
  if (one === other) return true;
  const [left, right] = [parseAddress(one), parseAddress(other)];
  return left !== null && right !== null && left.bits === right.bits && left.value === right.value;
}

/** The same said by the same. */
function isSameWord(one: Omit<ProbeAnswer, 'rttMs'>, other: Omit<ProbeAnswer, 'rttMs'>): boolean {
  return one.from === other.from && one.what === other.what && one.type === other.type && one.code === other.code;
}
