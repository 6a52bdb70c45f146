import type { CauseAction, CauseCode } from '../model/cause.ts';
import type { Alternative } from '../model/finding.ts';
import type { ReportedFinding, WalkReport } from '../model/walk-report.ts';
import { answerLines } from './answer-lines.ts';
import { decidingFinding } from './case.ts';
import { chainPicture } from './chain-picture.ts';
import { columnsOf } from './columns.ts';
import { delegationPath } from './delegation-path.ts';
import { evidenceLine } from './evidence-line.ts';
import { blank, cut, type Line, paragraph, type Span, span } from './layout.ts';
import { pathDrawing } from './path-drawing.ts';
import { resolverTable } from './resolver-table.ts';
import { timingLine } from './timing-line.ts';

/** Lines that belong together. The lighter ones stay when rows are short; 0 always stays. */
export interface Block {
  section: string;
  lines: Line[];
  weight: number;
}

/** Columns of the labels at the left. */
export const labelColumns = 10;

/** What follows the checkpoints: the evidence that decides, times, what else it could be, what to do. In the order shown. */
export function screenBlocks(report: WalkReport, columns: number): Block[] {
  const { verdict, findings } = report;
  const quoted = decidingFinding(report);
  const others = findings.filter(
    (finding) => finding !== quoted && finding.severity !== 'note' && finding.consequenceOf === null && finding.cause !== verdict.cause,
  );
  return [
    ...nameBlocks(report, columns),
    ...pathBlocks(report, columns),
    ...redirectBlocks(report, quoted, columns),
    ...evidenceBlocks(report, quoted, columns),
    ...comparedBlocks(report, quoted, columns),
    ...browserBlocks(report, quoted, columns),
    ...answerBlocks(report, columns),
    ...chainBlocks(report, columns),
    ...others.map((finding, index) =>
      labelled('Also', index, paragraphOf(`${finding.summary} (${finding.cause})`, columns), 5 + index * 2),
    ),
    ...findings
      .filter(({ cause, severity }) => severity === 'note' && chainCauses.has(cause))
      .map((finding, index) => labelled('Note', index, paragraphOf(`${finding.summary} (${finding.cause})`, columns), 4 + index)),
    labelled('Time', 0, paragraphOf(timingLine(report.timings, report.durationMs), columns), 2),
    ...verdict.alternatives.map((alternative, index) =>
      labelled('Could be', index, alternativeLines(alternative, columns), 2.2 + index * 3),
    ),
    ...verdict.next.map((step, index) => labelled('Next', index, stepLines(step, columns), index === 0 ? 0 : 0.5 + index * 2)),
  ];
}

/** Causes for which it matters who on the way from the root says what. */
const delegationCauses: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'dns.dnssec-bogus',
  'dns.authority-unreachable',
  'dns.lame-delegation',
  'dns.not-delegated',
  'dns.cname-loop',
  'dns.inconsistent',
  'dns.intercepted',
]);
/** Resolvers of the table that a screen has room for. */
const mostResolvers = 6;

/** Who says what about the name, where the name is the trouble, or was measured on request. */
function nameBlocks(report: WalkReport, columns: number): Block[] {
  const { verdict, evidence } = report;
  const cause = verdict.nested?.cause ?? verdict.cause;
  const isAboutName = (verdict.nested?.checkpoint ?? verdict.checkpoint) === 'dns';
  const isMeasured = evidence.some((one) => one.kind === 'dns.question-repeated');
  const table = isAboutName || isMeasured ? resolverTable(report, columns, mostResolvers) : [];
  const path = cause !== null && delegationCauses.has(cause) ? delegationPath(report, columns) : [];
  return [
    ...(table.length === 0 ? [] : [labelled('Who says', 0, table, 0)]),
    ...(path.length === 0 ? [] : [labelled('From root', 0, path, 0)]),
  ];
}

/** Causes that the chain of certificates shows. */
const chainCauses: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'tls.self-signed',
  'tls.unknown-ca',
  'tls.missing-intermediate',
  'tls.chain-expired',
  'tls.intercepted',
  'tls.wrong-usage',
]);

function chainBlocks(report: WalkReport, columns: number): Block[] {
  const cause = report.verdict.nested?.cause ?? report.verdict.cause;
  const picture = cause !== null && chainCauses.has(cause) ? chainPicture(report, columns, 1) : [];
  return picture.length === 0 ? [] : [labelled('Chain', 0, picture, 2.1)];
}

/** Hops of a path that stops on the way that are shown where it was not asked for. */
const endHops = 2;

/** The path, where it was asked for or is the trouble. */
function pathBlocks(report: WalkReport, columns: number): Block[] {
  const { verdict, evidence } = report;
  const checkpoint = verdict.nested?.checkpoint ?? verdict.checkpoint;
  const isAsked = evidence.some((one) => one.kind === 'route.path-traced' && one.followUp === 'path-of-request');
  if (!isAsked && checkpoint !== 'route' && checkpoint !== 'tcp') return [];
  // Asked for, it is what the screen is for; else where it stops is part of what decides.
  const drawing = isAsked ? pathDrawing(report, columns) : pathDrawing(report, columns, endHops);
  return drawing.length === 0 ? [] : [labelled('Path', 0, drawing, isAsked ? 0 : 0.9)];
}

/** Of a chain so many are shown, the first ones; the last is where it ended. */
const mostRedirects = 4;

/** The way from the URL typed to the one that answered, where the evidence that decides does not show it. */
function redirectBlocks(report: WalkReport, quoted: ReportedFinding | null, columns: number): Block[] {
  const followed = report.evidence.filter(
    (one) =>
      one.kind === 'http.redirected' && one.resource === undefined && one.outcome === 'followed' && !quoted?.evidence.includes(one.id),
  );
  const shown = followed.length > mostRedirects ? [...followed.slice(0, mostRedirects - 1), ...followed.slice(-1)] : followed;
  return shown.map((evidence, index) =>
    labelled('Redirects', index, paragraphOf(`${evidence.id}  ${evidenceLine(evidence)}`, columns), 2.4 + index),
  );
}

/** What a browser showed, where one was asked for, or why none was used. */
function browserBlocks(report: WalkReport, quoted: ReportedFinding | null, columns: number): Block[] {
  return report.evidence
    .filter((one) => (one.kind === 'page.browser-visited' || one.kind === 'page.browser-not-used') && !quoted?.evidence.includes(one.id))
    .map((one, index) => labelled('Browser', index, paragraphOf(`${one.id}  ${evidenceLine(one)}`, columns), 0.8));
}

/** What the user asked to be compared with, where the evidence that decides does not show it: a site may work while its origin or its health path does not. */
function comparedBlocks(report: WalkReport, quoted: ReportedFinding | null, columns: number): Block[] {
  return report.evidence
    .filter(
      (one) =>
        one.kind === 'http.variation-tried' &&
        (one.variation === 'origin' || one.variation === 'health-path') &&
        !quoted?.evidence.includes(one.id),
    )
    .map((one, index) => labelled('Compared', index, paragraphOf(`${one.id}  ${evidenceLine(one)}`, columns), 1.5));
}

function evidenceBlocks(report: WalkReport, quoted: ReportedFinding | null, columns: number): Block[] {
  const cited = (quoted?.evidence ?? []).flatMap((id) => report.evidence.filter((evidence) => evidence.id === id));
  return cited.map((evidence, index) =>
    labelled(
      'Evidence',
      index,
      [cut([blank(labelColumns), span(`${evidence.id}  `, 'faint'), span(evidenceLine(evidence))], columns)],
      1 + index * 4,
    ),
  );
}

/** Who answered, where the answer is the trouble. */
function answerBlocks(report: WalkReport, columns: number): Block[] {
  const { verdict, answer } = report;
  if (answer === null || (verdict.nested?.checkpoint ?? verdict.checkpoint) !== 'http') return [];
  return answerLines(answer).map((line, index) => labelled('Answered', index, paragraphOf(line, columns), 1.5 + index));
}

/** One alternative: which, why, and what would decide. */
export function alternativeLines(alternative: Alternative, columns: number): Line[] {
  return [
    ...paragraphOf(`${alternative.cause}: ${alternative.why}`, columns),
    [blank(labelColumns), span('decided by: ', 'faint'), span(alternative.decidedBy, 'code')],
  ];
}

/** One step: what to do, and its command on a line of its own, whole. */
export function stepLines(step: CauseAction, columns: number): Line[] {
  const command: Line[] = step.command === undefined ? [] : [[blank(labelColumns), span('$ ', 'faint'), span(step.command, 'code')]];
  return [...paragraphOf(step.action, columns), ...command];
}

export function paragraphOf(text: string, columns: number): Line[] {
  return paragraph(text, columns, { indent: labelColumns });
}

/** Puts the label in front of the first block of a section. */
function labelled(label: string, index: number, lines: Line[], weight: number): Block {
  const [first, ...rest] = lines;
  if (index > 0 || first === undefined) return { section: label, lines, weight };
  return { section: label, lines: [withLabel(label, first), ...rest], weight };
}

/** The line with a label in place of its indent. */
export function withLabel(label: string, line: Line): Line {
  const [, ...body] = line;
  const lead: Span = { text: label, tone: 'strong' };
  return [lead, blank(labelColumns - columnsOf(label)), ...body];
}
