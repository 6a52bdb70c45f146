import { quicInitialKeys } from './quic-initial.ts';
import { encodeTlsClientHello } from './tls-client-hello.ts';
import type { TlsCrypto } from './tls-crypto.ts';
import { concatBytes, xorNonce } from './tls-key-schedule.ts';

/** The primitives that protecting a packet needs. */
export interface QuicSealer extends TlsCrypto {
  /** AES-128-GCM; the result ends in the tag. */
  aes128GcmEncrypt(key: Uint8Array, nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array;
}

/** A first packet to encode. */
export interface QuicInitialOffer {
  /** 8 to 20 unpredictable bytes: what the keys follow from. */
  destinationId: Uint8Array;
  sourceId: Uint8Array;
  /** SNI, ASCII; null sends none. */
  serverName: string | null;
  /** 32 bytes each. */
  random: Uint8Array;
  /** A point of X25519; any 32 bytes are one (RFC 7748 section 5). */
  keyShare: Uint8Array;
  alpn: readonly string[];
  /** Grows with each repetition. */
  packetNumber: number;
}

const VERSION_1 = 1;
/** RFC 9000 section 14.1: a client MUST expand the payload of datagrams that carry Initial packets to at least 1200 bytes. */
export const QUIC_INITIAL_BYTES = 1200;
const TAG_BYTES = 16;
const PACKET_NUMBER_BYTES = 2;
const RECORD_HEADER_BYTES = 5;
const CRYPTO_FRAME = 0x06;

/** A variable-length integer (RFC 9000 section 16) below 2^30. */
export function encodeQuicInteger(value: number): number[] {
  if (value < 0x40) return [value];
  if (value < 0x4000) return [0x40 | (value >> 8), value & 0xff];
  return [0x80 | ((value >>> 24) & 0x3f), (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function parameter(id: number, body: readonly number[]): number[] {
  return [...encodeQuicInteger(id), ...encodeQuicInteger(body.length), ...body];
}

/** RFC 9000 section 18.2: idle timeout, windows, streams, and the source id, which servers insist on. */
function transportParameters(sourceId: Uint8Array): number[] {
  const window = encodeQuicInteger(0x100000);
  return [
    ...parameter(0x01, encodeQuicInteger(30_000)),
    ...parameter(0x04, window),
    ...parameter(0x05, window),
    ...parameter(0x06, window),
    ...parameter(0x07, window),
    ...parameter(0x08, encodeQuicInteger(100)),
    ...parameter(0x09, encodeQuicInteger(100)),
    ...parameter(0x0f, [...sourceId]),
  ];
}

/**
 * A client's first datagram: one Initial packet of QUIC version 1 with a whole ClientHello (TLS 1.3 alone), 1200 bytes. A server that speaks QUIC
 * answers it with its ServerHello, a Retry, other versions or a reason, all of which can be read without any secret of the client.
 */
export function encodeQuicInitial(crypto: QuicSealer, offer: QuicInitialOffer): Uint8Array {
  const record = encodeTlsClientHello({
    legacyVersion: 0x0303,
    random: offer.random,
    cipherSuites: [0x1301, 0x1302, 0x1303],
    serverName: offer.serverName,
    versions: [0x0304],
    groups: [29, 23, 24],
    keyShares: [{ group: 29, bytes: offer.keyShare }],
    signatureSchemes: [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
    alpn: offer.alpn,
    quicTransportParameters: Uint8Array.from(transportParameters(offer.sourceId)),
  });
  const hello = record.subarray(RECORD_HEADER_BYTES);
  const frame = Uint8Array.from([CRYPTO_FRAME, 0, ...encodeQuicInteger(hello.length), ...hello]);
  const { destinationId, sourceId, packetNumber } = offer;
  const head = [
    // Long header, fixed bit, Initial, length of the packet number (RFC 9000 section 17.2.2).
    0xc0 | (PACKET_NUMBER_BYTES - 1),
    0,
    0,
    0,
    VERSION_1,
    destinationId.length,
    ...destinationId,
    sourceId.length,
    ...sourceId,
    0, // no token
  ];
  const lengthBytes = 2;
  const payloadBytes = Math.max(frame.length, QUIC_INITIAL_BYTES - head.length - lengthBytes - PACKET_NUMBER_BYTES - TAG_BYTES);
  const length = PACKET_NUMBER_BYTES + payloadBytes + TAG_BYTES;
  const header = Uint8Array.from([...head, 0x40 | (length >> 8), length & 0xff, (packetNumber >> 8) & 0xff, packetNumber & 0xff]);
  const payload = new Uint8Array(payloadBytes); // PADDING frames are zeros
  payload.set(frame);
  const keys = quicInitialKeys(crypto, VERSION_1, destinationId)!.client;
  const sealed = crypto.aes128GcmEncrypt(keys.key, xorNonce(keys.iv, packetNumber), header, payload);
  const packet = concatBytes(header, sealed);
  const at = header.length - PACKET_NUMBER_BYTES;
  const mask = crypto.aes128EcbEncrypt(keys.hp, packet.subarray(at + 4, at + 20));
  packet[0]! ^= mask[0]! & 0x0f;
  for (let index = 0; index < PACKET_NUMBER_BYTES; index++) packet[at + index]! ^= mask[1 + index]!;
  return packet;
}
