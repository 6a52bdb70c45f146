import { type Layer, layerLlc, layerWlan } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/**
 * IEEE 802.11 MAC header of a data frame in clear (IEEE 802.11 section 9.2); then LLC. Of an aggregate only the first subframe is taken. Management,
 * control, encrypted and fragmented frames are unknown.
 */
export function decodeWlan(cursor: PacketCursor, swapped = false): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 2) return cursor.short(at + 2);
  const control = view.getUint8(swapped ? at + 1 : at);
  const flags = view.getUint8(swapped ? at : at + 1);
  const isData = (control & 0x0c) === 0x08 && (control & 0x40) === 0;
  // More fragments, protected.
  if (!isData || flags & 0x44) return cursor.unknown();
  const isQos = (control & 0x80) !== 0;
  let header = 24;
  if ((flags & 3) === 3) header += 6;
  const qosOffset = at + header;
  if (isQos) header += flags & 0x80 ? 6 : 2;
  if (cursor.end - at < header) return cursor.short(at + header);
  if (view.getUint16(at + 22, !swapped) & 15) return cursor.unknown();
  cursor.vantage = Math.imul(cursor.vantage ^ view.getInt32(at + 12), 0x9e3779b1);
  // Aggregate (A-MSDU): each subframe has its own addresses and length.
  if (isQos && view.getUint8(qosOffset) & 0x80) header += 14;
  cursor.offset = at + header;
  return layerLlc;
}

/** Radiotap header (radiotap.org): version, length, presence words, fields; of these only the padding flag matters. Then the MAC header. */
export function decodeRadiotap(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 8) return cursor.short(at + 8);
  const length = view.getUint16(at + 2, true);
  if (view.getUint8(at) !== 0 || length < 8) return cursor.malformed();
  if (cursor.end - at < length) return cursor.short(at + length);
  const present = view.getUint32(at + 4, true);
  let fields = at + 8;
  for (let word = present; word & 0x80000000 && fields + 4 <= at + length; fields += 4) word = view.getUint32(fields, true);
  let padded = false;
  if (present & 2) {
    // The time stamp before the flags is eight octets on a boundary of eight.
    const flagsOffset = present & 1 ? at + ((fields - at + 7) & ~7) + 8 : fields;
    padded = flagsOffset < at + length && (view.getUint8(flagsOffset) & 0x20) !== 0;
  }
  cursor.offset = at + length;
  if (padded && cursor.end - cursor.offset >= 26) return decodePaddedWlan(cursor);
  return layerWlan;
}

/** Some drivers pad the MAC header to four octets: the QoS header of 26 is followed by two that mean nothing. */
function decodePaddedWlan(cursor: PacketCursor): Layer {
  const layer = decodeWlan(cursor);
  if (layer === layerLlc) cursor.offset += 2;
  return layer;
}
