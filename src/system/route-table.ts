import { isWithin } from './address-bytes.ts';

/** One route of a table, addresses as octets. */
export interface TableRoute {
  prefix: Uint8Array;
  prefixLength: number;
  /** Null when the destination is on-link. */
  gateway: string | null;
  interface: string | null;
  sourceAddress: string | null;
  /** Smaller is preferred among routes of the same prefix. */
  metric: number;
  mtuBytes: number | null;
  /** `unicast`, or what the system does with the packet instead of sending it on. */
  kind: 'unicast' | 'local' | 'unreachable' | 'prohibit' | 'blackhole';
}

/** Longest prefix first, then the smaller metric: what the system picks when no policy rule interferes (RFC 1812 section 5.2.4.3). */
export function longestMatch(routes: readonly TableRoute[], destination: Uint8Array): TableRoute | null {
  let best: TableRoute | null = null;
  for (const route of routes) {
    if (!isWithin(destination, route.prefix, route.prefixLength)) continue;
    if (
      best === null ||
      route.prefixLength > best.prefixLength ||
      (route.prefixLength === best.prefixLength && route.metric < best.metric)
    ) {
      best = route;
    }
  }
  return best;
}

/** Default routes that send packets on, most preferred first. */
export function defaultsOf(routes: readonly TableRoute[]): TableRoute[] {
  return routes.filter((route) => route.prefixLength === 0 && route.kind === 'unicast').sort((a, b) => a.metric - b.metric);
}
