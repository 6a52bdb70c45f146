/** One element of DER (X.690). All byte fields are views of the input. */
export interface DerElement {
  /** Identifier octet: class, constructed bit and number; numbers above 30 do not occur in X.509. */
  tag: number;
  content: Uint8Array;
  /** Identifier, length and content. */
  whole: Uint8Array;
}

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const;

/** Elements of one list that are read; a certificate with more is taken as malformed. */
const mostElements = 20_000;

/** The element that begins at `offset`; null when there is no whole one. Indefinite lengths are not DER. */
export function readElement(bytes: Uint8Array, offset = 0): DerElement | null {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
  let start = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) return null;
    length = 0;
    for (let i = 0; i < octets; i += 1) length = length * 256 + (bytes[start + i] ?? 0);
    start += octets;
  }
  const end = start + length;
  return end > bytes.length ? null : { tag, content: bytes.subarray(start, end), whole: bytes.subarray(offset, end) };
}

/** The elements that fill `bytes` exactly; null when something is left over or there are too many. */
export function readElements(bytes: Uint8Array): DerElement[] | null {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes, at);
    if (element === null || elements.length >= mostElements) return null;
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** The elements inside one that is constructed as `tag` says; null when it is another or malformed. */
export function readInside(element: DerElement | undefined, tag: number): DerElement[] | null {
  return element?.tag === tag ? readElements(element.content) : null;
}

/** Dotted decimal of an OBJECT IDENTIFIER's content; numbers are exact up to 2^53. Empty for empty content. */
export function objectIdentifierText(content: Uint8Array): string {
  const numbers: number[] = [];
  let value = 0;
  for (const octet of content) {
    value = value * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    if (numbers.length === 0) numbers.push(Math.min(Math.floor(value / 40), 2), value - 40 * Math.min(Math.floor(value / 40), 2));
    else numbers.push(value);
    value = 0;
  }
  return numbers.join('.');
}

/** A small non-negative INTEGER; null when it is negative or longer than six octets. */
export function smallInteger(content: Uint8Array): number | null {
  if (content.length === 0 || content.length > 6 || (content[0] ?? 0) >= 0x80) return null;
  return content.reduce((value, octet) => value * 256 + octet, 0);
}

/** Bits of a non-negative INTEGER, sign octet left out. */
export function integerBits(content: Uint8Array): number {
  const start = content.findIndex((octet) => octet !== 0);
  return start < 0 ? 0 : (content.length - start) * 8 - Math.clz32(content[start] ?? 0) + 24;
}

/**
 * Milliseconds since 1970 of UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 restricts them (seconds present, `Z`); null otherwise.
 * UTCTime years from 50 on are of the 20th century.
 */
export function timeMs(element: DerElement | undefined): number | null {
  if (element === undefined || (element.tag !== derTag.utcTime && element.tag !== derTag.generalizedTime)) return null;
  const text = String.fromCharCode(...element.content.subarray(0, 32));
  const digits = (
    element.tag === derTag.utcTime ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/u : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/u
  ).exec(text);
  if (digits === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.slice(1).map(Number);
  const century = element.tag === derTag.generalizedTime ? 0 : year >= 50 ? 1900 : 2000;
  const date = new Date(0);
  date.setUTCFullYear(century + year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const valid = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return valid ? date.getTime() : null;
}
