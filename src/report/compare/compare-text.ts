import type { ComparedChange, ComparedReport, CompareReport } from '../../model/compare-report.ts';
import { padded } from '../columns.ts';
import { blank, type Line, paint, paragraph, span } from '../layout.ts';
import type { Style, Tone } from '../style.ts';

const tones: Readonly<Record<ComparedChange['weight'], Tone>> = {
  verdict: 'bad',
  explains: 'warning',
  slower: 'warning',
  differs: 'plain',
  faster: 'good',
};
const verdictTones: Readonly<Record<CompareReport['verdict'], Tone>> = {
  fixed: 'good',
  broken: 'bad',
  same: 'plain',
  changed: 'warning',
  unclear: 'warning',
};

/** A comparison as terminal text, ending in a line feed. All remote text in it is escaped. */
export function renderComparison(report: CompareReport, style: Style, columns: number): string {
  const lines: Line[] = [
    ...side('Before', report.before, columns),
    ...side('After', report.after, columns),
    [],
    ...paragraph(report.summary, columns, {
      indent: 9,
      lead: { text: `${report.verdict.toUpperCase()}:`, tone: verdictTones[report.verdict] },
    }),
    ...(report.changes.length === 0 ? [] : [[], ...report.changes.flatMap((change) => changeLines(change, columns))]),
  ];
  return `${lines.map((line) => paint(line, style)).join('\n')}\n`;
}

function side(label: string, compared: ComparedReport, columns: number): Line[] {
  const at = compared.startedAt === null ? '' : `, ${compared.startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  return paragraph(`${compared.target}${at}, from ${compared.vantage}: ${compared.cause ?? compared.status} (${compared.file})`, columns, {
    indent: 8,
    lead: span(label, 'strong'),
  });
}

function changeLines(change: ComparedChange, columns: number): Line[] {
  const where = change.checkpoint ?? '';
  return [
    ...paragraph(change.what, columns, { indent: 8, lead: { text: padded(where, 7), tone: tones[change.weight] }, tone: 'strong' }),
    ...valueLines('before', change.before, change.evidence.before, columns),
    ...valueLines('after', change.after, change.evidence.after, columns),
  ];
}

function valueLines(label: string, value: string | null, evidence: readonly string[], columns: number): Line[] {
  const cited = evidence.length === 0 ? '' : ` (${evidence.slice(0, 3).join(', ')})`;
  const [first, ...rest] = paragraph(`${value ?? 'not known'}${cited}`, columns, { indent: 16 });
  return [[blank(8), span(padded(label, 8), 'faint'), ...(first ?? []).slice(1)], ...rest];
}
