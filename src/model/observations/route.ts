import type { Endpoint, Observed } from './base.ts';

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

export type RouteObservation = RouteIcmpError;
