import { setMaxListeners } from 'node:events';
import type { Clock } from '../../../src/ports/clock.ts';

/** A clock that stands still while anything computes and jumps to the next timer when all wait: a walk of seconds takes milliseconds. */
export class VirtualTime implements Clock {
  /** The true time: what is signed for a test holds now. */
  readonly #startMs = Date.now();
  #nowMs = 0;
  #timers: { atMs: number; resolve: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startMs + this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = { atMs: this.#nowMs + Math.max(0, ms), resolve };
      this.#timers.push(timer);
      // Many may wait on one signal.
      if (signal !== undefined) setMaxListeners(0, signal);
      signal?.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        resolve();
      });
    });
  }

  /** Runs work to its end. Rejects when it waits for something that no timer will bring. */
  async run<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const settled = work.finally(() => {
      ended = true;
    });
    settled.catch(() => {});
    for (;;) {
      for (let turns = 0; turns < 4; turns++) await new Promise((resolve) => setImmediate(resolve));
      if (ended) return settled;
      const next = this.#timers.reduce<{ atMs: number; resolve: () => void } | null>(
        (first, timer) => (first === null || timer.atMs < first.atMs ? timer : first),
        null,
      );
      if (next === null) throw new Error(`nothing will happen any more at ${this.#nowMs} ms`);
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.resolve();
    }
  }
}
