import { ByteCursor, type DecodeError } from './byte-cursor.ts';
import { dnsTypeName } from './dns-codes.ts';
import { type DnsEdns, decodeEdns } from './dns-edns.ts';
import { readDnsName } from './dns-name.ts';
import { decodeDnsRdata } from './dns-rdata.ts';

/** Names are lower case without trailing dot; see dns-name.ts. */
export interface DnsQuestion {
  name: string;
  /** `A`, ... or `TYPE123`. */
  type: string;
  typeCode: number;
  classCode: number;
}

export interface DnsResourceRecord {
  name: string;
  /** `A`, ... or `TYPE123`. */
  type: string;
  typeCode: number;
  classCode: number;
  /** A value with the top bit set counts as zero (RFC 2181 section 8). */
  ttlSeconds: number;
  /** Presentation form, names without trailing dot. */
  data: string;
  /** The data as received, a view of the message. Names in it may be compressed only in types of RFC 1035, so DNSSEC's are whole. */
  rdata: Uint8Array;
}

/** A DNS message (RFC 1035 section 4, RFC 4035 section 3, RFC 6891). */
export interface DnsMessage {
  id: number;
  /** QR. */
  response: boolean;
  opcode: number;
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  /** The bit that must be zero. */
  reserved: boolean;
  authenticData: boolean;
  checkingDisabled: boolean;
  /** With the eight upper bits of the OPT record, where there is one. */
  rcode: number;
  questions: DnsQuestion[];
  answers: DnsResourceRecord[];
  authority: DnsResourceRecord[];
  /** Without the OPT record. */
  additional: DnsResourceRecord[];
  edns: DnsEdns | null;
}

const OPT = 41;
/** Classes NONE and ANY mark records without data (RFC 2136 sections 2.4 and 2.5). */
const CLASS_NONE = 254;
const CLASS_ANY = 255;

function readQuestions(cursor: ByteCursor, count: number, questions: DnsQuestion[]): void {
  for (let i = 0; i < count && cursor.error === null; i++) {
    const name = readDnsName(cursor);
    const typeCode = cursor.u16('question');
    const classCode = cursor.u16('question');
    if (cursor.error === null) questions.push({ name, type: dnsTypeName(typeCode), typeCode, classCode });
  }
}

function readOpt(
  message: DnsMessage,
  cursor: ByteCursor,
  owner: string,
  start: number,
  fixed: { classCode: number; ttl: number; rdata: ByteCursor },
): void {
  if (owner !== '.') cursor.fail('OPT record is not at the root', start);
  // RFC 6891 section 6.1.1: more than one OPT record is a format error.
  if (message.edns !== null) cursor.fail('second OPT record', start);
  if (cursor.error !== null) return;
  const { edns, error } = decodeEdns(fixed.classCode, fixed.ttl, fixed.rdata);
  message.edns = edns;
  message.rcode += Math.floor(fixed.ttl / 0x1000000) * 16;
  if (error !== null) cursor.fail(error.reason, error.offset);
}

function readRecords(message: DnsMessage, cursor: ByteCursor, count: number, records: DnsResourceRecord[], optAllowed: boolean): void {
  for (let i = 0; i < count && cursor.error === null; i++) {
    const start = cursor.offset;
    const name = readDnsName(cursor);
    const typeCode = cursor.u16('record');
    const classCode = cursor.u16('record');
    const ttl = cursor.u32('record');
    const length = cursor.u16('record');
    const rdata = cursor.slice(length, 'record data');
    if (cursor.error !== null) return;
    if (typeCode === OPT && optAllowed) {
      readOpt(message, cursor, name, start, { classCode, ttl, rdata });
      continue;
    }
    const empty = length === 0 && (classCode === CLASS_NONE || classCode === CLASS_ANY);
    // An unassigned type is always opaque, so empty data takes that way.
    const { data, error } = decodeDnsRdata(empty ? 0 : typeCode, cursor.bytes, rdata.offset, rdata.end);
    records.push({
      name,
      type: dnsTypeName(typeCode),
      typeCode,
      classCode,
      ttlSeconds: ttl >= 0x80000000 ? 0 : ttl,
      data,
      rdata: cursor.bytes.subarray(rdata.offset, rdata.end),
    });
    if (error !== null) cursor.fail(error.reason, error.offset);
  }
}

/** What {@link decodeDnsMessage} made of bytes. */
export interface DecodedDnsMessage {
  /** What was decoded before the error, the record that is wrong included, its data in generic form; null when the header is not complete. */
  message: DnsMessage | null;
  error: DecodeError | null;
  /** Bytes behind the last record; 0 when there was an error. */
  trailingBytes: number;
}

/**
 * Decodes one message as carried in a UDP datagram, or after the length prefix of TCP. Never throws; work is bounded by the length.
 * Raw data in the result are views of `bytes`.
 */
export function decodeDnsMessage(bytes: Uint8Array): DecodedDnsMessage {
  const cursor = new ByteCursor(bytes);
  const id = cursor.u16('header');
  const flags = cursor.u16('header');
  const counts = [cursor.u16('header'), cursor.u16('header'), cursor.u16('header'), cursor.u16('header')] as const;
  if (cursor.error !== null) return { message: null, error: cursor.error, trailingBytes: 0 };
  const message: DnsMessage = {
    id,
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    reserved: (flags & 0x0040) !== 0,
    authenticData: (flags & 0x0020) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
    rcode: flags & 15,
    questions: [],
    answers: [],
    authority: [],
    additional: [],
    edns: null,
  };
  readQuestions(cursor, counts[0], message.questions);
  readRecords(message, cursor, counts[1], message.answers, false);
  readRecords(message, cursor, counts[2], message.authority, false);
  readRecords(message, cursor, counts[3], message.additional, true);
  return { message, error: cursor.error, trailingBytes: cursor.remaining };
}
