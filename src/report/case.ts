import type { CauseCode } from '../model/cause.ts';
import type { CheckpointId } from '../model/checkpoint.ts';
import { checkpointIds } from '../model/checkpoint.ts';
import type { Intake } from '../model/intake.ts';
import type { ReadReport, ReportedPacket } from '../model/read-report.ts';
import { noTimings, type Timings } from '../model/timings.ts';
import type { Evidence, ReportedCheckpoint, ReportedFinding, ReportedVerdict, ToolIdentity, WalkReport } from '../model/walk-report.ts';
import { listed } from './wording.ts';

export type EvidenceOf<K extends Evidence['kind']> = Extract<Evidence, { kind: K }>;

/** One request and all that is known of it, from a walk or from a capture alike: what is handed over. Remote text in it is raw. */
export interface Case {
  /** The URL, or what stands for it. */
  title: string;
  url: string | null;
  scheme: string | null;
  host: string | null;
  port: number | null;
  /** When it began, ISO 8601 UTC; null for a capture without packets. */
  startedAt: string | null;
  /** How long the walk took; null of a capture: how long it was read says nothing of the request. */
  durationMs: number | null;
  /** Where it was seen from, in words. */
  vantage: string;
  tool: ToolIdentity;
  intake: Intake | null;
  verdict: ReportedVerdict;
  checkpoints: ReportedCheckpoint[];
  findings: ReportedFinding[];
  evidence: Evidence[];
  timings: Timings;
  /** Packets as captured; empty where there are none. */
  packets: readonly ReportedPacket[];
}

/** The case that a document is about; of a capture, its worst request. */
export function caseOf(report: WalkReport | ReadReport): Case {
  return report.schema === 'wirewalk.walk/1' ? walkCase(report) : readCase(report);
}

function walkCase(report: WalkReport): Case {
  const { target, startedAt, durationMs, tool, verdict, checkpoints, findings, evidence, timings } = report;
  const { url, scheme, host, port } = target;
  const { host: desk, platform, addresses } = report.vantage;
  return {
    title: url ?? target.input,
    url,
    scheme,
    host,
    port,
    startedAt,
    durationMs,
    vantage: `${desk} (${platform}${addresses.length === 0 ? '' : `; ${listed(addresses, 4)}`})`,
    tool,
    intake: report.intake ?? null,
    verdict,
    checkpoints,
    findings,
    evidence,
    timings,
    packets: [],
  };
}

function readCase(report: ReadReport): Case {
  const { tool, verdict, findings, evidence, captures } = report;
  const parsed = evidence.find((one): one is EvidenceOf<'target.parsed'> => one.kind === 'target.parsed');
  const files = listed(captures.map((capture) => capture.file));
  return {
    title: parsed?.url ?? (files === '' ? 'a capture' : files),
    url: parsed?.url ?? null,
    scheme: parsed?.scheme ?? null,
    host: parsed?.host ?? null,
    port: parsed?.port ?? null,
    startedAt: captures.find((capture) => capture.firstAt !== null)?.firstAt ?? null,
    durationMs: null,
    vantage: files === '' ? 'a capture' : `the capture ${files}`,
    tool,
    intake: report.intake ?? null,
    verdict,
    checkpoints: report.checkpoints ?? checkpointIds.map(notJudged),
    findings,
    evidence,
    timings: report.timings ?? noTimings,
    packets: report.packets ?? [],
  };
}

function notJudged(id: CheckpointId): ReportedCheckpoint {
  return { id, status: 'unknown', startMs: null, durationMs: null, summary: 'not known', findings: [], evidence: [] };
}

/** Evidence of the request itself: what was made for things that its page refers to is left out. */
export function ownEvidence(subject: Pick<Case, 'evidence'>): Evidence[] {
  return subject.evidence.filter((one) => one.resource === undefined);
}

/** All evidence of one kind about the request itself, in the order seen. */
export function evidenceOf<K extends Evidence['kind']>(subject: Pick<Case, 'evidence'>, kind: K): EvidenceOf<K>[] {
  return ownEvidence(subject).filter((one): one is EvidenceOf<K> => one.kind === kind);
}

/** The first of a kind, follow-up experiments last. */
export function firstEvidence<K extends Evidence['kind']>(subject: Pick<Case, 'evidence'>, kind: K): EvidenceOf<K> | null {
  const all = evidenceOf(subject, kind);
  return all.find((one) => one.followUp === undefined) ?? all[0] ?? null;
}

/**
 * The same case with evidence of the last request of a redirect chain, and what was seen but once; where a request is told step by step, the steps are of one.
 * Redirects stay, and what was made for things that the page refers to.
 */
export function ofLastRequest(subject: Case): Case {
  const own = ownEvidence(subject).filter((one) => one.followUp === undefined);
  const hop = own.reduce((most, one) => Math.max(most, one.hop), 0);
  if (hop === 0) return subject;
  const seen = new Set<string>(own.filter((one) => one.hop === hop).flatMap((one) => [one.checkpoint, one.kind]));
  const isOfHost = (one: Evidence): boolean => one.checkpoint === 'target' || one.checkpoint === 'local';
  const evidence = subject.evidence.filter(
    (one) =>
      one.resource !== undefined ||
      one.hop === hop ||
      one.kind === 'http.redirected' ||
      !seen.has(isOfHost(one) ? one.kind : one.checkpoint),
  );
  const target = evidenceOf(subject, 'target.parsed').at(-1);
  if (target === undefined) return { ...subject, evidence };
  const { url, scheme, host, port } = target;
  return { ...subject, evidence, url, scheme, host, port };
}

/** The finding that the verdict quotes: it has its cause and its words. */
export function decidingFinding(subject: Pick<Case, 'findings' | 'verdict'>): ReportedFinding | null {
  const { verdict } = subject;
  return subject.findings.find((finding) => finding.cause === verdict.cause && finding.summary === verdict.summary) ?? null;
}

/** The checkpoint that failed first; null when none did. */
export function failedCheckpoint(subject: Pick<Case, 'checkpoints'>): ReportedCheckpoint | null {
  return subject.checkpoints.find((checkpoint) => checkpoint.status === 'failed') ?? null;
}

/** The finding by which a checkpoint is not well: its first failure, else its first impairment. */
export function findingAt(subject: Pick<Case, 'findings'>, checkpoint: ReportedCheckpoint): ReportedFinding | null {
  const own = subject.findings.filter((finding) => checkpoint.findings.includes(finding.id) && finding.consequenceOf === null);
  return own.find((finding) => finding.severity === 'failure') ?? own.find((finding) => finding.severity === 'impairment') ?? null;
}

/** A cause without its checkpoint, in words: `cert expired`. */
export function causeWords(cause: CauseCode): string {
  return cause.slice(cause.indexOf('.') + 1).replaceAll('-', ' ');
}
