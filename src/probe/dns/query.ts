import type { DnsAnswerRejected } from '../../model/observations/dns.ts';
import { encodeDnsQuery } from '../../wire/dns-encode.ts';
import { type DnsMessage, decodeDnsMessage } from '../../wire/dns-message.ts';

/** One question as a message states it. */
export interface DnsQuery {
  name: string;
  type: string;
  recursionDesired: boolean;
  checkingDisabled: boolean;
  /** `none` sends no OPT record; `dnssec` asks for signatures (RFC 3225). */
  edns: 'none' | 'plain' | 'dnssec';
}

/** RFC 9715 section 3: large enough for most answers, small enough not to be fragmented. */
const udpPayloadBytes = 1232;
/** RFC 8467 section 4.1: queries in an encrypted stream are padded to a multiple of this. */
const paddedToBytes = 128;
const classIn = 1;

/**
 * The message of a query. Throws RangeError for names and types that are none.
 *
 * @param id of the message; 0 over HTTPS, so that answers can be cached (RFC 8484 section 4.1)
 */
export function encodeQuery(query: DnsQuery, id: number, padded: boolean): Uint8Array {
  const { name, type, recursionDesired, checkingDisabled } = query;
  const encode = (paddingBytes: number | null): Uint8Array =>
    encodeDnsQuery({
      id,
      name,
      type,
      recursionDesired,
      checkingDisabled,
      edns:
        query.edns === 'none'
          ? null
          : { udpPayloadBytes, dnssecOk: query.edns === 'dnssec', ...(paddingBytes === null ? {} : { paddingBytes }) },
    });
  if (!padded || query.edns === 'none') return encode(null);
  const bare = encode(0).length;
  return encode((paddedToBytes - (bare % paddedToBytes)) % paddedToBytes);
}

/** Why bytes are no answer to a query. */
export type Rejection = DnsAnswerRejected['reason'];

/** RFC 5452 section 9.1: id, question name, type and class of an answer must be those asked. */
export function checkAnswer(query: DnsQuery, id: number, bytes: Uint8Array): { message: DnsMessage } | { reason: Rejection } {
  const { message, error } = decodeDnsMessage(bytes);
  if (message === null) return { reason: 'malformed' };
  if (message.id !== id) return { reason: 'wrong-id' };
  if (!message.response) return { reason: 'not-a-response' };
  const question = message.questions[0];
  // A server that cannot parse the query may answer without repeating the question (RFC 1035 section 4.1.1, FORMERR).
  if (question === undefined) return message.rcode === 0 || error !== null ? { reason: 'wrong-question' } : { message };
  if (question.name !== query.name.toLowerCase() || question.type !== query.type || question.classCode !== classIn)
    return { reason: 'wrong-question' };
  return error !== null && !message.truncated ? { reason: 'malformed' } : { message };
}
