import { checkpointOf } from '../../src/model/cause.ts';
import { type CheckpointId, checkpointIds } from '../../src/model/checkpoint.ts';
import type { VerdictStatus } from '../../src/model/verdict.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import type { EvidencePattern, Expectation, Matcher, Scenario } from '../scenario/scenario.ts';

/** What a walk ended with. */
export interface WalkResult {
  exitCode: number | null;
  /** What it printed, parsed; null when it is no JSON document. */
  document: unknown;
}

const exitCodes: Record<VerdictStatus, number> = { ok: 0, degraded: 0, failed: 1, unclear: 3 };

/** Everything in which a walk's result differs from what the scenario expects, one line each; empty when it passes. Never throws, whatever the document. */
export function differences(scenario: Scenario, { exitCode, document }: WalkResult): string[] {
  if (!isReport(document)) return ['the walk printed no wirewalk.walk/1 document'];
  const { expect } = scenario;
  const { verdict } = document;
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, got: unknown): void => {
    if (wanted !== got) found.push(`${what} is ${show(got)}, not ${show(wanted)}`);
  };
  compare('status', expect.status, verdict.status);
  compare('checkpoint', expectedCheckpoint(expect), verdict.checkpoint ?? null);
  if (expect.status !== 'unclear' || expect.cause !== null) compare('cause', expect.cause, verdict.cause ?? null);
  const inputError = expect.cause?.startsWith('target.') && expect.cause !== 'target.unsafe-port';
  compare('exit code', inputError ? 2 : exitCodes[expect.status], exitCode);
  if (document.checkpoints.map(({ id }) => id).join() !== checkpointIds.join())
    found.push('the eight checkpoints are not all there, in order');
  if (expect.side !== undefined && verdict.side !== expect.side) found.push(`side is ${verdict.side}, not ${expect.side}`);
  for (const word of expect.scope ?? []) if (!list(verdict.scope).includes(word)) found.push(`scope lacks ${word}`);
  for (const cause of expect.alternatives ?? []) {
    if (!list(verdict.alternatives).some((alternative) => alternative.cause === cause)) found.push(`alternatives lack ${cause}`);
  }
  for (const cause of expect.notes ?? []) {
    if (!list(document.findings).some((finding) => finding.cause === cause && finding.severity === 'note'))
      found.push(`no note names ${cause}`);
  }
  for (const cause of expect.without ?? []) {
    if (list(document.findings).some((finding) => finding.cause === cause)) found.push(`a finding names ${cause}`);
  }
  if (expect.status === 'failed' || expect.status === 'degraded') found.push(...unfounded(document, expect));
  for (const pattern of expect.evidence) {
    const wanted = pattern.atLeast ?? 1;
    const count = list(document.evidence).filter((entry) => fits(entry, pattern)).length;
    if (count < wanted) found.push(`evidence ${describe(pattern)}: ${count} of ${wanted}`);
  }
  for (const [name, { atLeast, atMost }] of Object.entries(expect.timings ?? {})) {
    const value = (document.timings as unknown as Record<string, unknown> | undefined)?.[name];
    if (typeof value !== 'number' || value < (atLeast ?? value) || value > (atMost ?? value)) found.push(`${name} is ${show(value)}`);
  }
  return found;
}

/** The checkpoint a verdict must name; null for ok. */
export function expectedCheckpoint(expect: Expectation): CheckpointId | null {
  return expect.checkpoint ?? (expect.cause === null ? null : checkpointOf(expect.cause));
}

/** A cause without a finding, or a finding that cites evidence which is not there, is an assertion and no diagnosis. */
function unfounded(document: WalkReport, expect: Expectation): string[] {
  const finding = list(document.findings).find(({ cause }) => cause === expect.cause);
  if (!finding) return expect.cause === null ? [] : [`no finding names ${expect.cause}`];
  const ids = new Set(list(document.evidence).map(({ id }) => id));
  const cited = list(finding.evidence);
  return cited.length > 0 && cited.every((id) => ids.has(id)) ? [] : [`the finding of ${expect.cause} cites no evidence of the document`];
}

function fits(entry: unknown, { kind, where = {} }: EvidencePattern): boolean {
  if ((entry as { kind?: unknown } | null)?.kind !== kind) return false;
  return Object.entries(where).every(([path, matcher]) => valuesAt(entry, path.split('.')).some((value) => matches(value, matcher)));
}

function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (step === '*') return Object.values(value).flatMap((inner) => valuesAt(inner, rest));
  return valuesAt((value as Record<string, unknown>)[step], rest);
}

function matches(value: unknown, matcher: Matcher): boolean {
  if (typeof matcher !== 'object' || matcher === null) return value === matcher;
  if ('atLeast' in matcher) return typeof value === 'number' && value >= matcher.atLeast;
  if ('atMost' in matcher) return typeof value === 'number' && value <= matcher.atMost;
  if ('matches' in matcher) return typeof value === 'string' && new RegExp(matcher.matches).test(value);
  if ('oneOf' in matcher) return (matcher.oneOf as readonly unknown[]).includes(value);
  return value !== undefined && value !== matcher.not;
}

function describe({ kind, where }: EvidencePattern): string {
  return where ? `${kind} ${JSON.stringify(where)}` : kind;
}

function isReport(document: unknown): document is WalkReport {
  const report = document as Partial<WalkReport> | null;
  return (
    typeof report === 'object' &&
    report !== null &&
    report.schema === 'wirewalk.walk/1' &&
    typeof report.verdict === 'object' &&
    report.verdict !== null &&
    Array.isArray(report.checkpoints)
  );
}

function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : String(JSON.stringify(value));
}
