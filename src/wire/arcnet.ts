import { type Layer, layerArp, layerIpv4 } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** ARCNET as Linux captures it (LINKTYPE_ARCNET_LINUX): source, destination, offset, type; RFC 1201 types have three octets more. */
export function decodeArcnet(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 5) return cursor.short(at + 5);
  const type = cursor.view.getUint8(at + 4);
  const header = type === 212 || type === 213 ? 8 : 5;
  if (cursor.end - at < header) return cursor.short(at + header);
  cursor.offset = at + header;
  if (type === 212 || type === 240) return layerIpv4;
  return type === 213 || type === 241 ? layerArp : cursor.unknown();
}
