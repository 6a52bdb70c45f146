import { getServers } from 'node:dns';
import { networkInterfaces } from 'node:os';
import type { Failure } from '../model/failure.ts';
import type { AddressFamily } from '../model/observations/base.ts';
import type { LinkFacts, ResolverFacts } from '../ports/host.ts';
import { addressBytes, familyOf } from './address-bytes.ts';
import { runCommand } from './command.ts';
import { interfaceAddresses } from './interface-addresses.ts';
import { mediumByName } from './link-medium.ts';
import { defaultPrefix, isFailure, type NetworkTables, noRoute, routeFactsOf } from './network-tables.ts';
import { defaultsOf, longestMatch, type TableRoute } from './route-table.ts';
import { interfaceWith, sourceAddressFor } from './source-address.ts';
import { parseRoutePrintV4, parseRoutePrintV6, parseSubinterfaces, parseWindowsNeighbor } from './windows-commands.ts';

async function outputOf(file: string, parameters: readonly string[]): Promise<{ text: string } | Failure> {
  const result = await runCommand(file, parameters);
  if (isFailure(result)) return result;
  return result.status === 0 ? { text: result.output } : { name: 'unknown', raw: `${file}: status ${result.status}` };
}

/** The routing table of a family, with interfaces by name where one of their addresses tells it. */
async function tableOf(family: AddressFamily): Promise<TableRoute[] | Failure> {
  const output = await outputOf('route.exe', ['print', family === 'ipv4' ? '-4' : '-6']);
  if (isFailure(output)) return output;
  return family === 'ipv4'
    ? parseRoutePrintV4(output.text).map((route) => ({ ...route, interface: interfaceWith(route.interfaceAddress) }))
    : parseRoutePrintV6(output.text).map((route) => ({ ...route, interface: interfaceByScope(route.interfaceIndex) }));
}

/** On Windows the scope id of a link-local address is the index of its interface. */
function interfaceByScope(index: number): string | null {
  for (const [name, list] of Object.entries(networkInterfaces())) {
    if (list?.some((one) => one.family === 'IPv6' && one.scopeid === index)) return name;
  }
  return null;
}

/** Windows by its own commands. Written from Microsoft's documentation; not run on Windows. */
export const windowsTables: NetworkTables = {
  links: async () => {
    const output = await outputOf('netsh.exe', ['interface', 'ipv4', 'show', 'subinterfaces']);
    if (isFailure(output)) return output;
    const known = networkInterfaces();
    const links = parseSubinterfaces(output.text).map((row): LinkFacts => {
      const [first] = known[row.name] ?? [];
      return {
        name: row.name,
        loopback: first?.internal ?? mediumByName(row.name) === 'loopback',
        // What is disabled is not in the list at all.
        up: true,
        carrier: row.connected,
        medium: mediumByName(row.name),
        mtuBytes: row.mtuBytes,
        linkAddress: first === undefined || /^[0:]*$/u.test(first.mac) ? null : first.mac,
      };
    });
    return { links, addresses: interfaceAddresses() };
  },
  route: async (destination) => {
    const bytes = addressBytes(destination);
    if (bytes === null) return { name: 'invalid-argument' };
    const source = await sourceAddressFor(destination);
    if (isFailure(source)) return source.name === 'unknown' ? source : noRoute(destination, familyOf(bytes), source);
    const table = await tableOf(familyOf(bytes));
    if (isFailure(table)) return table;
    const route = longestMatch(table, bytes);
    if (route === null) return { name: 'unknown', raw: 'route print has no route to it' };
    return { ...routeFactsOf(route, destination), interface: interfaceWith(source.sourceAddress) ?? route.interface, ...source };
  },
  defaultRoutes: async (family) => {
    const table = await tableOf(family);
    return isFailure(table) ? table : defaultsOf(table).map((route) => routeFactsOf(route, defaultPrefix[family]));
  },
  neighbor: async (address, interfaceName) => {
    const old = addressBytes(address)?.length === 4;
    const output = await (old
      ? outputOf('arp.exe', ['-a'])
      : outputOf('netsh.exe', ['interface', 'ipv6', 'show', 'neighbors', `interface=${interfaceName}`]));
    return isFailure(output) ? output : parseWindowsNeighbor(output.text, address, interfaceName);
  },
};

/** The servers c-ares found in the registry; search domains are not known this way. */
export function windowsResolvers(): ResolverFacts {
  const servers = getServers().map((server) => {
    const [, address = server, port] = /^\[?([^\]]+?)\]?(?:(?<=\]):(\d+))?$/u.exec(server) ?? [];
    return { address: address.replace(/%.*$/u, ''), port: port === undefined ? 53 : Number(port) };
  });
  return { source: 'ipconfig', servers: servers.filter((server) => addressBytes(server.address) !== null), search: [], ndots: 1 };
}
