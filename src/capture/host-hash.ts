import { endLabel, hashOctet, nameHashStart } from './name-hash.ts';

/** Hashes of host names as text, equal to those of the same names in DNS questions (`DnsGlance.nameHash`). */

const dot = 0x2e;
const colon = 0x3a;
const openingBracket = 0x5b;
const longestName = 255;

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/**
 * Of the host between `from` and `end` of a view, whatever the case of its letters: a name or an address, with a port behind it or without, blanks around
 * it left out. 0 when there is none.
 */
export function hashHost(view: DataView, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(view.getUint8(at))) at++;
  const limit = Math.min(end, at + longestName);
  if (at === limit || view.getUint8(at) === openingBracket) return at === limit ? 0 : nameHashStart ^ openingBracket;
  let hash = nameHashStart;
  let length = 0;
  for (; at < limit; at++) {
    const byte = view.getUint8(at);
    if (byte === dot) {
      if (length === 0) break;
      hash = endLabel(hash, length);
      length = 0;
    } else if (byte === colon || isBlank(byte)) {
      break;
    } else {
      hash = hashOctet(hash, byte);
      length++;
    }
  }
  if (length > 0) hash = endLabel(hash, length);
  return hash === nameHashStart ? 0 : hash;
}

const bytes = new Uint8Array(longestName);
const view = new DataView(bytes.buffer);

/** {@link hashHost} of text. */
export function hashHostText(text: string): number {
  const length = Math.min(text.length, longestName);
  for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
  return hashHost(view, 0, length);
}
