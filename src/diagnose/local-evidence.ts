import { isLoopback } from '../model/address.ts';
import type { Observation, ObservationOf } from '../model/observation.ts';
import type { Facts } from './facts.ts';
import {
  type ConnectAttempt,
  dnsQuestions,
  failedAttempts,
  heardFromOutside,
  isLoopbackOnly,
  lookupFailed,
  proxyInUse,
} from './progress.ts';

/** What this host's own part of a failure is judged by. */

export type Route = ObservationOf<'local.route'>;
export type Neighbor = ObservationOf<'local.neighbor'>;
type FailedAttempt = Exclude<ConnectAttempt, ObservationOf<'tcp.connected'>>;

/** The proxy's name gave no address. */
export function proxyUnresolved(facts: Facts): ObservationOf<'local.proxy-resolved'> | null {
  return facts.of('local.proxy-resolved').find((resolved) => resolved.addresses.length === 0) ?? null;
}

/** Whether what failed needed names and got none: the target's, or its proxy's. */
export function namesFailed(facts: Facts): boolean {
  return lookupFailed(facts) || proxyUnresolved(facts) !== null;
}

/** Nothing came back from outside, and something outside was wanted: only then can this host as a whole be what broke. */
export function isSuspect(facts: Facts): boolean {
  if (facts.target === null || heardFromOutside(facts) || isLoopbackOnly(facts)) return false;
  return namesFailed(facts) || failedAttempts(facts).length > 0;
}

/** Attempts that failed for want of a route in their family: on a host without IPv6 they are what every program meets and passes over. */
export function isFamilyMissing(attempt: FailedAttempt): boolean {
  return (
    attempt.kind === 'tcp.connect-failed' &&
    ['network-unreachable', 'address-not-available', 'address-family-unsupported'].includes(attempt.failure.name)
  );
}

/** This host's own addresses. */
export function ownAddresses(facts: Facts): ReadonlySet<string> {
  const sources = facts.of('local.route').flatMap((route) => (route.sourceAddress === null ? [] : [route.sourceAddress]));
  return new Set([...facts.of('local.address').map((address) => address.address), ...sources]);
}

/** ICMP errors that this host sent to itself: a filter of its own rejects with them, and so does a neighbour that does not answer. */
export function ownIcmpErrors(facts: Facts): readonly ObservationOf<'route.icmp-error'>[] {
  const own = ownAddresses(facts);
  return facts.of('route.icmp-error').filter((error) => error.from !== null && (own.has(error.from) || isLoopback(error.from)));
}

/** Whether an attempt left this host: an ICMP error came back for it, or the routing table has a way there. */
export function wasSent(facts: Facts, attempt: ConnectAttempt): boolean {
  const { address } = attempt.server;
  const own = ownIcmpErrors(facts);
  return (
    facts
      .of('route.icmp-error')
      .some((error) => error.protocol === 'tcp' && error.destination.address === address && !own.includes(error)) ||
    facts.of('local.route').some((route) => route.destination === address && route.found)
  );
}

/** Addresses from which something was wanted and nothing came: those of the target or its proxy, else those of the resolvers. */
export function silentDestinations(facts: Facts): readonly string[] {
  const failed = failedAttempts(facts);
  if (failed.length > 0) return failed.filter((attempt) => !isFamilyMissing(attempt)).map((attempt) => attempt.server.address);
  if (!namesFailed(facts)) return [];
  const asked = dnsQuestions(facts).map((question) => question.resolver.address);
  const configured = facts.of('local.resolvers').flatMap((resolvers) => [...resolvers.servers, ...(resolvers.upstream ?? [])]);
  const resolvers = [...asked, ...(asked.length === 0 || asked.every(isLoopback) ? configured.map((server) => server.address) : [])];
  return [...new Set(resolvers)].filter((address) => !isLoopback(address));
}

/** The next hop on the link towards a destination, with what the link knows of it. */
export interface NextHop {
  destination: string;
  address: string;
  interface: string | null;
  /** A router stands there: some route goes through it. */
  isGateway: boolean;
  /** Null where no table was read, as in packets. */
  route: Route | null;
  /** Shows that it was asked for on the link and did not answer; null when it did or nothing is known. */
  silence: Neighbor | ObservationOf<'route.icmp-error'> | null;
}

/** The next hops towards destinations that have a route; null for one that nothing is known of. */
export function nextHops(facts: Facts, destinations: readonly string[]): readonly (NextHop | null)[] {
  const routes = facts.of('local.route');
  const gateways = new Set([
    ...routes.flatMap((route) => (route.gateway === null ? [] : [route.gateway])),
    ...entries(facts).flatMap((neighbor) => (neighbor.role === 'gateway' ? [neighbor.address] : [])),
  ]);
  return destinations.flatMap((destination) => {
    const route = routes.find((candidate) => candidate.destination === destination) ?? null;
    if (route?.found === false) return [];
    // What was asked for on the link itself is on it, whatever a table says.
    const onLink = entries(facts).find((neighbor) => neighbor.address === destination);
    const address = onLink?.address ?? route?.gateway ?? (route === null ? onlyGateway(facts) : destination);
    if (address === null) return [null];
    const neighbor =
      onLink ?? entries(facts).find((entry) => entry.address === address && (route === null || entry.interface === route.interface));
    const place = neighbor?.interface ?? route?.interface ?? null;
    return [
      { destination, address, interface: place, isGateway: gateways.has(address), route, silence: silenceOf(facts, destination, neighbor) },
    ];
  });
}

/** What was read last of each neighbour. */
function entries(facts: Facts): readonly Neighbor[] {
  const latest = new Map(facts.of('local.neighbor').map((neighbor) => [`${neighbor.interface} ${neighbor.address}`, neighbor]));
  return [...latest.values()].filter((neighbor) => neighbor.state !== 'absent');
}

/** Where no table was read: the gateway, when there is one, or when all are silent one of them. */
function onlyGateway(facts: Facts): string | null {
  const gateways = entries(facts).filter((neighbor) => neighbor.role === 'gateway');
  return gateways.length === 1 || gateways.every(isSilent) ? (gateways[0]?.address ?? null) : null;
}

/** Asked for, and nobody answers (RFC 4861 section 7.3.2). */
function isSilent(neighbor: Neighbor): boolean {
  return neighbor.state === 'failed' || neighbor.state === 'incomplete';
}

/** The entry says so; or, where none could be read, this host told itself "host unreachable": it does so when resolution fails. */
function silenceOf(facts: Facts, destination: string, neighbor: Neighbor | undefined): NextHop['silence'] {
  if (neighbor !== undefined) return isSilent(neighbor) ? neighbor : null;
  return ownIcmpErrors(facts).find((error) => isResolutionError(error) && error.destination.address === destination) ?? null;
}

/** "Host unreachable" and "address unreachable" (RFC 792, RFC 4443 section 3.1): what a failed resolution is reported as. */
export function isResolutionError(error: ObservationOf<'route.icmp-error'>): boolean {
  return error.version === 4 ? error.type === 3 && error.code === 1 : error.type === 1 && error.code === 3;
}

/** What this request dials: `proxy` when one carries it. */
export function dialedPurpose(facts: Facts): 'target' | 'proxy' {
  return proxyInUse(facts) === null ? 'target' : 'proxy';
}

export function routesFound(purpose: 'target' | 'resolver'): (facts: Facts) => readonly Observation[] {
  return (facts) => facts.of('local.route').filter((route) => route.purpose === purpose && route.found);
}

/** Packets of any kind from outside show that this host may send and that its gateway forwards. */
export function answersFromResolvers(facts: Facts): readonly Observation[] {
  return dnsQuestions(facts).filter((question) => question.kind === 'dns.answered');
}

/** The next hop answers on the link: the gateway, or the target itself where it is on it. */
export function liveGateways(facts: Facts): readonly Observation[] {
  return facts
    .of('local.neighbor')
    .filter(
      (neighbor) =>
        (neighbor.role === 'gateway' || neighbor.role === 'target') && neighbor.linkAddress !== null && neighbor.state !== 'failed',
    );
}
