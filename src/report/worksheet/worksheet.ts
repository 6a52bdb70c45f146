import type { CheckpointId } from '../../model/checkpoint.ts';
import type { Intake } from '../../model/intake.ts';
import type { ReadReport } from '../../model/read-report.ts';
import type { ReportedCheckpoint, WalkReport } from '../../model/walk-report.ts';
import { type Case, caseOf } from '../case.ts';
import { likelyCauses } from '../likely-causes.ts';
import { block, code, codeCell, prose, table } from '../markdown.ts';
import { renderNote } from '../note.ts';
import { proofsOf } from '../proof.ts';
import { publicCommands } from '../public-commands.ts';
import { timingLine } from '../timing-line.ts';
import { sentence } from '../wording.ts';
import { factsAt, resolverRows } from './facts.ts';
import { outcomeOf } from './outcome.ts';

const titles: readonly (readonly [CheckpointId, string])[] = [
  ['target', 'Target'],
  ['local', 'This computer'],
  ['dns', 'DNS'],
  ['route', 'Route'],
  ['tcp', 'TCP'],
  ['tls', 'TLS'],
  ['http', 'HTTP'],
  ['page', 'Page'],
];

/** The filled-in worksheet as Markdown, ready for a ticket: intake, a section for each checkpoint, what was proved, likely causes, commands. */
export function renderWorksheet(report: WalkReport | ReadReport): string {
  const subject = caseOf(report);
  const { verdict } = subject;
  const at = verdict.checkpoint === null ? '' : ` at ${verdict.checkpoint}`;
  const sections = [
    [`# ${verdict.status.toUpperCase()}${at}: ${code(subject.title)}`],
    [prose(verdict.summary)],
    ['## Note', '', ...block(renderNote(subject).trimEnd().split('\n'), 'text')],
    ['## Intake', '', ...intakeTable(subject)],
    ...titles.flatMap(([id, title]) => sectionOf(subject, id, title)),
    ['## What was proved', '', ...proofTable(subject)],
    ...causesSection(subject),
    ...commandsSection(subject),
    [
      `${prose(sentence(timingLine(subject.timings, subject.durationMs)))} ${code(`${subject.tool.name} ${subject.tool.version}`)}; times are UTC; e1, e2, ... are the evidence of its report.`,
    ],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function intakeTable(subject: Case): string[] {
  const { intake } = subject;
  const told = (key: Exclude<keyof Intake, 'urls'>): string => codeCell(intake?.[key] ?? '') || 'not told';
  const urls = intake === null || intake.urls.length === 0 ? [subject.title] : intake.urls;
  return table(
    ['asked', 'answer'],
    [
      ['Reported URLs', urls.map(codeCell).join(', ')],
      ['Reported by', told('reporter')],
      ['Place', told('place')],
      ['Network', told('network')],
      ['Since (with time zone)', told('since')],
      ['Users: all or some', told('users')],
      ['Pages: all or one', told('pages')],
      ['What they see', told('symptom')],
      ['Looked at from', codeCell(subject.vantage)],
      ['Looked at', subject.startedAt === null ? 'not known' : codeCell(subject.startedAt)],
    ],
  );
}

function sectionOf(subject: Case, id: CheckpointId, title: string): string[][] {
  const checkpoint = subject.checkpoints.find((one) => one.id === id);
  if (checkpoint === undefined) return [];
  const outcome = outcomeOf(subject, checkpoint);
  const head = [`## ${title}`, '', `Outcome: **${prose(outcome.words)}**`];
  if (!outcome.reached) return [head];
  const facts = factsAt(subject, id).map((fact) => `- ${fact.label}: ${code(fact.value)}${cited(fact.evidence)}`);
  return [[...head, ...findingLines(subject, checkpoint), '', ...facts, ...(id === 'dns' ? resolverTable(subject) : [])]];
}

function findingLines(subject: Case, checkpoint: ReportedCheckpoint): string[] {
  const own = subject.findings.filter((finding) => checkpoint.findings.includes(finding.id));
  return own.flatMap((finding) => [
    '',
    `${prose(finding.summary)} (${finding.cause}, ${finding.confidence}${cited(finding.evidence).replace(' (', '; ').replace(')', '')})`,
  ]);
}

function resolverTable(subject: Case): string[] {
  const rows = resolverRows(subject);
  if (rows.length === 0) return [];
  const cells = rows.map((row) => [codeCell(row.resolver), codeCell(row.asked), codeCell(row.answer), row.evidence]);
  return ['', ...table(['resolver', 'asked', 'answer', 'evidence'], cells)];
}

function proofTable(subject: Case): string[] {
  const proofs = proofsOf(subject);
  if (proofs.length === 0) return ['Nothing.'];
  return table(
    ['fact', 'proof', 'evidence'],
    proofs.map((proof) => [prose(proof.fact), codeCell(proof.shows), proof.evidence.join(', ')]),
  );
}

/** More of the same would hide the rest. */
const mostAgainst = 3;

function causesSection(subject: Case): string[][] {
  const causes = likelyCauses(subject);
  if (causes.length === 0) return [];
  const lines = causes.flatMap((cause, index) => [
    `${index + 1}. **${cause.cause}** (${cause.confidence}): ${prose(cause.meaning)}`,
    ...cause.speaksFor.map((text) => `   - for: ${code(text)}`),
    ...cause.speaksAgainst.slice(0, mostAgainst).map((text) => `   - against: ${code(text)}`),
    ...(cause.speaksAgainst.length > mostAgainst ? [`   - against: ${cause.speaksAgainst.length - mostAgainst} more`] : []),
    ...(cause.decidedBy === null ? [] : [`   - decided by: ${code(cause.decidedBy)}`]),
    ...cause.reasons.map((reason) => `   - reason: ${prose(reason)}`),
  ]);
  return [['## Likely causes, in order', '', ...lines]];
}

function commandsSection(subject: Case): string[][] {
  // What was seen stands outside of the block: pasted into a shell, a comment is not everywhere a comment.
  const commands = publicCommands(subject).flatMap(({ checkpoint, command, shows }) => [
    '',
    `${checkpoint}, where ${code(shows)} was seen:`,
    '',
    ...block([command], 'sh'),
  ]);
  const next = subject.verdict.next.map((step) => `- ${prose(step.action)}${step.command === undefined ? '' : `: ${code(step.command)}`}`);
  return [
    ...(commands.length === 0 ? [] : [['## The same with other tools', ...commands]]),
    ...(next.length === 0 ? [] : [['## What to do next', '', ...next]]),
  ];
}

function cited(ids: readonly string[]): string {
  return ids.length === 0 ? '' : ` (${ids.join(', ')})`;
}
