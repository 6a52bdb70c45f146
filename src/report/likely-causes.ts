import type { CauseCode } from '../model/cause.ts';
import { causeOf } from '../model/causes/registry.ts';
import type { Confidence } from '../model/finding.ts';
import { type Case, decidingFinding } from './case.ts';
import { evidenceLine } from './evidence-line.ts';

/** A cause that may hold, with what speaks for it and against it. Remote text in it is raw. */
export interface LikelyCause {
  cause: CauseCode;
  confidence: Confidence | 'excluded';
  meaning: string;
  /** Each with the id of its evidence in brackets, where it rests on some. */
  speaksFor: string[];
  speaksAgainst: string[];
  /** The command or test that would decide; null where nothing is open. */
  decidedBy: string | null;
  /** Reasons behind it, most likely first. */
  reasons: string[];
}

/** The cause of the verdict, then what else it could be, then what the evidence excludes; likeliest first. */
export function likelyCauses(subject: Case): LikelyCause[] {
  const { verdict } = subject;
  const named = verdict.nested?.cause ?? verdict.cause;
  const finding = decidingFinding(subject);
  const first: LikelyCause[] =
    named === null
      ? []
      : [
          {
            cause: named,
            confidence: verdict.confidence,
            meaning: causeOf(named).meaning,
            speaksFor: statements(subject, finding?.evidence ?? []),
            speaksAgainst:
              verdict.confidence === 'proven' ? [] : verdict.alternatives.map((other) => `could also be ${other.cause}: ${other.why}`),
            decidedBy: null,
            reasons: verdict.likelyReasons,
          },
        ];
  return [
    ...first,
    ...verdict.alternatives.map(
      (other): LikelyCause => ({
        cause: other.cause,
        confidence: 'possible',
        meaning: causeOf(other.cause).meaning,
        speaksFor: [other.why],
        speaksAgainst: verdict.ruledOut.filter(({ cause }) => cause === other.cause).flatMap(({ by }) => statements(subject, by)),
        decidedBy: other.decidedBy,
        reasons: [...causeOf(other.cause).likelyReasons],
      }),
    ),
    ...verdict.ruledOut
      .filter(({ cause }) => cause !== named && !verdict.alternatives.some((other) => other.cause === cause))
      .map(
        ({ cause, by }): LikelyCause => ({
          cause,
          confidence: 'excluded',
          meaning: causeOf(cause).meaning,
          speaksFor: [],
          speaksAgainst: statements(subject, by),
          decidedBy: null,
          reasons: [],
        }),
      ),
  ];
}

function statements(subject: Case, ids: readonly string[]): string[] {
  return ids.flatMap((id) => subject.evidence.filter((one) => one.id === id)).map((one) => `${evidenceLine(one)} (${one.id})`);
}
