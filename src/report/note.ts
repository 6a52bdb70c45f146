import type { CauseAction } from '../model/cause.ts';
import { browserWords } from './browser-error.ts';
import { type Case, decidingFinding, evidenceOf } from './case.ts';
import { escapeForTerminal } from './escape.ts';
import { evidenceLine } from './evidence-line.ts';
import { sideWords } from './side.ts';
import { timingLine } from './timing-line.ts';
import { clipped } from './wording.ts';

/** The note for a chat: four parts, each labelled, their text raw. */
export interface Note {
  head: string;
  symptom: string[];
  evidence: string[];
  firstFailingStep: string[];
  nextCheck: string[];
}

/** So many pieces of evidence decide; more would not be read. */
const mostEvidence = 3;
/** A chat wraps what is longer. */
const longestLine = 240;

/** Symptom, evidence, first failing step, next check. */
export function noteOf(subject: Case): Note {
  const { verdict } = subject;
  const when = subject.startedAt === null ? '' : `, ${subject.startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  return {
    head: `${subject.title}${when}, seen from ${subject.vantage}`,
    symptom: symptomOf(subject),
    evidence: evidenceOfVerdict(subject),
    firstFailingStep: stepOf(subject),
    nextCheck: nextOf(verdict.next),
  };
}

function symptomOf(subject: Case): string[] {
  const { verdict, intake } = subject;
  const told = intake?.symptom ?? null;
  const affected = [
    intake?.users === null || intake === null ? '' : `${intake.users} users`,
    intake?.pages === null || intake === null ? '' : `${intake.pages} pages`,
    intake?.since === null || intake === null ? '' : `since ${intake.since}`,
  ].filter((part) => part !== '');
  const seen =
    verdict.status === 'ok'
      ? 'none: the request works from here'
      : verdict.browserError === null
        ? verdict.summary
        : browserWords(verdict.browserError);
  return [`${told === null ? seen : `${told}; ${seen.replace(/^none: /, '')}`}${affected.length === 0 ? '' : ` (${affected.join(', ')})`}`];
}

function evidenceOfVerdict(subject: Case): string[] {
  const finding = decidingFinding(subject);
  if (finding === null) {
    const answer = evidenceOf(subject, 'http.response-received')
      .filter((one) => one.followUp === undefined)
      .at(-1);
    const timing = timingLine(subject.timings, subject.durationMs);
    return answer === undefined ? [timing] : [`${evidenceLine(answer)} (${answer.id})`, timing];
  }
  const cited = finding.evidence.flatMap((id) => subject.evidence.filter((one) => one.id === id));
  const shown = cited.slice(0, mostEvidence).map((one) => `${evidenceLine(one)} (${one.id})`);
  const more = cited.length - shown.length;
  return more > 0 ? [...shown.slice(0, -1), `${shown.at(-1) ?? ''} and ${more} more`] : shown;
}

function stepOf(subject: Case): string[] {
  const { verdict } = subject;
  switch (verdict.status) {
    case 'ok':
      return ['none: every checkpoint that was needed passed'];
    case 'unclear':
      return [`not known: ${verdict.summary}`];
    default: {
      const cause = verdict.nested === undefined ? verdict.cause : `${verdict.cause} -> ${verdict.nested.cause}`;
      const kind = verdict.status === 'failed' ? '' : ', impaired';
      const who = sideWords[verdict.side];
      const what = cause === null ? '' : ` (${cause}; ${verdict.confidence}${who === null ? '' : `; ${who}`})`;
      return [`${verdict.checkpoint ?? 'unknown'}${kind}: ${verdict.summary}${what}`];
    }
  }
}

function nextOf(steps: readonly CauseAction[]): string[] {
  const [first, second] = steps;
  if (first === undefined) return ['none: nothing needs to be done here'];
  const command = (step: CauseAction): string[] => (step.command === undefined ? [] : [`$ ${step.command}`]);
  const lines = [first.action, ...command(first)];
  return second === undefined ? lines : [...lines, `then: ${second.action}`, ...command(second)];
}

/** The note as plain text, at most 12 lines, ending in a line feed. All remote text in it is escaped. */
export function renderNote(subject: Case): string {
  const note = noteOf(subject);
  const lines = [
    escapeForTerminal(note.head),
    ...part('Symptom', note.symptom),
    ...part('Evidence', note.evidence),
    ...part('First failing step', note.firstFailingStep),
    ...part('Next check', note.nextCheck),
  ];
  return `${lines.map((line) => (line.startsWith('  $ ') ? line : clippedInside(line, longestLine))).join('\n')}\n`;
}

/** A line that is too long loses the end of its text, and keeps what stands in brackets behind it: which cause, whose side, which evidence. */
function clippedInside(line: string, limit: number): string {
  const end = / \([^()]*\)(?: and \d+ more)?$/.exec(line)?.[0] ?? '';
  return end.length >= limit / 2 ? clipped(line, limit) : `${clipped(line.slice(0, line.length - end.length), limit - end.length)}${end}`;
}

/** Further lines of a part are indented, so that none of them begins with text of others. */
function part(label: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => `${index === 0 ? `${label}: ` : '  '}${escapeForTerminal(text)}`);
}
