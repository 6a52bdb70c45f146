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
}

const space = 0x20;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;

/** Longest method that is believed. */
const maxMethodBytes = 24;

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** Whether bytes begin like "HTTP/1." (RFC 9112 section 4). Fewer bytes are enough while they agree. */
export function beginsLikeResponse(view: DataView, offset: number, length: number): boolean {
  if (length >= 5) return view.getUint32(offset) === 0x48545450 && view.getUint8(offset + 4) === 0x2f;
  const wanted = [0x48, 0x54, 0x54, 0x50];
  for (let i = 0; i < Math.min(length, 4); i++) if (view.getUint8(offset + i) !== wanted[i]) return false;
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

/** Reads a header section of `length` bytes, from its start line to the empty line. */
export function glanceAtHead(bytes: Uint8Array, length: number, glance: HttpGlance): void {
  glance.kind = 'none';
  glance.status = 0;
  glance.isHead = false;
  glance.isConnect = false;
  glance.contentLength = -1;
  glance.chunked = false;
  glance.contradictory = false;
  glance.gzip = false;
  glance.upgrade = false;
  let end = lineEnd(bytes, 0, length);
  readStartLine(bytes, end, glance);
  for (let line = end + 1; line < length; line = end + 1) {
    end = lineEnd(bytes, line, length);
    readField(bytes, line, end, glance);
  }
}

function lineEnd(bytes: Uint8Array, from: number, length: number): number {
  let at = from;
  while (at < length && bytes[at] !== lineFeed) at++;
  return at;
}

function readStartLine(bytes: Uint8Array, end: number, glance: HttpGlance): void {
  if (bytes[0] === 0x48 && bytes[1] === 0x54 && bytes[2] === 0x54 && bytes[3] === 0x50 && bytes[4] === 0x2f) {
    // "HTTP/1.x" (RFC 9112 section 2.3).
    if (bytes[5] !== 0x31 || bytes[6] !== 0x2e) return;
    let at = 5;
    while (at < end && bytes[at] !== space) at++;
    const hundreds = bytes[at + 1]! - 0x30;
    const tens = bytes[at + 2]! - 0x30;
    const ones = bytes[at + 3]! - 0x30;
    const areDigits = hundreds >= 0 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
    if (at + 3 >= end || !areDigits) return;
    glance.status = hundreds * 100 + tens * 10 + ones;
    glance.kind = 'response';
    return;
  }
  let last = end;
  if (last > 0 && bytes[last - 1] === carriageReturn) last--;
  // The version at the end of the line: " HTTP/1.x". Without one it is some other protocol, or HTTP/0.9, which nobody speaks.
  if (last < 9 || bytes[last - 9] !== space || bytes[last - 8] !== 0x48 || bytes[last - 7] !== 0x54) return;
  if (bytes[last - 4] !== 0x2f || bytes[last - 3] !== 0x31) return;
  glance.kind = 'request';
  glance.isHead = bytes[0] === 0x48 && bytes[1] === 0x45 && bytes[2] === 0x41 && bytes[3] === 0x44 && bytes[4] === space;
  glance.isConnect = bytes[0] === 0x43 && bytes[1] === 0x4f && bytes[2] === 0x4e && bytes[3] === 0x4e && bytes[7] === space;
}

function readField(bytes: Uint8Array, line: number, end: number, glance: HttpGlance): void {
  const first = bytes[line]! | 0x20;
  // c(ontent-length), t(ransfer-encoding), u(pgrade): no other field says where the message ends.
  if (first === 0x63) {
    if (hasName(bytes, line, end, 'content-length')) readLength(bytes, line + 15, end, glance);
    else if (hasName(bytes, line, end, 'content-encoding')) glance.gzip = endsWithGzip(bytes, line + 17, end);
  } else if (first === 0x74) {
    if (hasName(bytes, line, end, 'transfer-encoding')) glance.chunked ||= containsChunked(bytes, line + 18, end);
  } else if (first === 0x75) {
    if (hasName(bytes, line, end, 'upgrade')) glance.upgrade = true;
  }
}

function hasName(bytes: Uint8Array, line: number, end: number, name: string): boolean {
  if (line + name.length >= end || bytes[line + name.length] !== colon) return false;
  for (let i = 0; i < name.length; i++) if ((bytes[line + i]! | 0x20) !== name.charCodeAt(i)) return false;
  return true;
}

function readLength(bytes: Uint8Array, from: number, end: number, glance: HttpGlance): void {
  let at = from;
  while (at < end && (bytes[at] === space || bytes[at] === 0x09)) at++;
  let value = 0;
  let digits = 0;
  for (; at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39 && digits < 16; at++, digits++) value = value * 10 + bytes[at]! - 0x30;
  const length = digits === 0 || digits === 16 ? -2 : value;
  if (glance.contentLength >= 0 && length >= 0 && length !== glance.contentLength) glance.contradictory = true;
  glance.contentLength = length;
}

function endsWithGzip(bytes: Uint8Array, from: number, end: number): boolean {
  let last = end;
  while (last > from && (bytes[last - 1] === carriageReturn || bytes[last - 1] === space || bytes[last - 1] === 0x09)) last--;
  const word = 'gzip';
  if (last - from < word.length) return false;
  for (let i = 0; i < word.length; i++) if ((bytes[last - word.length + i]! | 0x20) !== word.charCodeAt(i)) return false;
  return true;
}

function containsChunked(bytes: Uint8Array, from: number, end: number): boolean {
  const word = 'chunked';
  for (let at = from; at + word.length <= end; at++) {
    let i = 0;
    while (i < word.length && (bytes[at + i]! | 0x20) === word.charCodeAt(i)) i++;
    if (i === word.length) return true;
  }
  return false;
}
