import { type Layer, layerIpv4, layerIpv6 } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

const payloadAttribute = 9;
const maxAttributes = 64;

/**
 * Netfilter log message (LINKTYPE_NFLOG): family, version, group, then attributes of length, type and value in the byte order of the host that
 * wrote them; the packet is the value of attribute 9. Little endian is tried first, as the lengths then make sense on practically every writer.
 */
export function decodeNflog(cursor: PacketCursor): Layer {
  const start = cursor.offset;
  const view = cursor.view;
  if (cursor.end - start < 4) return cursor.short(start + 4);
  const family = view.getUint8(start);
  for (const littleEndian of [true, false]) {
    let at = start + 4;
    for (let i = 0; i < maxAttributes && cursor.end - at >= 4; i++) {
      const length = view.getUint16(at, littleEndian);
      if (length < 4 || length > cursor.wireEnd - at) break;
      if ((view.getUint16(at + 2, littleEndian) & 0x7fff) === payloadAttribute) {
        cursor.offset = at + 4;
        cursor.wireEnd = Math.min(cursor.wireEnd, at + length);
        cursor.end = Math.min(cursor.end, cursor.wireEnd);
        if (family === 2) return layerIpv4;
        return family === 10 ? layerIpv6 : cursor.unknown();
      }
      at += (length + 3) & ~3;
    }
  }
  return cursor.malformed();
}
