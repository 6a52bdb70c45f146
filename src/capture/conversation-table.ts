import type { PacketCursor } from '../wire/packet-cursor.ts';
import { clearRecord } from './record-clearing.ts';
import { basesInOrder } from './record-order.ts';
import { mixHash, SlotIndex } from './slot-index.ts';

/**
 * Words of a record that every kind of conversation has; what follows {@link commonWords} is the tracker's own. Doubles take two words and start at
 * an even one. Endpoints are kept in canonical order (low, high): the lower port first, then the lower address.
 */
export const atHash = 0;
export const atVersion = 1;
export const atPorts = 2;
/** Four words each. */
export const atLowAddress = 3;
export const atHighAddress = 7;
export const atState = 11;
/** Ordinal in order of first packets, from 0. */
export const atNumber = 12;
/** How often the record was used before: tells an old reference from a new one. */
export const atGeneration = 13;
/** Doubles: index of the word. Milliseconds since the reading's origin. */
export const atLastTime = 14;
export const atFirstTime = 16;
export const atFirstFrame = 18;
export const atLastFrame = 19;
export const commonWords = 20;

/** Bits of the state word. */
export const stateInUse = 1;
/** The high endpoint is the client. */
export const stateClientIsHigh = 2;
/** Nothing more is expected: it may be let go as soon as room is needed. */
export const stateFinished = 4;
/** What was said was told already; what still comes is only counted. */
export const stateSettled = 8;

/** When records leave: a table beyond `softLimit` lets go of finished ones after `lingerMs`, beyond `idleLimit` of idle ones after `idleMs` too. */
export interface TableLimits {
  /** Records that are kept without any question. What is touched again for every new one should fit into the processor's cache. */
  softLimit: number;
  idleLimit: number;
  /** Records that are never exceeded: at this many, the one under the hand leaves whatever its state. */
  hardLimit: number;
  lingerMs: number;
  idleMs: number;
}

/** The system's allocator puts large buffers 16 bytes behind a page boundary; records begin at a multiple of 64, as the processor's cache lines do. */
const bufferStart = 48;

/** Records looked at for every new one once the soft limit is reached. */
const examinedPerRecord = 2;

/**
 * Conversations by their endpoints: records of fixed size in one typed array, found through open addressing with linear probing. Memory is bounded
 * by the hard limit; nothing is allocated except when the arrays grow. A record is named by its base, the index of its first word.
 */
export class ConversationTable {
  words: Int32Array;
  /** The same memory as {@link words}, for times and byte counts. */
  doubles: Float64Array;
  readonly recordWords: number;
  private readonly limits: TableLimits;
  private readonly index: SlotIndex;
  private capacity: number;
  /** Records ever used; those in `free` are unused again. */
  private extent = 0;
  private readonly free: number[] = [];
  private live = 0;
  private created = 0;
  private hand = 0;
  /** Before this time nothing can have been idle for long enough, as the hand's last round showed; where conversations finish, that is never known. */
  private dueMs: number = Number.NEGATIVE_INFINITY;
  /** When the hand was at the first record, and the earliest last packet of the records that it has passed since and left. */
  private roundMs: number = Number.NEGATIVE_INFINITY;
  private earliestMs: number = Number.POSITIVE_INFINITY;
  private lastBase = -1;
  /** Conversations that left before they were finished or idle, because of the hard limit. */
  forcedOut = 0;
  private readonly leave: (base: number) => void;

  /** `recordWords` is best a multiple of 16. `leave` is told of every record just before it is reused. `expected` is a guess of how many conversations there will be. */
  constructor(recordWords: number, limits: TableLimits, expected: number, leave: (base: number) => void) {
    this.recordWords = recordWords;
    this.limits = limits;
    this.leave = leave;
    this.capacity = Math.max(64, Math.min(expected, limits.softLimit));
    const buffer = new ArrayBuffer(bufferStart + this.capacity * recordWords * 4);
    this.words = new Int32Array(buffer, bufferStart);
    this.doubles = new Float64Array(buffer, bufferStart);
    this.index = new SlotIndex(this.capacity);
  }

  /** Conversations at hand. */
  get size(): number {
    return this.live;
  }

  /** Conversations so far. */
  get total(): number {
    return this.created;
  }

  /** Whether the packet's source is the low endpoint. */
  sourceIsLow(cursor: PacketCursor): boolean {
    const ports = cursor.ports;
    const sourcePort = ports >>> 16;
    const destinationPort = ports & 0xffff;
    if (sourcePort !== destinationPort) return sourcePort < destinationPort;
    if (cursor.source0 !== cursor.destination0) return cursor.source0 < cursor.destination0;
    if (cursor.ipVersion === 4) return true;
    if (cursor.source1 !== cursor.destination1) return cursor.source1 < cursor.destination1;
    if (cursor.source2 !== cursor.destination2) return cursor.source2 < cursor.destination2;
    return cursor.source3 <= cursor.destination3;
  }

  /** Base of the packet's conversation; -1 when there is none yet. `sourceIsLow` as {@link sourceIsLow} says. */
  find(cursor: PacketCursor, sourceIsLow: boolean): number {
    const last = this.lastBase;
    if (last >= 0 && this.matches(last, cursor, sourceIsLow)) return last;
    const hash = this.hashOf(cursor, sourceIsLow);
    const { slots, mask } = this.index;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const record = slots[2 * slot]!;
      if (record === 0) return -1;
      if (slots[2 * slot + 1] === hash && this.matches(record - 1, cursor, sourceIsLow)) {
        this.lastBase = record - 1;
        return record - 1;
      }
    }
  }

  private matches(base: number, cursor: PacketCursor, sourceIsLow: boolean): boolean {
    const words = this.words;
    const ports = cursor.ports;
    if (sourceIsLow) {
      if (
        words[base + atPorts] !== ports ||
        words[base + atLowAddress] !== cursor.source0 ||
        words[base + atHighAddress] !== cursor.destination0
      )
        return false;
    } else if (
      words[base + atPorts] !== ((ports << 16) | (ports >>> 16)) ||
      words[base + atLowAddress] !== cursor.destination0 ||
      words[base + atHighAddress] !== cursor.source0
    ) {
      return false;
    }
    const version = cursor.ipVersion;
    if (words[base + atVersion] !== version) return false;
    return version === 4 || this.matchesLong(base, cursor, sourceIsLow);
  }

  private matchesLong(base: number, cursor: PacketCursor, sourceIsLow: boolean): boolean {
    const words = this.words;
    const source = base + (sourceIsLow ? atLowAddress : atHighAddress);
    const destination = base + (sourceIsLow ? atHighAddress : atLowAddress);
    return (
      words[source + 1] === cursor.source1 &&
      words[source + 2] === cursor.source2 &&
      words[source + 3] === cursor.source3 &&
      words[destination + 1] === cursor.destination1 &&
      words[destination + 2] === cursor.destination2 &&
      words[destination + 3] === cursor.destination3
    );
  }

  private hashOf(cursor: PacketCursor, sourceIsLow: boolean): number {
    const ports = cursor.ports;
    let hash = mixHash(0x5bd1e995, sourceIsLow ? ports : (ports << 16) | (ports >>> 16));
    hash = mixHash(hash, sourceIsLow ? cursor.source0 : cursor.destination0);
    hash = mixHash(hash, sourceIsLow ? cursor.destination0 : cursor.source0);
    if (cursor.ipVersion === 4) return hash;
    // Sums do not depend on the order, so the long part needs no sorting.
    hash = mixHash(hash, (cursor.source1 + cursor.destination1) | 0);
    hash = mixHash(hash, (cursor.source2 + cursor.destination2) | 0);
    return mixHash(hash, (cursor.source3 + cursor.destination3) | 0);
  }

  /** Adds a conversation for a packet that {@link find} does not know; all words of the tracker's own part are zero. */
  add(cursor: PacketCursor, sourceIsLow: boolean): number {
    if (this.live >= this.limits.softLimit) this.makeRoom(cursor.timeMs);
    const base = this.allocate();
    const words = this.words;
    const generation = words[base + atGeneration]!;
    clearRecord(this.doubles, base, this.recordWords);
    const hash = this.hashOf(cursor, sourceIsLow);
    const ports = cursor.ports;
    const low = base + (sourceIsLow ? atLowAddress : atHighAddress);
    const high = base + (sourceIsLow ? atHighAddress : atLowAddress);
    words[base + atHash] = hash;
    words[base + atVersion] = cursor.ipVersion;
    words[base + atPorts] = sourceIsLow ? ports : (ports << 16) | (ports >>> 16);
    words[low] = cursor.source0;
    words[high] = cursor.destination0;
    if (cursor.ipVersion === 6) {
      words[low + 1] = cursor.source1;
      words[low + 2] = cursor.source2;
      words[low + 3] = cursor.source3;
      words[high + 1] = cursor.destination1;
      words[high + 2] = cursor.destination2;
      words[high + 3] = cursor.destination3;
    }
    words[base + atState] = sourceIsLow ? stateInUse : stateInUse | stateClientIsHigh;
    words[base + atNumber] = this.created++;
    words[base + atGeneration] = generation + 1;
    words[base + atFirstFrame] = cursor.frame;
    this.doubles[(base + atFirstTime) >> 1] = cursor.timeMs;
    this.index.insert(base, hash);
    this.live++;
    this.lastBase = base;
    return base;
  }

  private allocate(): number {
    const reused = this.free.pop();
    if (reused !== undefined) return reused;
    if (this.extent === this.capacity) this.grow();
    return this.extent++ * this.recordWords;
  }

  private grow(): void {
    this.capacity = Math.min(this.capacity * 2, this.limits.hardLimit + 1);
    const buffer = new ArrayBuffer(bufferStart + this.capacity * this.recordWords * 4);
    const words = new Int32Array(buffer, bufferStart);
    words.set(this.words);
    this.words = words;
    this.doubles = new Float64Array(buffer, bufferStart);
    if (!this.index.grow(this.capacity)) return;
    for (let record = 0; record < this.extent; record++) {
      const base = record * this.recordWords;
      if ((words[base + atState]! & stateInUse) !== 0) this.index.insert(base, words[base + atHash]!);
    }
  }

  /** Moves the hand over a few records and lets go of those that are done; at the hard limit of one in any case. */
  private makeRoom(timeMs: number): void {
    const { lingerMs } = this.limits;
    const idleMs = this.live < this.limits.idleLimit ? Number.POSITIVE_INFINITY : this.limits.idleMs;
    // A clock that was set back: what was seen since is not what the round was about.
    if (timeMs < this.roundMs) this.dueMs = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < examinedPerRecord && timeMs >= this.dueMs; i++) {
      const base = this.advanceHand(timeMs);
      const state = this.words[base + atState]!;
      if ((state & stateInUse) === 0) continue;
      const lastMs = this.doubles[(base + atLastTime) >> 1]!;
      if (timeMs - lastMs > (state & stateFinished ? lingerMs : idleMs)) this.release(base);
      else if (lastMs < this.earliestMs) this.earliestMs = lastMs;
    }
    while (this.live >= this.limits.hardLimit) {
      const base = this.advanceHand(timeMs);
      if ((this.words[base + atState]! & stateInUse) === 0) continue;
      if ((this.words[base + atState]! & stateFinished) === 0) this.forcedOut++;
      this.release(base);
    }
  }

  private advanceHand(timeMs: number): number {
    if (this.hand >= this.extent) this.beginRound(timeMs);
    return this.hand++ * this.recordWords;
  }

  private beginRound(timeMs: number): void {
    this.hand = 0;
    const { lingerMs, idleMs } = this.limits;
    const knows = lingerMs === idleMs && this.earliestMs < Number.POSITIVE_INFINITY;
    this.dueMs = knows ? this.earliestMs + idleMs : Number.NEGATIVE_INFINITY;
    this.roundMs = timeMs;
    this.earliestMs = Number.POSITIVE_INFINITY;
  }

  private release(base: number): void {
    this.leave(base);
    this.index.remove(base, this.words[base + atHash]!);
    this.words[base + atState] = 0;
    this.free.push(base);
    this.live--;
    if (this.lastBase === base) this.lastBase = -1;
  }

  /** Replaces a conversation by a new one between the same endpoints, for a packet that starts it. */
  renew(base: number, cursor: PacketCursor, sourceIsLow: boolean): number {
    this.release(base);
    return this.add(cursor, sourceIsLow);
  }

  /** Lets go of every conversation, in the order of their first packets. */
  drain(): void {
    const { words, extent, recordWords } = this;
    const bases = basesInOrder(words, extent, recordWords, atState, stateInUse, atNumber);
    for (const base of bases) this.release(base);
  }
}
