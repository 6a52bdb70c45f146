import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bareContext, onlyOne } from '../../test/unit/bare-context.ts';
import type { PageDocument } from '../model/observations/page.ts';
import { probePage } from './page.ts';

function look(body: string | Uint8Array, contentType: string | null = 'text/html', text?: string): PageDocument {
  const context = bareContext(text === undefined ? {} : { expect: { text } });
  const headers = contentType === null ? [] : [{ name: 'content-type', value: contentType }];
  probePage(context, { url: 'https://shop.test/', headers, body: typeof body === 'string' ? Buffer.from(body) : body });
  return onlyOne(context, 'page.document');
}

const documents: [sentence: string, html: string, textCharacters: number, contentElements: number][] = [
  ['nothing at all', '', 0, 0],
  ['white space', ' \n\t ', 0, 0],
  ['an empty skeleton', '<!doctype html><html><head><title>Shop</title></head><body></body></html>', 0, 0],
  ['a comment', '<body><!-- hello --></body>', 0, 0],
  ['styles alone', '<style>p { color: red }</style>', 0, 0],
  ['text', '<p>Hello <b>you</b></p>', 9, 0],
  ['text in a header element', '<header>Hello</header>', 5, 0],
  ['an image alone', '<body><img src=a.png></body>', 0, 1],
  ['an application that draws itself', '<div id="app"></div><script src="/app.js"></script>', 0, 1],
  ['a comment that never ends', 'Hi<!-- <p>more</p>', 2, 0],
];

describe('a document', () => {
  test.each(documents)('of %s', (_sentence, html, textCharacters, contentElements) => {
    expect(look(html)).toMatchObject({ textCharacters, contentElements });
  });

  test('that is not HTML has no text or elements to count', () => {
    expect(look('{"a":1}', 'application/json')).toMatchObject({
      mediaType: 'application/json',
      textCharacters: null,
      contentElements: null,
      title: null,
    });
  });

  test('without a type is HTML when it begins so', () => {
    expect(look('<!DOCTYPE html><p>x', null)).toMatchObject({ mediaType: null, textCharacters: 1 });
  });

  test('is read in the charset its header names', () => {
    expect(look(Uint8Array.of(0x67, 0x72, 0xfc, 0x6e), 'text/html; charset=iso-8859-1', 'grün').expectedTextFound).toBe(true);
    expect(look('grün', 'text/html; charset=no-such-charset', 'grün').expectedTextFound).toBe(true);
  });

  test('lacks the text that was expected', () => {
    expect(look('<p>Error</p>', 'text/html', 'Welcome').expectedTextFound).toBe(false);
  });

  test('takes time in proportion to its length, whatever it holds', () => {
    for (const piece of ['<', '<!--', '<title>', '<script', '<head ', '</', '<title ']) {
      const startMs = performance.now();
      look(piece.repeat(200_000));
      expect(performance.now() - startMs, piece).toBeLessThan(3000);
    }
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.option(fc.string()), (body, type) => void look(body, type)));
  });
});
