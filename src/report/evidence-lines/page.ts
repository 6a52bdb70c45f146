import type { ObservationKind } from '../../model/observation.ts';
import { clip } from '../fact-words.ts';
import { duration, endpointText, grouped, listed, plural } from '../wording.ts';
import type { LinesOf } from './lines.ts';

/** What one piece of evidence about the page states, in one line of words. */
export const pageLines: LinesOf<Extract<ObservationKind, `page.${string}`>> = {
  'page.document': (stated) => {
    const visible =
      stated.textCharacters === null
        ? 'not HTML'
        : `${plural(stated.textCharacters, 'character')} of text, ${plural(stated.contentElements ?? 0, 'other element')}`;
    return `${stated.mediaType ?? 'no media type'}, ${plural(stated.bytes, 'byte')}, ${visible}${stated.title === null ? '' : `, titled "${clip(stated.title)}"`}${stated.refresh === undefined ? '' : `, sends browsers on to ${clip(stated.refresh.url)} after ${stated.refresh.afterSeconds} s`}`;
  },
  'page.examined': (stated) => {
    const others =
      stated.otherSites.length === 0
        ? ''
        : `; other sites: ${listed(
            stated.otherSites.map(({ site, references }) => `${clip(site)} (${references})`),
            4,
          )}`;
    const limit = stated.limit === null ? '' : `, stopped by the limit of ${stated.limit}`;
    return `the page refers to ${plural(stated.references, 'thing')}, ${stated.fetched} asked for, ${grouped(stated.bytes)} bytes${stated.durationMs === undefined ? '' : ` in ${duration(stated.durationMs)}`}${limit}${others}`;
  },
  'page.resource': (stated) => {
    const what = `${stated.element} ${clip(stated.url)}`;
    if (stated.outcome === 'not-fetched') return `${what}: not asked for`;
    if (stated.outcome === 'resolved') return `${what}: its host's name has addresses, nothing was sent`;
    const took = stated.durationMs === undefined ? '' : `, ${duration(stated.durationMs)}`;
    const status = stated.status === null ? '' : `${stated.status}${stated.mediaType === null ? '' : ` ${clip(stated.mediaType)}`}`;
    const bytes = stated.bytes === null ? '' : `, ${grouped(stated.bytes)} bytes`;
    if (stated.outcome === 'received') return `${what}: ${status}${bytes}${took}`;
    return `${what}: ${stated.outcome === 'failed' ? 'fails' : 'still arriving'}${status === '' ? '' : ` (${status})`}${bytes}${took}`;
  },
  'page.browser-visited': (stated) => {
    const times = [
      ['first byte', stated.firstByteMs],
      ['first paint', stated.firstContentfulPaintMs],
      ['largest paint', stated.largestContentfulPaintMs],
      ['loaded', stated.loadedMs],
    ] as const;
    const shown = stated.error === null ? `shows ${stated.status ?? 'the page'}` : `shows ${clip(stated.error)}`;
    const timed = times.flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${duration(ms)}`]));
    const failed = stated.failed.map(({ url, error, refused }) => `${clip(url)} ${clip(refused ?? error)}`);
    return `${clip(stated.product)} ${stated.finished ? shown : 'is still waiting'}${timed.length === 0 ? '' : `; ${timed.join(', ')}`}; ${plural(stated.requests, 'request')}${failed.length === 0 ? '' : `, failed: ${listed(failed, 3)}`}${stated.consoleErrors.length === 0 ? '' : `; console: ${listed(stated.consoleErrors.map(clip), 2)}`}`;
  },
  'page.browser-not-used': (stated) => `no browser was used: ${clip(stated.reason)}`,
  'page.compared': (stated) =>
    `${endpointText(stated.address, stated.port)} answers ${stated.status ?? 'nothing'} to ${clip(stated.url)}${stated.blank === true ? ', with nothing to see' : ''}${stated.same === true ? ', the same document' : stated.same === false ? ', another document' : ''}${stated.asked > 1 ? `, asked ${plural(stated.asked, 'time')}` : ''}`,
};
