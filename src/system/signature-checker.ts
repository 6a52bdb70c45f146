import { createHash, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import type { SignatureChecker } from '../ports/signature-checker.ts';

interface Algorithm {
  /** For `node:crypto`; null where the algorithm brings its own. */
  hash: string | null;
  key(publicKey: Uint8Array): JsonWebKey | null;
  isEcdsa?: true;
}

/** RFC 5702 section 2: RSA keys of more than 4096 bits are not used, and cost time. */
const longestModulusBytes = 512;

/** By DNSSEC algorithm number. Source: https://www.iana.org/assignments/dns-sec-alg-numbers. */
const algorithms: ReadonlyMap<number, Algorithm> = new Map<number, Algorithm>([
  [5, { hash: 'sha1', key: rsaKey }],
  [7, { hash: 'sha1', key: rsaKey }],
  [8, { hash: 'sha256', key: rsaKey }],
  [10, { hash: 'sha512', key: rsaKey }],
  [13, { hash: 'sha256', key: (bytes) => curveKey('P-256', 32, bytes), isEcdsa: true }],
  [14, { hash: 'sha384', key: (bytes) => curveKey('P-384', 48, bytes), isEcdsa: true }],
  [15, { hash: null, key: (bytes) => edwardsKey('Ed25519', 32, bytes) }],
  [16, { hash: null, key: (bytes) => edwardsKey('Ed448', 57, bytes) }],
]);

/** By DS digest type. Source: https://www.iana.org/assignments/ds-rr-types. */
const digests: ReadonlyMap<number, string> = new Map([
  [1, 'sha1'],
  [2, 'sha256'],
  [4, 'sha384'],
]);

/** OpenSSL through `node:crypto`. */
export const systemSignatureChecker: SignatureChecker = {
  verify(algorithm, publicKey, data, signature) {
    const known = algorithms.get(algorithm);
    const jwk = known?.key(publicKey) ?? null;
    if (known === undefined || jwk === null) return null;
    const key = importKey(jwk);
    if (key === null) return false;
    try {
      return verify(known.hash, data, known.isEcdsa === true ? { key, dsaEncoding: 'ieee-p1363' } : key, signature);
    } catch {
      // OpenSSL refuses a signature of a wrong length, and by policy algorithms such as SHA-1.
      return known.hash === 'sha1' ? null : false;
    }
  },
  digest(digestType, data) {
    const name = digests.get(digestType);
    return name === undefined ? null : new Uint8Array(createHash(name).update(data).digest());
  },
};

function importKey(key: JsonWebKey): KeyObject | null {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return null;
  }
}

/** RFC 3110 section 2: length of the exponent in one byte, or zero and two bytes; exponent; modulus. */
function rsaKey(bytes: Uint8Array): JsonWebKey | null {
  const isLong = bytes[0] === 0;
  const exponentAt = isLong ? 3 : 1;
  const exponentBytes = isLong ? (bytes[1] ?? 0) * 0x100 + (bytes[2] ?? 0) : (bytes[0] ?? 0);
  const exponent = bytes.subarray(exponentAt, exponentAt + exponentBytes);
  const modulus = bytes.subarray(exponentAt + exponentBytes);
  if (exponentBytes === 0 || modulus.length === 0 || modulus.length > longestModulusBytes) return null;
  return { kty: 'RSA', n: base64url(modulus), e: base64url(exponent) };
}

/** RFC 6605 section 4: x and y, nothing else. */
function curveKey(curve: string, coordinateBytes: number, bytes: Uint8Array): JsonWebKey | null {
  if (bytes.length !== 2 * coordinateBytes) return null;
  return { kty: 'EC', crv: curve, x: base64url(bytes.subarray(0, coordinateBytes)), y: base64url(bytes.subarray(coordinateBytes)) };
}

/** RFC 8080 section 3. */
function edwardsKey(curve: string, keyBytes: number, bytes: Uint8Array): JsonWebKey | null {
  return bytes.length === keyBytes ? { kty: 'OKP', crv: curve, x: base64url(bytes) } : null;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}
