import { describe, expect, it } from 'vitest';
import type { ProbeAnswer, ProbeChannel, ProbeOutcome } from '../../src/ports/path-tracer.ts';
import { type TracedPath, type TraceLimits, tracePath } from '../../src/probe/path/tracing.ts';
import { VirtualTime } from './network/virtual-time.ts';

/** What a hop does with the probes that end there; `null`: nothing. */
type Behavior = Partial<ProbeAnswer> & { rttMs: number } & { dropsEvery?: number };
type Hops = readonly (Behavior | null)[];

const destination = '203.0.113.10';
const router = (ttl: number): string => `192.0.2.${ttl}`;
const limits: TraceLimits = { rounds: 3, intervalMs: 0, probeTimeoutMs: 1000, nearHops: 5, mostHops: 30, signal: null };

/** A path of routers whose last place is the destination, or, when `isOpen` is not said, a hop that swallows what passes it. */
function pathOf(time: VirtualTime, hops: Hops, isOpen = true): ProbeChannel & { sent: number[] } {
  const sent: number[] = [];
  const counts = new Map<number, number>();
  return {
    sent,
    close: () => {},
    async send(ttl, wait): Promise<ProbeOutcome> {
      sent.push(ttl);
      const at = isOpen ? Math.min(ttl, hops.length) : ttl;
      const hop = hops[at - 1] ?? null;
      const count = (counts.get(ttl) ?? 0) + 1;
      counts.set(ttl, count);
      const isDropped = hop === null || (hop.dropsEvery !== undefined && count % hop.dropsEvery === 0);
      await time.sleep(isDropped ? wait.timeoutMs : Math.min(hop.rttMs, wait.timeoutMs), wait.signal);
      if (isDropped || hop.rttMs > wait.timeoutMs || wait.signal?.aborted === true) return { kind: 'silent' };
      const isEnd = isOpen && at === hops.length;
      const said: ProbeAnswer = isEnd
        ? { from: destination, what: 'opened', rttMs: hop.rttMs }
        : { from: router(at), what: 'expired', type: 11, code: 0, rttMs: hop.rttMs };
      return {
        kind: 'answered',
        answer: { ...said, ...(hop.from === undefined ? {} : { from: hop.from }), ...(hop.what === undefined ? {} : { what: hop.what }) },
      };
    },
  };
}

async function trace(
  hops: Hops,
  isOpen = true,
  more: Partial<TraceLimits> = {},
): Promise<{ path: TracedPath; tookMs: number; sent: number[] }> {
  const time = new VirtualTime();
  const channel = pathOf(time, hops, isOpen);
  const path = await time.run(tracePath(time, channel, destination, { ...limits, ...more }));
  return { path, tookMs: time.nowMs(), sent: channel.sent };
}

const twelve = Array.from({ length: 12 }, (_, index): Behavior => ({ rttMs: 5 * (index + 1) }));

describe('tracePath', () => {
  it('finds every hop, each asked as often as wanted, and ends at the destination', async () => {
    const { path } = await trace(twelve);
    expect(path.reachedAtTtl).toBe(12);
    expect(path.hops.map((hop) => [hop.ttl, hop.sent, hop.answers.map(({ from, count }) => `${from} x${count}`)])).toEqual([
      ...Array.from({ length: 11 }, (_, index) => [index + 1, 3, [`${router(index + 1)} x3`]]),
      [12, 3, [`${destination} x3`]],
    ]);
  });

  it('a path of 12 hops in 3 rounds takes the longest round trip and one timeout at most', async () => {
    const worstMs = 60;
    for (const silent of [[], [4], [4, 5], [11], [1, 2, 3]]) {
      const hops = twelve.map((hop, index) => (silent.includes(index + 1) ? null : hop));
      const { path, tookMs } = await trace(hops);
      expect(path.reachedAtTtl, `silent ${silent}`).toBe(12);
      expect(tookMs, `silent ${silent}`).toBeLessThanOrEqual(worstMs + limits.probeTimeoutMs);
      expect(tookMs, `silent ${silent}`).toBeLessThanOrEqual(4 * worstMs);
    }
  });

  it('sends the target few probes beyond its distance', async () => {
    const { sent } = await trace(twelve.slice(0, 6));
    expect(sent.filter((ttl) => ttl > 6).length).toBeLessThanOrEqual(10);
  });

  it('a path that is swallowed ends with one silent hop, after one timeout', async () => {
    const { path, tookMs } = await trace(twelve.slice(0, 3), false);
    expect(path.reachedAtTtl).toBeNull();
    expect(path.hops.map((hop) => hop.answers.length)).toEqual([1, 1, 1, 0]);
    expect(path.probedToTtl).toBeGreaterThanOrEqual(3 + 4);
    expect(tookMs).toBeLessThanOrEqual(15 + limits.probeTimeoutMs);
  });

  it('a path of which nobody speaks is one silent hop', async () => {
    const { path } = await trace([], false);
    expect(path).toMatchObject({ hops: [{ ttl: 1, answers: [] }], reachedAtTtl: null });
  });

  it('a refusal on the way ends it where it was said', async () => {
    const hops: Hops = [...twelve.slice(0, 3), { rttMs: 16, from: router(3), what: 'icmp-error' }];
    const { path } = await trace([...hops, ...Array<Behavior>(5).fill({ rttMs: 16, from: router(3), what: 'icmp-error' })]);
    expect(path.reachedAtTtl).toBeNull();
    expect(path.hops.at(-1)).toMatchObject({ ttl: 4, answers: [{ from: router(3), what: 'icmp-error' }] });
  });

  it('a circle is followed to the last hop', async () => {
    const hops = Array.from({ length: 40 }, (_, index): Behavior => ({ rttMs: 3, from: router(index % 2), what: 'expired' }));
    const { path } = await trace(hops, false);
    expect(path.hops).toHaveLength(limits.mostHops);
  });

  it('a router that passes on to itself may say "expired" under the address of the destination', async () => {
    const hops: Hops = [...twelve.slice(0, 3), { rttMs: 20, from: destination, what: 'expired' }, { rttMs: 20 }];
    const { path } = await trace(hops);
    expect(path.reachedAtTtl).toBe(5);
  });

  it('in many rounds loss shows where it is', async () => {
    const lossy = twelve.map((hop, index) => (index >= 3 ? { ...hop, dropsEvery: 4 } : hop));
    const { path, tookMs } = await trace(lossy, true, { rounds: 20, intervalMs: 50 });
    const answered = path.hops.map((hop) => [hop.sent, hop.answers.reduce((sum, answer) => sum + answer.count, 0)]);
    expect(answered.slice(0, 3)).toEqual(Array(3).fill([20, 20]));
    // Its distance was not known yet when the second round went out.
    expect(answered[11]?.[0]).toBe(19);
    expect(answered[11]?.[1]).toBe(15);
    expect(tookMs).toBeLessThanOrEqual(19 * 50 + limits.probeTimeoutMs);
  });

  it('an interruption ends it with what is known', async () => {
    const time = new VirtualTime();
    const interruption = new AbortController();
    const channel = pathOf(time, twelve.slice(0, 3), false);
    const work = tracePath(time, channel, destination, { ...limits, signal: interruption.signal });
    const path = await time.run(Promise.all([work, time.sleep(100).then(() => interruption.abort())]).then(([traced]) => traced));
    expect(time.nowMs()).toBe(100);
    expect(path.hops).toHaveLength(4);
  });

  it('says why nothing left this host', async () => {
    const time = new VirtualTime();
    const refused: ProbeChannel = { close: () => {}, send: async () => ({ kind: 'failed', failure: { name: 'network-unreachable' } }) };
    const path = await time.run(tracePath(time, refused, destination, limits));
    expect(path).toMatchObject({ failure: { name: 'network-unreachable' }, reachedAtTtl: null });
  });
});
