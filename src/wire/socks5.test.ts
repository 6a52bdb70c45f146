import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeSocksChoice,
  decodeSocksLoginStatus,
  decodeSocksReply,
  encodeSocksConnect,
  encodeSocksGreeting,
  encodeSocksLogin,
  socksMethod,
  socksReplyName,
} from './socks5.ts';

describe('SOCKS5', () => {
  test('writes the messages of RFC 1928 and RFC 1929', () => {
    expect([...encodeSocksGreeting([socksMethod.none, socksMethod.password])]).toEqual([5, 2, 0, 2]);
    expect([...(encodeSocksLogin('me', 'word') ?? [])]).toEqual([1, 2, 0x6d, 0x65, 4, 0x77, 0x6f, 0x72, 0x64]);
    expect([...(encodeSocksConnect('192.0.2.7', 443) ?? [])]).toEqual([5, 1, 0, 1, 192, 0, 2, 7, 1, 187]);
    expect([...(encodeSocksConnect('2001:db8::1', 80) ?? [])]).toEqual([
      5,
      1,
      0,
      4,
      0x20,
      1,
      0x0d,
      0xb8,
      ...new Array(11).fill(0),
      1,
      0,
      80,
    ]);
    expect([...(encodeSocksConnect('a.example', 1) ?? [])]).toEqual([5, 1, 0, 3, 9, ...new TextEncoder().encode('a.example'), 0, 1]);
  });

  test('refuses what does not fit into a length of one byte', () => {
    expect(encodeSocksConnect('x'.repeat(256), 80)).toBeNull();
    expect(encodeSocksConnect('', 80)).toBeNull();
    expect(encodeSocksLogin('', 'word')).toBeNull();
    expect(encodeSocksLogin('x'.repeat(256), 'word')).toBeNull();
  });

  test('reads the answers', () => {
    expect(decodeSocksChoice(Uint8Array.of(5, 0xff))).toEqual({ kind: 'decoded', code: socksMethod.unacceptable, used: 2 });
    expect(decodeSocksLoginStatus(Uint8Array.of(1, 1))).toEqual({ kind: 'decoded', code: 1, used: 2 });
    expect(decodeSocksReply(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x16, 3))).toEqual({ kind: 'decoded', code: 0, used: 10 });
    expect(decodeSocksReply(Uint8Array.of(5, 0, 0, 3, 2, 0x61, 0x62, 0, 80))).toEqual({ kind: 'decoded', code: 0, used: 9 });
    expect(decodeSocksReply(Uint8Array.of(5, 0, 0, 4, ...new Array(18).fill(0)))).toEqual({ kind: 'decoded', code: 0, used: 22 });
    expect(decodeSocksReply(Uint8Array.of(5, 5))).toEqual({ kind: 'decoded', code: 5, used: 2 });
    expect(decodeSocksReply(Uint8Array.of(5, 0, 0, 9))).toEqual({ kind: 'malformed' });
    expect(decodeSocksReply(new TextEncoder().encode('HTTP/1.1 400'))).toEqual({ kind: 'malformed' });
    expect(socksReplyName(2)).toBe('connection not allowed by ruleset');
    expect(socksReplyName(77)).toBe('reply 77');
  });

  test('waits for the rest of a success, byte by byte', () => {
    const whole = Uint8Array.of(5, 0, 0, 3, 2, 0x61, 0x62, 0, 80);
    for (let length = 0; length < whole.length; length++)
      expect(decodeSocksReply(whole.subarray(0, length))).toEqual({ kind: 'incomplete' });
  });

  test('never throws and never uses more bytes than there are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const decode of [decodeSocksChoice, decodeSocksLoginStatus, decodeSocksReply]) {
          const decoded = decode(bytes);
          if (decoded.kind === 'decoded') expect(decoded.used).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
