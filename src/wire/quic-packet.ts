import { ByteCursor, type DecodeError } from './byte-cursor.ts';

/** QUIC packets as far as they are in clear (RFC 9000 section 17, RFC 9369 section 3). */

/** A packet with a long header that carries frames. */
export interface QuicLongPacket {
  kind: 'initial' | 'zero-rtt' | 'handshake';
  version: number;
  destinationId: Uint8Array;
  sourceId: Uint8Array;
  /** Of Initial packets; empty otherwise. */
  token: Uint8Array;
  /** The whole packet, a view of the datagram. */
  bytes: Uint8Array;
  /** Where in `bytes` the protected packet number is. */
  packetNumberOffset: number;
}

export type QuicPacket =
  | QuicLongPacket
  /** The server wants the client to prove its address, and to start again with `sourceId` as destination. */
  | { kind: 'retry'; version: number; destinationId: Uint8Array; sourceId: Uint8Array; token: Uint8Array }
  | { kind: 'version-negotiation'; destinationId: Uint8Array; sourceId: Uint8Array; versions: number[] }
  /** Long header of a version whose packets are not known, to the end of the datagram. */
  | { kind: 'unknown-version'; version: number; destinationId: Uint8Array; sourceId: Uint8Array }
  /** Short header: application data, to the end of the datagram. */
  | { kind: 'one-rtt'; length: number };

const VERSION_1 = 0x00000001;
const VERSION_2 = 0x6b3343cf;

/** Whether the packet types of a version are those of version 1 or 2; drafts since 23 have those of version 1. */
export function isKnownQuicVersion(version: number): boolean {
  return version === VERSION_1 || version === VERSION_2 || (version >= 0xff000017 && version <= 0xff000022);
}

/** `QUICv1`, `QUICv2`, `draft-29`, or `0x...` */
export function quicVersionName(version: number): string {
  if (version === VERSION_1) return 'QUICv1';
  if (version === VERSION_2) return 'QUICv2';
  if (version > 0xff000000 && version <= 0xff0000ff) return `draft-${version - 0xff000000}`;
  return `0x${version.toString(16).padStart(8, '0')}`;
}

/** Whether a version is one that is reserved to keep servers tolerant (RFC 9000 section 15: 0x?a?a?a?a). */
export function isReservedQuicVersion(version: number): boolean {
  return /^([0-9a-f]a){4}$/.test(version.toString(16).padStart(8, '0'));
}

/** A variable-length integer (RFC 9000 section 16). Above 2^53 the last bits are lost. */
export function readQuicInteger(cursor: ByteCursor, what: string): number {
  const first = cursor.u8(what);
  let value = first & 0x3f;
  for (let more = (1 << (first >> 6)) - 1; more > 0; more--) value = value * 256 + cursor.u8(what);
  return value;
}

type LongKind = 'initial' | 'zero-rtt' | 'handshake' | 'retry';
/** By the two type bits. */
const KINDS: readonly LongKind[] = ['initial', 'zero-rtt', 'handshake', 'retry'];
/** RFC 9369 section 3.2. */
const KINDS_VERSION_2: readonly LongKind[] = ['retry', 'initial', 'zero-rtt', 'handshake'];

const RETRY_TAG_BYTES = 16;

function readVersions(cursor: ByteCursor): number[] {
  const versions: number[] = [];
  while (cursor.remaining > 0) {
    const version = cursor.u32('supported version');
    if (cursor.error === null) versions.push(version);
  }
  return versions;
}

/** Reads one packet at the cursor and leaves the cursor behind it. */
function readPacket(cursor: ByteCursor): QuicPacket | null {
  const start = cursor.offset;
  const first = cursor.u8('header');
  if ((first & 0x80) === 0) {
    // RFC 9000 section 17.3.1: the fixed bit "MUST be set to 1", unless negotiated otherwise (RFC 9287), which is encrypted.
    if ((first & 0x40) === 0) cursor.fail('fixed bit is not set', start);
    const length = cursor.remaining + 1;
    cursor.take(cursor.remaining, 'packet');
    return cursor.error === null ? { kind: 'one-rtt', length } : null;
  }
  const version = cursor.u32('version');
  const destinationId = cursor.take(cursor.u8('connection id'), 'connection id');
  const sourceId = cursor.take(cursor.u8('connection id'), 'connection id');
  if (version === 0) {
    const versions = readVersions(cursor);
    return cursor.error === null ? { kind: 'version-negotiation', destinationId, sourceId, versions } : null;
  }
  if (!isKnownQuicVersion(version)) {
    cursor.take(cursor.remaining, 'packet');
    return cursor.error === null ? { kind: 'unknown-version', version, destinationId, sourceId } : null;
  }
  if ((first & 0x40) === 0) cursor.fail('fixed bit is not set', start);
  if (destinationId.length > 20 || sourceId.length > 20) cursor.fail('connection id is longer than 20 bytes', start);
  const kind = (version === VERSION_2 ? KINDS_VERSION_2 : KINDS)[(first >> 4) & 3]!;
  if (kind === 'retry') {
    const token = cursor.take(Math.max(0, cursor.remaining - RETRY_TAG_BYTES), 'token');
    cursor.take(RETRY_TAG_BYTES, 'retry integrity tag');
    return cursor.error === null ? { kind, version, destinationId, sourceId, token } : null;
  }
  const token = kind === 'initial' ? cursor.take(readQuicInteger(cursor, 'token'), 'token') : new Uint8Array(0);
  const length = readQuicInteger(cursor, 'length');
  const packetNumberOffset = cursor.offset - start;
  cursor.take(length, 'packet');
  if (cursor.error !== null) return null;
  return { kind, version, destinationId, sourceId, token, bytes: cursor.bytes.subarray(start, cursor.offset), packetNumberOffset };
}

/**
 * Splits a datagram into its packets (RFC 9000 section 12.2). Views of it are in the result. Never throws; after an error the packets before
 * it are given. Zero bytes behind a packet, with which some pad datagrams, are no error.
 */
export function decodeQuicDatagram(datagram: Uint8Array): { packets: QuicPacket[]; error: DecodeError | null } {
  const cursor = new ByteCursor(datagram);
  const packets: QuicPacket[] = [];
  while (cursor.remaining > 0) {
    if (packets.length > 0 && datagram[cursor.offset] === 0 && datagram.subarray(cursor.offset).every((byte) => byte === 0)) break;
    const packet = readPacket(cursor);
    if (packet !== null) packets.push(packet);
  }
  return { packets, error: cursor.error };
}
