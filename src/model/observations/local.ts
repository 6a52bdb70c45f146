import type { Failure } from '../failure.ts';
import type { AddressFamily, Endpoint, Observed } from './base.ts';

interface Local extends Observed {
  checkpoint: 'local';
}

/** One network interface of this host. */
export interface LocalLink extends Local {
  kind: 'local.link';
  name: string;
  loopback: boolean;
  /** Administratively up. */
  up: boolean;
  /** Lower layer up (cable, association); null when the system does not say. */
  carrier: boolean | null;
  medium: 'ethernet' | 'wifi' | 'tunnel' | 'virtual' | 'loopback' | 'unknown';
  mtuBytes: number | null;
  linkAddress: string | null;
}

/** One address of one interface. */
export interface LocalAddress extends Local {
  kind: 'local.address';
  interface: string;
  family: AddressFamily;
  address: string;
  prefixLength: number;
  /** `self-assigned`: 169.254/16 (RFC 3927); `link`: fe80::/10; `host`: loopback. */
  scope: 'global' | 'link' | 'self-assigned' | 'host';
}

/** What the routing table says about one destination, longest prefix first, policy included where the system was asked. */
export interface LocalRoute extends Local {
  kind: 'local.route';
  purpose: 'target' | 'resolver' | 'default' | 'proxy';
  family: AddressFamily;
  /** The destination asked for; for purpose `default` the prefix (`0.0.0.0/0`, `::/0`). */
  destination: string;
  found: boolean;
  /** Null when the destination is on-link. */
  gateway: string | null;
  interface: string | null;
  sourceAddress: string | null;
  mtuBytes: number | null;
  /** Set when `found` is false and the system said why (`unreachable`, `prohibit`, `blackhole` routes). */
  failure?: Failure;
}

/** The neighbour table's entry (ARP, RFC 826; NDP, RFC 4861) for an address on this link. */
export interface LocalNeighbor extends Local {
  kind: 'local.neighbor';
  role: 'gateway' | 'target' | 'resolver' | 'other';
  address: string;
  interface: string;
  /** RFC 4861 section 7.3.2 words; `failed`: asked, no answer; `absent`: never asked. */
  state: 'incomplete' | 'reachable' | 'stale' | 'delay' | 'probe' | 'failed' | 'permanent' | 'noarp' | 'absent';
  linkAddress: string | null;
}

/** The resolvers this host is configured to ask. `servers` is empty when none is. */
export interface LocalResolvers extends Local {
  kind: 'local.resolvers';
  source: 'resolv.conf' | 'systemd-resolved' | 'networkmanager' | 'option' | 'scutil' | 'ipconfig';
  servers: Endpoint[];
  search: string[];
  ndots: number;
}

/** The hosts file has entries for the name. */
export interface LocalHostsEntry extends Local {
  kind: 'local.hosts-entry';
  name: string;
  addresses: string[];
  file: string;
}

/** The environment names a proxy for this scheme. Credentials are removed. */
export interface LocalProxy extends Local {
  kind: 'local.proxy-configured';
  variable: string;
  url: string;
  /** True when NO_PROXY excludes the target. */
  bypassed: boolean;
}

/** This host refused to send a packet (EPERM and the like): nothing left it. */
export interface LocalSendRefused extends Local {
  kind: 'local.send-refused';
  protocol: 'udp' | 'tcp' | 'icmp';
  destination: Endpoint;
  failure: Failure;
}

/** The system had no more of something the walk needed (EMFILE, EADDRNOTAVAIL, ENOBUFS). */
export interface LocalResourceExhausted extends Local {
  kind: 'local.resource-exhausted';
  failure: Failure;
  during: 'dns' | 'tcp' | 'udp' | 'file';
}

/** Something about this host could not be asked; what it is and why. Absence of evidence is said, never assumed. */
export interface LocalNotMeasured extends Local {
  kind: 'local.not-measured';
  what: 'links' | 'addresses' | 'routes' | 'neighbors' | 'resolvers' | 'hosts-file' | 'kernel-sockets' | 'trust-store';
  failure: Failure;
}

export type LocalObservation =
  | LocalLink
  | LocalAddress
  | LocalRoute
  | LocalNeighbor
  | LocalResolvers
  | LocalHostsEntry
  | LocalProxy
  | LocalSendRefused
  | LocalResourceExhausted
  | LocalNotMeasured;
