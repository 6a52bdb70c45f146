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
/** Magic number, descriptor, window, dictionary, content size. */
const LONGEST_HEADER = 4 + 1 + 1 + 4 + 8;
const CHECKSUM_BYTES = 4;

/**
 * Walks a stream of frames and blocks by their headers (RFC 8878 section 3.1), without undoing anything: linear, in constant memory, and never throws. Stops
 * where the bytes are no frame.
 */
export class ZstdWalk {
  /** The largest window so far. */
  windowBytes = 0;
  /** How many bytes, at the end of those pushed, begin a frame whose header is not whole, or are of a frame that is refused and what follows it. */
  heldBytes = 0;
  /** A frame needs a window larger than may be: the walk has ended before it. */
  isRefused = false;
  /** The header that is being read, as far as it is there. */
  private readonly header = new Uint8Array(LONGEST_HEADER);
  private filled = 0;
  private skip = 0;
  private isInFrame = false;
  private hasChecksum = false;
  private isOver = false;
  private readonly mostWindowBytes: number;

  constructor(mostWindowBytes: number = Number.POSITIVE_INFINITY) {
    this.mostWindowBytes = mostWindowBytes;
  }

  /** The next bytes of the stream. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.isOver) {
      if (this.skip > 0) {
        const skipped = Math.min(this.skip, bytes.length - at);
        this.skip -= skipped;
        at += skipped;
        continue;
      }
      this.header[this.filled++] = bytes[at++] ?? 0;
      if (this.isInFrame) this.block();
      else this.frame();
    }
    if (this.isRefused) this.heldBytes += bytes.length - at;
    else this.heldBytes = this.isOver || this.isInFrame ? 0 : this.filled;
  }

  private frame(): void {
    const { header, filled } = this;
    if (filled < 5) return;
    const magic = new DataView(header.buffer).getUint32(0, true);
    if (magic >>> 4 === SKIPPABLE_MAGIC) {
      if (filled < 8) return;
      this.skip = new DataView(header.buffer).getUint32(4, true);
      this.filled = 0;
      return;
    }
    if (magic !== FRAME_MAGIC) {
      this.isOver = true;
      return;
    }
    const read = frameHeader(header, 4);
    if (filled < read.end) return;
    this.windowBytes = Math.max(this.windowBytes, read.windowBytes);
    if (read.windowBytes > this.mostWindowBytes) {
      this.isOver = true;
      this.isRefused = true;
      this.heldBytes = filled;
      return;
    }
    this.hasChecksum = read.hasChecksum;
    this.isInFrame = true;
    this.filled = 0;
  }

  private block(): void {
    if (this.filled < 3) return;
    const [low = 0, middle = 0, high = 0] = this.header;
    const header = low | (middle << 8) | (high << 16);
    this.skip = ((header >> 1) & 3) === RLE ? 1 : header >> 3;
    this.filled = 0;
    if ((header & 1) === 0) return;
    this.isInFrame = false;
    if (this.hasChecksum) this.skip += CHECKSUM_BYTES;
  }
}

/** What whole frames ask for. Ends where the bytes do, or where they are no frame. */
export function zstdDemand(bytes: Uint8Array): ZstdDemand {
  const walk = new ZstdWalk();
  walk.push(bytes);
  return { windowBytes: walk.windowBytes };
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
