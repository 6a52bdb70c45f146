import { layerOfIpProtocol } from './ip-protocol.ts';
import { decodeIpv6Chain } from './ipv6.ts';
import { type Layer, layerFragment, layerIpv6 } from './layer.ts';
import { type PacketCursor, seenFragment, seenIpv4, seenIpv6, seenTunnel } from './packet-cursor.ts';

/**
 * IPv4 header (RFC 791 section 3.1). The total length bounds what follows, so that link padding is left out; zero is taken for "up to the end",
 * as segmentation offload leaves it. A fragment gives {@link layerFragment}.
 */
export function decodeIpv4(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.seen & (seenIpv4 | seenIpv6)) cursor.seen |= seenTunnel;
  const first = cursor.end > at ? view.getUint8(at) : 0;
  // Some links announce either version by the same number.
  if (first >> 4 === 6) return layerIpv6;
  cursor.seen |= seenIpv4;
  if (cursor.end - at < 20) return cursor.short(at + 20);
  const headerBytes = (first & 15) * 4;
  if (first >> 4 !== 4 || headerBytes < 20) return cursor.malformed();
  const total = view.getUint16(at + 2);
  if (total !== 0) {
    if (total < headerBytes) return cursor.malformed();
    const wireEnd = at + total;
    if (wireEnd < cursor.wireEnd) {
      cursor.wireEnd = wireEnd;
      if (cursor.end > wireEnd) cursor.end = wireEnd;
    }
  }
  cursor.ipVersion = 4;
  const protocol = view.getUint8(at + 9);
  cursor.protocol = protocol;
  cursor.ttl = view.getUint8(at + 8);
  cursor.identification = view.getUint16(at + 4);
  cursor.source0 = view.getInt32(at + 12);
  cursor.destination0 = view.getInt32(at + 16);
  if (cursor.end - at < headerBytes) return cursor.short(at + headerBytes);
  cursor.offset = at + headerBytes;
  const fragment = view.getUint16(at + 6) & 0x3fff;
  if (fragment !== 0) {
    cursor.seen |= seenFragment;
    cursor.fragmentOffset = (fragment & 0x1fff) * 8;
    cursor.moreFragments = (fragment & 0x2000) !== 0;
    cursor.fragmentWhole = at + total <= cursor.end;
    return layerFragment;
  }
  // The authentication header is the one extension header that IPv4 knows (RFC 4302 section 3.1).
  return protocol === 51 ? decodeIpv6Chain(cursor, protocol) : layerOfIpProtocol(cursor, protocol);
}
