import type { PacketCursor } from './packet-cursor.ts';

/** An ICMP or ICMPv6 message (RFC 792, RFC 4443). Null where the type has no such field. */
export interface IcmpMessage {
  version: 4 | 6;
  type: number;
  code: number;
  /** Echo request and reply. */
  identifier: number | null;
  sequence: number | null;
  /** Next-hop MTU of "fragmentation needed" (RFC 1191) and "packet too big"; null when not given. */
  mtuBytes: number | null;
  /** Where the packet that an error is about begins; null when it is no error. */
  quotedOffset: number | null;
  /** Neighbour solicitation and advertisement (RFC 4861): the address they are about. */
  targetOffset: number | null;
}

/** ICMP types that quote the packet they are about: unreachable, source quench, redirect, time exceeded, parameter problem. */
const quotingTypes: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);

/** Decodes the message at the cursor; null when its header is cut. Names nothing outside the captured bytes. */
export function decodeIcmp(cursor: PacketCursor, version: 4 | 6): IcmpMessage | null {
  const { view, offset, end } = cursor;
  if (end - offset < 4) return null;
  const type = view.getUint8(offset);
  const code = view.getUint8(offset + 1);
  const hasRest = end - offset >= 8;
  const isEcho = version === 4 ? type === 0 || type === 8 : type === 128 || type === 129;
  const isError = version === 4 ? quotingTypes.has(type) : type < 128;
  const isNeighbor = version === 6 && (type === 135 || type === 136);
  let mtuBytes: number | null = null;
  if (hasRest && version === 4 && type === 3 && code === 4) mtuBytes = view.getUint16(offset + 6);
  if (hasRest && version === 6 && type === 2) mtuBytes = view.getUint32(offset + 4);
  return {
    version,
    type,
    code,
    identifier: isEcho && hasRest ? view.getUint16(offset + 4) : null,
    sequence: isEcho && hasRest ? view.getUint16(offset + 6) : null,
    mtuBytes: mtuBytes === 0 ? null : mtuBytes,
    quotedOffset: isError && hasRest ? offset + 8 : null,
    targetOffset: isNeighbor && end - offset >= 24 ? offset + 8 : null,
  };
}

const nudSolicitation = 135;

/** The link-layer address option of a neighbour message (RFC 4861 section 4.6.1); null when it has none. */
export function neighborLinkOffset(view: DataView, message: number, end: number): number | null {
  const wanted = view.getUint8(message) === nudSolicitation ? 1 : 2;
  let at = message + 24;
  for (let i = 0; i < 16 && end - at >= 8; i++) {
    const length = view.getUint8(at + 1) * 8;
    if (length === 0 || length > end - at) return null;
    if (view.getUint8(at) === wanted) return at + 2;
    at += length;
  }
  return null;
}
