import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHex } from './byte-text.ts';
import { createHpackDecoder } from './hpack.ts';

function hex(text: string): Uint8Array {
  return decodeHex(text.replaceAll(/\s/g, ''))!;
}

function linesOf(decoder: ReturnType<typeof createHpackDecoder>, block: string): string[] {
  const { fields, error } = decoder.decode(hex(block));
  expect(error).toBeNull();
  return fields.map(({ name, value }) => `${name}: ${value}`);
}

describe('createHpackDecoder', () => {
  it('reads the three requests of RFC 7541 appendix C.4', () => {
    const decoder = createHpackDecoder();
    const request = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
    expect(linesOf(decoder, '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff')).toEqual(request);
    expect(linesOf(decoder, '8286 84be 5886 a8eb 1064 9cbf')).toEqual([...request, 'cache-control: no-cache']);
    expect(linesOf(decoder, '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf')).toEqual([
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ]);
  });

  it('reads the responses of RFC 7541 appendix C.6, in a table of 256 bytes that evicts', () => {
    const decoder = createHpackDecoder();
    const response = ['cache-control: private', 'date: Mon, 21 Oct 2013 20:13:21 GMT', 'location: https://www.example.com'];
    // The first byte pair is not in the appendix, where the table was small from the start.
    expect(
      linesOf(
        decoder,
        `3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae
         82ae 43d3`,
      ),
    ).toEqual([':status: 302', ...response]);
    expect(linesOf(decoder, '4883 640e ffc1 c0bf')).toEqual([':status: 307', ...response]);
    expect(
      linesOf(
        decoder,
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af
         2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      ),
    ).toEqual([
      ':status: 200',
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:22 GMT',
      'location: https://www.example.com',
      'content-encoding: gzip',
      'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ]);
  });

  it.each([
    ['an index that is not in the table', 'be'],
    ['index zero', '80'],
    ['an integer without end', 'ffffffffffff'],
    ['a string that runs out', '4005616263'],
    ['padding that is not all ones', '40 81 00 00'],
    ['the end of string inside a string', '40 84 ffffffff 00'],
    ['a table size behind a field', '82 20'],
    ['a table of gigabytes', '3f e1 ff ff ff 07'],
  ])('stops at %s', (_, block) => {
    expect(createHpackDecoder().decode(hex(block)).error).not.toBeNull();
  });

  it('does not let few bytes become a list of megabytes', () => {
    const decoder = createHpackDecoder();
    const value = '41'.repeat(4000);
    const block = hex(`40 01 61 7fa11e ${value} ${'be'.repeat(10_000)}`);
    const { fields, error } = decoder.decode(block);
    expect(error?.reason).toBe('header list is longer than 256 KiB');
    expect(fields.length).toBeLessThan(70);
  });

  it('evicts in time that does not grow with the table', () => {
    const decoder = createHpackDecoder();
    // A table of 1 MiB, then a hundred thousand entries of 33 bytes.
    decoder.decode(hex('3fe1ff3f'));
    const started = performance.now();
    for (let i = 0; i < 25; i++) expect(decoder.decode(hex(`${'4001 61 00'.repeat(4000)}`)).error).toBeNull();
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(linesOf(decoder, 'be')).toEqual(['a: ']);
  }, 20_000);

  it('never throws, whatever the blocks', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), (blocks) => {
        const decoder = createHpackDecoder();
        for (const block of blocks) decoder.decode(block);
      }),
      { numRuns: 1000 },
    );
  });
});
