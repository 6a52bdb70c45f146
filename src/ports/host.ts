import type { Failure } from '../model/failure.ts';
import type { AddressFamily, Observed } from '../model/observations/base.ts';
import type {
  LocalAddress,
  LocalLease,
  LocalLink,
  LocalNeighbor,
  LocalResolvers,
  LocalRoute,
  LocalWireless,
} from '../model/observations/local.ts';
import type { Vantage } from '../model/walk-record.ts';

/** The facts of an observation, without what the recorder adds. */
type Facts<O extends Observed> = Omit<O, keyof Observed | 'kind' | 'checkpoint'>;

export type LinkFacts = Facts<LocalLink>;
export type AddressFacts = Facts<LocalAddress>;
export type RouteFacts = Omit<Facts<LocalRoute>, 'purpose'>;
export type NeighborFacts = Omit<Facts<LocalNeighbor>, 'role'>;
export type ResolverFacts = Facts<LocalResolvers>;
export type LeaseFacts = Facts<LocalLease>;
export type WirelessFacts = Facts<LocalWireless>;

/** A proxy that the environment or the system's settings name. */
export interface ProxySetting {
  /** Environment variable, or what the setting is called. */
  variable: string;
  /** Without credentials. */
  url: string;
  /** `user:password`, percent-decoded; null without. Never recorded. */
  credentials: string | null;
  /** Exceptions (NO_PROXY) cover the URL it was asked for. */
  bypassed: boolean;
}

/** Entries of the connection tracking table (nf_conntrack): in use, and at most. */
export interface TrackingFacts {
  entries: number;
  limit: number;
}

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
  /** The proxy that the environment names for a URL, lower case preferred (as curl does). This host's own names and addresses need none. */
  proxyFor(url: string): ProxySetting | null;
  /** Every proxy that the environment and the system's settings name, for whatever scheme; each URL once. */
  knownProxies(): Promise<ProxySetting[]>;
  /** Address leases that this host keeps; empty when it keeps none that can be read. */
  leases(): Promise<LeaseFacts[] | Failure>;
  /** Wireless interfaces; empty when there are none. */
  wireless(): Promise<WirelessFacts[] | Failure>;
  /**
   * The link-layer addresses that answer ARP for an IPv4 address on a link, asked by broadcast; a failure where this may not be asked. Takes
   * seconds.
   */
  arpAnswers(address: string, interfaceName: string): Promise<string[] | Failure>;
  /** How full the connection tracking table is; a failure where there is none. */
  tracking(): Promise<TrackingFacts | Failure>;
}
