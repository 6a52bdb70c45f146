import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePreloadTable, openPreloadTable, preloadBuckets } from './preload-table.ts';

const entries = [
  { name: 'dev', includesSubdomains: true },
  { name: 'bank.example', includesSubdomains: true },
  { name: 'shop.example', includesSubdomains: false },
  { name: 'open.bank.example', includesSubdomains: false },
];

describe('names that browsers reach by https alone', () => {
  const table = openPreloadTable(encodePreloadTable(20250101, entries));

  test('a table says of which day it is, and how many it holds', () => {
    expect(table).toMatchObject({ date: '2025-01-01', count: 4 });
  });

  test.each([
    ['bank.example', 'bank.example'],
    ['pay.bank.example', 'bank.example'],
    ['a.b.bank.example', 'bank.example'],
    ['shop.example', 'shop.example'],
    ['web.dev', 'dev'],
    ['dev', 'dev'],
    ['open.bank.example', 'open.bank.example'],
  ])('%s is found by %s', (host, name) => {
    expect(table?.find(host)?.name).toBe(name);
  });

  test.each(['www.shop.example', 'example', 'notbank.example', 'x.open.bank.example', 'bank.example.org', 'developer', '', '.'])(
    '%s is not',
    (host) => {
      expect(table?.find(host)).toBeNull();
    },
  );

  test('holds every name it was made of', () => {
    const name = fc.domain();
    fc.assert(
      fc.property(fc.array(fc.record({ name, includesSubdomains: fc.boolean() }), { maxLength: 200 }), (made) => {
        const read = openPreloadTable(encodePreloadTable(20250101, made));
        return read !== null && made.every((one) => read.find(one.name) !== null);
      }),
    );
  });

  test('bytes of any kind are no table or one, and never throw', () => {
    const whole = encodePreloadTable(20250101, entries);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 16 + preloadBuckets + 12 }), fc.domain(), (bytes, at, host) => {
        const damaged = whole.slice();
        damaged.set(bytes.subarray(0, Math.max(0, damaged.length - at)), at);
        openPreloadTable(bytes)?.find(host);
        openPreloadTable(damaged)?.find(host);
        expect(openPreloadTable(whole.subarray(0, Math.min(at, whole.length - 1)))).toBeNull();
      }),
    );
  });
});
