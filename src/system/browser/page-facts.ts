import type { PageBrowserVisited } from '../../model/observations/page.ts';
import type { DevtoolsSession } from './devtools.ts';

/** What the page itself knows of its loading. Times in milliseconds since the navigation began. */
export type PageFacts = Pick<
  PageBrowserVisited,
  | 'dnsMs'
  | 'connectMs'
  | 'tlsMs'
  | 'firstByteMs'
  | 'contentLoadedMs'
  | 'loadedMs'
  | 'firstPaintMs'
  | 'firstContentfulPaintMs'
  | 'largestContentfulPaintMs'
  | 'textCharacters'
  | 'contentElements'
>;

const names: readonly (keyof PageFacts)[] = [
  'dnsMs',
  'connectMs',
  'tlsMs',
  'firstByteMs',
  'contentLoadedMs',
  'loadedMs',
  'firstPaintMs',
  'firstContentfulPaintMs',
  'largestContentfulPaintMs',
  'textCharacters',
  'contentElements',
];

/**
 * Runs in the page: Navigation Timing 2, Paint Timing, Largest Contentful Paint, and what is drawn. Times that did not happen are 0 there and null
 * here.
 */
const expression = `new Promise((done) => {
  const navigation = performance.getEntriesByType('navigation')[0];
  const paint = (name) => performance.getEntriesByName(name, 'paint')[0]?.startTime ?? null;
  const since = (from, to) => (navigation && navigation[to] > 0 && navigation[from] > 0 ? navigation[to] - navigation[from] : null);
  const at = (name) => (navigation && navigation[name] > 0 ? navigation[name] : null);
  let largest = null;
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) largest = entry.startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  } catch {}
  const drawn = (element) => element.getClientRects().length > 0;
  setTimeout(() => done({
    dnsMs: since('domainLookupStart', 'domainLookupEnd'),
    connectMs: since('connectStart', 'connectEnd'),
    tlsMs: since('secureConnectionStart', 'connectEnd'),
    firstByteMs: at('responseStart'),
    contentLoadedMs: at('domContentLoadedEventEnd'),
    loadedMs: at('loadEventEnd'),
    firstPaintMs: paint('first-paint'),
    firstContentfulPaintMs: paint('first-contentful-paint'),
    largestContentfulPaintMs: largest,
    textCharacters: (document.body?.innerText ?? '').trim().length,
    contentElements: [...document.querySelectorAll('img,svg,canvas,video,audio,iframe,object,embed,input,button,select,textarea')].slice(0, 1000).filter(drawn).length,
  }), 50);
})`;

/** Null for each fact when the page cannot be asked. */
export async function readPageFacts(session: DevtoolsSession): Promise<PageFacts> {
  const evaluated = (await session
    .send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, timeout: 2000 })
    .catch(() => null)) as { result?: { value?: unknown } } | null;
  const value = evaluated?.result?.value;
  const read = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  // The page may have replaced what it was asked by: only numbers are believed.
  const entries = names.map((name) => {
    const fact = read[name];
    return [name, typeof fact === 'number' && Number.isFinite(fact) && fact >= 0 ? Math.round(fact * 1000) / 1000 : null];
  });
  return Object.fromEntries(entries) as unknown as PageFacts;
}

/** Of a visit that ended on an error page. */
export const noPageFacts: PageFacts = Object.fromEntries(names.map((name) => [name, null])) as unknown as PageFacts;
