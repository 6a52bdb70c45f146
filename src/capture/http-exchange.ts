import type { Http1RequestHead } from '../wire/http1-request.ts';
import type { Http1ResponseHead } from '../wire/http1-response.ts';
import { type ArenaChain, emptyChain } from './byte-arena.ts';
import type { HttpGlance } from './http-glance.ts';

const sampleBytes = 64;

/** How the message's body ends (RFC 9112 section 6.3); `stream`: as HTTP/2 says. */
export type HttpFraming = 'none' | 'content-length' | 'chunked' | 'until-close' | 'stream';

/** A header as an exchange knows it, of whichever version. */
export type SeenRequestHead = Omit<Http1RequestHead, 'version'> & { version: '1.0' | '1.1' | '2' };
export type SeenResponseHead = Omit<Http1ResponseHead, 'version'> & { version: '1.0' | '1.1' | '2' };

/** How the server ended a stream of HTTP/2, or the connection that carries it, in place of the rest of an answer (RFC 9113 sections 5.4 and 6.8). */
export interface StreamEnding {
  how: 'stream-reset' | 'goaway';
  errorCode: number;
  /** Additional debug data of GOAWAY. */
  debug: string;
  timeMs: number;
  frame: number;
}

/** A WebSocket that was opened in place of an answer (RFC 6455), as far as it was captured. */
export interface SeenSocket {
  /** Sec-WebSocket-Accept answers the client's key. */
  accepted: boolean;
  protocol: string | null;
  /** Frames of the client, and of the server. */
  sent: number;
  received: number;
  /** Whose close frame came first, `us` being the client; `broken` for what is no frame. */
  closedBy: 'us' | 'close-frame' | 'broken' | null;
  /** Of the server's close frame. */
  closeCode: number | null;
  closeReason: string;
  /** When it was over, or last heard of. */
  closedMs: number;
  closedFrame: number;
}

/**
 * One request and its response over a connection in clear, or one that was opened, as far as they were captured. Times are milliseconds since the reading's origin, NaN where
 * nothing was seen. Headers are kept as bytes, for the full decoder.
 */
export class HttpExchange {
  readonly requestHead: ArenaChain = emptyChain();
  readonly responseHead: ArenaChain = emptyChain();
  /** Headers that were decoded as they came, HTTP/2's; null where they are kept as bytes. */
  requestFields: SeenRequestHead | null = null;
  responseFields: SeenResponseHead | null = null;
  hasRequest = false;
  isHeadMethod = false;
  isConnect = false;
  /** Of the host that the request is for, as `hashHost` says; 0 when it does not say, or asks a proxy. */
  hostHash = 0;
  isProxied = false;
  /** First byte of the request, last byte of its header, last byte of its body. */
  requestStartMs: number = Number.NaN;
  requestHeadMs: number = Number.NaN;
  requestEndMs: number = Number.NaN;
  requestStartFrame = 0;
  requestHeadFrame = 0;
  requestEndFrame = 0;
  requestBodyBytes = 0;
  /** Statuses of interim responses, the first few; null when there were none. */
  interim: number[] | null = null;
  /** Status of the final response; 0 while there is none. */
  status = 0;
  responseStartMs: number = Number.NaN;
  responseHeadMs: number = Number.NaN;
  responseEndMs: number = Number.NaN;
  responseStartFrame = 0;
  responseHeadFrame = 0;
  responseEndFrame = 0;
  framing: HttpFraming = 'none';
  /** Content-Length of the response; -1 when not given. */
  expectedBytes = -1;
  /** Body bytes of the response, chunk framing removed; bytes that were not captured count where their number is known. */
  bodyBytes = 0;
  /** When the last complete response before it on this connection was; NaN when there was none. Known once the exchange is over. */
  previousEndMs: number = Number.NaN;
  /** `malformed`: the response broke the syntax where its header should be. */
  responseState: 'none' | 'header' | 'body' | 'complete' | 'malformed' = 'none';
  /** First bytes of what came instead of a response header. */
  malformedSample: Uint8Array | null = null;
  malformedRule: 'status-line' | 'content-length' = 'status-line';
  /** The content was to be gzip; its first two octets, -1 when they were not seen. */
  isGzip = false;
  bodyStart = -1;
  /** Bytes of this exchange are missing from the capture. */
  incomplete = false;
  /** Null unless the server ended the stream before its time. */
  ending: StreamEnding | null = null;
  /** The connection was handed to another protocol (CONNECT, 101). */
  switched = false;
  /** Null unless that is the WebSocket protocol. */
  socket: SeenSocket | null = null;

  /** What the header of a request says; it was complete at `timeMs`. */
  asks({ isHead, isConnect, isProxied, hostHash }: HttpGlance, timeMs: number, frame: number): void {
    this.requestHeadMs = timeMs;
    this.requestHeadFrame = frame;
    this.requestEndMs = timeMs;
    this.requestEndFrame = frame;
    this.isHeadMethod = isHead;
    this.isConnect = isConnect;
    this.isProxied = isProxied;
    this.hostHash = hostHash;
  }

  /** What the header of its response says; it was complete at `timeMs`. */
  answers({ status, contentLength, gzip }: HttpGlance, timeMs: number, frame: number): void {
    this.status = status;
    this.responseState = 'body';
    this.responseHeadMs = timeMs;
    this.responseHeadFrame = frame;
    this.responseEndMs = timeMs;
    this.responseEndFrame = frame;
    this.expectedBytes = Math.max(-1, contentLength);
    this.isGzip = gzip;
  }

  /** `length` bytes of a view came where a response header was due, and break its syntax: what follows is nobody's to interpret. */
  breaks(rule: HttpExchange['malformedRule'], view: DataView, offset: number, length: number): void {
    this.responseState = 'malformed';
    this.malformedRule = rule;
    this.malformedSample = new Uint8Array(view.buffer, view.byteOffset + offset, Math.min(sampleBytes, length)).slice();
  }

  /** Makes the response of another exchange, one without a request, its own. */
  takeResponse(from: HttpExchange): void {
    Object.assign(this.responseHead, from.responseHead);
    Object.assign(from.responseHead, emptyChain());
    this.responseFields = from.responseFields;
    this.interim = from.interim;
    this.status = from.status;
    this.responseStartMs = from.responseStartMs;
    this.responseHeadMs = from.responseHeadMs;
    this.responseEndMs = from.responseEndMs;
    this.responseStartFrame = from.responseStartFrame;
    this.responseHeadFrame = from.responseHeadFrame;
    this.responseEndFrame = from.responseEndFrame;
    this.framing = from.framing;
    this.expectedBytes = from.expectedBytes;
    this.bodyBytes = from.bodyBytes;
    this.responseState = from.responseState;
    this.malformedSample = from.malformedSample;
    this.malformedRule = from.malformedRule;
    this.isGzip = from.isGzip;
    this.bodyStart = from.bodyStart;
    this.incomplete ||= from.incomplete;
  }

  /** Forgets everything, to be used for another exchange; the chains have been released. */
  reset(): void {
    this.requestFields = null;
    this.responseFields = null;
    this.hasRequest = false;
    this.isHeadMethod = false;
    this.isConnect = false;
    this.hostHash = 0;
    this.isProxied = false;
    this.requestStartMs = Number.NaN;
    this.requestHeadMs = Number.NaN;
    this.requestEndMs = Number.NaN;
    this.requestStartFrame = 0;
    this.requestHeadFrame = 0;
    this.requestEndFrame = 0;
    this.requestBodyBytes = 0;
    this.interim = null;
    this.status = 0;
    this.responseStartMs = Number.NaN;
    this.responseHeadMs = Number.NaN;
    this.responseEndMs = Number.NaN;
    this.responseStartFrame = 0;
    this.responseHeadFrame = 0;
    this.responseEndFrame = 0;
    this.framing = 'none';
    this.expectedBytes = -1;
    this.bodyBytes = 0;
    this.previousEndMs = Number.NaN;
    this.responseState = 'none';
    this.malformedSample = null;
    this.malformedRule = 'status-line';
    this.isGzip = false;
    this.bodyStart = -1;
    this.incomplete = false;
    this.ending = null;
    this.switched = false;
    this.socket = null;
  }
}

/** Exchanges that are over, to be used again: what is told of them is told before. */
const idle: HttpExchange[] = [];
const mostIdle = 256;

export function takeExchange(): HttpExchange {
  const exchange = idle.pop() ?? new HttpExchange();
  exchange.reset();
  return exchange;
}

/** The exchange is over, and nobody holds it any more. */
export function giveBackExchange(exchange: HttpExchange): void {
  exchange.requestFields = null;
  exchange.responseFields = null;
  exchange.socket = null;
  if (idle.length < mostIdle) idle.push(exchange);
}
