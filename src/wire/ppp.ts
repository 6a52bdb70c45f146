import { type Layer, layerIpv4, layerIpv6, layerMpls, layerPpp } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** PPP frame (RFC 1661, RFC 1662): address and control octets where present, then a protocol number that may be compressed to one octet. */
export function decodePpp(cursor: PacketCursor): Layer {
  let at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 2) return cursor.short(at + 2);
  if (view.getUint16(at) === 0xff03) at += 2;
  if (cursor.end - at < 1) return cursor.short(at + 1);
  let protocol = view.getUint8(at);
  if (protocol & 1) {
    at += 1;
  } else {
    if (cursor.end - at < 2) return cursor.short(at + 2);
    protocol = view.getUint16(at);
    at += 2;
  }
  cursor.offset = at;
  if (protocol === 0x0021) return layerIpv4;
  if (protocol === 0x0057) return layerIpv6;
  if (protocol === 0x0281 || protocol === 0x0283) return layerMpls;
  return cursor.unknown();
}

/** PPPoE session header (RFC 2516 section 6): version, type, code 0, session, length; then PPP. */
export function decodePppoeSession(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 6) return cursor.short(at + 6);
  if (cursor.view.getUint16(at) !== 0x1100) return cursor.malformed();
  const wireEnd = at + 6 + cursor.view.getUint16(at + 4);
  if (wireEnd < cursor.wireEnd) {
    cursor.wireEnd = wireEnd;
    if (cursor.end > wireEnd) cursor.end = wireEnd;
  }
  cursor.offset = at + 6;
  return layerPpp;
}
