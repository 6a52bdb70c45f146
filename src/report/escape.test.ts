import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeForTerminal, renderJson } from './escape.ts';

describe('remote text on a terminal', () => {
  test.each([
    ['plain text stays', 'nginx/1.24.0 (Ubuntu)', 'nginx/1.24.0 (Ubuntu)'],
    ['letters of other scripts stay', 'Müller 株式会社 Ελλάς', 'Müller 株式会社 Ελλάς'],
    ['an escape sequence is shown, not obeyed', '\u001b[2J\u001b[31mred', '\\x1b[2J\\x1b[31mred'],
    ['a one-byte control sequence introducer is shown', '\u009b2J', '\\x9b2J'],
    ['a title-setting sequence is shown', '\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['line ends cannot forge lines', 'ok\r\nverdict: ok', 'ok\\r\\nverdict: ok'],
    ['a tab is shown', 'a\tb', 'a\\tb'],
    ['an override cannot reverse text', 'evil\u202egpj.exe', 'evil\\u{202e}gpj.exe'],
    ['an isolate cannot reorder text', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['zero-width characters are shown', 'exa\u200bmple\ufeff', 'exa\\u{200b}mple\\u{feff}'],
    ['invisible tags are shown', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a separator cannot break lines', 'a\u2028b', 'a\\u{2028}b'],
    ['a lone surrogate is shown', 'a\ud800b', 'a\\u{d800}b'],
    ['an emoji stays', 'ok 🎉', 'ok 🎉'],
  ])('%s', (_, raw, shown) => {
    expect(escapeForTerminal(raw)).toBe(shown);
  });

  test('nothing that is left can control a terminal, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = escapeForTerminal(text);
        expect(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u.test(shown)).toBe(false);
        expect(shown).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});

describe('JSON output', () => {
  test('parses to the same document, and holds no character that drives a terminal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (document) => {
        const json = renderJson({ document });
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ document })));
        expect(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u.test(json)).toBe(false);
      }),
    );
  });
});
