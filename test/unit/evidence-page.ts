import type { ObservationDraft } from '../../src/model/observation.ts';
import type { PageBrowserVisited, PageCompared, PageExamined, PageResource } from '../../src/model/observations/page.ts';
import { body, requestSent, responded, target } from './evidence.ts';

/** Observations of what the page of https://www.shop.com/ refers to. */

type Draft = ObservationDraft;
type More<O> = Partial<Omit<O, 'kind' | 'checkpoint' | 'id'>>;

export const pageUrl = 'https://www.shop.com/';

export function examined(more: More<PageExamined> = {}): Draft {
  return {
    kind: 'page.examined',
    checkpoint: 'page',
    atMs: 400,
    durationMs: 300,
    url: pageUrl,
    extent: 'all',
    references: 3,
    fetched: 3,
    bytes: 3000,
    otherSites: [],
    metaPolicies: [],
    quirks: false,
    limit: null,
    ...more,
  };
}

/** A script of the site itself that arrived. */
export function resource(more: More<PageResource> = {}): Draft {
  return {
    kind: 'page.resource',
    checkpoint: 'page',
    atMs: 300,
    durationMs: 40,
    reference: 'r1',
    url: `${pageUrl}app.js`,
    element: 'script',
    need: 'blocking',
    foundIn: pageUrl,
    site: 'shop.com',
    otherSite: false,
    lazy: false,
    async: false,
    cors: 'none',
    nonce: null,
    integrity: null,
    integrityMatches: null,
    outcome: 'received',
    evidenceOf: null,
    finalUrl: null,
    status: 200,
    mediaType: 'text/javascript',
    noSniff: false,
    allowOrigin: null,
    allowCredentials: false,
    bytes: 1000,
    reachMs: null,
    roundTripMs: 16,
    ...more,
  };
}

/** The same from another site. */
export function foreign(more: More<PageResource> = {}): Draft {
  return resource({ url: 'https://cdn.else.net/x.js', site: 'else.net', otherSite: true, ...more });
}

/** What a request for a resource met: an answer with this status. */
export function answeredResource(name: string, status: number, url = `${pageUrl}app.js`): Draft[] {
  return [target(url), requestSent(), responded(status), body()].map((draft) => ({ ...draft, resource: name }));
}

export function compared(more: More<PageCompared> = {}): Draft {
  return {
    kind: 'page.compared',
    checkpoint: 'page',
    atMs: 300,
    address: '203.0.113.11',
    port: 443,
    url: pageUrl,
    status: 200,
    bytes: 500,
    blank: false,
    etag: null,
    lastModified: null,
    same: true,
    asked: 1,
    ...more,
  };
}

/** A browser that shows the page. */
export function visited(more: More<PageBrowserVisited> = {}): Draft {
  return {
    kind: 'page.browser-visited',
    checkpoint: 'page',
    atMs: 2000,
    durationMs: 1500,
    program: '/usr/bin/chromium',
    product: 'Chrome/140.0.0.0',
    url: pageUrl,
    finalUrl: pageUrl,
    error: null,
    finished: true,
    status: 200,
    protocol: 'h2',
    dnsMs: 5,
    connectMs: 40,
    tlsMs: 20,
    firstByteMs: 60,
    contentLoadedMs: 100,
    loadedMs: 120,
    firstPaintMs: 90,
    firstContentfulPaintMs: 90,
    largestContentfulPaintMs: 90,
    textCharacters: 100,
    contentElements: 2,
    requests: 3,
    bytes: 3000,
    failed: [],
    consoleErrors: [],
    ...more,
  };
}
