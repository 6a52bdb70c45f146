import { decodeHex } from './byte-text.ts';
import { isKnownQuicVersion, type QuicLongPacket } from './quic-packet.ts';
import type { TlsCrypto } from './tls-crypto.ts';
import { hkdfExpandLabel, hkdfExtract, xorNonce } from './tls-key-schedule.ts';

/** Keys that protect the packets of one direction. */
export interface QuicKeys {
  key: Uint8Array;
  iv: Uint8Array;
  /** Header protection. */
  hp: Uint8Array;
}

/** Keys of Initial packets, which everybody can compute who sees the first one of the client (RFC 9001 section 5.2). */
export interface QuicInitialKeys {
  client: QuicKeys;
  server: QuicKeys;
}

const VERSION_2 = 0x6b3343cf;
/** RFC 9001 section 5.2. */
const SALT_VERSION_1 = decodeHex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a')!;
/** RFC 9369 section 3.3.1. */
const SALT_VERSION_2 = decodeHex('0dede3def700a6db819381be6e269dcbf9bd2ed9')!;
/** Drafts 29 to 32; older ones are no longer met. */
const SALT_DRAFT_29 = decodeHex('afbfec289993d24c9e9786f19c6111e04390a899')!;

const NOTHING = new Uint8Array(0);

function saltOf(version: number): Uint8Array {
  if (version === VERSION_2) return SALT_VERSION_2;
  return version >= 0xff00001d && version <= 0xff000020 ? SALT_DRAFT_29 : SALT_VERSION_1;
}

/** The keys that follow from the destination connection id of the client's first Initial packet; null for a version that is not known. */
export function quicInitialKeys(crypto: TlsCrypto, version: number, destinationId: Uint8Array): QuicInitialKeys | null {
  if (!isKnownQuicVersion(version)) return null;
  const initial = hkdfExtract(crypto, 'sha256', saltOf(version), destinationId);
  const prefix = version === VERSION_2 ? 'quicv2' : 'quic';
  const keysOf = (side: 'client in' | 'server in'): QuicKeys => {
    const secret = hkdfExpandLabel(crypto, 'sha256', initial, side, NOTHING, 32);
    return {
      key: hkdfExpandLabel(crypto, 'sha256', secret, `${prefix} key`, NOTHING, 16),
      iv: hkdfExpandLabel(crypto, 'sha256', secret, `${prefix} iv`, NOTHING, 12),
      hp: hkdfExpandLabel(crypto, 'sha256', secret, `${prefix} hp`, NOTHING, 16),
    };
  };
  return { client: keysOf('client in'), server: keysOf('server in') };
}

/** A packet without its protection. */
export interface OpenedQuicPacket {
  packetNumber: number;
  /** Frames; owned by the receiver. */
  payload: Uint8Array;
}

const SAMPLE_BYTES = 16;

/** The full number nearest to the one expected (RFC 9000 appendix A.3). */
function fullPacketNumber(truncated: number, bytes: number, largest: number): number {
  const window = 256 ** bytes;
  const expected = largest + 1;
  const candidate = expected - (expected % window) + truncated;
  if (candidate <= expected - window / 2) return candidate + window;
  return candidate > expected + window / 2 && candidate >= window ? candidate - window : candidate;
}

/**
 * Removes header protection and encryption of an Initial packet (RFC 9001 sections 5.3 and 5.4). `largest` is the largest packet number seen
 * in this direction so far, -1 before the first. Null when it is too short or was not made with these keys.
 */
export function openQuicInitial(crypto: TlsCrypto, packet: QuicLongPacket, keys: QuicKeys, largest: number): OpenedQuicPacket | null {
  const { bytes, packetNumberOffset } = packet;
  // Section 5.4.2: the sample is taken as if the packet number had four bytes.
  const sample = bytes.subarray(packetNumberOffset + 4, packetNumberOffset + 4 + SAMPLE_BYTES);
  if (sample.length < SAMPLE_BYTES) return null;
  const mask = crypto.aes128EcbEncrypt(keys.hp, sample);
  const header = bytes.slice(0, packetNumberOffset + 4);
  header[0]! ^= mask[0]! & 0x0f;
  const numberBytes = (header[0]! & 3) + 1;
  let truncated = 0;
  for (let i = 0; i < numberBytes; i++) {
    header[packetNumberOffset + i]! ^= mask[1 + i]!;
    truncated = truncated * 256 + header[packetNumberOffset + i]!;
  }
  const end = packetNumberOffset + numberBytes;
  const packetNumber = fullPacketNumber(truncated, numberBytes, largest);
  const nonce = xorNonce(keys.iv, packetNumber);
  const payload = crypto.aeadDecrypt('aes-128-gcm', keys.key, nonce, header.subarray(0, end), bytes.subarray(end));
  return payload === null ? null : { packetNumber, payload };
}
