import { isInNetwork, isPrivate } from './address.ts';
import type { AddressOwner } from './observations/route.ts';

type Range = AddressOwner['range'];

/** Ranges that nobody in particular holds (RFC 6890 and the registries of special-purpose addresses), the first that fits counts. */
const ranges: readonly (readonly [Range, readonly string[]])[] = [
  ['loopback', ['127.0.0.0/8', '::1']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['shared', ['100.64.0.0/10']],
  // RFC 5737, RFC 3849, RFC 9637.
  ['documentation', ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  ['reserved', ['0.0.0.0/8', '192.0.0.0/24', '198.18.0.0/15', '240.0.0.0/4', '::/128', '100::/64', '2001:2::/48']],
];

/** What the range of an address is for; `public` for what somebody may hold, and for what is no address. */
export function rangeOf(address: string): Range {
  for (const [range, networks] of ranges) if (networks.some((network) => isInNetwork(address, network))) return range;
  return isPrivate(address) ? 'private' : 'public';
}
