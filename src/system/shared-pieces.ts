import { readSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { createPacketBatch, type PacketBatch, packetBatchBytes } from '../wire/packet-batch.ts';
import { type RecordLayout, type WalkedRecords, walkRecords } from '../wire/record-walk.ts';

/** A file's bytes from one place on, in pieces of one size that go to places by turns. Plain data, and memory that threads share. */
export interface PiecesPlan {
  file: number;
  position: number;
  pieceBytes: number;
  /** Memory of all places, and where each begins. In front of each is room for what the piece before it left. */
  memory: SharedArrayBuffer;
  starts: readonly number[];
  /** Null where records are not to be walked. */
  layout: RecordLayout | null;
  /** Bytes in front of the first place used that belong to the first record. */
  pendingBytes: number;
  /** Memory of as many batches as there are places, for so many packets each. */
  batches: SharedArrayBuffer;
  packetsPerPiece: number;
  /** What threads tell each other; see the words below. */
  state: SharedArrayBuffer;
}

/** A piece is in its place: its length, 0 at the end of the file, and its records where they were walked. */
export interface ReadPiece {
  length: number;
  records: WalkedRecords | null;
}

/** Grows with everything that somebody may wait for; how many wait. */
const changes = 0;
const waiting = 1;
/** Where in the state it stands how many pieces somebody reads or has read, which one is asked for, and of how many the records were walked. */
export const claimed = 2;
export const asked = 3;
export const walked = 4;
/** Not 0 once no record more is walked ahead. */
const walksOver = 5;
/** Not 0 while the other thread may write. */
const busy = 6;
/**
 * Then for each place: how many bytes it holds, plus 1, or the negative number of the error that reading met; where its records begin, where the first
 * one begins that does not lie whole in it, where its bytes end, how many packets there are.
 */
const ofPlaces = 7;
const placeWords = 5;
const atLength = 0;
const atFrom = 1;
const atEnd = 2;
const atTo = 3;
const atCount = 4;

/** libuv's number for errors that have none of their own (UV_UNKNOWN). */
const unknownError = -4094;
/** Claims of a reading that is over. */
const allClaimed = 0x7fff_ffff;
/** Ordinal of the first place that holds a piece, from 0: the piece in hand when reading begins lies in the place before. */
const firstPlace = 1;
/** Nobody waits longer than this without looking again. */
const waitMs = 1000;

/** Bytes of state for so many places. */
export function piecesStateBytes(places: number): number {
  return (ofPlaces + places * placeWords) * 4;
}

/** The error with a number of libuv's, as reading throws it. */
function errorOf(errno: number): Error {
  const [code, words] = getSystemErrorMap().get(errno) ?? ['UNKNOWN', 'unknown error'];
  return Object.assign(new Error(`${code}: ${words}, read`), { code, errno });
}

/**
 * One thread's hands on a file that several read and walk together. Whoever comes first to a piece reads it and, once the piece before was walked, walks
 * it. Bytes that are more than records as they are expected end the walking ahead: from that piece on, pieces are only read.
 */
export class SharedPieces {
  private readonly plan: PiecesPlan;
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly targets: readonly Uint8Array[];
  private readonly batches: readonly PacketBatch[];
  /** Pieces that this thread has read and not walked yet, in order. */
  private held: number[] = [];

  constructor(plan: PiecesPlan) {
    this.plan = plan;
    const { memory, starts, pieceBytes, batches, packetsPerPiece } = plan;
    this.words = new Int32Array(plan.state);
    this.bytes = new Uint8Array(memory);
    this.view = new DataView(memory);
    this.targets = starts.map((start) => this.bytes.subarray(start, start + pieceBytes));
    const batchBytes = packetBatchBytes(packetsPerPiece);
    this.batches = starts.map((_, place) => createPacketBatch(packetsPerPiece, batches, place * batchBytes));
  }

  private placeOf(piece: number): number {
    return (piece + firstPlace) % this.targets.length;
  }

  private wordsOf(piece: number): number {
    return ofPlaces + this.placeOf(piece) * placeWords;
  }

  private change(): void {
    Atomics.add(this.words, changes, 1);
    if (Atomics.load(this.words, waiting) > 0) Atomics.notify(this.words, changes);
  }

  private waitFrom(state: number): void {
    Atomics.add(this.words, waiting, 1);
    Atomics.wait(this.words, changes, state, waitMs);
    Atomics.sub(this.words, waiting, 1);
  }

  /** The piece is in its place. What was given before it may be written over from now on. Throws what reading it says, whichever thread met that. */
  take(piece: number): ReadPiece {
    const { words } = this;
    Atomics.store(words, asked, piece);
    this.change();
    for (;;) {
      const state = Atomics.load(words, changes);
      this.walkHeld();
      const length = Atomics.load(words, this.wordsOf(piece) + atLength);
      if (length < 0) throw errorOf(length);
      const isWalked = Atomics.load(words, walked) > piece;
      if (length > 0 && (isWalked || this.isOver)) {
        Atomics.store(words, this.wordsOf(piece) + atLength, 0);
        return { length: length - 1, records: isWalked ? this.recordsOf(piece) : null };
      }
      // Rather than wait it reads, but no more than one: the other thread would find no place.
      if (this.held.length > 0 || this.readNext() < 0) this.waitFrom(state);
    }
  }

  private recordsOf(piece: number): WalkedRecords {
    const { words } = this;
    const at = this.wordsOf(piece);
    const batch = this.batches[this.placeOf(piece)]!;
    batch.count = words[at + atCount]!;
    return { from: words[at + atFrom]!, end: words[at + atEnd]!, batch };
  }

  /** Reads and walks whatever is to be had, until the file or the reading ends. For the thread that takes nothing. */
  work(): void {
    const { words, plan } = this;
    Atomics.store(words, busy, 1);
    try {
      for (let length = plan.pieceBytes; Atomics.load(words, claimed) !== allClaimed; ) {
        const state = Atomics.load(words, changes);
        this.walkHeld();
        const isLast = length < plan.pieceBytes;
        if (isLast && this.held.length === 0) break;
        const next = isLast ? -1 : this.readNext();
        if (next < 0) this.waitFrom(state);
        else length = next;
      }
    } finally {
      // Whatever went wrong here, the other thread goes on alone.
      if (this.held.length > 0) Atomics.store(words, walksOver, 1);
      Atomics.store(words, busy, 0);
      this.change();
    }
  }

  /** Once this returns, the thread that works writes nowhere any more, and the file may be closed. */
  stop(): void {
    const { words } = this;
    Atomics.store(words, claimed, allClaimed);
    Atomics.store(words, walksOver, 1);
    this.change();
    for (;;) {
      const state = Atomics.load(words, changes);
      if (Atomics.load(words, busy) === 0) return;
      this.waitFrom(state);
    }
  }

  private get isOver(): boolean {
    return this.plan.layout === null || Atomics.load(this.words, walksOver) !== 0;
  }

  /** Reads the next piece that nobody has claimed: its length, 0 when that failed; -1 while there is no place for it, and when somebody else was faster. */
  private readNext(): number {
    const { words, targets } = this;
    const piece = Atomics.load(words, claimed);
    // Every place holds a piece that was not asked for yet, or may be in hand.
    if (piece - Atomics.load(words, asked) >= targets.length - 2) return -1;
    if (Atomics.compareExchange(words, claimed, piece, piece + 1) !== piece) return -1;
    let length = 0;
    let told: number;
    try {
      length = this.readNow(piece);
      told = length + 1;
      this.held.push(piece);
    } catch (error) {
      told = (error as { errno?: number }).errno ?? unknownError;
      Atomics.store(words, walksOver, 1);
    }
    Atomics.store(words, this.wordsOf(piece) + atLength, told);
    this.change();
    return length;
  }

  private readNow(piece: number): number {
    const { plan } = this;
    const target = this.targets[this.placeOf(piece)]!;
    for (;;) {
      try {
        return readSync(plan.file, target, 0, plan.pieceBytes, plan.position + piece * plan.pieceBytes);
      } catch (error) {
        if ((error as { code?: string }).code !== 'EINTR') throw error;
      }
    }
  }

  /** Walks the pieces held whose turn it is. */
  private walkHeld(): void {
    for (let piece = this.held[0]; piece !== undefined; piece = this.held[0]) {
      const { layout } = this.plan;
      if (layout !== null && !this.isOver) {
        if (Atomics.load(this.words, walked) !== piece) return;
        this.walk(piece, layout);
      }
      this.held.shift();
    }
  }

  private walk(piece: number, layout: RecordLayout): void {
    const { words, plan } = this;
    const at = this.wordsOf(piece);
    const before = this.wordsOf(piece - 1);
    const start = plan.starts[this.placeOf(piece)]!;
    const pendingBytes = piece === 0 ? plan.pendingBytes : words[before + atTo]! - words[before + atEnd]!;
    const from = start - pendingBytes;
    if (piece > 0) this.bytes.copyWithin(from, words[before + atEnd]!, words[before + atTo]!);
    const to = start + words[at + atLength]! - 1;
    const batch = this.batches[this.placeOf(piece)]!;
    const end = walkRecords(layout, this.view, from, to, batch);
    words[at + atFrom] = from;
    words[at + atEnd] = end;
    words[at + atTo] = to;
    words[at + atCount] = batch.count;
    if (end < 0) Atomics.store(words, walksOver, 1);
    else Atomics.store(words, walked, piece + 1);
    this.change();
  }
}
