import { encodeHpack } from './hpack-encode.ts';
import type { HpackField } from './hpack-static-table.ts';
import { HTTP2_FRAME } from './http2-names.ts';

const PREFACE: Uint8Array = new TextEncoder().encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const END_STREAM = 0x01;
const ACK = 0x01;
const END_HEADERS = 0x04;
/** Everyone accepts frames of this size (RFC 9113 section 4.2). */
const FRAME_LIMIT_BYTES = 0x4000;

const SETTING = { enablePush: 2, initialWindowSize: 4 } as const;
/** What a peer may send before it hears of us again: more than a walk reads of one answer. */
const WINDOW_BYTES = 0x1000000;
const DEFAULT_WINDOW_BYTES = 0xffff;

function u32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** One frame (RFC 9113 section 4.1). */
export function encodeHttp2Frame(type: number, flags: number, streamId: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const frame = new Uint8Array(9 + length);
  frame.set([(length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff, type, flags, ...u32(streamId)]);
  frame.set(payload, 9);
  return frame;
}

function setting(id: number, value: number): number[] {
  return [id >> 8, id & 0xff, ...u32(value)];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** HPACK's "Dynamic Table Size Update" to nothing (RFC 7541 section 6.3): requests here use no dynamic table. */
const NO_TABLE: Uint8Array = Uint8Array.of(0x20);

/** HEADERS, and CONTINUATION for what does not fit. */
function fieldSection(streamId: number, fields: readonly HpackField[], withoutTable: boolean): Uint8Array[] {
  const block = joined([...(withoutTable ? [NO_TABLE] : []), encodeHpack(fields)]);
  const frames: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < block.length; at += FRAME_LIMIT_BYTES) {
    const isLast = at + FRAME_LIMIT_BYTES >= block.length;
    const type = at === 0 ? HTTP2_FRAME.headers : HTTP2_FRAME.continuation;
    const flags = (at === 0 ? END_STREAM : 0) | (isLast ? END_HEADERS : 0);
    frames.push(encodeHttp2Frame(type, flags, streamId, block.subarray(at, at + FRAME_LIMIT_BYTES)));
  }
  return frames;
}

/** Fields that belong to one connection, which HTTP/2 does not have (RFC 9113 section 8.2.2), and Host, which becomes `:authority`. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'host',
]);

export interface Http2RequestOffer {
  method: string;
  scheme: 'http' | 'https';
  /** Path and query. */
  target: string;
  /** As for HTTP/1.1, Host included. */
  headers: readonly HpackField[];
}

/** What a client sends first (RFC 9113 section 3.4): preface, and settings: no push, wide windows. */
function encodeOpening(): Uint8Array[] {
  const settings = Uint8Array.from([...setting(SETTING.enablePush, 0), ...setting(SETTING.initialWindowSize, WINDOW_BYTES)]);
  return [PREFACE, encodeHttp2Frame(HTTP2_FRAME.settings, 0, 0, settings), encodeHttp2WindowUpdate(WINDOW_BYTES - DEFAULT_WINDOW_BYTES)];
}

/** Lets the peer send more on the connection. */
export function encodeHttp2WindowUpdate(bytes: number): Uint8Array {
  return encodeHttp2Frame(HTTP2_FRAME.windowUpdate, 0, 0, Uint8Array.from(u32(bytes)));
}

/** Gives a stream up (RFC 9113 section 6.4). */
export function encodeHttp2Reset(streamId: number, errorCode: number): Uint8Array {
  return encodeHttp2Frame(HTTP2_FRAME.rstStream, 0, streamId, Uint8Array.from(u32(errorCode)));
}

/**
 * One request without content. That on stream 1 is the first of its connection and has what a client sends before it.
 *
 * @param withoutTable says so where the peer made its table smaller, which has to be answered (RFC 7541 section 4.2)
 */
export function encodeHttp2Request(request: Http2RequestOffer, streamId: number, withoutTable = false): Uint8Array {
  const authority = request.headers.find((field) => field.name.toLowerCase() === 'host')?.value ?? '';
  const fields: HpackField[] = [
    { name: ':method', value: request.method },
    { name: ':scheme', value: request.scheme },
    { name: ':authority', value: authority },
    { name: ':path', value: request.target },
    ...request.headers
      .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
      // "The exception to this is the TE header field, which MAY be present in an HTTP/2 request; when it is, it MUST NOT contain any value other than trailers".
      .filter(({ name, value }) => !CONNECTION_FIELDS.has(name) && (name !== 'te' || value.toLowerCase() === 'trailers')),
  ];
  return joined([...(streamId === 1 ? encodeOpening() : []), ...fieldSection(streamId, fields, withoutTable)]);
}

/** Acknowledges the peer's settings. */
export function encodeHttp2SettingsAcknowledgement(): Uint8Array {
  return encodeHttp2Frame(HTTP2_FRAME.settings, ACK, 0, new Uint8Array(0));
}

/** Answers a ping with its own eight bytes. */
export function encodeHttp2PingAcknowledgement(opaque: Uint8Array): Uint8Array {
  return encodeHttp2Frame(HTTP2_FRAME.ping, ACK, 0, opaque);
}
