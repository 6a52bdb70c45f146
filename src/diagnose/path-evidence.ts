import { isIpv6 } from '../model/address.ts';
import { rangeOf } from '../model/address-range.ts';
import type { Side } from '../model/cause.ts';
import type { Detail } from '../model/finding.ts';
import type { ObservationOf } from '../model/observation.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { AddressOwner, HopAnswer, PathHop } from '../model/observations/route.ts';
import { type OwnersByAddress, ownersByAddress, type PathPlace, pathPlaces } from '../model/path-place.ts';
import type { Facts } from './facts.ts';
import { failedAttempts } from './progress.ts';

/** What traced paths show of a failure. */

export type TracedPath = ObservationOf<'route.path-traced'>;

/** The experiment that traces the way to something else, which is known to work. */
export const controlFollowUp = 'path-of-control';

export function owners(facts: Facts): OwnersByAddress {
  return ownersByAddress(facts.of('route.address-owners'));
}

/** In whose hands a packet is at a router, by the first path that shows it; null when none does, or nobody knows. */
export function placeOf(facts: Facts, router: string): PathPlace | null {
  const known = owners(facts);
  for (const path of facts.of('route.path-traced')) {
    const at = path.hops.findIndex((hop) => hop.answers[0]?.from === router);
    const place = at < 0 ? null : (pathPlaces(path.hops, path.destination.address, known)[at] ?? null);
    if (place !== null) return place;
  }
  return null;
}

/** Whose side a place is on; undefined where the place does not say, and the cause's own word stands. */
export function sideOf(place: PathPlace | null): Side | undefined {
  if (place === 'own network') return 'client';
  if (place === 'access provider' || place === 'transit') return 'network';
  return place === 'destination host' ? 'origin' : undefined;
}

/** A way that packets to a private address take through networks that are known. */
export interface StrayPath {
  path: TracedPath;
  /** The first router of such a network. */
  router: string;
  owner: string | null;
  /** They pass two networks: no organisation's own is spread like that. One may give its routers public addresses. */
  isCertain: boolean;
}

/**
 * A private address (RFC 1918, RFC 4193) is reached within its own network or by a tunnel to it: where packets to it leave for the Internet nobody can
 * deliver them. Null when they do not.
 */
export function strayPath(facts: Facts, address: string): StrayPath | null {
  if (rangeOf(address) !== 'private') return null;
  const known = owners(facts);
  for (const path of pathsOfFailure(facts).filter((one) => one.destination.address === address)) {
    const answering = path.hops.flatMap((hop) => hop.answers.map((answer) => answer.from));
    const routers = answering.filter((router) => (known.get(router)?.asNumber ?? null) !== null);
    const [router] = routers;
    const systems = new Set(routers.map((one) => known.get(one)?.asNumber));
    if (router !== undefined) return { path, router, owner: known.get(router)?.name ?? null, isCertain: systems.size > 1 };
  }
  return null;
}

/** The same in a detail. */
export function strayDetail(stray: StrayPath | null): Detail {
  return stray === null ? {} : { strayedTo: stray.router, strayedOwner: stray.owner, strayedFar: stray.isCertain };
}

/** Paths to addresses that did not connect. */
export function pathsOfFailure(facts: Facts): readonly TracedPath[] {
  const failed = new Set(failedAttempts(facts).map((attempt) => attempt.server.address));
  return facts.of('route.path-traced').filter((path) => path.followUp !== controlFollowUp && failed.has(path.destination.address));
}

export function controlPaths(facts: Facts): readonly TracedPath[] {
  return facts.of('route.path-traced').filter((path) => path.followUp === controlFollowUp);
}

export function lastAnswering(path: TracedPath): PathHop | null {
  return path.hops.findLast((hop) => hop.answers.length > 0) ?? null;
}

/** Routers that said "time exceeded" at a hop. */
export function routersAt(hop: PathHop | undefined): readonly string[] {
  return hop?.answers.filter((answer) => answer.what === 'expired').map((answer) => answer.from) ?? [];
}

/** Somebody refused to carry the probes, and said so. */
export function refusalOn(path: TracedPath): HopAnswer | null {
  return path.hops.flatMap((hop) => hop.answers).find((answer) => answer.what === 'icmp-error') ?? null;
}

/** A stretch of the way that lets SYNs to a port not pass: from the last router that answers them to the next that answers others. */
export interface FilteredStretch {
  from: string;
  ttl: number;
  until: string;
  paths: readonly TracedPath[];
}

/**
 * Where SYNs to a port end while other probes to the same address arrive. Null where nobody answers those between that router and the address: it may
 * be the machine itself that drops them.
 */
export function filteredStretch(facts: Facts, { address, port }: Endpoint): FilteredStretch | null {
  const own = pathsOfFailure(facts).filter((path) => path.destination.address === address);
  const syns = own.filter((path) => path.protocol === 'tcp' && path.destination.port === port);
  const [path] = syns;
  const end = path === undefined ? null : lastAnswering(path);
  const from = routersAt(end ?? undefined)[0];
  if (path === undefined || end === null || from === undefined) return null;
  if (syns.some((one) => one.reachedAtTtl !== null || refusalOn(one) !== null)) return null;
  for (const other of own) {
    const at = other.reachedAtTtl === null ? -1 : other.hops.findIndex((hop) => routersAt(hop).includes(from));
    const next = at < 0 ? undefined : other.hops.slice(at + 1).find((hop) => routersAt(hop).some((router) => router !== from));
    const until = routersAt(next).find((router) => router !== from);
    if (next !== undefined && until !== undefined && until !== address && path.probedToTtl >= next.ttl)
      return { from, ttl: end.ttl, until, paths: [...syns, other] };
  }
  return null;
}

/** An end of all paths to one address, whatever they were traced with. */
export interface SharedEnd {
  destination: string;
  /** The last hop that answers. */
  ttl: number;
  router: string;
  paths: readonly TracedPath[];
  owner: AddressOwner;
  targetOwner: AddressOwner;
}

/** Fewer silent hops than this beyond the last that answers say nothing. */
const leastSilentHops = 4;

/**
 * Where SYNs to the port and at least one other kind of probe all end at the same router, with silence beyond; only where both the router's
 * network and the target's are known. Nothing for an address that answered in any way.
 */
export function sharedEnds(facts: Facts): readonly SharedEnd[] {
  const known = owners(facts);
  const paths = pathsOfFailure(facts);
  const destinations = [...new Set(paths.map((path) => path.destination.address))];
  return destinations.flatMap((destination) => {
    const own = paths.filter((path) => path.destination.address === destination);
    const ends = own.map((path) => lastAnswering(path));
    const [end] = ends;
    const router = routersAt(end ?? undefined)[0];
    const isEnd = own.every((path, index) => {
      const last = ends[index];
      if (path.reachedAtTtl !== null || last == null || refusalOn(path) !== null) return false;
      return last.ttl === end?.ttl && path.probedToTtl >= last.ttl + leastSilentHops && routersAt(last).some((from) => from === router);
    });
    const kinds = new Set(own.map((path) => path.protocol));
    if (!isEnd || end == null || router === undefined || !kinds.has('tcp') || kinds.size < 2) return [];
    const [owner, targetOwner] = [known.get(router), known.get(destination)];
    return owner === undefined || targetOwner === undefined ? [] : [{ destination, ttl: end.ttl, router, paths: own, owner, targetOwner }];
  });
}

/** Paths that end, or pass, within the target's own network: then it is not the way there that is broken. */
export function pathsIntoTarget(facts: Facts): readonly TracedPath[] {
  const known = owners(facts);
  return pathsOfFailure(facts).filter((path) => {
    const places = pathPlaces(path.hops, path.destination.address, known);
    return path.reachedAtTtl !== null || places.some((place) => place === 'destination network' || place === 'destination host');
  });
}

/**
 * A path to something that works which passes the router, too, and on which somebody beyond it speaks: silence beyond it is not the habit of this
 * network. Null when no such path was traced, or when those beyond are silent there as well.
 */
export function controlBeyond(facts: Facts, router: string): TracedPath | null {
  return (
    controlPaths(facts).find((path) => {
      if (isIpv6(path.destination.address) !== isIpv6(router)) return false;
      const at = path.hops.findIndex((hop) => routersAt(hop).includes(router));
      return at >= 0 && path.hops.slice(at + 1).some((hop) => routersAt(hop).some((from) => from !== router));
    }) ?? null
  );
}

/**
 * Paths to others that end at the same router as well, with silence beyond: nothing at all gets beyond it. Null unless two others were tried: one
 * alone may be blocked.
 */
export function controlsEndedToo(facts: Facts, { router, ttl, destination }: SharedEnd): readonly TracedPath[] | null {
  const controls = controlPaths(facts).filter(
    ({ destination: { address } }) => isIpv6(address) === isIpv6(router) && address !== destination,
  );
  const ended = controls.filter((path) => {
    const last = lastAnswering(path);
    const isEnd = last?.ttl === ttl && routersAt(last).includes(router) && path.probedToTtl >= ttl + leastSilentHops;
    return isEnd && path.reachedAtTtl === null && refusalOn(path) === null;
  });
  const others = new Set(ended.map((path) => path.destination.address));
  return ended.length === controls.length && others.size > 1 ? ended : null;
}

/** Paths to others that end where all to the target do. */
export function nothingBeyond(facts: Facts): readonly TracedPath[] {
  return sharedEnds(facts).flatMap((end) => controlsEndedToo(facts, end) ?? []);
}

/** Routers that a path visits again and again; null when it does not. */
export function circleOf(path: TracedPath): readonly string[] | null {
  if (path.reachedAtTtl !== null) return null;
  for (let period = 2; period <= longestCircle; period += 1) {
    for (let start = 0; start + 2 * period < path.hops.length; start += 1) {
      const visits = [start, start + period, start + 2 * period].map((index) => routersAt(path.hops[index]));
      const again = visits[0]?.find((router) => visits.every((visit) => visit.includes(router)));
      const circle = path.hops.slice(start, start + period).flatMap((hop) => routersAt(hop).slice(0, 1));
      // Somebody else stands between two visits: a router that answers several times in a row is none of a circle.
      if (again !== undefined && new Set(circle).size > 1 && isCircular(path, start, period)) return [...new Set(circle)];
    }
  }
  return null;
}

const longestCircle = 8;

/** From there on nobody new appears: whoever answers stood there one lap before. */
function isCircular(path: TracedPath, start: number, period: number): boolean {
  const lap = new Set(path.hops.slice(start, start + period).flatMap((hop) => routersAt(hop)));
  return path.hops.slice(start + period).every((hop) => routersAt(hop).every((router) => lap.has(router)));
}
