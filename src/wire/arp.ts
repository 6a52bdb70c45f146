import type { PacketCursor } from './packet-cursor.ts';

/** An ARP message for IPv4 over a link with six octet addresses (RFC 826); RARP's have the same form. */
export interface ArpMessage {
  /** 1 request, 2 reply, 3 and 4 RARP's. */
  operation: number;
  senderLink: string;
  senderAddress: string;
  targetLink: string;
  targetAddress: string;
}

/** Six octets in hexadecimal with colons. */
export function linkAddressText(view: DataView, at: number): string {
  let text = '';
  for (let i = 0; i < 6; i++) {
    const octet = view.getUint8(at + i).toString(16);
    text += (i > 0 ? ':' : '') + (octet.length < 2 ? `0${octet}` : octet);
  }
  return text;
}

function ipv4TextAt(view: DataView, at: number): string {
  return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;
}

/** Decodes the message at the cursor; null when it is cut or about other kinds of addresses. */
export function decodeArp(cursor: PacketCursor): ArpMessage | null {
  const { view, offset, end } = cursor;
  if (end - offset < 8) return null;
  const linkBytes = view.getUint8(offset + 4);
  if (view.getUint16(offset + 2) !== 0x0800 || view.getUint8(offset + 5) !== 4 || (linkBytes !== 6 && linkBytes !== 1)) return null;
  if (end - offset < 16 + 2 * linkBytes) return null;
  const link = (at: number): string => (linkBytes === 6 ? linkAddressText(view, at) : view.getUint8(at).toString(16).padStart(2, '0'));
  const sender = offset + 8;
  const target = sender + linkBytes + 4;
  return {
    operation: view.getUint16(offset + 6),
    senderLink: link(sender),
    senderAddress: ipv4TextAt(view, sender + linkBytes),
    targetLink: link(target),
    targetAddress: ipv4TextAt(view, target + linkBytes),
  };
}
