import { layerOfEtherType } from './ether-type.ts';
import { type Layer, layerIpv4 } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** IEEE 802.2 logical link control with SNAP (RFC 1042). Anything but SNAP and IP directly over LLC is unknown. */
export function decodeLlc(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 3) return cursor.short(at + 3);
  const saps = view.getUint16(at);
  if (saps === 0x0606) {
    cursor.offset = at + 3;
    return layerIpv4;
  }
  if (saps !== 0xaaaa) return cursor.unknown();
  if (cursor.end - at < 8) return cursor.short(at + 8);
  cursor.offset = at + 8;
  const type = view.getUint16(at + 6);
  return type <= 1500 ? cursor.unknown() : layerOfEtherType(cursor, type);
}
