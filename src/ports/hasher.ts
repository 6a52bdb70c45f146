/** Digests of content. Never throws. */
export interface Hasher {
  /** Base64, with padding. */
  base64(algorithm: 'sha256' | 'sha384' | 'sha512', content: Uint8Array): string;
}
