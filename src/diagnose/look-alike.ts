import type { CauseCode } from '../model/cause.ts';
import type { Observation } from '../model/observation.ts';
import type { Facts } from './facts.ts';

/** A cause that looks the same at first sight, and the evidence that would exclude it. */
export interface LookAlike {
  cause: CauseCode;
  /** Why it remains possible while nothing excludes it. */
  why: string;
  /** The command or test that decides; may hold the registry's placeholders. */
  decidedBy: string;
  /** The observations that exclude it; empty when it remains possible. */
  excludedBy(facts: Facts): readonly Observation[];
}

/** For what no observation of this version excludes. */
export function never(): readonly Observation[] {
  return [];
}
