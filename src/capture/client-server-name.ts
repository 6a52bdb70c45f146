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

/** Names met last, by hash: captures are full of the same ones. There is room for more than most have, for each is alone in its place. */
const rememberedNames = 8192;
/** As the DNS has it: longer ones are nobody's. */
const longestName = 255;
const names: (string | null)[] = new Array<string | null>(rememberedNames).fill(null);

function nameText(bytes: Uint8Array, from: number, end: number): string {
  let hash = 0x811c9dc5;
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  const place = (hash ^ (hash >>> 15)) & (rememberedNames - 1);
  const known = names[place] ?? null;
  if (known !== null && isName(known, bytes, from, end)) return known;
  const text = String.fromCharCode(...bytes.subarray(from, end));
  if (text.length <= longestName) names[place] = text;
  return text;
}

function isName(text: string, bytes: Uint8Array, from: number, end: number): boolean {
  if (text.length !== end - from) return false;
  for (let at = from; at < end; at++) if (text.charCodeAt(at - from) !== bytes[at]) return false;
  return true;
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/**
 * The server name in a ClientHello (RFC 6066 section 3) that is whole in the first of the records in the `length` bytes from `start` on, as nearly all are;
 * null where it has none. Undefined where the hello is not of the plainest form: then the full decoder says.
 */
export function clientServerName(bytes: Uint8Array, start: number, length: number): string | null | undefined {
  if (length < 9 || bytes[start] !== handshakeRecord || bytes[start + 5] !== typeClientHello) return undefined;
  const recordBytes = 5 + u16(bytes, start + 3);
  const helloBytes = 9 + ((bytes[start + 6]! << 16) | u16(bytes, start + 7));
  if (recordBytes > length || helloBytes > recordBytes) return undefined;
  const end = start + helloBytes;
  const extensions = extensionsAt(bytes, start + 9, end);
  return extensions < 0 ? undefined : extensions === end ? null : nameInExtensions(bytes, extensions, end);
}

/** Where the extensions of a hello begin, their length passed over; `end` where it has none, -1 where it is damaged. */
function extensionsAt(bytes: Uint8Array, body: number, end: number): number {
  // Version and random, session, cipher suites, compression methods.
  let at = body + 34;
  if (at >= end) return -1;
  at += 1 + bytes[at]!;
  if (end - at < 2) return -1;
  at += 2 + u16(bytes, at);
  if (at >= end) return -1;
  at += 1 + bytes[at]!;
  if (at === end) return end;
  return end - at > 2 && u16(bytes, at) === end - at - 2 ? at + 2 : -1;
}

function nameInExtensions(bytes: Uint8Array, extensions: number, end: number): string | null | undefined {
  let name: string | null = null;
  for (let at = extensions; at < end; ) {
    if (end - at < 4) return undefined;
    const type = u16(bytes, at);
    const body = at + 4;
    at = body + u16(bytes, at + 2);
    if (at > end) return undefined;
    if (type !== extensionServerName) continue;
    // A list of one name of the kind for hosts.
    const from = body + 5;
    const isPlain = at > from && u16(bytes, body) === at - body - 2 && bytes[body + 2] === 0 && u16(bytes, body + 3) === at - from;
    if (name !== null || !isPlain || !isHostName(bytes, from, at)) return undefined;
    name = nameText(bytes, from, at);
  }
  return name;
}
