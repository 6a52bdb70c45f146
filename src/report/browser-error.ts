import type { CauseCode } from '../model/cause.ts';
import { causeOf } from '../model/causes/registry.ts';
import type { FailureName } from '../model/failure.ts';
import type { Observation, ObservationKind, ObservationOf } from '../model/observation.ts';

/** TLS alert unrecognized_name (RFC 6066 section 3). */
const unrecognizedName = 112;
/** RFC 8446 section 6.2. */
const handshakeFailure = 40;

/**
 * What a browser shows for a cause: of several, the one that the evidence fits, as Chromium maps what its sockets and lookups meet
 * (net/base/net_error_list.h). Null where it shows none.
 *
 * @param observations of the request the cause is about
 */
export function browserErrorOf(cause: CauseCode, observations: readonly Observation[]): string | null {
  const known = [...causeOf(cause).browserErrors, ...(seenAlso[cause] ?? [])];
  const fitting = expectedErrors(observations.filter((observation) => observation.followUp === undefined));
  return fitting.find((error) => known.includes(error)) ?? known[0] ?? null;
}

/** What browsers show, as part of a sentence: an error has a name, all else is described. */
export function browserWords(error: string): string {
  return /^ERR_\w+$/.test(error) ? `browsers show ${error}` : `in browsers: ${error}`;
}

/** What Chromium shows beside what the vocabulary names, as it was seen to in the lab: it looks the name up before it knows more. */
const seenAlso: Readonly<Partial<Record<CauseCode, readonly string[]>>> = {
  'local.no-address': ['ERR_NAME_NOT_RESOLVED'],
  'local.no-route': ['ERR_NAME_NOT_RESOLVED'],
  'local.firewall': ['ERR_NAME_NOT_RESOLVED', 'ERR_ADDRESS_UNREACHABLE', 'ERR_CONNECTION_TIMED_OUT'],
  'dns.malformed': ['ERR_NAME_NOT_RESOLVED'],
  'tls.unrecognized-name': ['ERR_SSL_VERSION_OR_CIPHER_MISMATCH', 'ERR_SSL_PROTOCOL_ERROR'],
  'tls.alert': ['ERR_SSL_VERSION_OR_CIPHER_MISMATCH'],
  'tcp.reset-by-middlebox': ['ERR_CONNECTION_REFUSED'],
  'http.closed': ['ERR_HTTP2_PROTOCOL_ERROR'],
  'http.truncated': ['ERR_CONNECTION_RESET'],
  'http.malformed': ['ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH', 'ERR_INVALID_CHUNKED_ENCODING'],
};

/** Errors that fit what was observed, the first that a browser would meet first. */
function expectedErrors(observations: readonly Observation[]): string[] {
  const of = <K extends ObservationKind>(kind: K): ObservationOf<K>[] =>
    observations.filter((observation): observation is ObservationOf<K> => observation.kind === kind);
  const errors: string[] = [];
  const links = of('local.link').filter((link) => !link.loopback);
  if (links.length > 0 && links.every((link) => !link.up || link.carrier === false)) errors.push('ERR_INTERNET_DISCONNECTED');
  const wasAsked = of('dns.system-lookup').length > 0 || of('dns.answered').length > 0 || of('dns.unanswered').length > 0;
  if (wasAsked && !of('dns.addresses-chosen').some(({ addresses }) => addresses.length > 0)) errors.push('ERR_NAME_NOT_RESOLVED');
  if (of('tcp.connected').length === 0) {
    // Of several addresses the last attempt's error is shown, and IPv4 is tried last.
    const failed = of('tcp.connect-failed').sort((one, other) => one.family.localeCompare(other.family));
    errors.push(...failed.flatMap(({ failure }) => connectErrors[failure.name] ?? []));
    if (of('tcp.syn-refused').length > 0) errors.push('ERR_CONNECTION_REFUSED');
    if (of('tcp.syn-unanswered').length > 0) errors.push('ERR_CONNECTION_TIMED_OUT');
  }
  if (of('tls.alert-received').some(({ alert }) => alert === unrecognizedName)) errors.push('ERR_SSL_UNRECOGNIZED_NAME_ALERT');
  if (of('tls.alert-received').some(({ alert }) => alert === handshakeFailure)) errors.push('ERR_SSL_VERSION_OR_CIPHER_MISMATCH');
  if (of('tls.alert-received').length > 0) errors.push('ERR_SSL_PROTOCOL_ERROR');
  if (of('tcp.reset-received').length > 0) errors.push('ERR_CONNECTION_RESET');
  const isSecond = of('http.request-sent').some(({ version }) => version === '2');
  if (isSecond && of('tcp.closed-by-peer').length > 0) errors.push('ERR_HTTP2_PROTOCOL_ERROR');
  for (const { rule } of of('http.response-malformed')) errors.push(malformedErrors[rule] ?? 'ERR_INVALID_HTTP_RESPONSE');
  for (const { phase } of of('tcp.closed-by-peer')) errors.push(phase === 'request-sent' ? 'ERR_EMPTY_RESPONSE' : 'ERR_CONNECTION_CLOSED');
  if (of('tcp.peer-silent').length > 0) errors.push('ERR_TIMED_OUT');
  for (const { framing, end, endedBy } of of('http.body-received')) {
    if (end === 'cut-off' && endedBy === 'reset') errors.push('ERR_CONNECTION_RESET');
    if (end === 'cut-off') errors.push(framing === 'chunked' ? 'ERR_INCOMPLETE_CHUNKED_ENCODING' : 'ERR_CONTENT_LENGTH_MISMATCH');
  }
  return errors;
}

/** Failures of an attempt to connect, as Chromium names them. */
const connectErrors: Readonly<Partial<Record<FailureName, string>>> = {
  'connection-refused': 'ERR_CONNECTION_REFUSED',
  'connection-reset': 'ERR_CONNECTION_RESET',
  'host-unreachable': 'ERR_ADDRESS_UNREACHABLE',
  'network-unreachable': 'ERR_ADDRESS_UNREACHABLE',
  'address-not-available': 'ERR_ADDRESS_INVALID',
  'send-not-permitted': 'ERR_NETWORK_ACCESS_DENIED',
  'address-in-use': 'ERR_ADDRESS_IN_USE',
  'timed-out': 'ERR_CONNECTION_TIMED_OUT',
};

/** Broken rules for which Chromium has an error of its own. */
const malformedErrors: Readonly<Partial<Record<ObservationOf<'http.response-malformed'>['rule'], string>>> = {
  'content-length': 'ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH',
  'chunk-size': 'ERR_INVALID_CHUNKED_ENCODING',
  'chunk-data': 'ERR_INVALID_CHUNKED_ENCODING',
};
