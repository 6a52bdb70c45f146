import { type Layer, layerEthernet, layerNone, layerTcp, layerUdp } from './layer.ts';
import type { PacketBatch } from './packet-batch.ts';
import { type PacketCursor, seenEthernet, seenIpv4, seenIpv6, seenTcp, seenUdp } from './packet-cursor.ts';
import {
  plainAcknowledgment,
  plainAddressWords,
  plainChecksum,
  plainDestination,
  plainEnd,
  plainHeaderWords,
  plainIdentification,
  plainKinds,
  plainPayloadBytes,
  plainPayloadOffset,
  plainPorts,
  plainSequence,
  plainSource,
  plainVantage,
} from './plain-header.ts';

const protocolTcp = 6;
const protocolUdp = 17;
const kinds4: number = 4 << 8;
const kinds6: number = 6 << 8;

/**
 * Decodes the packets that nearly every capture is full of: TCP or UDP in IPv4 or IPv6 without options, extension headers and fragments, in Ethernet
 * without tags. Writes what they say beside the packets of the batch; any other packet is left to the decoders that go layer by layer. What both
 * decode, they decode alike. `linkLayers` holds the layer of each interface.
 */
export function decodePlainPackets(view: DataView, batch: PacketBatch, linkLayers: readonly Layer[]): void {
  const { headers, addresses, offset, capturedBytes, originalBytes, interfaceIndex, count } = batch;
  for (let i = 0; i < count; i++) {
    const link = interfaceIndex[i]!;
    const base = i * plainHeaderWords;
    const captured = capturedBytes[i]!;
    headers[base + plainKinds] = 0;
    if (captured < 54 || linkLayers[link] !== layerEthernet) continue;
    const at = offset[i]!;
    decodeEthernetPacket(headers, base, view, at, captured, originalBytes[i]!, link);
    if ((headers[base + plainKinds]! & 0xff00) === kinds6) copyLongAddresses(addresses, i * plainAddressWords, view, at + 14);
  }
}

function copyLongAddresses(words: Int32Array, base: number, view: DataView, ip: number): void {
  for (let i = 0; i < 3; i++) {
    words[base + i] = view.getInt32(ip + 12 + 4 * i);
    words[base + 3 + i] = view.getInt32(ip + 28 + 4 * i);
  }
}

function decodeEthernetPacket(
  words: Int32Array,
  base: number,
  view: DataView,
  at: number,
  captured: number,
  wireBytes: number,
  link: number,
): void {
  const ip = at + 14;
  const limit = at + Math.max(wireBytes, captured);
  const type = view.getUint16(at + 12);
  if (type === 0x0800) {
    const ttlAndProtocol = view.getUint16(ip + 8);
    const wireEnd = ip + view.getUint16(ip + 2);
    if (view.getUint8(ip) !== 0x45 || (view.getUint16(ip + 6) & 0x3fff) !== 0 || wireEnd > limit) return;
    words[base + plainIdentification] = view.getUint16(ip + 4);
    words[base + plainSource] = view.getInt32(ip + 12);
    words[base + plainDestination] = view.getInt32(ip + 16);
    words[base + plainVantage] = Math.imul(link ^ view.getInt32(at + 8), 0x9e3779b1);
    decodeTransport(words, base, view, ip + 20, at + captured, wireEnd, ttlAndProtocol & 0xff, kinds4 | ((ttlAndProtocol >> 8) << 16));
  } else if (type === 0x86dd && captured >= 74) {
    const next = view.getUint16(ip + 6);
    const wireEnd = ip + 40 + view.getUint16(ip + 4);
    if (view.getUint8(ip) >> 4 !== 6 || wireEnd > limit) return;
    words[base + plainIdentification] = 0;
    words[base + plainSource] = view.getInt32(ip + 8);
    words[base + plainDestination] = view.getInt32(ip + 24);
    words[base + plainVantage] = Math.imul(link ^ view.getInt32(at + 8), 0x9e3779b1);
    decodeTransport(words, base, view, ip + 40, at + captured, wireEnd, next >> 8, kinds6 | ((next & 0xff) << 16));
  }
}

function decodeTransport(
  words: Int32Array,
  base: number,
  view: DataView,
  transport: number,
  end: number,
  wireEnd: number,
  protocol: number,
  kinds: number,
): void {
  if (protocol === protocolTcp) {
    const offsetAndFlags = view.getUint16(transport + 12);
    const headerBytes = (offsetAndFlags >> 12) * 4;
    const payload = transport + headerBytes;
    if (headerBytes < 20 || payload > wireEnd) return;
    words[base + plainPorts] = view.getInt32(transport);
    words[base + plainSequence] = view.getInt32(transport + 4);
    words[base + plainAcknowledgment] = view.getInt32(transport + 8);
    words[base + plainIdentification]! |= view.getUint16(transport + 14) << 16;
    words[base + plainChecksum] = view.getUint16(transport + 16) | (headerBytes << 16);
    words[base + plainPayloadOffset] = payload;
    words[base + plainPayloadBytes] = wireEnd - payload;
    words[base + plainEnd] = Math.min(end, wireEnd);
    words[base + plainKinds] = layerTcp | kinds | ((offsetAndFlags & 0xff) << 24);
  } else if (protocol === protocolUdp) {
    if (transport + 8 > wireEnd || view.getUint16(transport + 4) !== wireEnd - transport) return;
    words[base + plainPorts] = view.getInt32(transport);
    words[base + plainChecksum] = view.getUint16(transport + 6) | (8 << 16);
    words[base + plainPayloadOffset] = transport + 8;
    words[base + plainPayloadBytes] = wireEnd - transport - 8;
    words[base + plainEnd] = Math.min(end, wireEnd);
    words[base + plainKinds] = layerUdp | kinds;
  }
}

/**
 * Puts a cursor behind the headers of the packet `i` of a batch whose plain packets were decoded, and gives its transport layer. Gives
 * {@link layerNone} for a packet that is not plain, with the cursor as it was.
 */
export function takePlainPacket(cursor: PacketCursor, view: DataView, batch: PacketBatch, i: number): Layer {
  const words = batch.headers;
  const base = i * plainHeaderWords;
  const kinds = words[base + plainKinds]!;
  if (kinds === 0) return layerNone;
  const layer = kinds & 0xff;
  const payload = words[base + plainPayloadOffset]!;
  const bytes = words[base + plainPayloadBytes]!;
  const wireEnd = payload + bytes;
  cursor.view = view;
  cursor.offset = payload;
  cursor.end = words[base + plainEnd]!;
  cursor.wireEnd = wireEnd;
  cursor.trouble = 0;
  cursor.vantage = words[base + plainVantage]!;
  cursor.vlanId = -1;
  cursor.ports = words[base + plainPorts]!;
  cursor.source0 = words[base + plainSource]!;
  cursor.destination0 = words[base + plainDestination]!;
  cursor.ttl = (kinds >> 16) & 0xff;
  cursor.payloadOffset = payload;
  cursor.payloadBytes = bytes;
  const identification = words[base + plainIdentification]!;
  cursor.identification = identification & 0xffff;
  const checksum = words[base + plainChecksum]!;
  cursor.transportChecksum = checksum & 0xffff;
  let seen = seenEthernet | seenIpv4;
  cursor.ipVersion = 4;
  if ((kinds & 0xff00) === kinds6) {
    cursor.ipVersion = 6;
    seen = seenEthernet | seenIpv6;
    takeLongAddresses(cursor, batch.addresses, i * plainAddressWords);
  }
  if (layer === layerTcp) {
    cursor.protocol = protocolTcp;
    cursor.sequence = words[base + plainSequence]!;
    cursor.acknowledgment = words[base + plainAcknowledgment]!;
    cursor.tcpFlags = kinds >>> 24;
    cursor.window = identification >>> 16;
    cursor.optionsOffset = payload - (checksum >> 16) + 20;
    cursor.seen = seen | seenTcp;
  } else {
    cursor.protocol = protocolUdp;
    cursor.seen = seen | seenUdp;
  }
  return layer;
}

function takeLongAddresses(cursor: PacketCursor, words: Int32Array, base: number): void {
  cursor.source1 = words[base]!;
  cursor.source2 = words[base + 1]!;
  cursor.source3 = words[base + 2]!;
  cursor.destination1 = words[base + 3]!;
  cursor.destination2 = words[base + 4]!;
  cursor.destination3 = words[base + 5]!;
}
