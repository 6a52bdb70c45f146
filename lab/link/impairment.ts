import type { LinkChange } from '../scenario/change.ts';

/** What became of frames so far; the order is that of the shared counters. */
export const linkCounters = ['passed', 'dropped', 'oversized', 'delayed', 'duplicated', 'reordered'] as const;

export type LinkCounter = (typeof linkCounters)[number];

export type Impairments = Omit<LinkChange, 'name' | 'between' | 'direction'>;

const ethernetHeaderBytes = 14;

/**
 * One direction of a bad cable: decides for each frame when it comes out at the other end, or that it does not. Pure: time comes in, the dice are
 * seeded, the same frames always meet the same fate. Order is kept, whatever the jitter, except for frames chosen to overtake.
 */
export class Impairment {
  readonly #settings: Impairments;
  readonly #count: (counter: LinkCounter) => void;
  #state: number;
  /** When the last frame is through the bottleneck, and comes out. */
  #busyUntilMs = 0;
  #lastReleaseMs = 0;

  constructor(settings: Impairments, count: (counter: LinkCounter) => void) {
    this.#settings = settings;
    this.#count = count;
    this.#state = settings.seed ?? 1;
  }

  /** When the frame comes out: no time (lost), one, or two (duplicated). `frameBytes` is its length with the Ethernet header. */
  admit(frameBytes: number, arrivedMs: number): number[] {
    const { loss, dropAboveBytes, rateBps, queueBytes = 64_000, delayMs = 0, jitterMs = 0, duplicate, reorder } = this.#settings;
    if (dropAboveBytes !== undefined && frameBytes - ethernetHeaderBytes > dropAboveBytes) return this.#lose('oversized');
    if (loss !== undefined && this.#dice() < loss) return this.#lose('dropped');
    let leavesMs = arrivedMs;
    if (rateBps !== undefined) {
      const waitingMs = Math.max(0, this.#busyUntilMs - arrivedMs);
      if ((waitingMs * rateBps) / 8000 > queueBytes) return this.#lose('dropped');
      this.#busyUntilMs = Math.max(arrivedMs, this.#busyUntilMs) + (frameBytes * 8000) / rateBps;
      leavesMs = this.#busyUntilMs;
    }
    this.#count('passed');
    if (reorder !== undefined && this.#dice() < reorder) {
      this.#count('reordered');
      return [leavesMs];
    }
    const dueMs = leavesMs + Math.max(0, delayMs + (jitterMs === 0 ? 0 : (this.#dice() * 2 - 1) * jitterMs));
    this.#lastReleaseMs = Math.max(this.#lastReleaseMs, dueMs);
    if (this.#lastReleaseMs > arrivedMs) this.#count('delayed');
    if (duplicate === undefined || this.#dice() >= duplicate) return [this.#lastReleaseMs];
    this.#count('duplicated');
    return [this.#lastReleaseMs, this.#lastReleaseMs];
  }

  #lose(counter: 'dropped' | 'oversized'): number[] {
    this.#count(counter);
    return [];
  }

  /** mulberry32: uniform in [0, 1), 32 bits of state. */
  #dice(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
