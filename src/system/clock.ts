import { performance } from 'node:perf_hooks';
import type { Clock } from '../ports/clock.ts';
import { watchAbort } from './abort-watch.ts';

/** Longest delay a Node.js timer takes; a longer one would fire at once. */
const longestTimerMs = 2_147_483_647;

/** A delay that `setTimeout` honours: never negative, never beyond its 31 bits; not a number counts as 0. */
export function timerDelayMs(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), longestTimerMs);
}

/** The system's clocks. `nowMs` has the resolution of `performance.now()` and its origin, the start of this process. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        unwatch();
        resolve();
      };
      const timer = setTimeout(done, timerDelayMs(ms));
      const unwatch = signal === undefined ? () => undefined : watchAbort(signal, done);
    }),
};
