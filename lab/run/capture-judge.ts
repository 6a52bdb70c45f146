import type { VerdictStatus } from '../../src/model/verdict.ts';
import type { CaptureExpectation, Scenario } from '../scenario/scenario.ts';
import { expectedCheckpoint } from './judge.ts';

/** Where packets are recorded during a walk. */
export type CapturePlace = 'client' | 'edge';

/** What packets alone were said to show, in brief. */
export interface CaptureVerdict {
  place: CapturePlace;
  status: VerdictStatus;
  checkpoint: string | null;
  cause: string | null;
  summary: string;
  /** Every request that was found in the capture, in the order of their first packets: what it was judged as, and of which server. */
  exchanges: string[];
}

/** What a capture must be judged as; null when nothing is expected of it. */
export function captureExpectation(scenario: Scenario, place: CapturePlace): CaptureExpectation | null {
  if (place === 'edge') return scenario.captureServer ?? null;
  if (scenario.captureClient !== undefined) return scenario.captureClient;
  const { expect } = scenario;
  return { checkpoint: expect.status === 'unclear' ? null : expectedCheckpoint(expect) };
}

/**
 * In which ways the verdicts of captures differ from what the scenario says of them, one line each. Where nothing fails, or packets cannot say, no
 * failure may be named; a request that is not visible to the end is no failure.
 */
export function captureDifferences(scenario: Scenario, verdicts: readonly CaptureVerdict[]): string[] {
  return verdicts.flatMap((verdict) => {
    const expected = captureExpectation(scenario, verdict.place);
    if (expected === null || expected.checkpoint === 'any') return [];
    const wanted = expected.checkpoint === 'unclear' ? null : expected.checkpoint;
    const named = verdict.status === 'failed' || verdict.status === 'degraded' ? verdict.checkpoint : null;
    const cause = 'cause' in expected ? (expected.cause ?? null) : null;
    if (named === wanted && (cause === null || cause === verdict.cause)) return [];
    const got = named === null ? verdict.status : `${verdict.status} ${verdict.cause ?? named}`;
    const should = wanted === null ? 'name no failure' : `say ${cause ?? wanted}`;
    return [
      `packets at the ${verdict.place} alone say ${got}, and should ${should} (${verdict.summary}); requests seen: ${list(verdict.exchanges)}`,
    ];
  });
}

function list(exchanges: readonly string[]): string {
  return exchanges.length === 0 ? 'none' : exchanges.slice(0, 12).join(', ');
}
