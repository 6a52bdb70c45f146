/** Cryptography of DNSSEC. Never throws: keys and signatures come from the network. */
export interface SignatureChecker {
  /**
   * Whether a signature is over the data by the key; null when the algorithm, or a key of this size, cannot be checked here.
   *
   * @param algorithm DNSSEC algorithm number (IANA)
   * @param publicKey in the form of the DNSKEY record (RFC 3110, RFC 6605, RFC 8080)
   */
  verify(algorithm: number, publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean | null;
  /** The digest of a DS record by its type (IANA); null when the type cannot be computed here. */
  digest(digestType: number, data: Uint8Array): Uint8Array | null;
}
