import { type Layer, layerEthernet, layerIpv4, layerIpv6 } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** Labels beyond this depth are taken for damage. */
const maxLabels = 32;

/**
 * MPLS label stack (RFC 3032). What follows is not named; the first nibble tells (RFC 4928 section 3): 4 and 6 are IP, 0 is a pseudowire control
 * word (RFC 4385) before Ethernet.
 */
export function decodeMpls(cursor: PacketCursor): Layer {
  let at = cursor.offset;
  const view = cursor.view;
  for (let labels = 0; labels < maxLabels; labels++) {
    if (cursor.end - at < 4) return cursor.short(at + 4);
    const bottom = view.getUint8(at + 2) & 1;
    at += 4;
    if (bottom === 0) continue;
    if (cursor.end - at < 1) return cursor.short(at + 1);
    cursor.offset = at;
    const nibble = view.getUint8(at) >> 4;
    if (nibble === 4) return layerIpv4;
    if (nibble === 6) return layerIpv6;
    if (nibble === 0 && cursor.end - at >= 18) {
      cursor.offset = at + 4;
      return layerEthernet;
    }
    return cursor.unknown();
  }
  return cursor.malformed();
}
