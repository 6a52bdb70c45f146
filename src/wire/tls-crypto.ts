/** Hash functions of cipher suites. */
export type TlsHash = 'sha256' | 'sha384';

/** Authenticated encryption with associated data, as cipher suites name it. CCM with the 8-byte tag is `-ccm-8`. */
export type TlsAead =
  | 'aes-128-gcm'
  | 'aes-256-gcm'
  | 'aes-128-ccm'
  | 'aes-256-ccm'
  | 'aes-128-ccm-8'
  | 'aes-256-ccm-8'
  | 'chacha20-poly1305';

/**
 * The primitives that decryption needs and that codecs do not have of their own. Implementations do not throw for keys of the lengths the
 * algorithms have; every result is owned by the caller.
 */
export interface TlsCrypto {
  hmac(hash: TlsHash, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** One block of 16 bytes. */
  aes128EcbEncrypt(key: Uint8Array, block: Uint8Array): Uint8Array;
  /** `ciphertext` ends in the tag. Null when the tag does not fit. */
  aeadDecrypt(aead: TlsAead, key: Uint8Array, nonce: Uint8Array, additionalData: Uint8Array, ciphertext: Uint8Array): Uint8Array | null;
}
