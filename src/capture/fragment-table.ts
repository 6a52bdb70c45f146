import type { PacketCursor } from '../wire/packet-cursor.ts';

/** Datagrams in pieces that are held at the same time, and their bytes together; beyond that the oldest is given up. */
const maxDatagrams = 256;
const maxHeldBytes = 4_194_304;
const maxDatagramBytes = 65_535;
/** RFC 8200 section 4.5: 60 seconds; what is older cannot be completed. */
const maxAgeMs = 60_000;

interface Piece {
  start: number;
  bytes: Uint8Array;
}

interface Datagram {
  key: string;
  startedMs: number;
  pieces: Piece[];
  heldBytes: number;
  /** Known once the last piece came; -1 before. */
  totalBytes: number;
  /** Pieces contradict each other: never completed (RFC 5722 for IPv6; for IPv4 as well, because nobody knows which one the host took). */
  spoilt: boolean;
}

/** Puts IP datagrams together from their fragments, in bounded memory. */
export class FragmentTable {
  private readonly datagrams = new Map<string, Datagram>();
  private heldBytes = 0;
  fragments = 0;
  completed = 0;
  /** Datagrams that were given up: too many, too old, contradictory or cut at capture. */
  abandoned = 0;

  /**
   * Takes the fragment at the cursor. When it completes its datagram, the cursor is moved to the datagram's payload in memory that stays valid
   * until the next packet, and true is returned.
   */
  add(cursor: PacketCursor): boolean {
    this.fragments++;
    const key = `${cursor.ipVersion} ${cursor.source0} ${cursor.source3} ${cursor.destination0} ${cursor.destination3} ${cursor.identification} ${cursor.protocol}`;
    const length = cursor.wireEnd - cursor.offset;
    let datagram = this.datagrams.get(key);
    if (datagram !== undefined && cursor.timeMs - datagram.startedMs > maxAgeMs) {
      this.drop(datagram);
      datagram = undefined;
    }
    if (datagram === undefined) {
      datagram = { key, startedMs: cursor.timeMs, pieces: [], heldBytes: 0, totalBytes: -1, spoilt: false };
      this.datagrams.set(key, datagram);
    }
    this.addPiece(datagram, cursor, length);
    if (this.isComplete(datagram)) return this.complete(datagram, cursor);
    this.bound();
    return false;
  }

  private addPiece(datagram: Datagram, cursor: PacketCursor, length: number): void {
    const start = cursor.fragmentOffset;
    const end = start + length;
    if (!cursor.fragmentWhole || end > maxDatagramBytes || length <= 0 || (cursor.moreFragments && length % 8 !== 0)) {
      datagram.spoilt = true;
      return;
    }
    if (datagram.spoilt) return;
    if (!cursor.moreFragments) {
      if (datagram.totalBytes >= 0 && datagram.totalBytes !== end) datagram.spoilt = true;
      datagram.totalBytes = end;
    }
    const index = datagram.pieces.findIndex((piece) => piece.start >= start);
    const at = index < 0 ? datagram.pieces.length : index;
    const before = datagram.pieces[at - 1];
    const after = datagram.pieces[at];
    // The very same piece again is a repeated packet, no contradiction.
    if (after !== undefined && after.start === start && after.bytes.length === length) return;
    if ((before !== undefined && before.start + before.bytes.length > start) || (after !== undefined && end > after.start)) {
      datagram.spoilt = true;
      return;
    }
    const bytes = new Uint8Array(cursor.view.buffer, cursor.view.byteOffset + cursor.offset, length).slice();
    datagram.pieces.splice(at, 0, { start, bytes });
    datagram.heldBytes += length;
    this.heldBytes += length;
  }

  private isComplete(datagram: Datagram): boolean {
    if (datagram.spoilt || datagram.totalBytes < 0 || datagram.heldBytes !== datagram.totalBytes) return false;
    // Pieces do not overlap: when their sum is right, and none is behind the end, none is missing.
    const last = datagram.pieces.at(-1);
    return last !== undefined && last.start + last.bytes.length === datagram.totalBytes;
  }

  private complete(datagram: Datagram, cursor: PacketCursor): boolean {
    const bytes = new Uint8Array(datagram.totalBytes);
    for (const piece of datagram.pieces) bytes.set(piece.bytes, piece.start);
    this.datagrams.delete(datagram.key);
    this.heldBytes -= datagram.heldBytes;
    this.completed++;
    cursor.view = new DataView(bytes.buffer);
    cursor.offset = 0;
    cursor.end = bytes.length;
    cursor.wireEnd = bytes.length;
    return true;
  }

  private bound(): void {
    while (this.datagrams.size > maxDatagrams || this.heldBytes > maxHeldBytes) {
      const oldest = this.datagrams.values().next().value;
      if (oldest === undefined) return;
      this.drop(oldest);
    }
  }

  private drop(datagram: Datagram): void {
    this.datagrams.delete(datagram.key);
    this.heldBytes -= datagram.heldBytes;
    this.abandoned++;
  }
}
