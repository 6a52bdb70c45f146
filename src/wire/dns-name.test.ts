import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCursor } from './byte-cursor.ts';
import { type DnsNameOffsets, isDnsName, parseDnsName, readDnsName, writeDnsName } from './dns-name.ts';

function read(octets: readonly number[], offset = 0): { name: string; cursor: ByteCursor } {
  const cursor = new ByteCursor(Uint8Array.from(octets), offset);
  return { name: readDnsName(cursor), cursor };
}

describe('domain names', () => {
  it('are lower case, and escaped where they would be ambiguous or steer a terminal', () => {
    const octets = [...'A.b\\ \x1b[@'].map((character) => character.charCodeAt(0));
    expect(read([octets.length, ...octets, 2, 0xc3, 0xa9, 0]).name).toBe('a\\.b\\\\\\032\\027[\\@.\\195\\169');
    expect(read([0]).name).toBe('.');
  });

  it('leave the cursor behind a pointer, wherever that led', () => {
    const { name, cursor } = read([1, 0x61, 0, 1, 0x62, 0xc0, 0, 0xff], 3);
    expect(name).toBe('b.a');
    expect(cursor).toMatchObject({ offset: 7, error: null });
  });

  it('are refused above 255 octets, also when pointers assemble them', () => {
    const label = [63, ...new Array<number>(63).fill(0x61)];
    expect(read([...label, ...label, ...label, 61, ...new Array<number>(61).fill(0x62), 0]).cursor.error).toBeNull();
    expect(read([...label, ...label, ...label, 62, ...new Array<number>(62).fill(0x62), 0]).cursor.error).not.toBeNull();
    expect(read([...label, ...label, ...label, 0, ...label, 0xc0, 0], 193).cursor.error).not.toBeNull();
  });

  it.each([['a..b'], ['.a'], [''], ['a\\'], ['\\256'], ['a\\1'], ['x'.repeat(64)], ['é\u0100'], ['..']])('%j is none', (name) => {
    expect(isDnsName(name)).toBe(false);
  });

  it('mean the same with and without the trailing dot', () => {
    expect(parseDnsName('a.b.')).toEqual(parseDnsName('a.b'));
  });

  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });

  it('come back from any labels, compressed or not', () => {
    fc.assert(
      fc.property(fc.array(fc.array(label, { maxLength: 6 }), { minLength: 1, maxLength: 6 }), fc.boolean(), (names, compress) => {
        const offsets: DnsNameOffsets | null = compress ? new Map() : null;
        const out: number[] = [];
        const texts = names.map((labels) => {
          const cursor = new ByteCursor(Uint8Array.from([...labels.flatMap((octets) => [octets.length, ...octets]), 0]));
          return readDnsName(cursor);
        });
        for (const text of texts) writeDnsName(out, text, offsets);
        const cursor = new ByteCursor(Uint8Array.from(out));
        expect(texts.map(() => readDnsName(cursor))).toEqual(texts);
        expect(cursor).toMatchObject({ error: null, remaining: 0 });
      }),
    );
  });

  it('end within bounded work, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(0xc0, 0, 1, 2), fc.integer({ min: 0, max: 255 })), { maxLength: 300 }),
        fc.nat(300),
        (octets, offset) => {
          const { cursor } = read(octets, offset);
          if (cursor.error !== null) expect(cursor.error.offset).toBeLessThanOrEqual(octets.length);
        },
      ),
      { numRuns: 500 },
    );
    // 16 KiB of pointers, each leading to the one before.
    const chain = Array.from({ length: 8192 }, (_, index) =>
      index === 0 ? [0, 0] : [0xc0 | ((index * 2 - 2) >> 8), (index * 2 - 2) & 0xff],
    ).flat();
    expect(read(chain, chain.length - 2).cursor.error?.reason).toBe('too many compression pointers');
  });
});
