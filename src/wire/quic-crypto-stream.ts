/** Puts the pieces of a CRYPTO stream in order (RFC 9000 section 7.5). */
export interface QuicCryptoStream {
  /** Takes a piece, which is copied; returns the bytes that are now in order, null when it is beyond the limit. */
  push(offset: number, bytes: Uint8Array): Uint8Array | null;
}

/** Endpoints must buffer 4096 bytes; a ClientHello with post-quantum key shares has about 2 KiB, a certificate chain is not in this stream. */
const LIMIT_BYTES = 0x10000;
/** Browsers cut a ClientHello into a dozen pieces and shuffle them. */
const PIECES_LIMIT = 256;

/** Holds at most 64 KiB in 256 pieces. Never throws. */
export function createQuicCryptoStream(): QuicCryptoStream {
  let pieces: { offset: number; bytes: Uint8Array }[] = [];
  let position = 0;

  return {
    push(offset, bytes) {
      if (offset + bytes.length > LIMIT_BYTES || pieces.length >= PIECES_LIMIT) return null;
      if (offset + bytes.length > position) pieces.push({ offset, bytes: bytes.slice() });
      pieces.sort((a, b) => a.offset - b.offset);
      const ready: Uint8Array[] = [];
      for (const piece of pieces) {
        if (piece.offset > position) break;
        const fresh = piece.bytes.subarray(Math.min(piece.bytes.length, position - piece.offset));
        ready.push(fresh);
        position += fresh.length;
      }
      pieces = pieces.filter((piece) => piece.offset + piece.bytes.length > position);
      const joined = new Uint8Array(ready.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of ready) {
        joined.set(part, at);
        at += part.length;
      }
      return joined;
    },
  };
}
