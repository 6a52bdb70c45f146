import type { Failure } from '../failure.ts';
import type { AddressFamily, Endpoint, Observed } from './base.ts';
import type { ProxyObservation } from './proxy.ts';

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
  /** Another machine of the link holds it already: duplicate address detection failed (RFC 4862 section 5.4.5). */
  duplicate?: true;
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

/** Asked by broadcast who has an address of this link (ARP, RFC 826), these link-layer addresses answered. */
export interface LocalArpAnswered extends Local {
  kind: 'local.arp-answered';
  interface: string;
  address: string;
  /** Empty when nobody did. */
  linkAddresses: string[];
}

/**
 * Somebody on the link asked again and again who has an address (ARP, RFC 826; neighbour solicitation, RFC 4861), was not answered, and the address showed
 * no other sign of life. Who gets an answer does not go on asking, unless it watches the other: then its answers may pass elsewhere.
 */
export interface LocalNeighborUnanswered extends Local {
  kind: 'local.neighbor-unanswered';
  protocol: 'arp' | 'ndp';
  /** Address of the one who asked. */
  asker: string;
  address: string;
  /** `gateway`: a lease or an advertisement says that it is a router; `neighbor`: they name other routers. */
  role: 'gateway' | 'neighbor' | 'unknown';
  /** Questions of the longest run of them. */
  attempts: number;
  /** An answer to something else that the asker asked was seen: answers to it do pass where the packets were seen. */
  othersAnswered: boolean;
}

/** A station asked for an address (DHCP, RFC 2131) and in the end had none. */
export interface LocalDhcpFailed extends Local {
  kind: 'local.dhcp-failed';
  /** Link-layer address of the station. */
  station: string;
  /** `unanswered`: offered nothing; `refused`: a server said no (DHCPNAK); `declined`: what it was given is somebody else's already (DHCPDECLINE). */
  outcome: 'unanswered' | 'refused' | 'declined';
  /** Questions in vain. */
  attempts: number;
  /** The address that was refused or declined; null when none was named. */
  address: string | null;
  /** Addresses that the station gave itself (RFC 3927). */
  selfAssigned: string[];
  /** Somebody on the link uses, or claims, a global IPv6 address, or a router gives them out: the station may do without IPv4. */
  ipv6InUse: boolean;
}

/** A router threw away what a station sent, because its source address is not valid beyond its link (RFC 4443 section 3.1, code 2). */
export interface LocalSourceOutOfScope extends Local {
  kind: 'local.source-out-of-scope';
  /** The link-local address that was sent from. */
  address: string;
  destination: string;
  router: string;
  /** Somebody uses an IPv4 address on the link, perhaps the same station; null where nothing of IPv4 was seen at all, as when only IPv6 was recorded. */
  ipv4InUse: boolean | null;
}

/** The resolvers this host is configured to ask. `servers` is empty when none is. */
export interface LocalResolvers extends Local {
  kind: 'local.resolvers';
  source: 'resolv.conf' | 'systemd-resolved' | 'networkmanager' | 'option' | 'scutil' | 'ipconfig';
  servers: Endpoint[];
  search: string[];
  ndots: number;
  /** Where a resolver of this host itself sends what it is asked, when the system tells; empty: it knows nobody to ask. */
  upstream?: Endpoint[];
}

/** The hosts file has entries for the name. */
export interface LocalHostsEntry extends Local {
  kind: 'local.hosts-entry';
  name: string;
  addresses: string[];
  file: string;
}

/** A small request beside the walk, with nothing secret in it, was answered: by whom, and what time it is there. */
export interface LocalCheckAnswered extends Local {
  kind: 'local.check-answered';
  /**
   * Who was asked: the target's own host; `nobody`, an address where no machine can be (RFC 5737, RFC 6666); a service whose answer is known in
   * advance; the access network's own portal service (RFC 8908).
   */
  asked: 'target' | 'nobody' | 'known-answer' | 'portal-api';
  url: string;
  server: Endpoint;
  /** Null without TLS; whether the certificate proved the name. It was not required to: nothing secret was sent. */
  proven: boolean | null;
  status: number;
  /** Location, resolved against the URL; null without one. */
  location: string | null;
  /** Whether the answer is the one known in advance; null when none is. */
  asKnown: boolean | null;
  /** This host's clock less the Date field (RFC 9110 section 6.6.1), Age added; null without a Date. Good to a second and the round trip. */
  clockAheadMs: number | null;
  /** Title of the document; null when there is none. */
  title: string | null;
  /** `captive` of RFC 8908 section 5; absent for everything else. */
  captive?: boolean;
}

/** The same request was not answered. */
export interface LocalCheckUnanswered extends Local {
  kind: 'local.check-unanswered';
  asked: LocalCheckAnswered['asked'];
  url: string;
  /** Null when the name gave no address. */
  server: Endpoint | null;
  failure: Failure;
}

/** An address lease that this host keeps (DHCP, RFC 2131). */
export interface LocalLease extends Local {
  kind: 'local.dhcp-lease';
  interface: string | null;
  address: string;
  /** Who gave it; null where the lease does not say. */
  dhcpServer: string | null;
  routers: string[];
  resolvers: string[];
  /** ISO 8601 UTC; null where the lease does not say or never ends. */
  expiresAt: string | null;
  /** URI of the captive portal service (RFC 8910 section 2); null without one. */
  portalUrl: string | null;
  /** File or command it was read from. */
  source: string;
}

/** State of a wireless interface. */
export interface LocalWireless extends Local {
  kind: 'local.wireless';
  interface: string;
  associated: boolean;
  /** Name of the network; null when not associated or not told. */
  ssid: string | null;
  signalDbm: number | null;
  frequencyMhz: number | null;
}

/** This host refused to send a packet (EPERM and the like): nothing left it. */
export interface LocalSendRefused extends Local {
  kind: 'local.send-refused';
  protocol: 'udp' | 'tcp' | 'icmp';
  destination: Endpoint;
  failure: Failure;
  /** How it shows when not by the error of the call: the kernel counts retransmissions, and none of them left. */
  shownBy?: 'unsent-retransmission';
}

/** The system had no more of something the walk needed (EMFILE, EADDRNOTAVAIL, ENOBUFS). */
export interface LocalResourceExhausted extends Local {
  kind: 'local.resource-exhausted';
  failure: Failure;
  during: 'dns' | 'tcp' | 'udp' | 'file' | 'tracking';
}

/** Something about this host could not be asked; what it is and why. Absence of evidence is said, never assumed. */
export interface LocalNotMeasured extends Local {
  kind: 'local.not-measured';
  what:
    | 'links'
    | 'addresses'
    | 'routes'
    | 'neighbors'
    | 'resolvers'
    | 'hosts-file'
    | 'kernel-sockets'
    | 'trust-store'
    | 'leases'
    | 'wireless'
    | 'path'
    | 'owners'
    | 'preload-list';
  failure: Failure;
}

export type LocalObservation =
  | LocalLink
  | LocalAddress
  | LocalRoute
  | LocalNeighbor
  | LocalArpAnswered
  | LocalNeighborUnanswered
  | LocalDhcpFailed
  | LocalSourceOutOfScope
  | LocalResolvers
  | LocalHostsEntry
  | ProxyObservation
  | LocalCheckAnswered
  | LocalCheckUnanswered
  | LocalLease
  | LocalWireless
  | LocalSendRefused
  | LocalResourceExhausted
  | LocalNotMeasured;
