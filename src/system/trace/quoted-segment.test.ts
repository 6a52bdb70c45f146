import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quotedMss } from './quoted-segment.ts';

/** A SYN's header of `words` 32-bit words with these options. */
function syn(words: number, ...options: number[]): Uint8Array {
  const bytes = new Uint8Array(20 + options.length);
  bytes[12] = words << 4;
  bytes.set(options, 20);
  return bytes;
}

it('reads the segment size, wherever the option stands', () => {
  expect(quotedMss(syn(6, 2, 4, 5, 180))).toBe(1460);
  expect(quotedMss(syn(8, 1, 1, 4, 2, 2, 4, 5, 20, 0, 0, 0, 0))).toBe(1300);
});

it('says nothing where the quotation ends before it, or there is none', () => {
  expect(quotedMss(syn(6, 2, 4, 5, 180).subarray(0, 8))).toBeNull();
  expect(quotedMss(syn(6, 2, 4, 5))).toBeNull();
  expect(quotedMss(syn(6, 0, 2, 4, 5))).toBeNull();
  expect(quotedMss(syn(6, 2, 3, 5, 1))).toBeNull();
  expect(quotedMss(new Uint8Array(0))).toBeNull();
});

it('takes any bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void quotedMss(bytes)));
});
