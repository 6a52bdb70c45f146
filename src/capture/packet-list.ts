import type { Endpoint } from '../model/observations/base.ts';
import type { ReportedPacket } from '../model/read-report.ts';
import { decodeArp } from '../wire/arp.ts';
import { dnsRcodeName } from '../wire/dns-codes.ts';
import { decodeDnsMessage } from '../wire/dns-message.ts';
import { decodeIcmp } from '../wire/icmp.ts';
import { type Layer, layerIcmpv6 } from '../wire/layer.ts';
import type { PacketCursor } from '../wire/packet-cursor.ts';
import { tcpAck, tcpFin, tcpRst, tcpSyn } from '../wire/tcp.ts';
import { CaptureFeed } from './capture-feed.ts';
import { cursorAddress } from './endpoint.ts';
import { PacketTracker, type TransportSinks } from './packet-tracker.ts';
import { payloadHint } from './payload-hint.ts';

/** Which packets belong to one exchange. */
export interface PacketInterest {
  client: Endpoint;
  server: Endpoint;
  /** Numbers of further frames that tell of it: lookups, ARP, ICMP. */
  frames: ReadonlySet<number>;
  /** Packets listed at most. */
  most: number;
}

const dnsPort = 53;

/** Lists the packets of one exchange, on a second pass over captures that were read: what each was, never what a request or answer says. */
export class PacketList implements TransportSinks {
  readonly packets: ReportedPacket[] = [];
  /** Packets that belonged to it and found no room. */
  omitted = 0;
  private readonly interest: PacketInterest;
  private readonly tracker: PacketTracker;
  private readonly forth: number;
  private readonly back: number;
  private readonly firstSequence = new Map<string, number>();

  constructor(interest: PacketInterest) {
    this.interest = interest;
    this.tracker = new PacketTracker(this);
    const { client, server } = interest;
    this.forth = ((client.port << 16) | server.port) >>> 0;
    this.back = ((server.port << 16) | client.port) >>> 0;
  }

  /** A feed for the bytes of the next file. */
  beginFile(): CaptureFeed {
    this.tracker.beginCapture();
    return new CaptureFeed(this.tracker);
  }

  tcp(cursor: PacketCursor): void {
    const ports = cursor.ports >>> 0;
    if (ports !== this.forth && ports !== this.back && !this.isWanted(cursor)) return;
    const [from, to] = [cursorAddress(cursor, 'source'), cursorAddress(cursor, 'destination')];
    const { client, server } = this.interest;
    const isOurs = (from === client.address && to === server.address) || (from === server.address && to === client.address);
    if (!isOurs && !this.isWanted(cursor)) return;
    const { tcpFlags, payloadBytes, window, ttl } = cursor;
    const hint = payloadHint(cursor.view, cursor.payloadOffset, Math.min(cursor.end, cursor.payloadOffset + payloadBytes));
    const flags = flagWords(tcpFlags);
    this.add(
      cursor,
      'tcp',
      from,
      to,
      [
        hint === null && payloadBytes === 0 ? flags : tcpFlags & (tcpSyn | tcpFin | tcpRst) ? flags : '',
        hint ?? (payloadBytes > 0 ? `${payloadBytes} bytes` : ''),
      ],
      {
        ttl,
        sequence: this.relative(`${from} ${ports}`, cursor.sequence),
        acknowledgment:
          tcpFlags & tcpAck ? this.relative(`${to} ${(((ports & 0xffff) << 16) | (ports >>> 16)) >>> 0}`, cursor.acknowledgment) : null,
        window,
      },
    );
  }

  udp(cursor: PacketCursor): void {
    const ports = cursor.ports >>> 0;
    if (ports !== this.forth && ports !== this.back && !this.isWanted(cursor)) return;
    const [from, to] = [cursorAddress(cursor, 'source'), cursorAddress(cursor, 'destination')];
    const { client, server } = this.interest;
    const isOurs =
      (ports === this.forth && from === client.address && to === server.address) ||
      (ports === this.back && from === server.address && to === client.address);
    if (!isOurs && !this.isWanted(cursor)) return;
    const isDns = ports >>> 16 === dnsPort || (ports & 0xffff) === dnsPort;
    this.add(cursor, 'udp', from, to, [isDns ? dnsWords(cursor) : `${cursor.payloadBytes} bytes`], { ttl: cursor.ttl });
  }

  icmp(cursor: PacketCursor, layer: Layer): void {
    if (!this.isWanted(cursor)) return;
    const version = layer === layerIcmpv6 ? 6 : 4;
    const message = decodeIcmp(cursor, version);
    const words = message === null ? 'ICMP' : `ICMP${version === 6 ? 'v6' : ''} type ${message.type} code ${message.code}`;
    this.add(cursor, 'icmp', cursorAddress(cursor, 'source'), cursorAddress(cursor, 'destination'), [words], { ttl: cursor.ttl });
  }

  arp(cursor: PacketCursor): void {
    if (!this.isWanted(cursor)) return;
    const message = decodeArp(cursor);
    if (message === null) return;
    const words =
      message.operation === 1 ? `ARP who has ${message.targetAddress}` : `ARP ${message.senderAddress} is at ${message.senderLink}`;
    this.add(cursor, 'arp', message.senderAddress, message.targetAddress, [words], {});
  }

  private isWanted(cursor: PacketCursor): boolean {
    return this.interest.frames.has(cursor.frame);
  }

  private add(
    cursor: PacketCursor,
    protocol: ReportedPacket['protocol'],
    from: string,
    to: string,
    words: readonly string[],
    more: Partial<Pick<ReportedPacket, 'ttl' | 'sequence' | 'acknowledgment' | 'window'>>,
  ): void {
    if (this.packets.length >= this.interest.most) {
      this.omitted += 1;
      return;
    }
    const isPorted = protocol === 'tcp' || protocol === 'udp';
    const { firstPacketMs } = this.tracker;
    this.packets.push({
      frame: cursor.frame,
      atMs: Math.round((cursor.timeMs - (Number.isNaN(firstPacketMs) ? 0 : firstPacketMs)) * 1000) / 1000,
      protocol,
      from: { address: from, port: isPorted ? cursor.ports >>> 16 : 0 },
      to: { address: to, port: isPorted ? cursor.ports & 0xffff : 0 },
      label: words.filter((word) => word !== '').join(', '),
      payloadBytes: isPorted ? cursor.payloadBytes : 0,
      ttl: null,
      sequence: null,
      acknowledgment: null,
      window: null,
      ...more,
    });
  }

  /** Sequence numbers count from the first seen of their direction, as everybody shows them. */
  private relative(direction: string, sequence: number): number {
    const first = this.firstSequence.get(direction);
    if (first === undefined) {
      this.firstSequence.set(direction, sequence);
      return 0;
    }
    return (sequence - first) >>> 0;
  }
}

function flagWords(flags: number): string {
  const names: [number, string][] = [
    [tcpSyn, 'SYN'],
    [tcpFin, 'FIN'],
    [tcpRst, 'RST'],
    [tcpAck, 'ACK'],
  ];
  return names
    .filter(([bit]) => flags & bit)
    .map(([, name]) => name)
    .join('-');
}

function dnsWords(cursor: PacketCursor): string {
  const end = Math.min(cursor.end, cursor.payloadOffset + cursor.payloadBytes);
  const bytes = new Uint8Array(cursor.view.buffer, cursor.view.byteOffset + cursor.payloadOffset, Math.max(0, end - cursor.payloadOffset));
  const { message } = decodeDnsMessage(bytes);
  const question = message?.questions[0];
  if (message === null || question === undefined) return 'DNS';
  const what = `${question.type} ${question.name}`;
  if (!message.response) return `${what}?`;
  const data = message.answers.filter((record) => record.type === question.type).map((record) => record.data);
  if (message.rcode !== 0) return `${what}: ${dnsRcodeName(message.rcode)}`;
  return `${what}: ${data[0] ?? 'no data'}${data.length > 1 ? ` and ${data.length - 1} more` : ''}`;
}
