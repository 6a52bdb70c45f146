/**
 * Cryptography of QUIC's Initial packets (RFC 9001 section 5), whose keys everybody can compute, and of TLS records whose secrets were given. Never throws
 * for keys of the lengths the algorithms have; every result is owned by the caller.
 */
export interface PacketCrypto {
  hmac(hash: 'sha256' | 'sha384', key: Uint8Array, data: Uint8Array): Uint8Array;
  /** One block of 16 bytes. */
  aes128EcbEncrypt(key: Uint8Array, block: Uint8Array): Uint8Array;
  /** `aead` as cipher suites name it, `aes-128-gcm`. `ciphertext` ends in the tag. Null when the tag does not fit, and for algorithms that are not known. */
  aeadDecrypt(aead: string, key: Uint8Array, nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | null;
  /** AES-128-GCM; the result ends in the tag. */
  aes128GcmEncrypt(key: Uint8Array, nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array;
}
