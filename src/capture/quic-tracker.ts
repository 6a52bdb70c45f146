import type { Endpoint } from '../model/observations/base.ts';
import type { PacketCursor } from '../wire/packet-cursor.ts';
import { isKnownQuicVersion } from '../wire/quic-packet.ts';
import type { TlsCrypto } from '../wire/tls-crypto.ts';
import { endpointsOf } from './endpoint.ts';
import { QuicFollower } from './quic-follower.ts';
import { type UdpTracker, udpIcmpFrame, udpPackets, udpWords } from './udp-tracker.ts';

/** Conversations whose hellos are being read at a time; beyond that the oldest is given up. */
const mostReading = 256;
/** Attempts without an answer that are remembered once their conversation has left. */
const mostRemembered = 1024;
/** A ClientHello with post-quantum keys takes two datagrams at once; what comes this much later was sent again. */
const sentAgainMs = 150;
/** Servers answer sooner: a second is what a client waits before it has sent everything three times. */
const waitedMs = 1000;

/** An attempt at QUIC that nothing answered. */
export interface QuicAttempt {
  client: Endpoint;
  server: Endpoint;
  /** Of the ClientHello that was read in it. */
  serverName: string | null;
  /** Datagrams sent. */
  datagrams: number;
  firstMs: number;
  lastMs: number;
  frames: [number, number];
  /** An ICMP error said so; its frame. */
  refusedFrame: number | null;
}

/** Follows QUIC in UDP conversations: what is in clear, and attempts that nothing answers. */
export class QuicTracker {
  /** Packets of conversations that speak QUIC. */
  packets = 0;
  private readonly crypto: TlsCrypto | null;
  private readonly udp: UdpTracker;
  /** By record of the UDP table. */
  private readonly followers: (QuicFollower | undefined)[] = [];
  /** Records of conversations without an answer so far, and those whose hellos are being read, oldest first. */
  private readonly unanswered = new Set<number>();
  private readonly reading = new Set<QuicFollower>();
  private readonly remembered: QuicAttempt[] = [];

  constructor(udp: UdpTracker, crypto: TlsCrypto | null) {
    this.udp = udp;
    this.crypto = crypto;
  }

  /** What was seen of QUIC in the conversation at `base`; null when it speaks something else. */
  of(base: number): QuicFollower | null {
    return this.followers[base / udpWords] ?? null;
  }

  /** Takes a datagram of the conversation at `base`; `direction` is 0 from its client. */
  take(cursor: PacketCursor, base: number, direction: number): void {
    const from = cursor.payloadOffset;
    const end = Math.min(cursor.end, from + cursor.payloadBytes);
    const record = base / udpWords;
    let follower = this.followers[record];
    if (follower === undefined) {
      if (!beginsLikeQuic(cursor.view, from, end)) return;
      follower = this.begin(record);
    }
    follower.packets++;
    this.packets++;
    if (direction === 1 && !follower.answered) {
      follower.answered = true;
      this.unanswered.delete(record);
    }
    if (end - from < 1 || (cursor.view.getUint8(from) & 0x80) === 0) {
      // Short headers have keys that only an answer gives.
      follower.answered = true;
      return;
    }
    if (follower.answered && !follower.isReading) return;
    const datagram = new Uint8Array(cursor.view.buffer, cursor.view.byteOffset + from, end - from);
    follower.take(datagram, direction, cursor.timeMs, cursor.frame);
    if (!follower.isReading) this.reading.delete(follower);
  }

  private begin(record: number): QuicFollower {
    const follower = new QuicFollower(this.crypto);
    this.followers[record] = follower;
    this.unanswered.add(record);
    if (!follower.isReading) return follower;
    this.reading.add(follower);
    if (this.reading.size > mostReading) {
      const oldest = this.reading.values().next().value!;
      oldest.stopReading();
      this.reading.delete(oldest);
    }
    return follower;
  }

  /** The conversation at `base` has left, after everything of it was told. */
  leave(base: number, nowMs: number): void {
    const record = base / udpWords;
    const follower = this.followers[record];
    if (follower === undefined) return;
    const attempt = this.attemptOf(record, nowMs);
    if (attempt !== null) {
      this.remembered.push(attempt);
      if (this.remembered.length > mostRemembered) this.remembered.shift();
    }
    this.followers[record] = undefined;
    this.unanswered.delete(record);
    this.reading.delete(follower);
  }

  /** The conversation as an attempt without an answer; null when it had one, or may still get it. */
  private attemptOf(record: number, nowMs: number): QuicAttempt | null {
    const follower = this.followers[record];
    const base = record * udpWords;
    const { words } = this.udp.table;
    if (follower === undefined || follower.answered || follower.clientHello === null || words[base + udpPackets + 1] !== 0) return null;
    const refusedFrame = words[base + udpIcmpFrame]! > 0 ? words[base + udpIcmpFrame]! : null;
    const wasSentAgain = follower.lastAttemptMs - follower.firstAttemptMs >= sentAgainMs;
    if (refusedFrame === null && (!wasSentAgain || nowMs - follower.firstAttemptMs < waitedMs)) return null;
    return {
      ...endpointsOf(words, base),
      serverName: follower.clientHello.serverName,
      datagrams: follower.attempts,
      firstMs: follower.firstAttemptMs,
      lastMs: follower.lastAttemptMs,
      frames: [follower.firstAttemptFrame, follower.lastAttemptFrame],
      refusedFrame,
    };
  }

  /** Attempts without an answer begun between two times, as they stand at `nowMs`. */
  attemptsBetween(fromMs: number, toMs: number, nowMs: number): QuicAttempt[] {
    const open = [...this.unanswered].map((record) => this.attemptOf(record, nowMs)).filter((one): one is QuicAttempt => one !== null);
    return [...this.remembered, ...open].filter((one) => one.firstMs >= fromMs && one.firstMs <= toMs);
  }
}

/** A long header of a known version, or of one that servers answer with a choice (RFC 9000 sections 17.2 and 17.2.1). */
function beginsLikeQuic(view: DataView, from: number, end: number): boolean {
  if (end - from < 7 || (view.getUint8(from) & 0xc0) !== 0xc0) return false;
  if (!isKnownQuicVersion(view.getUint32(from + 1))) return false;
  const idBytes = view.getUint8(from + 5);
  return idBytes <= 20 && end - from > 6 + idBytes;
}
