import { layerOfEtherType } from './ether-type.ts';
import { type Layer, layerEthernet } from './layer.ts';
import { type PacketCursor, seenEthernet, seenVlan } from './packet-cursor.ts';

/** Ethernet II and IEEE 802.3 header: destination, source, EtherType or length. */
export function decodeEthernet(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 14) return cursor.short(at + 14);
  const view = cursor.view;
  cursor.seen |= seenEthernet;
  // Which station sent it on this link is what tells two sightings of one packet apart.
  cursor.vantage = Math.imul(cursor.vantage ^ view.getInt32(at + 8), 0x9e3779b1);
  cursor.offset = at + 14;
  return layerOfEtherType(cursor, view.getUint16(at + 12));
}

/** IEEE 802.1Q tag, and the 802.1ad service tag, which looks the same: control information, then the EtherType of what follows. */
export function decodeVlan(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 4) return cursor.short(at + 4);
  cursor.seen |= seenVlan;
  cursor.vlanId = cursor.view.getUint16(at) & 0x0fff;
  cursor.offset = at + 4;
  return layerOfEtherType(cursor, cursor.view.getUint16(at + 2));
}

/** Cisco VN-Tag: like a VLAN tag with four octets of control information. */
export function decodeVnTag(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 6) return cursor.short(at + 6);
  cursor.offset = at + 6;
  return layerOfEtherType(cursor, cursor.view.getUint16(at + 4));
}

/** Provider backbone tag (IEEE 802.1ah): four octets of control information and service, then a whole Ethernet frame. */
export function decodeBackboneTag(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 4) return cursor.short(at + 4);
  cursor.offset = at + 4;
  return layerEthernet;
}
