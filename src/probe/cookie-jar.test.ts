import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CookieJar, withCookies } from './cookie-jar.ts';
import { parseTarget, type Target } from './target.ts';

const now = Date.parse('2026-11-27T20:00:00Z');
const target = (url: string): Target => parseTarget(url) as Target;

async function jarAfter(url: string, ...set: string[]): Promise<CookieJar> {
  const jar = new CookieJar();
  await jar.take(
    target(url),
    set.map((value) => ({ name: 'Set-Cookie', value })),
    now,
  );
  return jar;
}

const rows: [sentence: string, from: string, set: string[], to: string, sent: string | null][] = [
  ['goes back to its host', 'https://shop.test/', ['a=1; Path=/; HttpOnly; SameSite=Lax'], 'https://shop.test/x', 'a=1'],
  ['may hold equals signs', 'https://shop.test/', ['a=b=c=='], 'https://shop.test/', 'a=b=c=='],
  ['stays with its host', 'https://shop.test/', ['a=1'], 'https://www.shop.test/', null],
  ['goes to hosts of its domain', 'https://www.shop.co.uk/', ['a=1; Domain=.shop.co.uk'], 'https://login.shop.co.uk/', 'a=1'],
  ['is for no public suffix', 'https://www.shop.co.uk/', ['a=1; Domain=co.uk'], 'https://other.co.uk/', null],
  ['is for no other domain', 'https://shop.test/', ['a=1; Domain=other.test'], 'https://other.test/', null],
  ['is for no part of an address', 'http://10.1.2.3/', ['a=1; Domain=2.3'], 'http://10.9.2.3/', null],
  ['does not go in clear when it is secure', 'https://shop.test/', ['a=1; Secure'], 'http://shop.test/', null],
  ['goes below its path', 'https://shop.test/', ['a=1; Path=/in'], 'https://shop.test/in/x?y', 'a=1'],
  ['does not go to a path that only begins like it', 'https://shop.test/', ['a=1; Path=/in'], 'https://shop.test/inside', null],
  ['has the path of its request without one', 'https://shop.test/in/set', ['a=1'], 'https://shop.test/out', null],
  ['is replaced by its next value', 'https://shop.test/', ['a=1', 'b=2', 'a=3'], 'https://shop.test/', 'b=2; a=3'],
  ['is removed by its age', 'https://shop.test/', ['a=1', 'a=; Max-Age=0'], 'https://shop.test/', null],
  ['is removed by its date', 'https://shop.test/', ['a=1', 'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], 'https://shop.test/', null],
  ['stays until its date', 'https://shop.test/', ['a=1; Expires=Fri, 27 Nov 2026 21:00:00 GMT'], 'https://shop.test/', 'a=1'],
  ['needs a name', 'https://shop.test/', ['=1', 'a'], 'https://shop.test/', null],
  ['never ends the field it is sent in', 'https://shop.test/', ['a=1\r\nHost: other.test', 'b=\u0000'], 'https://shop.test/', null],
  ['of a longer path comes first', 'https://shop.test/', ['a=1; Path=/', 'a=2; Path=/in'], 'https://shop.test/in', 'a=2; a=1'],
];

describe('a cookie', () => {
  test.each(rows)('%s', async (_sentence, from, set, to, sent) => {
    const jar = await jarAfter(from, ...set);
    expect(jar.fieldFor(target(to))?.value ?? null).toBe(sent);
  });

  test('is one of fifty at most', async () => {
    const jar = await jarAfter('https://shop.test/', ...Array.from({ length: 80 }, (_, i) => `c${i}=1`));
    expect(jar.fieldFor(target('https://shop.test/'))?.value.split('; ')).toHaveLength(50);
  });

  test('comes behind those that the user gave', () => {
    const given = [
      { name: 'cookie', value: 'mine=1' },
      { name: 'X', value: 'y' },
    ];
    expect(withCookies(given, { name: 'Cookie', value: 'a=1' })).toEqual([
      { name: 'X', value: 'y' },
      { name: 'Cookie', value: 'mine=1; a=1' },
    ]);
    expect(withCookies(given, null)).toBe(given);
  });

  test('of hostile fields throws nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (value) => {
        const jar = await jarAfter('https://shop.test/a/b', value);
        jar.fieldFor(target('https://shop.test/a/b'));
      }),
    );
  });
});
