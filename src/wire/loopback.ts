import { type Layer, layerIpv4, layerIpv6 } from './layer.ts';
import type { PacketCursor } from './packet-cursor.ts';

function layerOfVersion(cursor: PacketCursor, at: number): Layer {
  if (cursor.end - at < 1) return cursor.short(at + 1);
  const version = cursor.view.getUint8(at) >> 4;
  if (version === 4) return layerIpv4;
  return version === 6 ? layerIpv6 : cursor.unknown();
}

/** An IP packet without link layer (LINKTYPE_RAW and its kin): the version nibble tells which. */
export function decodeRawIp(cursor: PacketCursor): Layer {
  return layerOfVersion(cursor, cursor.offset);
}

/**
 * BSD loopback (LINKTYPE_NULL in the writer's byte order, LINKTYPE_LOOP in network order): four octets of address family. AF_INET is 2 everywhere;
 * AF_INET6 is 24, 28 or 30 on the BSDs, 10 on Linux, 23 on Windows. An EtherType there is accepted too, as some writers put one.
 */
export function decodeLoopback(cursor: PacketCursor): Layer {
  const at = cursor.offset;
  if (cursor.end - at < 4) return cursor.short(at + 4);
  const big = cursor.view.getUint32(at);
  const little = cursor.view.getUint32(at, true);
  const family = Math.min(big, little);
  cursor.offset = at + 4;
  switch (family) {
    case 2:
    case 0x0800:
      return layerIpv4;
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
    case 0x86dd:
      return layerIpv6;
    default:
      return cursor.unknown();
  }
}
