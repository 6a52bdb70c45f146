/** Where and why decoding stopped. `offset` counts from the start of the bytes the decoder was given. */
export interface DecodeError {
  offset: number;
  reason: string;
}

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * Reads big-endian fields from bytes it does not own, between `offset` and `end`, without ever throwing.
 *
 * The first read past `end` (or a call of {@link fail}) is remembered in `error`; from then on every read gives zero or no bytes and the
 * position stays. A decoder may therefore read a whole structure and look at `error` once, as long as its loops also end on it.
 */
export class ByteCursor {
  readonly bytes: Uint8Array;
  offset: number;
  readonly end: number;
  error: DecodeError | null = null;

  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.end = Math.max(0, Math.min(end, bytes.length));
    this.offset = Math.min(Math.max(0, offset), this.end);
  }

  /** Bytes left; 0 after an error, so that loops over it end. */
  get remaining(): number {
    return this.error === null ? this.end - this.offset : 0;
  }

  /** Records the first error; later ones are ignored because they follow from it. */
  fail(reason: string, offset: number = this.offset): void {
    this.error ??= { offset, reason };
  }

  private has(length: number, what: string): boolean {
    if (this.error !== null) return false;
    if (length <= this.end - this.offset) return true;
    this.fail(`${what} ends early`);
    return false;
  }

  u8(what: string): number {
    if (!this.has(1, what)) return 0;
    return this.bytes[this.offset++]!;
  }

  u16(what: string): number {
    if (!this.has(2, what)) return 0;
    const value = this.bytes[this.offset]! * 0x100 + this.bytes[this.offset + 1]!;
    this.offset += 2;
    return value;
  }

  u24(what: string): number {
    if (!this.has(3, what)) return 0;
    const value = this.bytes[this.offset]! * 0x10000 + this.bytes[this.offset + 1]! * 0x100 + this.bytes[this.offset + 2]!;
    this.offset += 3;
    return value;
  }

  u32(what: string): number {
    const high = this.u16(what);
    return high * 0x10000 + this.u16(what);
  }

  /** A view of the next `length` bytes; empty after an error. */
  take(length: number, what: string): Uint8Array {
    if (!this.has(length, what)) return NOTHING;
    const view = this.bytes.subarray(this.offset, this.offset + length);
    this.offset += length;
    return view;
  }

  /** A cursor over the next `length` bytes, which this one skips; offsets of its errors are those of the same bytes. */
  slice(length: number, what: string): ByteCursor {
    const start = this.offset;
    if (!this.has(length, what)) return new ByteCursor(this.bytes, start, start);
    this.offset += length;
    return new ByteCursor(this.bytes, start, start + length);
  }

  /** Takes over an error of a cursor made by {@link slice}; true when there was one. */
  adopt(inner: ByteCursor): boolean {
    if (inner.error !== null) this.fail(inner.error.reason, inner.error.offset);
    return inner.error !== null;
  }
}
