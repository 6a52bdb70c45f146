import type { ByteCursor } from './byte-cursor.ts';
import { isTlsGrease } from './tls-names.ts';

/**
 * What the client offers (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). Lists are in the order sent; numbers that mean nothing
 * (RFC 8701) are left out.
 */
export interface TlsClientHello {
  type: 'client-hello';
  legacyVersion: number;
  /** From supported_versions; without it, the legacy version alone. */
  versions: number[];
  /** 32 bytes. Views, as all byte fields here, of the message. */
  random: Uint8Array;
  sessionId: Uint8Array;
  cipherSuites: number[];
  /** Extension numbers. */
  extensions: number[];
  /** SNI (RFC 6066 section 3), bytes outside printable ASCII as `\DDD`; null when none. */
  serverName: string | null;
  alpn: string[];
  groups: number[];
  /** Groups that a key share is sent for. */
  keyShareGroups: number[];
  signatureSchemes: number[];
  /** Length of the ticket of RFC 5077; 0 asks for one, null when there is no extension. */
  ticketBytes: number | null;
  /** Identities offered in pre_shared_key. */
  pskIdentities: number;
  earlyData: boolean;
  /** Asks for a stapled OCSP response. */
  statusRequest: boolean;
  /** Encrypted Client Hello (RFC 9849): `outer` carries a real or made-up inner hello. */
  encryptedClientHello: 'outer' | 'inner' | null;
  /** The client repeats a HelloRetryRequest's cookie. */
  cookie: boolean;
  /** QUIC transport parameters are present (RFC 9001 section 8.2). */
  quicTransportParameters: boolean;
}

/** What the server chose (RFC 8446 section 4.1.3), in plain or as a HelloRetryRequest. */
export interface TlsServerHello {
  type: 'server-hello';
  helloRetryRequest: boolean;
  legacyVersion: number;
  /** With supported_versions honoured. */
  version: number;
  random: Uint8Array;
  sessionId: Uint8Array;
  cipherSuite: number;
  extensions: number[];
  /** Group of the server's key share, or the one it asks for when it retries; null in TLS 1.2. */
  keyShareGroup: number | null;
  /** Index of the accepted pre-shared key; null when none. */
  pskIndex: number | null;
  /** TLS 1.2 only; in TLS 1.3 it is encrypted. */
  alpn: string | null;
  /** TLS 1.2 only: a new ticket will come. */
  ticket: boolean;
  /** TLS 1.2 only: a stapled OCSP response will come. */
  statusRequest: boolean;
  extendedMasterSecret: boolean;
  /** The last bytes of `random` say that the server could do better (RFC 8446 section 4.1.3). */
  downgradeFrom: 'TLSv1.3' | 'TLSv1.2' | null;
}

/** RFC 8446 section 4.1.3: SHA-256 of "HelloRetryRequest". */
const HELLO_RETRY_REQUEST_RANDOM: readonly number[] = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c,
  0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/** "DOWNGRD", followed by 1 (from TLS 1.3) or 0 (from TLS 1.2). */
const DOWNGRADE_MARK: readonly number[] = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44];

const EXTENSION = {
  serverName: 0,
  statusRequest: 5,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  alpn: 16,
  extendedMasterSecret: 23,
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  cookie: 44,
  keyShare: 51,
  quicTransportParameters: 57,
  encryptedClientHello: 0xfe0d,
} as const;

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  return text;
}

/** Numbers of two bytes until the end of `list`, meaningless ones left out. */
function readNumbers(list: ByteCursor, what: string): number[] {
  const numbers: number[] = [];
  while (list.remaining > 0) {
    const number = list.u16(what);
    if (list.error === null && !isTlsGrease(number)) numbers.push(number);
  }
  return numbers;
}

function readServerName(body: ByteCursor): string | null {
  const list = body.slice(body.u16('server_name'), 'server_name');
  let name: string | null = null;
  while (list.remaining > 0) {
    const kind = list.u8('server_name');
    const bytes = list.take(list.u16('server_name'), 'server_name');
    if (list.error === null && kind === 0) name ??= textOf(bytes);
  }
  body.adopt(list);
  return name;
}

function readProtocols(body: ByteCursor): string[] {
  const list = body.slice(body.u16('alpn'), 'alpn');
  const protocols: string[] = [];
  while (list.remaining > 0) {
    const bytes = list.take(list.u8('alpn'), 'alpn');
    const grease = bytes.length === 2 && isTlsGrease(bytes[0]! * 0x100 + bytes[1]!);
    if (list.error === null && !grease) protocols.push(textOf(bytes));
  }
  body.adopt(list);
  return protocols;
}

function readKeyShares(body: ByteCursor): number[] {
  const list = body.slice(body.u16('key_share'), 'key_share');
  const groups: number[] = [];
  while (list.remaining > 0) {
    const group = list.u16('key_share');
    list.take(list.u16('key_share'), 'key_share');
    if (list.error === null && !isTlsGrease(group)) groups.push(group);
  }
  body.adopt(list);
  return groups;
}

function countIdentities(body: ByteCursor): number {
  const list = body.slice(body.u16('pre_shared_key'), 'pre_shared_key');
  let count = 0;
  while (list.remaining > 0) {
    list.take(list.u16('pre_shared_key'), 'pre_shared_key');
    list.u32('pre_shared_key');
    if (list.error === null) count += 1;
  }
  body.adopt(list);
  return count;
}

function readList(body: ByteCursor, length: number, what: string): number[] {
  const list = body.slice(length, what);
  const numbers = readNumbers(list, what);
  body.adopt(list);
  return numbers;
}

/** Reads extensions until the end of `cursor`, or none when nothing is left (they were optional before TLS 1.3); `read` gets each body. */
export function readTlsExtensions(cursor: ByteCursor, read: (type: number, body: ByteCursor) => void): number[] {
  const types: number[] = [];
  if (cursor.remaining === 0) return types;
  const list = cursor.slice(cursor.u16('extensions'), 'extensions');
  while (list.remaining > 0) {
    const type = list.u16('extension');
    const body = list.slice(list.u16('extension'), 'extension');
    if (list.error !== null) break;
    if (!isTlsGrease(type)) {
      types.push(type);
      read(type, body);
    }
    list.adopt(body);
  }
  cursor.adopt(list);
  return types;
}

function readClientExtension(hello: TlsClientHello, type: number, body: ByteCursor): void {
  switch (type) {
    case EXTENSION.serverName:
      hello.serverName = readServerName(body);
      break;
    case EXTENSION.statusRequest:
      hello.statusRequest = true;
      break;
    case EXTENSION.supportedGroups:
      hello.groups = readList(body, body.u16('supported_groups'), 'supported_groups');
      break;
    case EXTENSION.signatureAlgorithms:
      hello.signatureSchemes = readList(body, body.u16('signature_algorithms'), 'signature_algorithms');
      break;
    case EXTENSION.alpn:
      hello.alpn = readProtocols(body);
      break;
    case EXTENSION.sessionTicket:
      hello.ticketBytes = body.remaining;
      break;
    case EXTENSION.preSharedKey:
      hello.pskIdentities = countIdentities(body);
      break;
    case EXTENSION.earlyData:
      hello.earlyData = true;
      break;
    case EXTENSION.supportedVersions:
      hello.versions = readList(body, body.u8('supported_versions'), 'supported_versions');
      break;
    case EXTENSION.cookie:
      hello.cookie = true;
      break;
    case EXTENSION.keyShare:
      hello.keyShareGroups = readKeyShares(body);
      break;
    case EXTENSION.quicTransportParameters:
      hello.quicTransportParameters = true;
      break;
    case EXTENSION.encryptedClientHello:
      hello.encryptedClientHello = body.u8('encrypted_client_hello') === 0 ? 'outer' : 'inner';
      break;
  }
}

/** Reads the body of a ClientHello. After an error in `cursor` the result holds what was read before it. */
export function readTlsClientHello(cursor: ByteCursor): TlsClientHello {
  const legacyVersion = cursor.u16('version');
  const hello: TlsClientHello = {
    type: 'client-hello',
    legacyVersion,
    versions: [legacyVersion],
    random: cursor.take(32, 'random'),
    sessionId: cursor.take(cursor.u8('session id'), 'session id'),
    cipherSuites: readList(cursor, cursor.u16('cipher suites'), 'cipher suites'),
    extensions: [],
    serverName: null,
    alpn: [],
    groups: [],
    keyShareGroups: [],
    signatureSchemes: [],
    ticketBytes: null,
    pskIdentities: 0,
    earlyData: false,
    statusRequest: false,
    encryptedClientHello: null,
    cookie: false,
    quicTransportParameters: false,
  };
  cursor.take(cursor.u8('compression methods'), 'compression methods');
  hello.extensions = readTlsExtensions(cursor, (type, body) => readClientExtension(hello, type, body));
  return hello;
}

function downgradeOf(random: Uint8Array): 'TLSv1.3' | 'TLSv1.2' | null {
  if (random.length !== 32 || !DOWNGRADE_MARK.every((byte, index) => random[24 + index] === byte)) return null;
  if (random[31] === 1) return 'TLSv1.3';
  return random[31] === 0 ? 'TLSv1.2' : null;
}

function readServerExtension(hello: TlsServerHello, type: number, body: ByteCursor): void {
  switch (type) {
    case EXTENSION.statusRequest:
      hello.statusRequest = true;
      break;
    case EXTENSION.alpn:
      hello.alpn = readProtocols(body)[0] ?? null;
      break;
    case EXTENSION.extendedMasterSecret:
      hello.extendedMasterSecret = true;
      break;
    case EXTENSION.sessionTicket:
      hello.ticket = true;
      break;
    case EXTENSION.preSharedKey:
      hello.pskIndex = body.u16('pre_shared_key');
      break;
    case EXTENSION.supportedVersions:
      hello.version = body.u16('supported_versions');
      break;
    case EXTENSION.keyShare:
      // A retry names the group alone, otherwise the share follows.
      hello.keyShareGroup = body.u16('key_share');
      break;
  }
}

/** Reads the body of a ServerHello. After an error in `cursor` the result holds what was read before it. */
export function readTlsServerHello(cursor: ByteCursor): TlsServerHello {
  const legacyVersion = cursor.u16('version');
  const random = cursor.take(32, 'random');
  const hello: TlsServerHello = {
    type: 'server-hello',
    helloRetryRequest: random.length === 32 && HELLO_RETRY_REQUEST_RANDOM.every((byte, index) => random[index] === byte),
    legacyVersion,
    version: legacyVersion,
    random,
    sessionId: cursor.take(cursor.u8('session id'), 'session id'),
    cipherSuite: cursor.u16('cipher suite'),
    extensions: [],
    keyShareGroup: null,
    pskIndex: null,
    alpn: null,
    ticket: false,
    statusRequest: false,
    extendedMasterSecret: false,
    downgradeFrom: downgradeOf(random),
  };
  cursor.u8('compression method');
  hello.extensions = readTlsExtensions(cursor, (type, body) => readServerExtension(hello, type, body));
  return hello;
}

/** Reads the extensions of EncryptedExtensions (RFC 8446 section 4.3.1). */
export function readTlsEncryptedExtensions(cursor: ByteCursor): { alpn: string | null; earlyData: boolean; extensions: number[] } {
  let alpn: string | null = null;
  let earlyData = false;
  const extensions = readTlsExtensions(cursor, (type, body) => {
    if (type === EXTENSION.alpn) alpn = readProtocols(body)[0] ?? null;
    if (type === EXTENSION.earlyData) earlyData = true;
  });
  return { alpn, earlyData, extensions };
}
