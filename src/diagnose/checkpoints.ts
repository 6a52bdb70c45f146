import { checkpointOf } from '../model/cause.ts';
import { type CheckpointId, type CheckpointStatus, checkpointIds } from '../model/checkpoint.ts';
import type { Finding } from '../model/finding.ts';
import { decidingTrust } from '../model/trust.ts';
import type { JudgedCheckpoint } from '../model/verdict.ts';
import type { Facts } from './facts.ts';
import {
  carriedCertificates,
  carriedConnection,
  chosenAddresses,
  connectAttempts,
  isExpectedStatus,
  isIdleStream,
  leafNamesHost,
  proxyInUse,
  response,
} from './progress.ts';

/**
 * The eight checkpoints as the walk left them. A failed finding fails its checkpoint; without one, only positive evidence makes it `ok`.
 * Of a redirect chain the last request is shown, unless it failed: then the one whose redirect is broken.
 */
export function judgeCheckpoints(hops: readonly Facts[], findings: readonly Finding[]): JudgedCheckpoint[] {
  const broken = findings.find((finding) => finding.cause === 'http.redirect-broken');
  const shown = hops[broken?.hop ?? hops.length - 1] ?? hops[0]!;
  return checkpointIds.map((id): JudgedCheckpoint => {
    const own = findings.filter(
      (finding) => checkpointOf(finding.cause) === id && (finding.hop === shown.hop || finding.severity !== 'note'),
    );
    const evidence = hops.flatMap((facts) =>
      facts.all.filter((observation) => observation.checkpoint === id).map((observation) => observation.id),
    );
    const relevant = own.filter((finding) => finding.consequenceOf === null && (broken === undefined || finding.hop <= broken.hop));
    return { id, status: statusOf(id, shown, relevant), findings: own.map((finding) => finding.id), evidence };
  });
}

function statusOf(id: CheckpointId, facts: Facts, findings: readonly Finding[]): CheckpointStatus {
  if (findings.some((finding) => finding.severity === 'failure')) return 'failed';
  const proven = provenStatus[id](facts);
  if (findings.some((finding) => finding.severity === 'impairment') && proven !== 'skipped') return 'degraded';
  return proven;
}

function wasDialed(facts: Facts): boolean {
  return chosenAddresses(facts).length > 0 || connectAttempts(facts).length > 0;
}

/** What the observations prove of each checkpoint when no finding speaks against it. */
const provenStatus: Readonly<Record<CheckpointId, (facts: Facts) => 'ok' | 'skipped' | 'unknown'>> = {
  target: (facts) => (facts.target !== null ? 'ok' : 'unknown'),
  local: (facts) => {
    const somethingCameBack =
      carriedConnection(facts) !== null ||
      facts.of('tcp.syn-refused').length > 0 ||
      facts.of('dns.answered').length > 0 ||
      facts.of('route.icmp-error').length > 0;
    if (facts.target === null) return 'skipped';
    return somethingCameBack ? 'ok' : 'unknown';
  },
  dns: (facts) => {
    const source = facts.first('dns.addresses-chosen')?.source;
    if (facts.target === null || source === 'literal' || source === 'connect-to' || source === 'connection') return 'skipped';
    // Behind a proxy the target's name is the proxy's to look up, but for proxies that are asked for addresses.
    if (source === undefined && proxyInUse(facts) !== null && facts.of('dns.system-lookup').length === 0) return 'skipped';
    return chosenAddresses(facts).length > 0 ? 'ok' : 'unknown';
  },
  route: (facts) => {
    if (!wasDialed(facts)) return 'skipped';
    return connectAttempts(facts).some((attempt) => attempt.kind === 'tcp.connected' || attempt.kind === 'tcp.syn-refused')
      ? 'ok'
      : 'unknown';
  },
  tcp: (facts) => {
    if (!wasDialed(facts)) return 'skipped';
    return carriedConnection(facts) !== null ? 'ok' : 'unknown';
  },
  tls: (facts) => {
    const isTls = facts.target?.scheme === 'https' || facts.target?.scheme === 'wss';
    if (!isTls || carriedConnection(facts) === null) return 'skipped';
    const received = carriedCertificates(facts);
    const completed = facts
      .of('tls.handshake-completed')
      .find((observation) => observation.connection === carriedConnection(facts)?.connection);
    // Certificates that packets do not show were the client's to judge, and it was content.
    if (completed?.clientWentOn === true) return 'ok';
    if (completed === undefined || received === null) return 'unknown';
    return decidingTrust(received.trust)?.trusted === true && leafNamesHost(received, facts.target?.host ?? '') ? 'ok' : 'unknown';
  },
  http: (facts) => {
    if (facts.of('http.request-sent').length === 0) return 'skipped';
    const body = facts.first('http.body-received');
    const received = response(facts);
    if (received === null || body === null) return 'unknown';
    // Such a stream has no end that would have to be seen.
    return body.end === 'complete' || body.end === 'limit' || isIdleStream(received, body) ? 'ok' : 'unknown';
  },
  page: (facts) => {
    const document = facts.first('page.document');
    const received = response(facts);
    // An error page, or part of a page, is not the page.
    const isWhole = ['complete', 'limit'].includes(facts.first('http.body-received')?.end ?? '');
    if (document === null || received === null || !isExpectedStatus(facts, received.status) || !isWhole) return 'skipped';
    return document.textCharacters === null ? 'skipped' : 'ok';
  },
};
