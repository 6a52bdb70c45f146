import {
  type Layer,
  layerEtherIp,
  layerEthernet,
  layerGre,
  layerIcmp,
  layerIcmpv6,
  layerIpv4,
  layerIpv6,
  layerMpls,
  layerSctp,
  layerTcp,
  layerUdp,
} from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** The layer behind an IP protocol or next-header number that is no IPv6 extension header. Source: IANA protocol-numbers. */
export function layerOfIpProtocol(cursor: PacketCursor, protocol: number): Layer {
  switch (protocol) {
    case 6:
      return layerTcp;
    case 17:
      return layerUdp;
    case 1:
      return layerIcmp;
    case 58:
      return layerIcmpv6;
    case 4:
      return layerIpv4;
    case 41:
      return layerIpv6;
    case 47:
      return layerGre;
    case 97:
      return layerEtherIp;
    case 132:
      return layerSctp;
    case 137:
      return layerMpls;
    case 143:
      return layerEthernet;
    default:
      return cursor.unknown();
  }
}
