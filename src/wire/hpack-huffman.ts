/**
 * Bits of the code of each symbol, 256 octets and the end of string (RFC 7541 appendix B). The code is canonical: codes of one length are
 * consecutive in the order of the symbols, and follow those of the next shorter length.
 */
const CODE_BITS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10,
  12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7,
  7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22,
  23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22,
  23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20,
  24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

const END_OF_STRING = 256;
const SHORTEST = 5;
const LONGEST = 30;

/** For each length: the first code, how many codes there are, and where their symbols begin in `SYMBOLS`. */
const SYMBOLS: readonly number[] = CODE_BITS.map((_, symbol) => symbol).sort((a, b) => CODE_BITS[a]! - CODE_BITS[b]! || a - b);
const LENGTHS: readonly { first: number; count: number; start: number }[] = (() => {
  const lengths: { first: number; count: number; start: number }[] = [];
  let code = 0;
  let start = 0;
  for (let bits = 0; bits <= LONGEST; bits++) {
    code *= 2;
    const count = CODE_BITS.filter((length) => length === bits).length;
    lengths.push({ first: code, count, start });
    code += count;
    start += count;
  }
  return lengths;
})();

/**
 * Decodes a Huffman-coded string literal; null when it contains the end of string, or ends in padding that is longer than seven bits or not
 * all ones (RFC 7541 section 5.2). The result is at most 8/5 as long as the input.
 */
export function decodeHuffman(bytes: Uint8Array): Uint8Array | null {
  const out = new Uint8Array(Math.floor((bytes.length * 8) / SHORTEST));
  let length = 0;
  let code = 0;
  let bits = 0;
  for (const byte of bytes) {
    for (let mask = 0x80; mask > 0; mask >>= 1) {
      code = code * 2 + ((byte & mask) === 0 ? 0 : 1);
      bits += 1;
      const { first, count, start } = LENGTHS[bits]!;
      if (code - first >= count) continue;
      const symbol = SYMBOLS[start + code - first]!;
      if (symbol === END_OF_STRING) return null;
      out[length++] = symbol;
      code = 0;
      bits = 0;
    }
  }
  return bits < 8 && code === 2 ** bits - 1 ? out.subarray(0, length) : null;
}
