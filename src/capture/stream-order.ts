import type { PacketCursor } from '../wire/packet-cursor.ts';
import { tcpSyn } from '../wire/tcp.ts';

/** Some bytes of a stream, with the packet that brought them. One object serves all calls: nothing of it may be kept. */
export class StreamPiece {
  view: DataView = new DataView(new ArrayBuffer(0));
  offset = 0;
  length = 0;
  timeMs = 0.5;
  frame = 0;

  /** The piece without its first `bytes`. */
  after(bytes: number): StreamPiece {
    const rest = new StreamPiece();
    rest.view = this.view;
    rest.offset = this.offset + bytes;
    rest.length = this.length - bytes;
    rest.timeMs = this.timeMs;
    rest.frame = this.frame;
    return rest;
  }
}

/** Takes a direction's bytes in order, each once. `direction` is 0 from the client. */
export interface StreamConsumer {
  take(piece: StreamPiece, direction: number): void;
  /** `length` bytes were never captured; what follows comes behind them. */
  gap(length: number, direction: number): void;
}

/** A segment that came before what precedes it. */
interface WaitingSegment {
  sequence: number;
  bytes: DataView;
  /** As its header says; more than `bytes` when it was cut at capture. */
  length: number;
  timeMs: number;
  frame: number;
}

/** Limits of what waits in one direction; beyond them the hole is taken for a gap. */
const maxWaitingSegments = 256;
const maxWaitingBytes = 1_048_576;
/** A number this far from the expected one belongs to no stream that is followed. */
const maxDistance = 0x1000_0000;

/** Where one direction of a conversation stands. */
export class StreamSide {
  /** Number of the byte expected next. */
  next = 0;
  started = false;
  waiting: WaitingSegment[] | null = null;
  waitingBytes = 0;
  /** Bytes, from the one expected next on, that need not be handed on one by one. */
  opaque = 0;

  /** Number behind the last byte that was captured, whatever is missing before it. */
  get end(): number {
    const last = this.waiting?.at(-1);
    return last === undefined ? this.next : (last.sequence + last.length) | 0;
  }

  reset(): void {
    this.started = false;
    this.forgetWaiting();
  }

  forgetWaiting(): void {
    this.waiting = null;
    this.waitingBytes = 0;
  }
}

/** Puts the segments of one direction in order and hands them on. Memory per direction is bounded. */
export class StreamOrder {
  private readonly piece = new StreamPiece();

  /** Starts a direction at the number of its first byte. */
  start(side: StreamSide, sequence: number): void {
    side.next = sequence;
    side.started = true;
  }

  /** Takes the payload at the cursor. `acknowledged` is what the receiver acknowledged so far, null when not known. */
  segment(side: StreamSide, cursor: PacketCursor, direction: number, acknowledged: number | null, consumer: StreamConsumer): void {
    const length = cursor.payloadBytes;
    // Data in a SYN (RFC 7413) comes behind the number that the SYN itself takes.
    const sequence = cursor.tcpFlags & tcpSyn ? (cursor.sequence + 1) | 0 : cursor.sequence;
    if (!side.started) this.start(side, sequence);
    const captured = Math.max(0, Math.min(length, cursor.end - cursor.payloadOffset));
    const ahead = (sequence - side.next) | 0;
    if (ahead > maxDistance || ahead < -maxDistance) return;
    if (ahead > 0) {
      this.wait(side, cursor, captured, direction, consumer);
      if (acknowledged !== null) this.skipAcknowledged(side, acknowledged, direction, consumer);
      return;
    }
    // What was handed on before is not handed on again.
    const skip = -ahead;
    if (skip >= length) return;
    const piece = this.piece;
    piece.view = cursor.view;
    piece.offset = cursor.payloadOffset + skip;
    piece.length = captured - skip;
    piece.timeMs = cursor.timeMs;
    piece.frame = cursor.frame;
    this.deliver(side, length - skip, direction, consumer);
    if (side.waiting !== null) this.deliverWaiting(side, direction, consumer);
  }

  private deliver(side: StreamSide, length: number, direction: number, consumer: StreamConsumer): void {
    const captured = this.piece.length;
    side.next = (side.next + length) | 0;
    if (captured > 0) consumer.take(this.piece, direction);
    if (captured < length) consumer.gap(length - Math.max(0, captured), direction);
  }

  private wait(side: StreamSide, cursor: PacketCursor, captured: number, direction: number, consumer: StreamConsumer): void {
    side.waiting ??= [];
    const waiting = side.waiting;
    const copy = new Uint8Array(cursor.view.buffer, cursor.view.byteOffset + cursor.payloadOffset, captured).slice();
    const segment: WaitingSegment = {
      sequence: cursor.tcpFlags & tcpSyn ? (cursor.sequence + 1) | 0 : cursor.sequence,
      bytes: new DataView(copy.buffer),
      length: cursor.payloadBytes,
      timeMs: cursor.timeMs,
      frame: cursor.frame,
    };
    const at = waiting.findIndex((other) => ((other.sequence - segment.sequence) | 0) > 0);
    waiting.splice(at < 0 ? waiting.length : at, 0, segment);
    side.waitingBytes += captured;
    if (waiting.length > maxWaitingSegments || side.waitingBytes > maxWaitingBytes) this.skipHole(side, direction, consumer);
  }

  /** The receiver has what is missing here: the capture has lost it. */
  private skipAcknowledged(side: StreamSide, acknowledged: number, direction: number, consumer: StreamConsumer): void {
    const first = side.waiting?.[0];
    if (first !== undefined && ((acknowledged - first.sequence) | 0) >= 0) this.skipHole(side, direction, consumer);
  }

  private skipHole(side: StreamSide, direction: number, consumer: StreamConsumer): void {
    const first = side.waiting?.[0];
    if (first === undefined) return;
    const missing = (first.sequence - side.next) | 0;
    side.next = first.sequence;
    if (missing > 0) consumer.gap(missing, direction);
    this.deliverWaiting(side, direction, consumer);
  }

  private deliverWaiting(side: StreamSide, direction: number, consumer: StreamConsumer): void {
    const waiting = side.waiting;
    while (waiting !== null) {
      const first = waiting[0];
      if (first === undefined) break;
      const skip = (side.next - first.sequence) | 0;
      if (skip < 0) return;
      waiting.shift();
      side.waitingBytes -= first.bytes.byteLength;
      if (skip >= first.length) continue;
      const piece = this.piece;
      piece.view = first.bytes;
      piece.offset = Math.min(skip, first.bytes.byteLength);
      piece.length = first.bytes.byteLength - piece.offset;
      piece.timeMs = first.timeMs;
      piece.frame = first.frame;
      this.deliver(side, first.length - skip, direction, consumer);
    }
    side.waiting = null;
    side.waitingBytes = 0;
  }

  /** The conversation is over: holes are gaps now. */
  finish(side: StreamSide, direction: number, consumer: StreamConsumer): void {
    for (let i = 0; i <= maxWaitingSegments && side.waiting !== null; i++) this.skipHole(side, direction, consumer);
    side.waiting = null;
  }
}
