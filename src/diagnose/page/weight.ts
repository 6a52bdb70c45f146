import type { CauseCode } from '../../model/cause.ts';
import type { Severity } from '../../model/finding.ts';
import type { PageResource } from '../../model/observations/page.ts';

/** Answers with which other sites refuse a client they do not know: a visitor's browser may well be served. */
const refusesClient: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'http.unauthorized',
  'http.forbidden',
  'http.rate-limited',
  'http.blocked',
  'http.client-error',
]);

/** How block lists of this network take other sites away: visitors elsewhere get them, and those here are used to it. */
const filteredAway: ReadonlySet<CauseCode> = new Set<CauseCode>(['dns.filtered', 'dns.bogus-address', 'tls.sni-filtered']);

/**
 * How much it matters that a resource is missing. Nobody sees it when it is optional, or a script of another site that nothing waits for
 * (counting visitors, advertisements), and these are what filters on the way to visitors remove.
 */
export function weightOf(resource: PageResource, cause: CauseCode | null = null): Extract<Severity, 'impairment' | 'note'> {
  if (resource.need === 'optional') return 'note';
  if (resource.otherSite && resource.async) return 'note';
  return resource.otherSite && cause !== null && (refusesClient.has(cause) || filteredAway.has(cause)) ? 'note' : 'impairment';
}
