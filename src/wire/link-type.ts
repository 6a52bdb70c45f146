import {
  type Layer,
  layerArcnet,
  layerCiscoHdlc,
  layerEthernet,
  layerFddi,
  layerIpv4,
  layerIpv6,
  layerLinuxCooked,
  layerLinuxCooked2,
  layerLoopback,
  layerNflog,
  layerNone,
  layerPpi,
  layerPpp,
  layerPppoeSession,
  layerRadiotap,
  layerRawIp,
  layerSwitchTagged,
  layerWlan,
} from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

interface LinkType {
  /** Without the LINKTYPE_ prefix; Ethernet and loopback keep the names that libpcap's tools print. */
  name: string;
  layer: Layer;
  /** Octets of a switch's tag between addresses and EtherType. */
  tagBytes?: number;
}

/** Source: tcpdump.org/linktypes.html. 12 and 14 are what raw IP was on some systems before it had a number of its own. */
const linkTypes: Readonly<Record<number, LinkType>> = {
  0: { name: 'NULL', layer: layerLoopback },
  1: { name: 'EN10MB', layer: layerEthernet },
  6: { name: 'IEEE802_5', layer: layerNone },
  8: { name: 'SLIP', layer: layerNone },
  9: { name: 'PPP', layer: layerPpp },
  10: { name: 'FDDI', layer: layerFddi },
  12: { name: 'RAW', layer: layerRawIp },
  14: { name: 'RAW', layer: layerRawIp },
  50: { name: 'PPP_SERIAL', layer: layerPpp },
  51: { name: 'PPP_ETHER', layer: layerPppoeSession },
  101: { name: 'RAW', layer: layerRawIp },
  104: { name: 'C_HDLC', layer: layerCiscoHdlc },
  105: { name: 'IEEE802_11', layer: layerWlan },
  108: { name: 'LOOP', layer: layerLoopback },
  113: { name: 'LINUX_SLL', layer: layerLinuxCooked },
  127: { name: 'IEEE802_11_RADIO', layer: layerRadiotap },
  129: { name: 'ARCNET_LINUX', layer: layerArcnet },
  192: { name: 'PPI', layer: layerPpi },
  228: { name: 'IPV4', layer: layerIpv4 },
  229: { name: 'IPV6', layer: layerIpv6 },
  239: { name: 'NFLOG', layer: layerNflog },
  276: { name: 'LINUX_SLL2', layer: layerLinuxCooked2 },
  281: { name: 'DSA_TAG_BRCM', layer: layerSwitchTagged, tagBytes: 4 },
  284: { name: 'DSA_TAG_DSA', layer: layerSwitchTagged, tagBytes: 4 },
  285: { name: 'DSA_TAG_EDSA', layer: layerSwitchTagged, tagBytes: 8 },
};

/** The layer a link type starts with; {@link layerNone} for one that is not decoded. */
export function layerOfLinkType(linkType: number): Layer {
  return linkTypes[linkType]?.layer ?? layerNone;
}

/** The name of a link type, `LINKTYPE_n` for one not listed here. */
export function linkTypeName(linkType: number): string {
  return linkTypes[linkType]?.name ?? `LINKTYPE_${linkType}`;
}

/** Octets that a switch put between addresses and EtherType, for {@link layerSwitchTagged}. */
export function switchTagBytes(linkType: number): number {
  return linkTypes[linkType]?.tagBytes ?? 0;
}

/** Per-packet information header (LINKTYPE_PPI): version, flags, length, link type of what follows, in little endian. */
export function decodePpi(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 8) return cursor.short(at + 8);
  const length = view.getUint16(at + 2, true);
  if (length < 8) return cursor.malformed();
  if (cursor.end - at < length) return cursor.short(at + length);
  const layer = layerOfLinkType(view.getUint32(at + 4, true));
  cursor.offset = at + length;
  return layer === layerPpi ? cursor.malformed() : layer;
}
