/** Encodes what a client offers, so that an offer can be chosen freely: the library offers only what it can itself finish. */

/** A key share to send (RFC 8446 section 4.2.8). */
export interface TlsKeyShare {
  group: number;
  bytes: Uint8Array;
}

/** A ClientHello to encode (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). Lists are sent in this order; an empty list leaves its extension out. */
export interface TlsClientHelloOffer {
  /** `legacy_version`: 0x0303, or the highest version where `versions` is empty. */
  legacyVersion: number;
  /** `legacy_record_version`; default 0x0301, as RFC 8446 section 5.1 allows for the first record. */
  recordVersion?: number;
  /** 32 bytes. */
  random: Uint8Array;
  /** At most 32 bytes. */
  sessionId?: Uint8Array;
  cipherSuites: readonly number[];
  /** SNI (RFC 6066 section 3), ASCII; null sends none. */
  serverName: string | null;
  /** supported_versions. */
  versions?: readonly number[];
  groups?: readonly number[];
  /** key_share: left out when undefined; an empty list asks the server to choose a group (HelloRetryRequest). */
  keyShares?: readonly TlsKeyShare[];
  signatureSchemes?: readonly number[];
  alpn?: readonly string[];
  /** Asks for a stapled OCSP response. */
  statusRequest?: boolean;
  /** Body of quic_transport_parameters (RFC 9001 section 8.2). */
  quicTransportParameters?: Uint8Array;
  /** The record is filled up to at least so many bytes, header included, with the padding extension (RFC 7685). */
  padToBytes?: number;
}

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
/** RFC 8446 section 5.1: "The length MUST NOT exceed 2^14 bytes." */
const FRAGMENT_LIMIT_BYTES = 0x4000;
const RECORD_HEADER_BYTES = 5;
const EXTENSION_HEADER_BYTES = 4;

const EXTENSION = {
  serverName: 0,
  statusRequest: 5,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  padding: 21,
  extendedMasterSecret: 23,
  supportedVersions: 43,
  pskKeyExchangeModes: 45,
  keyShare: 51,
  quicTransportParameters: 57,
  renegotiationInfo: 0xff01,
} as const;

function u16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

/** Bytes behind their own length, of one or two bytes. */
function withLength(bytes: readonly number[], lengthBytes: 1 | 2): number[] {
  return lengthBytes === 1 ? [bytes.length, ...bytes] : [...u16(bytes.length), ...bytes];
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0) & 0x7f);
}

function numbers(list: readonly number[]): number[] {
  return list.flatMap(u16);
}

function extension(type: number, body: readonly number[]): number[] {
  return [...u16(type), ...withLength(body, 2)];
}

function extensionsOf(offer: TlsClientHelloOffer): number[] {
  const { serverName, versions = [], groups = [], keyShares, signatureSchemes = [], alpn = [] } = offer;
  const out: number[] = [];
  const add = (type: number, body: readonly number[]): void => {
    out.push(...extension(type, body));
  };
  if (serverName !== null) add(EXTENSION.serverName, withLength([0, ...withLength(ascii(serverName), 2)], 2));
  add(EXTENSION.extendedMasterSecret, []);
  add(EXTENSION.renegotiationInfo, [0]);
  if (groups.length > 0) {
    add(EXTENSION.supportedGroups, withLength(numbers(groups), 2));
    add(EXTENSION.pointFormats, withLength([0], 1));
  }
  if (offer.statusRequest === true) add(EXTENSION.statusRequest, [1, 0, 0, 0, 0]);
  if (signatureSchemes.length > 0) add(EXTENSION.signatureAlgorithms, withLength(numbers(signatureSchemes), 2));
  if (alpn.length > 0)
    add(
      EXTENSION.alpn,
      withLength(
        alpn.flatMap((protocol) => withLength(ascii(protocol), 1)),
        2,
      ),
    );
  if (versions.length > 0) add(EXTENSION.supportedVersions, withLength(numbers(versions), 1));
  if (keyShares !== undefined) {
    const shares = keyShares.flatMap(({ group, bytes }) => [...u16(group), ...withLength([...bytes], 2)]);
    // psk_dhe_ke: without the extension servers may not send tickets, and some old ones refuse.
    add(EXTENSION.pskKeyExchangeModes, withLength([1], 1));
    add(EXTENSION.keyShare, withLength(shares, 2));
  }
  if (offer.quicTransportParameters !== undefined) add(EXTENSION.quicTransportParameters, [...offer.quicTransportParameters]);
  return out;
}

/**
 * One ClientHello in one record. Whatever is offered, the result is well-formed; `padToBytes` beyond what a record can hold is cut to that. The
 * caller owns the bytes.
 */
export function encodeTlsClientHello(offer: TlsClientHelloOffer): Uint8Array {
  const head = [
    ...u16(offer.legacyVersion),
    ...offer.random.subarray(0, 32),
    ...withLength([...(offer.sessionId ?? []).slice(0, 32)], 1),
    ...withLength(numbers(offer.cipherSuites), 2),
    // No compression.
    ...withLength([0], 1),
  ];
  const extensions = extensionsOf(offer);
  const bare = RECORD_HEADER_BYTES + 4 + head.length + 2 + extensions.length;
  const wanted = Math.min(offer.padToBytes ?? 0, RECORD_HEADER_BYTES + FRAGMENT_LIMIT_BYTES);
  if (wanted > bare) {
    const padding = Math.max(0, wanted - bare - EXTENSION_HEADER_BYTES);
    extensions.push(...extension(EXTENSION.padding, new Array<number>(padding).fill(0)));
  }
  const body = [...head, ...withLength(extensions, 2)];
  const message = [CLIENT_HELLO, (body.length >> 16) & 0xff, ...u16(body.length), ...body];
  return Uint8Array.from([HANDSHAKE_RECORD, ...u16(offer.recordVersion ?? 0x0301), ...u16(message.length), ...message]);
}
