import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeTlsClientHello, type TlsClientHelloOffer } from './tls-client-hello.ts';
import { isTlsGrease } from './tls-names.ts';
import { createTlsStream } from './tls-stream.ts';

const random = Uint8Array.from({ length: 32 }, (_, index) => index);

function read(offer: TlsClientHelloOffer): ReturnType<typeof createTlsStream> {
  const stream = createTlsStream();
  stream.push(encodeTlsClientHello(offer));
  return stream;
}

const modern: TlsClientHelloOffer = {
  legacyVersion: 0x0303,
  random,
  cipherSuites: [0x1301, 0xc02b],
  serverName: 'www.example.com',
  versions: [0x0304, 0x0303],
  groups: [29, 23],
  keyShares: [{ group: 29, bytes: new Uint8Array(32).fill(9) }],
  signatureSchemes: [0x0403, 0x0804],
  alpn: ['h2', 'http/1.1'],
  statusRequest: true,
};

describe('a ClientHello', () => {
  test('is read back as it was offered', () => {
    const { summary, partial } = read(modern);
    expect(partial).toBe(false);
    expect(summary.malformedMessages).toBe(0);
    expect(summary.clientHello).toMatchObject({
      legacyVersion: 0x0303,
      versions: [0x0304, 0x0303],
      cipherSuites: [0x1301, 0xc02b],
      serverName: 'www.example.com',
      alpn: ['h2', 'http/1.1'],
      groups: [29, 23],
      keyShareGroups: [29],
      signatureSchemes: [0x0403, 0x0804],
      statusRequest: true,
    });
  });

  test('of an old client has no versions but its own', () => {
    const hello = read({ legacyVersion: 0x0301, random, cipherSuites: [0x0005], serverName: null }).summary.clientHello;
    expect(hello).toMatchObject({ versions: [0x0301], serverName: null, keyShareGroups: [], groups: [] });
  });

  test('asks for a retry when its key shares are none', () => {
    const hello = read({ ...modern, keyShares: [] }).summary.clientHello;
    expect(hello?.extensions).toContain(51);
    expect(hello?.keyShareGroups).toEqual([]);
  });

  test('is filled up to the size asked for, and never beyond a record', () => {
    expect(encodeTlsClientHello({ ...modern, padToBytes: 1700 })).toHaveLength(1700);
    expect(encodeTlsClientHello({ ...modern, padToBytes: 100_000 })).toHaveLength(0x4000 + 5);
    expect(encodeTlsClientHello({ ...modern, padToBytes: 10 })).toEqual(encodeTlsClientHello(modern));
    expect(read({ ...modern, padToBytes: 100_000 }).summary.clientHello?.serverName).toBe('www.example.com');
  });

  test('of any offer is well-formed', () => {
    const number = fc.integer({ min: 0, max: 0xffff }).filter((code) => !isTlsGrease(code));
    const list = (maxLength: number): fc.Arbitrary<number[]> => fc.array(number, { maxLength });
    const offers = fc.record({
      legacyVersion: fc.constantFrom(0x0300, 0x0301, 0x0302, 0x0303),
      random: fc.constant(random),
      sessionId: fc.uint8Array({ maxLength: 40 }),
      cipherSuites: fc.array(number, { minLength: 1, maxLength: 400 }),
      serverName: fc.option(fc.stringMatching(/^[a-z0-9.-]{1,60}$/)),
      versions: list(20),
      groups: list(30),
      keyShares: fc.array(fc.record({ group: number, bytes: fc.uint8Array({ maxLength: 1300 }) }), { maxLength: 2 }),
      signatureSchemes: list(30),
      alpn: fc.array(fc.stringMatching(/^[a-z0-9/.]{1,12}$/), { maxLength: 4 }),
      padToBytes: fc.integer({ min: 0, max: 20_000 }),
    });
    fc.assert(
      fc.property(offers, (offer) => {
        const { summary, state, partial } = read(offer);
        expect(state).toBe('records');
        expect(partial).toBe(false);
        expect(summary.malformedMessages).toBe(0);
        expect(summary.clientHello?.cipherSuites).toEqual(offer.cipherSuites);
        expect(summary.clientHello?.serverName).toBe(offer.serverName);
        expect(summary.clientHello?.keyShareGroups).toEqual(offer.keyShares.map((share) => share.group));
      }),
      { numRuns: 200 },
    );
  });
});
