import type { Detail } from '../../model/finding.ts';
import { duration, plural } from '../wording.ts';
import { clause, list, number, text } from './detail-facts.ts';
import type { SentencesOf } from './sentence.ts';

const reasons: Readonly<Record<string, string>> = {
  'content-security-policy': 'content security policy',
  'cross-origin': 'not permitted to other origins',
  integrity: 'not what its integrity says',
  'media-type': 'wrong media type',
};

function others(detail: Detail): string {
  const count = number(detail, 'count') ?? 1;
  return count > 1 ? ` and ${plural(count - 1, 'other')}` : '';
}

/**
 * | cause | detail read |
 * |---|---|
 * | `page.subresource-failed` | `url`, `cause`, `count` (that fail), `total` |
 * | `page.mixed-content` | `urls` (plain ones), `count` |
 * | `page.blank` | `url`, `status`, `receivedBytes`, `mediaType` |
 * | `page.policy-blocked` | `url`, `count`, `reason`, `rule` |
 * | `page.stale` | `addresses`, `url` |
 * | `page.slow` | `url` (or `host`), `durationMs`, `percent` (of the load) |
 */
export const pageSentences: SentencesOf<'page'> = {
  'page.subresource-failed': (detail) =>
    `The page arrives, but ${clause(number(detail, 'count'), (count) => `${plural(count, 'thing')} it needs ${count === 1 ? 'does' : 'do'} not`) || 'something it needs does not'}${clause(text(detail, 'url'), (url) => `: ${url}`)}${clause(text(detail, 'cause'), (cause) => ` (${cause})`)}.`,
  'page.mixed-content': (detail) => {
    const count = number(detail, 'count') ?? (list(detail, 'urls').length > 0 ? list(detail, 'urls').length : null);
    return `The encrypted page refers to ${count === null ? 'plain http resources' : plural(count, 'plain http resource')} that browsers block${clause(list(detail, 'urls')[0] ?? null, (url) => ` (${url}${count !== null && count > 1 ? ', …' : ''})`)}.`;
  },
  'page.blank': (detail) => {
    const bytes = number(detail, 'receivedBytes') ?? number(detail, 'bytes');
    const what = bytes === null ? 'nothing to show' : bytes === 0 ? 'an empty page' : `${plural(bytes, 'byte')} with nothing to show`;
    if (text(detail, 'status') === '304')
      return 'The server answers 304 (not modified) to a request that named no copy of the page: whoever has none gets an empty page.';
    return `The server answers ${text(detail, 'status') ?? 'with success'}, but sends ${what}.`;
  },
  'page.policy-blocked': (detail) =>
    `Browsers refuse ${text(detail, 'url') ?? 'something the page needs'}${others(detail)}${clause(text(detail, 'reason'), (reason) => ` (${reasons[reason] ?? reason}${clause(text(detail, 'rule'), (rule) => `: ${rule}`)})`)}.`,
  'page.stale': (detail) =>
    `Different servers deliver different versions of the page${clause(list(detail, 'addresses').length > 0 ? list(detail, 'addresses') : null, (addresses) => ` (broken from ${addresses.join(', ')})`)}.`,
  'page.slow': (detail) =>
    `Most of the loading time${clause(number(detail, 'percent'), (share) => ` (${share} %)`)} is spent on ${text(detail, 'url') ?? text(detail, 'host') ?? 'one resource'}${clause(number(detail, 'durationMs'), (time) => `: ${duration(time)}`)}.`,
};
