import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberMap } from './number-map.ts';

describe('a map of numbers', () => {
  it('holds what a Map holds, whatever is put in and taken out', () => {
    const key = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: -0x80000000, max: 0x7fffffff })).filter((one) => one !== 0);
    const step = fc.record({ key, value: fc.option(fc.nat(1_000_000), { nil: null }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2000, size: 'max' }), (steps) => {
        const map = new NumberMap();
        const model = new Map<number, number>();
        for (const { key: one, value } of steps) {
          if (value === null) {
            map.delete(one);
            model.delete(one);
          } else {
            map.set(one, value);
            model.set(one, value);
          }
        }
        expect(map.size).toBe(model.size);
        for (const { key: one } of steps) expect(map.get(one)).toBe(model.get(one) ?? -1);
      }),
      { numRuns: 50 },
    );
  });
});
