/**
 * Top-level domains whose every name browsers reach by https alone: they stand as a whole in the list that
 * browsers bring along (https://hstspreload.org, https://www.registry.google/), as of 2026-11. The list of single names, 150,000 of them, is not included.
 */
export const preloadedDomains: ReadonlySet<string> = new Set([
  'android',
  'app',
  'bank',
  'boo',
  'channel',
  'chrome',
  'dad',
  'day',
  'dev',
  'esq',
  'foo',
  'gle',
  'google',
  'ing',
  'insurance',
  'meme',
  'mov',
  'new',
  'nexus',
  'page',
  'phd',
  'play',
  'prof',
  'rsvp',
  'youtube',
  'zip',
]);
