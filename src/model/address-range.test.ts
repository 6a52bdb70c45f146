import { expect, it } from 'vitest';
import { rangeOf } from './address-range.ts';

it.each([
  ['192.168.1.1', 'private'],
  ['172.31.255.255', 'private'],
  ['fd00::1', 'private'],
  ['100.64.0.1', 'shared'],
  ['100.128.0.1', 'public'],
  ['169.254.1.1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['127.0.0.53', 'loopback'],
  ['::1', 'loopback'],
  ['203.0.113.10', 'documentation'],
  ['2001:db8:113:1::10', 'documentation'],
  ['224.0.0.251', 'multicast'],
  ['0.0.0.0', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['1.1.1.1', 'public'],
  ['2606:4700:4700::1111', 'public'],
])('%s is %s', (address, range) => {
  expect(rangeOf(address)).toBe(range);
});
