import { decodeIcmp, type IcmpMessage } from '../wire/icmp.ts';
import { decodeIpv4 } from '../wire/ipv4.ts';
import { decodeIpv6 } from '../wire/ipv6.ts';
import { layerFragment, layerTcp, layerUdp } from '../wire/layer.ts';
import { PacketCursor } from '../wire/packet-cursor.ts';
import { cursorAddress } from './endpoint.ts';

/** The packet that an ICMP error is about, as far as it was quoted. */
export interface QuotedPacket {
  protocol: number;
  source: string;
  destination: string;
  /** Null when the quotation ends before them. */
  sourcePort: number | null;
  destinationPort: number | null;
  /** First octets of a quoted UDP payload, as one number; null when fewer than two were quoted. */
  payloadId: number | null;
}

/** One ICMP or ICMPv6 message with its packet. Times are milliseconds since the reading's origin. */
export interface SeenIcmp extends IcmpMessage {
  timeMs: number;
  frame: number;
  from: string;
  to: string;
  ttl: number;
  quoted: QuotedPacket | null;
}

/** Decodes ICMP messages and what they quote. */
export class IcmpTracker {
  /** At the quoted packet after {@link decode}, ready to be looked up; meaningful when ports were quoted. */
  readonly quoted: PacketCursor = new PacketCursor();

  /** The message at the cursor; null when it is cut. */
  decode(cursor: PacketCursor, version: 4 | 6): SeenIcmp | null {
    const message = decodeIcmp(cursor, version);
    if (message === null) return null;
    return {
      ...message,
      timeMs: cursor.timeMs,
      frame: cursor.frame,
      from: cursorAddress(cursor, 'source'),
      to: cursorAddress(cursor, 'destination'),
      ttl: cursor.ttl,
      quoted: message.quotedOffset === null ? null : this.decodeQuoted(cursor, message.quotedOffset, version),
    };
  }

  private decodeQuoted(cursor: PacketCursor, offset: number, version: 4 | 6): QuotedPacket | null {
    const quoted = this.quoted;
    const available = cursor.end - offset;
    if (available <= 0) return null;
    quoted.start(cursor.view, offset, available, available, 0);
    const layer = version === 4 ? decodeIpv4(quoted) : decodeIpv6(quoted);
    if (quoted.ipVersion === 0) return null;
    const hasPorts =
      (layer === layerTcp || layer === layerUdp || (layer === layerFragment && quoted.fragmentOffset === 0)) &&
      quoted.end - quoted.offset >= 4;
    if (hasPorts) quoted.ports = quoted.view.getInt32(quoted.offset);
    const payload = quoted.offset + 8;
    return {
      protocol: quoted.protocol,
      source: cursorAddress(quoted, 'source'),
      destination: cursorAddress(quoted, 'destination'),
      sourcePort: hasPorts ? quoted.ports >>> 16 : null,
      destinationPort: hasPorts ? quoted.ports & 0xffff : null,
      payloadId: layer === layerUdp && quoted.end - payload >= 2 ? quoted.view.getUint16(payload) : null,
    };
  }
}
