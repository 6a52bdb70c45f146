import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchLateness } from './lateness.ts';

function compute(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

test('time in which nothing could be attended to is counted, whether the watch was due before or is due now', async () => {
  const lateness = watchLateness();
  compute(300);
  expect(lateness.lateMs()).toBeGreaterThan(200);
  await sleep(5);
  expect(lateness.lateMs()).toBeGreaterThan(200);
  compute(300);
  expect(lateness.lateMs()).toBeGreaterThan(400);
  lateness.stop();
});
