import { type Layer, layerTcp } from './layer.ts';
import { type PacketCursor, seenTcp } from './packet-cursor.ts';

/** Bits of the flags octet (RFC 9293 section 3.1). */
export const tcpFin = 1;
export const tcpSyn = 2;
export const tcpRst = 4;
export const tcpPsh = 8;
export const tcpAck = 16;

/** TCP header (RFC 9293 section 3.1): ports, numbers, flags, and where options and payload lie. */
export function decodeTcp(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  const view = cursor.view;
  if (cursor.end - at < 20) {
    if (cursor.end - at >= 4) cursor.ports = view.getInt32(at);
    return cursor.short(at + 20);
  }
  cursor.ports = view.getInt32(at);
  cursor.sequence = view.getInt32(at + 4);
  cursor.acknowledgment = view.getInt32(at + 8);
  const offsetAndFlags = view.getUint16(at + 12);
  const headerBytes = (offsetAndFlags >> 12) * 4;
  cursor.tcpFlags = offsetAndFlags & 0xff;
  cursor.window = view.getUint16(at + 14);
  cursor.transportChecksum = view.getUint16(at + 16);
  cursor.optionsOffset = at + 20;
  if (headerBytes < 20 || at + headerBytes > cursor.wireEnd) return cursor.malformed();
  cursor.seen |= seenTcp;
  const payload = at + headerBytes;
  cursor.payloadOffset = payload;
  cursor.payloadBytes = cursor.wireEnd - payload;
  return layerTcp;
}

/** Options that matter to the conversation; -1 where absent. */
export interface TcpOptions {
  mssBytes: number;
  /** Shift count, at most 14 (RFC 7323 section 2.3). */
  windowScale: number;
  sackPermitted: boolean;
  timestamps: boolean;
}

/** Decodes the options between `from` and `end` into `options`, up to the first that is damaged. Bounded by 40 octets. */
export function decodeTcpOptions(view: DataView, from: number, end: number, options: TcpOptions): void {
  options.mssBytes = -1;
  options.windowScale = -1;
  options.sackPermitted = false;
  options.timestamps = false;
  let at = from;
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === 0) return;
    if (kind === 1) {
      at++;
      continue;
    }
    if (end - at < 2) return;
    const length = view.getUint8(at + 1);
    if (length < 2 || length > end - at) return;
    if (kind === 2 && length === 4) options.mssBytes = view.getUint16(at + 2);
    else if (kind === 3 && length === 3) options.windowScale = Math.min(view.getUint8(at + 2), 14);
    else if (kind === 4 && length === 2) options.sackPermitted = true;
    else if (kind === 8 && length === 10) options.timestamps = true;
    at += length;
  }
}
