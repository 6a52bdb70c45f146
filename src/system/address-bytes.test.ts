import { describe, expect, it } from 'vitest';
import { addressBytes, addressText, isWithin, prefixLengthOf, scopeOf } from './address-bytes.ts';

const bytes = (text: string): Uint8Array => addressBytes(text) ?? new Uint8Array(0);

describe('addresses as octets', () => {
  it('are read with or without a zone', () => {
    expect(addressText(bytes('fe80::1%eth0'))).toBe('fe80::1');
    expect(addressBytes('example.com')).toBeNull();
  });

  it.each([
    ['192.0.2.77', '192.0.2.64', 26, true],
    ['192.0.2.128', '192.0.2.64', 26, false],
    ['192.0.2.1', '0.0.0.0', 0, true],
    ['2001:db8::1', '2001:db8::', 32, true],
    ['2001:db9::1', '2001:db8::', 32, false],
    ['192.0.2.1', '::', 0, false],
    ['192.0.2.1', '192.0.2.1', 33, false],
  ])('%s in %s/%i: %s', (address, network, length, within) => expect(isWithin(bytes(address), bytes(network), length)).toBe(within));

  it.each([
    ['255.255.255.0', 24],
    ['0.0.0.0', 0],
    ['255.255.255.255', 32],
    ['255.0.255.0', null],
  ])('mask %s has length %s', (mask, length) => expect(prefixLengthOf(bytes(mask))).toBe(length));

  it.each([
    ['127.0.0.1', 'host'],
    ['::1', 'host'],
    ['169.254.3.4', 'self-assigned'],
    ['fe80::1', 'link'],
    ['febf::1', 'link'],
    ['fec0::1', 'global'],
    ['10.0.0.1', 'global'],
    ['2001:db8::1', 'global'],
  ])('%s is of scope %s', (address, scope) => expect(scopeOf(bytes(address))).toBe(scope));
});
