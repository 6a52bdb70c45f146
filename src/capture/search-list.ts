import { hashOctets, nameHashStart } from './name-hash.ts';

/** How names are tried one after the other: with the suffixes of a search list behind them (resolv.conf(5), RFC 1123 section 6.1.4.3). */

/** A name in wire format, behind the header of a question: hashes of its labels, whatever the case of their letters. */
export function labelsOf(view: DataView, end: number): number[] {
  const labels: number[] = [];
  for (let at = 12; at < end; ) {
    const length = view.getUint8(at);
    if (length === 0 || length > 63 || at + 1 + length >= end) break;
    labels.push(hashOctets(nameHashStart, view, at + 1, length));
    at += 1 + length;
  }
  return labels;
}

function labelsOfText(name: string): number[] {
  return name.split('.').map((label) => {
    const bytes = new TextEncoder().encode(label);
    return hashOctets(nameHashStart, new DataView(bytes.buffer), 0, bytes.length);
  });
}

/** What the later of two names has in place of the earlier one's suffix. */
export type SearchStep = 'another suffix' | 'no suffix' | 'one more suffix';

const [commonLabel] = labelsOfText('www');

/** How a name may be the next step after another that does not exist; null when the two are just names. */
export function stepBetween(earlier: readonly number[], later: readonly number[]): SearchStep | null {
  const shorter = Math.min(earlier.length, later.length);
  let same = 0;
  while (same < shorter && earlier[same] === later[same]) same++;
  if (same === 0 || (same === earlier.length && same === later.length)) return null;
  if (same === later.length) return 'no suffix';
  if (same === earlier.length) return 'one more suffix';
  return changedSuffix(earlier, later, same);
}

/** Many hosts are called www; of those, only names of which one is within the other's domain belong together. */
function changedSuffix(earlier: readonly number[], later: readonly number[], same: number): SearchStep | null {
  const rest = Math.min(earlier.length, later.length) - same;
  let common = 0;
  while (common < rest && earlier.at(-1 - common) === later.at(-1 - common)) common++;
  return common === rest || same > 1 || earlier[0] !== commonLabel ? 'another suffix' : null;
}

const discoveryLabels = labelsOfText('wpad.isatap');
const switchNames = ['use-application-dns.net', 'ipv4only.arpa'].map(labelsOfText);
/** Labels of an IPv4 address, and of an IPv6 address by its nibbles. */
const octetLabels = 4;
const nibbleLabels = 32;

/**
 * Whether that a name does not exist is an answer like any other: names by which proxies and relays are discovered (most networks have none), by which
 * networks switch something off, and lists of addresses with a bad name (RFC 5782), where it means that the address is not listed.
 */
export function isNameOfPolicy(view: DataView, end: number): boolean {
  const labels = labelsOf(view, end);
  if (labels.length > 0 && discoveryLabels.includes(labels[0]!)) return true;
  if (switchNames.some((name) => name.length === labels.length && name.every((label, i) => label === labels[i]))) return true;
  return startsWithAddress(view, end, labels.length);
}

/** An address backwards, and a name of a list behind it. */
function startsWithAddress(view: DataView, end: number, labels: number): boolean {
  let at = 12;
  let octets = 0;
  let nibbles = 0;
  for (let i = 0; i < labels && at < end; i++) {
    const length = view.getUint8(at);
    if (i === octets && isNumber(view, at + 1, length)) octets++;
    if (i === nibbles && length === 1 && isHexDigit(view.getUint8(at + 1))) nibbles++;
    at += 1 + length;
  }
  return (octets >= octetLabels && labels > octetLabels + 1) || (nibbles >= nibbleLabels && labels > nibbleLabels + 1);
}

function isNumber(view: DataView, from: number, length: number): boolean {
  if (length > 3) return false;
  for (let i = 0; i < length; i++) {
    const byte = view.getUint8(from + i);
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
