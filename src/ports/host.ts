import type { Failure } from '../model/failure.ts';
import type { AddressFamily, Observed } from '../model/observations/base.ts';
import type { LocalAddress, LocalLink, LocalNeighbor, LocalResolvers, LocalRoute } from '../model/observations/local.ts';
import type { Vantage } from '../model/walk-record.ts';

/** The facts of an observation, without what the recorder adds. */
type Facts<O extends Observed> = Omit<O, keyof Observed | 'kind' | 'checkpoint'>;

export type LinkFacts = Facts<LocalLink>;
export type AddressFacts = Facts<LocalAddress>;
export type RouteFacts = Omit<Facts<LocalRoute>, 'purpose'>;
export type NeighborFacts = Omit<Facts<LocalNeighbor>, 'role'>;
export type ResolverFacts = Facts<LocalResolvers>;

/** What this host knows about its own network. Every method states a failure instead of throwing. */
export interface Host {
  vantage(): Vantage;
  links(): Promise<{ links: LinkFacts[]; addresses: AddressFacts[] } | Failure>;
  /** What the routing table says about one literal address. */
  route(destination: string): Promise<RouteFacts | Failure>;
  /** Default routes of a family, most preferred first. */
  defaultRoutes(family: AddressFamily): Promise<RouteFacts[] | Failure>;
  /** The neighbour entry of an on-link address; state `absent` when there is none. */
  neighbor(address: string, interfaceName: string): Promise<NeighborFacts | Failure>;
  resolvers(): Promise<ResolverFacts | Failure>;
  /** Addresses the hosts file gives for a name, in file order. */
  hostsEntries(name: string): Promise<{ file: string; addresses: string[] } | Failure>;
  /** Environment variables that name a proxy for a URL, lower case preferred (as curl does). */
  proxyFor(url: string): { variable: string; url: string; bypassed: boolean } | null;
}
