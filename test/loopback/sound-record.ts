import { expect } from 'vitest';
import { checkpointIds, checkpointOrder } from '../../src/model/checkpoint.ts';
import type { Timings } from '../../src/model/timings.ts';
import type { Diagnosis } from '../../src/model/verdict.ts';
import type { WalkRecord } from '../../src/model/walk-record.ts';

/** Stage times may lose this much to rounding and to the work between stages. */
const timingToleranceMs = 2;

/** What holds for every walk, whatever was broken: nothing is claimed without evidence, and the parts agree with each other. */
export function expectSound(record: Pick<WalkRecord, 'observations' | 'timings' | 'contacted'>, diagnosis: Diagnosis): void {
  const { verdict, checkpoints, findings } = diagnosis;
  const ids = record.observations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(checkpoints.map(({ id }) => id)).toEqual([...checkpointIds]);
  for (const finding of findings) {
    expect(finding.evidence, `${finding.cause} needs evidence`).not.toEqual([]);
    expect(ids, `${finding.cause} cites evidence that exists`).toEqual(expect.arrayContaining(finding.evidence));
  }
  for (const { by, cause } of verdict.ruledOut) expect(ids, `what rules out ${cause} exists`).toEqual(expect.arrayContaining(by));
  const troubled = checkpoints.filter(({ status }) => status === 'failed').map(({ id }) => id);
  if (verdict.status === 'failed') expect(troubled[0]).toBe(verdict.checkpoint);
  else expect(troubled).toEqual([]);
  if (verdict.checkpoint !== null) {
    const before = checkpoints.slice(0, checkpointOrder(verdict.checkpoint));
    expect(before.filter(({ status }) => status === 'failed')).toEqual([]);
  } else {
    expect(checkpoints.filter(({ status }) => status === 'degraded' || status === 'unknown')).toEqual([]);
  }
  expect(record.contacted.filter(({ address }) => !/^127\.|^::1$/.test(address))).toEqual([]);
  expectTimingsToAddUp(record.timings);
}

/** The stages are cut from one clock, each from where the one before it ended; a stage that never ended is in the total alone. */
export function expectTimingsToAddUp(timings: Timings): void {
  const { dnsMs, connectMs, tlsMs, requestMs, firstByteMs, contentMs, redirectMs, totalMs } = timings;
  const stages = [dnsMs, connectMs, tlsMs, requestMs, firstByteMs, contentMs, redirectMs].filter((stage) => stage !== null);
  for (const stage of stages) expect(stage).toBeGreaterThanOrEqual(0);
  if (totalMs === null) return;
  const missingMs = totalMs - stages.reduce((total, stage) => total + stage, 0);
  expect(missingMs, JSON.stringify(timings)).toBeGreaterThanOrEqual(-timingToleranceMs);
  if (contentMs !== null) expect(missingMs, JSON.stringify(timings)).toBeLessThanOrEqual(timingToleranceMs);
}
