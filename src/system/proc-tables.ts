import { endianness, networkInterfaces } from 'node:os';
import type { Failure } from '../model/failure.ts';
import type { AddressFacts } from '../ports/host.ts';
import { addressBytes, familyOf, isLoopback } from './address-bytes.ts';
import { readBoundedFile } from './bounded-file.ts';
import { interfaceAddresses } from './interface-addresses.ts';
import { defaultPrefix, isFailure, type NetworkTables, noRoute, routeFactsOf } from './network-tables.ts';
import { parseProcArp, parseProcDuplicates, parseProcIpv6Route, parseProcRoute } from './proc-net.ts';
import { defaultsOf, longestMatch, type TableRoute } from './route-table.ts';
import { interfaceWith, sourceAddressFor } from './source-address.ts';
import { linksFromSysfs, mtuFromSysfs } from './sysfs-network.ts';

const littleEndian = endianness() === 'LE';

/** A routing table of some 30,000 routes; reading more would block for too long. */
const tableLimitBytes = 4 * 1024 * 1024;

function tableOf(family: 'ipv4' | 'ipv6'): TableRoute[] | Failure {
  const file = readBoundedFile(family === 'ipv4' ? '/proc/net/route' : '/proc/net/ipv6_route', tableLimitBytes);
  // A kernel without IPv6 has no such file: it has no such routes either.
  if (isFailure(file)) return family === 'ipv6' && file.code === 'ENOENT' ? [] : file;
  return family === 'ipv4' ? parseProcRoute(file.text, littleEndian) : parseProcIpv6Route(file.text);
}

/** Reads files under /proc and /sys: cheapest, and known to say less than rtnetlink. What they cannot decide is a failure here. */
export const procTables: NetworkTables = {
  links: async () => {
    const links = linksFromSysfs();
    return isFailure(links) ? links : { links, addresses: markDuplicates(interfaceAddresses()) };
  },
  route: async (destination) => {
    const bytes = addressBytes(destination);
    if (bytes === null) return { name: 'invalid-argument' };
    const family = familyOf(bytes);
    const source = await sourceAddressFor(destination);
    if (isFailure(source)) return source.name === 'unknown' ? source : noRoute(destination, family, source);
    const { sourceAddress } = source;
    const ownInterface = interfaceWith(sourceAddress);
    if (sourceAddress === destination || isLoopback(bytes)) {
      return { family, destination, found: true, gateway: null, interface: loopbackName(), sourceAddress, mtuBytes: null };
    }
    const table = tableOf(family);
    if (isFailure(table)) return table;
    const route = longestMatch(table, bytes);
    // Another interface than the table's means that a policy rule chose another table, which these files do not show.
    if (route === null || route.kind !== 'unicast' || ownInterface === null || route.interface !== ownInterface) {
      return { name: 'unknown', raw: 'the main routing table does not explain the source address' };
    }
    return { ...routeFactsOf(route, destination), sourceAddress, mtuBytes: route.mtuBytes ?? mtuFromSysfs(ownInterface) };
  },
  defaultRoutes: async (family) => {
    const table = tableOf(family);
    if (isFailure(table)) return table;
    const routes = defaultsOf(table);
    // No default route here may still be one in another table.
    if (routes.length === 0) return { name: 'unknown', raw: 'no default route in the main table' };
    return routes.map((route) => ({
      ...routeFactsOf(route, defaultPrefix[family]),
      mtuBytes: route.mtuBytes ?? (route.interface === null ? null : mtuFromSysfs(route.interface)),
    }));
  },
  neighbor: async (address, interfaceName) => {
    const file = addressBytes(address)?.length === 4 ? readBoundedFile('/proc/net/arp', tableLimitBytes) : null;
    if (file === null) return { name: 'unknown', raw: 'there is no file with IPv6 neighbours' };
    if (isFailure(file)) return file;
    const row = parseProcArp(file.text).find((one) => one.address === address && one.interface === interfaceName);
    if (row === undefined) return { address, interface: interfaceName, state: 'absent', linkAddress: null };
    // The file shows "being asked" and "asked without answer" alike.
    if (!row.known) return { name: 'unknown', raw: 'the entry has no link-layer address' };
    // RFC 4861 section 7.3.2, STALE: a link-layer address is known, and nothing about its being reachable now.
    return { address, interface: interfaceName, state: row.permanent ? 'permanent' : 'stale', linkAddress: row.linkAddress };
  },
};

/** The addresses, with those marked that another machine of the link holds as well. */
function markDuplicates(addresses: readonly AddressFacts[]): AddressFacts[] {
  const file = readBoundedFile('/proc/net/if_inet6', tableLimitBytes);
  const duplicates = isFailure(file) ? new Set<string>() : parseProcDuplicates(file.text);
  return addresses.map((one) => (duplicates.has(`${one.interface} ${one.address}`) ? { ...one, duplicate: true } : one));
}

function loopbackName(): string | null {
  return Object.entries(networkInterfaces()).find(([, list]) => list?.some((one) => one.internal))?.[0] ?? null;
}
