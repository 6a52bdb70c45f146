import type { ByteCursor } from './byte-cursor.ts';

/**
 * Domain names. As text they are in presentation form (RFC 1035 section 5.1), lower case, without the trailing dot; the root is `.`.
 * A dot or backslash inside a label and the characters `"();@$` are escaped by a backslash, every octet outside printable ASCII as `\DDD`.
 */

/** RFC 1035 section 2.3.4. */
const NAME_LIMIT_BYTES = 255;
const LABEL_LIMIT_BYTES = 63;
/** A name has at most 127 labels, so more jumps than that are never needed. */
const POINTER_LIMIT = 127;
/** Offsets a compression pointer can express: 14 bits (RFC 1035 section 4.1.4). */
const POINTER_REACH_BYTES = 0x4000;

const ESCAPED_BY_BACKSLASH = '."\\();@$';

function labelText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    if (octet <= 0x20 || octet >= 0x7f) text += `\\${String(octet).padStart(3, '0')}`;
    else if (octet >= 0x41 && octet <= 0x5a) text += String.fromCharCode(octet + 0x20);
    else {
      const character = String.fromCharCode(octet);
      text += ESCAPED_BY_BACKSLASH.includes(character) ? `\\${character}` : character;
    }
  }
  return text;
}

/**
 * Reads a name, following compression pointers into `cursor.bytes` (which must be the message from its first byte), and leaves the cursor
 * behind it. Pointers must lead strictly backwards ("a prior occurance of the same name", RFC 1035 section 4.1.4), so no loop is possible.
 * On an error the cursor has failed and the text is what was read so far.
 */
export function readDnsName(cursor: ByteCursor): string {
  const { bytes } = cursor;
  const labels: string[] = [];
  let nameBytes = 1;
  let pointers = 0;
  let at = cursor.offset;
  // Before the first pointer the name must stay inside the cursor; behind it, before the place where the pointer led from.
  let limit = cursor.end;
  let earliest = cursor.offset;
  let resumeAt = -1;
  const failed = (reason: string): string => {
    cursor.fail(reason, Math.min(at, bytes.length));
    return labels.length === 0 ? '.' : labels.join('.');
  };
  if (cursor.error !== null) return '.';
  for (;;) {
    if (at >= limit) return failed('name ends early');
    const length = bytes[at]!;
    if (length === 0) {
      cursor.offset = resumeAt < 0 ? at + 1 : resumeAt;
      return labels.length === 0 ? '.' : labels.join('.');
    }
    if (length >= 0xc0) {
      if (at + 1 >= limit) return failed('name ends early');
      const target = (length & 0x3f) * 0x100 + bytes[at + 1]!;
      if (target >= earliest) return failed('compression pointer does not lead backwards');
      if (++pointers > POINTER_LIMIT) return failed('too many compression pointers');
      if (resumeAt < 0) resumeAt = at + 2;
      limit = bytes.length;
      earliest = target;
      at = target;
      continue;
    }
    if (length > LABEL_LIMIT_BYTES) return failed('label type is not defined');
    if (at + 1 + length > limit) return failed('name ends early');
    nameBytes += length + 1;
    if (nameBytes > NAME_LIMIT_BYTES) return failed('name is longer than 255 bytes');
    labels.push(labelText(bytes, at + 1, at + 1 + length));
    at += length + 1;
  }
}

/** Labels of a name as octets, the root having none; null when the text is no name (empty or too long label, bad escape, too long). */
export function parseDnsName(name: string): Uint8Array[] | null {
  if (name === '.') return [];
  const labels: Uint8Array[] = [];
  let octets: number[] = [];
  let nameBytes = 1;
  const endLabel = (): boolean => {
    nameBytes += octets.length + 1;
    if (octets.length === 0 || octets.length > LABEL_LIMIT_BYTES || nameBytes > NAME_LIMIT_BYTES) return false;
    labels.push(Uint8Array.from(octets));
    octets = [];
    return true;
  };
  for (let i = 0; i < name.length; i++) {
    let octet = name.charCodeAt(i);
    if (octet === 0x2e) {
      if (!endLabel()) return null;
      if (i === name.length - 1) return labels;
      continue;
    }
    if (octet === 0x5c) {
      const digits = name.slice(i + 1, i + 4);
      if (/^\d{3}$/.test(digits)) {
        octet = Number(digits);
        i += 3;
      } else {
        if (i + 1 >= name.length || /^\d/.test(digits)) return null;
        octet = name.charCodeAt(++i);
      }
    }
    if (octet > 0xff) return null;
    octets.push(octet);
  }
  return endLabel() ? labels : null;
}

/** Whether the text can be put in a message. */
export function isDnsName(name: string): boolean {
  return parseDnsName(name) !== null;
}

/** Where in the message each name suffix was written, for compression. The keys are presentation form, lower case. */
export type DnsNameOffsets = Map<string, number>;

/**
 * Appends a name to `out`, the message from its first byte. With `offsets` known suffixes become pointers and new ones are remembered.
 * Throws RangeError when the text is no name: the caller checks names it did not make with {@link isDnsName}.
 */
export function writeDnsName(out: number[], name: string, offsets: DnsNameOffsets | null): void {
  const labels = parseDnsName(name);
  if (labels === null) throw new RangeError(`not a domain name: ${name}`);
  for (let i = 0; i < labels.length; i++) {
    const suffix = labels
      .slice(i)
      .map((label) => labelText(label, 0, label.length))
      .join('.');
    const known = offsets?.get(suffix);
    if (known !== undefined) {
      out.push(0xc0 | (known >> 8), known & 0xff);
      return;
    }
    if (out.length < POINTER_REACH_BYTES) offsets?.set(suffix, out.length);
    out.push(labels[i]!.length, ...labels[i]!);
  }
  out.push(0);
}
