import type { AddressFamily, Endpoint, Observed } from './base.ts';

/** An ICMP or ICMPv6 error came back for a packet of ours (RFC 792, RFC 4443). */
export interface RouteIcmpError extends Observed {
  kind: 'route.icmp-error';
  checkpoint: 'route';
  /** Who sent it; null when the system reports the error without its sender. */
  from: string | null;
  version: 4 | 6;
  type: number;
  code: number;
  /** The packet it answers. */
  protocol: 'tcp' | 'udp' | 'icmp' | 'other';
  destination: Endpoint;
  /** Next-hop MTU of fragmentation-needed and packet-too-big. */
  mtuBytes?: number;
}

/** What the probes of a traced path were: a SYN to the port, a datagram to a port nobody uses, an echo request. */
export type ProbeProtocol = 'tcp' | 'udp' | 'icmp';

/** One kind of answer that one sender gave to the probes of one hop. */
export interface HopAnswer {
  from: string;
  /** Reverse name, when asked for and found. */
  name?: string;
  /**
   * `expired`: time exceeded in transit, what a router on the way says; `icmp-error`: another ICMP error; of the destination: `opened` (SYN-ACK),
   * `refused` (RST), `echo-reply`.
   */
  what: 'expired' | 'icmp-error' | 'opened' | 'refused' | 'echo-reply';
  /** Of the ICMP error (RFC 792, RFC 4443); absent for the answers of TCP and echo. */
  type?: number;
  code?: number;
  count: number;
  /** Round-trip times in the order the probes were sent; shorter than `count` where a time is not known. */
  rttMs: number[];
  /** Maximum segment size in the SYN as it was when it got there, from the quotation; absent where it was not quoted. */
  mssBytes?: number;
  /** Time to live of the answer on arrival: how long the way back is. Absent where the system does not tell. */
  replyTtl?: number;
}

/** Everything sent with one time to live. */
export interface PathHop {
  ttl: number;
  sent: number;
  /** Empty for a hop that stayed silent; several where the path has parallel ways or changed. */
  answers: HopAnswer[];
}

/** A path was traced: packets whose time to live ends at each hop, and who said so. */
export interface RoutePathTraced extends Observed {
  kind: 'route.path-traced';
  checkpoint: 'route';
  protocol: ProbeProtocol;
  family: AddressFamily;
  /** Port 0 for ICMP. */
  destination: Endpoint;
  /** Who sent the probes: this program through the kernel, or a program of the system. */
  by: 'kernel' | 'traceroute' | 'tracepath' | 'tracert' | 'mtr';
  /** Probes per hop. */
  rounds: number;
  /** In order, from 1; hops beyond the last that answered are left out, but for one silent one when the destination did not answer. */
  hops: PathHop[];
  /** The least TTL with which the destination itself answered, in whatever way; null when it did not. */
  reachedAtTtl: number | null;
  /** Probes with TTLs up to this one were sent. */
  probedToTtl: number;
  /** How long a silent probe was waited for. */
  waitedMs: number;
}

/** Whose an address is, or what its range is set aside for. */
export interface AddressOwner {
  address: string;
  /** `public`: somebody's; else what its range is for (RFC 6890): nobody's in particular. */
  range: 'public' | 'private' | 'shared' | 'link-local' | 'loopback' | 'documentation' | 'multicast' | 'reserved';
  /** Autonomous system that announces it; null where the table has none, or the range is nobody's. */
  asNumber: number | null;
  /** Name of that system. */
  name: string | null;
  /** What kind of company, where it is a known one. */
  sort: 'cdn' | 'cloud' | 'hosting' | null;
}

/** Owners of addresses that this walk met, from a table that came with the program: nobody was asked. */
export interface RouteAddressOwners extends Observed {
  kind: 'route.address-owners';
  checkpoint: 'route';
  owners: AddressOwner[];
  /** Which table, and its date (ISO 8601 day). */
  table: string;
  tableDate: string;
}

export type RouteObservation = RouteIcmpError | RoutePathTraced | RouteAddressOwners;
