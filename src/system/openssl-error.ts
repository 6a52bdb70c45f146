import type { FailureName } from '../model/failure.ts';

/** OpenSSL 3 reasons (sslerr.h) with a name of their own, as Node.js spells them after `ERR_SSL_`. Alerts are told by number instead. */
const named: Readonly<Record<string, FailureName>> = {
  WRONG_VERSION_NUMBER: 'tls-wrong-version-number',
  HTTP_REQUEST: 'tls-wrong-version-number',
  HTTPS_PROXY_REQUEST: 'tls-wrong-version-number',
  UNKNOWN_PROTOCOL: 'tls-wrong-version-number',
  UNSUPPORTED_PROTOCOL: 'tls-unsupported-protocol',
  NO_PROTOCOLS_AVAILABLE: 'tls-unsupported-protocol',
  UNSUPPORTED_SSL_VERSION: 'tls-unsupported-protocol',
  UNKNOWN_SSL_VERSION: 'tls-unsupported-protocol',
  VERSION_TOO_LOW: 'tls-unsupported-protocol',
  VERSION_TOO_HIGH: 'tls-unsupported-protocol',
  NO_SHARED_CIPHER: 'tls-no-shared-cipher',
  NO_CIPHERS_AVAILABLE: 'tls-no-shared-cipher',
  NO_SHARED_GROUPS: 'tls-no-shared-cipher',
  NO_SHARED_SIGNATURE_ALGORITHMS: 'tls-no-shared-cipher',
  NO_SUITABLE_KEY_SHARE: 'tls-no-shared-cipher',
  NO_SUITABLE_SIGNATURE_ALGORITHM: 'tls-no-shared-cipher',
  NO_SUITABLE_GROUPS: 'tls-no-shared-cipher',
  DH_KEY_TOO_SMALL: 'tls-dh-key-too-small',
  UNSAFE_LEGACY_RENEGOTIATION_DISABLED: 'tls-unsafe-legacy-renegotiation',
};

/** OpenSSL 3 reasons a client meets when the peer's message breaks the protocol. */
const badPeerMessage: ReadonlySet<string> = new Set(
  `
  APP_DATA_IN_HANDSHAKE BAD_CHANGE_CIPHER_SPEC BAD_CIPHER BAD_DATA BAD_DECOMPRESSION BAD_DH_VALUE BAD_DIGEST_LENGTH BAD_EARLY_DATA
  BAD_ECC_CERT BAD_ECPOINT BAD_EXTENSION BAD_HANDSHAKE_LENGTH BAD_HANDSHAKE_STATE BAD_HELLO_REQUEST BAD_HRR_VERSION BAD_KEY_SHARE
  BAD_KEY_UPDATE BAD_LEGACY_VERSION BAD_LENGTH BAD_PACKET BAD_PACKET_LENGTH BAD_PROTOCOL_VERSION_NUMBER BAD_RECORD_TYPE BAD_RSA_ENCRYPT
  BAD_SIGNATURE BAD_VALUE BLOCK_CIPHER_PAD_IS_WRONG CA_DN_LENGTH_MISMATCH CCS_RECEIVED_EARLY CERT_LENGTH_MISMATCH
  CIPHERSUITE_DIGEST_HAS_CHANGED COMPRESSED_LENGTH_TOO_LONG DATA_BETWEEN_CCS_AND_FINISHED DATA_LENGTH_TOO_LONG DECRYPTION_FAILED
  DECRYPTION_FAILED_OR_BAD_RECORD_MAC DH_PUBLIC_VALUE_LENGTH_IS_WRONG DIGEST_CHECK_FAILED ECC_CERT_NOT_FOR_SIGNING
  ENCRYPTED_LENGTH_TOO_LONG EXCEEDS_MAX_FRAGMENT_SIZE EXCESSIVE_MESSAGE_SIZE EXTRA_DATA_IN_MESSAGE EXT_LENGTH_MISMATCH
  GOT_A_FIN_BEFORE_A_CCS ILLEGAL_POINT_COMPRESSION INCONSISTENT_EARLY_DATA_ALPN INCONSISTENT_EARLY_DATA_SNI INCONSISTENT_EXTMS
  INVALID_ALERT INVALID_CCS_MESSAGE INVALID_CERTIFICATE_OR_ALG INVALID_COMPRESSION_ALGORITHM INVALID_SESSION_ID INVALID_STATUS_RESPONSE
  LENGTH_MISMATCH LENGTH_TOO_LONG LENGTH_TOO_SHORT MISSING_PARAMETERS MISSING_RSA_CERTIFICATE MISSING_RSA_ENCRYPTING_CERT
  MISSING_RSA_SIGNING_CERT MISSING_DSA_SIGNING_CERT MISSING_ECDSA_SIGNING_CERT MISSING_SIGALGS_EXTENSION MISSING_SIGNING_CERT
  MISSING_SUPPORTED_GROUPS_EXTENSION MISSING_TMP_DH_KEY MISSING_TMP_ECDH_KEY MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA
  NOT_ON_RECORD_BOUNDARY NO_CERTIFICATES_RETURNED NO_CHANGE_FOLLOWING_HRR NO_COMPRESSION_SPECIFIED OLD_SESSION_CIPHER_NOT_RETURNED
  PACKET_LENGTH_TOO_LONG PARSE_TLSEXT PEER_DID_NOT_RETURN_A_CERTIFICATE RECORD_LENGTH_MISMATCH RECORD_TOO_SMALL RENEGOTIATE_EXT_TOO_LONG
  RENEGOTIATION_ENCODING_ERR RENEGOTIATION_MISMATCH REQUIRED_CIPHER_MISSING REQUIRED_COMPRESSION_ALGORITHM_MISSING SERVERHELLO_TLSEXT
  SIGNATURE_FOR_NON_SIGNING_CERTIFICATE SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH SSL3_EXT_INVALID_SERVERNAME
  SSL3_EXT_INVALID_SERVERNAME_TYPE SSL3_SESSION_ID_TOO_LONG SSL_SESSION_ID_TOO_LONG TOO_MANY_KEY_UPDATES TOO_MANY_WARN_ALERTS
  UNEXPECTED_CCS_MESSAGE UNEXPECTED_MESSAGE UNEXPECTED_RECORD UNKNOWN_ALERT_TYPE UNKNOWN_CERTIFICATE_TYPE UNKNOWN_CIPHER_RETURNED
  UNKNOWN_CIPHER_TYPE UNKNOWN_DIGEST UNKNOWN_KEY_EXCHANGE_TYPE UNKNOWN_PKEY_TYPE UNSOLICITED_EXTENSION UNSUPPORTED_COMPRESSION_ALGORITHM
  UNSUPPORTED_ELLIPTIC_CURVE WRONG_CERTIFICATE_TYPE WRONG_CIPHER_RETURNED WRONG_CURVE WRONG_SIGNATURE_LENGTH WRONG_SIGNATURE_SIZE
  WRONG_SIGNATURE_TYPE WRONG_SSL_VERSION
  `
    .trim()
    .split(/\s+/u),
);

/** OpenSSL writes `error:0A000410:SSL routines:...`: the library in bits 23 up, the reason in the low 23 bits. */
const packedError = /\berror:([0-9A-F]{8}):/iu;
const sslLibrary = 20;
/** OpenSSL's reason of a received fatal alert is this plus the alert's number (SSL_AD_REASON_OFFSET). */
const alertReasonOffset = 1000;

/** The number of the fatal alert received (RFC 8446 section 6) that an OpenSSL error message tells of, null when it tells of none. */
export function opensslAlert(message: string): number | null {
  const packed = packedError.exec(message)?.[1];
  if (packed === undefined) return null;
  const value = Number.parseInt(packed, 16);
  const alert = (value & 0x7fffff) - alertReasonOffset;
  return value >>> 23 === sslLibrary && alert >= 0 && alert <= 255 ? alert : null;
}

/** The message without what differs from run to run and build to build (thread, function, source line): `error:0A000410:SSL routines:...`. */
export function opensslText(message: string): string {
  const parts = /\berror:([0-9A-F]{8}):([^:]*):[^:]*:([^:]*)/iu.exec(message);
  return parts === null ? message : `error:${parts[1]}:${parts[2]}:${parts[3]}`;
}

/** Names an error of OpenSSL's SSL library from Node.js's `code` and message; null when it is not from there or has no name. */
export function opensslFailureName(code: string, message: string): FailureName | null {
  if (!code.startsWith('ERR_SSL_')) return null;
  if (opensslAlert(message) !== null) return 'tls-alert';
  const reason = code.slice('ERR_SSL_'.length);
  if (Object.hasOwn(named, reason)) return named[reason] ?? null;
  return badPeerMessage.has(reason) ? 'tls-bad-peer-message' : null;
}
