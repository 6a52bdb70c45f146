import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refreshOf } from './page-refresh.ts';

const rows: [sentence: string, html: string, refresh: ReturnType<typeof refreshOf>][] = [
  ['an element', '<meta http-equiv="refresh" content="0; url=/app/">', { afterSeconds: 0, url: '/app/' }],
  ['an element in other letters', '<META content=\'3;URL="/app"\' HTTP-EQUIV=Refresh>', { afterSeconds: 3, url: '/app' }],
  ['an element without quotes', '<meta http-equiv=refresh content=0;url=app>', { afterSeconds: 0, url: 'app' }],
  [
    'an element without "url="',
    '<meta http-equiv="refresh" content="1.5, https://a.test/?b=1&amp;c=2">',
    { afterSeconds: 1, url: 'https://a.test/?b=1&c=2' },
  ],
  ['one that draws the page anew', '<meta http-equiv="refresh" content="60">', null],
  ['one for browsers without scripts', '<noscript><meta http-equiv="refresh" content="0; url=/plain"></noscript><p>Hi', null],
  ['one that a comment holds', '<!-- <meta http-equiv="refresh" content="0; url=/x"> --><p>Hi', null],
  ['one that a script writes', '<script>document.write(\'<meta http-equiv="refresh" content="0; url=/x">\')</script>', null],
  ['another element', '<meta http-equiv="content-type" content="0; url=/x"><p>refresh', null],
];

describe('where a document sends browsers', () => {
  test.each(rows)('%s', (_sentence, html, refresh) => {
    expect(refreshOf([], html)).toEqual(refresh);
  });

  test('a field says it as well', () => {
    expect(refreshOf([{ name: 'refresh', value: '0; url=/app' }], '')).toEqual({ afterSeconds: 0, url: '/app' });
    expect(refreshOf([{ name: 'refresh', value: '5' }], '')).toBeNull();
  });

  test('hostile text is read in time', () => {
    const hostile = [
      `<meta http-equiv=refresh content="${' '.repeat(60_000)}`,
      '<noscript'.repeat(7000),
      `http-equiv=refresh ${'<meta '.repeat(10_000)}`,
      `<meta http-equiv=refresh content='${'0 '.repeat(900)}'>`,
    ];
    const startMs = performance.now();
    for (const text of hostile)
      refreshOf(
        [
          { name: 'refresh', value: text },
          { name: 'x', value: '' },
        ],
        text,
      );
    for (const text of hostile) refreshOf([], text);
    expect(performance.now() - startMs).toBeLessThan(1000);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void refreshOf([], `<meta http-equiv=refresh content="${text}">`)));
  });
});
