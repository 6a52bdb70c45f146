import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCursor } from './byte-cursor.ts';
import { decodeHex, encodeHex } from './byte-text.ts';
import { createQuicCryptoStream } from './quic-crypto-stream.ts';
import { decodeQuicInitialFrames, quicErrorName } from './quic-frame.ts';
import { createQuicHandshake, type QuicEvent } from './quic-handshake.ts';
import { type QuicKeys, quicInitialKeys } from './quic-initial.ts';
import { decodeQuicDatagram, isReservedQuicVersion, quicVersionName, readQuicInteger } from './quic-packet.ts';
import type { TlsCrypto } from './tls-crypto.ts';
import { xorNonce } from './tls-key-schedule.ts';

const CRYPTO: TlsCrypto = {
  hmac: (hash, key, data) => createHmac(hash, key).update(data).digest(),
  aes128EcbEncrypt: (key, block) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
  aeadDecrypt: (_, key, nonce, additionalData, ciphertext) => {
    if (ciphertext.length < 16) return null;
    const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAAD(additionalData).setAuthTag(ciphertext.subarray(-16));
    try {
      return Uint8Array.from([...decipher.update(ciphertext.subarray(0, -16)), ...decipher.final()]);
    } catch {
      return null;
    }
  },
};

function hex(text: string): Uint8Array {
  return decodeHex(text.replaceAll(/\s/g, ''))!;
}

/** Protects a packet as RFC 9001 section 5 says; the header ends in a packet number of so many bytes. */
function protect(keys: QuicKeys, header: Uint8Array, payload: Uint8Array, packetNumber: number): Uint8Array {
  const cipher = createCipheriv('aes-128-gcm', keys.key, xorNonce(keys.iv, packetNumber)).setAAD(header);
  const packet = Uint8Array.from([...header, ...cipher.update(payload), ...cipher.final(), ...cipher.getAuthTag()]);
  const numberBytes = (header[0]! & 3) + 1;
  const at = header.length - numberBytes;
  const mask = CRYPTO.aes128EcbEncrypt(keys.hp, packet.subarray(at + 4, at + 20));
  packet[0]! ^= mask[0]! & 0x0f;
  for (let i = 0; i < numberBytes; i++) packet[at + i]! ^= mask[1 + i]!;
  return packet;
}

/** RFC 9001 appendix A: connection id, and the CRYPTO frame of the client. */
const CONNECTION_ID = hex('8394c8f03e515708');
const CLIENT_CRYPTO =
  hex(`060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010
  000e00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47f
  babaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408
  ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff`);
/** Appendix A.3, complete. */
const SERVER_INITIAL =
  hex(`cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73
  c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cb
  c42158407dd074ee`);

function clientInitial(version: 'v1' | 'v2'): Uint8Array {
  const code = version === 'v1' ? 1 : 0x6b3343cf;
  const keys = quicInitialKeys(CRYPTO, code, CONNECTION_ID)!.client;
  const payload = new Uint8Array(1162);
  payload.set(CLIENT_CRYPTO);
  const header = version === 'v1' ? 'c300000001088394c8f03e5157080000449e00000002' : 'd36b3343cf088394c8f03e5157080000449e00000002';
  return protect(keys, hex(header), payload, 2);
}

function hellos(events: readonly QuicEvent[]): unknown[] {
  return events.filter((event) => event.kind === 'handshake').map(({ content }) => content);
}

describe('quicInitialKeys', () => {
  it('gives the keys of RFC 9001 appendix A.1 and RFC 9369 appendix A.1', () => {
    const text = ({ key, iv, hp }: QuicKeys): string[] => [key, iv, hp].map(encodeHex);
    const first = quicInitialKeys(CRYPTO, 1, CONNECTION_ID)!;
    expect(text(first.client)).toEqual([
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ]);
    expect(text(first.server)).toEqual([
      'cf3a5331653c364c88f0f379b6067e37',
      '0ac1493ca1905853b0bba03e',
      'c206b8d9b9f0f37644430b490eeaa314',
    ]);
    const second = quicInitialKeys(CRYPTO, 0x6b3343cf, CONNECTION_ID)!;
    expect(text(second.client)).toEqual([
      '8b1a0bc121284290a29e0971b5cd045d',
      '91f73e2351d8fa91660e909f',
      '45b95e15235d6f45a6b19cbcb0294ba9',
    ]);
    expect(quicInitialKeys(CRYPTO, 0x0a0a0a0a, CONNECTION_ID)).toBeNull();
  });
});

describe('createQuicHandshake', () => {
  it('opens the packets of RFC 9001 appendix A.2 and A.3', () => {
    const packet = clientInitial('v1');
    expect(encodeHex(packet.subarray(0, 32))).toBe('c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11');
    expect(encodeHex(packet.subarray(-16))).toBe('e221af44860018ab0856972e194cd934');
    const connection = createQuicHandshake(CRYPTO);
    const fromClient = connection.push('client', packet);
    expect(fromClient[0]).toEqual({ kind: 'packet', type: 'initial', version: 1, opened: true });
    expect(hellos(fromClient)).toMatchObject([
      { type: 'client-hello', serverName: 'example.com', alpn: ['alpn'], quicTransportParameters: true },
    ]);
    expect(hellos(connection.push('server', SERVER_INITIAL))).toMatchObject([
      { type: 'server-hello', version: 0x0304, cipherSuite: 0x1301, keyShareGroup: 29 },
    ]);
  });

  it('opens the packet of RFC 9369 appendix A.2', () => {
    const packet = clientInitial('v2');
    expect(encodeHex(packet.subarray(0, 32))).toBe('d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485');
    expect(hellos(createQuicHandshake(CRYPTO).push('client', packet))).toMatchObject([{ serverName: 'example.com' }]);
  });

  it('joins a ClientHello that is cut, shuffled and repeated over datagrams', () => {
    const keys = quicInitialKeys(CRYPTO, 1, CONNECTION_ID)!.client;
    const hello = CLIENT_CRYPTO.subarray(4);
    const piece = (from: number, to: number): number[] => [
      6,
      0x40 | (from >> 8),
      from & 0xff,
      0x40 | ((to - from) >> 8),
      (to - from) & 0xff,
      ...hello.subarray(from, to),
    ];
    const packets = [[...piece(100, 241), 1, ...piece(20, 40)], [...piece(0, 25)], [...piece(0, 241)], [...piece(30, 120)]];
    const connection = createQuicHandshake(CRYPTO);
    const events = packets.map((frames, number) => {
      const length = frames.length + 17;
      const header = [0xc0, 0, 0, 0, 1, 8, ...CONNECTION_ID, 0, 0, 0x40 | (length >> 8), length & 0xff, number];
      return connection.push('client', protect(keys, Uint8Array.from(header), Uint8Array.from(frames), number));
    });
    expect(events.map((of) => hellos(of).length)).toEqual([0, 0, 1, 0]);
    expect(events.flat().filter(({ kind }) => kind === 'malformed')).toEqual([]);
  });

  it('starts anew behind a Retry, and reads a farewell', () => {
    const retry = hex('ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba');
    const connection = createQuicHandshake(CRYPTO);
    connection.push('client', clientInitial('v1'));
    expect(connection.push('server', retry)).toEqual([{ kind: 'packet', type: 'retry', version: 1, opened: false }]);
    const newId = hex('f067a5502a4262b5');
    const keys = quicInitialKeys(CRYPTO, 1, newId)!;
    const header = Uint8Array.from([0xc0, 0, 0, 0, 1, 8, ...newId, 0, 5, ...new TextEncoder().encode('token'), 0x41, 0x06, 3]);
    expect(hellos(connection.push('client', protect(keys.client, header, CLIENT_CRYPTO, 3)))).toHaveLength(1);
    const close = hex('1c 4178 06 03 6e6f0a');
    const closing = protect(keys.server, Uint8Array.from([0xc0, 0, 0, 0, 1, 0, 0, 0, 0x40, 17 + close.length, 0]), close, 0);
    expect(connection.push('server', closing)[1]).toEqual({ kind: 'connection-close', errorCode: 0x178, reason: 'no ' });
    expect(quicErrorName(0x178)).toBe('CRYPTO_ERROR_120');
    expect(quicErrorName(2)).toBe('CONNECTION_REFUSED');
  });

  it('says that a packet was not opened when the first of the client is missing or damaged', () => {
    const damaged = clientInitial('v1');
    damaged[600]! ^= 1;
    expect(createQuicHandshake(CRYPTO).push('client', damaged)).toEqual([{ kind: 'packet', type: 'initial', version: 1, opened: false }]);
    expect(createQuicHandshake(CRYPTO).push('server', SERVER_INITIAL)).toMatchObject([{ opened: false }]);
  });

  it('never throws, whatever the datagrams', () => {
    const change = fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 255 }));
    const valid = clientInitial('v1');
    const datagram = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.tuple(fc.array(change, { maxLength: 4 }), fc.nat(1300)).map(([changes, length]) => {
        const bytes = valid.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom<'client' | 'server'>('client', 'server'), datagram), { maxLength: 5 }), (datagrams) => {
        const connection = createQuicHandshake(CRYPTO);
        for (const [from, bytes] of datagrams) connection.push(from, bytes);
      }),
      { numRuns: 300 },
    );
  });
});

describe('decodeQuicDatagram', () => {
  it('tells apart what is in one datagram', () => {
    const { packets, error } = decodeQuicDatagram(Uint8Array.from([...clientInitial('v1'), 0x41, 1, 2, 3]));
    expect(packets.map(({ kind }) => kind)).toEqual(['initial', 'one-rtt']);
    expect(error).toBeNull();
  });

  it('reads a version negotiation', () => {
    const { packets } = decodeQuicDatagram(hex('80 00000000 02aabb 01cc 00000001 6b3343cf 1a2a3a4a'));
    expect(packets).toMatchObject([{ kind: 'version-negotiation', versions: [1, 0x6b3343cf, 0x1a2a3a4a] }]);
    expect([1, 0x6b3343cf, 0xff00001d, 0x1a2a3a4a].map(quicVersionName)).toEqual(['QUICv1', 'QUICv2', 'draft-29', '0x1a2a3a4a']);
    expect([1, 0x1a2a3a4a].map(isReservedQuicVersion)).toEqual([false, true]);
  });

  it('allows zero bytes behind a packet, and says what else is wrong', () => {
    expect(decodeQuicDatagram(Uint8Array.from([...SERVER_INITIAL, 0, 0, 0]))).toMatchObject({ packets: [{}], error: null });
    expect(decodeQuicDatagram(SERVER_INITIAL.subarray(0, 100))).toMatchObject({ packets: [], error: { reason: 'packet ends early' } });
    expect(decodeQuicDatagram(hex('00'))).toMatchObject({ packets: [], error: { offset: 0 } });
  });
});

describe('QUIC syntax', () => {
  it('has the integers of RFC 9000 appendix A.1', () => {
    const read = (text: string): number => readQuicInteger(new ByteCursor(hex(text)), 'integer');
    expect(['9d7f3e7d', '7bbd', '4025', '25'].map(read)).toEqual([494_878_333, 15_293, 37, 37]);
    expect(read('c2197c5eff14e88c')).toBe(Number(151_288_809_941_952_652n));
  });

  it('refuses frames that an Initial packet may not carry', () => {
    expect(decodeQuicInitialFrames(hex('01 08 00'))).toMatchObject({
      frames: [{ kind: 'ping' }],
      error: { reason: 'frame is not allowed in an Initial packet' },
    });
  });

  it('orders any pieces of a CRYPTO stream', () => {
    const content = Uint8Array.from({ length: 200 }, (_, index) => index);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(199), fc.nat(80)), { maxLength: 30 }), (cuts) => {
        const stream = createQuicCryptoStream();
        const got: number[] = [];
        for (const [from, length] of [...cuts, [0, 200] as const])
          got.push(...(stream.push(from, content.subarray(from, from + length)) ?? []));
        expect(got).toEqual([...content]);
      }),
    );
    expect(createQuicCryptoStream().push(2 ** 40, content)).toBeNull();
  });
});
