import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownNetworkOf, parseOwnNetworks } from './own-networks.ts';

const text = `
# what is ours
10.0.0.0/8        Office
10.1.0.0/16       AS64500 Branch office   # more specific
2001:db8::/32     64501 Lab
192.0.2.7         One machine
10.0.0.0/33       too long
nonsense          here
`;

it('the longest network that holds an address names it', () => {
  const networks = parseOwnNetworks(text);
  expect(networks).toHaveLength(4);
  const nameOf = (address: string): unknown => {
    const found = ownNetworkOf(address, networks);
    return found === null ? null : [found.asNumber, found.name];
  };
  expect(nameOf('10.1.2.3')).toEqual([64_500, 'Branch office']);
  expect(nameOf('10.2.2.3')).toEqual([null, 'Office']);
  expect(nameOf('2001:db8:1::1')).toEqual([64_501, 'Lab']);
  expect(nameOf('192.0.2.7')).toEqual([null, 'One machine']);
  expect(nameOf('192.0.2.8')).toBeNull();
  expect(nameOf('none')).toBeNull();
});

it('takes any text', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (some) => void ownNetworkOf('10.0.0.1', parseOwnNetworks(some))));
});
