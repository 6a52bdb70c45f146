import { hashHost } from './host-hash.ts';

/** What a message header says about where its message ends; everything else is left to the full decoder. Reused for every header. */
export class HttpGlance {
  kind: 'request' | 'response' | 'none' = 'none';
  status = 0;
  isHead = false;
  isConnect = false;
  /** -1 when not given; -2 when given and wrong. */
  contentLength = -1;
  chunked = false;
  /** Two lengths that differ (RFC 9112 section 6.3): no recipient may believe either. */
  contradictory = false;
  /** The last coding of the content is gzip. */
  gzip = false;
  upgrade = false;
  /** Of a request to the server itself, the host it is for (see {@link hashHost}); 0 when it says none, or is a proxy's to pass on. */
  hostHash = 0;
  isProxied = false;
}

const space = 0x20;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;

const httpLetters = 'HTTP';
/** Longest method that is believed. */
const maxMethodBytes = 24;

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** Whether bytes begin like "HTTP/1." (RFC 9112 section 4). Fewer bytes are enough while they agree. */
export function beginsLikeResponse(view: DataView, offset: number, length: number): boolean {
  if (length >= 5) return view.getUint32(offset) === 0x48545450 && view.getUint8(offset + 4) === 0x2f;
  for (let i = 0; i < Math.min(length, 4); i++) if (view.getUint8(offset + i) !== httpLetters.charCodeAt(i)) return false;
  return length > 0;
}

/** Whether bytes begin like a request line: a method in capitals, a space, and something printable. */
export function beginsLikeRequest(view: DataView, offset: number, length: number): boolean {
  let at = 0;
  while (at < length && at < maxMethodBytes) {
    const byte = view.getUint8(offset + at);
    if (!isUpper(byte) && byte !== 0x2d && byte !== 0x5f) break;
    at++;
  }
  if (at >= length) return at > 0;
  if (at < 3) return false;
  if (view.getUint8(offset + at) !== space) return false;
  if (at + 1 >= length) return true;
  const target = view.getUint8(offset + at + 1);
  return target > space && target < 0x7f;
}

/**
 * Reads a header section from its start line, at `from`, to the empty line. Returns the offset behind that, -1 when it does not come before `end`; the
 * glance holds what was read.
 */
export function glanceAtHead(view: DataView, from: number, end: number, glance: HttpGlance): number {
  glance.kind = 'none';
  glance.status = 0;
  glance.isHead = false;
  glance.isConnect = false;
  glance.contentLength = -1;
  glance.chunked = false;
  glance.contradictory = false;
  glance.gzip = false;
  glance.upgrade = false;
  glance.hostHash = 0;
  glance.isProxied = false;
  let feed = findLineFeed(view, from, end);
  readStartLine(view, from, feed, glance);
  while (feed < end) {
    const line = feed + 1;
    feed = findLineFeed(view, line, end);
    if (feed < end && isEmptyLine(view, line, feed)) return feed + 1;
    if (line < feed) readField(view, line, feed, glance);
  }
  return -1;
}

/** Four octets at a time: a word has a zero octet when subtracting one from each octet borrows where the top bit was not set. */
function findLineFeed(view: DataView, from: number, end: number): number {
  let at = from;
  for (; end - at >= 4; at += 4) {
    const word = view.getInt32(at) ^ 0x0a0a0a0a;
    if ((((word - 0x01010101) | 0) & ~word & 0x80808080) !== 0) break;
  }
  while (at < end && view.getUint8(at) !== lineFeed) at++;
  return at;
}

function isEmptyLine(view: DataView, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (view.getUint8(at) !== carriageReturn) return false;
  return true;
}

function readStartLine(view: DataView, from: number, end: number, glance: HttpGlance): void {
  if (end - from < 9) return;
  const start = view.getInt32(from);
  if (start === 0x48545450 && view.getUint8(from + 4) === 0x2f) {
    // "HTTP/1.x" (RFC 9112 section 2.3).
    if (view.getUint16(from + 5) !== 0x312e) return;
    let at = from + 5;
    while (at < end && view.getUint8(at) !== space) at++;
    if (at + 3 >= end) return;
    const hundreds = view.getUint8(at + 1) - 0x30;
    const tens = view.getUint8(at + 2) - 0x30;
    const ones = view.getUint8(at + 3) - 0x30;
    if (hundreds < 0 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return;
    glance.status = hundreds * 100 + tens * 10 + ones;
    glance.kind = 'response';
    return;
  }
  const last = view.getUint8(end - 1) === carriageReturn ? end - 1 : end;
  // The version at the end of the line: " HTTP/1.x". Without one it is some other protocol, or HTTP/0.9, which nobody speaks.
  if (last - from < 9 || view.getUint8(last - 9) !== space || view.getUint16(last - 8) !== 0x4854) return;
  if (view.getUint16(last - 4) !== 0x2f31) return;
  glance.kind = 'request';
  // "HEAD ", "CONN" of "CONNECT ".
  glance.isHead = start === 0x48454144 && view.getUint8(from + 4) === space;
  glance.isConnect = start === 0x434f4e4e && view.getUint8(from + 7) === space;
  glance.isProxied = glance.isConnect || namesWholeUrl(view, from, last - 9);
}

/** A proxy is told the whole URL, "http://…" (RFC 9112 section 3.2.2). */
function namesWholeUrl(view: DataView, from: number, end: number): boolean {
  let at = from;
  while (at < end && view.getUint8(at) !== space) at++;
  return end - at > 5 && (view.getUint32(at + 1) | 0x20202020) === 0x68747470;
}

function readField(view: DataView, line: number, end: number, glance: HttpGlance): void {
  const first = view.getUint8(line) | 0x20;
  // c(ontent-length), t(ransfer-encoding), u(pgrade): no other field says where the message ends; h(ost), whom it is for.
  if (first === 0x63) {
    if (hasName(view, line, end, 'content-length')) readLength(view, line + 15, end, glance);
    else if (hasName(view, line, end, 'content-encoding')) glance.gzip = endsWithGzip(view, line + 17, end);
  } else if (first === 0x74) {
    if (hasName(view, line, end, 'transfer-encoding')) glance.chunked ||= containsChunked(view, line + 18, end);
  } else if (first === 0x68) {
    if (hasName(view, line, end, 'host') && !glance.isProxied) glance.hostHash = hashHost(view, line + 5, end);
  } else if (first === 0x75) {
    if (hasName(view, line, end, 'upgrade')) glance.upgrade = true;
  }
}

function hasName(view: DataView, line: number, end: number, name: string): boolean {
  if (line + name.length >= end || view.getUint8(line + name.length) !== colon) return false;
  for (let i = 0; i < name.length; i++) if ((view.getUint8(line + i) | 0x20) !== name.charCodeAt(i)) return false;
  return true;
}

function readLength(view: DataView, from: number, end: number, glance: HttpGlance): void {
  let at = from;
  while (at < end && (view.getUint8(at) === space || view.getUint8(at) === 0x09)) at++;
  let value = 0;
  let digits = 0;
  for (; at < end && digits < 16; at++, digits++) {
    const digit = view.getUint8(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const length = digits === 0 || digits === 16 ? -2 : value;
  if (glance.contentLength >= 0 && length >= 0 && length !== glance.contentLength) glance.contradictory = true;
  glance.contentLength = length;
}

function endsWithGzip(view: DataView, from: number, end: number): boolean {
  let last = end;
  while (last > from && isBlank(view.getUint8(last - 1))) last--;
  const word = 'gzip';
  if (last - from < word.length) return false;
  for (let i = 0; i < word.length; i++) if ((view.getUint8(last - word.length + i) | 0x20) !== word.charCodeAt(i)) return false;
  return true;
}

function isBlank(byte: number): boolean {
  return byte === carriageReturn || byte === space || byte === 0x09;
}

function containsChunked(view: DataView, from: number, end: number): boolean {
  const word = 'chunked';
  for (let at = from; at + word.length <= end; at++) {
    let i = 0;
    while (i < word.length && (view.getUint8(at + i) | 0x20) === word.charCodeAt(i)) i++;
    if (i === word.length) return true;
  }
  return false;
}
