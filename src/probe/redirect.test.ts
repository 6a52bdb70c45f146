import { describe, expect, test } from 'vitest';
import { bareContext, onlyOne } from '../../test/unit/bare-context.ts';
import { nextTarget, optionsFor } from './redirect.ts';
import { isTarget, parseTarget, type Target } from './target.ts';
import type { WalkOptions } from './walk-options.ts';

const from = parseTarget('https://shop.test/old?x=1') as Target;

function follow(
  status: number,
  location: string | null,
  method = 'GET',
  visited: string[] = [from.url],
  options: Partial<WalkOptions> = {},
) {
  const context = bareContext(options);
  const headers = location === null ? [] : [{ name: 'location', value: location }];
  const next = nextTarget(
    context,
    from,
    method,
    { status, headers, connection: 'c0', server: { address: '192.0.2.1', port: 443 } },
    visited.map((url) => ({ url, cookies: null })),
  );
  return { next: next === null ? null : `${next.method} ${next.target.url}`, outcome: onlyOne(context, 'http.redirected').outcome };
}

const rows: [sentence: string, status: number, location: string | null, next: string | null, outcome: string][] = [
  ['an absolute location', 301, 'https://www.shop.test/', 'GET https://www.shop.test/', 'followed'],
  ['a path', 302, '/new', 'GET https://shop.test/new', 'followed'],
  ['another query', 307, '?x=2', 'GET https://shop.test/old?x=2', 'followed'],
  ['another host, same scheme', 308, '//other.test/a', 'GET https://other.test/a', 'followed'],
  ['itself', 302, '/old?x=1', null, 'visited-before'],
  ['itself with a fragment', 302, '/old?x=1#top', null, 'visited-before'],
  ['nowhere', 302, null, null, 'missing-location'],
  ['an empty place', 302, '', null, 'missing-location'],
  ['an unreadable place', 302, 'https://[', null, 'invalid-location'],
  ['a file', 302, 'file:///etc/passwd', null, 'forbidden-scheme'],
  ['a script', 302, 'javascript:alert(1)', null, 'forbidden-scheme'],
];

describe('a redirect', () => {
  test.each(rows)('to %s', (_sentence, status, location, next, outcome) => {
    expect(follow(status, location)).toEqual({ next, outcome });
  });

  test.each([
    ['the same origin', '/new', 'complete', 'content-length', [], true],
    ['another origin', 'https://www.shop.test/', 'complete', 'content-length', [], undefined],
    ['the same origin, after which the server closes', '/new', 'complete', 'content-length', ['connection', 'Close'], undefined],
    ['the same origin, by an answer that ends with the connection', '/new', 'complete', 'until-close', [], undefined],
    ['the same origin, by an answer that is cut off', '/new', 'cut-off', 'content-length', [], undefined],
  ] as const)('to %s: whether a browser goes on over the connection', (_sentence, location, end, framing, [name, value], reuses) => {
    const context = bareContext({});
    const server = { address: '192.0.2.1', port: 443 };
    const headers = [{ name: 'location', value: location }, ...(name === undefined ? [] : [{ name, value: value ?? '' }])];
    const facts = { connection: 'c0', server, framing, end, endedBy: null, silentMs: null, bytes: 0, expectedBytes: null } as const;
    context.recorder.observe({
      ...facts,
      kind: 'http.body-received',
      checkpoint: 'http',
      atMs: 0,
      encodings: [],
      decodedBytes: null,
      decodeFailure: null,
    });
    nextTarget(context, from, 'GET', { status: 302, headers, connection: 'c0', server }, [{ url: from.url, cookies: null }]);
    expect(onlyOne(context, 'http.redirected').reusesConnection).toBe(reuses);
  });

  test('after POST becomes GET for 301, 302 and 303, and stays POST for 307 and 308', () => {
    const methods = [301, 302, 303, 307, 308].map((status) => follow(status, '/new', 'POST').next?.split(' ')[0]);
    expect(methods).toEqual(['GET', 'GET', 'GET', 'POST', 'POST']);
  });

  test('to two places goes to neither, and to one place said twice goes there', () => {
    const answer = (...locations: string[]) => ({
      status: 302,
      headers: locations.map((value) => ({ name: 'location', value })),
      connection: 'c0',
      server: { address: '192.0.2.1', port: 443 },
    });
    const context = bareContext();
    expect(nextTarget(context, from, 'GET', answer('/a', '/b'), [])).toBeNull();
    expect(onlyOne(context, 'http.redirected')).toMatchObject({ outcome: 'invalid-location', location: '/a, /b' });
    expect(nextTarget(bareContext(), from, 'GET', answer('/a', '/a'), [])?.target.url).toBe('https://shop.test/a');
  });

  test.each([
    ['asked without the cookies that were set since', [null], 'a=1', 'followed', 'sent-now'],
    ['asked with other cookies', [null, 'a=1'], 'a=2', 'followed', 'sent-now'],
    ['asked with the same cookies', [null, 'a=1'], 'a=1', 'visited-before', 'sent-before'],
    ['asked, and nothing was set', [null], null, 'visited-before', undefined],
    ['asked four times with other cookies each time', [null, 'a=1', 'a=2', 'a=3'], 'a=4', 'visited-before', 'sent-before'],
  ] as const)('back to a URL that was %s', (_sentence, before, now, outcome, cookies) => {
    const context = bareContext();
    const answer = {
      status: 302,
      headers: [{ name: 'location', value: from.url }],
      connection: 'c0',
      server: { address: '192.0.2.1', port: 443 },
    };
    const visited = before.map((sent) => ({ url: from.url, cookies: sent }));
    nextTarget(context, from, 'GET', answer, visited, () => now);
    const redirected = onlyOne(context, 'http.redirected');
    expect([redirected.outcome, redirected.cookies]).toEqual([outcome, cookies]);
  });

  test('stops at the limit', () => {
    expect(follow(302, '/3', 'GET', [from.url, 'https://shop.test/2'], { maxRedirects: 1 })).toEqual({ next: null, outcome: 'too-many' });
    expect(follow(302, '/3', 'GET', [from.url], { maxRedirects: 0 })).toEqual({ next: null, outcome: 'not-followed' });
  });

  test('keeps the credentials of the URL within its origin, and nowhere else', () => {
    const typed = parseTarget('https://user:secret@shop.test/') as Target;
    const answer = (location: string) => ({
      status: 302,
      headers: [{ name: 'location', value: location }],
      connection: 'c0',
      server: { address: '192.0.2.1', port: 443 },
    });
    const kept = ['/new', 'https://other.test/', 'http://shop.test/'].map(
      (location) => nextTarget(bareContext(), typed, 'GET', answer(location), [])?.target.credentials,
    );
    expect(kept).toEqual(['user:secret', null, null]);
  });

  test('that was expected is not followed', () => {
    expect(follow(301, '/new', 'GET', [from.url], { expect: { statuses: [301] } }).outcome).toBe('not-followed');
  });

  test('is none for 304 and 300', () => {
    const context = bareContext();
    const answer = { status: 304, headers: [], connection: 'c0', server: { address: '192.0.2.1', port: 443 } };
    expect(nextTarget(context, from, 'GET', answer, [])).toBeNull();
    expect(context.recorder.seen('http.redirected')).toEqual([]);
    expect(isTarget(from)).toBe(true);
  });
});

describe('what was stated for the host typed', () => {
  const stated = [
    { name: 'Authorization', value: 'Bearer x' },
    { name: 'X-Api-Key', value: 'x' },
    { name: 'Host', value: 'shop.test' },
    { name: 'Accept-Language', value: 'de' },
  ];

  const rows: [sentence: string, url: string, kept: string[], connects: boolean][] = [
    ['stays for the same host', 'https://shop.test/new', ['Authorization', 'X-Api-Key', 'Host', 'Accept-Language'], true],
    ['loses its secrets on another host', 'https://other.test/', ['Accept-Language'], false],
    ['loses its secrets on another port', 'https://shop.test:8443/', ['Accept-Language'], true],
    ['loses its secrets without TLS', 'http://shop.test/', ['Accept-Language'], true],
  ];

  test.each(rows)('%s', (_sentence, url, kept, connects) => {
    const { options } = bareContext({ headers: stated, connectTo: { address: '192.0.2.7', port: 0 } });
    const then = optionsFor(options, from, parseTarget(url) as Target);
    expect(then.headers.map((field) => field.name)).toEqual(kept);
    expect(then.connectTo !== null).toBe(connects);
  });
});
