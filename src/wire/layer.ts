/**
 * What lies at a packet cursor's offset. Decoders return one of these numbers: plain constants, because a packet passes three or four of them and
 * the loop over them is the hottest of all.
 */
export type Layer = number;

/** Nothing that is understood; the cursor's `trouble` says whether it should have been. */
export const layerNone = 0;
export const layerEthernet = 1;
export const layerIpv4 = 2;
export const layerIpv6 = 3;
export const layerTcp = 4;
export const layerUdp = 5;
export const layerIcmp = 6;
export const layerIcmpv6 = 7;
export const layerArp = 8;
export const layerVlan = 9;
export const layerMpls = 10;
export const layerPppoeSession = 11;
export const layerPppoeDiscovery = 12;
export const layerPpp = 13;
export const layerLlc = 14;
export const layerGre = 15;
export const layerVxlan = 16;
export const layerGeneve = 17;
export const layerGtp = 18;
/** A piece of an IP datagram: the cursor holds where it belongs. */
export const layerFragment = 19;
export const layerLinuxCooked = 20;
export const layerLinuxCooked2 = 21;
export const layerLoopback = 22;
export const layerRawIp = 23;
export const layerNflog = 24;
export const layerCiscoHdlc = 25;
export const layerEtherIp = 26;
export const layerErspan2 = 27;
export const layerErspan3 = 28;
export const layerTeredo = 29;
export const layerWlan = 30;
export const layerRadiotap = 31;
export const layerPpi = 32;
export const layerFddi = 33;
export const layerArcnet = 34;
export const layerSwitchTagged = 35;
export const layerVnTag = 36;
export const layerSctp = 37;
export const layerBackboneTag = 38;
export const layerCapwap = 39;
/** 802.11 with the octets of frame control exchanged, as some access points send it in CAPWAP. */
export const layerWlanSwapped = 40;
