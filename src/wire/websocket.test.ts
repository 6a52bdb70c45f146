import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHex } from './byte-text.ts';
import { createWebSocketReader, type WebSocketEvent, webSocketCloseName } from './websocket.ts';

function read(side: 'client' | 'server', text: string): WebSocketEvent[] {
  return createWebSocketReader({ side }).push(decodeHex(text.replaceAll(/\s/g, ''))!);
}

describe('createWebSocketReader', () => {
  it('reads the examples of RFC 6455 section 5.7', () => {
    const whole = { kind: 'data', opcode: 'text', bytes: 5, final: true, compressed: false };
    expect(read('server', '81 05 48656c6c6f')).toEqual([whole]);
    expect(read('client', '81 85 37fa213d 7f9f4d5158')).toEqual([whole]);
    expect(read('server', '01 03 48656c  80 02 6c6f')).toEqual([
      { ...whole, bytes: 3, final: false },
      { ...whole, opcode: 'continuation', bytes: 2 },
    ]);
    expect(read('server', '89 05 48656c6c6f')).toEqual([{ kind: 'ping', bytes: 5 }]);
    expect(read('client', '8a 85 37fa213d 7f9f4d5158')).toEqual([{ kind: 'pong', bytes: 5 }]);
    expect(read('server', `82 7e 0100 ${'00'.repeat(256)}`)).toEqual([{ ...whole, opcode: 'binary', bytes: 256 }]);
    expect(read('server', `82 7f 0000000000010000 ${'00'.repeat(65536)}`)).toEqual([{ ...whole, opcode: 'binary', bytes: 65536 }]);
  });

  it('reads why the other side closes', () => {
    expect(read('server', '88 06 03f1 6279650a')).toEqual([{ kind: 'close', code: 1009, reason: 'bye ' }]);
    expect(read('client', '88 82 01020304 02ea')).toEqual([{ kind: 'close', code: 1000, reason: '' }]);
    expect(read('server', '88 00')).toEqual([{ kind: 'close', code: null, reason: '' }]);
    expect([1009, 4001, 3001, 999].map(webSocketCloseName)).toEqual([
      'message too big',
      'private use',
      'registered by a library',
      'reserved',
    ]);
  });

  it.each<['client' | 'server', string, string]>([
    ['client', '81 05 48656c6c6f', 'frame of a client is not masked'],
    ['server', '81 85 37fa213d 7f9f4d5158', 'frame of a server is masked'],
    ['server', '83 00', 'opcode is not defined'],
    ['server', '8b 00', 'opcode is not defined'],
    ['server', 'a1 00', 'reserved bits are set'],
    ['server', '09 00', 'control frame is fragmented or too long'],
    ['server', '89 7e 0080', 'control frame is fragmented or too long'],
    ['server', '82 7f ffffffffffffffff', 'frame is too long'],
  ])('from a %s refuses %s', (side, bytes, reason) => {
    expect(read(side, bytes)).toEqual([{ kind: 'malformed', error: { offset: 0, reason } }]);
  });

  it('goes on behind bytes missing inside content', () => {
    const reader = createWebSocketReader({ side: 'server' });
    reader.push(decodeHex('827e0100aa')!);
    expect(reader.skip(200)).toEqual([]);
    expect(reader.push(new Uint8Array(55))).toMatchObject([{ kind: 'data', bytes: 256 }]);
    expect(reader.partial).toBe(false);
    expect(reader.skip(1)).toMatchObject([{ kind: 'malformed' }]);
  });

  it('gives the same events however the bytes are split, whatever they are', () => {
    const frame = fc
      .tuple(fc.constantFrom(0x81, 0x01, 0x80, 0x88, 0x89, 0xc2), fc.uint8Array({ maxLength: 125 }))
      .map(([first, body]) => [first, body.length, ...body]);
    const input = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.array(frame, { maxLength: 6 }).map((frames) => Uint8Array.from(frames.flat())),
    );
    fc.assert(
      fc.property(input, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (bytes, sizes) => {
        const whole = createWebSocketReader({ side: 'server' }).push(bytes);
        const reader = createWebSocketReader({ side: 'server' });
        const events: WebSocketEvent[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length]!;
          events.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(events).toEqual(whole);
      }),
    );
  });
});
