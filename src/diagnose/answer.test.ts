import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerers, marksIn, pageMarks } from '../model/answerers/registry.ts';
import { defaultBudgets } from '../model/expectation.ts';
import type { Observation } from '../model/observation.ts';
import type { HeaderField } from '../model/observations/http.ts';
import { answerOf } from './answer.ts';
import { recogniseAll } from './answer-signs.ts';
import { createFacts } from './facts.ts';

const folder = join(import.meta.dirname, '../../fixtures/answers');
const files = readdirSync(folder).filter((name) => name.endsWith('.http'));

interface Sample {
  status: number;
  headers: HeaderField[];
  body: string;
}

function sampleIn(name: string): Sample {
  const text = readFileSync(join(folder, name), 'utf8');
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map((line) => ({
    name: line.slice(0, line.indexOf(':')).toLowerCase(),
    value: line.slice(line.indexOf(':') + 1).trim(),
  }));
  return { status: Number(first.split(' ')[1]), headers, body: text.slice(end + 4) };
}

/** The answer as judged from a response and its content. */
function judged({ status, headers, body }: Sample, durationMs = 12, url = 'https://www.shop.example/', entry?: string | null) {
  const parsed = new URL(url);
  const hostKind = /^[\d.]+$/.test(parsed.hostname) ? 'ipv4' : 'name';
  const scheme = parsed.protocol === 'https:' ? 'https' : 'http';
  const base = { hop: 0, checkpoint: 'http', connection: 'c0', server: { address: '192.0.2.1', port: 443 } } as const;
  const observations: Observation[] = [
    { hop: 0, id: 'e0', kind: 'target.parsed', checkpoint: 'target', atMs: 0, url, scheme, host: parsed.hostname, hostKind, port: 443 },
    {
      ...base,
      id: 'e1',
      kind: 'http.response-received',
      atMs: 12,
      durationMs,
      status,
      reason: '',
      version: '1.1',
      headers,
      headerBytes: 100,
      interim: [],
    },
    { ...base, id: 'e2', kind: 'http.excerpt', atMs: 13, title: null, text: '', marks: marksIn(body) },
  ];
  if (entry !== undefined) {
    const listed = { entry, host: parsed.hostname, list: 'Chromium', listDate: '2025-01-01' };
    observations.push({ hop: 0, id: 'e3', kind: 'target.preload', checkpoint: 'target', atMs: 14, ...listed });
  }
  return answerOf(createFacts(observations, 0, 0, { expect: {}, budgets: defaultBudgets, interrupted: false }));
}

describe('a documented answer', () => {
  test.each(files)('%s is told', (name) => {
    const [product = '', says = ''] = name.split('.');
    const answer = judged(sampleIn(name));
    expect(answer?.parties.map((party) => party.id)).toContain(product);
    if (says === 'seen') return;
    expect([answer?.author?.id, answer?.says]).toEqual([product, says]);
  });

  test('is there for every product, forty at least, each with its source', () => {
    const shown = new Set(files.map((name) => name.split('.')[0]));
    expect(answerers.map((answerer) => answerer.id).filter((id) => !shown.has(id))).toEqual([]);
    expect(answerers.length).toBeGreaterThanOrEqual(40);
    for (const { id, sources } of answerers) for (const source of sources) expect(`${id} ${source}`).toMatch(/^[a-z0-9-]+ https?:\/\//);
    expect(new Set(answerers.map((answerer) => answerer.id)).size).toBe(answerers.length);
  });
});

const field = (name: string, value: string): HeaderField => ({ name, value });

describe('an answer nobody signed', () => {
  test('has no author, and nobody is said to have made it', () => {
    const answer = judged({ status: 502, headers: [field('content-type', 'text/html')], body: '<h1>Bad Gateway</h1>' });
    expect(answer).toMatchObject({ edge: null, origin: null, author: null, saidBy: 'unknown', says: null });
  });

  test('of a page that quotes half of a sign is not told by it', () => {
    expect(recogniseAll({ status: 200, headers: [], marks: marksIn('How to get rid of "Welcome to nginx!"') })).toEqual([]);
  });

  test.each([
    ['a challenge script on a page that works', 200, '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'],
    ['the word blocked', 200, 'You have been blocked, says the article'],
  ])('%s', (_, status, body) => {
    expect(judged({ status, headers: [field('server', 'cloudflare')], body })?.says).toBeNull();
  });

  test.each([
    ['an error in JSON that Amazon API Gateway words alike', 500, '{"statusCode":500,"message":"Internal server error"}'],
    ['a missing token that Amazon API Gateway words alike', 403, '{"message":"Missing Authentication Token"}'],
    ['a limit that Kong words alike', 429, '{"message":"API rate limit exceeded for user ID 1."}'],
    ['a block that Azure Front Door words alike', 403, '<p>The request is blocked.</p>'],
    ['a block that Rails words alike', 403, '<h1>Blocked host</h1><p>Ask your administrator.</p>'],
    ['a number that Cloudflare has as well', 200, '{"ok":false,"error":"error code: 1001"}'],
  ])('%s', (_, status, body) => {
    const answer = judged({ status, headers: [field('server', 'envoy')], body });
    expect([answer?.author, answer?.says]).toEqual([null, null]);
  });

  test.each([
    ['aws-api-gateway', 'upstream-failed', 500, 'x-amzn-errortype', '{"message": "Internal server error"}'],
    ['aws-api-gateway', 'unknown-site', 403, 'x-amzn-errortype', '{"message":"Missing Authentication Token"}'],
    ['kong', 'rate-limited', 429, 'x-kong-response-latency', '{"message":"API rate limit exceeded"}'],
    ['azure-front-door', 'blocked', 403, 'x-azure-ref', '<h2>The request is blocked.</h2>'],
    ['cloudflare', 'error', 500, 'cf-ray', '<div id="cf-error-details">Internal server error</div>'],
  ])('is told with its own field beside: %s %s', (product, says, status, name, body) => {
    const answer = judged({ status, headers: [field(name, '1')], body });
    expect([answer?.author?.id, answer?.says]).toEqual([product, says]);
  });
});

describe('who said it', () => {
  test('the origin, when the edge only passed it on', () => {
    const answer = judged({
      status: 503,
      headers: [field('server', 'istio-envoy'), field('x-envoy-upstream-service-time', '12'), field('x-powered-by', 'Express')],
      body: '',
    });
    expect(answer).toMatchObject({ edge: { id: 'envoy' }, origin: { id: 'express' }, saidBy: 'origin' });
  });

  test('the edge, when its own page says so, whoever else is named', () => {
    const answer = judged({
      status: 502,
      headers: [field('server', 'cloudflare'), field('cf-ray', '1-FRA')],
      body: '<html><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></html>',
    });
    expect(answer).toMatchObject({ edge: { id: 'cloudflare' }, saidBy: 'edge', says: 'upstream-failed', requestIds: [{ name: 'cf-ray' }] });
  });

  test('the server behind the edge, when it is its page', () => {
    const answer = judged({
      status: 502,
      headers: [field('server', 'cloudflare'), field('cf-ray', '1-FRA')],
      body: '<html><center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.22.1</center></html>',
    });
    expect(answer).toMatchObject({ edge: { id: 'cloudflare' }, author: { id: 'nginx' }, saidBy: 'origin' });
  });
});

describe('a wait that equals a limit', () => {
  const nginx = { status: 504, headers: [field('server', 'nginx')], body: '<center>nginx</center>' };
  test.each([
    ['of the product', nginx, 60_020, { seconds: 60, answerer: 'nginx', setting: 'proxy_read_timeout' }],
    ['round and nobody’s', { status: 504, headers: [], body: '' }, 30_050, { seconds: 30, answerer: null, setting: null }],
    ['of nobody: too early', nginx, 59_000, null],
    ['of nobody: at once', nginx, 12, null],
    ['of nobody: not round', nginx, 41_300, null],
    ['of no gateway', { ...nginx, status: 500 }, 60_020, null],
  ] as const)('%s', (_, sample, durationMs, limit) => {
    expect(judged({ ...sample, headers: [...sample.headers] }, durationMs)?.limit ?? null).toEqual(limit);
  });
});

describe('fields', () => {
  test.each([
    ['cache-status', 'ExampleCache; hit; ttl=30', 'hit'],
    ['cache-status', 'Origin; fwd=uri-miss, Edge; hit', 'hit'],
    ['cache-status', 'Edge; fwd=stale; fwd-status=304', 'refreshed'],
    ['cache-status', 'Edge; hit; ttl=-20', 'stale'],
    ['cache-status', 'Edge; fwd=bypass', 'bypass'],
    ['cache-status', 'Edge; fwd=uri-miss; stored', 'miss'],
    ['x-cache', 'MISS, HIT', 'hit'],
    ['x-cache', 'HIT, MISS', 'miss'],
    ['x-cache', 'Error from cloudfront', 'error'],
    ['x-cache', 'RefreshHit from cloudfront', 'refreshed'],
    ['x-cache', 'TCP_MEM_HIT from a1.deploy.akamaitechnologies.com', 'hit'],
    ['age', '120', 'hit'],
    ['x-cache-status', 'BYPASS', 'bypass'],
  ])('%s: %s means %s', (name, value, state) => {
    expect(judged({ status: 200, headers: [field(name, value)], body: '' })?.cache?.state).toBe(state);
  });

  test('without any, nothing is said of a cache', () => {
    expect(judged({ status: 200, headers: [field('age', '0')], body: '' })?.cache).toBeNull();
  });

  test('Server-Timing and Retry-After are read', () => {
    const answer = judged({
      status: 503,
      headers: [
        field('server-timing', 'db;dur=53.2;desc="the query", app;dur=47, miss'),
        field('retry-after', 'Thu, 01 Jan 2026 00:02:00 GMT'),
        field('date', 'Thu, 01 Jan 2026 00:00:00 GMT'),
      ],
      body: '',
    });
    expect(answer?.serverTiming).toEqual([
      { name: 'db', durationMs: 53.2, description: 'the query' },
      { name: 'app', durationMs: 47, description: null },
      { name: 'miss', durationMs: null, description: null },
    ]);
    expect(answer?.retryAfterSeconds).toBe(120);
  });

  test.each([
    [
      'max-age=31536000; includeSubDomains; preload',
      { maxAgeSeconds: 31_536_000, includeSubDomains: true, preload: true, preloaded: null },
    ],
    ['max-age="300"', { maxAgeSeconds: 300, includeSubDomains: false, preload: false, preloaded: null }],
    ['max-age=0', { maxAgeSeconds: 0, includeSubDomains: false, preload: false, preloaded: null }],
    ['includeSubDomains', null],
  ])('Strict-Transport-Security: %s', (value, expected) => {
    const sample = { status: 200, headers: [field('strict-transport-security', value)], body: '' };
    expect(judged(sample, 12, 'https://www.shop.example/')?.transportSecurity).toEqual(expected);
    expect(judged(sample, 12, 'http://www.shop.example/')?.transportSecurity).toBeNull();
    expect(judged(sample, 12, 'https://192.0.2.1/')?.transportSecurity).toBeNull();
  });

  test.each([
    ['http://shop.dev/', 'dev', 'top-level-domain'],
    ['http://pay.bank.example/', 'bank.example', 'name'],
    ['https://shop.dev/', 'dev', null],
    ['http://shop.example/', null, null],
    ['http://shop.example/', undefined, null],
    ['http://192.0.2.1/', undefined, null],
  ])('a browser that is given %s, of which the list has %s', (url, entry, upgradedBy) => {
    expect(judged({ status: 200, headers: [field('keep-alive', 'timeout=15')], body: '' }, 12, url, entry)).toMatchObject({
      upgradedBy,
      keepAliveSeconds: 15,
    });
  });

  test('of anybody are read without throwing, in time', () => {
    const names = fc.constantFrom('server-timing', 'cache-status', 'x-cache', 'retry-after', 'age', 'via', 'server', 'date', 'x-iinfo');
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.array(fc.tuple(names, fc.string({ maxLength: 300 }))),
        fc.string(),
        (status, list, body) => {
          judged({ status, headers: list.map(([name, value]) => field(name, value)), body });
        },
      ),
    );
    const startedMs = performance.now();
    for (const value of ['a;'.repeat(4000), 'a;dur="'.repeat(1000), ';desc='.repeat(2000), ','.repeat(8000)])
      judged({ status: 200, headers: ['server-timing', 'cache-status', 'x-cache', 'via'].map((name) => field(name, value)), body: '' });
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

test('marks are literal texts that no other mark makes ambiguous: none is shorter than five characters', () => {
  expect(pageMarks.filter((mark) => mark.length < 5)).toEqual([]);
});
