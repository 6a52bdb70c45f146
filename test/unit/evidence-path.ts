import type { ObservationDraft } from '../../src/model/observation.ts';
import type { AddressOwner, HopAnswer, PathHop, ProbeProtocol } from '../../src/model/observations/route.ts';
import { server } from './evidence.ts';

/** Traced paths of a made-up walk to 203.0.113.10: a home, its provider AS64500, transit AS64501, the site's network AS64502. */

type Draft = ObservationDraft;

/** Routers on the way, one by one. */
export const way = ['192.168.1.1', '192.0.2.1', '192.0.2.10', '198.51.100.2', '198.51.100.6'] as const;
export const control = '1.1.1.1';

/** A hop where this router said "time exceeded". */
export function expired(ttl: number, from: string, more: Partial<HopAnswer> & { sent?: number } = {}): PathHop {
  const { sent = 2, ...answer } = more;
  return { ttl, sent, answers: [{ from, what: 'expired', type: 11, code: 0, count: sent, rttMs: [ttl], ...answer }] };
}

export function silentHop(ttl: number, sent = 1): PathHop {
  return { ttl, sent, answers: [] };
}

/** A hop where the destination answered. */
export function arrived(ttl: number, what: HopAnswer['what'], more: Partial<HopAnswer> & { sent?: number } = {}): PathHop {
  const { sent = 2, ...answer } = more;
  return { ttl, sent, answers: [{ from: server.address, what, count: sent, rttMs: [ttl], ...answer }] };
}

/** Routers up to a hop, then silence. */
export function upToHop(last: number): PathHop[] {
  return [...way.slice(0, last).map((from, index) => expired(index + 1, from)), silentHop(last + 1)];
}

interface Traced {
  protocol?: ProbeProtocol;
  to?: string;
  followUp?: string;
  probedToTtl?: number;
  rounds?: number;
}

export function traced(hops: PathHop[], more: Traced = {}): Draft {
  const { protocol = 'tcp', to = server.address, followUp = 'path-of-failure', probedToTtl = hops.length + 9, rounds = 2 } = more;
  const reached = hops.find((hop) => hop.answers.some((answer) => answer.what !== 'expired' && answer.from === to));
  return {
    kind: 'route.path-traced',
    checkpoint: 'route',
    atMs: 3000,
    durationMs: 1000,
    protocol,
    family: to.includes(':') ? 'ipv6' : 'ipv4',
    destination: { address: to, port: protocol === 'tcp' ? 443 : 0 },
    by: 'kernel',
    rounds,
    hops,
    reachedAtTtl: reached?.ttl ?? null,
    probedToTtl,
    waitedMs: 1000,
    followUp,
  };
}

/** SYNs, datagrams and echo requests that all go the same way. */
export function tracedAllWays(hops: PathHop[]): Draft[] {
  return [traced(hops), traced(hops, { protocol: 'udp' }), traced(hops, { protocol: 'icmp' })];
}

/** The way to a public resolver, through these routers. */
export function tracedControl(...routers: (string | null)[]): Draft {
  const hops = routers.map((from, index) => (from === null ? silentHop(index + 1) : expired(index + 1, from)));
  const end = { ttl: hops.length + 1, sent: 1, answers: [{ from: control, what: 'opened' as const, count: 1, rttMs: [9] }] };
  return traced([...hops, end], { to: control, followUp: 'path-of-control' });
}

const systems: Readonly<Record<string, Pick<AddressOwner, 'asNumber' | 'name'>>> = {
  '192.0.2.': { asNumber: 64_500, name: 'Access Example' },
  '198.51.100.6': { asNumber: 64_502, name: 'Hosting Example' },
  '198.51.100.': { asNumber: 64_501, name: 'Transit Example' },
  '203.0.113.': { asNumber: 64_502, name: 'Hosting Example' },
};

/** Who has the addresses of the way; `more` states some of them otherwise. */
export function owners(more: Readonly<Record<string, Partial<AddressOwner>>> = {}): Draft {
  return {
    kind: 'route.address-owners',
    checkpoint: 'route',
    atMs: 3100,
    owners: [...way, server.address].map((address) => {
      const known = Object.entries(systems).find(([prefix]) => address.startsWith(prefix))?.[1];
      const range = address.startsWith('192.168.') ? 'private' : 'public';
      return { address, range, asNumber: known?.asNumber ?? null, name: known?.name ?? null, sort: null, ...more[address] };
    }),
    table: 'a test',
    tableDate: '2026-06-17',
  };
}
