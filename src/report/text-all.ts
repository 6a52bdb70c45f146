import type { Timings } from '../model/timings.ts';
import type { Evidence, WalkReport } from '../model/walk-report.ts';
import { answerLines } from './answer-lines.ts';
import { chainPicture } from './chain-picture.ts';
import { delegationPath } from './delegation-path.ts';
import { evidenceLine } from './evidence-line.ts';
import { blank, type Line, paragraph, span } from './layout.ts';
import { pathDrawing } from './path-drawing.ts';
import { resolverTable } from './resolver-table.ts';
import { stageTimes } from './stage-times.ts';
import { alternativeLines, paragraphOf, stepLines, withLabel } from './text-screen.ts';
import { timingLine } from './timing-line.ts';
import { duration, endpointText } from './wording.ts';

/** Everything the report holds, section by section. */
export function allBlocks(report: WalkReport, columns: number): Line[][] {
  const { verdict } = report;
  return [
    section(
      'Findings',
      report.findings.flatMap((finding) => {
        const follows = finding.consequenceOf === null ? '' : `, follows from ${finding.consequenceOf}`;
        const hop = finding.hop === 0 ? '' : `, redirect ${finding.hop}`;
        const about = `${finding.cause}, ${finding.severity}, ${finding.confidence}${hop}${follows}; evidence ${finding.evidence.join(', ')}`;
        return [...paragraphOf(`${finding.id}  ${finding.summary}`, columns), ...paragraph(about, columns, { indent: 14, tone: 'faint' })];
      }),
    ),
    section(
      'Reasons',
      verdict.likelyReasons.flatMap((reason) => paragraphOf(reason, columns)),
    ),
    section(
      'Could be',
      verdict.alternatives.flatMap((alternative) => alternativeLines(alternative, columns)),
    ),
    section(
      'Is not',
      verdict.ruledOut.flatMap((ruled) => paragraphOf(`${ruled.cause}, by ${ruled.by.join(', ')}`, columns)),
    ),
    section(
      'Next',
      verdict.next.flatMap((step) => stepLines(step, columns)),
    ),
    section('Time', [
      ...paragraphOf(timingLine(report.timings, report.durationMs), columns),
      ...paragraphOf(stages(report.timings), columns),
    ]),
    section('Answered', report.answer === null ? [] : answerLines(report.answer).flatMap((line) => paragraphOf(line, columns))),
    section('Who says', resolverTable(report, columns)),
    section('From root', delegationPath(report, columns)),
    section('Path', pathDrawing(report, columns)),
    section('Chain', chainPicture(report, columns, 4)),
    section(
      'Evidence',
      report.evidence.flatMap((evidence) => evidenceLines(evidence, report, columns)),
    ),
    section(
      'Sent to',
      report.contacted.flatMap((contact) =>
        paragraphOf(`${endpointText(contact.address, contact.port)} (${contact.purpose.replaceAll('-', ' ')})`, columns),
      ),
    ),
    section('From', paragraphOf(fromWhere(report), columns)),
  ].filter((lines) => lines.length > 0);
}

function section(label: string, lines: Line[]): Line[] {
  const [first, ...rest] = lines;
  return first === undefined ? [] : [withLabel(label, first), ...rest];
}

function evidenceLines(evidence: Evidence, report: WalkReport, columns: number): Line[] {
  const sinceMs = Date.parse(evidence.at) - Date.parse(report.startedAt);
  const took = evidence.durationMs === undefined ? '' : ` (${duration(evidence.durationMs)})`;
  const madeFor = evidence.followUp ?? evidence.resource;
  const why = madeFor === undefined ? '' : ` [${madeFor}]`;
  const [first, ...rest] = paragraph(`${evidenceLine(evidence)}${took}${why}`, columns, { indent: 24 });
  const lead = `${evidence.id} +${duration(sinceMs)}`;
  return [[blank(10), span(lead.padEnd(14), 'faint'), ...(first ?? []).slice(1)], ...rest];
}

function stages(timings: Timings): string {
  const known = stageTimes(timings);
  return known.length === 0
    ? 'no stage was completed'
    : known.map(({ name, milliseconds }) => `${name} ${duration(milliseconds)}`).join(', ');
}

function fromWhere(report: WalkReport): string {
  const { host, platform, addresses, privileges } = report.vantage;
  const rights = privileges.length === 0 ? 'ordinary user' : privileges.join(', ');
  return `${host} (${platform}${addresses.length === 0 ? '' : `; ${addresses.join(', ')}`}; ${rights}); ${report.tool.name} ${report.tool.version}`;
}
