import { endLabel, hashOctets, nameHashStart } from './name-hash.ts';

/** What the hot path needs of a DNS message; everything else is left to the full decoder. Reused for every message. */
export class DnsGlance {
  id = 0;
  isResponse = false;
  /** Header word: QR, opcode, flags and response code (RFC 1035 section 4.1.1). */
  flags = 0;
  questions = 0;
  /** Of the first question, letters in lower case. */
  nameHash = 0;
  type = 0;
  /** Behind the first question. */
  answersOffset = 0;
  answers = 0;
}

const maxNameBytes = 255;

/**
 * Reads header and first question. False when the header is not complete or the question is none; the glance then holds what was read.
 * Question names are never compressed by anything that is not hostile, so a pointer ends the name.
 */
export function glanceAtDns(view: DataView, offset: number, end: number, glance: DnsGlance): boolean {
  glance.nameHash = 0;
  glance.type = 0;
  glance.questions = 0;
  glance.answers = 0;
  if (end - offset < 12) return false;
  glance.id = view.getUint16(offset);
  glance.flags = view.getUint16(offset + 2);
  glance.isResponse = (glance.flags & 0x8000) !== 0;
  glance.questions = view.getUint16(offset + 4);
  glance.answers = view.getUint16(offset + 6);
  glance.answersOffset = offset + 12;
  if (glance.questions === 0) return true;
  const nameEnd = hashName(view, offset + 12, end, glance);
  if (nameEnd < 0 || end - nameEnd < 4) return false;
  glance.type = view.getUint16(nameEnd);
  glance.answersOffset = nameEnd + 4;
  return true;
}

function hashName(view: DataView, from: number, end: number, glance: DnsGlance): number {
  let hash = nameHashStart;
  let at = from;
  const limit = Math.min(end, from + maxNameBytes);
  while (at < limit) {
    const length = view.getUint8(at);
    if (length === 0) {
      glance.nameHash = hash;
      return at + 1;
    }
    if (length >= 0xc0) {
      glance.nameHash = hash;
      return at + 2;
    }
    if (length > 63 || at + 1 + length > limit) return -1;
    hash = endLabel(hashOctets(hash, view, at + 1, length), length);
    at += 1 + length;
  }
  return -1;
}

/** Hashes, as {@link DnsGlance.nameHash}, of the names that the question's name begins with, the whole name left out. */
export function prefixHashes(view: DataView, end: number): number[] {
  const hashes: number[] = [];
  let hash = nameHashStart;
  let at = 12;
  while (at < end && at < 12 + maxNameBytes) {
    const length = view.getUint8(at);
    if (length === 0 || length > 63 || at + 1 + length >= end) break;
    hash = endLabel(hashOctets(hash, view, at + 1, length), length);
    hashes.push(hash);
    at += 1 + length;
  }
  hashes.pop();
  return hashes;
}

/** Behind a name in a record, -1 when it does not fit. */
export function skipDnsName(view: DataView, from: number, end: number): number {
  let at = from;
  const limit = Math.min(end, from + maxNameBytes);
  while (at < limit) {
    const length = view.getUint8(at);
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2 <= end ? at + 2 : -1;
    if (length > 63) return -1;
    at += 1 + length;
  }
  return -1;
}
