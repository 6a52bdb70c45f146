import { describe, expect, test } from 'vitest';
import { columnsOf, fitted, padded, wrapped } from './columns.ts';
import { clipped, day, duration, endpointText, grouped, listed, percent, plural } from './wording.ts';

describe('words for numbers', () => {
  test.each([
    [0, '0 ms'],
    [0.04, '0 ms'],
    [3.24, '3.2 ms'],
    [9.96, '10 ms'],
    [21.7, '22 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1500, '1.5 s'],
    [59_960, '1 min'],
    [125_000, '2 min 5 s'],
    [-1, '0 ms'],
    [Number.NaN, 'an unknown time'],
  ])('%d milliseconds are %s', (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words);
  });

  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1234567, '1,234,567 bytes'],
  ])('%d', (count, words) => {
    expect(plural(count, 'byte')).toBe(words);
  });

  test('others', () => {
    expect(plural(2, 'address', 'addresses')).toBe('2 addresses');
    expect(grouped(999)).toBe('999');
    expect([percent(1, 3), percent(0, 0)]).toEqual([33, 0]);
    expect(day('2026-11-18T12:00:00.000Z')).toBe('2026-11-18');
    expect(day('soon')).toBe('soon');
    expect([endpointText('192.0.2.1', 80), endpointText('::1', 80), endpointText('::1', null)]).toEqual([
      '192.0.2.1:80',
      '[::1]:80',
      '::1',
    ]);
  });

  test.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd'], 'a, b and 2 more'],
  ])('the list %j is "%s"', (items, words) => {
    expect(listed(items)).toBe(words);
  });

  test('clipping counts characters and keeps surrogate pairs whole', () => {
    expect(clipped('abcdef', 6)).toBe('abcdef');
    expect(clipped('abcdefg', 6)).toBe('abcde…');
    expect(clipped('🎉🎉🎉🎉', 3)).toBe('🎉🎉…');
  });
});

describe('columns of a terminal', () => {
  test.each([
    ['plain text', 'abc', 3],
    ['wide characters', '株式会社', 8],
    ['a combining accent', 'e\u0301', 1],
    ['an emoji', '🎉', 2],
    ['fullwidth letters', 'ＡＢ', 4],
    ['an ellipsis', '…', 1],
  ])('%s', (_, text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  test('cutting never exceeds the columns', () => {
    expect(fitted('株式会社', 5)).toBe('株式…');
    expect(fitted('abc', 3)).toBe('abc');
    expect(fitted('abcd', 3)).toBe('ab…');
    expect(fitted('abc', 0)).toBe('');
    expect(padded('株', 4)).toBe('株  ');
  });

  test('wrapping breaks at spaces, and a word only when it must', () => {
    expect(wrapped('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
    expect(wrapped('abcdefgh ij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrapped('株式会社', 3)).toEqual(['株', '式', '会', '社']);
    expect(wrapped('', 5)).toEqual(['']);
    expect(wrapped('株', 1)).toEqual(['株']);
  });
});
