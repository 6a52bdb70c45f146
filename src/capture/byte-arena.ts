/** Bytes kept in an arena: where they begin and how many there are. `truncated` once some did not fit. */
export interface ArenaChain {
  first: number;
  last: number;
  length: number;
  truncated: boolean;
}

/** A chain without bytes. */
export function emptyChain(): ArenaChain {
  return { first: -1, last: -1, length: 0, truncated: false };
}

const initialBlocks = 256;
/** From this length on the engine's own copy is worth the typed array that it takes; out of shared memory it is slow. */
const longCopyBytes = 640;

/**
 * Keeps the few bytes of every conversation that may have to be decoded once it is over. Blocks of fixed size come from one array, are chained, and
 * go back when a chain is released, so that nothing is left to the garbage collector. Memory is bounded by `maxBytes`: what does not fit is left
 * out, and the chain says so.
 */
export class ByteArena {
  private bytes: Uint8Array<ArrayBuffer>;
  private view: DataView<ArrayBuffer>;
  private next: Int32Array;
  private freeHead = -1;
  private extent = 0;
  private readonly blockBytes: number;
  private readonly maxBlocks: number;

  /** `blockBytes` is a power of two. */
  constructor(blockBytes: number, maxBytes: number) {
    this.blockBytes = blockBytes;
    this.maxBlocks = Math.floor(maxBytes / blockBytes);
    this.bytes = new Uint8Array(initialBlocks * blockBytes);
    this.view = new DataView(this.bytes.buffer);
    this.next = new Int32Array(initialBlocks);
  }

  /** Appends a copy of `length` bytes of a view, up to `limitBytes` in the chain. */
  append(chain: ArenaChain, view: DataView, offset: number, length: number, limitBytes: number): void {
    let taken = Math.min(length, limitBytes - chain.length);
    if (taken < length) chain.truncated = true;
    let from = offset;
    while (taken > 0) {
      const used = chain.length & (this.blockBytes - 1);
      if (used === 0 && !this.extend(chain)) {
        chain.truncated = true;
        return;
      }
      const count = Math.min(taken, this.blockBytes - used);
      this.copy(view, from, chain.last * this.blockBytes + used, count);
      chain.length += count;
      from += count;
      taken -= count;
    }
  }

  /** Four octets at a time, where they are few. */
  private copy(view: DataView, from: number, to: number, count: number): void {
    if (count >= longCopyBytes) {
      this.bytes.set(new Uint8Array(view.buffer, view.byteOffset + from, count), to);
      return;
    }
    const target = this.view;
    let i = 0;
    for (; i + 16 <= count; i += 16) {
      target.setInt32(to + i, view.getInt32(from + i, true), true);
      target.setInt32(to + i + 4, view.getInt32(from + i + 4, true), true);
      target.setInt32(to + i + 8, view.getInt32(from + i + 8, true), true);
      target.setInt32(to + i + 12, view.getInt32(from + i + 12, true), true);
    }
    for (; i + 4 <= count; i += 4) target.setInt32(to + i, view.getInt32(from + i, true), true);
    for (; i < count; i++) target.setUint8(to + i, view.getUint8(from + i));
  }

  private extend(chain: ArenaChain): boolean {
    let block = this.freeHead;
    if (block >= 0) this.freeHead = this.next[block]!;
    else if (this.extent < this.maxBlocks) block = this.fresh();
    else return false;
    this.next[block] = -1;
    if (chain.last >= 0) this.next[chain.last] = block;
    else chain.first = block;
    chain.last = block;
    return true;
  }

  private fresh(): number {
    if (this.extent === this.next.length) {
      const blocks = Math.min(this.extent * 2, this.maxBlocks);
      const bytes = new Uint8Array(blocks * this.blockBytes);
      bytes.set(this.bytes);
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer);
      const next = new Int32Array(blocks);
      next.set(this.next);
      this.next = next;
    }
    return this.extent++;
  }

  /** Copies the chain's bytes to the start of `target`, as many as fit; returns how many. */
  copyTo(chain: ArenaChain, target: Uint8Array): number {
    const length = Math.min(chain.length, target.length);
    let at = 0;
    for (let block = chain.first; at < length; block = this.next[block]!) {
      const count = Math.min(length - at, this.blockBytes);
      const start = block * this.blockBytes;
      target.set(this.bytes.subarray(start, start + count), at);
      at += count;
    }
    return length;
  }

  /** Where the first block of a chain lies in {@link memory}; how many of the chain's bytes are in it says {@link bytesInFirst}. */
  startOf(chain: ArenaChain): number {
    return Math.max(0, chain.first) * this.blockBytes;
  }

  bytesInFirst(chain: ArenaChain): number {
    return Math.min(chain.length, this.blockBytes);
  }

  /** To be read from before anything is appended. */
  get memory(): Uint8Array<ArrayBuffer> {
    return this.bytes;
  }

  /** The chain's bytes as a copy that the caller owns. */
  read(chain: ArenaChain): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(chain.length);
    this.copyTo(chain, bytes);
    return bytes;
  }

  /** Gives the chain's blocks back and empties it. */
  release(chain: ArenaChain): void {
    if (chain.last >= 0) {
      this.next[chain.last] = this.freeHead;
      this.freeHead = chain.first;
    }
    chain.first = -1;
    chain.last = -1;
    chain.length = 0;
    chain.truncated = false;
  }
}
