import { getEventListeners } from 'node:events';
import { stat } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemClock, timerDelayMs } from './clock.ts';
import { limitWait } from './wait-limit.ts';

function limited(timeoutMs: number, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve) => limitWait({ timeoutMs, ...(signal === undefined ? {} : { signal }) }, resolve));
}

describe('limitWait', () => {
  it('ends when the time is up', async () => expect(await limited(5)).toBe('timed-out'));

  it('ends when the signal aborts, before or after', async () => {
    expect(await limited(1000, AbortSignal.abort())).toBe('aborted');
    const controller = new AbortController();
    const outcome = limited(1000, controller.signal);
    controller.abort();
    expect(await outcome).toBe('aborted');
  });

  it('a hundred waits on one signal end, and Node.js has nothing to warn of', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const controller = new AbortController();
    const waits = Array.from({ length: 100 }, () => limited(1000, controller.signal));
    const sleeps = Array.from({ length: 100 }, () => systemClock.sleep(1000, controller.signal));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort();
    expect(new Set(await Promise.all(waits))).toEqual(new Set(['aborted']));
    await Promise.all(sleeps);
    await systemClock.sleep(5);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('says nothing after it was released, and leaves no listener', async () => {
    const controller = new AbortController();
    let calls = 0;
    const release = limitWait({ timeoutMs: 1, signal: controller.signal }, () => {
      calls += 1;
    });
    release();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    controller.abort();
    await systemClock.sleep(10);
    expect(calls).toBe(0);
  });

  it('lets what arrived in time come first when the process was busy', async () => {
    const order: string[] = [];
    const release = limitWait({ timeoutMs: 1 }, () => order.push('limit'));
    // A child event that is ready in the poll phase by the time the busy loop ends.
    const arrived = new Promise<void>((resolve) => {
      stat('/', () => {
        order.push('event');
        release();
        resolve();
      });
    });
    const busyUntil = performance.now() + 30;
    while (performance.now() < busyUntil);
    await arrived;
    expect(order[0]).toBe('event');
  });
});

describe('the clock', () => {
  it('sleeps at least as long as told, and wakes when aborted', async () => {
    const startMs = systemClock.nowMs();
    await systemClock.sleep(20);
    expect(systemClock.nowMs() - startMs).toBeGreaterThan(18);
    await systemClock.sleep(60_000, AbortSignal.abort());
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort();
    await sleeping;
    expect(systemClock.nowMs() - startMs).toBeLessThan(10_000);
  });

  it('never hands a timer what it cannot keep', () => {
    expect([-5, Number.NaN, 12.5, 1e12].map(timerDelayMs)).toEqual([0, 0, 12.5, 2_147_483_647]);
  });
});
