import type { CheckpointStatus } from '../model/checkpoint.ts';
import type { VerdictStatus } from '../model/verdict.ts';
import type { ReportedCheckpoint, ReportedVerdict, WalkReport } from '../model/walk-report.ts';
import { columnsOf, fitted, padded } from './columns.ts';
import { escapeForTerminal } from './escape.ts';
import { blank, type Line, paragraph, type Span, span } from './layout.ts';
import { sideWords } from './side.ts';
import type { Tone } from './style.ts';
import { duration } from './wording.ts';

const verdictTones: Readonly<Record<VerdictStatus, Tone>> = { ok: 'good', degraded: 'warning', failed: 'bad', unclear: 'warning' };

const marks: Readonly<Record<CheckpointStatus, { text: string; tone: Tone }>> = {
  ok: { text: 'ok', tone: 'good' },
  degraded: { text: 'warn', tone: 'warning' },
  failed: { text: 'FAIL', tone: 'bad' },
  skipped: { text: 'skip', tone: 'faint' },
  unknown: { text: '?', tone: 'warning' },
};

/** Columns of mark, checkpoint and time around a summary. */
const markColumns = 6;
const nameColumns = 8;
const timeColumns = 9;

/** The status mark of a checkpoint: a word, so that it needs no colour. */
export function markOf(status: CheckpointStatus): Span {
  return marks[status];
}

/** The verdict as one line that never breaks: for `-q`. */
export function verdictLine(report: WalkReport): Line {
  const { verdict } = report;
  const cause = verdict.cause === null ? '' : ` [${verdict.cause}${nestedCause(verdict)}]`;
  return [statusSpan(verdict), span(` ${verdict.summary}${cause}`)];
}

/** Target and time, verdict, cause. */
export function headLines(report: WalkReport, columns: number): Line[] {
  const { verdict } = report;
  const at = `${report.startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  const target = fitted(escapeForTerminal(report.target.url ?? report.target.input), columns - at.length - 2);
  const lead = statusSpan(verdict);
  const [first, ...more] = paragraph(`${lead.text} ${verdict.summary}`, columns);
  const rest = (first?.[0]?.text ?? '').slice(lead.text.length);
  return [
    [{ text: padded(target, columns - at.length), tone: 'strong' }, span(at, 'faint')],
    [lead, { text: rest, tone: 'plain' }],
    ...more,
    ...causeLines(verdict, columns),
  ];
}

function statusSpan(verdict: ReportedVerdict): Span {
  const at = verdict.checkpoint === null ? '' : ` at ${verdict.checkpoint}`;
  return span(`${verdict.status.toUpperCase()}${at}:`, verdictTones[verdict.status]);
}

function causeLines(verdict: ReportedVerdict, columns: number): Line[] {
  if (verdict.cause === null) return [];
  const side = sideWords[verdict.side];
  const scope = verdict.scope.length === 0 ? '' : `; ${verdict.scope.join(', ')}`;
  const parts = [
    `${verdict.cause}${nestedCause(verdict)} (${verdict.confidence}${scope})${side === null ? '' : `, ${side}`}`,
    ...(verdict.browserError === null ? [] : [`browsers show: ${verdict.browserError}`]),
  ];
  return paragraph(parts.join('; '), columns, { tone: 'faint' });
}

function nestedCause(verdict: ReportedVerdict): string {
  return verdict.nested === undefined ? '' : ` -> ${verdict.nested.cause}`;
}

/** The eight checkpoints, one line each; with `isFull` a long summary is wrapped instead of cut. */
export function checkpointLines(report: WalkReport, columns: number, isFull: boolean): Line[] {
  return report.checkpoints.flatMap((checkpoint) => checkpointRow(checkpoint, columns, isFull));
}

function checkpointRow(checkpoint: ReportedCheckpoint, columns: number, isFull: boolean): Line[] {
  const { text, tone } = markOf(checkpoint.status);
  const head: Span[] = [
    { text: padded(`  ${text}`, markColumns + 2), tone },
    { text: padded(checkpoint.id, nameColumns), tone: 'strong' },
  ];
  const time = checkpoint.durationMs === null ? '' : duration(checkpoint.durationMs);
  const width = columns - markColumns - 2 - nameColumns - timeColumns - 1;
  const tail: Span = { text: ' '.repeat(Math.max(1, timeColumns - columnsOf(time))) + time, tone: 'faint' };
  const bodyTone: Tone = checkpoint.status === 'skipped' ? 'faint' : 'plain';
  if (!isFull) {
    const summary = padded(fitted(escapeForTerminal(checkpoint.summary), width), width);
    return [[...head, { text: summary, tone: bodyTone }, ...(time === '' ? [] : [tail])]];
  }
  return paragraph(checkpoint.summary, width, { tone: bodyTone }).map((line, index) => {
    const words = line[0]?.text ?? '';
    if (index > 0) return [blank(markColumns + 2 + nameColumns), ...line];
    return [...head, { text: padded(words, width), tone: bodyTone }, ...(time === '' ? [] : [tail])];
  });
}
