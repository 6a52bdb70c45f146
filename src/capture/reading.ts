import { decodeArp } from '../wire/arp.ts';
import type { ContainerReader } from '../wire/capture-container.ts';
import { decodeDhcp } from '../wire/dhcp.ts';
import { decodeDhcpv6 } from '../wire/dhcpv6.ts';
import { type Layer, layerIcmp } from '../wire/layer.ts';
import type { PacketBatch } from '../wire/packet-batch.ts';
import type { PacketCursor } from '../wire/packet-cursor.ts';
import type { TlsCrypto } from '../wire/tls-crypto.ts';
import { ByteArena } from './byte-arena.ts';
import type { PacketSink } from './capture-feed.ts';
import { ClosingLine, isOrderlyOver } from './closing-line.ts';
import type { ConnectionFollower, ConnectionSink } from './connection-follower.ts';
import { ConnectionLookup } from './connection-lookup.ts';
import {
  atHighAddress,
  atLastFrame,
  atLastTime,
  atLowAddress,
  atNumber,
  atPorts,
  atState,
  atVersion,
  stateClientIsHigh,
  stateInUse,
  stateSettled,
  type TableLimits,
} from './conversation-table.ts';
import { type DnsLimits, defaultDnsLimits } from './dns-limits.ts';
import { type DnsEndpoints, dnsIcmpFrame, dnsIcmpTypeCode } from './dns-record.ts';
import { DnsTracker } from './dns-tracker.ts';
import { FollowerTable } from './follower-table.ts';
import type { HttpExchange } from './http-exchange.ts';
import { IcmpTracker, type QuotedPacket, type SeenIcmp } from './icmp-tracker.ts';
import { LinkTracker } from './link-tracker.ts';
import { CaptureCounts, PacketTracker, type TransportSinks } from './packet-tracker.ts';
import { QuicTracker } from './quic-tracker.ts';
import type { ReadingSink } from './reading-sink.ts';
import { tcpIcmpFrame, tcpIcmpTypeCode } from './tcp-record.ts';
import { type TcpPayloadSink, TcpTracker } from './tcp-tracker.ts';
import type { TlsInside, TlsInsideSink } from './tls-inside.ts';
import { TlsSecrets } from './tls-secrets.ts';
import { UdpTracker, udpIcmpFrame, udpIcmpTypeCode } from './udp-tracker.ts';

export interface ReadingOptions {
  limits: TableLimits;
  dnsLimits: DnsLimits;
  /** Conversations to make room for from the start. */
  expectedConversations: number;
  /** What opens packets whose keys are known; null to leave them closed. */
  crypto: TlsCrypto | null;
}

/** Conversations kept without question, and at most; how long finished and idle ones stay: long enough for what was sent again, short enough that they stay in the processor's cache. */
export const defaultLimits: TableLimits = { softLimit: 2048, idleLimit: 8192, hardLimit: 131_072, lingerMs: 2_000, idleMs: 300_000 };

export const defaultReadingOptions: ReadingOptions = {
  limits: defaultLimits,
  dnsLimits: defaultDnsLimits,
  expectedConversations: 64,
  crypto: null,
};

const dnsPort = 53;
const dhcpServerPort = 67;
const dhcpClientPort = 68;
const dhcpv6ClientPort = 546;
const dhcpv6ServerPort = 547;
const protocolTcp = 6;
const protocolUdp = 17;
const maxIcmpErrors = 8192;
/** Files that follow each other, as recorders write them, overlap by less, and by less than half of one. */
const mostOverlapMs = 1000;
/** While there are fewer conversations, what was said on them is told when they leave. */
const fewConversations = 512;
/** Bytes of unfinished handshakes and headers, of all connections together. */
const streamArenaBytes = 67_108_864;

/** Reads captures one after the other: packets in, conversations and what was said in them out, in constant memory. */
export class Reading implements PacketSink, TransportSinks, TcpPayloadSink, ConnectionSink {
  readonly packetTracker: PacketTracker;
  readonly tcpTracker: TcpTracker;
  readonly udpTracker: UdpTracker;
  readonly dnsTracker: DnsTracker;
  readonly quicTracker: QuicTracker;
  /** Which lookup led to which connection. */
  readonly lookups: ConnectionLookup;
  readonly arena: ByteArena = new ByteArena(1024, streamArenaBytes);
  readonly link: LinkTracker = new LinkTracker();
  /** ICMP errors about conversations, by frame. */
  readonly icmpErrors: Map<number, SeenIcmp> = new Map();
  private readonly icmpTracker = new IcmpTracker();
  private readonly closing = new ClosingLine();
  private readonly followers: FollowerTable;
  private readonly sink: ReadingSink;
  private readonly endpoints: DnsEndpoints = { version: 4, client: new Int32Array(4), server: new Int32Array(4), ports: 0 };
  private cursor: PacketCursor;
  /** Null where nothing can be opened. */
  readonly secrets: TlsSecrets | null;
  private secretsOf: ContainerReader | null = null;
  private secretsTaken = 0;
  /** A capture behind another, which this is, begins with the next packets. */
  private isAtBeginning = false;
  private before: CaptureCounts = new CaptureCounts();

  constructor(sink: ReadingSink, options: ReadingOptions = defaultReadingOptions) {
    this.sink = sink;
    this.secrets = options.crypto === null ? null : new TlsSecrets(options.crypto, this.arena);
    this.packetTracker = new PacketTracker(this);
    this.cursor = this.packetTracker.cursor;
    this.tcpTracker = new TcpTracker(options.limits, options.expectedConversations, this, (base) => this.leaveTcp(base));
    this.followers = new FollowerTable(this.tcpTracker, this.arena, this);
    this.udpTracker = new UdpTracker(options.limits, options.expectedConversations, (base) => this.leaveUdp(base));
    this.quicTracker = new QuicTracker(this.udpTracker, options.crypto);
    this.dnsTracker = new DnsTracker(options.dnsLimits, options.expectedConversations, (base) => sink.dns(base));
    this.lookups = new ConnectionLookup(this.tcpTracker.table, this.dnsTracker);
  }

  get counts(): CaptureCounts {
    return this.packetTracker.counts;
  }

  /** Time of the packet in hand. */
  get now(): number {
    return this.cursor.timeMs;
  }

  /** Up to when something whose last packet was `frame` at `lastMs` was watched without interruption. */
  watchedUntil(frame: number, lastMs: number): number {
    return this.packetTracker.watch.until(frame, lastMs, this.cursor.timeMs);
  }

  packets(view: DataView, batch: PacketBatch, reader: ContainerReader): void {
    if (this.isAtBeginning && batch.count > 0) this.beginOver(batch);
    if (reader.secrets.length > 0) this.takeSecrets(reader);
    this.packetTracker.packets(view, batch, reader);
  }

  /**
   * The first packets of a capture behind others. One that begins before they end was taken elsewhere, or is one of them again: the same packets would look
   * as if they were sent twice. What was seen so far is told, and the capture is read by itself.
   */
  private beginOver(batch: PacketBatch): void {
    this.isAtBeginning = false;
    const firstMs = (batch.seconds[0]! - this.packetTracker.originSeconds) * 1000 + batch.nanoseconds[0]! / 1e6;
    const { firstMs: beforeMs, lastMs } = this.before;
    if (lastMs - firstMs > Math.min(mostOverlapMs, (lastMs - beforeMs) / 2)) this.drain();
  }

  /** Secrets that the capture itself carries. */
  private takeSecrets(reader: ContainerReader): void {
    if (reader !== this.secretsOf) this.secretsTaken = 0;
    this.secretsOf = reader;
    for (; this.secretsTaken < reader.secrets.length; this.secretsTaken++)
      this.secrets?.add(new TextDecoder().decode(reader.secrets[this.secretsTaken]!));
  }

  tcp(cursor: PacketCursor): void {
    this.tcpTracker.track(cursor);
  }

  /** A connection is opened: which answer told the client where to? */
  opened(cursor: PacketCursor, base: number): void {
    this.lookups.begin(cursor, base);
    this.sink.opened(base);
  }

  established(base: number): void {
    this.sink.established(base);
  }

  /** The handshake is looked at before it has left the processor's cache: the conversation itself leaves much later. */
  closed(base: number): void {
    this.followers.glance(base);
    const { table } = this.tcpTracker;
    if (table.size < fewConversations) return;
    const nowMs = this.cursor.timeMs;
    for (const line = this.closing; line.isDue(nowMs); line.advance()) this.settleEarly(line.base, line.number);
    this.closing.add(base, table.words[base + atNumber]!, nowMs);
  }

  /** Tells of an orderly end long before the conversation leaves, which goes on to count what comes late. */
  private settleEarly(base: number, number: number): void {
    const { words } = this.tcpTracker.table;
    if (words[base + atNumber] !== number || (words[base + atState]! & (stateInUse | stateSettled)) !== stateInUse) return;
    if (isOrderlyOver(words, base)) this.settle(base);
  }

  payload(cursor: PacketCursor, base: number, direction: number): void {
    this.followers.take(cursor, base, direction);
  }

  private leaveTcp(base: number): void {
    if ((this.tcpTracker.table.words[base + atState]! & stateSettled) === 0) this.settle(base);
    this.sink.tcp(base);
  }

  private settle(base: number): void {
    const follower = this.followers.finish(base);
    this.sink.settled(base, follower);
    const { words } = this.tcpTracker.table;
    words[base + atState]! |= stateSettled;
    if (follower !== null) this.followers.giveBack(follower);
    this.lookups.end(base);
  }

  openTls(sink: TlsInsideSink): TlsInside | null {
    return this.secrets === null ? null : this.secrets.open(sink);
  }

  isReversed(follower: ConnectionFollower): boolean {
    return this.tcpTracker.reverse(follower.base);
  }

  named(hash: number, follower: ConnectionFollower): void {
    const { base } = follower;
    if (!this.lookups.isOtherwise(base, hash)) return;
    this.sink.unjoined(base);
    this.lookups.rename(base, hash);
    this.sink.opened(base);
  }

  http(exchange: HttpExchange, follower: ConnectionFollower): void {
    this.sink.http(exchange, follower);
  }

  dns(bytes: Uint8Array<ArrayBuffer>, timeMs: number, frame: number, follower: ConnectionFollower): void {
    const words = this.tcpTracker.table.words;
    const base = follower.base;
    const clientIsHigh = (words[base + atState]! & stateClientIsHigh) !== 0;
    const endpoints = this.endpoints;
    const low = clientIsHigh ? endpoints.server : endpoints.client;
    const high = clientIsHigh ? endpoints.client : endpoints.server;
    for (let i = 0; i < 4; i++) {
      low[i] = words[base + atLowAddress + i]!;
      high[i] = words[base + atHighAddress + i]!;
    }
    const ports = words[base + atPorts]!;
    endpoints.version = words[base + atVersion]!;
    endpoints.ports = clientIsHigh ? (ports << 16) | (ports >>> 16) : ports;
    const now = this.cursor.timeMs;
    const nowFrame = this.cursor.frame;
    this.cursor.timeMs = timeMs;
    this.cursor.frame = frame;
    this.dnsTracker.message(new DataView(bytes.buffer), 0, bytes.length, this.cursor, words[base + atNumber]!, true, endpoints);
    this.cursor.timeMs = now;
    this.cursor.frame = nowFrame;
  }

  udp(cursor: PacketCursor): void {
    const base = this.udpTracker.track(cursor);
    const ports = cursor.ports;
    const destination = ports & 0xffff;
    const source = ports >>> 16;
    if (destination === dnsPort || source === dnsPort) this.dnsOverUdp(cursor, base);
    else if (destination === dhcpServerPort || destination === dhcpClientPort) this.dhcpOverUdp(cursor, false);
    else if (destination === dhcpv6ServerPort || destination === dhcpv6ClientPort) this.dhcpOverUdp(cursor, true);
    else this.quicTracker.take(cursor, base, this.udpTracker.directionOf(cursor, base));
  }

  private leaveUdp(base: number): void {
    this.sink.udp(base);
    if (this.quicTracker.of(base) === null) return;
    const { words, doubles } = this.udpTracker.table;
    this.quicTracker.leave(base, this.watchedUntil(words[base + atLastFrame]!, doubles[(base + atLastTime) >> 1]!));
  }

  private dnsOverUdp(cursor: PacketCursor, base: number): void {
    const end = Math.min(cursor.end, cursor.payloadOffset + cursor.payloadBytes);
    if (end - cursor.payloadOffset < 12) return;
    const isResponse = (cursor.view.getUint8(cursor.payloadOffset + 2) & 0x80) !== 0;
    const { endpoints } = this;
    const source = isResponse ? endpoints.server : endpoints.client;
    const destination = isResponse ? endpoints.client : endpoints.server;
    source[0] = cursor.source0;
    destination[0] = cursor.destination0;
    if (cursor.ipVersion === 6) {
      source[1] = cursor.source1;
      source[2] = cursor.source2;
      source[3] = cursor.source3;
      destination[1] = cursor.destination1;
      destination[2] = cursor.destination2;
      destination[3] = cursor.destination3;
    }
    endpoints.version = cursor.ipVersion;
    endpoints.ports = isResponse ? (cursor.ports << 16) | (cursor.ports >>> 16) : cursor.ports;
    const conversation = this.udpTracker.table.words[base + atNumber]!;
    this.udpTracker.settle(base, isResponse);
    this.dnsTracker.message(cursor.view, cursor.payloadOffset, end, cursor, conversation, false, endpoints);
  }

  private dhcpOverUdp(cursor: PacketCursor, isVersion6: boolean): void {
    const end = Math.min(cursor.end, cursor.payloadOffset + cursor.payloadBytes);
    if (isVersion6) {
      const message = decodeDhcpv6(cursor.view, cursor.payloadOffset, end);
      if (message !== null) this.sink.dhcpv6(message, cursor);
      return;
    }
    const message = decodeDhcp(cursor.view, cursor.payloadOffset, end);
    if (message === null) return;
    this.link.leases.take(message, cursor.source0 !== 0, cursor.timeMs, cursor.frame);
    this.sink.dhcp(message, cursor);
  }

  icmp(cursor: PacketCursor, layer: Layer): void {
    const message = this.icmpTracker.decode(cursor, layer === layerIcmp ? 4 : 6);
    if (message === null) return;
    if (message.quoted !== null && message.quoted.sourcePort !== null) this.noteIcmpError(message, message.quoted);
    if (message.version === 6) this.link.icmp(message, cursor);
    this.sink.icmp(message);
  }

  /** Finds the conversation that an error is about, and notes it there. */
  private noteIcmpError(message: SeenIcmp, packet: QuotedPacket): void {
    const quoted = this.icmpTracker.quoted;
    const typeCode = (message.version << 16) | (message.type << 8) | message.code;
    if (packet.protocol === protocolTcp) {
      const table = this.tcpTracker.table;
      const base = table.find(quoted, table.sourceIsLow(quoted));
      if (base < 0) return;
      this.keepIcmpError(table.words, base + tcpIcmpFrame, base + tcpIcmpTypeCode, typeCode, message);
      return;
    }
    if (packet.protocol !== protocolUdp) return;
    const table = this.udpTracker.table;
    const base = table.find(quoted, table.sourceIsLow(quoted));
    if (base < 0) return;
    this.keepIcmpError(table.words, base + udpIcmpFrame, base + udpIcmpTypeCode, typeCode, message);
    if (packet.destinationPort !== dnsPort || packet.payloadId === null) return;
    const transaction = this.dnsTracker.findTransaction(table.words[base + atNumber]!, packet.payloadId);
    if (transaction >= 0) {
      this.keepIcmpError(this.dnsTracker.words, transaction + dnsIcmpFrame, transaction + dnsIcmpTypeCode, typeCode, message);
    }
  }

  /** The first error is kept with its conversation; the rest of what it said is kept by frame, as long as there is room. */
  private keepIcmpError(words: Int32Array, atFrame: number, atTypeCode: number, typeCode: number, message: SeenIcmp): void {
    if (words[atFrame] !== 0) return;
    words[atFrame] = message.frame;
    words[atTypeCode] = typeCode;
    this.icmpErrors.set(message.frame, message);
    if (this.icmpErrors.size > maxIcmpErrors) this.icmpErrors.delete(this.icmpErrors.keys().next().value!);
  }

  arp(cursor: PacketCursor): void {
    const message = decodeArp(cursor);
    if (message === null) return;
    this.sink.arp(message, cursor);
    this.link.arp(message, cursor);
  }

  /** What follows belongs to another capture. */
  beginCapture(): void {
    const { counts } = this.packetTracker;
    if (!Number.isNaN(counts.firstMs)) this.before = counts;
    this.isAtBeginning = !Number.isNaN(this.before.firstMs);
    this.packetTracker.beginCapture();
  }

  /** Every packet was given: what is still open is told. */
  finish(): void {
    this.drain();
    this.link.neighbors.finish();
  }

  private drain(): void {
    this.tcpTracker.table.drain();
    this.dnsTracker.drain();
    this.udpTracker.table.drain();
  }
}
