import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openOwnerTable } from './owner-table.ts';

const nobody = 0xffffff;

interface Row {
  start: number[];
  system: number;
}

/** A table in the documented layout: IPv4 rows by their four octets, IPv6 rows by their first eight. */
function tableOf(rows4: readonly Row[], rows6: readonly Row[], systems: readonly (readonly [number, string])[]): Uint8Array {
  const names = systems.map(([, name]) => [name.length, ...new TextEncoder().encode(name)]);
  const buckets = Array.from({ length: 65_537 }, (_, high) => rows4.filter(({ start }) => start[0]! * 256 + start[1]! < high).length);
  const u16 = (value: number): number[] => [value & 255, value >> 8];
  const u24 = (value: number): number[] => [...u16(value & 0xffff), value >>> 16];
  const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
  const offsets = names.map((_, index) => names.slice(0, index).flat().length);
  const reversed = (octets: readonly number[]): number[] => [...octets].reverse();
  return Uint8Array.from([
    ...new TextEncoder().encode('WWOWNER1'),
    ...u32(20_260_617),
    ...[rows4.length, rows6.length, systems.length, names.flat().length].flatMap(u32),
    ...new TextEncoder().encode('a test'.padEnd(36, '\0')),
    ...buckets.flatMap(u32),
    ...rows4.flatMap(({ start, system }) => [...reversed(start.slice(2)), ...u24(system)]),
    ...rows6.flatMap(({ start, system }) => [...reversed(start.slice(0, 4)), ...reversed(start.slice(4)), ...u24(system)]),
    ...systems.flatMap(([number], index) => [...u32(number), ...u24(offsets[index]!)]),
    ...names.flat(),
  ]);
}

const bytes = tableOf(
  [
    { start: [0, 0, 0, 0], system: nobody },
    { start: [1, 1, 1, 0], system: 0 },
    { start: [1, 1, 2, 0], system: nobody },
    { start: [8, 0, 0, 0], system: 1 },
    { start: [9, 0, 0, 0], system: nobody },
  ],
  [
    { start: [0, 0, 0, 0, 0, 0, 0, 0], system: nobody },
    { start: [0x26, 0x06, 0x47, 0, 0x47, 0, 0, 0], system: 0 },
    { start: [0x26, 0x06, 0x47, 0, 0x47, 1, 0, 0], system: nobody },
  ],
  [
    [13_335, 'Cloudflare, Inc.'],
    [4_200_000_001, 'Level Example'],
  ],
);

const octets = (text: string): Uint8Array => Uint8Array.from(text.split('.').map(Number));
const groups = (...words: number[]): Uint8Array =>
  Uint8Array.from([...words, 0, 0, 0, 0, 0, 0, 0, 0].slice(0, 8).flatMap((word) => [word >> 8, word & 255]));

describe('openOwnerTable', () => {
  it('finds who announces an address, to the last of a network', () => {
    const table = openOwnerTable(bytes)!;
    expect(table).toMatchObject({ date: '2026-06-17', title: 'a test' });
    expect(table.find(octets('1.1.1.0'))).toEqual({ asNumber: 13_335, name: 'Cloudflare, Inc.' });
    expect(table.find(octets('1.1.1.255'))?.asNumber).toBe(13_335);
    expect(table.find(octets('8.255.0.1'))).toEqual({ asNumber: 4_200_000_001, name: 'Level Example' });
    expect(table.find(groups(0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111))?.asNumber).toBe(13_335);
  });

  it('knows where nobody is', () => {
    const table = openOwnerTable(bytes)!;
    for (const text of ['0.0.0.0', '1.1.0.255', '1.1.2.0', '7.255.255.255', '9.0.0.0', '255.255.255.255'])
      expect(table.find(octets(text)), text).toBeNull();
    expect(table.find(groups(0x2606, 0x4700, 0x4701))).toBeNull();
    expect(table.find(new Uint8Array(3))).toBeNull();
  });

  it('opens nothing else', () => {
    expect(openOwnerTable(new Uint8Array(0))).toBeNull();
    expect(openOwnerTable(bytes.subarray(0, bytes.length - 1))).toBeNull();
    expect(openOwnerTable(Uint8Array.from([...bytes, 0]))).toBeNull();
  });

  it('a damaged table neither throws nor runs away', () => {
    const damaged = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(([at, value]) => {
      const copy = bytes.slice();
      copy[at] = value;
      return copy;
    });
    fc.assert(
      fc.property(
        damaged,
        fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
        (some, address) => {
          openOwnerTable(some)?.find(address);
        },
      ),
    );
  });
});
