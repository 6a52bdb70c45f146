import type { Answer } from './answer.ts';
import type { CauseCode, Side } from './cause.ts';
import type { CheckpointId, CheckpointStatus } from './checkpoint.ts';
import type { Alternative, Confidence, Finding, RuledOut, ScopeWord } from './finding.ts';

export type VerdictStatus = 'ok' | 'degraded' | 'failed' | 'unclear';

/** The judgement over all observations, without prose. `checkpoint` and `cause` are null when ok; on `unclear` they may name a suspicion. */
export interface Verdict {
  status: VerdictStatus;
  checkpoint: CheckpointId | null;
  cause: CauseCode | null;
  confidence: Confidence;
  side: Side;
  scope: ScopeWord[];
  /** Id of the finding the verdict quotes, null when there is none. */
  finding: string | null;
  alternatives: Alternative[];
  ruledOut: RuledOut[];
  /** What an `unclear` verdict lacks, as checkpoints that were needed and not measured. */
  missing: CheckpointId[];
  nested?: { url: string; checkpoint: CheckpointId; cause: CauseCode };
}

export interface JudgedCheckpoint {
  id: CheckpointId;
  status: CheckpointStatus;
  /** Ids of its findings. */
  findings: string[];
  /** Ids of the observations made for it. */
  evidence: string[];
}

/** Everything the rules say about a set of observations. */
export interface Diagnosis {
  verdict: Verdict;
  /** Always all eight, in walking order. */
  checkpoints: JudgedCheckpoint[];
  findings: Finding[];
  /** Who answered the last request that was answered; null when none was. */
  answer: Answer | null;
}
