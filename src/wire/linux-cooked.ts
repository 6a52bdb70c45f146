import { layerOfEtherType } from './ether-type.ts';
import { type Layer, layerLlc } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** Device types (ARPHRD_) whose protocol field is no EtherType: netlink, and GRE over IP, where it is one. */
const arphrdNetlink = 824;

function layerOfCookedProtocol(cursor: PacketCursor, type: number): Layer {
  // LINUX_SLL_P_802_2; 1 is 802.3 without LLC (Novell).
  if (type === 4) return layerLlc;
  return type <= 1500 ? cursor.unknown() : layerOfEtherType(cursor, type);
}

/** Linux cooked header, version 1 (LINKTYPE_LINUX_SLL): packet type, device type, address, protocol; 16 octets. */
export function decodeLinuxCooked(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 16) return cursor.short(at + 16);
  const view = cursor.view;
  cursor.vantage = Math.imul(cursor.vantage ^ view.getInt32(at) ^ Math.imul(view.getInt32(at + 8), 31), 0x9e3779b1);
  cursor.offset = at + 16;
  if (view.getUint16(at + 2) === arphrdNetlink) return cursor.unknown();
  return layerOfCookedProtocol(cursor, view.getUint16(at + 14));
}

/** Linux cooked header, version 2 (LINKTYPE_LINUX_SLL2): protocol, interface index, device type, packet type, address; 20 octets. */
export function decodeLinuxCooked2(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 20) return cursor.short(at + 20);
  const view = cursor.view;
  cursor.vantage = Math.imul(cursor.vantage ^ view.getInt32(at + 4) ^ Math.imul(view.getUint8(at + 10), 31), 0x9e3779b1);
  cursor.offset = at + 20;
  if (view.getUint16(at + 8) === arphrdNetlink) return cursor.unknown();
  return layerOfCookedProtocol(cursor, view.getUint16(at));
}
