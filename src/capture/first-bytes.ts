import type { ConnectionProtocol } from './connection-follower.ts';
import { beginsLikeRequest, beginsLikeResponse } from './http-glance.ts';
import type { StreamPiece } from './stream-order.ts';
import { beginsLikeClientHello, beginsLikeServerHello } from './tls-follower.ts';

const maxRequestLine = 8192;
/** Fewer bytes than this may be the beginning of anything. */
const shortestBeginning = 12;

/** A protocol that bytes were found to belong to. */
export interface FoundProtocol {
  protocol: ConnectionProtocol;
  /** Direction that must have sent these bytes; -1 for either. */
  direction: number;
}

export const foundHello: FoundProtocol = { protocol: 'tls', direction: 0 };
const foundServerHello: FoundProtocol = { protocol: 'tls', direction: 1 };
const foundRecords: FoundProtocol = { protocol: 'tls', direction: -1 };
const foundRequest: FoundProtocol = { protocol: 'http', direction: 0 };
const foundResponse: FoundProtocol = { protocol: 'http', direction: 1 };
const foundPreface: FoundProtocol = { protocol: 'http2', direction: 0 };

/** Whether so few bytes may be the start of a request or a handshake. */
export function mayBeBeginning(view: DataView, offset: number, length: number): boolean {
  if (length >= shortestBeginning) return false;
  if (view.getUint8(offset) === 0x16) return true;
  for (let i = 0; i < length; i++) {
    const byte = view.getUint8(offset + i);
    if (byte < 0x20 || byte >= 0x7f || (i < 3 && (byte < 0x41 || byte > 0x5a))) return false;
  }
  return true;
}

/** A load balancer's line "PROXY ..." (PROXY protocol version 1) comes before whatever the connection speaks. */
export function passProxyHeader(piece: StreamPiece): void {
  const { view, offset, length } = piece;
  if (length < 8 || view.getUint32(offset) !== 0x50524f58 || view.getUint16(offset + 4) !== 0x5920) return;
  for (let at = 6; at < Math.min(length, 108); at++) {
    if (view.getUint8(offset + at) !== 0x0a) continue;
    piece.offset = offset + at + 1;
    piece.length = length - at - 1;
    return;
  }
}

/** What the first bytes of a piece belong to; null when they do not say. */
export function protocolOf(view: DataView, offset: number, length: number): FoundProtocol | null {
  if (length < 3) return null;
  const first = view.getUint8(offset);
  if (first === 0x16) {
    if (beginsLikeClientHello(view, offset, length)) return foundHello;
    if (beginsLikeServerHello(view, offset, length)) return foundServerHello;
  }
  if (first >= 0x14 && first <= 0x17) return isRecords(view, offset, length) ? foundRecords : null;
  if (first < 0x41 || first > 0x5a) return null;
  if (beginsLikeHttp2(view, offset, length)) return foundPreface;
  if (isResponse(view, offset, length)) return foundResponse;
  return isRequest(view, offset, length) ? foundRequest : null;
}

/** TLS records in the middle of a connection: headers that follow each other up to the end of the piece, or into the next one. */
function isRecords(view: DataView, offset: number, length: number): boolean {
  let at = 0;
  let records = 0;
  while (length - at >= 5) {
    const type = view.getUint8(offset + at);
    const version = view.getUint16(offset + at + 1);
    const fragment = view.getUint16(offset + at + 3);
    if (type < 0x14 || type > 0x17 || version < 0x0301 || version > 0x0303 || fragment === 0 || fragment > 0x4800) return false;
    at += 5 + fragment;
    records++;
  }
  return records > 0;
}

/** A request line with its version, or the beginning of one that is longer than the segment. */
function isRequest(view: DataView, offset: number, length: number): boolean {
  if (!beginsLikeRequest(view, offset, length)) return false;
  const limit = Math.min(length, maxRequestLine);
  for (let at = 0; at < limit; at++) {
    if (view.getUint8(offset + at) !== 0x0a) continue;
    const end = at > 0 && view.getUint8(offset + at - 1) === 0x0d ? at - 1 : at;
    // " HTTP/1.x"
    return (
      end >= 9 &&
      view.getUint32(offset + end - 8) === 0x48545450 &&
      view.getUint8(offset + end - 4) === 0x2f &&
      view.getUint8(offset + end - 3) === 0x31
    );
  }
  return length >= 64 && hasUsualMethod(view, offset);
}

/** Methods of requests whose line may well be longer than a segment. */
function hasUsualMethod(view: DataView, offset: number): boolean {
  const start = view.getUint32(offset);
  // "GET ", "POST", "PUT ", "HEAD", "OPTI", "DELE", "PATC", "PROP", "REPO"
  return usualMethods.includes(start);
}

const usualMethods: readonly number[] = [
  0x47455420, 0x504f5354, 0x50555420, 0x48454144, 0x4f505449, 0x44454c45, 0x50415443, 0x50524f50, 0x5245504f,
];

function isResponse(view: DataView, offset: number, length: number): boolean {
  return length >= 12 && beginsLikeResponse(view, offset, length) && view.getUint8(offset + 5) === 0x31;
}

/** "PRI * HTTP/2.0": the client's preface (RFC 9113 section 3.4). */
function beginsLikeHttp2(view: DataView, offset: number, length: number): boolean {
  return length >= 16 && view.getUint32(offset) === 0x50524920 && view.getUint32(offset + 4) === 0x2a204854;
}
