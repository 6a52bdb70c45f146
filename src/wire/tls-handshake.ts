import { ByteCursor, type DecodeError } from './byte-cursor.ts';
import { tlsCipherSuiteName } from './tls-cipher-suites.ts';
import {
  readTlsClientHello,
  readTlsEncryptedExtensions,
  readTlsExtensions,
  readTlsServerHello,
  type TlsClientHello,
  type TlsServerHello,
} from './tls-hello.ts';

/** Certificates as sent, leaf first (RFC 8446 section 4.4.2, RFC 5246 section 7.4.2). */
export interface TlsCertificateMessage {
  type: 'certificate';
  /** DER, views of the message. */
  certificates: Uint8Array[];
  /** TLS 1.3: the OCSP response stapled to the leaf; null otherwise. */
  ocspResponse: Uint8Array | null;
}

/** The server asks the client for a certificate (RFC 8446 section 4.3.2, RFC 5246 section 7.4.4). */
export interface TlsCertificateRequest {
  type: 'certificate-request';
  signatureSchemes: number[];
  /** Names of acceptable authorities, DER. */
  authorities: Uint8Array[];
}

/** The server's ephemeral key up to TLS 1.2 (RFC 8422 section 5.4, RFC 5246 section 7.4.3). */
export interface TlsServerKeyExchange {
  type: 'server-key-exchange';
  /** Named curve of an ECDHE key; null for other key exchanges. */
  group: number | null;
  /** Bits of the prime of a DHE key; null for other key exchanges. */
  primeBits: number | null;
}

export interface TlsNewSessionTicket {
  type: 'new-session-ticket';
  lifetimeSeconds: number;
  ticketBytes: number;
}

export interface TlsEncryptedExtensions {
  type: 'encrypted-extensions';
  alpn: string | null;
  /** Early data is accepted. */
  earlyData: boolean;
  extensions: number[];
}

export interface TlsCertificateVerify {
  type: 'certificate-verify';
  signatureScheme: number;
}

/** A stapled OCSP response, DER (RFC 6066 section 8). */
export interface TlsCertificateStatus {
  type: 'certificate-status';
  ocspResponse: Uint8Array;
}

/** A message whose content does not matter here, or whose type is not known. */
export interface TlsOtherMessage {
  type: 'other';
}

/** A message that breaks its own syntax. */
export interface TlsMalformedMessage {
  type: 'malformed';
  error: DecodeError;
}

export type TlsHandshakeContent =
  | TlsClientHello
  | TlsServerHello
  | TlsCertificateMessage
  | TlsCertificateRequest
  | TlsServerKeyExchange
  | TlsNewSessionTicket
  | TlsEncryptedExtensions
  | TlsCertificateVerify
  | TlsCertificateStatus
  | TlsOtherMessage
  | TlsMalformedMessage;

/** What has to be known to read messages whose form depends on the ServerHello. Null before one was seen. */
export interface TlsHandshakeContext {
  version: number | null;
  cipherSuite: number | null;
}

const TLS13 = 0x0304;
const TLS12 = 0x0303;
const EXTENSION_STATUS_REQUEST = 5;
const EXTENSION_SIGNATURE_ALGORITHMS = 13;
const EXTENSION_CERTIFICATE_AUTHORITIES = 47;
const OCSP = 1;

/** Messages of which every byte is read. */
const READ_WHOLE: ReadonlySet<TlsHandshakeContent['type']> = new Set<TlsHandshakeContent['type']>([
  'client-hello',
  'server-hello',
  'certificate',
  'certificate-request',
  'encrypted-extensions',
]);

function readOcspResponse(cursor: ByteCursor): Uint8Array | null {
  const kind = cursor.u8('status');
  const response = cursor.take(cursor.u24('status'), 'status');
  return kind === OCSP && cursor.error === null ? response : null;
}

function readCertificate(cursor: ByteCursor, context: TlsHandshakeContext): TlsCertificateMessage {
  const message: TlsCertificateMessage = { type: 'certificate', certificates: [], ocspResponse: null };
  if (context.version === TLS13) cursor.take(cursor.u8('request context'), 'request context');
  const list = cursor.slice(cursor.u24('certificate list'), 'certificate list');
  while (list.remaining > 0) {
    const certificate = list.take(list.u24('certificate'), 'certificate');
    if (list.error !== null) break;
    if (context.version === TLS13) {
      const isLeaf = message.certificates.length === 0;
      readTlsExtensions(list, (type, body) => {
        if (type === EXTENSION_STATUS_REQUEST && isLeaf) message.ocspResponse = readOcspResponse(body);
      });
    }
    message.certificates.push(certificate);
  }
  cursor.adopt(list);
  return message;
}

function readAuthorities(cursor: ByteCursor): Uint8Array[] {
  const list = cursor.slice(cursor.u16('authorities'), 'authorities');
  const authorities: Uint8Array[] = [];
  while (list.remaining > 0) {
    const name = list.take(list.u16('authority'), 'authority');
    if (list.error === null) authorities.push(name);
  }
  cursor.adopt(list);
  return authorities;
}

function readSchemes(cursor: ByteCursor): number[] {
  const list = cursor.slice(cursor.u16('signature algorithms'), 'signature algorithms');
  const schemes: number[] = [];
  while (list.remaining > 0) {
    const scheme = list.u16('signature algorithms');
    if (list.error === null) schemes.push(scheme);
  }
  cursor.adopt(list);
  return schemes;
}

function readCertificateRequest(cursor: ByteCursor, context: TlsHandshakeContext): TlsCertificateRequest {
  const message: TlsCertificateRequest = { type: 'certificate-request', signatureSchemes: [], authorities: [] };
  if (context.version === TLS13) {
    cursor.take(cursor.u8('request context'), 'request context');
    readTlsExtensions(cursor, (type, body) => {
      if (type === EXTENSION_SIGNATURE_ALGORITHMS) message.signatureSchemes = readSchemes(body);
      if (type === EXTENSION_CERTIFICATE_AUTHORITIES) message.authorities = readAuthorities(body);
    });
    return message;
  }
  cursor.take(cursor.u8('certificate types'), 'certificate types');
  // RFC 5246 section 7.4.4 added this field; RFC 4346 did not have it.
  if (context.version === null || context.version >= TLS12) message.signatureSchemes = readSchemes(cursor);
  message.authorities = readAuthorities(cursor);
  return message;
}

function bitLength(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first) * 8 - (Math.clz32(number[first]!) - 24);
}

function readServerKeyExchange(cursor: ByteCursor, context: TlsHandshakeContext): TlsServerKeyExchange {
  const message: TlsServerKeyExchange = { type: 'server-key-exchange', group: null, primeBits: null };
  const suite = context.cipherSuite === null ? '' : tlsCipherSuiteName(context.cipherSuite);
  if (/^TLS_ECDHE?_(?!PSK)/.test(suite)) {
    const namedCurve = cursor.u8('curve type') === 3;
    if (namedCurve) message.group = cursor.u16('named curve');
  } else if (/^TLS_DHE?_(?!PSK)/.test(suite)) {
    message.primeBits = bitLength(cursor.take(cursor.u16('prime'), 'prime'));
  }
  return message;
}

function readNewSessionTicket(cursor: ByteCursor, context: TlsHandshakeContext): TlsNewSessionTicket {
  const lifetimeSeconds = cursor.u32('lifetime');
  if (context.version === TLS13) {
    cursor.u32('age');
    cursor.take(cursor.u8('nonce'), 'nonce');
  }
  return { type: 'new-session-ticket', lifetimeSeconds, ticketBytes: cursor.take(cursor.u16('ticket'), 'ticket').length };
}

function readContent(typeCode: number, cursor: ByteCursor, context: TlsHandshakeContext): TlsHandshakeContent {
  switch (typeCode) {
    case 1:
      return readTlsClientHello(cursor);
    case 2:
      return readTlsServerHello(cursor);
    case 4:
      return readNewSessionTicket(cursor, context);
    case 8:
      return { type: 'encrypted-extensions', ...readTlsEncryptedExtensions(cursor) };
    case 11:
      return readCertificate(cursor, context);
    case 12:
      return readServerKeyExchange(cursor, context);
    case 13:
      return readCertificateRequest(cursor, context);
    case 15:
      // Before TLS 1.2 the signature has no algorithm of its own (RFC 4346 section 7.4.8).
      return context.version !== null && context.version < TLS12
        ? { type: 'other' }
        : { type: 'certificate-verify', signatureScheme: cursor.u16('signature algorithm') };
    case 22: {
      const ocspResponse = readOcspResponse(cursor);
      return ocspResponse === null ? { type: 'other' } : { type: 'certificate-status', ocspResponse };
    }
    default:
      return { type: 'other' };
  }
}

/**
 * Decodes the body of one handshake message (without its four bytes of type and length) in clear. Views of `body` are in the result.
 * Never throws: a message that breaks its syntax is `malformed`.
 */
export function decodeTlsHandshake(typeCode: number, body: Uint8Array, context: TlsHandshakeContext): TlsHandshakeContent {
  const cursor = new ByteCursor(body);
  const content = readContent(typeCode, cursor, context);
  if (READ_WHOLE.has(content.type) && cursor.remaining > 0) cursor.fail('message is longer than its fields');
  return cursor.error === null ? content : { type: 'malformed', error: cursor.error };
}
