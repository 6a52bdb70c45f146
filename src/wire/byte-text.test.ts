import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase32Hex, decodeBase64, decodeHex, encodeBase32Hex, encodeBase64, encodeHex } from './byte-text.ts';

describe('bytes as text', () => {
  it('agree with what Node.js writes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(encodeHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });

  it('come back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeHex(encodeHex(bytes))).toEqual(bytes);
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
        expect(decodeBase32Hex(encodeBase32Hex(bytes).toUpperCase())).toEqual(bytes);
      }),
    );
  });

  it('give the base32hex examples of RFC 4648 section 10', () => {
    const encode = (text: string): string => encodeBase32Hex(new TextEncoder().encode(text));
    expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map(encode)).toEqual([
      '',
      'co',
      'cpng',
      'cpnmu',
      'cpnmuog',
      'cpnmuoj1',
      'cpnmuoj1e8',
    ]);
  });

  it('refuse digits that are none', () => {
    expect(decodeHex('0g')).toBeNull();
    expect(decodeHex('abc')).toBeNull();
    expect(decodeBase64('a*==')).toBeNull();
    expect(decodeBase64('a')).toBeNull();
    expect(decodeBase32Hex('w')).toBeNull();
  });
});
