import type { ContainerReader } from '../wire/capture-container.ts';
import { layerOfIpProtocol } from '../wire/ip-protocol.ts';
import {
  type Layer,
  layerArp,
  layerFragment,
  layerIcmp,
  layerIcmpv6,
  layerNone,
  layerSwitchTagged,
  layerTcp,
  layerUdp,
} from '../wire/layer.ts';
import { layerOfLinkType, switchTagBytes } from '../wire/link-type.ts';
import { decodeSwitchTagged, descend } from '../wire/packet.ts';
import type { PacketBatch } from '../wire/packet-batch.ts';
import {
  PacketCursor,
  seenArp,
  seenIcmp,
  seenIcmpv6,
  seenIpv4,
  seenIpv6,
  seenTcp,
  seenUdp,
  troubleMalformed,
} from '../wire/packet-cursor.ts';
import {
  plainCapturedBytes,
  plainHeaderWords,
  plainKinds,
  plainNanoseconds,
  plainOriginalBytes,
  plainSeconds,
} from '../wire/plain-header.ts';
import { takePlainPacket } from '../wire/plain-packet.ts';
import { layerOfTunnelPort } from '../wire/udp-tunnel.ts';
import type { PacketSink } from './capture-feed.ts';
import { FragmentTable } from './fragment-table.ts';
import { Watch } from './watch.ts';

/** What takes packets once their envelopes are off. The cursor's contents hold only during the call. */
export interface TransportSinks {
  tcp(cursor: PacketCursor): void;
  udp(cursor: PacketCursor): void;
  /** ICMP or ICMPv6, the cursor at its type. */
  icmp(cursor: PacketCursor, layer: Layer): void;
  arp(cursor: PacketCursor): void;
}

/** Counts over one capture. */
export class CaptureCounts {
  packets = 0;
  capturedBytes = 0;
  originalBytes = 0;
  truncatedPackets = 0;
  malformedPackets = 0;
  /** Times in milliseconds since the origin; NaN before the first packet with a time. */
  firstMs: number = Number.NaN;
  lastMs: number = Number.NaN;
  arp = 0;
  ipv4 = 0;
  ipv6 = 0;
  icmp = 0;
  icmpv6 = 0;
  tcp = 0;
  udp = 0;
}

/** The engine optimizes a function for what it has seen of it: one that ends often is seen whole soon, however long the batches are. */
const packetsInOneGo = 256;

/** Envelopes inside UDP inside envelopes: deeper is not followed. */
const maxTunnels = 4;

/**
 * Takes packets off their envelopes and hands them to who follows their kind: the hot loop. Allocates nothing per packet, except for fragments.
 */
export class PacketTracker implements PacketSink {
  readonly cursor: PacketCursor = new PacketCursor();
  readonly fragments: FragmentTable = new FragmentTable();
  readonly watch: Watch = new Watch();
  counts: CaptureCounts = new CaptureCounts();
  /** Packets of the captures before this one: frames are numbered through all of them, as if they were one file. */
  private framesBefore = 0;
  /** Whole seconds since 1970 that times count from: those of the first packet of all captures; NaN before. */
  originSeconds: number = Number.NaN;
  /** Time of the first packet that has one, from that origin; NaN before. */
  firstPacketMs: number = Number.NaN;
  private readonly sinks: TransportSinks;
  private readonly linkLayers: number[] = [];

  constructor(sinks: TransportSinks) {
    this.sinks = sinks;
  }

  /** What follows belongs to another capture: counting starts anew, the origin of times stays. */
  beginCapture(): void {
    this.framesBefore += this.counts.packets;
    this.counts = new CaptureCounts();
    this.linkLayers.length = 0;
  }

  packets(view: DataView, batch: PacketBatch, reader: ContainerReader): void {
    const { linkLayers } = this;
    for (let i = linkLayers.length; i < reader.interfaces.length; i++) linkLayers.push(layerOfLinkType(reader.interfaces[i]!.linkType));
    if (Number.isNaN(this.originSeconds)) this.takeOrigin(batch);
    for (let from = 0; from < batch.count; from += packetsInOneGo)
      this.slice(view, batch, from, Math.min(from + packetsInOneGo, batch.count), reader);
  }

  private slice(view: DataView, batch: PacketBatch, from: number, to: number, reader: ContainerReader): void {
    const { linkLayers, cursor, counts } = this;
    const origin = this.originSeconds;
    const { headers, offset, capturedBytes, originalBytes, interfaceIndex, seconds, nanoseconds } = batch;
    const before = this.framesBefore + counts.packets - from;
    let truncated = 0;
    let captured = 0;
    let original = 0;
    let plainTcp4 = 0;
    let plainTcp6 = 0;
    let previousMs = cursor.timeMs;
    let firstMs = counts.firstMs;
    let lastMs = counts.lastMs;
    for (let i = from; i < to; i++) {
      // All that is to be known of a plain packet lies in one place, and nothing else is touched for it.
      const base = i * plainHeaderWords;
      const isPlain = headers[base + plainKinds] !== 0;
      const bytes = isPlain ? headers[base + plainCapturedBytes]! : capturedBytes[i]!;
      const onWire = isPlain ? headers[base + plainOriginalBytes]! : originalBytes[i]!;
      const second = isPlain ? headers[base + plainSeconds]! >>> 0 : seconds[i]!;
      captured += bytes;
      original += onWire;
      if (bytes < onWire) truncated++;
      // A packet without a time is taken to follow the one before it at once.
      if (!Number.isNaN(second)) {
        const timeMs = (second - origin) * 1000 + (isPlain ? headers[base + plainNanoseconds]! : nanoseconds[i]!) / 1e6;
        if (Watch.isPause(timeMs - previousMs)) this.watch.pause(before + i, previousMs);
        cursor.timeMs = timeMs;
        previousMs = timeMs;
        // Captures of several processors are not quite in order of time, so first and last are sought.
        if (!(timeMs >= firstMs)) firstMs = timeMs;
        if (!(timeMs <= lastMs)) lastMs = timeMs;
      }
      cursor.frame = before + i + 1;
      const plain = takePlainPacket(cursor, view, batch, i);
      if (plain === layerTcp) {
        if (cursor.ipVersion === 4) plainTcp4++;
        else plainTcp6++;
        this.sinks.tcp(cursor);
      } else if (plain === layerUdp) {
        this.udp(0);
        this.countLayers();
      } else {
        const link = interfaceIndex[i]!;
        cursor.start(view, offset[i]!, bytes, onWire, link);
        this.packet(linkLayers[link]!, reader, link);
      }
    }
    counts.ipv4 += plainTcp4;
    counts.ipv6 += plainTcp6;
    counts.tcp += plainTcp4 + plainTcp6;
    counts.firstMs = firstMs;
    counts.lastMs = lastMs;
    counts.packets += to - from;
    counts.capturedBytes += captured;
    counts.originalBytes += original;
    counts.truncatedPackets += truncated;
  }

  private takeOrigin(batch: PacketBatch): void {
    for (let i = 0; i < batch.count; i++) {
      if (Number.isNaN(batch.seconds[i]!)) continue;
      this.originSeconds = batch.seconds[i]!;
      this.firstPacketMs = batch.nanoseconds[i]! / 1e6;
      return;
    }
  }

  private packet(linkLayer: Layer, reader: ContainerReader, link: number): void {
    const { cursor, sinks } = this;
    const tagBytes = linkLayer === layerSwitchTagged ? switchTagBytes(reader.interfaces[link]!.linkType) : 0;
    const layer = descend(cursor, tagBytes > 0 ? decodeSwitchTagged(cursor, tagBytes) : linkLayer);
    if (layer === layerTcp) sinks.tcp(cursor);
    else if (layer === layerUdp) this.udp(0);
    else this.rare(layer);
    this.countLayers();
  }

  private countLayers(): void {
    const { counts, cursor } = this;
    const seen = cursor.seen;
    if (seen & seenIpv4) counts.ipv4++;
    if (seen & seenIpv6) counts.ipv6++;
    if (seen & seenTcp) counts.tcp++;
    if (seen & seenUdp) counts.udp++;
    if (seen & seenArp) counts.arp++;
    if (seen & seenIcmp) counts.icmp++;
    if (seen & seenIcmpv6) counts.icmpv6++;
    if (cursor.trouble === troubleMalformed) counts.malformedPackets++;
  }

  private udp(depth: number): void {
    const { cursor, sinks } = this;
    const ports = cursor.ports;
    let inner = layerOfTunnelPort(ports & 0xffff);
    if (inner === layerNone) inner = layerOfTunnelPort(ports >>> 16);
    sinks.udp(cursor);
    if (inner === layerNone || depth === maxTunnels) return;
    const layer = descend(cursor, inner);
    // What is on a tunnel's port and is no tunnel is nothing to complain about.
    if (layer === layerNone) cursor.trouble = 0;
    if (layer === layerTcp) sinks.tcp(cursor);
    else if (layer === layerUdp) this.udp(depth + 1);
    else this.rare(layer);
  }

  private rare(layer: Layer): void {
    const { cursor, sinks } = this;
    let current = layer;
    for (let i = 0; i < maxTunnels && current === layerFragment; i++) {
      // Of a first fragment that was cut at capture nothing can be put together, and its transport header is there.
      const isHeadOnly = cursor.fragmentOffset === 0 && !cursor.fragmentWhole;
      if (!isHeadOnly && !this.fragments.add(cursor)) return;
      current = descend(cursor, layerOfIpProtocol(cursor, cursor.protocol));
    }
    if (current === layerTcp) sinks.tcp(cursor);
    else if (current === layerUdp) this.udp(1);
    else if (current === layerIcmp || current === layerIcmpv6) {
      cursor.seen |= current === layerIcmp ? seenIcmp : seenIcmpv6;
      sinks.icmp(cursor, current);
    } else if (current === layerArp) {
      cursor.seen |= seenArp;
      sinks.arp(cursor);
    }
  }
}
