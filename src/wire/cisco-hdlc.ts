import { layerOfEtherType } from './ether-type.ts';
import type { Layer } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** Cisco HDLC: address, control, EtherType (RFC 1547 section 4.3.1). */
export function decodeCiscoHdlc(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 4) return cursor.short(at + 4);
  cursor.offset = at + 4;
  const type = cursor.view.getUint16(at + 2);
  // 0x8035 is Cisco's own keep-alive here, not RARP.
  return type <= 1500 || type === 0x8035 ? cursor.unknown() : layerOfEtherType(cursor, type);
}
