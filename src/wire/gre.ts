import { layerOfEtherType } from './ether-type.ts';
import { type Layer, layerErspan2, layerEthernet } from './layer.ts';
import { type PacketCursor, seenTunnel } from './packet-cursor.ts';

/**
 * GRE (RFC 2784, RFC 2890) and its enhanced form (RFC 2637, PPTP). Optional fields are present as their flags say; source routing (RFC 1701) is
 * not decoded.
 */
export function decodeGre(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 4) return cursor.short(at + 4);
  const flags = view.getUint16(at);
  const type = view.getUint16(at + 2);
  const version = flags & 7;
  if (version > 1 || flags & 0x4000) return cursor.unknown();
  let header = 4;
  if (flags & 0x8000) header += 4;
  if (flags & 0x2000) header += 4;
  if (flags & 0x1000) header += 4;
  if (version === 1 && flags & 0x0080) header += 4;
  if (cursor.end - at < header) return cursor.short(at + header);
  cursor.seen |= seenTunnel;
  cursor.offset = at + header;
  if (cursor.wireEnd === cursor.offset) return cursor.unknown();
  const layer = layerOfEtherType(cursor, type);
  // ERSPAN type I has no header of its own, and no sequence number in GRE to tell (draft-foschiano-erspan section 4.1).
  if (layer === layerErspan2 && (flags & 0x1000) === 0) return layerEthernet;
  return type <= 1500 ? cursor.unknown() : layer;
}

/** ERSPAN type II header of 8 octets (draft-foschiano-erspan section 4.2); then Ethernet. */
export function decodeErspan2(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 8) return cursor.short(at + 8);
  cursor.offset = at + 8;
  return layerEthernet;
}

/** ERSPAN type III header of 12 octets, 8 more where the last bit says so (draft-foschiano-erspan section 4.3); Ethernet when frame type is 0. */
export function decodeErspan3(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 12) return cursor.short(at + 12);
  const last = cursor.view.getUint16(at + 10);
  const header = last & 1 ? 20 : 12;
  if (cursor.end - at < header) return cursor.short(at + header);
  cursor.offset = at + header;
  return ((last >> 10) & 0x1f) === 0 ? layerEthernet : cursor.unknown();
}

/** EtherIP (RFC 3378): two octets, version 3; then Ethernet. */
export function decodeEtherIp(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 2) return cursor.short(at + 2);
  if (cursor.view.getUint8(at) >> 4 !== 3) return cursor.unknown();
  cursor.seen |= seenTunnel;
  cursor.offset = at + 2;
  return layerEthernet;
}
