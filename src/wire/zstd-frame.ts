/** What the headers of zstd frames ask for. */
export interface ZstdDemand {
  /** The largest window of any frame: what a decoder has to keep in memory. */
  windowBytes: number;
}

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a5;
const RLE = 1;
/** Bytes of the frame content size, by its flag; one more way to say one byte in a single segment. */
const SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_BYTES = [0, 1, 2, 4];

/**
 * Walks frames and blocks by their headers (RFC 8878 section 3.1), without undoing anything: linear, and never throws. Ends where the bytes do, or where
 * they are no frame.
 */
export function zstdDemand(bytes: Uint8Array): ZstdDemand {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let windowBytes = 0;
  let at = 0;
  while (at + 8 <= bytes.length) {
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === SKIPPABLE_MAGIC) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== FRAME_MAGIC) break;
    const header = frameHeader(bytes, at + 4);
    windowBytes = Math.max(windowBytes, header.windowBytes);
    at = afterBlocks(bytes, header.end) + (header.hasChecksum ? 4 : 0);
  }
  return { windowBytes };
}

function frameHeader(bytes: Uint8Array, at: number): { windowBytes: number; hasChecksum: boolean; end: number } {
  const descriptor = bytes[at] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const window = bytes[at + 1] ?? 0;
  const sizeAt = at + 1 + (isSingleSegment ? 0 : 1) + (DICTIONARY_BYTES[descriptor & 3] ?? 0);
  const flag = descriptor >> 6;
  const sizeBytes = flag === 0 && isSingleSegment ? 1 : (SIZE_BYTES[flag] ?? 0);
  let contentBytes = flag === 1 ? 256 : 0;
  for (let index = 0; index < sizeBytes; index++) contentBytes += (bytes[sizeAt + index] ?? 0) * 256 ** index;
  const base = 2 ** (10 + (window >> 3));
  return {
    windowBytes: isSingleSegment ? contentBytes : base + (base / 8) * (window & 7),
    hasChecksum: (descriptor & 0x04) !== 0,
    end: sizeAt + sizeBytes,
  };
}

function afterBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at + 3 <= bytes.length) {
    const header = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    at += 3 + (((header >> 1) & 3) === RLE ? 1 : header >> 3);
    if ((header & 1) === 1) return at;
  }
  return bytes.length;
}
