import { tlsCipherSuiteName } from './tls-cipher-suites.ts';
import type { TlsAead, TlsCrypto, TlsHash } from './tls-crypto.ts';
import { concatBytes, hkdfExpandLabel, tls12Prf, xorNonce } from './tls-key-schedule.ts';
import type { TlsRecord } from './tls-record.ts';

/** What a cipher suite with authenticated encryption needs. */
export interface TlsAeadSuite {
  aead: TlsAead;
  hash: TlsHash;
  keyBytes: 16 | 32;
}

/** The algorithms of a suite; null when it has no authenticated encryption that is known here. */
export function tlsAeadSuite(cipherSuite: number): TlsAeadSuite | null {
  const match = /_(?:AES_(128|256)_(GCM|CCM|CCM_8)|(CHACHA20_POLY1305))(?:_SHA(256|384))?$/.exec(tlsCipherSuiteName(cipherSuite));
  if (match === null) return null;
  const [, bits, mode, chacha, hashBits] = match;
  // Suites of RFC 6655 and RFC 7251 do not name the hash; it is SHA-256 (RFC 5246 section 5).
  const hash: TlsHash = hashBits === '384' ? 'sha384' : 'sha256';
  if (chacha !== undefined) return { aead: 'chacha20-poly1305', hash, keyBytes: 32 };
  const aead = `aes-${bits}-${mode!.toLowerCase().replace('_', '-')}` as TlsAead;
  return { aead, hash, keyBytes: bits === '128' ? 16 : 32 };
}

/** Removes the protection of the records of one direction, one after the other. */
export interface TlsRecordKey {
  /** Content and its type; null when the record does not fit the key. Counts the record if so, or if `fragment` is null. */
  open(record: TlsRecord): { contentType: number; content: Uint8Array } | null;
  /** Passes over a record that cannot be read because bytes of it are missing. */
  passOver(): void;
}

const NOTHING = new Uint8Array(0);

/** The end of the content of a TLSInnerPlaintext: behind it are its type and zeros (RFC 8446 section 5.2). */
function innerContent(plaintext: Uint8Array): { contentType: number; content: Uint8Array } | null {
  let end = plaintext.length - 1;
  while (end >= 0 && plaintext[end] === 0) end -= 1;
  return end < 0 ? null : { contentType: plaintext[end]!, content: plaintext.subarray(0, end) };
}

/** The key of TLS 1.3 that follows from a traffic secret (RFC 8446 section 7.3). */
export function tls13RecordKey(crypto: TlsCrypto, suite: TlsAeadSuite, secret: Uint8Array): TlsRecordKey {
  const key = hkdfExpandLabel(crypto, suite.hash, secret, 'key', NOTHING, suite.keyBytes);
  const iv = hkdfExpandLabel(crypto, suite.hash, secret, 'iv', NOTHING, 12);
  let sequence = 0;
  return {
    open(record) {
      if (record.fragment === null) return null;
      const header = Uint8Array.of(
        record.contentType,
        record.version >> 8,
        record.version & 0xff,
        record.length >> 8,
        record.length & 0xff,
      );
      const plaintext = crypto.aeadDecrypt(suite.aead, key, xorNonce(iv, sequence), header, record.fragment);
      if (plaintext === null) return null;
      sequence += 1;
      return innerContent(plaintext);
    },
    passOver() {
      sequence += 1;
    },
  };
}

/** The secret that follows a KeyUpdate (RFC 8446 section 7.2). */
export function nextTrafficSecret(crypto: TlsCrypto, suite: TlsAeadSuite, secret: Uint8Array): Uint8Array {
  return hkdfExpandLabel(crypto, suite.hash, secret, 'traffic upd', NOTHING, secret.length);
}

/** Tag bytes of a suite's records. */
function tagBytes(aead: TlsAead): number {
  return aead.endsWith('-ccm-8') ? 8 : 16;
}

function numberBytes(value: number, length: number): Uint8Array {
  return xorNonce(new Uint8Array(length), value);
}

/** The keys of both directions of TLS 1.2 that follow from a master secret (RFC 5246 section 6.3; RFC 5288, RFC 6655, RFC 7905). */
export function tls12RecordKeys(
  crypto: TlsCrypto,
  suite: TlsAeadSuite,
  masterSecret: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): { client: TlsRecordKey; server: TlsRecordKey } {
  const { aead, hash, keyBytes } = suite;
  // With GCM and CCM eight bytes of the nonce are in the record, with ChaCha20 none.
  const explicitBytes = aead === 'chacha20-poly1305' ? 0 : 8;
  const ivBytes = 12 - explicitBytes;
  const block = tls12Prf(crypto, hash, masterSecret, 'key expansion', concatBytes(serverRandom, clientRandom), 2 * (keyBytes + ivBytes));
  const keyOf = (index: 0 | 1): TlsRecordKey => {
    const key = block.subarray(index * keyBytes, (index + 1) * keyBytes);
    const ivStart = 2 * keyBytes + index * ivBytes;
    const iv = block.subarray(ivStart, ivStart + ivBytes);
    let sequence = 0;
    return {
      open(record) {
        const { fragment, contentType, version } = record;
        const contentLength = record.length - explicitBytes - tagBytes(aead);
        if (fragment === null || contentLength < 0) return null;
        const nonce = explicitBytes === 0 ? xorNonce(iv, sequence) : concatBytes(iv, fragment.subarray(0, explicitBytes));
        const additional = concatBytes(
          numberBytes(sequence, 8),
          Uint8Array.of(contentType, version >> 8, version & 0xff),
          numberBytes(contentLength, 2),
        );
        const content = crypto.aeadDecrypt(aead, key, nonce, additional, fragment.subarray(explicitBytes));
        if (content === null) return null;
        sequence += 1;
        return { contentType, content };
      },
      passOver() {
        sequence += 1;
      },
    };
  };
  return { client: keyOf(0), server: keyOf(1) };
}
