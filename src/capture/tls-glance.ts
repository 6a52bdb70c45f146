/** What the records in clear of both directions say, without decoding more than the verdict's class needs. Reused for every connection. */
export class TlsGlance {
  /** Version that the server chose; 0 before a ServerHello was seen. */
  version = 0;
  /** The server's flight holds certificates in clear. */
  hasCertificates = false;
  /** Of the server's certificate message and the client's server name: equal hashes are judged alike. */
  identityHash = 0;
  /** Handshake messages in clear of each direction, as bits of their types. */
  clientMessages = 0;
  serverMessages = 0;

  copy(other: TlsGlance): void {
    this.version = other.version;
    this.hasCertificates = other.hasCertificates;
    this.identityHash = other.identityHash;
    this.clientMessages = other.clientMessages;
    this.serverMessages = other.serverMessages;
  }
}

const handshakeRecord = 22;
const typeServerHello = 2;
const typeCertificate = 11;
const typeClientHello = 1;
const extensionServerName = 0;
const extensionSupportedVersions = 43;
/** First word of a HelloRetryRequest's random (RFC 8446 section 4.1.3). */
const retryRandom = 0xcf21ad74;

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/**
 * Joins the handshake fragments of records in `bytes` in place: the content comes to stand at the start, without record headers. Returns its length.
 * Stops at the first record that is none, and at ChangeCipherSpec, behind which handshake records are encrypted.
 */
function joinHandshake(bytes: Uint8Array, length: number): number {
  let at = 0;
  let to = 0;
  while (length - at >= 5) {
    const type = bytes[at]!;
    const fragment = Math.min(u16(bytes, at + 3), length - at - 5);
    if (type === 20) return to;
    if (type === handshakeRecord) {
      bytes.copyWithin(to, at + 5, at + 5 + fragment);
      to += fragment;
    }
    at += 5 + fragment;
  }
  return to;
}

/** Reads the client's records in clear; `bytes` is overwritten. */
export function glanceAtClientFlight(bytes: Uint8Array, length: number, glance: TlsGlance): void {
  glance.clientMessages = 0;
  glance.identityHash = 0x811c9dc5;
  const end = joinHandshake(bytes, length);
  for (let at = 0; end - at >= 4; ) {
    const type = bytes[at]!;
    const body = at + 4;
    const next = body + ((bytes[at + 1]! << 16) | u16(bytes, at + 2));
    if (type < 32) glance.clientMessages |= 1 << type;
    if (type === typeClientHello) {
      const name = findExtension(bytes, body, Math.min(next, end), extensionServerName, true);
      if (name >= 0) glance.identityHash = hashBytes(bytes, name + 2, Math.min(name + 2 + u16(bytes, name), end), glance.identityHash);
    }
    at = next;
  }
}

/** Reads the server's records in clear; `bytes` is overwritten. To be called after {@link glanceAtClientFlight}. */
export function glanceAtServerFlight(bytes: Uint8Array, length: number, glance: TlsGlance): void {
  glance.serverMessages = 0;
  glance.version = 0;
  glance.hasCertificates = false;
  const end = joinHandshake(bytes, length);
  for (let at = 0; end - at >= 4; ) {
    const type = bytes[at]!;
    const body = at + 4;
    const next = body + ((bytes[at + 1]! << 16) | u16(bytes, at + 2));
    if (type < 32) glance.serverMessages |= 1 << type;
    if (type === typeServerHello && end - body >= 38) readServerHello(bytes, body, Math.min(next, end), glance);
    if (type === typeCertificate && next <= end) {
      glance.hasCertificates = true;
      glance.identityHash = hashBytes(bytes, body, next, glance.identityHash);
    }
    at = next;
  }
}

/** Notes certificates that were encrypted. To be called after {@link glanceAtServerFlight}. */
export function glanceAtCertificates(certificates: readonly Uint8Array[], glance: TlsGlance): void {
  glance.hasCertificates = true;
  for (const one of certificates) glance.identityHash = hashBytes(one, 0, one.length, glance.identityHash);
}

function readServerHello(bytes: Uint8Array, body: number, end: number, glance: TlsGlance): void {
  const isRetry = ((bytes[body + 2]! << 24) | (bytes[body + 3]! << 16) | u16(bytes, body + 4)) >>> 0 === retryRandom;
  if (isRetry) return;
  glance.version = u16(bytes, body);
  const versions = findExtension(bytes, body, end, extensionSupportedVersions, false);
  if (versions >= 0 && end - versions >= 4) glance.version = u16(bytes, versions + 2);
  // Numbers of the drafts of TLS 1.3, and Facebook's of its own.
  if (glance.version >> 8 === 0x7f || glance.version >> 8 === 0xfb) glance.version = 0x0304;
}

/** Where the length of an extension's body is, in a hello whose body begins at `body`; -1 when there is none. */
function findExtension(bytes: Uint8Array, body: number, end: number, wanted: number, isClient: boolean): number {
  let at = body + 34;
  if (at >= end) return -1;
  at += 1 + bytes[at]!;
  if (isClient) {
    if (end - at < 2) return -1;
    at += 2 + u16(bytes, at);
    if (at >= end) return -1;
    at += 1 + bytes[at]!;
  } else {
    at += 3;
  }
  at += 2;
  while (end - at >= 4) {
    if (u16(bytes, at) === wanted) return at + 2;
    at += 4 + u16(bytes, at + 2);
  }
  return -1;
}

function hashBytes(bytes: Uint8Array, from: number, end: number, start: number): number {
  let hash = start;
  for (let i = from; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}
