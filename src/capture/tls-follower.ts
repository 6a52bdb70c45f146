import type { ByteArena } from './byte-arena.ts';
import { StreamPiece } from './stream-order.ts';
import { joinFlights, TlsGlance } from './tls-glance.ts';
import { TlsSide } from './tls-side.ts';

/** Bytes of handshake, alert and change-cipher-spec records that are kept of each direction: certificate chains are the longest of them. */
const keptBytes = 65_536;
const headerBytes = 5;
/** RFC 5246 section 6.2.3: a fragment must not exceed 2^14 + 2048. */
const maxFragmentBytes = 18_432;
const maxAlerts = 16;
const sampleBytes = 64;

export const recordChangeCipherSpec = 20;
export const recordAlert = 21;
export const recordHandshake = 22;
export const recordApplicationData = 23;

/**
 * An encrypted record of TLS 1.3 this long or shorter holds an alert: two octets, content type and tag make 19, and no handshake message the client may
 * send (Finished: 53 at least) is as short (RFC 8446 sections 5.2, 4.4.4 and 6).
 */
const longestAlertRecordBytes = 24;

/** An alert record; level and description are -1 when encrypted. */
export interface SeenTlsAlert {
  direction: number;
  level: number;
  description: number;
  timeMs: number;
  frame: number;
  /** It was encrypted, and opened with the connection's secrets. */
  opened: boolean;
}

/**
 * Follows the records of both directions of a TLS connection without keys: finds record boundaries, notes when what kind of record came, and keeps the
 * records in clear for the full decoder. Application data is only counted.
 */
export class TlsFollower {
  readonly sides: readonly [TlsSide, TlsSide] = [new TlsSide(), new TlsSide()];
  readonly alerts: SeenTlsAlert[] = [];
  /** First bytes of the server when they are no TLS record; null otherwise. */
  foreignSample: Uint8Array | null = null;
  foreignMs: number = Number.NaN;
  foreignFrame = 0;
  private readonly arena: ByteArena;
  private readonly seen = new TlsGlance();
  /** Bytes kept of each direction when {@link glance} looked last; -1 before it did. */
  private seenClientBytes = -1;
  private seenServerBytes = -1;
  /** Bytes kept of the client when its server name was sought last. */
  private namedClientBytes = -1;
  /** Bytes of the piece in hand that are to be kept and follow each other: from its offset on. */
  private keepFrom = 0;
  private keepTo = 0;

  constructor(arena: ByteArena) {
    this.arena = arena;
  }

  /** The server spoke before the ClientHello, and what follows of it is no TLS either. */
  greeted(greeting: { bytes: Uint8Array; timeMs: number; frame: number }): void {
    this.foreignSample = greeting.bytes;
    this.foreignMs = greeting.timeMs;
    this.foreignFrame = greeting.frame;
    this.sides[1].lost = true;
  }

  take(piece: StreamPiece, direction: number): void {
    const side = this.sides[direction]!;
    if (Number.isNaN(side.firstMs)) {
      side.firstMs = piece.timeMs;
      side.firstFrame = piece.frame;
    }
    let at = 0;
    if (side.lost && side.begun) this.resume(side, piece);
    while (at < piece.length && !side.lost) {
      at += side.headerLength < headerBytes ? this.takeHeader(side, piece, at, direction) : this.takeFragment(side, piece, at, direction);
    }
    if (this.keepTo > 0) this.keep(side, piece);
  }

  /** Records in clear that follow each other are kept with one copy. */
  private keep(side: TlsSide, piece: StreamPiece): void {
    this.arena.append(side.kept, piece.view, piece.offset + this.keepFrom, this.keepTo - this.keepFrom, keptBytes);
    this.keepFrom = 0;
    this.keepTo = 0;
  }

  /** Bytes still to come of the record in hand, where only their number matters. */
  opaqueBytes(direction: number): number {
    const side = this.sides[direction]!;
    return side.lost || side.headerLength < headerBytes || side.recordType !== recordApplicationData ? 0 : side.remaining;
  }

  /** `bytes` of {@link opaqueBytes} came, not all of them. */
  pass(direction: number, bytes: number): void {
    this.sides[direction]!.remaining -= bytes;
  }

  /** Behind a hole, a record can only be found at the start of a segment. */
  private resume(side: TlsSide, piece: StreamPiece): void {
    const { view, offset, length } = piece;
    if (length < headerBytes) return;
    const type = view.getUint8(offset);
    const version = view.getUint16(offset + 1);
    if (type < 20 || type > 23 || version < 0x0300 || version > 0x0303 || view.getUint16(offset + 3) > maxFragmentBytes) return;
    side.lost = false;
    side.resumed = true;
    side.headerLength = 0;
  }

  private takeHeader(side: TlsSide, piece: StreamPiece, from: number, direction: number): number {
    const { view, offset, length } = piece;
    let at = from;
    if (side.headerLength === 0 && length - at >= headerBytes) {
      side.typeAndVersion = (view.getUint8(offset + at) << 16) | view.getUint16(offset + at + 1);
      side.recordLength = view.getUint16(offset + at + 3);
      side.headerLength = headerBytes;
      at += headerBytes;
    } else {
      if (side.headerLength === 0) {
        side.typeAndVersion = 0;
        side.recordLength = 0;
      }
      for (; side.headerLength < headerBytes && at < length; at++, side.headerLength++) {
        const octet = view.getUint8(offset + at);
        if (side.headerLength < 3) side.typeAndVersion = (side.typeAndVersion << 8) | octet;
        else side.recordLength = (side.recordLength << 8) | octet;
      }
      if (side.headerLength < headerBytes) return at - from;
    }
    const type = side.typeAndVersion >> 16;
    const version = side.typeAndVersion & 0xffff;
    if (type < 20 || type > 24 || version < 0x0300 || version > 0x0304 || side.recordLength > maxFragmentBytes) {
      this.lose(side, piece, from, direction);
      return length - from;
    }
    side.begun = true;
    side.recordType = type;
    side.remaining = side.recordLength;
    side.recordMs = piece.timeMs;
    side.recordFrame = piece.frame;
    // What is behind a hole does not continue what was kept before it.
    const wouldKeep = side.kept.length + (this.keepTo - this.keepFrom) + headerBytes + side.recordLength;
    side.keepsRecord = type !== recordApplicationData && !side.resumed && wouldKeep <= keptBytes;
    if (side.keepsRecord) {
      if (type === recordChangeCipherSpec) side.isFlightOver = true;
      if (at - from < headerBytes) this.keepHeader(side);
      else if (this.keepTo === 0) this.keepFrom = from;
      if (at - from === headerBytes) this.keepTo = at;
    } else if (this.keepTo > 0) {
      this.keep(side, piece);
    }
    if (side.recordLength === 0) this.completeRecord(side, piece, direction);
    return at - from;
  }

  /** A header that came in two pieces. */
  private keepHeader(side: TlsSide): void {
    headerView.setUint8(0, side.typeAndVersion >> 16);
    headerView.setUint16(1, side.typeAndVersion & 0xffff);
    headerView.setUint16(3, side.recordLength);
    this.arena.append(side.kept, headerView, 0, headerBytes, keptBytes);
  }

  private takeFragment(side: TlsSide, piece: StreamPiece, at: number, direction: number): number {
    const used = Math.min(side.remaining, piece.length - at);
    if (side.keepsRecord) {
      if (this.keepTo === 0) this.keepFrom = at;
      this.keepTo = at + used;
      if (side.recordType === recordHandshake && !side.isFlightOver)
        side.flight.take(piece.view, piece.offset + at, piece.offset + at + used);
    }
    if (side.recordType === recordAlert && side.recordLength === 2) {
      for (let i = 0; i < used; i++) side.alertOctets = ((side.alertOctets << 8) | piece.view.getUint8(piece.offset + at + i)) & 0xffff;
    }
    side.remaining -= used;
    if (side.remaining === 0) this.completeRecord(side, piece, direction);
    return used;
  }

  private completeRecord(side: TlsSide, piece: StreamPiece, direction: number): void {
    side.headerLength = 0;
    side.records++;
    if (side.recordType === recordApplicationData) this.noteApplicationData(side, piece);
    else if (side.recordType === recordHandshake) this.noteHandshake(side, piece);
    else if (side.recordType === recordAlert) this.noteAlert(side, piece, direction);
    else if (side.recordType === recordChangeCipherSpec && Number.isNaN(side.changeCipherSpecMs)) {
      side.changeCipherSpecMs = piece.timeMs;
      side.changeCipherSpecFrame = piece.frame;
    }
  }

  private noteHandshake(side: TlsSide, piece: StreamPiece): void {
    if (Number.isNaN(side.helloMs)) {
      side.helloMs = piece.timeMs;
      side.helloFrame = piece.frame;
    }
    if (!Number.isNaN(side.changeCipherSpecMs) && Number.isNaN(side.encryptedHandshakeMs)) {
      side.encryptedHandshakeMs = piece.timeMs;
      side.encryptedHandshakeFrame = piece.frame;
    }
  }

  private noteApplicationData(side: TlsSide, piece: StreamPiece): void {
    side.applicationRecords++;
    side.applicationBytes += side.recordLength;
    side.lastApplicationLength = side.recordLength;
    side.lastApplicationMs = piece.timeMs;
    side.lastApplicationFrame = piece.frame;
    if (side === this.sides[1] && this.sides[0].firstApplicationLength > 0) side.lateRecords++;
    // Early data comes before the server has spoken and says nothing about the handshake.
    if (Number.isNaN(this.sides[1].helloMs)) return;
    if (Number.isNaN(side.firstApplicationMs)) {
      side.firstApplicationMs = piece.timeMs;
      side.firstApplicationFrame = piece.frame;
      side.firstApplicationLength = side.recordLength;
      if (side === this.sides[0]) side.heardMs = this.sides[1].lastApplicationMs;
    } else if (Number.isNaN(side.secondApplicationMs)) {
      side.secondApplicationMs = piece.timeMs;
      side.secondApplicationFrame = piece.frame;
    }
  }

  private noteAlert(side: TlsSide, piece: StreamPiece, direction: number): void {
    if (this.alerts.length >= maxAlerts) return;
    const inClear = side.recordLength === 2 && Number.isNaN(side.changeCipherSpecMs);
    this.alerts.push({
      direction,
      level: inClear ? side.alertOctets >> 8 : -1,
      description: inClear ? side.alertOctets & 0xff : -1,
      timeMs: piece.timeMs,
      frame: piece.frame,
      opened: false,
    });
  }

  /** An alert was opened: up to TLS 1.2 it was noted as an encrypted one before. */
  noteOpenedAlert(alert: SeenTlsAlert): void {
    const closed = this.alerts.findIndex((one) => one.level < 0 && one.frame === alert.frame && one.direction === alert.direction);
    if (closed >= 0) this.alerts[closed] = alert;
    else if (this.alerts.length < maxAlerts) this.alerts.push(alert);
  }

  private lose(side: TlsSide, piece: StreamPiece, at: number, direction: number): void {
    side.lost = true;
    if (side.records > 0 || direction === 0 || this.foreignSample !== null) return;
    // The header's octets may have come in an earlier piece; they are in the words of the side.
    const known = Math.min(side.headerLength, headerBytes);
    const before = Math.max(0, known - (piece.length - at));
    const header = [
      side.typeAndVersion >> 16,
      (side.typeAndVersion >> 8) & 0xff,
      side.typeAndVersion & 0xff,
      side.recordLength >> 8,
      side.recordLength & 0xff,
    ];
    const rest = new Uint8Array(piece.view.buffer, piece.view.byteOffset + piece.offset + at, Math.min(sampleBytes, piece.length - at));
    this.foreignSample = Uint8Array.from([...header.slice(0, before), ...rest]);
    this.foreignMs = piece.timeMs;
    this.foreignFrame = piece.frame;
  }

  /** Bytes were never captured. Inside a record of which nothing but its kind matters that does no harm. */
  gap(length: number, direction: number): void {
    const side = this.sides[direction]!;
    const isOpaque = side.recordType === recordApplicationData || (side.recordType === recordAlert && side.recordLength > 2);
    if (side.headerLength < headerBytes || length > side.remaining || !isOpaque) {
      side.lost = true;
      return;
    }
    side.remaining -= length;
    // Keeping its header without its content would misplace what follows.
    if (side.keepsRecord) side.resumed = true;
    if (side.remaining > 0) return;
    const piece = new StreamPiece();
    piece.timeMs = side.recordMs;
    piece.frame = side.recordFrame;
    this.completeRecord(side, piece, direction);
  }

  /** Of the server name that the client gave, as {@link FlightGlance.nameHash} says: 0 as long as it is not known. */
  get serverNameHash(): number {
    const [client] = this.sides;
    const { flight, kept } = client;
    // A hello in several pieces is whole in what was kept of it.
    if (flight.nameHash === 0 && flight.isSplit && kept.length !== this.namedClientBytes && !Number.isNaN(client.helloMs)) {
      this.namedClientBytes = kept.length;
      flight.takeRecords(scratch, this.arena.copyTo(kept, scratch));
    }
    return flight.nameHash;
  }

  /** What the records in clear say. Worth asking for while the records are in the processor's cache: it is worked out once, unless more of them come. */
  glance(): TlsGlance {
    const [client, server] = this.sides;
    if (client.kept.length === this.seenClientBytes && server.kept.length === this.seenServerBytes) return this.seen;
    this.seenClientBytes = client.kept.length;
    this.seenServerBytes = server.kept.length;
    if (client.flight.isSplit) client.flight.takeRecords(scratch, this.arena.copyTo(client.kept, scratch));
    if (server.flight.isSplit) server.flight.takeRecords(scratch, this.arena.copyTo(server.kept, scratch));
    joinFlights(client.flight, server.flight, this.seen);
    return this.seen;
  }

  /** Whether a record of the client looks like an encrypted alert of TLS 1.3. */
  get clientEndedWithAlert(): boolean {
    const client = this.sides[0];
    return client.applicationRecords > 0 && client.lastApplicationLength <= longestAlertRecordBytes;
  }

  /** Gives memory back and forgets everything, to follow another connection. */
  reset(): void {
    for (const side of this.sides) {
      this.arena.release(side.kept);
      side.reset();
    }
    if (this.alerts.length > 0) this.alerts.length = 0;
    this.foreignSample = null;
    this.foreignMs = Number.NaN;
    this.foreignFrame = 0;
    this.seenClientBytes = -1;
    this.seenServerBytes = -1;
    this.namedClientBytes = -1;
  }
}

const scratch: Uint8Array<ArrayBuffer> = new Uint8Array(keptBytes);

const headerView: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(headerBytes));

/** Whether bytes begin like a ClientHello: a handshake record of any TLS version, and in it message type 1. */
export function beginsLikeClientHello(view: DataView, offset: number, length: number): boolean {
  if (length < 6) return false;
  return view.getUint16(offset) === 0x1603 && view.getUint8(offset + 2) <= 4 && view.getUint8(offset + 5) === 1;
}

/** Whether bytes begin like a ServerHello record. */
export function beginsLikeServerHello(view: DataView, offset: number, length: number): boolean {
  if (length < 6) return false;
  return view.getUint16(offset) === 0x1603 && view.getUint8(offset + 2) <= 4 && view.getUint8(offset + 5) === 2;
}
