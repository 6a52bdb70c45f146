import type { ResolverIdentity } from '../model/observations/dns.ts';
import type { Evidence, WalkReport } from '../model/walk-report.ts';
import { columnsOf, fitted, padded } from './columns.ts';
import { type DnsQuestion, isDnsQuestion } from './dns-question.ts';
import { escapeForTerminal } from './escape.ts';
import { resolverText } from './fact-words.ts';
import { blank, type Line, type Span, span } from './layout.ts';
import type { Tone } from './style.ts';

/** Who says what about the name: one row for each resolver and way of asking, one column for each record type. */

type EvidenceOf<K extends Evidence['kind']> = Extract<Evidence, { kind: K }>;

interface Row {
  resolver: ResolverIdentity;
  /** What distinguishes it from the plain question: `unchecked`, `no EDNS`, `TCP`, ... */
  manner: string;
  cells: Partial<Record<'A' | 'AAAA', DnsQuestion>>;
}

/** Columns of the labels at the left, and of a resolver at most. */
const indentColumns = 10;
const mostResolverColumns = 26;
const types = ['A', 'AAAA'] as const;

/** The longest piece of an extended error's text that is shown. */
const extraTextLimit = 60;

/**
 * The table as lines, indented for a label; empty when nobody was asked.
 *
 * @param most rows; those of this host's resolvers come first
 */
export function resolverTable(report: WalkReport, columns: number, most: number = Number.POSITIVE_INFINITY): Line[] {
  const rows = rowsOf(report.evidence, lastHost(report));
  if (rows.length === 0) return [];
  const shown = rows.slice(0, most);
  const resolverColumns = Math.min(mostResolverColumns, Math.max(...shown.map((row) => columnsOf(nameOf(row))))) + 2;
  const cellColumns = Math.floor((columns - indentColumns - resolverColumns) / types.length);
  const head: Line = [
    blank(indentColumns),
    span(padded('resolver', resolverColumns), 'faint'),
    ...types.map((type) => span(padded(type, cellColumns), 'faint')),
  ];
  return [
    head,
    ...shown.flatMap((row) => rowLines(row, resolverColumns, cellColumns, columns)),
    ...repetitionLines(report.evidence, columns),
  ];
}

/** The name asked for last: of a redirect's target where there is one. */
function lastHost(report: WalkReport): string | null {
  const parsed = report.evidence.filter(
    (one): one is EvidenceOf<'target.parsed'> => one.kind === 'target.parsed' && one.resource === undefined,
  );
  return parsed.at(-1)?.host ?? report.target.host;
}

function rowsOf(evidence: readonly Evidence[], host: string | null): Row[] {
  const rows: Row[] = [];
  for (const one of evidence) {
    if (!isDnsQuestion(one) || (one.type !== 'A' && one.type !== 'AAAA') || one.followUp === 'ask-again') continue;
    if (one.name !== host && one.resolver.role !== 'authoritative' && one.followUp !== 'search-domains') continue;
    const manner = mannerOf(one, host);
    const known = rows.find((row) => row.manner === manner && isSame(row.resolver, one.resolver));
    const row = known ?? { resolver: one.resolver, manner, cells: {} };
    row.cells[one.type] ??= one;
    if (known === undefined) rows.push(row);
  }
  return [...rows].sort((row, other) => order(row) - order(other));
}

function isSame(one: ResolverIdentity, other: ResolverIdentity): boolean {
  return one.address === other.address && one.port === other.port && one.role === other.role;
}

function mannerOf(question: DnsQuestion, host: string | null): string {
  if (question.followUp === 'search-domains') return `.${question.name.slice((host ?? '').length + 1)}`;
  if (question.checkingDisabled) return 'unchecked';
  if (!question.edns) return 'no EDNS';
  return question.resolver.transport === 'udp' ? '' : question.resolver.transport.toUpperCase();
}

function order({ resolver, manner }: Row): number {
  const roles: Readonly<Record<ResolverIdentity['role'], number>> = { configured: 0, named: 0, unknown: 0, public: 2, authoritative: 3 };
  return roles[resolver.role] + (manner === '' ? 0 : 1);
}

function nameOf({ resolver, manner }: Row): string {
  const who = resolver.role === 'authoritative' ? (resolver.serverName ?? resolver.address) : resolverText(resolver);
  return escapeForTerminal([who, manner].filter((part) => part !== '').join(' '));
}

function rowLines(row: Row, resolverColumns: number, cellColumns: number, columns: number): Line[] {
  const cells = types.map((type): Span => {
    const question = row.cells[type];
    const { text, tone } = question === undefined ? { text: '', tone: 'plain' as const } : cellOf(question, cellColumns - 1);
    return { text: padded(text, cellColumns), tone };
  });
  const name: Span = { text: padded(fitted(nameOf(row), resolverColumns - 1), resolverColumns), tone: 'plain' };
  return [[blank(indentColumns), name, ...cells], ...extraLines(row, columns)];
}

function cellOf(question: DnsQuestion, columns: number): { text: string; tone: Tone } {
  const tookMs = question.kind === 'dns.answered' ? shortTime(question.durationMs) : '';
  switch (question.kind) {
    case 'dns.unanswered':
      return { text: `silent ${shortTime(question.waitedMs)}`, tone: 'bad' };
    case 'dns.undeliverable':
      return { text: fitted(question.failure.name.replaceAll('-', ' '), columns), tone: 'bad' };
    case 'dns.answer-rejected':
      return { text: fitted(`unusable, ${question.reason.replaceAll('-', ' ')}`, columns), tone: 'bad' };
    case 'dns.answered':
      return answerCell(question, tookMs, columns);
  }
}

function answerCell(answer: EvidenceOf<'dns.answered'>, time: string, columns: number): { text: string; tone: Tone } {
  const records = answer.answers.filter((record) => record.type === answer.type);
  const first = records[0];
  if (answer.rcodeName !== 'NOERROR') return { text: fitted(`${answer.rcodeName} ${time}`, columns), tone: 'bad' };
  if (answer.truncated && first === undefined) return { text: fitted(`truncated ${time}`, columns), tone: 'bad' };
  if (first === undefined) return { text: fitted(`no data ${time}`, columns), tone: 'plain' };
  const address = escapeForTerminal(first.data);
  const more = records.length > 1 ? ` +${records.length - 1}` : '';
  const ttl = ` ${first.ttlSeconds}s`;
  // What matters least goes first where columns are few: the time, then how many more there are.
  const candidates = [
    `${address}${more}${ttl} ${time}`,
    `${address}${ttl} ${time}`,
    `${address}${more}${ttl}`,
    `${address}${ttl}`,
    `${address}${more}`,
  ];
  return { text: candidates.find((text) => columnsOf(text) <= columns) ?? fitted(address, columns), tone: 'plain' };
}

/** Extended errors, once for a row. */
function extraLines(row: Row, columns: number): Line[] {
  const answers = types.flatMap((type) =>
    row.cells[type]?.kind === 'dns.answered' ? [row.cells[type]] : [],
  ) as EvidenceOf<'dns.answered'>[];
  const errors = new Map(answers.flatMap((answer) => answer.extendedErrors).map((error) => [error.infoCode, error]));
  return [...errors.values()].map(({ infoCode, name, text }): Line => {
    const words = `extended error ${infoCode}${name === undefined ? '' : ` ${name}`}${text === '' ? '' : `: "${text.slice(0, extraTextLimit)}"`}`;
    return [blank(indentColumns + 2), { text: fitted(escapeForTerminal(words), columns - indentColumns - 2), tone: 'faint' }];
  });
}

/** Lookups repeated on request: how many of which outcome, and the times that half and 95 of 100 answers stayed within. */
function repetitionLines(evidence: readonly Evidence[], columns: number): Line[] {
  return evidence
    .filter((one): one is EvidenceOf<'dns.question-repeated'> => one.kind === 'dns.question-repeated')
    .map((one): Line => {
      const times =
        one.answerMs.length === 0 ? '' : `: p50 ${shortTime(percentile(one.answerMs, 50))}, p95 ${shortTime(percentile(one.answerMs, 95))}`;
      const outcomes = one.outcomes.map(({ outcome, count }) => `${count} ${outcome}`).join(', ');
      const text = `${resolverText(one.resolver)} ${one.type} ${one.asked} times${times}; ${outcomes}`;
      return [blank(indentColumns), span(fitted(escapeForTerminal(text), columns - indentColumns))];
    });
}

/** The nearest-rank percentile of times, which must not be empty. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

function shortTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '';
  return milliseconds < 9.5
    ? `${milliseconds.toFixed(1)}ms`
    : milliseconds < 1000
      ? `${Math.round(milliseconds)}ms`
      : `${(milliseconds / 1000).toFixed(1)}s`;
}
