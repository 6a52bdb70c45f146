import { networkInterfaces } from 'node:os';
import type { AddressFacts } from '../ports/host.ts';
import { addressBytes, scopeOf } from './address-bytes.ts';

/** Addresses of the interfaces that are up and running, as every system tells them to any program. */
export function interfaceAddresses(): AddressFacts[] {
  return Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).map(
      (one): AddressFacts => ({
        interface: name,
        family: one.family === 'IPv6' ? 'ipv6' : 'ipv4',
        address: one.address,
        prefixLength: Number(one.cidr?.replace(/^.*\//u, '') ?? 0),
        scope: scopeOf(addressBytes(one.address) ?? new Uint8Array(0)),
      }),
    ),
  );
}
