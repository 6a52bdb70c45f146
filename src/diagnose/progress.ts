import { isLoopback } from '../model/address.ts';
import { matchesAddress, matchesDnsName } from '../model/host-name.ts';
import type { ObservationOf } from '../model/observation.ts';
import { decidingTrust } from '../model/trust.ts';
import type { Facts } from './facts.ts';

/** How far one request came, read off its observations: what rules at one checkpoint need to know of the others. */

/** The addresses the request used; empty when the name gave none. */
export function chosenAddresses(facts: Facts): readonly string[] {
  return facts.first('dns.addresses-chosen')?.addresses ?? [];
}

/** The connection that carried the request, if one opened. */
export function carriedConnection(facts: Facts): ObservationOf<'tcp.connected'> | null {
  const connected = facts.of('tcp.connected');
  return connected.find((observation) => observation.carried) ?? connected[0] ?? null;
}

/** Every attempt to connect, by address, whatever came of it. Abandoned attempts say nothing and are left out. */
export type ConnectAttempt =
  | ObservationOf<'tcp.connected'>
  | ObservationOf<'tcp.syn-unanswered'>
  | ObservationOf<'tcp.syn-refused'>
  | ObservationOf<'tcp.connect-failed'>;

export function connectAttempts(facts: Facts): readonly ConnectAttempt[] {
  return [
    ...facts.of('tcp.connected'),
    ...facts.of('tcp.syn-unanswered'),
    ...facts.of('tcp.syn-refused'),
    ...facts.of('tcp.connect-failed'),
  ].filter((attempt) => attempt.followUp === undefined);
}

/** Attempts that failed, when not one of them opened; empty otherwise. */
export function failedAttempts(facts: Facts): readonly Exclude<ConnectAttempt, ObservationOf<'tcp.connected'>>[] {
  if (carriedConnection(facts) !== null) return [];
  return connectAttempts(facts).filter(
    (attempt): attempt is Exclude<ConnectAttempt, ObservationOf<'tcp.connected'>> => attempt.kind !== 'tcp.connected',
  );
}

/** Whether any packet came back from anywhere but this host itself: proof that the host and its first hops work. */
export function heardFromOutside(facts: Facts): boolean {
  return (
    facts.of('tcp.connected').some((observation) => !isLoopback(observation.server.address)) ||
    facts.of('tcp.syn-refused').some((observation) => !isLoopback(observation.server.address)) ||
    facts.of('dns.answered').some((observation) => !isLoopback(observation.resolver.address))
  );
}

/** The proxy that carries the request; null when it goes straight. */
export function proxyInUse(facts: Facts): ObservationOf<'local.proxy-configured'> | null {
  return facts.of('local.proxy-configured').find((configured) => !configured.bypassed) ?? null;
}

/** Whether the request was only ever about this host itself (loopback addresses and resolvers). */
export function isLoopbackOnly(facts: Facts): boolean {
  const attempted = connectAttempts(facts).map((attempt) => attempt.server.address);
  const addresses = attempted.length > 0 ? attempted : chosenAddresses(facts);
  if (addresses.length > 0) return addresses.every(isLoopback);
  const asked = dnsQuestions(facts);
  return asked.length > 0 && asked.every((question) => isLoopback(question.resolver.address));
}

export type DnsQuestion =
  | ObservationOf<'dns.answered'>
  | ObservationOf<'dns.unanswered'>
  | ObservationOf<'dns.undeliverable'>
  | ObservationOf<'dns.answer-rejected'>;

/** Ordinary questions for the target's addresses to the resolvers this host uses: what a lookup consists of. */
export function dnsQuestions(facts: Facts): readonly DnsQuestion[] {
  const questions = [
    ...facts.of('dns.answered'),
    ...facts.of('dns.unanswered'),
    ...facts.of('dns.undeliverable'),
    ...facts.of('dns.answer-rejected'),
  ];
  return questions.filter(
    (question) =>
      (question.type === 'A' || question.type === 'AAAA') &&
      !question.checkingDisabled &&
      question.followUp === undefined &&
      ['configured', 'named', 'unknown'].includes(question.resolver.role),
  );
}

/** Whether the walk needed a name and got no address for it. */
export function lookupFailed(facts: Facts): boolean {
  const parsed = facts.target;
  const asked = facts.of('dns.system-lookup').length + dnsQuestions(facts).length > 0;
  return asked && chosenAddresses(facts).length === 0 && (parsed === null || parsed.hostKind === 'name');
}

/** Records of an answer that give addresses of the question's type. */
export function addressRecords(answer: ObservationOf<'dns.answered'>): readonly string[] {
  return answer.answers.filter((record) => record.type === answer.type).map((record) => record.data);
}

/** The certificates of the connection that carried the request. */
export function carriedCertificates(facts: Facts): ObservationOf<'tls.certificates-received'> | null {
  const carried = carriedConnection(facts);
  const received = facts.of('tls.certificates-received').filter((observation) => observation.followUp === undefined);
  return received.find((observation) => observation.connection === carried?.connection) ?? received[0] ?? null;
}

/** Whether the leaf names the host. */
export function leafNamesHost(received: ObservationOf<'tls.certificates-received'>, host: string): boolean {
  const leaf = received.certificates[0];
  if (leaf === undefined) return false;
  return leaf.dnsNames.some((name) => matchesDnsName(host, name)) || leaf.ipAddresses.some((address) => matchesAddress(host, address));
}

/** Whether TLS proved that the peer is who the name says: handshake complete, chain trusted, name right. */
export function peerProven(facts: Facts): boolean {
  const received = carriedCertificates(facts);
  return (
    received !== null &&
    facts.of('tls.handshake-completed').some((observation) => observation.connection === received.connection) &&
    decidingTrust(received.trust)?.trusted === true &&
    facts.target !== null &&
    leafNamesHost(received, facts.target.host)
  );
}

/** The final response, if its header arrived completely. */
export function response(facts: Facts): ObservationOf<'http.response-received'> | null {
  return facts.of('http.response-received').find((observation) => observation.followUp === undefined) ?? null;
}

/** Whether a status is what was asked for, or below 400 when nothing was. */
export function isExpectedStatus(facts: Facts, status: number): boolean {
  const stated = facts.isFinalHop ? facts.context.expect.statuses : undefined;
  return stated === undefined ? status < 400 : stated.includes(status);
}

/** Made to come bit by bit, for nobody knows how long: what has a length was whole before it was sent, whatever its type. */
export function isStream(received: ObservationOf<'http.response-received'>, body: ObservationOf<'http.body-received'>): boolean {
  return body.expectedBytes === null && (isOfEvents(received) || /^\s*application\/grpc/i.test(contentType(received)));
}

/** A stream in which nothing may happen for as long as it pleases. One of gRPC may as well be a single call that hangs. */
export function isIdleStream(received: ObservationOf<'http.response-received'>, body: ObservationOf<'http.body-received'>): boolean {
  return body.end === 'silent' && body.expectedBytes === null && isOfEvents(received);
}

function isOfEvents(received: ObservationOf<'http.response-received'>): boolean {
  return /^\s*(text\/event-stream|multipart\/x-mixed-replace|application\/(x-)?ndjson)/i.test(contentType(received));
}

function contentType(received: ObservationOf<'http.response-received'>): string {
  return received.headers.find((field) => field.name === 'content-type')?.value ?? '';
}
