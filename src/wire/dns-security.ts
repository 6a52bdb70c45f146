import { ByteCursor } from './byte-cursor.ts';
import { dnsTypeName } from './dns-codes.ts';
import type { DnsResourceRecord } from './dns-message.ts';
import { readDnsName, writeDnsName } from './dns-name.ts';
import { writeDnsRdata } from './dns-rdata-encode.ts';

/** Records of DNSSEC as structures, and the bytes that they sign or digest (RFC 4034). All numbers are big-endian on the wire. */

/** RRSIG (RFC 4034 section 3.1). Bytes are views of the record. */
export interface DnsSignature {
  /** `A`, ... or `TYPE123`. */
  typeCovered: string;
  algorithm: number;
  /** Labels of the owner as signed: fewer than the owner has when a wildcard was expanded. */
  labels: number;
  originalTtlSeconds: number;
  /** Seconds since 1970, modulo 2^32. */
  expirationSeconds: number;
  inceptionSeconds: number;
  keyTag: number;
  /** Lower case without trailing dot. */
  signerName: string;
  signature: Uint8Array;
  /** The fields before the signature, the signer's name in canonical form: what the signature is over first. */
  header: Uint8Array;
}

/** DNSKEY (RFC 4034 section 2.1). */
export interface DnsKey {
  /** Bit 7: it is a zone's key. */
  isZoneKey: boolean;
  /** RFC 5011 section 2.1. */
  isRevoked: boolean;
  protocol: number;
  algorithm: number;
  publicKey: Uint8Array;
  keyTag: number;
  /** The whole record data. */
  rdata: Uint8Array;
}

/** DS (RFC 4034 section 5.1). */
export interface DelegationSigner {
  keyTag: number;
  algorithm: number;
  digestType: number;
  digest: Uint8Array;
}

const zoneKeyFlag = 0x0100;
const revokedFlag = 0x0080;
/** Bytes of an RRSIG before the signer's name. */
const signerNameAt = 18;

/** Null when the data is cut short. */
export function decodeDnsSignature(rdata: Uint8Array): DnsSignature | null {
  const cursor = new ByteCursor(rdata);
  const signature: DnsSignature = {
    typeCovered: dnsTypeName(cursor.u16('signature')),
    algorithm: cursor.u8('signature'),
    labels: cursor.u8('signature'),
    originalTtlSeconds: cursor.u32('signature'),
    expirationSeconds: cursor.u32('signature'),
    inceptionSeconds: cursor.u32('signature'),
    keyTag: cursor.u16('signature'),
    signerName: readDnsName(cursor),
    signature: cursor.take(cursor.remaining, 'signature'),
    header: rdata.subarray(0, 0),
  };
  if (cursor.error !== null || signature.signature.length === 0) return null;
  const header: number[] = [...rdata.subarray(0, signerNameAt)];
  writeDnsName(header, signature.signerName, null);
  return { ...signature, header: Uint8Array.from(header) };
}

/** Null when the data is cut short. */
export function decodeDnsKey(rdata: Uint8Array): DnsKey | null {
  const cursor = new ByteCursor(rdata);
  const flags = cursor.u16('key');
  const protocol = cursor.u8('key');
  const algorithm = cursor.u8('key');
  const publicKey = cursor.take(cursor.remaining, 'key');
  if (cursor.error !== null || publicKey.length === 0) return null;
  const isZoneKey = (flags & zoneKeyFlag) !== 0;
  return { isZoneKey, isRevoked: (flags & revokedFlag) !== 0, protocol, algorithm, publicKey, keyTag: keyTagOf(rdata), rdata };
}

/** Null when the data is cut short. */
export function decodeDelegationSigner(rdata: Uint8Array): DelegationSigner | null {
  const cursor = new ByteCursor(rdata);
  const signer = {
    keyTag: cursor.u16('delegation signer'),
    algorithm: cursor.u8('delegation signer'),
    digestType: cursor.u8('delegation signer'),
    digest: cursor.take(cursor.remaining, 'delegation signer'),
  };
  return cursor.error === null && signer.digest.length > 0 ? signer : null;
}

/** RFC 4034 appendix B; for every algorithm but 1, which nobody uses any more. */
function keyTagOf(rdata: Uint8Array): number {
  let sum = 0;
  for (const [index, octet] of rdata.entries()) sum += index % 2 === 0 ? octet * 0x100 : octet;
  return (sum + Math.floor(sum / 0x10000)) & 0xffff;
}

/** What a DS record's digest is over: the owner's name and the key (RFC 4034 section 5.1.4). */
export function digestedBytes(owner: string, key: DnsKey): Uint8Array {
  const out: number[] = [];
  writeDnsName(out, owner, null);
  out.push(...key.rdata);
  return Uint8Array.from(out);
}

/** Types whose data holds names that are in lower case in the canonical form (RFC 4034 section 6.2, RFC 6840 section 5.1). */
const typesWithNames: ReadonlySet<number> = new Set([2, 5, 6, 12, 15, 17, 33, 35, 39]);

/**
 * What a signature is over: its own fields and the set of records in canonical form and order (RFC 4034 sections 3.1.8.1 and 6). Null when the
 * owner has fewer labels than were signed, which no valid signature has.
 *
 * @param records all of one owner and one type
 */
export function signedBytes(signature: DnsSignature, owner: string, records: readonly DnsResourceRecord[]): Uint8Array | null {
  const name = signedName(owner, signature.labels);
  if (name === null) return null;
  const ownerBytes: number[] = [];
  writeDnsName(ownerBytes, name, null);
  const out: number[] = [...signature.header];
  for (const rdata of canonicalOrder(records.map(canonicalData))) {
    const [first] = records;
    out.push(...ownerBytes, ...u16(first!.typeCode), ...u16(first!.classCode));
    out.push(...u16(Math.floor(signature.originalTtlSeconds / 0x10000)), ...u16(signature.originalTtlSeconds & 0xffff));
    out.push(...u16(rdata.length), ...rdata);
  }
  return Uint8Array.from(out);
}

/** The owner, or the wildcard it was made from (RFC 4035 section 5.3.2). */
function signedName(owner: string, labels: number): string | null {
  const own = owner === '.' ? [] : splitLabels(owner);
  if (labels > own.length) return null;
  if (labels === own.length || (labels === own.length - 1 && own[0] === '*')) return owner;
  return labels === 0 ? '*' : `*.${own.slice(own.length - labels).join('.')}`;
}

/** Labels in presentation form, whose dots may be escaped. */
function splitLabels(name: string): string[] {
  return name.match(/(?:\\.|[^.\\])+/gs) ?? [];
}

function canonicalData(record: DnsResourceRecord): Uint8Array {
  if (!typesWithNames.has(record.typeCode)) return record.rdata;
  const out: number[] = [];
  writeDnsRdata(out, record.typeCode, record.data, null);
  return Uint8Array.from(out);
}

/** As octet strings, shorter first where one begins the other; equal ones once (RFC 4034 section 6.3). */
function canonicalOrder(all: readonly Uint8Array[]): Uint8Array[] {
  const sorted = [...all].sort(compareBytes);
  return sorted.filter((bytes, index) => index === 0 || compareBytes(bytes, sorted[index - 1]!) !== 0);
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one[i] !== other[i]) return one[i]! - other[i]!;
  }
  return one.length - other.length;
}

function u16(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}
