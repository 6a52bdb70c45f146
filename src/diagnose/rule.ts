import type { CauseCode, Side } from '../model/cause.ts';
import type { Confidence, Detail, ScopeWord, Severity } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';
import type { Facts } from './facts.ts';

/** What a rule says holds. The evidence is never empty. */
export interface Claim {
  severity: Severity;
  confidence: Confidence;
  detail: Detail;
  evidence: readonly Observation[];
  scope?: readonly ScopeWord[];
  /**
   * True when a stated expectation is contradicted: later proof that the request works does not clear it.
   */
  stated?: boolean;
  /** True when it is not about the path: an open connection, or an answer, does not clear it. Somebody else may have answered. */
  persists?: boolean;
  /** Whose side it lies on, where the evidence says more of that than the cause does. */
  side?: Side | undefined;
  nested?: { url: string; cause: CauseCode };
}

/** One way in which one cause shows. Pure; several rules may name the same cause. */
export interface Rule {
  cause: CauseCode;
  /** Causes that say less than this one about the same evidence: where this rule holds, their claims are dropped. */
  supersedes?: readonly CauseCode[];
  judge(facts: Facts): readonly Claim[];
}

const nothing: readonly Claim[] = [];

/** A claim that the request fails because of this. */
export function failure(evidence: readonly (Observation | null)[], detail: Detail, more: Partial<Claim> = {}): readonly Claim[] {
  return claim('failure', evidence, detail, more);
}

/** A claim that the request works and is impaired by this. */
export function impairment(evidence: readonly (Observation | null)[], detail: Detail, more: Partial<Claim> = {}): readonly Claim[] {
  return claim('impairment', evidence, detail, more);
}

/** No claim. */
export function none(): readonly Claim[] {
  return nothing;
}

function claim(severity: Severity, evidence: readonly (Observation | null)[], detail: Detail, more: Partial<Claim>): readonly Claim[] {
  const present = evidence.filter((observation): observation is Observation => observation !== null);
  return [{ severity, confidence: 'proven', detail, evidence: present, ...more }];
}
