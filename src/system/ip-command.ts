import type { Failure } from '../model/failure.ts';
import type { AddressFamily } from '../model/observations/base.ts';
import type { AddressFacts, LinkFacts, NeighborFacts, RouteFacts } from '../ports/host.ts';
import { addressBytes, familyOf, isLoopback, scopeOf } from './address-bytes.ts';
import { runCommand } from './command.ts';
import { linuxMedium } from './link-medium.ts';
import { defaultPrefix, isFailure, type NetworkTables, noRoute, refusedRoutes } from './network-tables.ts';
import { mtuFromSysfs } from './sysfs-network.ts';
import { wirelessInterfaces } from './wireless.ts';

/** linux/if_arp.h numbers of the words `ip` prints for them, as far as they matter for the medium. */
const hardwareTypes: Readonly<Record<string, number>> = {
  loopback: 772,
  ether: 1,
  none: 65534,
  ppp: 512,
  ipip: 768,
  sit: 776,
  gre: 778,
  tunnel6: 769,
};

type Row = Readonly<Record<string, unknown>>;

/** The rows of `ip -j`, or null when the text is not a list of objects. Old versions print `{}` rows; those are left out. */
export function parseRows(output: string): Row[] | null {
  if (output.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(output);
    if (!Array.isArray(value)) return null;
    return value.filter((row): row is Row => typeof row === 'object' && row !== null && Object.keys(row).length > 0);
  } catch {
    return null;
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const rowOf = (value: unknown): Row => (typeof value === 'object' && value !== null ? (value as Row) : {});

/** `ip -j -d addr show` to links and addresses. */
export function linksFromIp(rows: readonly Row[], wireless: ReadonlySet<string>): { links: LinkFacts[]; addresses: AddressFacts[] } {
  const links: LinkFacts[] = [];
  const addresses: AddressFacts[] = [];
  for (const row of rows) {
    const name = textOf(row.ifname);
    if (name === null) continue;
    const flags = new Set(listOf(row.flags));
    const linkAddress = textOf(row.address);
    links.push({
      name,
      loopback: flags.has('LOOPBACK'),
      up: flags.has('UP'),
      carrier: flags.has('UP') ? flags.has('LOWER_UP') : null,
      medium: linuxMedium(hardwareTypes[textOf(row.link_type) ?? ''] ?? 0, textOf(rowOf(row.linkinfo).info_kind), wireless.has(name)),
      mtuBytes: numberOf(row.mtu),
      linkAddress: linkAddress === null || /^[0:.]*$/u.test(linkAddress) ? null : linkAddress,
    });
    for (const one of listOf(row.addr_info).map(rowOf)) {
      const address = textOf(one.local);
      const bytes = address === null ? null : addressBytes(address);
      const prefixLength = numberOf(one.prefixlen);
      if (address === null || bytes === null || prefixLength === null) continue;
      const duplicate = one.dadfailed === true ? { duplicate: true as const } : {};
      addresses.push({ interface: name, family: familyOf(bytes), address, prefixLength, scope: scopeOf(bytes), ...duplicate });
    }
  }
  return { links, addresses };
}

/** One row of `ip -j route`. */
export function routeFromIp(row: Row, destination: string, family: AddressFamily): RouteFacts {
  const type = textOf(row.type) ?? 'unicast';
  if (type === 'unreachable' || type === 'prohibit' || type === 'blackhole') return noRoute(destination, family, refusedRoutes[type]);
  const hop = rowOf(listOf(row.nexthops)[0]);
  const bytes = addressBytes(destination);
  const device = textOf(row.dev) ?? textOf(hop.dev);
  return {
    family,
    destination,
    found: true,
    gateway: textOf(row.gateway) ?? textOf(rowOf(row.via).host) ?? textOf(hop.gateway) ?? textOf(rowOf(hop.via).host),
    interface: device,
    sourceAddress: textOf(row.prefsrc) ?? (type === 'local' && bytes !== null && isLoopback(bytes) ? destination : null),
    mtuBytes: numberOf(rowOf(listOf(row.metrics)[0]).mtu) ?? (device === null ? null : mtuFromSysfs(device)),
  };
}

const neighborStates: ReadonlySet<string> = new Set(['incomplete', 'reachable', 'stale', 'delay', 'probe', 'failed', 'permanent', 'noarp']);

/** One row of `ip -j neigh show to ADDRESS dev NAME`; absent without one. */
export function neighborFromIp(row: Row | undefined, address: string, interfaceName: string): NeighborFacts {
  const state = textOf(listOf(row?.state)[0])?.toLowerCase() ?? 'absent';
  return {
    address,
    interface: interfaceName,
    state: neighborStates.has(state) ? (state as NeighborFacts['state']) : 'absent',
    linkAddress: textOf(row?.lladdr),
  };
}

/** iproute2's words for the errno of a route query. */
const answers: readonly (readonly [words: string, failure: Failure])[] = [
  ['Network is unreachable', { name: 'network-unreachable', code: 'ENETUNREACH' }],
  ['No route to host', { name: 'host-unreachable', code: 'EHOSTUNREACH' }],
  ['Permission denied', { name: 'send-not-permitted', code: 'EACCES' }],
  ['Invalid argument', { name: 'invalid-argument', code: 'EINVAL' }],
];

/** What `ip route get` printed on standard error, as a failure of the route; null when it is about something else. */
export function routeRefusalFromIp(errors: string): Failure | null {
  return answers.find(([words]) => errors.includes(`RTNETLINK answers: ${words}`))?.[1] ?? null;
}

async function rowsFrom(parameters: readonly string[]): Promise<Row[] | Failure> {
  const result = await runCommand('ip', ['-j', ...parameters]);
  if (isFailure(result)) return result;
  const rows = result.status === 0 ? parseRows(result.output) : null;
  return rows ?? { name: 'unknown', raw: `ip ${parameters.join(' ')}: status ${result.status}` };
}

/** Asks iproute2's `ip -j`: as exact as rtnetlink, some milliseconds for a process. Busybox's `ip` has no `-j` and fails. */
export const ipCommandTables: NetworkTables = {
  links: async () => {
    const rows = await rowsFrom(['-d', 'addr', 'show']);
    return isFailure(rows) ? rows : linksFromIp(rows, wirelessInterfaces());
  },
  route: async (destination) => {
    const bytes = addressBytes(destination);
    if (bytes === null) return { name: 'invalid-argument' };
    const result = await runCommand('ip', ['-j', 'route', 'get', destination.replace(/%.*$/u, '')]);
    if (isFailure(result)) return result;
    const refusal = result.status === 0 ? null : routeRefusalFromIp(result.errors);
    if (refusal !== null) return noRoute(destination, familyOf(bytes), refusal);
    const [row] = result.status === 0 ? (parseRows(result.output) ?? []) : [];
    return row === undefined
      ? { name: 'unknown', raw: `ip route get: status ${result.status}` }
      : routeFromIp(row, destination, familyOf(bytes));
  },
  defaultRoutes: async (family) => {
    const rows = await rowsFrom([family === 'ipv4' ? '-4' : '-6', 'route', 'show', 'table', 'all', 'default']);
    if (isFailure(rows)) return rows;
    return rows
      .filter((row) => (textOf(row.type) ?? 'unicast') === 'unicast')
      .sort((a, b) => (numberOf(a.metric) ?? 0) - (numberOf(b.metric) ?? 0))
      .map((row) => routeFromIp(row, defaultPrefix[family], family));
  },
  neighbor: async (address, interfaceName) => {
    const rows = await rowsFrom(['neigh', 'show', 'to', address.replace(/%.*$/u, ''), 'dev', interfaceName]);
    return isFailure(rows) ? rows : neighborFromIp(rows[0], address, interfaceName);
  },
};
