const largestExact = 1e15;
/** What is written four bytes at a time may touch this many behind its end. */
const slackBytes = 4;
/** Room that was given back and is kept for what is written next. */
const mostIdle = 4;

/** A part of JSON whose bytes are known, four to a word, the first in the lowest place: so it is written four times as fast. */
export interface JsonPart {
  words: Int32Array;
  length: number;
}

/** A part of ASCII alone. */
export function jsonPart(text: string): JsonPart {
  const words = new Int32Array((text.length + 3) >> 2);
  for (let i = 0; i < text.length; i++) words[i >> 2]! |= text.charCodeAt(i) << ((i & 3) * 8);
  return { words, length: text.length };
}

/** The three digits of every number below 1000, and its digits without leading zeros, as words of parts. */
const threes: Int32Array = Int32Array.from({ length: 1000 }, (_, value) => jsonPart(String(value).padStart(3, '0')).words[0]!);
const numbers: Int32Array = Int32Array.from({ length: 1000 }, (_, value) => jsonPart(String(value)).words[0]!);

/** Writes JSON as bytes, without making any text of numbers: for documents of hundreds of thousands of alike objects. */
export class JsonBytes {
  length = 0;
  private bytes: Uint8Array<ArrayBuffer>;
  private view: DataView<ArrayBuffer>;
  private readonly usualBytes: number;
  private readonly idle: ArrayBuffer[] = [];

  /** `usualBytes`: how many are usually written before they are taken. */
  constructor(usualBytes: number) {
    this.usualBytes = usualBytes + slackBytes;
    this.bytes = new Uint8Array(this.usualBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `more` bytes; what is written after it must not take more. */
  reserve(more: number): void {
    const needed = this.length + more + slackBytes;
    if (needed <= this.bytes.length) return;
    const before = this.bytes.subarray(0, this.length);
    this.write(new ArrayBuffer(Math.max(2 * this.bytes.length, needed)));
    this.bytes.set(before);
  }

  private write(buffer: ArrayBuffer): void {
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  /** What was written so far, which the caller may keep; what follows begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.length);
    this.write(this.idle.pop() ?? new ArrayBuffer(this.usualBytes));
    this.length = 0;
    return taken;
  }

  /** What was taken is needed no more: it is written over. */
  giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (buffer.byteLength >= this.usualBytes && this.idle.length < mostIdle) this.idle.push(buffer);
  }

  part({ words, length }: JsonPart): void {
    this.packed(words, 0, length);
  }

  /** `length` characters of ASCII that need no escape, four to a word from `at` on. */
  packed(words: Int32Array, at: number, length: number): void {
    const { view, length: start } = this;
    for (let i = 0; i < length; i += 4) view.setInt32(start + i, words[at + (i >> 2)]!, true);
    this.length = start + length;
  }

  /** Text of ASCII that needs no escape. */
  ascii(text: string): void {
    const { bytes, length } = this;
    for (let i = 0; i < text.length; i++) bytes[length + i] = text.charCodeAt(i);
    this.length = length + text.length;
  }

  /** Any text of JSON, as UTF-8. */
  any(text: string): void {
    const piece = new TextEncoder().encode(text);
    this.reserve(piece.length);
    this.bytes.set(piece, this.length);
    this.length += piece.length;
  }

  octet(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** A number from 0 on; one of others as `String` gives it. At most 24 bytes. */
  integer(value: number): void {
    if (value >= 0 && value < 1000) {
      this.view.setInt32(this.length, numbers[value]!, true);
      this.length += value < 10 ? 1 : value < 100 ? 2 : 3;
      return;
    }
    if (!(value >= 0 && value <= 0x7fffffff)) {
      this.ascii(Number.isFinite(value) ? String(value) : 'null');
      return;
    }
    const thousands = ((value | 0) / 1000) | 0;
    this.integer(thousands);
    this.threeDigits((value | 0) - 1000 * thousands);
  }

  /** A number rounded to thousandths, as `JSON.stringify` writes what `Math.round(1000 * value) / 1000` gives. At most 28 bytes. */
  thousandths(value: number): void {
    const thousandths = Math.round(value * 1000);
    if (!(thousandths >= 0 && thousandths < largestExact)) {
      this.ascii(Number.isFinite(thousandths) ? String(thousandths / 1000) : 'null');
      return;
    }
    const whole = Math.floor(thousandths / 1000);
    const part = thousandths - 1000 * whole;
    this.integer(whole);
    if (part === 0) return;
    this.octet(0x2e);
    this.threeDigits(part);
    // Zeros at the end are not written.
    if (part % 100 === 0) this.length -= 2;
    else if (part % 10 === 0) this.length -= 1;
  }

  /** Three digits of a number below 1000. */
  threeDigits(value: number): void {
    this.view.setInt32(this.length, threes[value]!, true);
    this.length += 3;
  }
}
