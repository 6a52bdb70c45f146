import type { PageExamined, PageResource } from '../../model/observations/page.ts';

/** An encrypted page refers to it over plain http, and browsers do not ask for it at all (W3C Mixed Content, section 4). */
export function isBlockedAsMixed(resource: PageResource, examined: PageExamined): boolean {
  return isMixed(resource, examined) && resource.outcome === 'not-fetched' && resource.finalUrl === null && !isTrustworthy(resource.url);
}

/** Browsers ask for it over https in place of http, and there it is not. */
export function failsWhenUpgraded(resource: PageResource, examined: PageExamined): boolean {
  const isUpgraded = resource.finalUrl?.startsWith('https:') === true;
  const isMissing = resource.outcome === 'failed' || (resource.status ?? 0) >= 400;
  return isMixed(resource, examined) && isUpgraded && isMissing;
}

function isMixed(resource: PageResource, examined: PageExamined): boolean {
  return examined.url.startsWith('https:') && resource.url.startsWith('http:');
}

/** W3C Secure Contexts, section 3.1: this host itself. */
function isTrustworthy(url: string): boolean {
  return /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
