import type { Failure } from '../model/failure.ts';
import type { AddressFamily } from '../model/observations/base.ts';
import type { AddressFacts, LinkFacts, NeighborFacts, RouteFacts } from '../ports/host.ts';
import { addressText, familyOf } from './address-bytes.ts';
import type { TableRoute } from './route-table.ts';

/** One way of asking a system for its interfaces, routes and neighbours. A failure means: not known this way. */
export interface NetworkTables {
  links(): Promise<{ links: LinkFacts[]; addresses: AddressFacts[] } | Failure>;
  route(destination: string): Promise<RouteFacts | Failure>;
  defaultRoutes(family: AddressFamily): Promise<RouteFacts[] | Failure>;
  neighbor(address: string, interfaceName: string): Promise<NeighborFacts | Failure>;
}

/** Tells a failure from lists and from facts, none of which has a `name` of its own. */
export function isFailure(value: object): value is Failure {
  return !Array.isArray(value) && 'name' in value;
}

export const defaultPrefix: Readonly<Record<AddressFamily, string>> = { ipv4: '0.0.0.0/0', ipv6: '::/0' };

/** What is asked for has no route. `failure` where the system said why. */
export function noRoute(destination: string, family: AddressFamily, failure?: Failure): RouteFacts {
  return {
    family,
    destination,
    found: false,
    gateway: null,
    interface: null,
    sourceAddress: null,
    mtuBytes: null,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Words of the system for routes that swallow packets, and the errno a sender gets (ip-route(8)). */
export const refusedRoutes: Readonly<Record<Exclude<TableRoute['kind'], 'unicast' | 'local'>, Failure>> = {
  unreachable: { name: 'host-unreachable', code: 'EHOSTUNREACH' },
  prohibit: { name: 'send-not-permitted', code: 'EACCES' },
  blackhole: { name: 'invalid-argument', code: 'EINVAL' },
};

/** Facts of a table's route for the destination (or prefix) that was asked for. */
export function routeFactsOf(route: TableRoute, destination: string): RouteFacts {
  const family = familyOf(route.prefix);
  if (route.kind === 'unreachable' || route.kind === 'prohibit' || route.kind === 'blackhole') {
    return noRoute(destination, family, refusedRoutes[route.kind]);
  }
  return {
    family,
    destination,
    found: true,
    gateway: route.gateway,
    interface: route.interface,
    sourceAddress: route.sourceAddress,
    mtuBytes: route.mtuBytes,
  };
}

/** `02:42:c0:00:02:02`; null for none and for all zeros, which loopback and tunnels have. */
export function linkAddressText(bytes: Uint8Array | null): string | null {
  if (bytes === null || bytes.length === 0 || bytes.every((octet) => octet === 0)) return null;
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** The address as text, or the empty text when it has no known length. */
export function addressTextOf(bytes: Uint8Array): string {
  return addressText(bytes) ?? '';
}
