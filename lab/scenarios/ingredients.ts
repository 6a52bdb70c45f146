import type { Change, FilterChange } from '../scenario/change.ts';
import type { EvidencePattern, Proof } from '../scenario/scenario.ts';
import { addresses, type Place } from '../topology/plan.ts';

/** What many scenarios are made of. */

/** A rule that only counts what arrives at a place. */
export function meter(name: string, at: Place, match: string, hook: FilterChange['hook'] = 'input'): Change {
  return { filter: { name, at, hook, match } };
}

/** A rule that drops what passes, arrives at, or leaves a place. */
export function dropping(name: string, at: Place, match: string, hook: FilterChange['hook'] = 'forward'): Change {
  return { filter: { name, at, hook, match, does: 'drop' } };
}

/** Counts SYNs that reach the edge's https ports. */
export const synsAtEdge: Change = meter('syns-at-edge', 'edge', 'tcp dport 443 tcp flags & (syn | ack) == syn');
export const edgeReached: Proof = { counter: 'syns-at-edge' };

/** Counts questions that reach the zone's name servers. */
export const questionsAtNs1: Change = meter('questions-at-ns1', 'ns1', 'udp dport 53');
export const questionsAtNs2: Change = meter('questions-at-ns2', 'ns2', 'udp dport 53');

/** Both addresses' port 443 belongs to an odd server: nginx stays away from them. */
export const edgeHttpsPortsFree: Change = { site: { notOn: [addresses.edgeA, addresses.edgeB, addresses.edge6] } };

/** Packets for the edge as they come from outside: the edge itself asks the origin from the same addresses. */
export const fromOutside: string = 'iifname != { "origin", "edge" }';

export const toEdge4: string = `ip daddr { ${addresses.edgeA}, ${addresses.edgeB} }`;
export const toEdge6: string = `ip6 daddr ${addresses.edge6}`;

/** Evidence of a page that arrived whole. */
export function pageArrived(status = 200): EvidencePattern[] {
  return [
    { kind: 'http.response-received', where: { status } },
    { kind: 'http.body-received', where: { end: 'complete' } },
  ];
}

/** Evidence that the certificate was seen and trusted. */
export const trustedCertificate: EvidencePattern = {
  kind: 'tls.certificates-received',
  where: { 'trust.*.trusted': true, 'certificates.0.dnsNames.*': 'www.shop.example' },
};

/** Evidence that a connection carried the request to this address. */
export function carriedBy(address: string, port = 443): EvidencePattern {
  return { kind: 'tcp.connected', where: { carried: true, 'server.address': address, 'server.port': port } };
}

/** Evidence of the addresses the walk used. */
export function chose(...wanted: readonly string[]): EvidencePattern[] {
  return wanted.map((address) => ({ kind: 'dns.addresses-chosen', where: { 'addresses.*': address } }));
}

/** The site itself, its page, its certificate, one of its addresses: what a healthy walk to it must have seen. */
export const siteWorked: readonly EvidencePattern[] = [
  ...chose(addresses.edgeA, addresses.edgeB, addresses.edge6),
  trustedCertificate,
  ...pageArrived(),
];

/**
 * Something is done to the flows of some source ports only: to all that the client's own connections use, and to every other 64 of those above, which
 * experiments choose.
 */
export function halfOfThePorts(at: Place, hook: FilterChange['hook'], match: string, does: string): readonly Change[] {
  return [
    { sysctl: { at: 'client', key: 'net/ipv4/ip_local_port_range', value: '32768 49151' } },
    { filter: { name: 'own-ports', at, hook, match: `${match} tcp sport < 49152`, does } },
    { filter: { name: 'half-of-others', at, hook, match: `${match} tcp sport >= 49152 tcp sport & 64 == 0`, does } },
  ];
}

/** A page that fills many packets, `large.html` of the origin. */
export const largePage: Change = {
  nginx: {
    at: 'origin',
    files: {
      'large.html': `<!doctype html><title>Shop</title><h1>Catalogue</h1>${'<p>An article with a long description.</p>\n'.repeat(2000)}`,
    },
  },
};

/** Addresses of the site are warm in the resolver: the path to the name servers is not what is broken. */
export const warm = (name: string): Change => ({ ask: { server: addresses.resolver, name, types: ['A', 'AAAA', 'HTTPS'] } });

/** Networks of the site's edge, for routes. */
export const edgeNetworks = { four: '203.0.113.0/26', six: '2001:db8:113:1::/64' };
