import { type Layer, layerNone, layerTcp, layerUdp } from './layer.ts';
import { type PacketCursor, seenEthernet, seenIpv4, seenTcp, seenUdp } from './packet-cursor.ts';

/**
 * Decodes the packet that nearly every capture is full of in one go: TCP or UDP in IPv4 without options and fragments, in Ethernet without tags.
 * Gives {@link layerNone}, with nothing decoded, for any other; the layer by layer decoders then take it. What both decode, they decode alike.
 *
 * The cursor has been started at the packet.
 */
export function decodePlainPacket(cursor: PacketCursor, view: DataView, at: number, captured: number): Layer {
  if (captured < 54 || view.getUint16(at + 12) !== 0x0800) return layerNone;
  const ip = at + 14;
  const total = view.getUint16(ip + 2);
  const ttlAndProtocol = view.getUint16(ip + 8);
  if (view.getUint8(ip) !== 0x45 || (view.getUint16(ip + 6) & 0x3fff) !== 0 || total < 28 || ip + total > cursor.wireEnd) return layerNone;
  const protocol = ttlAndProtocol & 0xff;
  const transport = ip + 20;
  const wireEnd = ip + total;
  if (protocol === 6) {
    const offsetAndFlags = view.getUint16(transport + 12);
    const payload = transport + (offsetAndFlags >> 12) * 4;
    if (payload < transport + 20 || payload > wireEnd) return layerNone;
    cursor.sequence = view.getInt32(transport + 4);
    cursor.acknowledgment = view.getInt32(transport + 8);
    cursor.tcpFlags = offsetAndFlags & 0xff;
    cursor.window = view.getUint16(transport + 14);
    cursor.transportChecksum = view.getUint16(transport + 16);
    cursor.optionsOffset = transport + 20;
    cursor.payloadOffset = payload;
    cursor.payloadBytes = wireEnd - payload;
    cursor.seen = seenEthernet | seenIpv4 | seenTcp;
  } else if (protocol === 17) {
    if (view.getUint16(transport + 4) !== total - 20) return layerNone;
    cursor.payloadOffset = transport + 8;
    cursor.payloadBytes = total - 28;
    cursor.offset = transport + 8;
    cursor.seen = seenEthernet | seenIpv4 | seenUdp;
  } else {
    return layerNone;
  }
  cursor.vantage = Math.imul(cursor.vantage ^ view.getInt32(at + 8), 0x9e3779b1);
  cursor.ipVersion = 4;
  cursor.protocol = protocol;
  cursor.ttl = ttlAndProtocol >> 8;
  cursor.identification = view.getUint16(ip + 4);
  cursor.source0 = view.getInt32(ip + 12);
  cursor.destination0 = view.getInt32(ip + 16);
  cursor.ports = view.getInt32(transport);
  cursor.wireEnd = wireEnd;
  if (cursor.end > wireEnd) cursor.end = wireEnd;
  return protocol === 6 ? layerTcp : layerUdp;
}
