import type { CauseCode } from '../../model/cause.ts';
import { type CheckpointId, checkpointOrder } from '../../model/checkpoint.ts';
import type { ReportedCheckpoint } from '../../model/walk-report.ts';
import { type Case, causeWords, failedCheckpoint, findingAt, firstEvidence, ownEvidence } from '../case.ts';

/** The outcome of a section of the worksheet, in the worksheet's own words. */
export interface Outcome {
  words: string;
  /** Whether the section has facts of its own: false for what was not reached. */
  reached: boolean;
}

/** Where a cause has a shorter name than its own words. */
const shortWords: Partial<Record<CauseCode, string>> = {
  'dns.nxdomain': 'NXDOMAIN',
  'dns.servfail': 'SERVFAIL',
  'dns.refused': 'REFUSED',
  'dns.no-data': 'no data',
  'dns.timeout': 'timed out',
  'dns.dnssec-bogus': 'SERVFAIL, DNSSEC validation fails',
  'dns.edns-broken': 'EDNS broken',
  'dns.aaaa-broken': 'AAAA broken',
  'tcp.timeout': 'timed out',
  'tcp.filtered': 'timed out, this port only',
  'tcp.closed': 'closed at once',
  'tls.timeout': 'timed out',
  'tls.cert-expired': 'certificate expired',
  'tls.cert-not-yet-valid': 'certificate not yet valid',
  'tls.unknown-ca': 'certificate of an unknown authority',
  'tls.not-tls': 'the answer is not TLS',
  'http.timeout': 'timed out',
};

const works: Readonly<Record<CheckpointId, string>> = {
  target: 'OK',
  local: 'OK',
  dns: 'OK',
  route: 'OK',
  tcp: 'connected',
  tls: 'OK',
  http: 'OK',
  page: 'OK',
};

/** What the worksheet says of one checkpoint. After the first that failed, the rest was not reached. */
export function outcomeOf(subject: Case, checkpoint: ReportedCheckpoint): Outcome {
  const failed = failedCheckpoint(subject);
  if (failed !== null && checkpointOrder(checkpoint.id) > checkpointOrder(failed.id)) {
    return { words: `not reached because ${failed.id} failed (${troubleWords(subject, failed)})`, reached: false };
  }
  switch (checkpoint.status) {
    case 'ok':
      return { words: okWords(subject, checkpoint), reached: true };
    case 'degraded':
      return { words: degradedWords(subject, checkpoint), reached: true };
    case 'failed':
      return {
        words: checkpoint.id === 'route' ? `suspect (${troubleWords(subject, checkpoint)})` : troubleWords(subject, checkpoint),
        reached: true,
      };
    case 'unknown':
      return { words: 'unclear', reached: true };
    case 'skipped':
      return { words: checkpoint.summary, reached: false };
  }
}

function okWords(subject: Case, checkpoint: ReportedCheckpoint): string {
  if (checkpoint.id === 'http') return statusWords(subject) ?? works.http;
  const { cause, nested } = subject.verdict;
  // What is told of a chain is its last request.
  return cause === 'http.redirect-broken' && nested?.checkpoint === checkpoint.id
    ? `${works[checkpoint.id]} before the redirect, ${shortOf(nested.cause)} after it`
    : works[checkpoint.id];
}

function shortOf(cause: CauseCode): string {
  return shortWords[cause] ?? causeWords(cause);
}

function degradedWords(subject: Case, checkpoint: ReportedCheckpoint): string {
  const trouble = troubleWords(subject, checkpoint);
  return checkpoint.id === 'route' ? `suspect (${trouble})` : `${okWords(subject, checkpoint)}, impaired (${trouble})`;
}

/** What is wrong with a checkpoint, as short as it can be said. */
export function troubleWords(subject: Case, checkpoint: ReportedCheckpoint): string {
  const finding = findingAt(subject, checkpoint);
  if (finding === null) return checkpoint.summary;
  const words = shortOf(finding.cause);
  const status = checkpoint.id === 'http' ? statusWords(subject) : null;
  return status === null || status.toLowerCase().includes(words) ? (status ?? words) : `${status}: ${words}`;
}

function statusWords(subject: Case): string | null {
  const answers = ownEvidence(subject).filter((one) => one.kind === 'http.response-received' && one.followUp === undefined);
  const last = answers.at(-1) ?? firstEvidence(subject, 'http.response-received');
  if (last === undefined || last === null || last.kind !== 'http.response-received') return null;
  return `${last.status}${last.reason === '' ? '' : ` ${last.reason}`}`;
}
