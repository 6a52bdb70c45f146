/** Numbers and names of TLS besides cipher suites (RFC 8446, RFC 5246 and the IANA "Transport Layer Security (TLS) Parameters"). */

/** Protocol versions, as OpenSSL writes them. */
export type TlsVersionName = 'SSLv3' | 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

const VERSIONS: ReadonlyMap<number, TlsVersionName> = new Map<number, TlsVersionName>([
  [0x0300, 'SSLv3'],
  [0x0301, 'TLSv1'],
  [0x0302, 'TLSv1.1'],
  [0x0303, 'TLSv1.2'],
  [0x0304, 'TLSv1.3'],
]);

/** The version of a `ProtocolVersion` number; null when it is none of TLS. */
export function tlsVersionName(code: number): TlsVersionName | null {
  return VERSIONS.get(code) ?? null;
}

/** RFC 8446 section 5.1 and the registry. */
export const TLS_CONTENT_TYPE = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23, heartbeat: 24 } as const;

const HANDSHAKE_TYPES: Readonly<Record<number, string>> = {
  0: 'hello_request',
  1: 'client_hello',
  2: 'server_hello',
  3: 'hello_verify_request',
  4: 'new_session_ticket',
  5: 'end_of_early_data',
  8: 'encrypted_extensions',
  11: 'certificate',
  12: 'server_key_exchange',
  13: 'certificate_request',
  14: 'server_hello_done',
  15: 'certificate_verify',
  16: 'client_key_exchange',
  20: 'finished',
  21: 'certificate_url',
  22: 'certificate_status',
  23: 'supplemental_data',
  24: 'key_update',
  25: 'compressed_certificate',
  254: 'message_hash',
};

/** `client_hello`, ... or `unknown_123`. */
export function tlsHandshakeTypeName(code: number): string {
  return HANDSHAKE_TYPES[code] ?? `unknown_${code}`;
}

const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  52: 'too_many_cids_requested',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  111: 'certificate_unobtainable',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  114: 'bad_certificate_hash_value',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  117: 'general_error',
  120: 'no_application_protocol',
  121: 'ech_required',
};

const ALERT_CODES: ReadonlyMap<string, number> = new Map(Object.entries(ALERTS).map(([code, name]) => [name, Number(code)]));

/** `handshake_failure`, ... or `unknown_123`. */
export function tlsAlertName(code: number): string {
  return ALERTS[code] ?? `unknown_${code}`;
}

/** The number of an alert's name or of `unknown_123`; null when it is none. */
export function tlsAlertCode(name: string): number | null {
  const known = ALERT_CODES.get(name);
  if (known !== undefined) return known;
  const digits = /^unknown_(\d{1,3})$/.exec(name);
  return digits !== null && Number(digits[1]) <= 255 ? Number(digits[1]) : null;
}

const GROUPS: Readonly<Record<number, string>> = {
  1: 'sect163k1',
  2: 'sect163r1',
  3: 'sect163r2',
  4: 'sect193r1',
  5: 'sect193r2',
  6: 'sect233k1',
  7: 'sect233r1',
  8: 'sect239k1',
  9: 'sect283k1',
  10: 'sect283r1',
  11: 'sect409k1',
  12: 'sect409r1',
  13: 'sect571k1',
  14: 'sect571r1',
  15: 'secp160k1',
  16: 'secp160r1',
  17: 'secp160r2',
  18: 'secp192k1',
  19: 'secp192r1',
  20: 'secp224k1',
  21: 'secp224r1',
  22: 'secp256k1',
  23: 'secp256r1',
  24: 'secp384r1',
  25: 'secp521r1',
  26: 'brainpoolP256r1',
  27: 'brainpoolP384r1',
  28: 'brainpoolP512r1',
  29: 'x25519',
  30: 'x448',
  31: 'brainpoolP256r1tls13',
  32: 'brainpoolP384r1tls13',
  33: 'brainpoolP512r1tls13',
  34: 'GC256A',
  35: 'GC256B',
  36: 'GC256C',
  37: 'GC256D',
  38: 'GC512A',
  39: 'GC512B',
  40: 'GC512C',
  41: 'curveSM2',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  // Post-quantum, alone and in hybrids (draft-ietf-tls-mlkem, draft-ietf-tls-ecdhe-mlkem); the last two are what browsers tried first.
  512: 'MLKEM512',
  513: 'MLKEM768',
  514: 'MLKEM1024',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
  4590: 'curveSM2MLKEM768',
  25497: 'X25519Kyber768Draft00',
  25498: 'SecP256r1Kyber768Draft00',
};

/** `x25519`, `secp256r1`, `X25519MLKEM768`, ... as IANA names them, or `0x1234`. */
export function tlsGroupName(code: number): string {
  return GROUPS[code] ?? `0x${code.toString(16).padStart(4, '0')}`;
}

const SIGNATURE_SCHEMES: Readonly<Record<number, string>> = {
  513: 'rsa_pkcs1_sha1',
  515: 'ecdsa_sha1',
  1025: 'rsa_pkcs1_sha256',
  1027: 'ecdsa_secp256r1_sha256',
  1056: 'rsa_pkcs1_sha256_legacy',
  1281: 'rsa_pkcs1_sha384',
  1283: 'ecdsa_secp384r1_sha384',
  1312: 'rsa_pkcs1_sha384_legacy',
  1537: 'rsa_pkcs1_sha512',
  1539: 'ecdsa_secp521r1_sha512',
  1568: 'rsa_pkcs1_sha512_legacy',
  1800: 'sm2sig_sm3',
  2052: 'rsa_pss_rsae_sha256',
  2053: 'rsa_pss_rsae_sha384',
  2054: 'rsa_pss_rsae_sha512',
  2055: 'ed25519',
  2056: 'ed448',
  2057: 'rsa_pss_pss_sha256',
  2058: 'rsa_pss_pss_sha384',
  2059: 'rsa_pss_pss_sha512',
  2074: 'ecdsa_brainpoolP256r1tls13_sha256',
  2075: 'ecdsa_brainpoolP384r1tls13_sha384',
  2076: 'ecdsa_brainpoolP512r1tls13_sha512',
  2308: 'mldsa44',
  2309: 'mldsa65',
  2310: 'mldsa87',
};

/** Hash and signature halves of TLS 1.2's `SignatureAndHashAlgorithm` (RFC 5246 section 7.4.1.4.1), for pairs without a name of their own. */
const HASHES: readonly string[] = ['none', 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
const SIGNATURES: readonly string[] = ['anonymous', 'rsa', 'dsa', 'ecdsa'];

/** `ecdsa_secp256r1_sha256`, ... as IANA names them; `dsa_sha1` and the like for old pairs; otherwise `0x1234`. */
export function tlsSignatureSchemeName(code: number): string {
  const known = SIGNATURE_SCHEMES[code];
  if (known !== undefined) return known;
  const hash = HASHES[code >> 8];
  const signature = SIGNATURES[code & 0xff];
  return hash !== undefined && signature !== undefined ? `${signature}_${hash}` : `0x${code.toString(16).padStart(4, '0')}`;
}

/** Whether a number is one that clients send to keep servers tolerant, and that means nothing (RFC 8701). */
export function isTlsGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff);
}
