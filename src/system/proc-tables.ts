import { createSocket } from 'node:dgram';
import { endianness, networkInterfaces } from 'node:os';
import type { Failure } from '../model/failure.ts';
import type { AddressFacts, LinkFacts } from '../ports/host.ts';
import { addressBytes, familyOf, isLoopback, scopeOf } from './address-bytes.ts';
import { readBoundedFile } from './bounded-file.ts';
import { failureOf } from './errno.ts';
import { linuxMedium } from './link-medium.ts';
import { defaultPrefix, isFailure, linkAddressText, type NetworkTables, noRoute, routeFactsOf } from './network-tables.ts';
import { parseProcArp, parseProcInterfaceNames, parseProcIpv6Route, parseProcRoute } from './proc-net.ts';
import { defaultsOf, longestMatch, type TableRoute } from './route-table.ts';
import { wirelessInterfaces } from './wireless.ts';

const littleEndian = endianness() === 'LE';

/** A routing table of some 30,000 routes; reading more would block for too long. */
const tableLimitBytes = 4 * 1024 * 1024;
const attributeLimitBytes = 4096;

/** linux/if.h */
const flagUp = 0x1;
const flagLoopback = 0x8;

/** Any port: nothing is sent to it. */
const discardPort = 9;

/**
 * Which source address the kernel would use, policy rules included: a UDP socket is connected, which sends nothing, and asked for its own
 * address. The failure is the one a sender would meet.
 */
export function sourceAddressFor(destination: string): Promise<{ sourceAddress: string } | Failure> {
  return new Promise((resolve) => {
    const bytes = addressBytes(destination);
    if (bytes === null) return resolve({ name: 'invalid-argument' });
    const socket = createSocket(bytes.length === 4 ? 'udp4' : 'udp6');
    const end = (outcome: { sourceAddress: string } | Failure): void => {
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      socket.close();
      resolve(outcome);
    };
    socket.on('error', (error) => end(failureOf(error)));
    const onConnected = (error?: Error): void => {
      end(error === undefined ? { sourceAddress: socket.address().address } : failureOf(error));
    };
    socket.connect(discardPort, destination, onConnected as () => void);
  });
}

/** Name of the interface that has the address, null when none has. */
export function interfaceWith(address: string): string | null {
  const wanted = address.replace(/%.*$/u, '');
  for (const [name, list] of Object.entries(networkInterfaces())) {
    if (list?.some((one) => one.address === wanted)) return name;
  }
  return null;
}

function tableOf(family: 'ipv4' | 'ipv6'): TableRoute[] | Failure {
  const file = readBoundedFile(family === 'ipv4' ? '/proc/net/route' : '/proc/net/ipv6_route', tableLimitBytes);
  // A kernel without IPv6 has no such file: it has no such routes either.
  if (isFailure(file)) return family === 'ipv6' && file.code === 'ENOENT' ? [] : file;
  return family === 'ipv4' ? parseProcRoute(file.text, littleEndian) : parseProcIpv6Route(file.text);
}

/** Reads files under /proc and /sys: cheapest, and known to say less than rtnetlink. What they cannot decide is a failure here. */
export const procTables: NetworkTables = {
  links: async () => linksFromFiles(),
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
    return { ...routeFactsOf(route, destination), sourceAddress, mtuBytes: route.mtuBytes ?? mtuOf(ownInterface) };
  },
  defaultRoutes: async (family) => {
    const table = tableOf(family);
    if (isFailure(table)) return table;
    const routes = defaultsOf(table);
    // No default route here may still be one in another table.
    if (routes.length === 0) return { name: 'unknown', raw: 'no default route in the main table' };
    return routes.map((route) => ({
      ...routeFactsOf(route, defaultPrefix[family]),
      mtuBytes: route.mtuBytes ?? (route.interface === null ? null : mtuOf(route.interface)),
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

function loopbackName(): string | null {
  return Object.entries(networkInterfaces()).find(([, list]) => list?.some((one) => one.internal))?.[0] ?? null;
}

function attribute(name: string, file: string): string | null {
  if (name.includes('/')) return null;
  const read = readBoundedFile(`/sys/class/net/${name}/${file}`, attributeLimitBytes);
  return isFailure(read) ? null : read.text.trim();
}

function mtuOf(name: string): number | null {
  return Number(attribute(name, 'mtu') ?? '') || null;
}

/**
 * /sys shows the network namespace it was mounted in, which need not be this process's: it is believed only when the link-layer addresses of
 * the interfaces that the kernel told this process of directly are the same there.
 */
function linksFromFiles(): { links: LinkFacts[]; addresses: AddressFacts[] } | Failure {
  const list = readBoundedFile('/proc/net/dev', tableLimitBytes);
  if (isFailure(list)) return list;
  const names = parseProcInterfaceNames(list.text);
  const known = networkInterfaces();
  const wireless = wirelessInterfaces();
  const links: LinkFacts[] = [];
  for (const name of names) {
    const flags = Number(attribute(name, 'flags') ?? Number.NaN);
    const hardwareType = Number(attribute(name, 'type') ?? Number.NaN);
    const linkAddress = attribute(name, 'address');
    const disagrees = known[name]?.some((one) => !one.internal && one.mac !== (linkAddress ?? one.mac)) ?? false;
    if (Number.isNaN(flags) || Number.isNaN(hardwareType) || disagrees)
      return { name: 'unknown', raw: '/sys shows another network namespace' };
    const up = (flags & flagUp) !== 0;
    const carrier = attribute(name, 'carrier');
    links.push({
      name,
      loopback: (flags & flagLoopback) !== 0,
      up,
      // Reading `carrier` of an interface that is down fails with EINVAL: there is no telling.
      carrier: carrier === null ? null : carrier === '1',
      medium: linuxMedium(hardwareType, kindOf(name), wireless.has(name)),
      mtuBytes: mtuOf(name),
      linkAddress:
        linkAddress === null ? null : linkAddressText(Uint8Array.from(linkAddress.split(':'), (octet) => Number.parseInt(octet, 16))),
    });
  }
  return { links, addresses: addressesOf(known) };
}

/** The driver kind that the kernel's device model names: DEVTYPE of uevent, or what its folders show. */
function kindOf(name: string): string | null {
  const devtype = /^DEVTYPE=(\S+)$/mu.exec(attribute(name, 'uevent') ?? '')?.[1];
  if (devtype !== undefined) return devtype;
  if (attribute(name, 'tun_flags') !== null) return 'tun';
  // A link to another interface of this or another namespace: only paired virtual interfaces have one.
  const index = attribute(name, 'ifindex');
  const peer = attribute(name, 'iflink');
  return index !== null && peer !== null && index !== peer ? 'veth' : null;
}

function addressesOf(known: ReturnType<typeof networkInterfaces>): AddressFacts[] {
  return Object.entries(known).flatMap(([name, list]) =>
    (list ?? []).map((one): AddressFacts => {
      const bytes = addressBytes(one.address) ?? new Uint8Array(0);
      return {
        interface: name,
        family: one.family === 'IPv6' ? 'ipv6' : 'ipv4',
        address: one.address,
        prefixLength: Number(one.cidr?.replace(/^.*\//u, '') ?? 0),
        scope: scopeOf(bytes),
      };
    }),
  );
}
