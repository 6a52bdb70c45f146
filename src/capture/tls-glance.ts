import { hashHost } from './host-hash.ts';
import { mixHash } from './slot-index.ts';

/** What the records in clear of both directions say, without decoding more than the verdict's class needs. Reused for every connection. */
export class TlsGlance {
  /** Version that the server chose; 0 before a ServerHello was seen. */
  version = 0;
  /** The server's flight holds certificates in clear. */
  hasCertificates = false;
  /** Of the server's certificate message. */
  certificateHash = 0;
  /** Of that and the client's server name: equal hashes are judged alike. */
  identityHash = 0;
  /** Handshake messages in clear of each direction, as bits of their types. */
  clientMessages = 0;
  serverMessages = 0;

  copy(other: TlsGlance): void {
    this.version = other.version;
    this.hasCertificates = other.hasCertificates;
    this.certificateHash = other.certificateHash;
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
const messageHeaderBytes = 4;
/** First word of a HelloRetryRequest's random (RFC 8446 section 4.1.3). */
const retryRandom = 0xcf21ad74;
const hashStart = 0x811c9dc5 | 0;

/**
 * Reads the handshake messages of one direction as their bytes come, each once, and keeps what a {@link TlsGlance} tells of them. A hello has to come in one
 * piece, and so has every message's header: where one does not, `isSplit` says so, and nothing is read any more.
 */
export class FlightGlance {
  messages = 0;
  isSplit = false;
  /** Of a ServerHello; 0 before. */
  version = 0;
  hasCertificates = false;
  /** Of the server name in a ClientHello, as {@link hashHost} says; 0 when it has none. */
  nameHash = 0;
  /** Of the certificate messages, once they are complete. */
  certificateHash: number = hashStart;
  private left = 0;
  private isCertificate = false;
  /** Bytes of the message in hand so far; sum of those looked at, and sum of these sums. */
  private seen = 0;
  private sum = 0;
  private sumOfSums = 0;

  reset(): void {
    this.messages = 0;
    this.isSplit = false;
    this.version = 0;
    this.hasCertificates = false;
    this.nameHash = 0;
    this.certificateHash = hashStart;
    this.left = 0;
    this.isCertificate = false;
  }

  /** Takes bytes `from` to `end` of a view: content of handshake records in clear. */
  take(view: DataView, from: number, end: number): void {
    let at = from;
    while (at < end && !this.isSplit) {
      if (this.left === 0) {
        at = this.begin(view, at, end);
      } else {
        const part = Math.min(this.left, end - at);
        if (this.isCertificate) this.addPart(view, at, at + part);
        this.left -= part;
        at += part;
        if (this.left === 0) this.complete();
      }
    }
  }

  private begin(view: DataView, at: number, end: number): number {
    const body = at + messageHeaderBytes;
    if (body > end) {
      this.isSplit = true;
      return end;
    }
    const header = view.getInt32(at);
    const type = header >>> 24;
    const length = header & 0xffffff;
    if (type === typeClientHello || type === typeServerHello) {
      if (body + length > end) {
        this.isSplit = true;
        return end;
      }
      readHello(view, type, body, body + length, this);
    }
    if (type < 32) this.messages |= 1 << type;
    this.isCertificate = type === typeCertificate;
    this.left = length;
    this.beginSums();
    if (length === 0) this.complete();
    return body;
  }

  private beginSums(): void {
    this.seen = 0;
    this.sum = 0;
    this.sumOfSums = 0;
  }

  private complete(): void {
    if (!this.isCertificate) return;
    this.isCertificate = false;
    this.hasCertificates = true;
    this.certificateHash = mixHash(mixHash(mixHash(this.certificateHash, this.sum), this.sumOfSums), this.seen);
  }

  /** Every eighth byte: keys and signatures differ in every part of them, and this is done for every chain of every connection. */
  private addPart(view: DataView, from: number, end: number): void {
    let sum = this.sum;
    let sumOfSums = this.sumOfSums;
    for (let at = from + (-this.seen & 7); at < end; at += 8) {
      sum += view.getUint8(at);
      sumOfSums = (sumOfSums + sum) | 0;
    }
    this.seen += end - from;
    this.sum = sum;
    this.sumOfSums = sumOfSums;
  }

  /** Takes what was kept of a direction, records and all, which is where a message in several pieces is whole; `bytes` is overwritten. */
  takeRecords(bytes: Uint8Array, length: number): void {
    this.reset();
    const end = joinHandshake(bytes, length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; end - at >= messageHeaderBytes; ) {
      const header = view.getInt32(at);
      const type = header >>> 24;
      const body = at + messageHeaderBytes;
      const next = body + (header & 0xffffff);
      if (type < 32) this.messages |= 1 << type;
      readHello(view, type, body, Math.min(next, end), this);
      if (type === typeCertificate && next <= end) {
        this.beginSums();
        this.addPart(view, body, next);
        this.isCertificate = true;
        this.complete();
      }
      at = next;
    }
    this.isSplit = true;
  }
}

/** Puts together what was seen of both directions. */
export function joinFlights(client: FlightGlance, server: FlightGlance, glance: TlsGlance): void {
  glance.clientMessages = client.messages;
  glance.serverMessages = server.messages;
  glance.version = server.version;
  glance.hasCertificates = server.hasCertificates;
  glance.certificateHash = server.certificateHash;
  glance.identityHash = mixHash(client.nameHash, server.certificateHash);
}

/** Notes certificates that were encrypted. */
export function glanceAtCertificates(certificates: readonly Uint8Array[], glance: TlsGlance): void {
  glance.hasCertificates = true;
  for (const one of certificates) {
    const hash = hashBytes(new DataView(one.buffer, one.byteOffset, one.length), 0, one.length, hashStart);
    glance.certificateHash = mixHash(glance.certificateHash, hash);
    glance.identityHash = mixHash(glance.identityHash, hash);
  }
}

/**
 * Joins the handshake fragments of records in `bytes` in place: the content comes to stand at the start, without record headers. Returns its length.
 * Stops at ChangeCipherSpec, behind which handshake records are encrypted.
 */
function joinHandshake(bytes: Uint8Array, length: number): number {
  let at = 0;
  let to = 0;
  while (length - at >= 5) {
    const type = bytes[at]!;
    const fragment = Math.min((bytes[at + 3]! << 8) | bytes[at + 4]!, length - at - 5);
    if (type === 20) return to;
    if (type === handshakeRecord) {
      bytes.copyWithin(to, at + 5, at + 5 + fragment);
      to += fragment;
    }
    at += 5 + fragment;
  }
  return to;
}

function readHello(view: DataView, type: number, body: number, end: number, flight: FlightGlance): void {
  if (type === typeClientHello) {
    const name = findExtension(view, body, end, extensionServerName, true);
    if (name >= 0) flight.nameHash = hashServerName(view, name, end);
  } else if (type === typeServerHello && end - body >= 38) {
    readServerHello(view, body, end, flight);
  }
}

/** Of the first name in the extension whose length is at `at`, which is the only one that clients send (RFC 6066 section 3). */
function hashServerName(view: DataView, at: number, end: number): number {
  const from = at + 7;
  return from > end || view.getUint8(at + 4) !== 0 ? 0 : hashHost(view, from, Math.min(from + view.getUint16(at + 5), end));
}

function readServerHello(view: DataView, body: number, end: number, flight: FlightGlance): void {
  if (view.getUint32(body + 2) === retryRandom) return;
  let version = view.getUint16(body);
  const versions = findExtension(view, body, end, extensionSupportedVersions, false);
  if (versions >= 0 && end - versions >= 4) version = view.getUint16(versions + 2);
  // Numbers of the drafts of TLS 1.3, and Facebook's of its own.
  flight.version = version >> 8 === 0x7f || version >> 8 === 0xfb ? 0x0304 : version;
}

/** Where the length of an extension's body is, in a hello whose body begins at `body`; -1 when there is none. */
function findExtension(view: DataView, body: number, end: number, wanted: number, isClient: boolean): number {
  let at = body + 34;
  if (at >= end) return -1;
  at += 1 + view.getUint8(at);
  if (isClient) {
    if (end - at < 2) return -1;
    at += 2 + view.getUint16(at);
    if (at >= end) return -1;
    at += 1 + view.getUint8(at);
  } else {
    at += 3;
  }
  at += 2;
  while (end - at >= 4) {
    if (view.getUint16(at) === wanted) return at + 2;
    at += 4 + view.getUint16(at + 2);
  }
  return -1;
}

function hashBytes(view: DataView, from: number, end: number, start: number): number {
  let hash = start;
  let at = from;
  for (; end - at >= 4; at += 4) hash = mixHash(hash, view.getInt32(at));
  for (; at < end; at++) hash = mixHash(hash, view.getUint8(at));
  return hash;
}
