import type { PacketCursor } from '../wire/packet-cursor.ts';
import { tcpAck, tcpFin, tcpRst, tcpSyn } from '../wire/tcp.ts';
import {
  duplicateAcks,
  fastRetransmissions,
  keepAliveAcks,
  keepAlives,
  lostSegments,
  outOfOrder,
  retransmissions,
  spuriousRetransmissions,
  TcpAnomalies,
  unseenAcked,
  windowFull,
  windowUpdates,
  zeroWindowProbeAcks,
  zeroWindowProbes,
  zeroWindows,
} from './tcp-anomalies.ts';
import {
  sideContiguous,
  sideFlags,
  sideInitialSequence,
  sideKnowsAck,
  sideKnowsContiguous,
  sideKnowsInitial,
  sideKnowsNext,
  sideKnowsScale,
  sideLastAck,
  sideLastAckTime,
  sideLastWasKeepAlive,
  sideLastWasProbe,
  sideNextSequence,
  sideNextSequenceTime,
  sidePackets,
  sideRepeatedAcks,
  sideWindow,
  sideWindowEdge,
  sideWindowScale,
  sideWords,
  tcpAnomalies,
  tcpInitialRoundTripMs,
  tcpSides,
} from './tcp-record.ts';

const synFinRst: number = tcpSyn | tcpFin | tcpRst;
/** Out of order rather than sent again when it comes within this of the segment that overtook it and no round trip is known. */
const defaultReorderMs = 3;
/** A segment sent again this soon after the duplicate acknowledgements that asked for it was sent because of them. */
const fastRetransmitMs = 20;
const plainState: number = sideKnowsNext | sideKnowsAck;
const sticky: number = sideLastWasKeepAlive | sideLastWasProbe;

/** What a segment was found to be, as bits. */
export const segmentSentAgain = 1;
export const segmentOutOfOrder = 2;
export const segmentKeepAlive = 4;
export const segmentProbe = 8;
export const segmentZeroWindow = 16;

/**
 * Takes a segment that comes as expected and carries no SYN, FIN or RST: the next number, an open window, nothing acknowledged that was not seen.
 * True when it was one and its side's state is updated; false, with nothing changed, when {@link TcpSequence.judge} has to look at it.
 */
export function takePlainSegment(words: Int32Array, doubles: Float64Array, side: number, other: number, cursor: PacketCursor): boolean {
  const sequence = cursor.sequence;
  const window = cursor.window;
  if ((words[side + sideFlags]! & (plainState | sticky)) !== plainState || sequence !== words[side + sideNextSequence] || window === 0)
    return false;
  const acknowledgment = cursor.acknowledgment;
  const bytes = cursor.payloadBytes;
  const otherFlags = words[other + sideFlags]!;
  const advance = (acknowledgment - words[side + sideLastAck]!) | 0;
  if ((otherFlags & sideKnowsContiguous) === 0 || ((acknowledgment - words[other + sideContiguous]!) | 0) > 0) return false;
  const next = (sequence + bytes) | 0;
  if (bytes === 0) {
    if (advance <= 0) return false;
  } else {
    if (bytes === 1 && words[other + sideWindow] === 0) return false;
    if ((otherFlags & sideKnowsScale) !== 0 && next === words[other + sideWindowEdge]) return false;
    words[side + sideNextSequence] = next;
    doubles[(side + sideNextSequenceTime) >> 1] = cursor.timeMs;
    if (words[side + sideContiguous] === sequence) words[side + sideContiguous] = next;
  }
  if (advance !== 0) words[side + sideRepeatedAcks] = 0;
  words[side + sideLastAck] = acknowledgment;
  words[side + sideWindow] = window;
  const scale = words[side + sideWindowScale]! - 1;
  words[side + sideWindowEdge] = (acknowledgment + (scale > 0 ? window << scale : window)) | 0;
  doubles[(side + sideLastAckTime) >> 1] = cursor.timeMs;
  return true;
}

/**
 * Judges segments against what both sides sent before. The classes and their order are those that Wireshark's expert analysis uses, so that counts
 * can be compared: a keep-alive is one octet before the next expected, a zero window probe one octet at it; what does not advance is spurious
 * when it was acknowledged already, a fast retransmission when duplicate acknowledgements asked for it, out of order when it follows too soon to
 * be a retransmission, and a retransmission otherwise.
 */
export class TcpSequence {
  readonly anomalies: TcpAnomalies = new TcpAnomalies();
  private words: Int32Array = new Int32Array(0);
  private doubles: Float64Array = new Float64Array(0);
  private base = 0;
  private direction = 0;
  private side = 0;
  private other = 0;

  /**
   * Counts what is odd about a segment of the conversation at `base` and updates the state of its side. `direction` is 0 from the client. Returns
   * bits of `segment...`.
   */
  judge(words: Int32Array, doubles: Float64Array, base: number, direction: number, cursor: PacketCursor): number {
    // They are the same but for when the table has grown, and a reference that is stored costs the collector's attention.
    if (this.words !== words) this.words = words;
    if (this.doubles !== doubles) this.doubles = doubles;
    this.base = base;
    this.direction = direction;
    const side = base + tcpSides + direction * sideWords;
    const other = base + tcpSides + (1 - direction) * sideWords;
    this.side = side;
    this.other = other;
    const flags = cursor.tcpFlags;
    const bytes = cursor.payloadBytes;
    const knowsNext = (words[side + sideFlags]! & sideKnowsNext) !== 0;
    const ahead = knowsNext ? (cursor.sequence - words[side + sideNextSequence]!) | 0 : 0;
    let found = 0;
    if (bytes === 1 && knowsNext && ahead === 0 && words[other + sidePackets]! > 0 && words[other + sideWindow] === 0) {
      this.count(zeroWindowProbes);
      found = segmentProbe;
    } else {
      found = this.judgeWindow(cursor, ahead, knowsNext);
    }
    this.judgeAcknowledged(cursor);
    if ((bytes > 0 || (flags & (tcpSyn | tcpFin)) !== 0) && knowsNext && ahead < 0 && (found & segmentKeepAlive) === 0) {
      found |= this.judgeRepeated(cursor, ahead);
    }
    this.advance(cursor, found);
    const kept = (found & segmentKeepAlive ? sideLastWasKeepAlive : 0) | (found & segmentProbe ? sideLastWasProbe : 0);
    words[side + sideFlags] = (words[side + sideFlags]! & ~sticky) | kept | (flags & tcpAck ? sideKnowsAck : 0);
    return found;
  }

  private count(anomaly: number): void {
    const words = this.words;
    let handle = words[this.base + tcpAnomalies]!;
    if (handle === 0) {
      handle = this.anomalies.allocate();
      words[this.base + tcpAnomalies] = handle;
    }
    this.anomalies.count(handle, this.direction, anomaly);
  }

  /** Zero window, lost segment, keep-alive, window update, full window, and the acknowledgements that repeat. */
  private judgeWindow(cursor: PacketCursor, ahead: number, knowsNext: boolean): number {
    const { words, side, other } = this;
    const window = cursor.window;
    const bytes = cursor.payloadBytes;
    const plain = (cursor.tcpFlags & synFinRst) === 0;
    if (knowsNext && ahead > 0 && (cursor.tcpFlags & tcpRst) === 0) this.count(lostSegments);
    if (!plain) return 0;
    let found = 0;
    if (window === 0) {
      this.count(zeroWindows);
      found |= segmentZeroWindow;
    }
    if (knowsNext && bytes <= 1 && ahead === -1) {
      this.count(keepAlives);
      found |= segmentKeepAlive;
    }
    if (bytes === 0) {
      const flags = words[side + sideFlags]!;
      if (knowsNext && ahead === 0 && (flags & sideKnowsAck) !== 0 && cursor.acknowledgment === words[side + sideLastAck])
        this.judgeRepeatedAck(window);
    } else if ((words[other + sideFlags]! & sideKnowsScale) !== 0 && ((cursor.sequence + bytes) | 0) === words[other + sideWindowEdge]) {
      this.count(windowFull);
    }
    return found;
  }

  /** An acknowledgement of the same as before, without data. */
  private judgeRepeatedAck(window: number): void {
    const { words, side, other } = this;
    const otherFlags = words[other + sideFlags]!;
    if (window === 0) {
      if (words[side + sideWindow] === 0 && (otherFlags & sideLastWasProbe) !== 0) this.count(zeroWindowProbeAcks);
    } else if (window !== words[side + sideWindow]) {
      this.count(windowUpdates);
    } else if ((otherFlags & sideLastWasKeepAlive) !== 0) {
      this.count(keepAliveAcks);
    } else {
      this.count(duplicateAcks);
      words[side + sideRepeatedAcks]!++;
    }
  }

  /** An acknowledgement of what was never seen: the capture misses packets of the other side. */
  private judgeAcknowledged(cursor: PacketCursor): void {
    const { words, other } = this;
    if ((cursor.tcpFlags & tcpAck) === 0 || (words[other + sideFlags]! & sideKnowsContiguous) === 0) return;
    if (((cursor.acknowledgment - words[other + sideContiguous]!) | 0) <= 0) return;
    this.count(unseenAcked);
    words[other + sideContiguous] = words[other + sideNextSequence]!;
  }

  /** A segment that carries something and does not advance. */
  private judgeRepeated(cursor: PacketCursor, ahead: number): number {
    const { words, doubles, side, other } = this;
    const bytes = cursor.payloadBytes;
    const end = (cursor.sequence + bytes) | 0;
    if (bytes > 0 && (words[other + sideFlags]! & sideKnowsAck) !== 0 && ((end - words[other + sideLastAck]!) | 0) <= 0) {
      this.count(spuriousRetransmissions);
      this.count(retransmissions);
      return segmentSentAgain;
    }
    // More than the one octet of a probe of a closed window: it adds data.
    if (bytes > 1 && ahead === -1) return 0;
    const sinceAckMs = cursor.timeMs - doubles[(other + sideLastAckTime) >> 1]!;
    if (words[other + sideRepeatedAcks]! >= 2 && words[other + sideLastAck] === cursor.sequence && sinceAckMs < fastRetransmitMs) {
      this.count(fastRetransmissions);
      this.count(retransmissions);
      this.noteStuck(cursor);
      return segmentSentAgain;
    }
    const sinceAdvanceMs = cursor.timeMs - doubles[(side + sideNextSequenceTime) >> 1]!;
    const roundTripMs = doubles[(this.base + tcpInitialRoundTripMs) >> 1]!;
    const endWithControl = (end + (cursor.tcpFlags & (tcpSyn | tcpFin) ? 1 : 0)) | 0;
    if (sinceAdvanceMs < (roundTripMs > 0 ? roundTripMs : defaultReorderMs) && words[side + sideNextSequence] !== endWithControl) {
      this.count(outOfOrder);
      return segmentOutOfOrder;
    }
    this.count(retransmissions);
    this.noteStuck(cursor);
    return segmentSentAgain;
  }

  /** What the other side has acknowledged up to is sent again: it did not arrive. */
  private noteStuck(cursor: PacketCursor): void {
    const { words, other } = this;
    if ((words[other + sideFlags]! & sideKnowsAck) === 0 || words[other + sideLastAck] !== cursor.sequence) return;
    this.anomalies.noteStuck(words[this.base + tcpAnomalies]!, this.direction, cursor.sequence, cursor.payloadBytes);
  }

  private advance(cursor: PacketCursor, found: number): void {
    const { words, doubles, side } = this;
    const acknowledgment = cursor.acknowledgment;
    const sequence = cursor.sequence;
    const knows = words[side + sideFlags]! | sideKnowsInitial;
    if ((words[side + sideFlags]! & sideKnowsInitial) === 0) {
      words[side + sideInitialSequence] = (cursor.tcpFlags & tcpSyn ? sequence : sequence - 1) | 0;
      words[side + sideFlags] = knows;
    }
    if ((found & segmentProbe) === 0) {
      const next = (sequence + cursor.payloadBytes + (cursor.tcpFlags & (tcpSyn | tcpFin) ? 1 : 0)) | 0;
      if ((knows & sideKnowsNext) === 0 || ((next - words[side + sideNextSequence]!) | 0) > 0) {
        words[side + sideNextSequence] = next;
        doubles[(side + sideNextSequenceTime) >> 1] = cursor.timeMs;
      }
      if ((knows & sideKnowsContiguous) === 0 || sequence === words[side + sideContiguous]) {
        words[side + sideContiguous] = words[side + sideNextSequence]!;
      }
      words[side + sideFlags] = knows | sideKnowsNext | sideKnowsContiguous;
    }
    if ((cursor.tcpFlags & (tcpAck | tcpSyn)) === 0) return;
    const { other } = this;
    if (cursor.tcpFlags & tcpAck && (words[other + sideFlags]! & sideKnowsInitial) === 0) {
      words[other + sideInitialSequence] = (acknowledgment - 1) | 0;
      words[other + sideFlags]! |= sideKnowsInitial;
    }
    if (acknowledgment !== words[side + sideLastAck]) words[side + sideRepeatedAcks] = 0;
    words[side + sideLastAck] = acknowledgment;
    doubles[(side + sideLastAckTime) >> 1] = cursor.timeMs;
    // Who resets takes nothing any more, whatever the window says.
    if (cursor.tcpFlags & tcpRst) return;
    words[side + sideWindow] = cursor.window;
    const scale = cursor.tcpFlags & tcpSyn ? 0 : words[side + sideWindowScale]! - 1;
    words[side + sideWindowEdge] = (acknowledgment + (scale > 0 ? cursor.window << scale : cursor.window)) | 0;
  }
}
