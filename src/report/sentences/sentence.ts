import type { CauseCode } from '../../model/cause.ts';
import type { CheckpointId } from '../../model/checkpoint.ts';
import type { Detail } from '../../model/finding.ts';

/** Words one finding: one plain sentence with the facts of its detail, sensible when facts are missing. Remote text stays raw. */
export type Sentence = (detail: Detail) => string;

/** A sentence for every cause of one checkpoint; a new code without one does not compile. */
export type SentencesOf<C extends CheckpointId> = Readonly<Record<Extract<CauseCode, `${C}.${string}`>, Sentence>>;
