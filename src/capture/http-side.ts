import type { HttpExchange, HttpFraming } from './http-exchange.ts';
import { beginsLikeRequest, beginsLikeResponse } from './http-glance.ts';
import type { StreamPiece } from './stream-order.ts';

/** Where one direction of an HTTP connection stands. */
export const readingHead = 0;
export const readingBody = 1;
export const readingChunkSize = 2;
export const readingChunk = 3;
export const readingChunkEnd = 4;
export const readingTrailer = 5;
export const readingUntilClose = 6;
/** Nothing behind this belongs to HTTP/1, or can be told apart. */
export const readingNothing = 7;
/** Bytes are missing where the next message should begin: wait for something that looks like one. */
export const resynchronising = 8;
/** The empty line behind the last chunk was read. */
export const trailerComplete = 9;

const maxChunkLineBytes = 4096;
/** Digits of a chunk's size that are believed. */
const maxChunkDigits = 12;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** As many bytes as are passed over at a time. */
const endlessBytes = 0x3fff_ffff;

/** One direction: where it stands in its current message. */
export class HttpSide {
  state: number = readingHead;
  /** Bytes left of a body or chunk. */
  remaining = 0;
  /** Bytes of the header so far, and line ends in a row. */
  headBytes = 0;
  lineEnds = 0;
  lineBytes = 0;
  chunkDigits = 0;
  exchange: HttpExchange | null = null;
  framing: HttpFraming = 'none';

  /** Bytes still to come of the body or chunk in hand. */
  get opaqueBytes(): number {
    if (this.state === readingUntilClose) return endlessBytes;
    return this.state === readingBody || this.state === readingChunk ? Math.min(endlessBytes, this.remaining) : 0;
  }

  countBody(direction: number, bytes: number): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    if (direction === 0) exchange.requestBodyBytes += bytes;
    else exchange.bodyBytes += bytes;
  }

  noteBody(direction: number, timeMs: number, frame: number): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    if (direction === 0) {
      exchange.requestEndMs = timeMs;
      exchange.requestEndFrame = frame;
    } else {
      exchange.responseEndMs = timeMs;
      exchange.responseEndFrame = frame;
    }
  }

  /** A body begins: `length` bytes where that is known. */
  beginBody(framing: HttpFraming, length: number): void {
    this.framing = framing;
    this.remaining = length;
    this.lineBytes = 0;
    this.chunkDigits = 0;
    this.state = framing === 'chunked' ? readingChunkSize : framing === 'content-length' ? readingBody : readingUntilClose;
  }

  reset(state: number): void {
    this.state = state;
    this.remaining = 0;
    this.headBytes = 0;
    this.lineEnds = 0;
    this.exchange = null;
    this.framing = 'none';
  }
}

/** After a hole, a message can only begin at the start of a segment. Returns the bytes passed over; 0 where one begins. */
export function resynchronise(side: HttpSide, piece: StreamPiece, at: number, direction: number): number {
  const beginsRight = direction === 0 ? beginsLikeRequest : beginsLikeResponse;
  if (at > 0 || !beginsRight(piece.view, piece.offset, piece.length)) return piece.length - at;
  side.state = readingHead;
  return 0;
}

/** Chunk size in hexadecimal, extensions, line end (RFC 9112 section 7.1). Returns the bytes used; the state says what follows. */
export function takeChunkSize(side: HttpSide, piece: StreamPiece, from: number): number {
  const { view, offset, length } = piece;
  let at = from;
  while (at < length) {
    const byte = view.getUint8(offset + at++);
    if (byte === lineFeed) {
      side.state = side.chunkDigits === 0 ? readingNothing : side.remaining === 0 ? readingTrailer : readingChunk;
      side.lineBytes = 0;
      side.chunkDigits = 0;
      return at - from;
    }
    const digit = hexDigit(byte);
    if (side.lineBytes === side.chunkDigits && digit >= 0 && side.chunkDigits < maxChunkDigits) {
      side.remaining = side.remaining * 16 + digit;
      side.chunkDigits++;
    }
    if (++side.lineBytes > maxChunkLineBytes) {
      side.state = readingNothing;
      return length - from;
    }
  }
  return at - from;
}

/** The line end behind a chunk's data. */
export function takeChunkEnd(side: HttpSide, piece: StreamPiece, from: number): number {
  for (let at = from; at < piece.length; at++) {
    if (piece.view.getUint8(piece.offset + at) !== lineFeed) continue;
    side.state = readingChunkSize;
    side.remaining = 0;
    return at + 1 - from;
  }
  return piece.length - from;
}

/** Trailer fields up to an empty line, with which the state becomes {@link trailerComplete}. */
export function takeTrailer(side: HttpSide, piece: StreamPiece, from: number): number {
  const { view, offset, length } = piece;
  for (let at = from; at < length; at++) {
    const byte = view.getUint8(offset + at);
    if (byte === carriageReturn) continue;
    if (byte !== lineFeed) {
      side.lineBytes++;
    } else if (side.lineBytes > 0) {
      side.lineBytes = 0;
    } else {
      side.state = trailerComplete;
      return at + 1 - from;
    }
  }
  return length - from;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
