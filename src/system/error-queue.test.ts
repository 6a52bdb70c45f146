import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeErrorQueue } from './error-queue.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** cmsghdr (length 48, level 0, type 11), sock_extended_err (EHOSTUNREACH 113, origin ICMP, 3/13), sockaddr_in of the sender. */
const ipv4 = '3000000000000000 00000000 0b000000  71000000 02 03 0d 00 00000000 00000000  0200 0000 c0000207 0000000000000000';
/** A timestamp before it (length 32, level 1, type 35), then level 41, type 25: EACCES, origin ICMPv6, 1/1, sockaddr_in6. */
const ipv6 =
  '2000000000000000 01000000 23000000 00000000000000000000000000000000' +
  '3c00000000000000 29000000 19000000  0d000000 03 01 01 00 00000000 00000000  0a00 0000 00000000 20010db8000000000000000000000007 00000000 00000000';

describe('decodeErrorQueue', () => {
  it('names sender, type and code', () => {
    expect(decodeErrorQueue(hex(ipv4), true)).toEqual({ from: '192.0.2.7', version: 4, type: 3, code: 13 });
    expect(decodeErrorQueue(hex(ipv6), true)).toEqual({ from: '2001:db8::7', version: 6, type: 1, code: 1 });
  });

  it('an error of this host itself is none of ICMP', () => {
    expect(decodeErrorQueue(hex(ipv4.replace('71000000 02', '71000000 01')), true)).toBeNull();
    expect(decodeErrorQueue(new Uint8Array(0), true)).toBeNull();
  });

  it('takes any bytes without a throw', () => {
    const mutated = fc.tuple(fc.constantFrom(ipv4, ipv6), fc.nat(), fc.nat(255)).map(([text, at, value]) => {
      const bytes = hex(text);
      bytes[at % bytes.length] = value;
      return bytes;
    });
    fc.assert(
      fc.property(
        fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })),
        fc.boolean(),
        (bytes, little) => void decodeErrorQueue(bytes, little),
      ),
    );
  });
});
