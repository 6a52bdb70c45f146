import { dnsTypeCode } from './dns-codes.ts';
import { type DnsEdnsOffer, writeEdns } from './dns-edns.ts';
import { type DnsNameOffsets, writeDnsName } from './dns-name.ts';
import { writeDnsRdata } from './dns-rdata-encode.ts';

/** A question to put in a message. */
export interface DnsQuestionOffer {
  name: string;
  /** `A`, ... or `TYPE123`. */
  type: string;
  /** 1 (IN) when left out. */
  classCode?: number;
}

/** A record to put in a message: data in presentation form, or as bytes. */
export interface DnsRecordOffer extends DnsQuestionOffer {
  ttlSeconds: number;
  data: string | Uint8Array;
}

/** A message to encode. What is left out is false, empty, or zero. */
export interface DnsMessageOffer {
  id: number;
  response?: boolean;
  opcode?: number;
  authoritative?: boolean;
  truncated?: boolean;
  recursionDesired?: boolean;
  recursionAvailable?: boolean;
  authenticData?: boolean;
  checkingDisabled?: boolean;
  /** With its extended bits; above 15 only together with `edns`. */
  rcode?: number;
  questions?: readonly DnsQuestionOffer[];
  answers?: readonly DnsRecordOffer[];
  authority?: readonly DnsRecordOffer[];
  additional?: readonly DnsRecordOffer[];
  /** The OPT record, put last. */
  edns?: DnsEdnsOffer | null;
}

function writeU16(out: number[], value: number): void {
  out.push((value >> 8) & 0xff, value & 0xff);
}

function typeCodeOf(type: string): number {
  const code = dnsTypeCode(type);
  if (code === null) throw new RangeError(`not a record type: ${type}`);
  return code;
}

function writeRecord(out: number[], record: DnsRecordOffer, offsets: DnsNameOffsets): void {
  const typeCode = typeCodeOf(record.type);
  writeDnsName(out, record.name, offsets);
  writeU16(out, typeCode);
  writeU16(out, record.classCode ?? 1);
  writeU16(out, Math.floor(record.ttlSeconds / 0x10000));
  writeU16(out, record.ttlSeconds);
  const lengthAt = out.length;
  writeU16(out, 0);
  if (typeof record.data === 'string') writeDnsRdata(out, typeCode, record.data, offsets);
  else for (const octet of record.data) out.push(octet);
  const length = out.length - lengthAt - 2;
  if (length > 0xffff) throw new RangeError('record data is longer than 65535 bytes');
  out[lengthAt] = length >> 8;
  out[lengthAt + 1] = length & 0xff;
}

/** Encodes a message, names compressed where allowed. Throws RangeError for names, types or data that are none: they are the caller's own. */
export function encodeDnsMessage(message: DnsMessageOffer): Uint8Array {
  const rcode = message.rcode ?? 0;
  const edns = message.edns ?? null;
  if (rcode > 15 && edns === null) throw new RangeError('a response code above 15 needs an OPT record');
  const { questions = [], answers = [], authority = [], additional = [] } = message;
  const flags =
    (message.response ? 0x8000 : 0) |
    ((message.opcode ?? 0) << 11) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    (message.authenticData ? 0x0020 : 0) |
    (message.checkingDisabled ? 0x0010 : 0) |
    (rcode & 15);
  const out: number[] = [];
  const offsets: DnsNameOffsets = new Map();
  const counts = [questions.length, answers.length, authority.length, additional.length + (edns === null ? 0 : 1)];
  for (const value of [message.id, flags, ...counts]) writeU16(out, value);
  for (const question of questions) {
    writeDnsName(out, question.name, offsets);
    writeU16(out, typeCodeOf(question.type));
    writeU16(out, question.classCode ?? 1);
  }
  for (const record of [...answers, ...authority, ...additional]) writeRecord(out, record, offsets);
  if (edns !== null) writeEdns(out, edns, rcode >> 4);
  return Uint8Array.from(out);
}

/** One question to a resolver or name server. */
export interface DnsQueryOffer {
  id: number;
  name: string;
  /** `A`, ... or `TYPE123`. */
  type: string;
  /** 1 (IN) when left out. */
  classCode?: number;
  recursionDesired: boolean;
  checkingDisabled: boolean;
  /** Null sends no OPT record. */
  edns: DnsEdnsOffer | null;
}

/** Encodes a query. Throws RangeError when the name or type is none; see isDnsName. */
export function encodeDnsQuery(query: DnsQueryOffer): Uint8Array {
  const { id, name, type, classCode = 1, recursionDesired, checkingDisabled, edns } = query;
  return encodeDnsMessage({ id, recursionDesired, checkingDisabled, questions: [{ name, type, classCode }], edns });
}
