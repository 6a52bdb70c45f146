import { type Layer, layerUdp } from './layer.ts';
import { type PacketCursor, seenUdp } from './packet-cursor.ts';

/** UDP header (RFC 768). The payload's length is the header's, even where fewer octets came. A length of zero is taken for "up to the end" (RFC 2675 section 4, and offload). */
export function decodeUdp(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 8) {
    if (cursor.end - at >= 4) cursor.ports = view.getInt32(at);
    return cursor.short(at + 8);
  }
  cursor.ports = view.getInt32(at);
  cursor.transportChecksum = view.getUint16(at + 6);
  const length = view.getUint16(at + 4);
  cursor.payloadBytes = cursor.wireEnd - at - 8;
  if (length !== 0) {
    if (length < 8) return cursor.malformed();
    cursor.payloadBytes = length - 8;
    const wireEnd = at + length;
    if (wireEnd < cursor.wireEnd) {
      cursor.wireEnd = wireEnd;
      if (cursor.end > wireEnd) cursor.end = wireEnd;
    }
  }
  cursor.seen |= seenUdp;
  cursor.payloadOffset = at + 8;
  cursor.offset = at + 8;
  return layerUdp;
}
