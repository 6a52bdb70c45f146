import { decodeArcnet } from './arcnet.ts';
import { decodeCiscoHdlc } from './cisco-hdlc.ts';
import { layerOfEtherType } from './ether-type.ts';
import { decodeBackboneTag, decodeEthernet, decodeVlan, decodeVnTag } from './ethernet.ts';
import { decodeFddi } from './fddi.ts';
import { decodeErspan2, decodeErspan3, decodeEtherIp, decodeGre } from './gre.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6 } from './ipv6.ts';
import {
  type Layer,
  layerArcnet,
  layerBackboneTag,
  layerCapwap,
  layerCiscoHdlc,
  layerErspan2,
  layerErspan3,
  layerEtherIp,
  layerEthernet,
  layerFddi,
  layerGeneve,
  layerGre,
  layerGtp,
  layerIpv4,
  layerIpv6,
  layerLinuxCooked,
  layerLinuxCooked2,
  layerLlc,
  layerLoopback,
  layerMpls,
  layerNflog,
  layerPpi,
  layerPpp,
  layerPppoeSession,
  layerRadiotap,
  layerRawIp,
  layerTcp,
  layerTeredo,
  layerUdp,
  layerVlan,
  layerVnTag,
  layerVxlan,
  layerWlan,
  layerWlanSwapped,
} from './layer.ts';
import { decodePpi } from './link-type.ts';
import { decodeLinuxCooked, decodeLinuxCooked2 } from './linux-cooked.ts';
import { decodeLlc } from './llc.ts';
import { decodeLoopback, decodeRawIp } from './loopback.ts';
import { decodeMpls } from './mpls.ts';
import { decodeNflog } from './nflog.ts';
import type { PacketCursor } from './packet-cursor.ts';
import { decodePpp, decodePppoeSession } from './ppp.ts';
import { decodeTcp } from './tcp.ts';
import { decodeUdp } from './udp.ts';
import { decodeCapwap, decodeGeneve, decodeGtp, decodeTeredo, decodeVxlan } from './udp-tunnel.ts';
import { decodeRadiotap, decodeWlan } from './wlan.ts';

/** Deepest nesting that is followed; a packet that claims more is malformed. */
const maxLayers = 24;

/**
 * Walks down from `layer` to the first layer that is no mere envelope: a transport header (decoded), ARP, ICMP, a fragment, or nothing that is
 * known. Returns that layer; the cursor holds what the layers passed said. Work is bounded by {@link maxLayers}.
 */
export function descend(cursor: PacketCursor, layer: Layer): Layer {
  let current = layer;
  for (let depth = 0; depth < maxLayers; depth++) {
    switch (current) {
      case layerEthernet:
        current = decodeEthernet(cursor);
        break;
      case layerIpv4:
        current = decodeIpv4(cursor);
        break;
      case layerTcp:
        return decodeTcp(cursor);
      case layerUdp:
        return decodeUdp(cursor);
      case layerIpv6:
        current = decodeIpv6(cursor);
        break;
      default: {
        const next = descendRare(cursor, current);
        if (next < 0) return current;
        current = next;
      }
    }
  }
  return cursor.malformed();
}

/** One step through an envelope that most captures do not have; -1 when `layer` is none. */
function descendRare(cursor: PacketCursor, layer: Layer): Layer {
  switch (layer) {
    case layerVlan:
      return decodeVlan(cursor);
    case layerLinuxCooked:
      return decodeLinuxCooked(cursor);
    case layerLinuxCooked2:
      return decodeLinuxCooked2(cursor);
    case layerLoopback:
      return decodeLoopback(cursor);
    case layerRawIp:
      return decodeRawIp(cursor);
    case layerMpls:
      return decodeMpls(cursor);
    case layerPppoeSession:
      return decodePppoeSession(cursor);
    case layerPpp:
      return decodePpp(cursor);
    case layerLlc:
      return decodeLlc(cursor);
    case layerGre:
      return decodeGre(cursor);
    case layerErspan2:
      return decodeErspan2(cursor);
    case layerErspan3:
      return decodeErspan3(cursor);
    case layerEtherIp:
      return decodeEtherIp(cursor);
    case layerVxlan:
      return decodeVxlan(cursor);
    case layerGeneve:
      return decodeGeneve(cursor);
    case layerGtp:
      return decodeGtp(cursor);
    case layerTeredo:
      return decodeTeredo(cursor);
    case layerNflog:
      return decodeNflog(cursor);
    case layerCiscoHdlc:
      return decodeCiscoHdlc(cursor);
    case layerVnTag:
      return decodeVnTag(cursor);
    case layerBackboneTag:
      return decodeBackboneTag(cursor);
    case layerCapwap:
      return decodeCapwap(cursor);
    case layerRadiotap:
      return decodeRadiotap(cursor);
    case layerWlan:
      return decodeWlan(cursor);
    case layerWlanSwapped:
      return decodeWlan(cursor, true);
    case layerPpi:
      return decodePpi(cursor);
    case layerFddi:
      return decodeFddi(cursor);
    case layerArcnet:
      return decodeArcnet(cursor);
    default:
      return -1;
  }
}

/** Ethernet whose EtherType is preceded by `tagBytes` of a switch's own tag. */
export function decodeSwitchTagged(cursor: PacketCursor, tagBytes: number): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 14 + tagBytes) return cursor.short(at + 14 + tagBytes);
  cursor.offset = at + 14 + tagBytes;
  return layerOfEtherType(cursor, cursor.view.getUint16(at + 12 + tagBytes));
}
