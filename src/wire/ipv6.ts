import { layerOfIpProtocol } from './ip-protocol.ts';
import { type Layer, layerFragment } from './layer.ts';
import { type PacketCursor, seenFragment, seenIpv4, seenIpv6, seenTunnel } from './packet-cursor.ts';

/** Longest chain of extension headers that is followed; a packet has room for more only when it is made for that. */
const maxExtensionHeaders = 512;

/**
 * IPv6 header and the extension headers behind it (RFC 8200 sections 3 and 4). A payload length of zero is taken for "up to the end": jumbograms
 * (RFC 2675) and segmentation offload. A fragment header gives {@link layerFragment}, except an atomic one (RFC 6946), which is passed over.
 */
export function decodeIpv6(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.seen & (seenIpv4 | seenIpv6)) cursor.seen |= seenTunnel;
  cursor.seen |= seenIpv6;
  if (cursor.end - at < 40) return cursor.short(at + 40);
  if (view.getUint8(at) >> 4 !== 6) return cursor.malformed();
  const length = view.getUint16(at + 4);
  if (length !== 0) {
    const wireEnd = at + 40 + length;
    if (wireEnd < cursor.wireEnd) {
      cursor.wireEnd = wireEnd;
      if (cursor.end > wireEnd) cursor.end = wireEnd;
    }
  }
  cursor.ipVersion = 6;
  cursor.ttl = view.getUint8(at + 7);
  cursor.identification = 0;
  readIpv6Addresses(cursor, view, at);
  cursor.offset = at + 40;
  return decodeIpv6Chain(cursor, view.getUint8(at + 6));
}

/** Source and destination of the header at `at` (RFC 8200 section 3). */
export function readIpv6Addresses(cursor: PacketCursor, view: DataView, at: number): void {
  cursor.source0 = view.getInt32(at + 8);
  cursor.source1 = view.getInt32(at + 12);
  cursor.source2 = view.getInt32(at + 16);
  cursor.source3 = view.getInt32(at + 20);
  cursor.destination0 = view.getInt32(at + 24);
  cursor.destination1 = view.getInt32(at + 28);
  cursor.destination2 = view.getInt32(at + 32);
  cursor.destination3 = view.getInt32(at + 36);
}

/** The layer behind a chain of extension headers that starts with header number `next` at the cursor. */
export function decodeIpv6Chain(cursor: PacketCursor, next: number): Layer {
  const view = cursor.view;
  let header = next;
  for (let i = 0; i < maxExtensionHeaders; i++) {
    const at = cursor.offset;
    let bytes = 0;
    switch (header) {
      // Hop-by-hop, routing, destination options, mobility, HIP, shim6: length in units of 8 octets beyond the first 8.
      case 0:
      case 43:
      case 60:
      case 135:
      case 139:
      case 140:
        if (cursor.end - at < 8) return cursor.short(at + 8);
        bytes = (view.getUint8(at + 1) + 1) * 8;
        break;
      // Authentication header: length in units of 4 octets, less 2 (RFC 4302 section 2.2).
      case 51:
        if (cursor.end - at < 8) return cursor.short(at + 8);
        bytes = (view.getUint8(at + 1) + 2) * 4;
        break;
      case 44: {
        if (cursor.end - at < 8) return cursor.short(at + 8);
        const fragment = view.getUint16(at + 2);
        cursor.identification = view.getInt32(at + 4);
        if ((fragment & 0xfff9) === 0) {
          bytes = 8;
          break;
        }
        cursor.seen |= seenFragment;
        cursor.protocol = view.getUint8(at);
        cursor.fragmentOffset = fragment & 0xfff8;
        cursor.moreFragments = (fragment & 1) !== 0;
        cursor.fragmentWhole = cursor.wireEnd <= cursor.end;
        cursor.offset = at + 8;
        return layerFragment;
      }
      default:
        cursor.protocol = header;
        return layerOfIpProtocol(cursor, header);
    }
    if (cursor.end - at < bytes) return cursor.short(at + bytes);
    header = view.getUint8(at);
    cursor.offset = at + bytes;
  }
  return cursor.malformed();
}
