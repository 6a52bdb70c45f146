import { type ArenaChain, type ByteArena, emptyChain } from './byte-arena.ts';
import { giveBackExchange, type HttpExchange, takeExchange } from './http-exchange.ts';
import { beginsLikeRequest, beginsLikeResponse, glanceAtHead, HttpGlance } from './http-glance.ts';
import { HttpQueue } from './http-queue.ts';
import {
  HttpSide,
  readingBody,
  readingChunk,
  readingChunkEnd,
  readingChunkSize,
  readingHead,
  readingNothing,
  readingTrailer,
  readingUntilClose,
  resynchronise,
  resynchronising,
  takeChunkEnd,
  takeChunkSize,
  takeTrailer,
  trailerComplete,
} from './http-side.ts';
import { type HttpSuccessor, successorOf } from './http-successor.ts';
import type { StreamPiece } from './stream-order.ts';

/** Longest header that is followed; browsers stop here too. */
const maxHeadBytes = 65_536;
/** Bytes of a header that are kept for the full decoder. */
const keptHeadBytes = 16_384;
const maxInterim = 8;

const scratch: Uint8Array<ArrayBuffer> = new Uint8Array(maxHeadBytes);
const scratchView: DataView<ArrayBuffer> = new DataView(scratch.buffer);
const glance: HttpGlance = new HttpGlance();

/** What the follower tells. */
export interface HttpSink {
  /** The header of a request is complete: whom it is for is known. */
  requested(exchange: HttpExchange): void;
  /** The exchange is over; its chains go back to the arena afterwards. */
  exchange(exchange: HttpExchange): void;
  /** The connection speaks something else from here on, in both directions, that is not followed here. */
  switched(exchange: HttpExchange): void;
  /** It speaks this from here on, and is followed on. */
  upgraded(protocol: 'http2' | 'websocket'): void;
}

/**
 * Follows HTTP/1.x on one connection: finds headers, skips bodies, pairs responses with requests in order (RFC 9112 section 9.3). Headers are copied to
 * the arena; of bodies nothing is kept.
 */
export class HttpFollower {
  private readonly sides = [new HttpSide(), new HttpSide()] as const;
  private readonly arena: ByteArena;
  private readonly sink: HttpSink;
  private readonly queue: HttpQueue;
  /** Header being read in each direction, before it is known what it is. */
  private readonly heads: readonly [ArenaChain, ArenaChain] = [emptyChain(), emptyChain()];
  /** Where messages begin is a guess: bytes are missing, or responses were read without knowing whether they answer HEAD. */
  private isAstray = false;
  /** Takes what comes behind an upgrade. */
  private successor: HttpSuccessor | null = null;

  constructor(arena: ByteArena, sink: HttpSink) {
    this.arena = arena;
    this.sink = sink;
    this.queue = new HttpQueue((exchange) => this.tell(exchange));
  }

  /**
   * Starts to follow another connection. `midstream`: its beginning was not captured, so the first bytes of the server may be of any part of a
   * response.
   */
  begin(midstream: boolean): void {
    this.sides[0].reset(readingHead);
    this.sides[1].reset(midstream ? resynchronising : readingHead);
    this.queue.reset();
    this.isAstray = midstream;
    this.successor = null;
  }

  take(piece: StreamPiece, direction: number): void {
    const side = this.sides[direction]!;
    let at = 0;
    // Every turn either uses bytes or changes the state towards one that does.
    for (let turns = 0; at < piece.length && turns <= 4 * piece.length + 16; turns++) {
      if (side.state === readingNothing) break;
      at += this.step(side, piece, at, direction);
    }
    if (at < piece.length) this.successor?.take(at === 0 ? piece : piece.after(at), direction);
  }

  /** Bytes still to come of the body in hand, where only their number matters. */
  opaqueBytes(direction: number): number {
    const side = this.sides[direction]!;
    // The first bytes of a response are looked at.
    return direction === 1 && (side.exchange === null || side.exchange.bodyBytes === 0) ? 0 : side.opaqueBytes;
  }

  /** `bytes` of {@link opaqueBytes} came, not all of them, the last at `timeMs`. */
  pass(direction: number, bytes: number, timeMs: number, frame: number): void {
    const side = this.sides[direction]!;
    if (side.state !== readingUntilClose) side.remaining -= bytes;
    side.countBody(direction, bytes);
    side.noteBody(direction, timeMs, frame);
  }

  private step(side: HttpSide, piece: StreamPiece, at: number, direction: number): number {
    switch (side.state) {
      case readingHead:
        return this.takeHead(side, piece, at, direction);
      case readingBody:
      case readingChunk:
        return this.takeBody(side, piece, at, direction);
      case readingUntilClose:
        side.countBody(direction, piece.length - at);
        side.noteBody(direction, piece.timeMs, piece.frame);
        return piece.length - at;
      case readingChunkSize:
        return this.takeChunked(side, piece, at, direction, takeChunkSize);
      case readingChunkEnd:
        return this.takeChunked(side, piece, at, direction, takeChunkEnd);
      case readingTrailer:
        return this.takeChunked(side, piece, at, direction, takeTrailer);
      default:
        return resynchronise(side, piece, at, direction);
    }
  }

  private takeHead(side: HttpSide, piece: StreamPiece, from: number, direction: number): number {
    const { view, offset, length } = piece;
    const head = this.heads[direction]!;
    let at = from;
    if (side.headBytes === 0) {
      // Empty lines before a message are passed over (RFC 9112 section 2.2).
      while (at < length && (view.getUint8(offset + at) === 0x0d || view.getUint8(offset + at) === 0x0a)) at++;
      if (at === length) return at - from;
      if (!this.beginHead(side, piece, at, direction)) return length - from;
      side.lineEnds = 0;
      // Most headers come in one piece, and are read where they are.
      const end = glanceAtHead(view, offset + at, offset + length, glance);
      const bytes = end - offset - at;
      if (end >= 0 && bytes <= keptHeadBytes) {
        this.completeHead(side, piece, direction, view, offset + at, bytes);
        return at + bytes - from;
      }
    }
    const start = at;
    let lineEnds = side.lineEnds;
    while (at < length && lineEnds < 2) {
      const byte = view.getUint8(offset + at++);
      if (byte === 0x0a) lineEnds++;
      else if (byte !== 0x0d) lineEnds = 0;
    }
    side.lineEnds = lineEnds;
    side.headBytes += at - start;
    this.arena.append(head, view, offset + start, at - start, keptHeadBytes);
    if (lineEnds === 2) {
      const bytes = this.arena.copyTo(head, scratch);
      this.arena.release(head);
      glanceAtHead(scratchView, 0, bytes, glance);
      this.completeHead(side, piece, direction, scratchView, 0, bytes);
    } else if (side.headBytes > maxHeadBytes) this.giveUp(side, direction);
    return at - from;
  }

  /** False when what follows cannot be a message. */
  private beginHead(side: HttpSide, piece: StreamPiece, at: number, direction: number): boolean {
    const { view, offset, length } = piece;
    if (direction === 0) {
      if (!beginsLikeRequest(view, offset + at, length - at)) {
        this.giveUp(side, direction);
        return false;
      }
      const exchange = takeExchange();
      exchange.hasRequest = true;
      exchange.requestStartMs = piece.timeMs;
      exchange.requestStartFrame = piece.frame;
      side.exchange = exchange;
      return true;
    }
    const exchange = this.queue.first ?? this.responseOnly();
    side.exchange = exchange;
    if (Number.isNaN(exchange.responseStartMs)) {
      exchange.responseStartMs = piece.timeMs;
      exchange.responseStartFrame = piece.frame;
    }
    if (beginsLikeResponse(view, offset + at, length - at)) return true;
    if (this.isAstray) this.loseMessage(side, direction);
    else {
      exchange.breaks('status-line', view, offset + at, length - at);
      this.giveUp(side, direction);
    }
    return false;
  }

  /** A response whose request was not captured. */
  private responseOnly(): HttpExchange {
    if (this.queue.hasUnasked) this.isAstray = true;
    const exchange = takeExchange();
    this.queue.begin(exchange);
    return exchange;
  }

  private giveUp(side: HttpSide, direction: number): void {
    side.state = readingNothing;
    this.arena.release(this.heads[direction]!);
  }

  /** The header in hand is complete, and {@link glance} says what it is: `bytes` at `offset` of a view, those that are kept. */
  private completeHead(side: HttpSide, piece: StreamPiece, direction: number, view: DataView, offset: number, bytes: number): void {
    side.headBytes = 0;
    const exchange = side.exchange;
    if (exchange === null || glance.kind !== (direction === 0 ? 'request' : 'response')) {
      if (exchange !== null && direction === 1) exchange.breaks('status-line', view, offset, bytes);
      this.giveUp(side, direction);
      return;
    }
    if (direction === 0) {
      this.arena.release(exchange.requestHead);
      this.arena.append(exchange.requestHead, view, offset, bytes, keptHeadBytes);
      this.completeRequestHead(side, exchange, piece);
    } else if (glance.contradictory && !glance.chunked) {
      exchange.breaks('content-length', view, offset, bytes);
      this.giveUp(side, direction);
    } else if (glance.status < 200 && glance.status !== 101) {
      exchange.interim ??= [];
      if (exchange.interim.length < maxInterim) exchange.interim.push(glance.status);
      exchange.responseStartMs = Number.NaN;
    } else {
      this.arena.release(exchange.responseHead);
      this.arena.append(exchange.responseHead, view, offset, bytes, keptHeadBytes);
      this.completeResponseHead(side, exchange, piece);
    }
  }

  private completeRequestHead(side: HttpSide, exchange: HttpExchange, piece: StreamPiece): void {
    exchange.asks(glance, piece.timeMs, piece.frame);
    this.sink.requested(exchange);
    this.adopt(exchange);
    if (glance.chunked) side.beginBody('chunked', 0);
    else if (glance.contentLength > 0) side.beginBody('content-length', glance.contentLength);
    else side.exchange = null;
    // What follows CONNECT belongs to the tunnel, once the response has opened it.
    if (glance.isConnect) side.state = readingNothing;
  }

  /** Puts a request in the queue; a response that came before it (a hole, or an early answer) is already there. */
  private adopt(exchange: HttpExchange): void {
    // The client goes on after a hole in what the server sent: the answers it was waiting for were in the hole.
    if (this.sides[1].state === resynchronising) {
      this.queue.spoil();
      this.queue.closeAll();
    }
    this.queue.add(exchange);
    const answer = this.sides[1];
    if (!this.queue.claimEarly(exchange, answer)) return;
    if (exchange.isHeadMethod && exchange.responseState === 'body') this.completeResponse(answer, exchange);
    else if (exchange.responseState === 'complete') this.queue.close(exchange);
  }

  private completeResponseHead(side: HttpSide, exchange: HttpExchange, piece: StreamPiece): void {
    exchange.answers(glance, piece.timeMs, piece.frame);
    const switches = glance.status === 101 || (exchange.isConnect && glance.status >= 200 && glance.status < 300);
    if (switches) {
      exchange.responseState = 'complete';
      exchange.switched = true;
      this.sides[0].state = readingNothing;
      side.state = readingNothing;
      this.switch(exchange);
      return;
    }
    if (exchange.isHeadMethod || glance.status === 204 || glance.status === 304) this.completeResponse(side, exchange);
    else if (glance.chunked) side.beginBody('chunked', 0);
    else if (glance.contentLength > 0) side.beginBody('content-length', glance.contentLength);
    else if (glance.contentLength === 0) this.completeResponse(side, exchange);
    else side.beginBody('until-close', 0);
    if (exchange.responseState === 'body') exchange.framing = side.framing;
  }

  private switch(exchange: HttpExchange): void {
    this.successor = exchange.isConnect ? null : successorOf(exchange, this.arena, this.sink);
    if (this.successor === null) {
      this.queue.close(exchange);
      this.sink.switched(exchange);
      return;
    }
    // What HTTP/2 answers is its own to tell.
    if (exchange.switched) return;
    this.queue.remove(exchange);
    this.sides[1].exchange = null;
  }

  private takeBody(side: HttpSide, piece: StreamPiece, at: number, direction: number): number {
    const used = Math.min(side.remaining, piece.length - at);
    side.remaining -= used;
    if (direction === 1 && used >= 2 && side.exchange?.bodyBytes === 0) side.exchange.bodyStart = piece.view.getUint16(piece.offset + at);
    side.countBody(direction, used);
    side.noteBody(direction, piece.timeMs, piece.frame);
    if (side.remaining === 0) {
      if (side.state === readingChunk) side.state = readingChunkEnd;
      else this.completeBody(side, direction);
    }
    return used;
  }

  private takeChunked(side: HttpSide, piece: StreamPiece, at: number, direction: number, take: typeof takeChunkSize): number {
    const used = take(side, piece, at);
    side.noteBody(direction, piece.timeMs, piece.frame);
    if (side.state === trailerComplete) this.completeBody(side, direction);
    return used;
  }

  private completeBody(side: HttpSide, direction: number): void {
    const exchange = side.exchange;
    side.state = readingHead;
    if (direction === 0) side.exchange = null;
    else if (exchange !== null) this.completeResponse(side, exchange);
  }

  private completeResponse(side: HttpSide, exchange: HttpExchange): void {
    exchange.responseState = 'complete';
    side.exchange = null;
    side.state = readingHead;
    // The tunnel was refused: requests go on.
    if (exchange.isConnect) this.sides[0].state = readingHead;
    if (exchange.hasRequest || this.isAstray) this.queue.close(exchange);
    else this.queue.hold(exchange);
  }

  /** Bytes were never captured. Inside a body whose length is known that does no harm. */
  gap(length: number, direction: number): void {
    const side = this.sides[direction]!;
    if (side.exchange !== null) side.exchange.incomplete = true;
    if ((side.state === readingBody || side.state === readingChunk) && length < side.remaining) {
      side.remaining -= length;
      side.countBody(direction, length);
      return;
    }
    if (side.state === readingUntilClose) side.countBody(direction, length);
    if (side.state === readingNothing) this.successor?.gap(length, direction);
    if (side.state === readingUntilClose || side.state === readingNothing) return;
    if (side.state === readingBody && length === side.remaining) {
      side.countBody(direction, length);
      side.remaining = 0;
      this.completeBody(side, direction);
      return;
    }
    this.loseMessage(side, direction);
  }

  private loseMessage(side: HttpSide, direction: number): void {
    this.arena.release(this.heads[direction]!);
    side.headBytes = 0;
    side.state = resynchronising;
    const exchange = side.exchange;
    side.exchange = null;
    this.isAstray = true;
    if (direction === 0) return;
    // What answers the requests that wait may have been among it.
    this.queue.spoil();
    // The end of this response is lost: it can only be over.
    if (exchange !== null) this.queue.close(exchange);
  }

  /** A direction ended orderly: a body that lasts until then is complete. */
  end(direction: number): void {
    const side = this.sides[direction]!;
    if (side.state === readingUntilClose && side.exchange !== null && direction === 1) this.completeResponse(side, side.exchange);
  }

  /** Nothing more can be read: of what is open nothing is known. */
  abandon(): void {
    this.successor?.abandon();
    this.queue.spoil();
    for (const { exchange } of this.sides) if (exchange !== null) exchange.incomplete = true;
    this.finish();
  }

  /** The connection is over: what is open stays as it is. */
  finish(): void {
    this.successor?.finish();
    this.successor = null;
    const unsent = this.sides[0].exchange;
    if (unsent !== null) this.queue.add(unsent);
    this.queue.closeAll();
    this.arena.release(this.heads[0]);
    this.arena.release(this.heads[1]);
  }

  private tell(exchange: HttpExchange): void {
    const { sides } = this;
    this.sink.exchange(exchange);
    this.arena.release(exchange.requestHead);
    this.arena.release(exchange.responseHead);
    if (sides[0].exchange !== exchange && sides[1].exchange !== exchange) giveBackExchange(exchange);
  }
}
