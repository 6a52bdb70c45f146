import type { Detail } from '../model/finding.ts';
import type { ObservationOf } from '../model/observation.ts';
import type { HttpVariation } from '../model/observations/http.ts';
import type { Facts } from './facts.ts';
import { isExpectedStatus } from './progress.ts';

export type Tried = ObservationOf<'http.variation-tried'>;

/** What came of the request with this one thing changed; null when it was not tried. */
export function tried(facts: Facts, variation: HttpVariation): Tried | null {
  return facts.of('http.variation-tried').find((one) => one.variation === variation) ?? null;
}

/** The varied request was answered as the walk's own should have been. */
export function works(facts: Facts, one: Tried | null): one is Tried {
  return one !== null && one.outcome === 'answered' && one.status !== null && isExpectedStatus(facts, one.status);
}

/** The header that answered a varied request. */
export function headerOf(facts: Facts, one: Tried): ObservationOf<'http.response-received'> | null {
  return facts.of('http.response-received').find((received) => received.followUp === one.followUp && one.followUp !== undefined) ?? null;
}

/** What the comparisons say, for sentences: each with what was asked and what came. */
export function comparisonFacts(facts: Facts): Detail {
  const origin = tried(facts, 'origin');
  const health = tried(facts, 'health-path');
  const past = tried(facts, 'past-cache');
  return {
    ...(origin === null ? {} : { originAddress: origin.server.address, originOutcome: outcomeOf(origin) }),
    ...(health === null ? {} : { healthUrl: health.url, healthOutcome: outcomeOf(health) }),
    ...(past === null ? {} : { pastCacheOutcome: outcomeOf(past) }),
  };
}

function outcomeOf({ status, outcome }: Tried): string {
  return status === null ? outcome : String(status);
}

/** Only this path fails: another one of the same site, at the same address, answers well. */
export function isPathOnly(facts: Facts): boolean {
  const health = tried(facts, 'health-path');
  return health !== null && health.outcome === 'answered' && (health.status ?? 500) < 400;
}

/** Comparisons as evidence. */
export function comparisons(facts: Facts): readonly Tried[] {
  return facts.of('http.variation-tried').filter((one) => one.variation !== 'again' && one.variation !== 'other-host');
}
