import type { Failure } from '../model/failure.ts';
import type { RouteFacts } from '../ports/host.ts';
import { addressBytes, familyOf } from './address-bytes.ts';
import { loadCLibrary, loadedCLibrary } from './foreign-functions.ts';
import { ipCommandTables } from './ip-command.ts';
import { netlinkTables } from './netlink-tables.ts';
import { isFailure, type NetworkTables } from './network-tables.ts';
import { procTables } from './proc-tables.ts';

/**
 * Linux's tables by the cheapest way that can decide: rtnetlink when koffi is loaded already, else files, and what those cannot decide through
 * `ip -j`, else rtnetlink after all (loading koffi blocks this thread for 10 to 30 ms).
 */
async function ask<T extends object>(question: (tables: NetworkTables) => Promise<T | Failure>): Promise<T | Failure> {
  const library = loadedCLibrary();
  const ways = library === null ? [procTables, ipCommandTables] : [netlinkTables(library), ipCommandTables, procTables];
  for (const way of ways) {
    const answer = await question(way);
    if (!isFailure(answer)) return answer;
  }
  const loaded = await loadCLibrary();
  return isFailure(loaded) ? loaded : question(netlinkTables(loaded));
}

export const linuxTables: NetworkTables = {
  links: () => ask((tables) => tables.links()),
  route: async (destination) => {
    const zone = /%(.+)$/u.exec(destination)?.[1];
    return zone === undefined ? ask((tables) => tables.route(destination)) : zonedRoute(destination, zone);
  },
  defaultRoutes: (family) => ask((tables) => tables.defaultRoutes(family)),
  neighbor: (address, interfaceName) => ask((tables) => tables.neighbor(address, interfaceName)),
};

/** RFC 4007 section 6: a zone names the link, so there is no choice left for a table. */
async function zonedRoute(destination: string, zone: string): Promise<RouteFacts | Failure> {
  const bytes = addressBytes(destination);
  if (bytes === null) return { name: 'invalid-argument' };
  const known = await linuxTables.links();
  if (isFailure(known)) return known;
  const link = known.links.find((one) => one.name === zone);
  const source = known.addresses.find((one) => one.interface === zone && one.family === familyOf(bytes) && one.scope === 'link');
  return {
    family: familyOf(bytes),
    destination,
    found: link?.up === true,
    gateway: null,
    interface: link?.name ?? null,
    sourceAddress: source?.address ?? null,
    mtuBytes: link?.mtuBytes ?? null,
  };
}
