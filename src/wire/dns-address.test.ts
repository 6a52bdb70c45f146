import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4Text, ipv6Text, parseIpv4, parseIpv6 } from './dns-address.ts';

describe('addresses as text', () => {
  it.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is written %s (RFC 5952)', (text, canonical) => {
    expect(ipv6Text(parseIpv6(text)!)).toBe(canonical);
  });

  it('come back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(parseIpv6(ipv6Text(bytes))).toEqual(bytes);
        expect(parseIpv4(ipv4Text(bytes))).toEqual(bytes.slice(0, 4));
      }),
    );
  });

  it('are those that Node.js takes for addresses', () => {
    const piece = fc.constantFrom(':', '::', '0', '1', 'ff', 'abcd', '12345', '.', '1.2.3.4', '256', '01', 'g', '');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join('')),
          fc.ipV6(),
          fc.ipV4(),
        ),
        (text) => {
          expect(parseIpv6(text) !== null).toBe(isIPv6(text));
          // Leading zeros are read as octal by some, so Node.js refuses them.
          if (!/(^|\.)0\d/.test(text)) expect(parseIpv4(text) !== null).toBe(isIPv4(text));
        },
      ),
      { numRuns: 3000 },
    );
  });
});
