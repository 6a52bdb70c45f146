import { performance } from 'node:perf_hooks';

/** How often the process looks whether it is on time. */
const everyMs = 50;
/** Timers are late by so much on an idle machine. */
const usualMs = 10;

/** How long this process could not attend to anything, because it computed or got no processor. */
export interface Lateness {
  /** Since the watch began, in milliseconds, as far as it was more than usual. */
  lateMs(): number;
  stop(): void;
}

export function watchLateness(): Lateness {
  let sumMs = 0;
  let lastMs = performance.now();
  const sinceDue = (nowMs: number): number => {
    const lateMs = nowMs - lastMs - everyMs;
    return lateMs > usualMs ? lateMs : 0;
  };
  const timer = setInterval(() => {
    const nowMs = performance.now();
    sumMs += sinceDue(nowMs);
    lastMs = nowMs;
  }, everyMs);
  timer.unref();
  return {
    lateMs: () => sumMs + sinceDue(performance.now()),
    stop: () => clearInterval(timer),
  };
}
