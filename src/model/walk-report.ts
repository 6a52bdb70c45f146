import type { Answer } from './answer.ts';
import type { CauseAction, CauseCode, Side } from './cause.ts';
import type { CheckpointId, CheckpointStatus } from './checkpoint.ts';
import type { Alternative, Confidence, Detail, RuledOut, ScopeWord, Severity } from './finding.ts';
import type { Intake } from './intake.ts';
import type { ObservationKind, ObservationOf } from './observation.ts';
import type { Timings } from './timings.ts';
import type { VerdictStatus } from './verdict.ts';
import type { Contact, Vantage, WalkTarget } from './walk-record.ts';

export interface ToolIdentity {
  name: 'wirewalk';
  version: string;
}

export interface ReportedVerdict {
  status: VerdictStatus;
  checkpoint: CheckpointId | null;
  cause: CauseCode | null;
  confidence: Confidence;
  summary: string;
  side: Side;
  browserError: string | null;
  scope: ScopeWord[];
  alternatives: Alternative[];
  ruledOut: RuledOut[];
  likelyReasons: string[];
  next: CauseAction[];
  /** Checkpoints an `unclear` verdict needed and has no measurement of. */
  missing: CheckpointId[];
  /** For a cause whose own target fails. */
  nested?: { url: string; checkpoint: CheckpointId; cause: CauseCode };
}

export interface ReportedCheckpoint {
  id: CheckpointId;
  status: CheckpointStatus;
  /** Milliseconds since the start; null when nothing was measured for it. */
  startMs: number | null;
  durationMs: number | null;
  summary: string;
  findings: string[];
  evidence: string[];
}

export interface ReportedFinding {
  id: string;
  cause: CauseCode;
  severity: Severity;
  confidence: Confidence;
  summary: string;
  detail: Detail;
  scope: ScopeWord[];
  evidence: string[];
  consequenceOf: string | null;
  hop: number;
  nested?: { url: string; cause: CauseCode };
}

/** An observation as the document carries it: with its time of day instead of the offset. A mapped type, because the schema generator merges the branches of a conditional one. */
export type Evidence = { [K in ObservationKind]: Omit<ObservationOf<K>, 'atMs'> & { at: string } }[ObservationKind];

/** The document of `wirewalk URL --json`. */
export interface WalkReport {
  schema: 'wirewalk.walk/1';
  tool: ToolIdentity;
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
  vantage: Vantage;
  target: WalkTarget;
  /** What was reported, when somebody said. */
  intake?: Intake;
  verdict: ReportedVerdict;
  /** Always all eight, in walking order. */
  checkpoints: ReportedCheckpoint[];
  findings: ReportedFinding[];
  evidence: Evidence[];
  /** Who answered the last request that was answered; null when none was. */
  answer: Answer | null;
  timings: Timings;
  contacted: Contact[];
}
