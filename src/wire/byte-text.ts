/** Bytes as text and back: hexadecimal, base64 (RFC 4648 section 4) and base32hex (RFC 4648 section 7, as NSEC3 uses it, without padding). */

const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32_HEX = '0123456789abcdefghijklmnopqrstuv';

/** Lower-case hexadecimal, two digits per byte, no separators. */
export function encodeHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte >> 4]! + HEX[byte & 15]!;
  return text;
}

/** Bytes of hexadecimal text of either case; null when a digit is wrong or missing. */
export function decodeHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

function encodeBits(bytes: Uint8Array, alphabet: string, bitsPerDigit: number): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= bitsPerDigit) {
      bits -= bitsPerDigit;
      text += alphabet[(buffer >> bits) & (alphabet.length - 1)]!;
    }
  }
  if (bits > 0) text += alphabet[(buffer << (bitsPerDigit - bits)) & (alphabet.length - 1)]!;
  return text;
}

function decodeBits(text: string, alphabet: string, bitsPerDigit: number): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * bitsPerDigit) / 8));
  let buffer = 0;
  let bits = 0;
  let length = 0;
  for (const digit of text) {
    const value = alphabet.indexOf(digit);
    if (value < 0) return null;
    buffer = ((buffer << bitsPerDigit) | value) & 0xffff;
    bits += bitsPerDigit;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (buffer >> bits) & 0xff;
    }
  }
  return bits < bitsPerDigit ? bytes : null;
}

/** Base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encodeBits(bytes, BASE64, 6);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** Bytes of base64 text, padding optional; null when it is none. */
export function decodeBase64(text: string): Uint8Array | null {
  return decodeBits(text.replace(/={1,2}$/, ''), BASE64, 6);
}

/** Base32 with the extended hex alphabet, lower case, no padding (RFC 5155 section 3.3). */
export function encodeBase32Hex(bytes: Uint8Array): string {
  return encodeBits(bytes, BASE32_HEX, 5);
}

/** Bytes of base32hex text of either case without padding; null when it is none. */
export function decodeBase32Hex(text: string): Uint8Array | null {
  return decodeBits(text.toLowerCase(), BASE32_HEX, 5);
}
