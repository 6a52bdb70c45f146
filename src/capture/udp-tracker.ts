import type { PacketCursor } from '../wire/packet-cursor.ts';
import {
  atLastFrame,
  atLastTime,
  atState,
  ConversationTable,
  commonWords,
  stateClientIsHigh,
  stateFinished,
  type TableLimits,
} from './conversation-table.ts';

/** Words of a UDP conversation: the two directions, first sender first. Byte counts are doubles. */
export const udpPackets: number = commonWords;
export const udpBytes: number = commonWords + 2;
/** Frame of the first ICMP error that quoted it, its type and code; 0 for none. */
export const udpIcmpFrame: number = commonWords + 6;
export const udpIcmpTypeCode: number = commonWords + 7;
export const udpTtl: number = commonWords + 8;
/** A multiple of 16. */
export const udpWords: number = commonWords + 12;

/** Pairs of UDP endpoints and what went between them. The sender of the first datagram counts as the client. */
export class UdpTracker {
  readonly table: ConversationTable;

  constructor(limits: TableLimits, expected: number, leave: (base: number) => void) {
    this.table = new ConversationTable(udpWords, limits, expected, leave);
  }

  /** Datagrams have no last one, but who has as many answers to lookups as were asked for is content, until something is asked again. */
  settle(base: number, isAnswer: boolean): void {
    const { words } = this.table;
    if (isAnswer && words[base + udpPackets] === words[base + udpPackets + 1]) words[base + atState]! |= stateFinished;
    else words[base + atState]! &= ~stateFinished;
  }

  /** Takes one decoded datagram; returns the base of its conversation. */
  track(cursor: PacketCursor): number {
    const table = this.table;
    const sourceIsLow = table.sourceIsLow(cursor);
    let base = table.find(cursor, sourceIsLow);
    if (base < 0) base = table.add(cursor, sourceIsLow);
    const words = table.words;
    const direction = this.isFromClient(base, sourceIsLow) ? 0 : 1;
    words[base + atLastFrame] = cursor.frame;
    table.doubles[(base + atLastTime) >> 1] = cursor.timeMs;
    words[base + udpPackets + direction]!++;
    table.doubles[((base + udpBytes) >> 1) + direction]! += cursor.payloadBytes;
    return base;
  }

  /** 0 for a datagram of the client of its conversation at `base`. */
  directionOf(cursor: PacketCursor, base: number): number {
    return this.isFromClient(base, this.table.sourceIsLow(cursor)) ? 0 : 1;
  }

  isFromClient(base: number, sourceIsLow: boolean): boolean {
    return ((this.table.words[base + atState]! & stateClientIsHigh) !== 0) !== sourceIsLow;
  }
}
