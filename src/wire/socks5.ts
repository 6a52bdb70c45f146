import { parseIpv4, parseIpv6 } from './dns-address.ts';

/** Messages of SOCKS version 5 (RFC 1928) and of its login by name and password (RFC 1929), a client's side. Decoders never throw. */

const version = 5;
const loginVersion = 1;
const commandConnect = 1;
const longestName = 255;

/** RFC 1928 section 5, address types. */
const addressType = { ipv4: 1, name: 3, ipv6: 4 } as const;

/** RFC 1928 section 3. */
export const socksMethod = { none: 0x00, password: 0x02, unacceptable: 0xff } as const;

/** RFC 1928 section 6. */
const replyNames: readonly string[] = [
  'succeeded',
  'general SOCKS server failure',
  'connection not allowed by ruleset',
  'Network unreachable',
  'Host unreachable',
  'Connection refused',
  'TTL expired',
  'Command not supported',
  'Address type not supported',
];

/** A reply code as RFC 1928 words it. */
export function socksReplyName(code: number): string {
  return replyNames[code] ?? `reply ${code}`;
}

/** What stands at the start of the bytes received; `used` of them belong to it. `incomplete`: more must come. */
export type SocksDecoded = { kind: 'decoded'; code: number; used: number } | { kind: 'incomplete' } | { kind: 'malformed' };

/** The first message: which logins the client offers. */
export function encodeSocksGreeting(methods: readonly number[]): Uint8Array {
  return Uint8Array.of(version, methods.length, ...methods);
}

/** The server's choice of a method. */
export function decodeSocksChoice(bytes: Uint8Array): SocksDecoded {
  return decodePair(bytes, version);
}

/** RFC 1929 section 2. Null when name or password is longer than 255 bytes, or the name is empty. */
export function encodeSocksLogin(user: string, password: string): Uint8Array | null {
  const encoder = new TextEncoder();
  const name = encoder.encode(user);
  const word = encoder.encode(password);
  if (name.length === 0 || name.length > longestName || word.length > longestName) return null;
  return Uint8Array.of(loginVersion, name.length, ...name, word.length, ...word);
}

/** The server's answer to a login: code 0 is success. */
export function decodeSocksLoginStatus(bytes: Uint8Array): SocksDecoded {
  return decodePair(bytes, loginVersion);
}

function decodePair(bytes: Uint8Array, firstByte: number): SocksDecoded {
  if (bytes.length > 0 && bytes[0] !== firstByte) return { kind: 'malformed' };
  const code = bytes[1];
  return code === undefined ? { kind: 'incomplete' } : { kind: 'decoded', code, used: 2 };
}

/** Asks for a connection to a literal address or a name, which the server resolves. Null for a name that is empty or longer than 255 bytes. */
export function encodeSocksConnect(host: string, port: number): Uint8Array | null {
  const destination = destinationOf(host);
  return destination === null ? null : Uint8Array.of(version, commandConnect, 0, ...destination, (port >> 8) & 0xff, port & 0xff);
}

function destinationOf(host: string): readonly number[] | null {
  const v4 = parseIpv4(host);
  if (v4 !== null) return [addressType.ipv4, ...v4];
  const v6 = parseIpv6(host);
  if (v6 !== null) return [addressType.ipv6, ...v6];
  const name = new TextEncoder().encode(host);
  return name.length === 0 || name.length > longestName ? null : [addressType.name, name.length, ...name];
}

/** The reply to the request. What follows a success belongs to the connection; of a refusal only the code is read: many leave the rest out. */
export function decodeSocksReply(bytes: Uint8Array): SocksDecoded {
  const [first, code, , type, nameLength] = bytes;
  if (first !== undefined && first !== version) return { kind: 'malformed' };
  if (code !== undefined && code !== 0) return { kind: 'decoded', code, used: bytes.length };
  if (code === undefined || type === undefined) return { kind: 'incomplete' };
  const addressBytes = addressLength(type, nameLength);
  if (addressBytes === null) return { kind: 'malformed' };
  const used = 4 + addressBytes + 2;
  return bytes.length < used ? { kind: 'incomplete' } : { kind: 'decoded', code, used };
}

/** Bytes of the bound address, the length of a name included; null for an unknown type. */
function addressLength(type: number, nameLength: number | undefined): number | null {
  if (type === addressType.ipv4) return 4;
  if (type === addressType.ipv6) return 16;
  return type === addressType.name ? 1 + (nameLength ?? 0) : null;
}
