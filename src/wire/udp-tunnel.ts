import { layerOfEtherType } from './ether-type.ts';
import {
  type Layer,
  layerCapwap,
  layerEthernet,
  layerGeneve,
  layerGre,
  layerGtp,
  layerIpv4,
  layerIpv6,
  layerMpls,
  layerNone,
  layerTeredo,
  layerVxlan,
  layerWlan,
  layerWlanSwapped,
} from './layer.ts';
import { type PacketCursor, seenTunnel } from './packet-cursor.ts';

/** The tunnel that a UDP port is registered for, {@link layerNone} for any other. Source: IANA service-names-port-numbers. */
export function layerOfTunnelPort(port: number): Layer {
  switch (port) {
    case 4789:
      return layerVxlan;
    case 6081:
      return layerGeneve;
    case 2152:
      return layerGtp;
    case 3544:
      return layerTeredo;
    case 4754:
      return layerGre;
    case 6635:
      return layerMpls;
    case 5247:
      return layerCapwap;
    default:
      return layerNone;
  }
}

/** VXLAN (RFC 7348 section 5): flags with the I bit, network identifier; then Ethernet. */
export function decodeVxlan(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 8) return cursor.short(at + 8);
  if ((cursor.view.getUint8(at) & 0x08) === 0) return cursor.unknown();
  cursor.seen |= seenTunnel;
  cursor.offset = at + 8;
  return layerEthernet;
}

/** Geneve (RFC 8926 section 3.4): version 0, options length in words, EtherType of what follows. */
export function decodeGeneve(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 8) return cursor.short(at + 8);
  const first = cursor.view.getUint8(at);
  if (first >> 6 !== 0) return cursor.unknown();
  const header = 8 + (first & 0x3f) * 4;
  if (cursor.end - at < header) return cursor.short(at + header);
  cursor.seen |= seenTunnel;
  cursor.offset = at + header;
  const type = cursor.view.getUint16(at + 2);
  return type <= 1500 ? cursor.unknown() : layerOfEtherType(cursor, type);
}

const maxGtpExtensions = 16;

/** GTP-U version 1 user data (3GPP TS 29.281 section 5): flags, message type 255, length, tunnel, optional fields, extension headers; then IP. */
export function decodeGtp(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 8) return cursor.short(at + 8);
  const flags = view.getUint8(at);
  if (flags >> 5 !== 1 || (flags & 0x10) === 0 || view.getUint8(at + 1) !== 255) return cursor.unknown();
  let next = at + 8;
  if (flags & 7) {
    if (cursor.end - next < 4) return cursor.short(next + 4);
    let extension = flags & 4 ? view.getUint8(next + 3) : 0;
    next += 4;
    for (let i = 0; extension !== 0; i++) {
      if (i === maxGtpExtensions || cursor.end - next < 1) return cursor.short(next + 1);
      const length = view.getUint8(next) * 4;
      if (length === 0) return cursor.malformed();
      if (cursor.end - next < length) return cursor.short(next + length);
      extension = view.getUint8(next + length - 1);
      next += length;
    }
  }
  if (cursor.end - next < 1) return cursor.short(next + 1);
  cursor.offset = next;
  const version = view.getUint8(next) >> 4;
  if (version !== 4 && version !== 6) return cursor.unknown();
  cursor.seen |= seenTunnel;
  return version === 4 ? layerIpv4 : layerIpv6;
}

/** Teredo (RFC 4380 section 5.1.1): optional authentication and origin indications, then IPv6. */
export function decodeTeredo(cursor: PacketCursor): Layer {
  let at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at >= 4 && view.getUint16(at) === 1) {
    at += 4 + view.getUint8(at + 2) + view.getUint8(at + 3) + 9;
  }
  if (cursor.end - at >= 8 && view.getUint16(at) === 0) at += 8;
  if (cursor.end - at < 40) return cursor.unknown();
  if (view.getUint8(at) >> 4 !== 6) return cursor.unknown();
  cursor.seen |= seenTunnel;
  cursor.offset = at;
  return layerIpv6;
}

/** CAPWAP data (RFC 5415 section 4.3): preamble, header length, and whether an 802.11 or an 802.3 frame follows. Fragments are not put together. */
export function decodeCapwap(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 8) return cursor.short(at + 8);
  const head = cursor.view.getUint32(at);
  const headerBytes = ((head >> 19) & 0x1f) * 4;
  // Preamble 0: not encrypted. F: a fragment. K: a keep-alive.
  if (head >>> 24 !== 0 || head & 0x80 || head & 0x08) return cursor.unknown();
  if (headerBytes < 8) return cursor.malformed();
  if (cursor.end - at < headerBytes) return cursor.short(at + headerBytes);
  cursor.seen |= seenTunnel;
  cursor.offset = at + headerBytes;
  if ((head & 0x100) === 0) return layerEthernet;
  if (cursor.end - cursor.offset < 2) return cursor.short(cursor.offset + 2);
  // A data frame's type is in the first octet of frame control; some access points put it in the second.
  const isSwapped = (cursor.view.getUint8(cursor.offset) & 0x0f) !== 0x08 && (cursor.view.getUint8(cursor.offset + 1) & 0x0f) === 0x08;
  return isSwapped ? layerWlanSwapped : layerWlan;
}
