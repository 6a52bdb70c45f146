import { type Layer, layerLlc } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** FDDI MAC header: frame control (LLC frames are 0x5n), destination, source; then LLC. */
export function decodeFddi(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 13) return cursor.short(at + 13);
  if ((cursor.view.getUint8(at) & 0xf0) !== 0x50) return cursor.unknown();
  cursor.offset = at + 13;
  return layerLlc;
}
