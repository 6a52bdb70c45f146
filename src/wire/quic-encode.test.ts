import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemPacketCrypto } from '../system/packet-crypto.ts';
import { encodeQuicInitial, encodeQuicInteger, QUIC_INITIAL_BYTES, type QuicInitialOffer } from './quic-encode.ts';
import { createQuicHandshake } from './quic-handshake.ts';

const bytes = (length: number, first = 1): Uint8Array => Uint8Array.from({ length }, (_, index) => (first + index) & 0xff);
const offer: QuicInitialOffer = {
  destinationId: bytes(8),
  sourceId: bytes(8, 9),
  serverName: 'www.shop.example',
  random: bytes(32),
  keyShare: bytes(32, 33),
  alpn: ['h3'],
  packetNumber: 0,
};

describe('a first packet', () => {
  it('is 1200 bytes, and opens with the keys that everybody can compute to a ClientHello that offers h3', () => {
    const datagram = encodeQuicInitial(systemPacketCrypto, offer);
    expect(datagram.length).toBe(QUIC_INITIAL_BYTES);
    const events = createQuicHandshake(systemPacketCrypto).push('client', datagram);
    expect(events).toMatchObject([
      { kind: 'packet', type: 'initial', version: 1, opened: true },
      {
        kind: 'handshake',
        content: {
          type: 'client-hello',
          serverName: 'www.shop.example',
          alpn: ['h3'],
          versions: [0x0304],
          keyShareGroups: [29],
          quicTransportParameters: true,
        },
      },
    ]);
  });

  it('may be repeated with another number, and without a name', () => {
    const reader = createQuicHandshake(systemPacketCrypto);
    reader.push('client', encodeQuicInitial(systemPacketCrypto, offer));
    const again = reader.push('client', encodeQuicInitial(systemPacketCrypto, { ...offer, packetNumber: 3 }));
    expect(again).toMatchObject([{ kind: 'packet', opened: true }]);
    const [, hello] = createQuicHandshake(systemPacketCrypto).push(
      'client',
      encodeQuicInitial(systemPacketCrypto, { ...offer, serverName: null }),
    );
    expect(hello).toMatchObject({ content: { serverName: null } });
  });

  it('of any ids is well-formed', () => {
    const id = fc.uint8Array({ minLength: 8, maxLength: 20 });
    fc.assert(
      fc.property(id, id, fc.uint8Array({ minLength: 32, maxLength: 32 }), (destinationId, sourceId, random) => {
        const datagram = encodeQuicInitial(systemPacketCrypto, { ...offer, destinationId, sourceId, random });
        expect(createQuicHandshake(systemPacketCrypto).push('client', datagram)[0]).toMatchObject({ opened: true });
      }),
      { numRuns: 30 },
    );
  });
});

describe('encodeQuicInteger', () => {
  it.each([
    [37, [0x25]],
    [15293, [0x7b, 0xbd]],
    [494878333, [0x9d, 0x7f, 0x3e, 0x7d]],
  ])('writes %i as RFC 9000 appendix A.1 does', (value, expected) => {
    expect(encodeQuicInteger(value)).toEqual(expected);
  });
});
