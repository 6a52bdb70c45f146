import type { CauseCode } from './cause.ts';
import type { CheckpointId } from './checkpoint.ts';
import type { VerdictStatus } from './verdict.ts';
import type { ToolIdentity } from './walk-report.ts';

/** One side of a comparison. */
export interface ComparedReport {
  file: string;
  /** URL, or what stands for it. */
  target: string;
  /** ISO 8601 UTC; null where it is not known. */
  startedAt: string | null;
  vantage: string;
  status: VerdictStatus;
  checkpoint: CheckpointId | null;
  cause: CauseCode | null;
}

/** One thing that is not the same in both. */
export interface ComparedChange {
  /** Where it belongs; null for what is about the reports as a whole. */
  checkpoint: CheckpointId | null;
  /** What it is about: `addresses`, `status`, ... */
  what: string;
  /** Null where that report does not say. */
  before: string | null;
  after: string | null;
  /** `verdict`: the outcome itself; `explains`: a difference at or before the checkpoint at which one fails; `differs`: any other; `slower`, `faster`: times. */
  weight: 'verdict' | 'explains' | 'differs' | 'slower' | 'faster';
  /** Ids of the evidence in each report. */
  evidence: { before: string[]; after: string[] };
}

/** The document of `wirewalk compare A B --json`. */
export interface CompareReport {
  schema: 'wirewalk.compare/1';
  tool: ToolIdentity;
  before: ComparedReport;
  after: ComparedReport;
  /** `fixed`: only the first fails; `broken`: only the second does; `same`: one cause or none in both; `changed`: both are not well, for different causes. */
  verdict: 'fixed' | 'broken' | 'same' | 'changed' | 'unclear';
  summary: string;
  /** Most telling first. */
  changes: ComparedChange[];
}
