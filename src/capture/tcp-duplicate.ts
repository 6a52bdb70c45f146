import type { PacketCursor } from '../wire/packet-cursor.ts';
import { tcpSyn } from '../wire/tcp.ts';
import { sideLastAckTime, sidePackets, sidePrintCount, sidePrintCursor, sidePrints, sideTtl, sideVantages } from './tcp-record.ts';

/** Two sightings of one packet are this close at most: the time to cross a host or a switch. */
const maxSightingGapMs = 50;
/** Nobody sends a SYN again so soon. */
const maxSynGapMs = 5;

function printOf(cursor: PacketCursor): number {
  return (
    Math.imul(cursor.sequence ^ Math.imul(cursor.acknowledgment, 0x85ebca6b), 0x9e3779b1) ^
    ((cursor.transportChecksum << 16) | (cursor.identification & 0xffff))
  );
}

function vantageOf(cursor: PacketCursor): number {
  return cursor.vantage ^ (cursor.ttl << 24);
}

/**
 * Whether this very packet was seen before, on another interface or mirrored port: a capture on every interface shows one packet many times, and
 * none of the copies was sent again. Numbers, checksum and identification must agree with one of the last few packets of this direction. Where
 * the sender numbers its packets (identification not 0) that is proof, as a retransmission gets a new number; where it does not, the copy must
 * also come from another vantage: interface, station or hop.
 */
export function wasSeenBefore(words: Int32Array, doubles: Float64Array, side: number, cursor: PacketCursor): boolean {
  const print = printOf(cursor);
  const known = Math.min(words[side + sidePackets]!, sidePrintCount);
  for (let i = 0; i < known; i++) {
    if (words[side + sidePrints + i] !== print) continue;
    const gapMs = Math.abs(cursor.timeMs - doubles[(side + sideLastAckTime) >> 1]!);
    const isNumbered = cursor.identification !== 0 || ((cursor.tcpFlags & tcpSyn) !== 0 && gapMs <= maxSynGapMs);
    if (!isNumbered && words[side + sideVantages + i] === vantageOf(cursor)) continue;
    if (gapMs <= maxSightingGapMs) return true;
  }
  return false;
}

/** Remembers a packet for {@link wasSeenBefore}. */
export function rememberSighting(words: Int32Array, side: number, cursor: PacketCursor): void {
  const next = words[side + sidePrintCursor]!;
  words[side + sidePrints + next] = printOf(cursor);
  words[side + sideVantages + next] = vantageOf(cursor);
  words[side + sidePrintCursor] = (next + 1) & (sidePrintCount - 1);
}

/** Where on the captured links the packets of a direction come from, of which there have been some: their {@link PacketCursor.vantage}. */
export function vantageOfSide(words: Int32Array, side: number): number {
  return words[side + sideVantages]! ^ (words[side + sideTtl]! << 24);
}
