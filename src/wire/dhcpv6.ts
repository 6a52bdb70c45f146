/** A DHCPv6 message (RFC 8415 section 8): type and transaction, of relayed messages those of each layer, outermost first. */
export interface Dhcpv6Message {
  types: number[];
  /** Of the innermost message; null when that is cut or all are relays. */
  transactionId: number | null;
}

const relayForward = 12;
const relayReply = 13;
const relayMessageOption = 9;
/** RFC 8415 section 7.6: HOP_COUNT_LIMIT is 8. */
const maxRelays = 8;

const names: readonly (string | undefined)[] = [
  undefined,
  'Solicit',
  'Advertise',
  'Request',
  'Confirm',
  'Renew',
  'Rebind',
  'Reply',
  'Release',
  'Decline',
  'Reconfigure',
  'Information-request',
  'Relay-forw',
  'Relay-reply',
];

/** `Solicit`, ..., or null for a type not in RFC 8415. */
export function dhcpv6TypeName(type: number): string | null {
  return names[type] ?? null;
}

/** Decodes the message between `offset` and `end`; null when there is not even a type. */
export function decodeDhcpv6(view: DataView, offset: number, end: number): Dhcpv6Message | null {
  if (end - offset < 1) return null;
  const types: number[] = [];
  let at = offset;
  let limit = end;
  for (let i = 0; i <= maxRelays && limit - at >= 1; i++) {
    const type = view.getUint8(at);
    types.push(type);
    if (type !== relayForward && type !== relayReply) {
      return { types, transactionId: limit - at >= 4 ? view.getUint32(at) & 0xffffff : null };
    }
    const inner = findOption(view, at + 34, limit, relayMessageOption);
    if (inner === null) break;
    at = inner.at;
    limit = inner.at + inner.length;
  }
  return { types, transactionId: null };
}

function findOption(view: DataView, from: number, end: number, wanted: number): { at: number; length: number } | null {
  let at = from;
  while (end - at >= 4) {
    const code = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (length > end - at - 4) return null;
    if (code === wanted) return { at: at + 4, length };
    at += 4 + length;
  }
  return null;
}
