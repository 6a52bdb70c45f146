import type { NeighborFacts } from '../ports/host.ts';
import { addressBytes, prefixLengthOf } from './address-bytes.ts';
import type { TableRoute } from './route-table.ts';

/**
 * Readers of what Windows's own commands print, by numbers and shapes alone: headings and words are translated on most machines. Formats are
 * those of Microsoft's documentation; none of it was run on Windows. Lines that do not fit are passed over.
 */

/** IPv4 rows of `route print -4`: destination, mask, gateway (a word when on-link), interface's address, metric. Persistent routes have no interface. */
export function parseRoutePrintV4(text: string): (TableRoute & { interfaceAddress: string })[] {
  const routes: (TableRoute & { interfaceAddress: string })[] = [];
  for (const line of text.split(/\r?\n/u)) {
    const columns = line.trim().split(/\s+/u);
    const [destination = '', mask = '', gateway = ''] = columns;
    // "On-link" is several words in some languages: count from the right.
    const [interfaceAddress = '', metric = ''] = columns.slice(-2);
    const prefix = addressBytes(destination);
    const maskBytes = addressBytes(mask);
    if (columns.length < 5 || prefix?.length !== 4 || maskBytes?.length !== 4 || addressBytes(interfaceAddress)?.length !== 4) continue;
    const prefixLength = prefixLengthOf(maskBytes);
    if (prefixLength === null || !/^\d+$/u.test(metric)) continue;
    routes.push({
      prefix,
      prefixLength,
      gateway: addressBytes(gateway)?.length === 4 ? gateway : null,
      interface: null,
      interfaceAddress,
      sourceAddress: null,
      metric: Number(metric),
      mtuBytes: null,
      kind: 'unicast',
    });
  }
  return routes;
}

/** IPv6 rows of `route print -6`: interface index, metric, prefix, gateway (a word when on-link; on the next line when the prefix is long). */
export function parseRoutePrintV6(text: string): (TableRoute & { interfaceIndex: number })[] {
  const routes: (TableRoute & { interfaceIndex: number })[] = [];
  const joined = text.replace(/(^[ \t]*\d+[ \t]+\d+[ \t]+\S+\/\d+)[ \t]*\r?\n[ \t]+/gmu, '$1 ');
  for (const line of joined.split(/\r?\n/u)) {
    const [, index, metric, network = '', length, gateway = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\/(\d+)\s+(\S+)/u.exec(line) ?? [];
    const prefix = addressBytes(network);
    if (prefix?.length !== 16 || Number(length) > 128) continue;
    routes.push({
      prefix,
      prefixLength: Number(length),
      gateway: addressBytes(gateway)?.length === 16 ? gateway.replace(/%.*$/u, '') : null,
      interface: null,
      interfaceIndex: Number(index),
      sourceAddress: null,
      metric: Number(metric),
      mtuBytes: null,
      kind: 'unicast',
    });
  }
  return routes;
}

/** `netsh interface ipv4 show subinterfaces`: MTU, media state (1 connected, 5 disconnected), bytes in, bytes out, name. */
export function parseSubinterfaces(text: string): { name: string; mtuBytes: number | null; connected: boolean }[] {
  const rows: { name: string; mtuBytes: number | null; connected: boolean }[] = [];
  for (const [, mtu, state, name = ''] of text.matchAll(/^[ \t]*(\d+)[ \t]+(\d+)[ \t]+\d+[ \t]+\d+[ \t]+(\S.*?)[ \t]*\r?$/gmu)) {
    // The loopback pseudo-interface reads 4294967295: no limit.
    rows.push({ name, mtuBytes: Number(mtu) >= 0xffff_ffff ? null : Number(mtu), connected: state === '1' });
  }
  return rows;
}

/**
 * The row of `arp -a` or `netsh interface ipv6 show neighbors` for an address: link-layer address with hyphens, or none. Whether it was
 * confirmed lately is said in translated words only, so a known one reads as stale.
 */
export function parseWindowsNeighbor(text: string, address: string, interfaceName: string): NeighborFacts {
  const wanted = address.replace(/%.*$/u, '');
  for (const line of text.split(/\r?\n/u)) {
    const [found = '', link = ''] = line.trim().split(/\s+/u);
    if (found.replace(/%.*$/u, '') !== wanted) continue;
    const known = /^[0-9a-f]{2}(-[0-9a-f]{2})+$/iu.test(link) && !/^(00-)+00$/u.test(link);
    return {
      address,
      interface: interfaceName,
      state: known ? 'stale' : 'incomplete',
      linkAddress: known ? link.toLowerCase().replaceAll('-', ':') : null,
    };
  }
  return { address, interface: interfaceName, state: 'absent', linkAddress: null };
}
