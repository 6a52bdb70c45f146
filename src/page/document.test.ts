import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDocument } from './document.ts';

const url = 'https://www.shop.test/list/';

function found(html: string): string[] {
  return readDocument(html, url).references.map(
    ({ element, need, url: one }) => `${need} ${element} ${one.replace('https://www.shop.test', '')}`,
  );
}

const rows: [sentence: string, html: string, references: string[]][] = [
  ['a style sheet blocks', '<link rel="STYLESHEET preload" href=/a.css>', ['blocking stylesheet /a.css']],
  ['a style sheet for print does not', '<link rel=stylesheet media=print href=/a.css>', ['optional stylesheet /a.css']],
  ['an alternate style sheet does not', '<link rel="alternate stylesheet" href=/a.css>', ['optional stylesheet /a.css']],
  ['a disabled style sheet is not loaded', '<link rel=stylesheet disabled href=/a.css>', []],
  [
    'scripts and modules',
    '<script src=a.js></script><script type=module src=b.js></script>',
    ['blocking script /list/a.js', 'blocking module /list/b.js'],
  ],
  ['what modules replace', '<script nomodule src=old.js></script>', []],
  ['data in a script element', '<script type="application/ld+json" src=/data.json></script>', []],
  ['markup inside of scripts', '<script>document.write("<img src=/a.png>")</script>', []],
  ['markup inside of comments', '<!-- <img src=/a.png> -->', []],
  ['markup for those without scripts', '<noscript><img src=/pixel.png></noscript>', []],
  ['markup of templates', '<template><img src=/a.png><template></template></template><img src=/b.png>', ['shown image /b.png']],
  ['a picture', '<img src=/a.png>', ['shown image /a.png']],
  ['the same twice, the stronger need counts', '<img src=/a.png width=1 height=1><img src=/a.png>', ['shown image /a.png']],
  ['a picture of one pixel', '<img src=/a.gif width=1 height="1">', ['optional image /a.gif']],
  ['a hidden picture', '<img src=/a.gif style="display:none">', ['optional image /a.gif']],
  ['a choice of pictures', '<img src=/a.png srcset="/s.png 400w, /m.png 1300w, /l.png 2600w">', ['shown image /m.png']],
  [
    'sources of a picture',
    '<picture><source type=image/jxl srcset=/a.jxl><source media="(max-width: 600px)" srcset=/s.webp><source type=image/webp srcset=/a.webp><img src=/a.png></picture><img src=/b.png>',
    ['shown image /a.webp', 'shown image /b.png'],
  ],
  ['the icon', '<link rel="shortcut icon" href=/favicon.ico><link rel=apple-touch-icon href=/touch.png>', ['optional icon /favicon.ico']],
  [
    'hints',
    '<link rel=preload as=font href=/a.woff2><link rel=modulepreload href=/m.js><link rel=dns-prefetch href=//cdn.test>',
    ['optional font /a.woff2', 'optional module /m.js'],
  ],
  ['a frame', '<iframe src=/f.html></iframe><iframe srcdoc="<p>hi" src=/g.html></iframe>', ['shown frame /f.html']],
  ['what is inline', '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><a href=/page>x</a><img src="">', []],
  ['a base', '<base href="https://cdn.test/v2/"><img src=a.png>', ['shown image https://cdn.test/v2/a.png']],
  ['character references', '<img src="/a?x=1&amp;y=2">', ['shown image /a?x=1&y=2']],
];

describe('a document', () => {
  test.each(rows)('refers to: %s', (_sentence, html, references) => expect(found(html)).toEqual(references));

  test('says how things are asked for', () => {
    const html =
      '<script src=https://cdn.test/a.js crossorigin integrity="sha256-x" nonce=n async></script><img src=/a.png loading=lazy crossorigin=use-credentials>';
    expect(readDocument(html, url).references).toMatchObject([
      { crossOrigin: 'anonymous', integrity: 'sha256-x', nonce: 'n', async: true, lazy: false },
      { crossOrigin: 'use-credentials', integrity: null, lazy: true },
    ]);
  });

  test('states policies and styles of its own', () => {
    const html = `<!doctype html><meta http-equiv="Content-Security-Policy" content="img-src 'none'"><style>@import "/a.css"</style>`;
    expect(readDocument(html, url)).toMatchObject({ policies: ["img-src 'none'"], styles: ['@import "/a.css"'], quirks: false });
    expect(readDocument('<p>old', url).quirks).toBe(true);
  });

  test('states how many of its policies stand before each reference, and none from its body', () => {
    const policy = (value: string): string => `<meta http-equiv=content-security-policy content="${value}">`;
    const html = `<!doctype html><script src=/1.js></script>${policy("script-src 'none'")}<script src=/2.js></script><script src=/1.js></script>
      <title>a</title>${policy("img-src 'none'")}<p>${policy("style-src 'none'")}<img src=/3.png>`;
    const { references, policies } = readDocument(html, url);
    expect(policies).toEqual(["script-src 'none'", "img-src 'none'"]);
    expect(references.map(({ policiesBefore }) => policiesBefore)).toEqual([0, 1, 2]);
  });

  test('holds no more references than there is use for', () => {
    const { references, overflow } = readDocument(Array.from({ length: 5000 }, (_, index) => `<img src=/${index}.png>`).join(''), url);
    expect([references.length, overflow]).toEqual([2000, true]);
  });

  test('takes time in proportion to its length, whatever it holds', () => {
    for (const piece of [
      '<',
      '<b x=1>',
      '<b ',
      '<!--',
      '<picture><source srcset="',
      '<template>',
      '<style>',
      '<script><!--<script>',
      '&amp',
      '<img srcset="a 1x,',
    ]) {
      const startMs = performance.now();
      readDocument(piece.repeat(20_000), url);
      expect(performance.now() - startMs, piece).toBeLessThan(3000);
    }
  }, 30_000);

  test('never throws', () => {
    const markup = fc.array(
      fc.constantFrom(
        '<img src=',
        '<link rel=stylesheet href=',
        '"',
        '>',
        ' srcset=',
        'https://[',
        '//',
        ',',
        ' 1x',
        '<base href=',
        '<style>',
        '</style>',
        '<template>',
        '\u0000',
        'x:',
      ),
    );
    fc.assert(fc.property(fc.string(), (html) => void readDocument(html, url)));
    fc.assert(fc.property(markup, (pieces) => void readDocument(pieces.join(''), url)));
  });
});
