import { addressText, prefixLengthOf } from './address-bytes.ts';
import type { TableRoute } from './route-table.ts';

/** linux/route.h and linux/ipv6_route.h. */
const flagUp = 0x1;
const flagGateway = 0x2;
const flagReject = 0x200;
const flagLocal = 0x8000_0000;

/** linux/if_arp.h: the entry has a link-layer address; it was entered by hand. */
const arpComplete = 0x2;
const arpPermanent = 0x4;

/** Rows of a table under a heading, each split at white space. */
function rowsOf(text: string, headings: number): string[][] {
  return text
    .split('\n')
    .slice(headings)
    .map((line) => line.trim().split(/\s+/u))
    .filter((row) => row[0] !== '');
}

function hexBytes(hex: string | undefined, length: number): Uint8Array | null {
  if (hex === undefined || hex.length !== 2 * length || !/^[0-9a-f]*$/iu.test(hex)) return null;
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** `/proc/net/route` prints each address as one number of the machine's byte order. */
function machineOrdered(bytes: Uint8Array | null, littleEndian: boolean): Uint8Array | null {
  return bytes !== null && littleEndian ? bytes.toReversed() : bytes;
}

/** The main table of IPv4 routes from `/proc/net/route` (proc_pid_net(5)). Rows that make no sense are passed over. */
export function parseProcRoute(text: string, littleEndian: boolean): TableRoute[] {
  const routes: TableRoute[] = [];
  for (const row of rowsOf(text, 1)) {
    const [name, destination, gateway, flagsHex = '', , , metric, mask, mtu] = row;
    const prefix = machineOrdered(hexBytes(destination, 4), littleEndian);
    const via = machineOrdered(hexBytes(gateway, 4), littleEndian);
    const maskBytes = machineOrdered(hexBytes(mask, 4), littleEndian);
    const flags = Number.parseInt(flagsHex, 16);
    if (name === undefined || prefix === null || via === null || maskBytes === null || Number.isNaN(flags) || (flags & flagUp) === 0)
      continue;
    const prefixLength = prefixLengthOf(maskBytes);
    if (prefixLength === null) continue;
    routes.push({
      prefix,
      prefixLength,
      gateway: (flags & flagGateway) === 0 ? null : addressText(via),
      interface: name === '*' ? null : name,
      sourceAddress: null,
      metric: Number(metric) || 0,
      mtuBytes: Number(mtu) || null,
      kind: (flags & flagReject) === 0 ? 'unicast' : 'unreachable',
    });
  }
  return routes;
}

/** IPv6 routes of all tables from `/proc/net/ipv6_route`: destination, length, source, length, next hop, metric, counts, flags, device. */
export function parseProcIpv6Route(text: string): TableRoute[] {
  const routes: TableRoute[] = [];
  for (const row of rowsOf(text, 0)) {
    const [destination, length = '', , , nextHop, metric = '', , , flagsHex = '', name] = row;
    const prefix = hexBytes(destination, 16);
    const via = hexBytes(nextHop, 16);
    const prefixLength = Number.parseInt(length, 16);
    const flags = Number.parseInt(flagsHex, 16);
    if (name === undefined || prefix === null || via === null || !(prefixLength <= 128) || (flags & (flagUp | flagReject)) === 0) continue;
    routes.push({
      prefix,
      prefixLength,
      gateway: (flags & flagGateway) === 0 ? null : addressText(via),
      interface: name,
      sourceAddress: null,
      metric: Number.parseInt(metric, 16) || 0,
      mtuBytes: null,
      kind: (flags & flagReject) !== 0 ? 'unreachable' : (flags & flagLocal) !== 0 ? 'local' : 'unicast',
    });
  }
  return routes;
}

/** One row of the IPv4 neighbour table. The file tells only whether a link-layer address is known, not whether it was confirmed lately. */
export interface ArpRow {
  address: string;
  interface: string;
  known: boolean;
  permanent: boolean;
  linkAddress: string | null;
}

/** `/proc/net/arp`: address, hardware type, flags, link-layer address, mask, device. */
export function parseProcArp(text: string): ArpRow[] {
  const rows: ArpRow[] = [];
  for (const [address, , flagsHex = '', linkAddress, , name] of rowsOf(text, 1)) {
    const flags = Number.parseInt(flagsHex, 16);
    if (address === undefined || linkAddress === undefined || name === undefined || Number.isNaN(flags)) continue;
    const known = (flags & arpComplete) !== 0;
    rows.push({ address, interface: name, known, permanent: (flags & arpPermanent) !== 0, linkAddress: known ? linkAddress : null });
  }
  return rows;
}

/** Received bytes of each interface by name, from `/proc/net/dev`: two lines of heading, then `name: numbers`, bytes received first. */
export function parseProcDevices(text: string): Map<string, number> {
  const devices = new Map<string, number>();
  for (const [, name = '', received] of text.matchAll(/^[ \t]*([^\s|]+):[ \t]*(\d+)/gmu)) devices.set(name, Number(received));
  return devices;
}

/** Interface names of `/proc/net/wireless`: two lines of heading, then `name: status and quality`. */
export function parseProcWireless(text: string): string[] {
  return [...text.matchAll(/^[ \t]*([^\s|]+):[ \t]+[0-9a-f]{4}\b/gmu)].map((match) => match[1] ?? '');
}

/** Addresses of `/proc/net/if_inet6` that duplicate address detection found another holder of (IFA_F_DADFAILED), as `interface address`. */
export function parseProcDuplicates(text: string): Set<string> {
  const duplicates = new Set<string>();
  for (const [hex, , , , flags = '', name] of rowsOf(text, 0)) {
    const bytes = hexBytes(hex, 16);
    if (bytes !== null && name !== undefined && (Number.parseInt(flags, 16) & 0x08) !== 0) duplicates.add(`${name} ${addressText(bytes)}`);
  }
  return duplicates;
}
