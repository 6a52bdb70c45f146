import { describe, expect, it } from 'vitest';
import { Impairment, type Impairments, type LinkCounter } from './impairment.ts';

interface Outcome {
  releases: { sentMs: number; dueMs: number[] }[];
  counts: Partial<Record<LinkCounter, number>>;
}

/** Sends frames of one size at a steady pace. */
function send(settings: Impairments, frames: number, everyMs = 1, frameBytes = 1014): Outcome {
  const counts: Partial<Record<LinkCounter, number>> = {};
  const impairment = new Impairment(settings, (counter) => {
    counts[counter] = (counts[counter] ?? 0) + 1;
  });
  const releases = Array.from({ length: frames }, (_, index) => ({
    sentMs: index * everyMs,
    dueMs: impairment.admit(frameBytes, index * everyMs),
  }));
  return { releases, counts };
}

describe('an impaired link', () => {
  it('lets everything pass at once when nothing is wrong with it', () => {
    const { releases, counts } = send({}, 100);
    expect(releases.every(({ sentMs, dueMs }) => dueMs.length === 1 && dueMs[0] === sentMs)).toBe(true);
    expect(counts).toEqual({ passed: 100 });
  });

  it('delays every frame by the same time', () => {
    const { releases, counts } = send({ delayMs: 40 }, 50);
    expect(releases.every(({ sentMs, dueMs }) => dueMs[0] === sentMs + 40)).toBe(true);
    expect(counts.delayed).toBe(50);
  });

  it('keeps order under jitter, within its bounds', () => {
    const { releases } = send({ delayMs: 20, jitterMs: 10, seed: 3 }, 500);
    const due = releases.map(({ dueMs }) => dueMs[0]!);
    expect(due).toEqual([...due].sort((left, right) => left - right));
    expect(releases.every(({ sentMs, dueMs }) => dueMs[0]! >= sentMs + 10)).toBe(true);
    expect(new Set(releases.map(({ sentMs, dueMs }) => dueMs[0]! - sentMs)).size).toBeGreaterThan(20);
  });

  it('loses the share asked for, the same frames with the same seed', () => {
    const first = send({ loss: 0.1, seed: 42 }, 10_000);
    const again = send({ loss: 0.1, seed: 42 }, 10_000);
    const other = send({ loss: 0.1, seed: 43 }, 10_000);
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect(first.counts.dropped).toBeGreaterThan(900);
    expect(first.counts.dropped).toBeLessThan(1100);
  });

  it('duplicates and lets frames overtake', () => {
    const { releases, counts } = send({ delayMs: 10, duplicate: 0.5, reorder: 0.25, seed: 1 }, 1000);
    expect(counts.duplicated).toBe(releases.filter(({ dueMs }) => dueMs.length === 2).length);
    expect(counts.duplicated).toBeGreaterThan(300);
    expect(releases.filter(({ sentMs, dueMs }) => dueMs[0] === sentMs).length).toBe(counts.reordered);
    expect(counts.reordered).toBeGreaterThan(200);
  });

  it('passes bits no faster than its rate and drops what its queue cannot hold', () => {
    // 1,014 bytes at 1 Mbit/s take 8.1 ms; a frame comes every millisecond.
    const { releases, counts } = send({ rateBps: 1_000_000, queueBytes: 10_140 }, 200);
    const due = releases.flatMap(({ dueMs }) => dueMs);
    for (let index = 1; index < due.length; index += 1) expect(due[index]! - due[index - 1]!).toBeGreaterThanOrEqual(8.1);
    expect(counts.dropped).toBeGreaterThan(150);
    expect((counts.passed ?? 0) + (counts.dropped ?? 0)).toBe(200);
  });

  it('drops by the size of the IP packet alone', () => {
    expect(send({ dropAboveBytes: 1000 }, 10, 1, 1014).counts).toEqual({ passed: 10 });
    expect(send({ dropAboveBytes: 1000 }, 10, 1, 1015).counts).toEqual({ oversized: 10 });
  });
});
