import type { PacketCursor } from '../wire/packet-cursor.ts';
import type { ByteArena } from './byte-arena.ts';
import { ConnectionFollower, type ConnectionSink } from './connection-follower.ts';
import { atState, stateSettled } from './conversation-table.ts';
import { StreamOrder } from './stream-order.ts';
import {
  sawServerFin,
  sawSyn,
  sawSynAck,
  sideFins,
  sideFlags,
  sideInitialSequence,
  sideKnowsAck,
  sideKnowsInitial,
  sideKnowsNext,
  sideKnowsScale,
  sideLastAck,
  sideNextSequence,
  sideOpaque,
  sidePassedSegments,
  sidePassedTime,
  sideWords,
  tcpFlagsSeen,
  tcpPassedFrames,
  tcpSides,
  tcpWords,
} from './tcp-record.ts';
import type { TcpTracker } from './tcp-tracker.ts';
import type { TlsFollower } from './tls-follower.ts';

/** Less than this in one go is not worth being passed over. */
const leastOpaqueBytes = 8192;
/** Numbers further ahead than this belong to something else. */
const mostMissing = 0x1000_0000;

/**
 * The followers of TCP conversations, by record. One that is given back serves the next conversation: they are too large and too many for the young
 * generation.
 */
export class FollowerTable {
  private readonly order = new StreamOrder();
  private readonly followers: (ConnectionFollower | null)[] = [];
  private readonly idle: ConnectionFollower[] = [];
  private readonly idleTls: TlsFollower[] = [];
  private readonly arena: ByteArena;
  private readonly tracker: TcpTracker;
  private readonly sink: ConnectionSink;

  constructor(tracker: TcpTracker, arena: ByteArena, sink: ConnectionSink) {
    this.tracker = tracker;
    this.arena = arena;
    this.sink = sink;
  }

  /** The cursor's payload belongs to the conversation at `base`; `direction` is 0 from the client. */
  take(cursor: PacketCursor, base: number, direction: number): void {
    const { words } = this.tracker.table;
    const known = this.followers[base / tcpWords] ?? null;
    if (known === null && words[base + atState]! & stateSettled) return;
    const follower = known ?? this.begin(base);
    const side = base + tcpSides + direction * sideWords;
    if (words[side + sidePassedSegments] !== 0) this.catchUp(follower, direction, side);
    const other = base + tcpSides + (1 - direction) * sideWords;
    const acknowledged = words[other + sideFlags]! & sideKnowsAck ? words[other + sideLastAck]! : null;
    follower.segment(this.order, cursor, direction, acknowledged);
    const opaque = this.opaqueBytes(follower, direction, base, side);
    follower.sides[direction]!.opaque = opaque;
    words[side + sideOpaque] = opaque;
  }

  private begin(base: number): ConnectionFollower {
    const { words } = this.tracker.table;
    const follower = this.idle.pop() ?? new ConnectionFollower(this.arena, this.sink, this.idleTls);
    follower.begin(base, (words[base + tcpFlagsSeen]! & (sawSyn | sawSynAck)) !== 0);
    this.followers[base / tcpWords] = follower;
    for (let direction = 0; direction < 2; direction++) {
      const side = base + tcpSides + direction * sideWords;
      if (words[side + sideFlags]! & sideKnowsScale)
        this.order.start(follower.sides[direction]!, (words[side + sideInitialSequence]! + 1) | 0);
    }
    return follower;
  }

  /** Bytes of a direction, from the next one on, of which only the number matters: all but the last of a long body or record. */
  private opaqueBytes(follower: ConnectionFollower, direction: number, base: number, side: number): number {
    const opaque = follower.opaqueBytes(direction);
    if (opaque < leastOpaqueBytes) return 0;
    const { words } = this.tracker.table;
    const stream = follower.sides[direction]!;
    const isInOrder = stream.waiting === null && stream.next === words[side + sideNextSequence];
    // Who is client may turn out otherwise where neither SYN was seen.
    return isInOrder && (words[base + tcpFlagsSeen]! & (sawSyn | sawSynAck)) !== 0 ? opaque - 1 : 0;
  }

  /** Tells a follower what was passed over. */
  private catchUp(follower: ConnectionFollower, direction: number, side: number): void {
    const { words, doubles } = this.tracker.table;
    const left = words[side + sideOpaque]!;
    const frame = words[follower.base + tcpPassedFrames + direction]!;
    follower.pass(direction, left < 0 ? ~left : left, words[side + sidePassedSegments]!, doubles[(side + sidePassedTime) >> 1]!, frame);
    words[side + sidePassedSegments] = 0;
    words[side + sideOpaque] = 0;
  }

  private catchUpBoth(follower: ConnectionFollower, base: number): void {
    const { words } = this.tracker.table;
    for (let direction = 0; direction < 2; direction++) {
      const side = base + tcpSides + direction * sideWords;
      if (words[side + sidePassedSegments] !== 0) this.catchUp(follower, direction, side);
      words[side + sideOpaque] = 0;
    }
  }

  /** Looks at the handshake of the conversation at `base` before it has left the processor's cache. */
  glance(base: number): void {
    this.followers[base / tcpWords]?.tlsFollower?.glance();
  }

  /** All that was said in the conversation at `base` is known: what followed it, to be given back; null when it had no payload. */
  finish(base: number): ConnectionFollower | null {
    const record = base / tcpWords;
    const follower = this.followers[record] ?? null;
    if (follower === null) return null;
    const { words } = this.tracker.table;
    this.catchUpBoth(follower, base);
    const isClosed = (words[base + tcpFlagsSeen]! & sawServerFin) !== 0;
    const [fromClient, fromServer] = [this.bytesMissing(follower, base, 0), this.bytesMissing(follower, base, 1)];
    for (let direction = 0; direction < 2; direction++)
      if (this.isStuck(follower, base, direction)) follower.sideOf(direction).forgetWaiting();
    follower.finish(this.order, isClosed, fromClient, fromServer);
    this.followers[record] = null;
    return follower;
  }

  /** What came behind a hole in a direction is of no use: the other side never acknowledged what is missing, so that it was lost on the way, and not by the capture. */
  private isStuck(follower: ConnectionFollower, base: number, direction: number): boolean {
    const stream = follower.sideOf(direction);
    if (stream.waiting === null) return false;
    const { words } = this.tracker.table;
    const other = base + tcpSides + (1 - direction) * sideWords;
    const hasFin = words[base + tcpSides + direction * sideWords + sideFins]! > 0;
    return !hasFin && (words[other + sideFlags]! & sideKnowsAck) !== 0 && ((words[other + sideLastAck]! - stream.next) | 0) <= 0;
  }

  /** Bytes at the end of a direction that were acknowledged, or that a FIN comes behind, and not captured. */
  private bytesMissing(follower: ConnectionFollower, base: number, direction: number): number {
    const { words } = this.tracker.table;
    const side = base + tcpSides + direction * sideWords;
    const other = base + tcpSides + (1 - direction) * sideWords;
    const stream = follower.sideOf(direction);
    const flags = words[side + sideFlags]!;
    if (!stream.started && (flags & sideKnowsInitial) === 0) return 0;
    const last = stream.started ? stream.end : (words[side + sideInitialSequence]! + 1) | 0;
    const acknowledged = words[other + sideFlags]! & sideKnowsAck ? (words[other + sideLastAck]! - last) | 0 : 0;
    const sent = words[side + sideFins]! > 0 && flags & sideKnowsNext ? (words[side + sideNextSequence]! - last) | 0 : 0;
    // A FIN takes a number as well.
    const missing = Math.max(acknowledged, sent) - 1;
    return missing > 0 && missing < mostMissing ? missing : 0;
  }

  giveBack(follower: ConnectionFollower): void {
    follower.release();
    this.idle.push(follower);
  }
}
