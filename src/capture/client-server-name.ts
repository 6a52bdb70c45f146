const handshakeRecord = 22;
const typeClientHello = 1;
const extensionServerName = 0;

/** Whether a name is of the characters that names of hosts have. */
function isHostName(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
    if (!isLetter && !(byte >= 0x30 && byte <= 0x39) && byte !== 0x2d && byte !== 0x2e && byte !== 0x5f) return false;
  }
  return from < end;
}

/**
 * The server name in a ClientHello (RFC 6066 section 3) that is whole in the first of the records in `bytes`, as nearly all are; null where it has none.
 * Undefined where the hello is not of the plainest form: then the full decoder says.
 */
export function clientServerName(bytes: Uint8Array, length: number): string | null | undefined {
  if (length < 9 || bytes[0] !== handshakeRecord || bytes[5] !== typeClientHello) return undefined;
  const u16 = (at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
  const recordEnd = 5 + u16(3);
  const end = 9 + ((bytes[6]! << 16) | u16(7));
  if (recordEnd > length || end > recordEnd) return undefined;
  // Version, random, session, cipher suites, compression methods.
  let at = 9 + 34;
  if (at >= end) return undefined;
  at += 1 + bytes[at]!;
  if (end - at < 2) return undefined;
  at += 2 + u16(at);
  if (at >= end) return undefined;
  at += 1 + bytes[at]!;
  if (at === end) return null;
  if (end - at < 2 || u16(at) !== end - at - 2) return undefined;
  at += 2;
  let name: string | null = null;
  while (at < end) {
    if (end - at < 4) return undefined;
    const type = u16(at);
    const body = at + 4;
    at = body + u16(at + 2);
    if (at > end) return undefined;
    if (type !== extensionServerName) continue;
    // A list of one name of the kind for hosts.
    const from = body + 5;
    if (name !== null || at - from < 1 || u16(body) !== at - body - 2 || bytes[body + 2] !== 0 || u16(body + 3) !== at - from)
      return undefined;
    if (!isHostName(bytes, from, at)) return undefined;
    name = String.fromCharCode(...bytes.subarray(from, at));
  }
  return name;
}
