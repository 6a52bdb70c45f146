import type { PacketCursor } from '../wire/packet-cursor.ts';
import { decodeTcpOptions, type TcpOptions, tcpAck, tcpFin, tcpRst, tcpSyn } from '../wire/tcp.ts';
import {
  atLastFrame,
  atLastTime,
  atState,
  ConversationTable,
  stateClientIsHigh,
  stateFinished,
  type TableLimits,
} from './conversation-table.ts';
import type { TcpAnomalies } from './tcp-anomalies.ts';
import { rememberSighting, wasSeenBefore } from './tcp-duplicate.ts';
import {
  flipHistory,
  historyAck,
  historyContradictory,
  historyData,
  historyFin,
  historyGap,
  historyRst,
  historySentAgain,
  historySyn,
  historySynAck,
  historyZeroWindow,
  writeHistory,
} from './tcp-history.ts';
import {
  finFirstByServer,
  knowsRoundTrip,
  resetFirstByServer,
  sawClientFin,
  sawClientReset,
  sawOpen,
  sawPortReuse,
  sawServerFin,
  sawServerReset,
  sawSyn,
  sawSynAck,
  sideBytes,
  sideFins,
  sideFlags,
  sideInitialSequence,
  sideKnowsContiguous,
  sideKnowsInitial,
  sideKnowsNext,
  sideKnowsScale,
  sideMss,
  sideNextSequence,
  sideOpaque,
  sidePackets,
  sidePassedSegments,
  sidePassedTime,
  sidePayloadPackets,
  sideResets,
  sideSynAcks,
  sideSyns,
  sideTtl,
  sideWindowScale,
  sideWords,
  tcpAnomalies,
  tcpDuplicates,
  tcpFinFrame,
  tcpFinTime,
  tcpFirstSynTime,
  tcpFlagsSeen,
  tcpInitialRoundTripMs,
  tcpOpenFrame,
  tcpOpenTime,
  tcpPassedFrames,
  tcpResetFrame,
  tcpResetTime,
  tcpResetTtl,
  tcpSides,
  tcpSynAckFrame,
  tcpSynAckTime,
  tcpSynFrame,
  tcpSynTime,
  tcpWords,
} from './tcp-record.ts';
import { segmentSentAgain, segmentZeroWindow, TcpSequence, takePlainSegment } from './tcp-sequence.ts';

const synFinRst: number = tcpSyn | tcpFin | tcpRst;
const bothFins: number = sawClientFin | sawServerFin;
const anyReset: number = sawClientReset | sawServerReset;

/** Takes the payload of segments as they come, in whatever order and however often. */
export interface TcpPayloadSink {
  /** The cursor's payload belongs to the conversation at `base`; `direction` is 0 from the client. Nothing may be kept of the cursor. */
  payload(cursor: PacketCursor, base: number, direction: number): void;
  /** The first SYN of the conversation at `base`. */
  opened(cursor: PacketCursor, base: number): void;
  /** The handshake of the conversation at `base` is complete. */
  established(base: number): void;
  /** Both sides of the conversation at `base` have ended it. */
  closed(base: number): void;
}

/** A segment in order of which only the number of bytes matters. */
function passOver(words: Int32Array, doubles: Float64Array, base: number, direction: number, cursor: PacketCursor): void {
  const side = base + tcpSides + direction * sideWords;
  words[side + sideOpaque]! -= cursor.payloadBytes;
  words[side + sidePassedSegments]!++;
  words[base + tcpPassedFrames + direction] = cursor.frame;
  doubles[(side + sidePassedTime) >> 1] = cursor.timeMs;
}

/** Something else came than the bytes expected next: what comes now has to be looked at. */
function endPassing(words: Int32Array, side: number): void {
  const left = words[side + sideOpaque]!;
  if (left > 0) words[side + sideOpaque] = ~left;
}

/** Follows the life of TCP connections, packet by packet, without allocating. */
export class TcpTracker {
  readonly table: ConversationTable;
  readonly sequence: TcpSequence = new TcpSequence();
  private readonly options: TcpOptions = { mssBytes: -1, windowScale: -1, sackPermitted: false, timestamps: false };
  private readonly sink: TcpPayloadSink;

  constructor(limits: TableLimits, expected: number, sink: TcpPayloadSink, leave: (base: number) => void) {
    this.sink = sink;
    this.table = new ConversationTable(tcpWords, limits, expected, (base) => {
      leave(base);
      this.sequence.anomalies.release(this.table.words[base + tcpAnomalies]!);
    });
  }

  /** Takes one decoded segment. */
  track(cursor: PacketCursor): void {
    const table = this.table;
    const sourceIsLow = table.sourceIsLow(cursor);
    let base = table.find(cursor, sourceIsLow);
    if (base < 0) base = table.add(cursor, sourceIsLow);
    if (cursor.tcpFlags & synFinRst) {
      this.trackControl(cursor, base, sourceIsLow);
      return;
    }
    const words = table.words;
    const doubles = table.doubles;
    const direction = ((words[base + atState]! & stateClientIsHigh) !== 0) === sourceIsLow ? 1 : 0;
    const side = base + tcpSides + direction * sideWords;
    const other = base + tcpSides + (1 - direction) * sideWords;
    const bytes = cursor.payloadBytes;
    if (takePlainSegment(words, doubles, side, other, cursor)) {
      if ((words[base + tcpFlagsSeen]! & (sawSyn | knowsRoundTrip)) === sawSyn) this.noteFirstAck(base, direction, cursor);
      writeHistory(words, base, bytes > 0 ? historyData : historyAck, direction);
    } else {
      if (wasSeenBefore(words, doubles, side, cursor)) {
        words[base + tcpDuplicates]!++;
        return;
      }
      if ((words[base + tcpFlagsSeen]! & (sawSyn | knowsRoundTrip)) === sawSyn) this.noteFirstAck(base, direction, cursor);
      this.judgeOdd(cursor, base, direction);
    }
    rememberSighting(words, side, cursor);
    words[base + atLastFrame] = cursor.frame;
    doubles[(base + atLastTime) >> 1] = cursor.timeMs;
    if (words[side + sidePackets]!++ === 0) words[side + sideTtl] = cursor.ttl;
    if (bytes > 0) {
      words[side + sidePayloadPackets]!++;
      doubles[(side + sideBytes) >> 1]! += bytes;
      if (bytes <= words[side + sideOpaque]! && cursor.end - cursor.payloadOffset >= bytes)
        passOver(words, doubles, base, direction, cursor);
      else this.sink.payload(cursor, base, direction);
    }
  }

  private judgeOdd(cursor: PacketCursor, base: number, direction: number): void {
    const { words, doubles } = this.table;
    endPassing(words, base + tcpSides + direction * sideWords);
    const found = this.sequence.judge(words, doubles, base, direction, cursor);
    if (cursor.payloadBytes > 0) writeHistory(words, base, found & segmentSentAgain ? historySentAgain : historyData, direction);
    else if (cursor.tcpFlags & tcpAck) writeHistory(words, base, historyAck, direction);
    if (found & segmentZeroWindow) writeHistory(words, base, historyZeroWindow, direction);
  }

  private trackControl(cursor: PacketCursor, found: number, sourceIsLow: boolean): void {
    const flags = cursor.tcpFlags;
    const isSyn = (flags & (tcpSyn | tcpAck)) === tcpSyn;
    const base = isSyn ? this.renewOnSyn(found, cursor, sourceIsLow) : found;
    if (flags & tcpSyn) this.findClient(base, cursor, sourceIsLow);
    const { words, doubles } = this.table;
    const direction = ((words[base + atState]! & stateClientIsHigh) !== 0) === sourceIsLow ? 1 : 0;
    const side = base + tcpSides + direction * sideWords;
    if (wasSeenBefore(words, doubles, side, cursor)) {
      words[base + tcpDuplicates]!++;
      return;
    }
    endPassing(words, side);
    if (flags & tcpSyn) this.noteSyn(base, side, cursor);
    else if ((flags & tcpRst) === 0 && (words[base + tcpFlagsSeen]! & (sawSyn | knowsRoundTrip)) === sawSyn) {
      this.noteFirstAck(base, direction, cursor);
    }
    const judged = this.sequence.judge(words, doubles, base, direction, cursor);
    rememberSighting(words, side, cursor);
    words[base + atLastFrame] = cursor.frame;
    doubles[(base + atLastTime) >> 1] = cursor.timeMs;
    if (words[side + sidePackets]!++ === 0) words[side + sideTtl] = cursor.ttl;
    this.writeControlLetters(words, base, cursor, direction, judged);
    if (flags & tcpFin) this.noteFin(base, side, cursor, direction);
    if (flags & tcpRst) this.noteReset(base, side, cursor, direction);
    if (cursor.payloadBytes > 0) {
      words[side + sidePayloadPackets]!++;
      doubles[(side + sideBytes) >> 1]! += cursor.payloadBytes;
      this.sink.payload(cursor, base, direction);
    }
    if (flags & tcpFin && (words[base + tcpFlagsSeen]! & bothFins) === bothFins) this.sink.closed(base);
  }

  private writeControlLetters(words: Int32Array, base: number, cursor: PacketCursor, direction: number, judged: number): void {
    const flags = cursor.tcpFlags & synFinRst;
    if (flags & (flags - 1)) writeHistory(words, base, historyContradictory, direction);
    else if (flags === tcpSyn) writeHistory(words, base, cursor.tcpFlags & tcpAck ? historySynAck : historySyn, direction);
    if (cursor.payloadBytes > 0) writeHistory(words, base, judged & segmentSentAgain ? historySentAgain : historyData, direction);
    if (flags === tcpFin) writeHistory(words, base, historyFin, direction);
    else if (flags === tcpRst) writeHistory(words, base, historyRst, direction);
  }

  /** Notes that bytes of a direction were never captured. */
  noteGap(base: number, direction: number): void {
    writeHistory(this.table.words, base, historyGap, direction);
  }

  /** A SYN with another initial number than the one known starts a new connection on the same ports. */
  private renewOnSyn(base: number, cursor: PacketCursor, sourceIsLow: boolean): number {
    const words = this.table.words;
    const direction = ((words[base + atState]! & stateClientIsHigh) !== 0) === sourceIsLow ? 1 : 0;
    const side = base + tcpSides + direction * sideWords;
    if ((words[side + sideFlags]! & sideKnowsInitial) === 0 || words[side + sideInitialSequence] === cursor.sequence) return base;
    const renewed = this.table.renew(base, cursor, sourceIsLow);
    this.table.words[renewed + tcpFlagsSeen]! |= sawPortReuse;
    return renewed;
  }

  /** The sender of a SYN is the client, the sender of a SYN-ACK the server, whoever was seen first. */
  private findClient(base: number, cursor: PacketCursor, sourceIsLow: boolean): void {
    const words = this.table.words;
    const isSynAck = (cursor.tcpFlags & tcpAck) !== 0;
    const clientIsHigh = isSynAck ? sourceIsLow : !sourceIsLow;
    if (((words[base + atState]! & stateClientIsHigh) !== 0) !== clientIsHigh) this.reverse(base);
  }

  /** Exchanges client and server of the conversation at `base`, unless a SYN or SYN-ACK has shown which is which; whether it did. */
  reverse(base: number): boolean {
    const words = this.table.words;
    if (words[base + tcpFlagsSeen]! & (sawSyn | sawSynAck)) return false;
    words[base + atState]! ^= stateClientIsHigh;
    const client = base + tcpSides;
    for (let i = 0; i < sideWords; i++) {
      const kept = words[client + i]!;
      words[client + i] = words[client + sideWords + i]!;
      words[client + sideWords + i] = kept;
    }
    this.sequence.anomalies.flip(words[base + tcpAnomalies]!);
    if (words[client + sidePackets]! + words[client + sideWords + sidePackets]! > 0) flipHistory(words, base);
    const seen = words[base + tcpFlagsSeen]!;
    const clientBits = sawClientFin | sawClientReset;
    const serverBits = sawServerFin | sawServerReset;
    const flipped = (seen & bothFins ? finFirstByServer : 0) | (seen & anyReset ? resetFirstByServer : 0);
    words[base + tcpFlagsSeen] =
      ((seen ^ flipped) & ~(clientBits | serverBits)) |
      (seen & sawClientFin ? sawServerFin : 0) |
      (seen & sawServerFin ? sawClientFin : 0) |
      (seen & sawClientReset ? sawServerReset : 0) |
      (seen & sawServerReset ? sawClientReset : 0);
    return true;
  }

  /** Counters of what went wrong. */
  get anomalies(): TcpAnomalies {
    return this.sequence.anomalies;
  }

  private noteSyn(base: number, side: number, cursor: PacketCursor): void {
    const { words, doubles } = this.table;
    const isSynAck = (cursor.tcpFlags & tcpAck) !== 0;
    const seen = words[base + tcpFlagsSeen]!;
    words[side + (isSynAck ? sideSynAcks : sideSyns)]!++;
    if ((words[side + sideFlags]! & sideKnowsScale) === 0 || words[side + sideInitialSequence] !== cursor.sequence) {
      decodeTcpOptions(cursor.view, cursor.optionsOffset, Math.min(cursor.payloadOffset, cursor.end), this.options);
      // What came before from this side, without a SYN or with another, belonged to something else.
      words[side + sideFlags] = (words[side + sideFlags]! & ~(sideKnowsNext | sideKnowsContiguous)) | sideKnowsInitial | sideKnowsScale;
      words[side + sideInitialSequence] = cursor.sequence;
      words[side + sideWindowScale] = this.options.windowScale + 1;
      words[side + sideMss] = this.options.mssBytes;
    }
    if (isSynAck) {
      if ((seen & sawSynAck) === 0) {
        doubles[(base + tcpSynAckTime) >> 1] = cursor.timeMs;
        words[base + tcpSynAckFrame] = cursor.frame;
      }
      words[base + tcpFlagsSeen] = seen | sawSynAck;
      return;
    }
    if ((seen & sawSyn) === 0) {
      doubles[(base + tcpFirstSynTime) >> 1] = cursor.timeMs;
      words[base + tcpSynFrame] = cursor.frame;
      this.sink.opened(cursor, base);
    }
    doubles[(base + tcpSynTime) >> 1] = cursor.timeMs;
    words[base + tcpFlagsSeen] = seen | sawSyn;
  }

  /** The first acknowledgement after the SYN, other than the SYN-ACK's own: one round trip has passed. */
  private noteFirstAck(base: number, direction: number, cursor: PacketCursor): void {
    const { words, doubles } = this.table;
    if ((cursor.tcpFlags & tcpAck) === 0) return;
    // A server with an old connection on these ports acknowledges that one. (The client may acknowledge the first of two SYN-ACKs that differ.)
    const client = base + tcpSides;
    const behind = (cursor.acknowledgment - words[client + sideInitialSequence]!) | 0;
    if (direction === 1 && (words[client + sideFlags]! & sideKnowsInitial) !== 0 && behind <= 0) return;
    const seen = words[base + tcpFlagsSeen]! | knowsRoundTrip;
    doubles[(base + tcpInitialRoundTripMs) >> 1] = cursor.timeMs - doubles[(base + tcpSynTime) >> 1]!;
    words[base + tcpFlagsSeen] = seen | sawOpen;
    words[base + tcpOpenFrame] = cursor.frame;
    doubles[(base + tcpOpenTime) >> 1] = cursor.timeMs;
    this.sink.established(base);
  }

  private noteFin(base: number, side: number, cursor: PacketCursor, direction: number): void {
    const { words, doubles } = this.table;
    words[side + sideFins]!++;
    let before = words[base + tcpFlagsSeen]!;
    if ((before & bothFins) === 0) {
      words[base + tcpFinFrame] = cursor.frame;
      doubles[(base + tcpFinTime) >> 1] = cursor.timeMs;
      if (direction === 1 && !this.knowsMore(base, cursor)) before |= finFirstByServer;
    }
    const seen = before | (direction === 0 ? sawClientFin : sawServerFin);
    words[base + tcpFlagsSeen] = seen;
    if ((seen & bothFins) === bothFins) words[base + atState]! |= stateFinished;
  }

  /** The server acknowledges more of the client than was seen: its own end may be among it, not captured or still to come. */
  private knowsMore(base: number, cursor: PacketCursor): boolean {
    const { words } = this.table;
    const client = base + tcpSides;
    if ((cursor.tcpFlags & tcpAck) === 0 || (words[client + sideFlags]! & sideKnowsNext) === 0) return false;
    const unseen = (cursor.acknowledgment - words[client + sideNextSequence]!) | 0;
    // Who forges a reset may acknowledge anything.
    return cursor.tcpFlags & tcpRst ? unseen === 1 : unseen > 0;
  }

  private noteReset(base: number, side: number, cursor: PacketCursor, direction: number): void {
    const { words, doubles } = this.table;
    words[side + sideResets]!++;
    let seen = words[base + tcpFlagsSeen]!;
    if ((seen & anyReset) === 0) {
      words[base + tcpResetFrame] = cursor.frame;
      words[base + tcpResetTtl] = cursor.ttl;
      doubles[(base + tcpResetTime) >> 1] = cursor.timeMs;
      if (direction === 1 && !this.knowsMore(base, cursor)) seen |= resetFirstByServer;
    }
    words[base + tcpFlagsSeen] = seen | (direction === 0 ? sawClientReset : sawServerReset);
    words[base + atState]! |= stateFinished;
  }
}
