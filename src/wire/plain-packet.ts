import { readIpv6Addresses } from './ipv6.ts';
import { type Layer, layerNone, layerTcp, layerUdp } from './layer.ts';
import { type PacketCursor, seenEthernet, seenIpv4, seenIpv6, seenTcp, seenUdp } from './packet-cursor.ts';

const protocolTcp = 6;
const protocolUdp = 17;

/**
 * Decodes the packet that nearly every capture is full of in one go: TCP or UDP in IPv4 or IPv6 without options, extension headers and fragments, in
 * Ethernet without tags. Gives {@link layerNone} for any other, and a cursor of which nothing may be used before it is started; the layer by layer
 * decoders then take it. What both decode, they decode alike.
 *
 * The cursor need not have been started at the packet, which lies at `at` and had `wireBytes` on the wire.
 */
export function decodePlainPacket(
  cursor: PacketCursor,
  view: DataView,
  at: number,
  captured: number,
  wireBytes: number,
  vantage: number,
): Layer {
  if (captured < 54) return layerNone;
  const ip = at + 14;
  const limit = at + Math.max(wireBytes, captured);
  const type = view.getUint16(at + 12);
  let wireEnd = 0;
  let transport = 0;
  let protocol = 0;
  if (type === 0x0800) {
    const total = view.getUint16(ip + 2);
    const ttlAndProtocol = view.getUint16(ip + 8);
    if (view.getUint8(ip) !== 0x45 || (view.getUint16(ip + 6) & 0x3fff) !== 0) return layerNone;
    wireEnd = ip + total;
    transport = ip + 20;
    protocol = ttlAndProtocol & 0xff;
    cursor.ipVersion = 4;
    cursor.ttl = ttlAndProtocol >> 8;
    cursor.identification = view.getUint16(ip + 4);
    cursor.source0 = view.getInt32(ip + 12);
    cursor.destination0 = view.getInt32(ip + 16);
  } else if (type === 0x86dd && captured >= 74) {
    const next = view.getUint16(ip + 6);
    if (view.getUint8(ip) >> 4 !== 6) return layerNone;
    wireEnd = ip + 40 + view.getUint16(ip + 4);
    transport = ip + 40;
    protocol = next >> 8;
    cursor.ipVersion = 6;
    cursor.ttl = next & 0xff;
    cursor.identification = 0;
    readIpv6Addresses(cursor, view, ip);
  } else {
    return layerNone;
  }
  if (wireEnd > limit) return layerNone;
  cursor.view = view;
  cursor.end = Math.min(at + captured, wireEnd);
  cursor.wireEnd = wireEnd;
  cursor.trouble = 0;
  cursor.vantage = Math.imul(vantage ^ view.getInt32(at + 8), 0x9e3779b1);
  cursor.vlanId = -1;
  cursor.protocol = protocol;
  const network = seenEthernet | (transport === ip + 20 ? seenIpv4 : seenIpv6);
  if (protocol === protocolTcp) return readTcp(cursor, view, transport, wireEnd, network);
  return protocol === protocolUdp ? readUdp(cursor, view, transport, wireEnd, network) : layerNone;
}

function readTcp(cursor: PacketCursor, view: DataView, transport: number, wireEnd: number, network: number): Layer {
  const offsetAndFlags = view.getUint16(transport + 12);
  const payload = transport + (offsetAndFlags >> 12) * 4;
  if (payload < transport + 20 || payload > wireEnd) return layerNone;
  cursor.ports = view.getInt32(transport);
  cursor.sequence = view.getInt32(transport + 4);
  cursor.acknowledgment = view.getInt32(transport + 8);
  cursor.tcpFlags = offsetAndFlags & 0xff;
  cursor.window = view.getUint16(transport + 14);
  cursor.transportChecksum = view.getUint16(transport + 16);
  cursor.optionsOffset = transport + 20;
  cursor.payloadOffset = payload;
  cursor.payloadBytes = wireEnd - payload;
  cursor.seen = network | seenTcp;
  return layerTcp;
}

function readUdp(cursor: PacketCursor, view: DataView, transport: number, wireEnd: number, network: number): Layer {
  if (transport + 8 > wireEnd || view.getUint16(transport + 4) !== wireEnd - transport) return layerNone;
  cursor.ports = view.getInt32(transport);
  cursor.transportChecksum = view.getUint16(transport + 6);
  cursor.payloadOffset = transport + 8;
  cursor.payloadBytes = wireEnd - transport - 8;
  cursor.offset = transport + 8;
  cursor.seen = network | seenUdp;
  return layerUdp;
}
