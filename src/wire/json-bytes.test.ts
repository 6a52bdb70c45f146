import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonBytes, jsonPart } from './json-bytes.ts';

function written(write: (json: JsonBytes) => void): string {
  const json = new JsonBytes(64);
  write(json);
  return new TextDecoder().decode(json.take());
}

describe('JSON as bytes', () => {
  it('has every number as JSON.stringify writes it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(), fc.maxSafeNat(), fc.integer(), fc.double()), (value) => {
        if (Number.isInteger(value)) expect(written((json) => json.integer(value))).toBe(JSON.stringify(value));
      }),
    );
    for (const value of [
      0,
      9,
      10,
      99,
      100,
      999,
      1000,
      1001,
      20_034,
      999_999,
      1_000_000,
      1_000_001,
      2_147_483_647,
      2_147_483_648,
      -1,
      Number.NaN,
    ])
      expect(written((json) => json.integer(value))).toBe(JSON.stringify(value));
  });

  it('has thousandths as JSON.stringify writes them', () => {
    const rounded = (value: number): string => JSON.stringify(Math.round(value * 1000) / 1000);
    const values = fc.oneof(
      fc.double({ noDefaultInfinity: true }),
      fc.double({ min: 0, max: 1e7, noNaN: true }),
      fc.nat().map((one) => one / 1000),
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(written((json) => json.thousandths(value))).toBe(rounded(value));
      }),
      { numRuns: 2000 },
    );
    for (const value of [0, -0, 0.1, 0.12, 0.1234, 18.02, 90.226, 1e12, 5e14, 1e300, -3.5, Number.NaN])
      expect(written((json) => json.thousandths(value))).toBe(rounded(value));
  });

  it('grows, and gives away what it has', () => {
    const json = new JsonBytes(64);
    const piece = jsonPart('"0123456789"');
    for (let i = 0; i < 1000; i++) {
      json.reserve(piece.length);
      json.part(piece);
    }
    json.any('"é€😀"');
    const first = json.take();
    json.ascii('next');
    expect(new TextDecoder().decode(first)).toBe(`${'"0123456789"'.repeat(1000)}"é€😀"`);
    expect(new TextDecoder().decode(json.take())).toBe('next');
  });

  it('writes over what was given back, and over nothing else', () => {
    const json = new JsonBytes(64);
    json.part(jsonPart('"first"'));
    const first = json.take();
    json.part(jsonPart('"kept"'));
    const kept = json.take();
    json.giveBack(first);
    json.part(jsonPart('"next"'));
    json.part(jsonPart('"another"'));
    const next = json.take();
    expect(new TextDecoder().decode(next)).toBe('"next""another"');
    expect(next.buffer === kept.buffer || next.buffer === first.buffer).toBe(next.buffer === first.buffer);
    expect(new TextDecoder().decode(kept)).toBe('"kept"');
  });
});
