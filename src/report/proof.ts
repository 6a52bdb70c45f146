import { causeOf } from '../model/causes/registry.ts';
import type { Evidence } from '../model/walk-report.ts';
import { type Case, evidenceOf, firstEvidence } from './case.ts';
import { evidenceLine } from './evidence-line.ts';
import { certificateNames } from './fact-words.ts';
import { day, endpointText } from './wording.ts';

/** Something the evidence proves, and the evidence. Remote text in it is raw. */
export interface Proof {
  fact: string;
  /** Ids of the evidence that proves it. */
  evidence: string[];
  /** What that evidence states. */
  shows: string;
}

/** What was proved, in walking order: what works, then what the verdict claims with proof, then what it cannot be. */
export function proofsOf(subject: Case): Proof[] {
  return [...workingProofs(subject), ...findingProofs(subject), ...exclusionProofs(subject)];
}

function workingProofs(subject: Case): Proof[] {
  const answer = evidenceOf(subject, 'dns.answered').find(
    (one) => one.rcodeName === 'NOERROR' && one.name === subject.host && one.answers.some((record) => record.type === one.type),
  );
  const connected = evidenceOf(subject, 'tcp.connected').find((one) => one.carried) ?? firstEvidence(subject, 'tcp.connected');
  const handshake = firstEvidence(subject, 'tls.handshake-completed');
  const received = firstEvidence(subject, 'tls.certificates-received');
  const response = evidenceOf(subject, 'http.response-received')
    .filter((one) => one.followUp === undefined)
    .at(-1);
  const gateway = evidenceOf(subject, 'local.neighbor').find((one) => one.role === 'gateway' && one.state === 'reachable');
  const isTrusted = received?.trust.some((result) => result.trusted) === true && wellAt(subject, 'tls');
  const [leaf] = received?.certificates ?? [];
  return [
    ...proof(gateway, () => 'The next hop answers on this link'),
    ...proof(answer, (one) => `The name ${one.name} has an address`),
    ...proof(connected, (one) => `Packets reach ${one.server.address} and come back, and port ${one.server.port} accepts connections`),
    ...proof(handshake, (one) => `The peer speaks ${one.version}`),
    ...(isTrusted && leaf !== undefined
      ? proof(received, () => `The peer is who it says: a trusted certificate for ${certificateNames(leaf)} until ${day(leaf.notAfter)}`)
      : []),
    ...proof(response, (one) => `Something at ${endpointText(one.server.address, one.server.port)} reads HTTP and answers ${one.status}`),
  ];
}

function wellAt(subject: Case, id: string): boolean {
  const status = subject.checkpoints.find((checkpoint) => checkpoint.id === id)?.status;
  return status === 'ok' || status === 'degraded';
}

function findingProofs(subject: Case): Proof[] {
  return subject.findings
    .filter((finding) => finding.confidence === 'proven' && finding.severity !== 'note' && finding.consequenceOf === null)
    .map((finding) => ({ fact: finding.summary, evidence: finding.evidence, shows: linesOf(subject, finding.evidence) }));
}

function exclusionProofs(subject: Case): Proof[] {
  return subject.verdict.ruledOut.map(({ cause, by }) => ({
    fact: `Ruled out: ${causeOf(cause).meaning} (${cause})`,
    evidence: by,
    shows: linesOf(subject, by),
  }));
}

const mostLines = 2;

function linesOf(subject: Case, ids: readonly string[]): string {
  const cited = ids.flatMap((id) => subject.evidence.filter((one) => one.id === id));
  return cited.slice(0, mostLines).map(evidenceLine).join('; ') + (cited.length > mostLines ? '; ...' : '');
}

function proof<E extends Evidence>(one: E | undefined | null, fact: (one: E) => string): Proof[] {
  return one === undefined || one === null ? [] : [{ fact: fact(one), evidence: [one.id], shows: evidenceLine(one) }];
}
