import type { AddressFamily } from '../model/observations/base.ts';
import type { AddressFacts, LinkFacts, NeighborFacts, ResolverFacts, RouteFacts } from '../ports/host.ts';
import { addressBytes, familyOf, scopeOf } from './address-bytes.ts';
import { mediumByName } from './link-medium.ts';
import { defaultPrefix, noRoute, refusedRoutes } from './network-tables.ts';

/**
 * Readers of what macOS's own commands print. Formats are those of the manual pages (ifconfig(8), route(8), netstat(1), arp(8), ndp(8),
 * scutil(8)) and of output published with them; none of it was run on macOS. Lines that do not fit are passed over.
 */

/** `ff:ff:ff:0` has no leading zeros in BSD's output. */
function linkAddress(text: string | undefined): string | null {
  if (text === undefined || !/^[0-9a-f]{1,2}(:[0-9a-f]{1,2})+$/iu.test(text)) return null;
  return text
    .toLowerCase()
    .split(':')
    .map((octet) => octet.padStart(2, '0'))
    .join(':');
}

/** `ifconfig -a`: a heading `en0: flags=8863<UP,...> mtu 1500`, then indented lines. */
export function parseIfconfig(text: string): { links: LinkFacts[]; addresses: AddressFacts[] } {
  const links: LinkFacts[] = [];
  const addresses: AddressFacts[] = [];
  let link: LinkFacts | null = null;
  for (const line of text.split('\n')) {
    const heading = /^(\S+): flags=[0-9a-f]+<([^>]*)>.*?(?:\bmtu (\d+))?\s*$/iu.exec(line);
    if (heading !== null) {
      const [, name = '', flagText = '', mtu] = heading;
      const flags = new Set(flagText.split(','));
      const loopback = flags.has('LOOPBACK');
      link = {
        name,
        loopback,
        up: flags.has('UP'),
        carrier: loopback ? true : null,
        medium: mediumByName(name),
        mtuBytes: mtu === undefined ? null : Number(mtu),
        linkAddress: null,
      };
      links.push(link);
      continue;
    }
    if (link === null) continue;
    const [word, value] = line.trim().split(/\s+/u);
    if (word === 'ether') link.linkAddress = linkAddress(value);
    else if (word === 'status:') link.carrier = value === 'active';
    else if (word === 'inet' || word === 'inet6') addresses.push(...addressLine(link.name, line.trim()));
  }
  return { links, addresses };
}

/** `inet 192.168.1.42 netmask 0xffffff00 ...`, `inet6 fe80::1%lo0 prefixlen 64 scopeid 0x1`. */
function addressLine(name: string, line: string): AddressFacts[] {
  const parts = /^inet6? ([^\s%]+)\S*(?:.*? netmask 0x([0-9a-f]{8}))?(?:.*? prefixlen (\d+))?/iu.exec(line);
  const address = parts?.[1] ?? '';
  const bytes = addressBytes(address);
  if (bytes === null) return [];
  const maskBits = parts?.[2] === undefined ? null : 32 - Math.log2(2 ** 32 - Number.parseInt(parts[2], 16));
  const prefixLength = maskBits ?? Number(parts?.[3] ?? bytes.length * 8);
  if (!Number.isInteger(prefixLength)) return [];
  return [{ interface: name, family: familyOf(bytes), address, prefixLength, scope: scopeOf(bytes) }];
}

/** `route -n get [-inet6] ADDRESS`: `name: value` lines, then a table whose column `mtu` counts. Null when it is not such output. */
export function parseRouteGet(text: string, destination: string, family: AddressFamily): RouteFacts | null {
  if (/not in table/u.test(text)) return noRoute(destination, family, { name: 'network-unreachable', code: 'ESRCH' });
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^\s*([a-z ]+): (.*\S)\s*$/gmu)) fields.set(name, value);
  const flags = new Set(/<([^>]*)>/u.exec(fields.get('flags') ?? '')?.[1]?.split(',') ?? []);
  const interfaceName = fields.get('interface');
  if (interfaceName === undefined && flags.size === 0) return null;
  if (flags.has('REJECT')) return noRoute(destination, family, refusedRoutes.unreachable);
  if (flags.has('BLACKHOLE')) return noRoute(destination, family, refusedRoutes.blackhole);
  const lines = text.split('\n');
  const headingAt = lines.findIndex((line) => /\brecvpipe\b.*\bmtu\b/u.test(line));
  const column = lines[headingAt]?.trim().split(/\s+/u).indexOf('mtu') ?? -1;
  const mtu = Number(headingAt < 0 ? 0 : (lines[headingAt + 1]?.trim().split(/\s+/u)[column] ?? 0));
  const gateway = fields.get('gateway')?.replace(/%.*$/u, '');
  return {
    family,
    destination,
    found: true,
    // An on-link route's gateway reads `link#5` or is a link-layer address.
    gateway: flags.has('GATEWAY') && gateway !== undefined && addressBytes(gateway) !== null ? gateway : null,
    interface: interfaceName ?? null,
    sourceAddress: null,
    mtuBytes: mtu > 0 ? mtu : null,
  };
}

/** `netstat -rn -f inet` or `inet6`: default routes in order of the table, those bound to one interface (flag `I`) last. */
export function parseNetstatDefaults(text: string, family: AddressFamily): RouteFacts[] {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/u));
  const heading = rows.find((row) => row[0] === 'Destination') ?? [];
  const interfaceColumn = heading.indexOf('Netif');
  return rows
    .filter((row) => row[0] === 'default' && interfaceColumn > 0 && !/[RB]/u.test(row[2] ?? ''))
    .sort((a, b) => Number(/I/u.test(a[2] ?? '')) - Number(/I/u.test(b[2] ?? '')))
    .map(([, gateway = '', , ...rest]): RouteFacts => {
      const plain = gateway.replace(/%.*$/u, '');
      return {
        family,
        destination: defaultPrefix[family],
        found: true,
        gateway: addressBytes(plain) === null ? null : plain,
        interface: rest[interfaceColumn - 3] ?? null,
        sourceAddress: null,
        mtuBytes: null,
      };
    });
}

/** `arp -an`: `? (192.168.1.1) at 0:11:22:33:44:55 on en0 ifscope [ethernet]`. It does not tell reachable from stale. */
export function parseArp(text: string, address: string, interfaceName: string): NeighborFacts {
  for (const [, found, link, name, rest = ''] of text.matchAll(/\(([^)]+)\) at (\S+) on (\S+)(.*)$/gmu)) {
    if (found !== address || name !== interfaceName) continue;
    const known = linkAddress(link);
    const state = known === null ? 'incomplete' : /\bpermanent\b/u.test(rest) ? 'permanent' : 'stale';
    return { address, interface: interfaceName, state, linkAddress: known };
  }
  return { address, interface: interfaceName, state: 'absent', linkAddress: null };
}

const neighborStates: Readonly<Record<string, NeighborFacts['state']>> = {
  R: 'reachable',
  S: 'stale',
  D: 'delay',
  P: 'probe',
  I: 'incomplete',
  N: 'incomplete',
  W: 'failed',
};

/** `ndp -an`: neighbour, link-layer address, interface, expiry, state letter, flags. */
export function parseNdp(text: string, address: string, interfaceName: string): NeighborFacts {
  for (const line of text.split('\n')) {
    const [neighbor = '', link, name, expire, state = ''] = line.trim().split(/\s+/u);
    if (neighbor.replace(/%.*$/u, '') !== address.replace(/%.*$/u, '') || name !== interfaceName) continue;
    const permanent = expire === 'permanent';
    return {
      address,
      interface: interfaceName,
      state: permanent ? 'permanent' : (neighborStates[state] ?? 'incomplete'),
      linkAddress: linkAddress(link),
    };
  }
  return { address, interface: interfaceName, state: 'absent', linkAddress: null };
}

/**
 * `scutil --dns`: "The first listed resolver configuration is considered to be the default"; supplemental ones are for the domains they name,
 * and scoped ones for single interfaces. Null when it is not such output.
 */
export function parseScutilDns(text: string): ResolverFacts | null {
  const first = /^resolver #1\s*$([\s\S]*?)(?=^resolver #|^DNS configuration|(?![\s\S]))/mu.exec(text)?.[1];
  if (first === undefined)
    return /^(No DNS configuration|DNS configuration)/mu.test(text) ? { source: 'scutil', servers: [], search: [], ndots: 1 } : null;
  const values = (name: string): string[] =>
    [...first.matchAll(new RegExp(`^\\s*${name}\\[\\d+\\]\\s*:\\s*(\\S+)\\s*$`, 'gmu'))].map((match) => match[1] ?? '');
  const port = Number(/^\s*port\s*:\s*(\d+)/mu.exec(first)?.[1] ?? 53);
  return {
    source: 'scutil',
    servers: values('nameserver')
      .filter((address) => addressBytes(address) !== null)
      .map((address) => ({ address, port })),
    search: values('search domain'),
    ndots: 1,
  };
}
