import type { CauseAction, CauseCode } from '../model/cause.ts';
import { causeOf } from '../model/causes/registry.ts';
import type { Finding } from '../model/finding.ts';
import type { Intake } from '../model/intake.ts';
import type { Observation } from '../model/observation.ts';
import type { HeaderField } from '../model/observations/http.ts';
import type { Diagnosis } from '../model/verdict.ts';
import type { WalkRecord } from '../model/walk-record.ts';
import type { Evidence, ReportedCheckpoint, ReportedFinding, ReportedVerdict, WalkReport } from '../model/walk-report.ts';
import { browserErrorOf } from './browser-error.ts';
import { type SummaryContext, summarizeCheckpoint } from './checkpoint-summary.ts';
import { checkpointTimes } from './checkpoint-times.ts';
import { type CommandFacts, fillCommand } from './command.ts';
import { commandFactsOf, ofRequest } from './command-facts.ts';
import { createRedactor } from './redact.ts';
import { sentenceFor } from './sentences/all-sentences.ts';
import { verdictSummary } from './verdict-summary.ts';

/**
 * The document of a walk: what was recorded and judged, in words, without secrets. Every renderer starts from it.
 *
 * @param version of this program
 * @param given header fields of the request as the user gave them: secrets in them must not appear where a server repeats them
 * @param intake what was reported
 */
export function renderWalkReport(
  record: WalkRecord,
  diagnosis: Diagnosis,
  version: string,
  given: readonly HeaderField[] = [],
  intake: Intake | null = null,
): WalkReport {
  const { host } = record.target;
  const redactor = createRedactor([record, diagnosis, given, intake], host === null ? [] : [host]);
  return compose(redactor.document(record), redactor.document(diagnosis), version, redactor.document(intake));
}

/** What {@link renderWalkReport} says as the verdict, when nothing else of the document is wanted. */
export function renderVerdict(record: WalkRecord, diagnosis: Diagnosis): ReportedVerdict {
  const { host } = record.target;
  const redactor = createRedactor([record, diagnosis], host === null ? [] : [host]);
  // Of what works, only the answer is told.
  const observations =
    diagnosis.verdict.status === 'ok'
      ? record.observations.filter((observation) => observation.kind === 'http.response-received')
      : record.observations;
  return composeVerdict(redactor.document({ ...record, observations }), redactor.document(diagnosis));
}

/** From here on everything is without secrets. */
function compose(record: WalkRecord, diagnosis: Diagnosis, version: string, intake: Intake | null): WalkReport {
  const startedAtMs = Date.parse(record.startedAt);
  return {
    schema: 'wirewalk.walk/1',
    tool: { name: 'wirewalk', version },
    startedAt: record.startedAt,
    durationMs: record.durationMs,
    vantage: record.vantage,
    target: record.target,
    ...(intake === null ? {} : { intake }),
    verdict: composeVerdict(record, diagnosis),
    checkpoints: composeCheckpoints(record, diagnosis),
    findings: diagnosis.findings.map(composeFinding),
    evidence: record.observations.map((observation) => toEvidence(observation, startedAtMs)),
    answer: diagnosis.answer,
    timings: record.timings,
    contacted: record.contacted,
  };
}

function composeVerdict(record: WalkRecord, diagnosis: Diagnosis): ReportedVerdict {
  const { verdict, findings } = diagnosis;
  const quoted = findings.find((finding) => finding.id === verdict.finding) ?? null;
  const facts = commandFactsOf(quoted, record.observations);
  // Who has to act, and on what, is told by the cause at the end of the chain.
  const actedOn: CauseCode | null = verdict.nested?.cause ?? verdict.cause;
  const cause = actedOn === null ? null : causeOf(actedOn);
  return {
    status: verdict.status,
    checkpoint: verdict.checkpoint,
    cause: verdict.cause,
    confidence: verdict.confidence,
    summary: verdictSummary(record, diagnosis, quoted),
    side: verdict.side,
    browserError: actedOn === null ? null : browserErrorOf(actedOn, ofRequest(quoted, record.observations)),
    scope: verdict.scope,
    alternatives: verdict.alternatives.map((alternative) => ({ ...alternative, decidedBy: fillCommand(alternative.decidedBy, facts) })),
    ruledOut: verdict.ruledOut,
    likelyReasons: [...(cause?.likelyReasons ?? [])],
    next: (cause?.nextSteps ?? []).map((step) => filledStep(step, facts)),
    missing: verdict.missing,
    ...(verdict.nested === undefined ? {} : { nested: verdict.nested }),
  };
}

function filledStep(step: CauseAction, facts: CommandFacts): CauseAction {
  return step.command === undefined ? { ...step } : { action: step.action, command: fillCommand(step.command, facts) };
}

function composeFinding(finding: Finding): ReportedFinding {
  const { id, cause, severity, confidence, detail, scope, evidence, consequenceOf, hop, nested } = finding;
  return {
    id,
    cause,
    severity,
    confidence,
    summary: sentenceFor(cause, detail, nested?.cause ?? null),
    detail,
    scope,
    evidence,
    consequenceOf,
    hop,
    ...(nested === undefined ? {} : { nested }),
  };
}

function composeCheckpoints(record: WalkRecord, diagnosis: Diagnosis): ReportedCheckpoint[] {
  const hop = shownHop(record.observations, diagnosis.findings);
  const shown = record.observations.filter((observation) => observation.hop === hop && observation.resource === undefined);
  const context: SummaryContext = {
    failedAt: diagnosis.checkpoints.find((checkpoint) => checkpoint.status === 'failed')?.id ?? null,
    interrupted: record.context.interrupted,
    redirects: hop,
  };
  return diagnosis.checkpoints.map(({ id, status, findings, evidence }) => ({
    id,
    status,
    ...checkpointTimes(id, shown),
    summary: summarizeCheckpoint(id, status, shown, context),
    findings,
    evidence,
  }));
}

/** Of a redirect chain the last request is shown, unless it failed: then the one whose redirect is broken. */
function shownHop(observations: readonly Observation[], findings: readonly Finding[]): number {
  const broken = findings.find((finding) => finding.cause === 'http.redirect-broken');
  if (broken !== undefined) return broken.hop;
  return observations.reduce((last, observation) => (observation.resource === undefined ? Math.max(last, observation.hop) : last), 0);
}

/** ECMA-262 section 21.4.1.1. */
const calendarEndMs = 8.64e15;

function toEvidence(observation: Observation, startedAtMs: number): Evidence {
  const { atMs, ...stated } = observation;
  // Captures may hold times that no calendar has.
  const wallMs = Math.max(-calendarEndMs, Math.min(calendarEndMs, startedAtMs + atMs));
  return { ...stated, at: new Date(wallMs).toISOString() } as Evidence;
}
