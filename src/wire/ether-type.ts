import {
  type Layer,
  layerArp,
  layerBackboneTag,
  layerErspan2,
  layerErspan3,
  layerEthernet,
  layerIpv4,
  layerIpv6,
  layerLlc,
  layerMpls,
  layerPpp,
  layerPppoeDiscovery,
  layerPppoeSession,
  layerVlan,
  layerVnTag,
} from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** The layer behind an EtherType, or behind a length field (up to 1500, IEEE 802.3). Source: IANA ieee-802-numbers. */
export function layerOfEtherType(cursor: PacketCursor, type: number): Layer {
  switch (type) {
    case 0x0800:
      return layerIpv4;
    case 0x86dd:
      return layerIpv6;
    // RARP (RFC 903) has the same form.
    case 0x0806:
    case 0x8035:
      return layerArp;
    // IEEE 802.1Q, 802.1ad, and two that were in use before it.
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
      return layerVlan;
    case 0x8847:
    case 0x8848:
      return layerMpls;
    case 0x8863:
      return layerPppoeDiscovery;
    case 0x8864:
      return layerPppoeSession;
    case 0x880b:
      return layerPpp;
    case 0x6558:
      return layerEthernet;
    case 0x88be:
      return layerErspan2;
    case 0x22eb:
      return layerErspan3;
    case 0x8926:
      return layerVnTag;
    case 0x88e7:
      return layerBackboneTag;
    // MikroTik's Ethernet over IP, in GRE.
    case 0x6400:
      return layerEthernet;
    default:
      return type <= 1500 ? layerLlc : cursor.unknown();
  }
}
