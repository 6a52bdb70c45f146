const digitZero = 0x30;
const largestExact = 1e15;
const initialBytes = 4096;

/** The bytes of a piece of JSON whose form is known, for constant parts of it. ASCII alone. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Writes JSON as bytes, without making any text of numbers: for documents of hundreds of thousands of alike objects. */
export class JsonBytes {
  private bytes: Uint8Array<ArrayBuffer> = new Uint8Array(initialBytes);
  length = 0;

  /** Makes room for `more` bytes; what is written after it must not take more. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** What was written so far, which the caller may keep; what follows begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = new Uint8Array(this.bytes.length);
    this.length = 0;
    return taken;
  }

  constant(piece: Uint8Array): void {
    const { bytes, length } = this;
    for (let i = 0; i < piece.length; i++) bytes[length + i] = piece[i]!;
    this.length = length + piece.length;
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
    if (value >= 0 && value < 10) {
      this.bytes[this.length++] = digitZero + value;
      return;
    }
    if (!(value >= 0 && value <= 0x7fffffff)) {
      this.ascii(Number.isFinite(value) ? String(value) : 'null');
      return;
    }
    this.digits(value | 0, digitsOf(value | 0));
  }

  private digits(value: number, count: number): void {
    const { bytes, length } = this;
    let rest = value;
    for (let at = length + count - 1; at >= length; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = digitZero + rest - 10 * next;
      rest = next;
    }
    this.length = length + count;
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
    if (part % 100 === 0) this.digits(part / 100, 1);
    else if (part % 10 === 0) this.digits(part / 10, 2);
    else this.digits(part, 3);
  }

  /** Three digits. */
  threeDigits(value: number): void {
    this.digits(value, 3);
  }
}

function digitsOf(value: number): number {
  let count = 1;
  for (let limit = 10; count < 10 && value >= limit; limit *= 10) count++;
  return count;
}
