import type { TlsCrypto, TlsHash } from './tls-crypto.ts';

/** Key derivation of TLS: HKDF (RFC 5869) with the labels of RFC 8446 section 7.1, and the pseudorandom function of RFC 5246 section 5. */

/** Bytes of several arrays, one behind the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const ASCII = new TextEncoder();

export function hkdfExtract(crypto: TlsCrypto, hash: TlsHash, salt: Uint8Array, secret: Uint8Array): Uint8Array {
  return crypto.hmac(hash, salt, secret);
}

/** HKDF-Expand-Label; `label` without the prefix `tls13 `. */
export function hkdfExpandLabel(
  crypto: TlsCrypto,
  hash: TlsHash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const fullLabel = ASCII.encode(`tls13 ${label}`);
  const info = concatBytes(Uint8Array.of(length >> 8, length & 0xff, fullLabel.length), fullLabel, Uint8Array.of(context.length), context);
  let block: Uint8Array = new Uint8Array(0);
  let output: Uint8Array = new Uint8Array(0);
  for (let counter = 1; output.length < length; counter++) {
    block = crypto.hmac(hash, secret, concatBytes(block, info, Uint8Array.of(counter)));
    output = concatBytes(output, block);
  }
  return output.subarray(0, length);
}

/** PRF of TLS 1.2. */
export function tls12Prf(
  crypto: TlsCrypto,
  hash: TlsHash,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelled = concatBytes(ASCII.encode(label), seed);
  let a = labelled;
  let output: Uint8Array = new Uint8Array(0);
  while (output.length < length) {
    a = crypto.hmac(hash, secret, a);
    output = concatBytes(output, crypto.hmac(hash, secret, concatBytes(a, labelled)));
  }
  return output.subarray(0, length);
}

/** The nonce of a record or packet: the initialisation vector xored with its number (RFC 8446 section 5.3). */
export function xorNonce(iv: Uint8Array, sequence: number): Uint8Array {
  const nonce = Uint8Array.from(iv);
  let rest = sequence;
  for (let at = nonce.length - 1; at >= 0 && rest > 0; at--) {
    nonce[at]! ^= rest % 256;
    rest = Math.floor(rest / 256);
  }
  return nonce;
}
