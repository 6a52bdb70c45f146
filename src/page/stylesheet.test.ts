import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStylesheet, usesRange } from './stylesheet.ts';

const base = 'https://www.shop.test/css/';

const imports: [css: string, urls: string[]][] = [
  [
    '@charset "utf-8"; @import "a.css"; @import url(/b.css) screen; @import url("c.css") layer(x) supports(display: grid);',
    ['a.css', '/b.css', 'c.css'],
  ],
  ['@import "print.css" print;', []],
  ['@import "narrow.css" (max-width: 600px);', []],
  ['@layer reset; @import "a.css";', ['a.css']],
  ['body { color: red } @import "late.css";', []],
  ['/* @import "a.css"; */', []],
  ['p::after { content: "@import url(a.css);" }', []],
  ['@import "a.css"', ['a.css']],
];

describe('a style sheet', () => {
  test.each(imports)('%s', (css, urls) => expect(readStylesheet(css, base).imports).toEqual(urls.map((url) => new URL(url, base).href)));

  test('declares fonts: the first file that browsers read', () => {
    const css = `@font-face { font-family: "Shop Sans"; src: url(a.eot); src: url("a.eot?#iefix") format("embedded-opentype"), url(a.woff2) format("woff2"), url(a.ttf); unicode-range: U+0000-00FF, U+0131 }
      @font-face { font-family: Inline; src: url(data:font/woff2;base64,AAAA) }
      @font-face { font-family: Mine; src: local("Mine"), url(mine.woff2) }
      h1 { font: bold 12px/1.5 "Shop Sans", Georgia, serif } p { font-family: Other Family }`;
    const { fonts, usedFamilies } = readStylesheet(css, base);
    expect(fonts).toEqual([{ family: 'shop sans', url: `${base}a.woff2`, unicodeRange: 'U+0000-00FF,U+0131' }]);
    expect([...usedFamilies]).toEqual(expect.arrayContaining(['shop sans', 'georgia', 'other family']));
    expect(usedFamilies.has('mine')).toBe(false);
  });

  test('is needed for the characters of its range', () => {
    const latin = new Set([0x41, 0xfc]);
    expect(usesRange(latin, null)).toBe(true);
    expect(usesRange(latin, 'U+0000-00FF,U+0131')).toBe(true);
    expect(usesRange(latin, 'U+4??')).toBe(false);
    expect(usesRange(latin, 'U+0400-045F')).toBe(false);
    expect(usesRange(latin, 'nonsense')).toBe(false);
  });

  test('takes time in proportion to its length, whatever it holds', () => {
    for (const piece of ['@import ', '@import "a";', '@font-face{src:url(a),', 'a{font:', '{', '/*', 'url(', "'", '\\', '--x:a ']) {
      const startMs = performance.now();
      readStylesheet(piece.repeat(20_000), base);
      expect(performance.now() - startMs, piece).toBeLessThan(3000);
    }
    const startMs = performance.now();
    readStylesheet(`@import "a" "${' '.repeat(400_000)}";`, base);
    expect(performance.now() - startMs).toBeLessThan(3000);
  }, 30_000);

  test('never throws', () => {
    const pieces = fc.array(
      fc.constantFrom('@import', '@font-face', 'src', ':', ';', '{', '}', 'url(', '"', ')', 'font-family', ' ', '\\', '/*', 'format('),
    );
    fc.assert(fc.property(fc.string(), (css) => void readStylesheet(css, base)));
    fc.assert(fc.property(pieces, (css) => void readStylesheet(css.join(''), base)));
  });
});
