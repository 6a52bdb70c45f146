/** Undoes one content encoding (RFC 9110 section 8.4.1: gzip, deflate, br; RFC 8878: zstd). */
export interface Decompressor {
  /** Decoded bytes, at most `limitBytes` of them, or why it failed. `complete` is false when the input ended early or the limit was met. */
  decompress(
    encoding: string,
    bytes: Uint8Array,
    limitBytes: number,
  ): Promise<{ kind: 'decoded'; bytes: Uint8Array; complete: boolean } | { kind: 'failed'; reason: string } | { kind: 'unsupported' }>;
}
