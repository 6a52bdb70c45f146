import type { HpackField } from '../wire/hpack-static-table.ts';
import type { Http1Field } from '../wire/http1-syntax.ts';
import { createHttp2Reader, type Http2Event, type Http2Reader } from '../wire/http2-stream.ts';
import { hashHostText } from './host-hash.ts';
import { giveBackExchange, type HttpExchange, type StreamEnding, takeExchange } from './http-exchange.ts';
import type { HttpSink } from './http-follower.ts';
import { StreamPiece } from './stream-order.ts';

/** Streams without an end at a time; clients are usually allowed 100 (RFC 9113 section 6.5.2). Beyond that the oldest is given up. */
const mostStreams = 128;
const maxInterim = 8;
/** Of a header as much is kept as of one of HTTP/1; one octet on the wire can stand for a whole field. */
const mostFields = 96;
const keptFieldBytes = 16_384;
/** Connections followed at a time, each with two tables of fields; beyond that the oldest is given up. */
const mostFollowed = 512;
const followed = new Set<Http2Follower>();

const mostPrefaceBytes = 4096;
const settingsFrame = 4;
/** REFUSED_STREAM (RFC 9113 section 7). */
const refusedStream = 7;

/** Characters of a GOAWAY's text for people. */
const keptDebug = 512;

type Http2Goaway = Extract<Http2Event, { kind: 'goaway' }>;

/** Whether bytes begin like a server's preface: a frame of settings on stream 0, with whatever comes behind it at once (RFC 9113 section 3.4). */
export function beginsLikeServerPreface({ view, offset, length }: StreamPiece): boolean {
  if (length < 9 || length > mostPrefaceBytes || view.getUint16(offset) !== 0) return false;
  return view.getUint8(offset + 2) % 6 === 0 && view.getUint8(offset + 3) === settingsFrame && view.getUint32(offset + 5) === 0;
}

/** A piece without bytes, of the packet that brought another. */
export function emptyPiece({ timeMs, frame }: StreamPiece): StreamPiece {
  const piece = new StreamPiece();
  piece.timeMs = timeMs;
  piece.frame = frame;
  return piece;
}

/** Follows HTTP/2 on one connection from its preface: one exchange for each stream. Of content nothing is kept. */
export class Http2Follower {
  private readonly readers: readonly [Http2Reader, Http2Reader] = [
    createHttp2Reader({ side: 'client' }),
    createHttp2Reader({ side: 'server' }),
  ];
  private readonly streams = new Map<number, HttpExchange>();
  private isOver = false;
  private readonly sink: Pick<HttpSink, 'exchange' | 'requested'>;

  constructor(sink: Pick<HttpSink, 'exchange' | 'requested'>) {
    this.sink = sink;
    followed.add(this);
    if (followed.size > mostFollowed) followed.values().next().value!.abandon();
  }

  /** A request that was made in HTTP/1.1 is answered on stream 1 (RFC 7540 section 3.2). It is this follower's from here on. */
  adopt(exchange: HttpExchange): void {
    this.streams.set(1, exchange);
  }

  take(piece: StreamPiece, direction: number): void {
    if (this.isOver) return;
    const bytes = new Uint8Array(piece.view.buffer, piece.view.byteOffset + piece.offset, piece.length);
    for (const event of this.readers[direction]!.push(bytes)) this.note(event, direction, piece.timeMs, piece.frame);
  }

  /** Bytes were never captured. Compressed fields depend on all that came before, so that only content may be missing. */
  gap(length: number, direction: number): void {
    if (this.isOver) return;
    for (const exchange of this.streams.values()) exchange.incomplete = true;
    const events = this.readers[direction]!.skip(Math.max(1, length));
    if (events.some((event) => event.kind === 'malformed')) this.abandon();
  }

  private note(event: Http2Event, direction: number, timeMs: number, frame: number): void {
    if (this.isOver) return;
    if (event.kind === 'headers') this.noteFields(event.streamId, event.fields, direction, timeMs, frame);
    else if (event.kind === 'data') this.noteData(event.streamId, event.bytes, direction, timeMs, frame);
    else if (event.kind === 'reset') this.noteReset(event.streamId, event.errorCode, direction, timeMs, frame);
    else if (event.kind === 'goaway') {
      if (direction === 1) this.noteGoaway(event, timeMs, frame);
    } else if (event.kind === 'malformed') this.abandon();
    // Without its fields a section says nothing, and those behind it are unreadable.
    if (event.kind === 'headers' && event.fieldsError !== null) this.abandon();
    if ((event.kind === 'headers' || event.kind === 'data') && event.endStream) this.endStream(event.streamId, direction);
  }

  private noteFields(id: number, fields: readonly HpackField[], direction: number, timeMs: number, frame: number): void {
    const known = this.streams.get(id);
    if (direction === 0) {
      if (known === undefined) this.begin(id, fields, timeMs, frame);
      else this.noteRequestEnd(known, timeMs, frame);
      return;
    }
    // A response without a request is one that the server pushed.
    if (known === undefined) return;
    if (known.status > 0) {
      known.responseEndMs = timeMs;
      known.responseEndFrame = frame;
      return;
    }
    const status = Number(pseudo(fields, ':status'));
    if (!Number.isInteger(status) || status < 100 || status > 999) this.giveUp(id);
    else if (status < 200) {
      known.interim ??= [];
      if (known.interim.length < maxInterim) known.interim.push(status);
    } else this.beginResponse(known, status, fields, timeMs, frame);
  }

  private begin(id: number, fields: readonly HpackField[], timeMs: number, frame: number): void {
    if (this.streams.size >= mostStreams) this.giveUp(this.streams.keys().next().value!);
    const exchange = takeExchange();
    const method = pseudo(fields, ':method');
    const authority = pseudo(fields, ':authority');
    exchange.hasRequest = true;
    exchange.isHeadMethod = method === 'HEAD';
    exchange.requestStartMs = timeMs;
    exchange.requestStartFrame = frame;
    exchange.requestHeadMs = timeMs;
    exchange.requestHeadFrame = frame;
    this.noteRequestEnd(exchange, timeMs, frame);
    exchange.requestFields = {
      method,
      target: pseudo(fields, ':path'),
      version: '2',
      fields: [...(authority === '' ? [] : [{ name: 'host', value: authority }]), ...plain(fields)],
      ignoredLines: 0,
      headerBytes: bytesOf(fields),
    };
    exchange.isProxied = method === 'CONNECT';
    exchange.hostHash = exchange.isProxied ? 0 : hashHostText(authority);
    this.sink.requested(exchange);
    this.streams.set(id, exchange);
  }

  private noteRequestEnd(exchange: HttpExchange, timeMs: number, frame: number): void {
    exchange.requestEndMs = timeMs;
    exchange.requestEndFrame = frame;
  }

  private beginResponse(exchange: HttpExchange, status: number, fields: readonly HpackField[], timeMs: number, frame: number): void {
    const named = plain(fields);
    const length = named.find(({ name }) => name === 'content-length')?.value ?? '';
    exchange.status = status;
    exchange.responseState = 'body';
    exchange.responseStartMs = timeMs;
    exchange.responseStartFrame = frame;
    exchange.responseHeadMs = timeMs;
    exchange.responseHeadFrame = frame;
    exchange.responseEndMs = timeMs;
    exchange.responseEndFrame = frame;
    exchange.expectedBytes = /^\d{1,15}$/.test(length) ? Number(length) : -1;
    exchange.framing = 'stream';
    exchange.responseFields = { status, reason: '', version: '2', fields: named, ignoredLines: 0, headerBytes: bytesOf(fields) };
  }

  private noteData(id: number, bytes: number, direction: number, timeMs: number, frame: number): void {
    const exchange = this.streams.get(id);
    if (exchange === undefined) return;
    if (direction === 0) {
      exchange.requestBodyBytes += bytes;
      this.noteRequestEnd(exchange, timeMs, frame);
    } else {
      exchange.bodyBytes += bytes;
      exchange.responseEndMs = timeMs;
      exchange.responseEndFrame = frame;
    }
  }

  private endStream(id: number, direction: number): void {
    const exchange = this.streams.get(id);
    if (exchange === undefined || direction === 0 || exchange.status === 0) return;
    exchange.responseState = 'complete';
    this.tell(id, exchange);
  }

  /** A client that no longer wants an answer may get it all the same: it was on its way. What a server refuses it has not looked at: it is asked for again. */
  private noteReset(id: number, errorCode: number, direction: number, timeMs: number, frame: number): void {
    const exchange = this.streams.get(id);
    if (exchange === undefined) return;
    if (direction === 0) exchange.incomplete = true;
    else if (errorCode === refusedStream) this.giveUp(id);
    else this.endEarly(id, exchange, { how: 'stream-reset', errorCode, debug: '', timeMs, frame });
  }

  /** Streams beyond the last were not looked at, and are asked for again (RFC 9113 section 6.8); behind an error the others get no answer any more. */
  private noteGoaway({ lastStreamId, errorCode, debug }: Http2Goaway, timeMs: number, frame: number): void {
    for (const [id, exchange] of [...this.streams]) {
      if (errorCode !== 0) this.endEarly(id, exchange, { how: 'goaway', errorCode, debug: debug.slice(0, keptDebug), timeMs, frame });
      else if (id > lastStreamId) this.giveUp(id);
    }
  }

  private endEarly(id: number, exchange: HttpExchange, ending: StreamEnding): void {
    exchange.ending = ending;
    this.tell(id, exchange);
  }

  /** The stream was ended before its time. */
  private giveUp(id: number): void {
    const exchange = this.streams.get(id);
    if (exchange === undefined) return;
    exchange.incomplete = true;
    this.tell(id, exchange);
  }

  private tell(id: number, exchange: HttpExchange): void {
    this.streams.delete(id);
    this.sink.exchange(exchange);
    giveBackExchange(exchange);
  }

  /** Nothing more can be read. */
  abandon(): void {
    for (const id of [...this.streams.keys()]) this.giveUp(id);
    this.isOver = true;
    followed.delete(this);
  }

  /** The end of a direction ends no stream in order (RFC 9113 section 5.1). */
  end(_direction: number): void {}

  /** The connection is over: what is open stays as it is. */
  finish(): void {
    for (const [id, exchange] of [...this.streams]) this.tell(id, exchange);
    this.isOver = true;
    followed.delete(this);
  }
}

function pseudo(fields: readonly HpackField[], name: string): string {
  return (fields.find((field) => field.name === name)?.value ?? '').slice(0, keptFieldBytes);
}

function plain(fields: readonly HpackField[]): Http1Field[] {
  const kept: Http1Field[] = [];
  let bytes = 0;
  for (const { name, value } of fields) {
    if (name.startsWith(':')) continue;
    bytes += name.length + value.length;
    if (kept.length === mostFields || bytes > keptFieldBytes) break;
    kept.push({ name, value });
  }
  return kept;
}

/** Octets of names and values, before compression. */
function bytesOf(fields: readonly HpackField[]): number {
  return fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
}
