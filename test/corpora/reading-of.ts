import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CaptureFeed } from '../../src/capture/capture-feed.ts';
import type { ConnectionFollower, ConnectionProtocol } from '../../src/capture/connection-follower.ts';
import { type DnsTransaction, describeDns } from '../../src/capture/dns-transaction.ts';
import type { HttpExchange } from '../../src/capture/http-exchange.ts';
import { headsOf } from '../../src/capture/http-heads.ts';
import type { SeenIcmp } from '../../src/capture/icmp-tracker.ts';
import type { CaptureCounts } from '../../src/capture/packet-tracker.ts';
import { defaultReadingOptions, Reading } from '../../src/capture/reading.ts';
import type { ReadingSink } from '../../src/capture/reading-sink.ts';
import { describeTcp, type TcpConversation } from '../../src/capture/tcp-conversation.ts';
import { describeTls, type TlsConversation } from '../../src/capture/tls-conversation.ts';
import type { SeenTlsAlert } from '../../src/capture/tls-follower.ts';
import { describeUdp, type UdpConversation } from '../../src/capture/udp-conversation.ts';
import type { Endpoint } from '../../src/model/observations/base.ts';
import { systemPacketCrypto } from '../../src/system/packet-crypto.ts';
import type { ArpMessage } from '../../src/wire/arp.ts';
import type { ContainerDamage } from '../../src/wire/capture-container.ts';
import type { DhcpMessage } from '../../src/wire/dhcp.ts';
import type { Dhcpv6Message } from '../../src/wire/dhcpv6.ts';
import type { PacketBatch } from '../../src/wire/packet-batch.ts';
import type { PacketCursor } from '../../src/wire/packet-cursor.ts';
import type { TlsClientHello } from '../../src/wire/tls-hello.ts';

/** A TLS connection as it was read. */
export interface ReadTls {
  conversation: TcpConversation;
  clear: TlsConversation;
  alerts: SeenTlsAlert[];
  clientHelloFrame: number;
}

/** An HTTP exchange as it was read. Request and response are what a header's first line says; empty when not seen. */
export interface ReadHttp {
  conversation: TcpConversation | null;
  isHttp2: boolean;
  hasRequest: boolean;
  request: string;
  statuses: number[];
  /** Of a WebSocket: frames of both sides, and whose close frame came first, and where. */
  socket: { frames: number; closedBy: string | null; closedFrame: number } | null;
  requestEndFrame: number;
  responseStartFrame: number;
  responseHeadFrame: number;
  responseEndFrame: number;
}

/** A UDP conversation that speaks QUIC. */
export interface ReadQuic {
  conversation: UdpConversation;
  version: string | null;
  clientHello: TlsClientHello | null;
}

/** Everything read from one capture. */
export interface CaptureReading {
  packets: number;
  frames: { time: (string | null)[]; length: number[]; captured: number[]; sha256: string };
  damage: ContainerDamage | null;
  linkTypes: number[];
  counts: CaptureCounts;
  tcp: TcpConversation[];
  protocols: Map<TcpConversation, ConnectionProtocol>;
  udp: UdpConversation[];
  dns: DnsTransaction[];
  dnsMessages: number;
  tls: ReadTls[];
  http: ReadHttp[];
  quic: ReadQuic[];
  icmp: SeenIcmp[];
  arp: (ArpMessage & { frame: number })[];
  dhcp: (DhcpMessage & { frame: number })[];
  dhcpv6: (Dhcpv6Message & { frame: number })[];
}

/** Pieces of this size make packets and headers straddle them. */
const pieceBytes = 7777;

/** Reads a capture in small pieces, and keeps everything. */
export function readCapture(file: string): CaptureReading {
  let bytes: Uint8Array = readFileSync(file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  const collector = new Collector();
  const feed = new CaptureFeed(collector);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    feed.target.set(piece);
    feed.accept(piece.length);
  }
  feed.finish();
  collector.reading.finish();
  return {
    ...collector.read(),
    damage: feed.reader?.damage ?? null,
    linkTypes: [...new Set((feed.reader?.interfaces ?? []).map((one) => one.linkType))],
  };
}

class Collector implements ReadingSink {
  readonly reading = new Reading(this, { ...defaultReadingOptions, crypto: systemPacketCrypto });
  private readonly hash: Hash = createHash('sha256');
  private readonly time: (string | null)[] = [];
  private readonly length: number[] = [];
  private readonly captured: number[] = [];
  private readonly tcpConversations: TcpConversation[] = [];
  private readonly protocols = new Map<TcpConversation, ConnectionProtocol>();
  private readonly udpConversations: UdpConversation[] = [];
  private readonly dnsTransactions: DnsTransaction[] = [];
  private readonly tls: ReadTls[] = [];
  private readonly exchanges: (ReadHttp & { base: number })[] = [];
  private readonly quic: ReadQuic[] = [];
  private readonly icmpMessages: SeenIcmp[] = [];
  private readonly arpMessages: (ArpMessage & { frame: number })[] = [];
  private readonly dhcpMessages: (DhcpMessage & { frame: number })[] = [];
  private readonly dhcpv6Messages: (Dhcpv6Message & { frame: number })[] = [];

  packets(view: DataView, batch: PacketBatch, reader: Parameters<Reading['packets']>[2]): void {
    for (let i = 0; i < batch.count; i++) {
      const second = batch.seconds[i]!;
      const time = Number.isNaN(second) ? null : `${second}.${String(batch.nanoseconds[i]).padStart(9, '0')}`;
      this.time.push(time);
      this.length.push(batch.originalBytes[i]!);
      this.captured.push(batch.capturedBytes[i]!);
      this.hash.update(`${this.time.length}\t${time ?? ''}\t${batch.originalBytes[i]}\t${batch.capturedBytes[i]}\n`);
    }
    this.reading.packets(view, batch, reader);
  }

  opened(): void {}

  unjoined(): void {}

  established(): void {}

  settled(base: number, follower: ConnectionFollower | null): void {
    const conversation = describeTcp(this.reading.tcpTracker, base);
    this.tcpConversations.push(conversation);
    if (follower !== null) this.protocols.set(conversation, follower.protocol);
    const tls = follower?.tlsFollower ?? null;
    if (tls !== null) {
      const clear = describeTls(tls, this.reading.arena, follower?.inside ?? null);
      this.tls.push({ conversation, clear, alerts: [...tls.alerts], clientHelloFrame: tls.sides[0].helloFrame });
    }
    for (const exchange of this.exchanges)
      if (exchange.conversation === null && exchange.base === base) exchange.conversation = conversation;
  }

  tcp(): void {}

  udp(base: number): void {
    const conversation = describeUdp(this.reading.udpTracker, base);
    this.udpConversations.push(conversation);
    const quic = this.reading.quicTracker.of(base);
    if (quic !== null) this.quic.push({ conversation, version: quic.version, clientHello: quic.clientHello });
  }

  dns(base: number): void {
    this.dnsTransactions.push(describeDns(this.reading.dnsTracker, base));
  }

  http(exchange: HttpExchange, follower: ConnectionFollower): void {
    const requestBytes = this.reading.arena.read(exchange.requestHead);
    const { request } = headsOf(exchange, this.reading.arena);
    const read: ReadHttp & { base: number } = {
      base: follower.base,
      conversation: null,
      isHttp2: exchange.requestFields !== null,
      hasRequest: exchange.hasRequest && (requestBytes.length > 0 || exchange.requestFields !== null),
      request:
        request === null
          ? `undecoded: ${new TextDecoder('latin1').decode(requestBytes.subarray(0, 40))}`
          : `${request.method} ${request.target}`,
      socket: null,
      statuses: [...(exchange.interim ?? []), ...(exchange.status > 0 ? [exchange.status] : [])],
      requestEndFrame: exchange.requestEndFrame,
      responseStartFrame: exchange.responseStartFrame,
      responseHeadFrame: exchange.responseHeadFrame,
      responseEndFrame: exchange.responseEndFrame,
    };
    const { socket } = exchange;
    if (socket !== null)
      read.socket = { frames: socket.sent + socket.received, closedBy: socket.closedBy, closedFrame: socket.closedFrame };
    // Asked in HTTP/1.1 and answered in HTTP/2: tshark has it as two.
    const switching = request?.version === '1.1' && read.isHttp2 ? read.statuses.indexOf(101) : -1;
    if (switching < 0) this.exchanges.push(read);
    else {
      const [before, after] = [read.statuses.slice(0, switching + 1), read.statuses.slice(switching + 1)];
      this.exchanges.push({ ...read, isHttp2: false, statuses: before, responseStartFrame: 0, responseHeadFrame: 0, responseEndFrame: 0 });
      this.exchanges.push({ ...read, hasRequest: false, statuses: after });
    }
  }

  icmp(message: SeenIcmp): void {
    this.icmpMessages.push(message);
  }

  arp(message: ArpMessage, cursor: PacketCursor): void {
    this.arpMessages.push({ ...message, frame: cursor.frame });
  }

  dhcp(message: DhcpMessage, cursor: PacketCursor): void {
    this.dhcpMessages.push({ ...message, frame: cursor.frame });
  }

  dhcpv6(message: Dhcpv6Message, cursor: PacketCursor): void {
    this.dhcpv6Messages.push({ ...message, frame: cursor.frame });
  }

  read(): Omit<CaptureReading, 'damage' | 'linkTypes'> {
    return {
      packets: this.time.length,
      frames: { time: this.time, length: this.length, captured: this.captured, sha256: this.hash.digest('hex') },
      counts: this.reading.counts,
      tcp: this.tcpConversations,
      protocols: this.protocols,
      udp: this.udpConversations,
      dns: this.dnsTransactions,
      dnsMessages: this.reading.dnsTracker.messages,
      tls: this.tls,
      http: this.exchanges,
      quic: this.quic,
      icmp: this.icmpMessages,
      arp: this.arpMessages,
      dhcp: this.dhcpMessages,
      dhcpv6: this.dhcpv6Messages,
    };
  }
}

/** An endpoint in the truth's form. */
export function endpointText({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Names a conversation by its first frame and endpoints, whoever counts as the client. */
export function conversationKey(firstFrame: number, one: string, other: string): string {
  return [firstFrame, ...[one, other].sort()].join(' ');
}

export function keyOf(conversation: TcpConversation): string {
  return conversationKey(conversation.firstFrame, endpointText(conversation.client), endpointText(conversation.server));
}
