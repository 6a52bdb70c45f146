import { type Layer, layerEthernet, layerNone, layerTcp, layerUdp } from './layer.ts';
import type { PacketBatch } from './packet-batch.ts';
import { type PacketCursor, seenEthernet, seenIpv4, seenIpv6, seenTcp, seenUdp } from './packet-cursor.ts';
import {
  longAddressWords,
  plainAcknowledgment,
  plainCapturedBytes,
  plainChecksum,
  plainDestination,
  plainHeaderWords,
  plainIdentification,
  plainKinds,
  plainLongAddresses,
  plainNanoseconds,
  plainOriginalBytes,
  plainPayloadBytes,
  plainPayloadOffset,
  plainPorts,
  plainSeconds,
  plainSequence,
  plainSource,
  plainVantage,
} from './plain-header.ts';

const protocolTcp = 6;
const protocolUdp = 17;
const kinds4: number = 4 << 8;
const kinds6: number = 6 << 8;
/** Of Ethernet. */
const linkBytes = 14;

/**
 * Decodes the packets that nearly every capture is full of: TCP or UDP in IPv4 or IPv6 without options, extension headers and fragments, in Ethernet
 * without tags, at a time that is known. Writes what they say beside the packets of the batch; any other packet is left to the decoders that go layer by
 * layer. What both decode, they decode alike. `linkLayers` holds the layer of each interface.
 */
export function decodePlainPackets(view: DataView, batch: PacketBatch, linkLayers: readonly Layer[]): void {
  const { headers, longAddresses, offset, capturedBytes, originalBytes, interfaceIndex, seconds, nanoseconds, count } = batch;
  let long = 0;
  for (let i = 0; i < count; i++) {
    const base = i * plainHeaderWords;
    const captured = capturedBytes[i]!;
    const link = interfaceIndex[i]!;
    const second = seconds[i]!;
    headers[base + plainKinds] = 0;
    if (captured < 54 || linkLayers[link] !== layerEthernet || second !== second >>> 0) continue;
    const at = offset[i]!;
    const original = originalBytes[i]!;
    headers[base + plainCapturedBytes] = captured;
    headers[base + plainOriginalBytes] = original;
    headers[base + plainNanoseconds] = nanoseconds[i]!;
    headers[base + plainSeconds] = second;
    headers[base + plainVantage] = Math.imul(link ^ view.getInt32(at + 8), 0x9e3779b1);
    decodeNetwork(headers, base, view, at + linkBytes, captured, at + Math.max(original, captured));
    if ((headers[base + plainKinds]! & 0xff00) !== kinds6) continue;
    headers[base + plainLongAddresses] = long;
    copyLongAddresses(longAddresses, long++ * longAddressWords, view, at + linkBytes);
  }
}

function decodeNetwork(words: Int32Array, base: number, view: DataView, ip: number, captured: number, limit: number): void {
  const type = view.getUint16(ip - 2);
  if (type === 0x0800) {
    const ttlAndProtocol = view.getUint16(ip + 8);
    const wireEnd = ip + view.getUint16(ip + 2);
    if (view.getUint8(ip) !== 0x45 || (view.getUint16(ip + 6) & 0x3fff) !== 0 || wireEnd > limit) return;
    words[base + plainIdentification] = view.getUint16(ip + 4);
    words[base + plainSource] = view.getInt32(ip + 12);
    words[base + plainDestination] = view.getInt32(ip + 16);
    decodeTransport(words, base, view, ip, 20, wireEnd, ttlAndProtocol & 0xff, kinds4 | ((ttlAndProtocol >> 8) << 16));
  } else if (type === 0x86dd && captured >= 74) {
    const nextAndLimit = view.getUint16(ip + 6);
    const wireEnd = ip + 40 + view.getUint16(ip + 4);
    if (view.getUint8(ip) >> 4 !== 6 || wireEnd > limit) return;
    words[base + plainIdentification] = 0;
    words[base + plainSource] = view.getInt32(ip + 8);
    words[base + plainDestination] = view.getInt32(ip + 24);
    decodeTransport(words, base, view, ip, 40, wireEnd, nextAndLimit >> 8, kinds6 | ((nextAndLimit & 0xff) << 16));
  }
}

/** The kinds come last: without them, there is no plain packet. */
function decodeTransport(
  words: Int32Array,
  base: number,
  view: DataView,
  ip: number,
  ipBytes: number,
  wireEnd: number,
  protocol: number,
  kinds: number,
): void {
  const transport = ip + ipBytes;
  if (protocol === protocolTcp) {
    const offsetAndFlags = view.getUint16(transport + 12);
    const headerBytes = (offsetAndFlags >> 12) * 4;
    const payload = transport + headerBytes;
    if (headerBytes < 20 || payload > wireEnd) return;
    words[base + plainPorts] = view.getInt32(transport);
    words[base + plainSequence] = view.getInt32(transport + 4);
    words[base + plainAcknowledgment] = view.getInt32(transport + 8);
    words[base + plainIdentification]! |= view.getUint16(transport + 14) << 16;
    words[base + plainChecksum] = view.getUint16(transport + 16) | (headerBytes << 16) | ((linkBytes + ipBytes + headerBytes) << 24);
    words[base + plainPayloadOffset] = payload;
    words[base + plainPayloadBytes] = wireEnd - payload;
    words[base + plainKinds] = layerTcp | kinds | ((offsetAndFlags & 0xff) << 24);
  } else if (protocol === protocolUdp) {
    const payload = transport + 8;
    if (payload > wireEnd || view.getUint16(transport + 4) !== wireEnd - transport) return;
    words[base + plainPorts] = view.getInt32(transport);
    words[base + plainChecksum] = view.getUint16(transport + 6) | (8 << 16) | ((linkBytes + ipBytes + 8) << 24);
    words[base + plainPayloadOffset] = payload;
    words[base + plainPayloadBytes] = wireEnd - payload;
    words[base + plainKinds] = layerUdp | kinds;
  }
}

function copyLongAddresses(words: Int32Array, base: number, view: DataView, ip: number): void {
  for (let i = 0; i < 3; i++) {
    words[base + i] = view.getInt32(ip + 12 + 4 * i);
    words[base + 3 + i] = view.getInt32(ip + 28 + 4 * i);
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
  const checksum = words[base + plainChecksum]!;
  const identification = words[base + plainIdentification]!;
  const wireEnd = payload + bytes;
  cursor.view = view;
  cursor.offset = payload;
  cursor.end = Math.min(payload - (checksum >>> 24) + words[base + plainCapturedBytes]!, wireEnd);
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
  cursor.identification = identification & 0xffff;
  cursor.transportChecksum = checksum & 0xffff;
  let seen = seenEthernet | seenIpv4;
  cursor.ipVersion = 4;
  if ((kinds & 0xff00) === kinds6) {
    seen = seenEthernet | seenIpv6;
    cursor.ipVersion = 6;
    takeLongAddresses(cursor, batch.longAddresses, words[base + plainLongAddresses]! * longAddressWords);
  }
  if (layer === layerTcp) {
    cursor.protocol = protocolTcp;
    cursor.sequence = words[base + plainSequence]!;
    cursor.acknowledgment = words[base + plainAcknowledgment]!;
    cursor.tcpFlags = kinds >>> 24;
    cursor.window = identification >>> 16;
    cursor.optionsOffset = payload - ((checksum >> 16) & 0xff) + 20;
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
