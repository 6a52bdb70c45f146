/** Hashes of host names as text, equal to those of the same names in DNS questions (`DnsGlance.nameHash`). */

const hashStart = 0x811c9dc5;
const prime = 0x01000193;
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
  if (at === limit || view.getUint8(at) === openingBracket) return at === limit ? 0 : hashStart ^ openingBracket;
  let hash = hashStart;
  let length = 0;
  for (; at < limit; at++) {
    const byte = view.getUint8(at);
    if (byte === dot) {
      if (length === 0) break;
      hash = Math.imul(hash ^ length, prime);
      length = 0;
    } else if (byte === colon || isBlank(byte)) {
      break;
    } else {
      hash = Math.imul(hash ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte), prime);
      length++;
    }
  }
  if (length > 0) hash = Math.imul(hash ^ length, prime);
  return hash === hashStart ? 0 : hash;
}

const bytes = new Uint8Array(longestName);
const view = new DataView(bytes.buffer);

/** {@link hashHost} of text. */
export function hashHostText(text: string): number {
  const length = Math.min(text.length, longestName);
  for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
  return hashHost(view, 0, length);
}
