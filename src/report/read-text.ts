import type { ReadReport, ReportedCapture, ReportedExchange } from '../model/read-report.ts';
import type { VerdictStatus } from '../model/verdict.ts';
import { fitted, padded } from './columns.ts';
import { escapeForTerminal } from './escape.ts';
import { evidenceLine } from './evidence-line.ts';
import { blank, cut, type Line, paint, paragraph, type Span, span } from './layout.ts';
import { plainStyle, type Style, type Tone } from './style.ts';
import { labelColumns, paragraphOf, stepLines } from './text-screen.ts';
import { duration } from './wording.ts';

export interface ReadTextOptions {
  style: Style;
  columns: number;
  /** Rows of the table of exchanges. */
  exchanges: number;
  detail: 'verdict' | 'screen' | 'all';
}

export const defaultReadTextOptions: ReadTextOptions = { style: plainStyle, columns: 80, exchanges: 20, detail: 'screen' };

const fewestColumns = 60;
const mostColumns = 140;
const tones: Readonly<Record<VerdictStatus, Tone>> = { failed: 'bad', degraded: 'warning', unclear: 'faint', ok: 'good' };
const order: readonly VerdictStatus[] = ['failed', 'degraded', 'unclear', 'ok'];

/** A reading's report as terminal text, ending in a line feed. All remote text in it is escaped. */
export function renderReadText(report: ReadReport, options: ReadTextOptions = defaultReadTextOptions): string {
  const columns = Math.min(mostColumns, Math.max(fewestColumns, options.columns));
  const lines = linesOf(report, columns, options);
  return `${lines.map((line) => paint(line, options.style)).join('\n')}\n`;
}

function linesOf(report: ReadReport, columns: number, options: ReadTextOptions): Line[] {
  const head = headLines(report, columns);
  if (options.detail === 'verdict') return head;
  return [
    ...report.captures.flatMap((capture) => captureLines(capture, columns)),
    [],
    ...head,
    ...verdictBlocks(report, columns, options.detail === 'all'),
    ...tableLines(report, columns, options),
  ];
}

function captureLines(capture: ReportedCapture, columns: number): Line[] {
  const seconds = capture.firstAt === null || capture.lastAt === null ? null : Date.parse(capture.lastAt) - Date.parse(capture.firstAt);
  const facts = [
    capture.format,
    capture.linkTypes.join(', '),
    `${grouped(capture.packets)} packets`,
    `${grouped(capture.bytes)} bytes`,
    seconds === null ? '' : duration(seconds),
    capture.truncatedPackets > 0 ? `${grouped(capture.truncatedPackets)} cut by the capture's size limit` : '',
    droppedText(capture),
    capture.malformedPackets > 0 ? `${grouped(capture.malformedPackets)} malformed` : '',
  ].filter((fact) => fact !== '');
  const lines: Line[] = [cut([span(`${capture.file}  `, 'strong'), span(facts.join(' · '), 'faint')], columns)];
  if (capture.damage !== null) lines.push(cut([span(`  ${damageText(capture.damage)}`, 'warning')], columns));
  return lines;
}

/** What the capturing system did not keep up with may be what seems to be missing. */
function droppedText({ interfaces }: ReportedCapture): string {
  const dropped = interfaces.reduce((sum, one) => sum + (one.droppedPackets ?? 0), 0);
  return dropped > 0 ? `${grouped(dropped)} dropped while capturing` : '';
}

function damageText(damage: NonNullable<ReportedCapture['damage']>): string {
  const at = `at byte ${grouped(damage.atByte)}`;
  switch (damage.reason) {
    case 'cut-short':
      return `The file ends within a packet ${at}: it was cut short, or is still being written. Everything before was read.`;
    case 'implausible-length':
      return `The file is damaged ${at}: a packet claims an impossible length. Everything before was read.`;
    case 'bad-block':
      return `The file is damaged ${at}: a block contradicts itself. Everything before was read.`;
    case 'unknown-version':
      return `The file is of a version that is not known ${at}.`;
    case 'bad-compression':
      return `The compressed data are damaged or end early, ${at} of what they hold. Everything before was read.`;
    case 'unreadable':
      return `Reading the file failed ${at}. Everything before was read.`;
    case 'undescribed-interface':
      return `The file is damaged ${at}: a packet belongs to an interface that was never described. Everything before was read.`;
  }
}

/** The verdict over all exchanges, and the worst one's in words. */
function headLines(report: ReadReport, columns: number): Line[] {
  const { exchangeCounts: counts, verdict } = report;
  const lead = span(verdict.status.toUpperCase(), tones[verdict.status]);
  const [first, ...more] = paragraph(`${lead.text}  ${countsText(report)}`, columns);
  const words = (first?.[0]?.text ?? '').slice(lead.text.length);
  const worst: Line[] = counts.total === 0 || verdict.status === 'ok' ? [] : paragraph(verdict.summary, columns);
  const cause: Line[] =
    verdict.cause === null
      ? []
      : [[span(`${verdict.cause} (${verdict.confidence}; first failing checkpoint: ${verdict.checkpoint ?? 'none'})`, 'faint')]];
  return [[lead, span(words)], ...more, ...causeLines(report, columns), ...worst, ...cause];
}

/** What failed for which cause, where there is more than one. */
function causeLines({ causeCounts = [] }: ReadReport, columns: number): Line[] {
  if (causeCounts.length < 2) return [];
  const parts = causeCounts.map(({ cause, status, count }) => `${cause} ${grouped(count)}${status === 'degraded' ? ' (impaired)' : ''}`);
  return paragraph(`By cause: ${parts.join(', ')}.`, columns);
}

function countsText(report: ReadReport): string {
  const { exchangeCounts: counts, verdict } = report;
  if (counts.total === 0) return verdict.summary;
  const requests = `${grouped(counts.total)} ${counts.total === 1 ? 'request' : 'requests'}`;
  const parts = [
    counts.failed > 0 ? `${grouped(counts.failed)} of ${requests} failed` : `none of ${requests} failed in what the packets show`,
    counts.degraded > 0 ? `${grouped(counts.degraded)} impaired` : '',
    counts.unclear > 0 ? `${grouped(counts.unclear)} not visible to the end` : '',
    counts.ok > 0 ? `${grouped(counts.ok)} fine` : '',
  ];
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

function verdictBlocks(report: ReadReport, columns: number, isFull: boolean): Line[] {
  const { verdict } = report;
  const quoted = report.findings.find((finding) => finding.cause === verdict.cause && finding.summary === verdict.summary);
  const cited = quoted === undefined ? [] : report.evidence.filter((evidence) => isFull || quoted.evidence.includes(evidence.id));
  const evidence = cited.map((one): Line => {
    const frames = one.frames === undefined ? '' : `frame ${one.frames.join(', ')}  `;
    return cut([blank(labelColumns), span(frames, 'faint'), span(evidenceLine(one))], columns);
  });
  const alternatives = verdict.alternatives
    .slice(0, isFull ? undefined : 2)
    .flatMap((one) => paragraphOf(`${one.cause}: ${one.why}`, columns));
  const next = verdict.next.slice(0, isFull ? undefined : 2).flatMap((step) => stepLines(step, columns));
  const worst = told(report);
  const filter: Line[] = worst === undefined || verdict.status === 'ok' ? [] : [[blank(labelColumns), span(worst.displayFilter, 'code')]];
  return [...section('Evidence', evidence), ...section('Could be', alternatives), ...section('Next', next), ...section('Filter', filter)];
}

/** The exchange that the verdict is about; where several are alike, the first. */
function told({ exchanges, verdict }: ReadReport): ReportedExchange | undefined {
  const alike = exchanges.filter((exchange) => exchange.verdict.status === verdict.status);
  const same = alike.filter((exchange) => exchange.verdict.cause === verdict.cause);
  return same.find((exchange) => exchange.verdict.summary === verdict.summary) ?? same[0] ?? alike[0];
}

function section(label: string, lines: readonly Line[]): Line[] {
  const [first, ...rest] = lines;
  if (first === undefined) return [];
  const [indent, ...pieces] = first;
  const isBlank = indent !== undefined && indent.text.trim() === '';
  return [[span(padded(label, labelColumns), 'strong'), ...(isBlank ? pieces : first)], ...rest];
}

/** Exchanges, worst first. */
function tableLines(report: ReadReport, columns: number, options: ReadTextOptions): Line[] {
  if (report.exchanges.length === 0) return [];
  const sorted = [...report.exchanges].sort((one, other) => order.indexOf(one.verdict.status) - order.indexOf(other.verdict.status));
  const limit = options.detail === 'all' ? sorted.length : options.exchanges;
  const shown = sorted.slice(0, limit);
  const more = report.exchangeCounts.total - shown.length;
  return [
    [],
    rowLine(['', 'host', 'server', 'dns', 'tcp', 'tls', 'answer', 'what happened'], columns, 'faint', 'faint'),
    ...shown.map((exchange) => exchangeLine(exchange, columns)),
    ...(more > 0
      ? [[span(`and ${grouped(more)} more (--json lists ${grouped(report.exchanges.length)}; --exchange ID shows one)`, 'faint')]]
      : []),
  ];
}

const widths = [6, 26, 22, 7, 7, 7, 9] as const;

function rowLine(cells: readonly string[], columns: number, tone: Tone, lastTone: Tone): Line {
  const fixed = widths.reduce((sum, width) => sum + width + 1, 0);
  const pieces: Span[] = widths.map((width, index) =>
    span(`${padded(fitted(escapeForTerminal(cells[index] ?? ''), width), width)} `, tone),
  );
  return [...pieces, span(fitted(escapeForTerminal(cells[widths.length] ?? ''), Math.max(10, columns - fixed)), lastTone)];
}

function exchangeLine(exchange: ReportedExchange, columns: number): Line {
  const { timings, http, verdict } = exchange;
  const answer = http?.status === null || http === null ? '' : `${http.status} ${short(timings.firstByteMs)}`.trim();
  const cells = [
    exchange.id,
    exchange.host ?? '',
    exchange.server,
    exchange.dns === null ? '' : short(timings.dnsMs ?? exchange.dns.durationMs),
    short(timings.connectMs),
    short(timings.tlsMs),
    answer,
    verdict.cause ?? (verdict.status === 'ok' ? 'ok' : verdict.status),
  ];
  return rowLine(cells, columns, 'plain', tones[verdict.status]);
}

function short(ms: number | null): string {
  return ms === null ? '' : duration(ms).replaceAll(' ', '');
}

/** A number with its thousands set apart. */
function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
