import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { defaultBudgets, type Expectation } from '../../src/model/expectation.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import type { HttpVariationTried } from '../../src/model/observations/http.ts';
import { sentenceFor } from '../../src/report/sentences/all-sentences.ts';
import * as evidence from './evidence.ts';

const base = { checkpoint: 'http', atMs: 60, connection: 'c0', server: evidence.server } as const;

function excerpt(title: string, ...marks: string[]): ObservationDraft {
  return { ...base, kind: 'http.excerpt', title, text: title, marks };
}

function answer(status: number, headers: Record<string, string> = {}, durationMs = 20): ObservationDraft {
  const fields = Object.entries(headers).map(([name, value]) => ({ name, value }));
  return {
    ...base,
    kind: 'http.response-received',
    durationMs,
    status,
    reason: '',
    version: '1.1',
    headers: fields,
    headerBytes: 100,
    interim: [],
  };
}

function page(textCharacters: number, title: string | null = null, expectedTextFound: boolean | null = null): ObservationDraft {
  return {
    kind: 'page.document',
    checkpoint: 'page',
    atMs: 61,
    url: 'https://www.shop.com/',
    mediaType: 'text/html',
    bytes: textCharacters * 3,
    textCharacters,
    contentElements: 3,
    title,
    expectedTextFound,
  } as ObservationDraft;
}

function varied(
  variation: HttpVariationTried['variation'],
  outcome: HttpVariationTried['outcome'],
  status: number | null = null,
  address = '198.51.100.7',
): ObservationDraft {
  return {
    kind: 'http.variation-tried',
    checkpoint: 'http',
    atMs: 90,
    variation,
    server: { address, port: 443 },
    url: 'https://www.shop.com/health',
    host: variation === 'other-host' ? 'example.org' : 'www.shop.com',
    outcome,
    status,
    proven: null,
    followUp: variation,
  };
}

const opened = [evidence.chosen([evidence.server.address]), evidence.connected()];

function verdictOf(drafts: ObservationDraft[], expectation: Expectation = {}, url = 'https://www.shop.com/') {
  const secured = url.startsWith('https') ? [evidence.handshake(), evidence.certificates()] : [];
  const observations = evidence.numbered(evidence.target(url), ...opened, ...secured, evidence.requestSent(), evidence.body(), ...drafts);
  const diagnosis = diagnose(observations, { expect: expectation, budgets: defaultBudgets, interrupted: false });
  const quoted = diagnosis.findings.find((finding) => finding.id === diagnosis.verdict.finding);
  return { ...diagnosis.verdict, words: quoted === undefined ? '' : sentenceFor(quoted.cause, quoted.detail, null) };
}

const challenge = [answer(403, { server: 'cloudflare', 'cf-mitigated': 'challenge' })];
const nginxDefault = excerpt('Welcome to nginx!', 'Welcome to nginx!', 'the nginx web server is successfully installed');

describe('an answer in place of the application', () => {
  const rows: [string, ObservationDraft[], string | null, Expectation?][] = [
    ['a challenge', challenge, 'http.blocked'],
    ['403 of an application', [answer(403, { server: 'cloudflare' })], 'http.forbidden'],
    ['a challenge that was expected', challenge, null, { statuses: [403] }],
    ['a block page with 200', [answer(200), excerpt('', 'Incapsula incident ID'), page(60)], 'http.blocked'],
    [
      'a long article that quotes a block page',
      [answer(200), excerpt('Firewalls', 'Incapsula incident ID'), page(9000, 'Firewalls')],
      null,
    ],
    ['a default page', [answer(200), nginxDefault, page(300, 'Welcome to nginx!')], 'http.wrong-site'],
    ['a tutorial about it', [answer(200), nginxDefault, page(8000, 'How to install nginx')], null],
    [
      'a default page that says what was expected',
      [answer(200), nginxDefault, page(300, 'Welcome to nginx!', true)],
      null,
      { text: 'Welcome' },
    ],
    [
      'a platform that does not know the name',
      [answer(404, { server: 'GitHub.com' }), excerpt('', "There isn't a GitHub Pages site here.")],
      'http.wrong-site',
    ],
    ['404 of a platform that does', [answer(404, { server: 'GitHub.com' })], 'http.not-found'],
    [
      'a host that the application refuses',
      [answer(403), excerpt('', 'Blocked request. This host (', 'is not allowed.')],
      'http.bad-request',
    ],
    ['a limit that says 403', [answer(403, { server: 'cloudflare' }), excerpt('', 'error code: 1015')], 'http.rate-limited'],
  ];
  test.each(rows)('%s', (_, drafts, cause, expectation) => {
    expect(verdictOf(drafts, expectation).cause).toBe(cause);
  });

  test('a default page of an address is what was asked for', () => {
    const drafts = [answer(200), nginxDefault, page(300, 'Welcome to nginx!')];
    expect(verdictOf(drafts, {}, 'http://203.0.113.10/').cause).toBeNull();
  });
});

describe('an error page that is delivered as success', () => {
  const fatal = excerpt('', '<b>Fatal error</b>:');
  const database = excerpt('Database Error', 'Error establishing a database connection');
  const suspended = excerpt('Account Suspended', 'This Account has been suspended.');
  const rows: [string, ObservationDraft[], string | null, Expectation?][] = [
    ['an exception of PHP', [answer(200), fatal, page(80)], 'http.server-error'],
    ['an application without its database', [answer(200), database, page(40, 'Database Error')], 'http.server-error'],
    ['a proxy that says 502 in words alone', [answer(200), excerpt('502 Bad Gateway', '<center>nginx'), page(15)], 'http.server-error'],
    ['an account that is suspended', [answer(200), suspended, page(60, 'Account Suspended')], 'http.unavailable'],
    ['a page that goes on behind the exception', [answer(200), fatal, page(4000, 'Shop')], null],
    [
      'an article with the error in its title',
      [answer(200), excerpt('Error establishing a database connection: what now?', 'Error establishing a database connection'), page(9000)],
      null,
    ],
    ['a redirect that a proxy words the same way', [answer(307), excerpt('307 Temporary Redirect', '<center>nginx'), page(22)], null],
    ['an error page where its status says so', [answer(500), database, page(40)], 'http.server-error'],
    ['the text that was expected', [answer(200), database, page(40, null, true)], null, { text: 'Error' }],
    ['no page at all', [answer(200), fatal], null],
  ];
  test.each(rows)('%s', (_, drafts, cause, expectation) => {
    expect(verdictOf(drafts, expectation).cause).toBe(cause);
  });

  test('is said to be one, and nobody has to suspect the network', () => {
    expect(verdictOf([answer(200), fatal, page(80)])).toMatchObject({
      confidence: 'likely',
      side: 'origin',
      words:
        'The server answered 200, and the page is an error page (PHP): the application failed after it received the request. The network is fine.',
    });
  });
});

describe('a status that says what it means', () => {
  const cloudflare = { server: 'cloudflare', 'cf-ray': '1-FRA' };
  test.each([
    [402, 'http.client-error', 'proven', 'paid'],
    [405, 'http.client-error', 'proven', 'not for this method'],
    [413, 'http.client-error', 'proven', 'larger than it accepts'],
    [422, 'http.client-error', 'proven', 'rejects its content. The network is fine.'],
    [426, 'http.client-error', 'proven', 'WebSocket'],
    [451, 'http.client-error', 'proven', 'legal reasons'],
    [500, 'http.server-error', 'proven', 'The network is fine.'],
    [508, 'http.server-error', 'proven', 'limit is used up'],
    [509, 'http.server-error', 'likely', 'bandwidth'],
    [529, 'http.server-error', 'likely', 'overloaded'],
    [999, 'http.server-error', 'likely', 'automatic clients'],
  ] as const)('%i', (status, cause, confidence, words) => {
    const verdict = verdictOf([answer(status)]);
    expect([verdict.cause, verdict.confidence]).toEqual([cause, confidence]);
    expect(verdict.words).toContain(words);
  });

  test.each([
    [426, 'http.client-error', 'drops the Upgrade field'],
    [400, 'http.bad-request', 'drops the Upgrade field'],
    [200, 'http.unexpected', 'in place of switching to WebSocket (101)'],
    [404, 'http.not-found', 'there is nothing at this path'],
  ] as const)('%i to a request for WebSocket', (status, cause, words) => {
    const verdict = verdictOf([answer(status)], {}, 'wss://www.shop.com/chat');
    expect(verdict.cause).toBe(cause);
    expect(verdict.words).toContain(words);
  });

  test('400 and 426 to any other request say nothing of WebSocket proxies', () => {
    expect([400, 426].map((status) => verdictOf([answer(status)]).words).join()).not.toContain('drops the Upgrade field');
  });

  test('408 says nothing in favour of the network', () => {
    expect(verdictOf([answer(408)]).words).not.toContain('network');
  });

  test.each([
    ['530 of Cloudflare', 530, cloudflare, 'http.origin-down', 'proven'],
    ['530 of somebody else', 530, { server: 'nginx' }, 'http.server-error', 'likely'],
    ['522 of Cloudflare', 522, cloudflare, 'http.origin-down', 'proven'],
    ['522 of somebody else', 522, { server: 'edge' }, 'http.origin-down', 'likely'],
  ] as const)('%s', (_, status, headers, cause, confidence) => {
    const verdict = verdictOf([answer(status, headers)]);
    expect([verdict.cause, verdict.confidence]).toEqual([cause, confidence]);
  });
});

describe('edge against origin', () => {
  const rows: [string, ObservationDraft[], string | null, string?][] = [
    ['the origin works', [answer(502), varied('origin', 'answered', 200)], 'http.edge-only', 'proven'],
    ['the origin answers 500', [answer(502), varied('origin', 'answered', 500)], 'http.origin-down', 'proven'],
    ['the origin refuses', [answer(503), varied('origin', 'refused')], 'http.origin-down', 'likely'],
    ['the origin is silent, as behind a firewall', [answer(502), varied('origin', 'unreachable')], 'http.bad-gateway'],
    ['the origin breaks off', [answer(502), varied('origin', 'broken', 200)], 'http.bad-gateway'],
    ['both work', [answer(200), varied('origin', 'answered', 200)], null],
    ['the edge works and the origin does not', [answer(200), varied('origin', 'answered', 500)], null],
    ['the origin given is the edge itself', [answer(502), varied('origin', 'answered', 200, evidence.server.address)], 'http.bad-gateway'],
    ['the edge forbids, the origin does not', [answer(403), varied('origin', 'answered', 200)], 'http.edge-only', 'proven'],
    ['the edge challenges', [...challenge, varied('origin', 'answered', 200)], 'http.blocked'],
  ];
  test.each(rows)('%s', (_, drafts, cause, confidence) => {
    const verdict = verdictOf(drafts);
    expect(verdict.cause).toBe(cause);
    if (confidence !== undefined) expect(verdict.confidence).toBe(confidence);
  });
});

describe('health path against failing path', () => {
  test('only the path fails', () => {
    const verdict = verdictOf([answer(500), varied('health-path', 'answered', 200)]);
    expect([verdict.cause, verdict.scope]).toEqual(['http.server-error', ['path']]);
    expect(verdict.words).toContain('so only this path fails');
  });

  test('both fail', () => {
    const verdict = verdictOf([answer(500), varied('health-path', 'answered', 503)]);
    expect([verdict.cause, verdict.scope]).toEqual(['http.server-error', []]);
    expect(verdict.words).toContain('answers 503');
  });
});

describe('a host that is filtered', () => {
  const reset = evidence.ended('tcp.reset-received', 'request-sent');
  const clear = 'http://www.shop.com/';
  const rows: [string, ObservationDraft[], string][] = [
    [
      'this name fails twice, another is answered',
      [reset, varied('again', 'reset'), varied('other-host', 'answered', 200)],
      'http.host-filtered',
    ],
    ['the second attempt works: chance', [reset, varied('again', 'answered', 200), varied('other-host', 'answered', 200)], 'http.reset'],
    ['every name fails', [reset, varied('again', 'reset'), varied('other-host', 'reset')], 'http.reset'],
    ['nothing was tried', [reset], 'http.reset'],
  ];
  test.each(rows)('%s', (_, drafts, cause) => {
    const observations = evidence.numbered(evidence.target(clear), ...opened, evidence.requestSent(), ...drafts);
    expect(diagnose(observations, evidence.contextOf()).verdict.cause).toBe(cause);
  });
});

describe('a wait that equals a limit', () => {
  test('is named with its product and setting', () => {
    const verdict = verdictOf([answer(504, { server: 'nginx' }, 60_030), excerpt('504 Gateway Time-out', '<center>nginx')]);
    expect(verdict.words).toBe(
      'A proxy or load balancer (nginx) waited 1 min for the server behind it and gave up (504): that equals a time limit of nginx, 1 min (proxy_read_timeout).',
    );
  });

  test('is not made up for one that does not', () => {
    expect(verdictOf([answer(504, { server: 'nginx' }, 7300)]).words).not.toContain('limit');
  });
});

describe('HTTP/2 that breaks', () => {
  const second = { ...evidence.requestSent(), version: '2' } as ObservationDraft;
  const again = { ...evidence.requestSent(), connection: 'c1' } as ObservationDraft;
  const answered1 = { ...answer(200), connection: 'c1' } as ObservationDraft;
  const ended: ObservationDraft = {
    ...base,
    kind: 'http.stream-ended',
    how: 'stream-reset',
    errorCode: 1,
    errorName: 'PROTOCOL_ERROR',
    debug: '',
    phase: 'request-sent',
  };
  const start = [evidence.target(), ...opened, evidence.handshake(), evidence.certificates(), second];
  const verdict = (...drafts: ObservationDraft[]) => {
    const { cause, status } = diagnose(evidence.numbered(...start, ...drafts), evidence.contextOf()).verdict;
    return `${status} ${cause}`;
  };

  test('and HTTP/1.1 that works', () => {
    expect(verdict(ended, again, answered1, evidence.body())).toBe('degraded http.h2-failed');
    expect(verdict(evidence.ended('tcp.closed-by-peer', 'request-sent'), again, answered1, evidence.body())).toBe(
      'degraded http.h2-failed',
    );
    expect(verdict({ ...evidence.malformed(), rule: 'h2-frame' } as ObservationDraft, again, answered1, evidence.body())).toBe(
      'degraded http.h2-failed',
    );
  });

  test('and was invited to ask again, as by a server that is restarted: once says nothing', () => {
    const restarted = { ...ended, how: 'goaway', errorCode: 0, errorName: 'NO_ERROR' } as ObservationDraft;
    expect(verdict(restarted, again, answered1, evidence.body())).toBe('ok null');
    expect(verdict({ ...restarted, errorCode: 11 } as ObservationDraft, again, answered1, evidence.body())).toBe('degraded http.h2-failed');
  });

  test('twice, although it was invited to ask again', () => {
    const refused = { ...ended, errorCode: 7, errorName: 'REFUSED_STREAM' } as ObservationDraft;
    const restarted = { ...ended, how: 'goaway', errorCode: 0, errorName: 'NO_ERROR' } as ObservationDraft;
    const onThird = (draft: ObservationDraft) => ({ ...draft, connection: 'c2' }) as ObservationDraft;
    const twice = (draft: ObservationDraft) => [
      draft,
      { ...second, connection: 'c1' } as ObservationDraft,
      { ...draft, connection: 'c1' } as ObservationDraft,
      onThird(evidence.requestSent()),
      onThird(answer(200)),
      evidence.body(),
    ];
    expect(verdict(...twice(restarted))).toBe('degraded http.h2-failed');
    expect(verdict(...twice(refused))).toBe('degraded http.h2-failed');
  });

  test('on a server that speaks nothing else: what the handshake of HTTP/1.1 says is no fault of TLS', () => {
    const refused = { ...ended, errorCode: 7, errorName: 'REFUSED_STREAM' } as ObservationDraft;
    const noProtocol = { ...evidence.alert(120), connection: 'c1' } as ObservationDraft;
    expect(verdict(refused, noProtocol)).toBe('failed http.reset');
    const closed = { ...evidence.ended('tcp.closed-by-peer', 'hello-sent'), connection: 'c1' } as ObservationDraft;
    expect(verdict(refused, closed)).toBe('failed http.reset');
    // The same on the connection of the request itself is one.
    const late = [evidence.target(), ...opened, evidence.alert(120)];
    expect(diagnose(evidence.numbered(...late), evidence.contextOf()).verdict.cause).toBe('tls.alert');
  });

  test('and HTTP/1.1 that breaks as well: the version is not to blame', () => {
    const reset = { ...evidence.ended('tcp.reset-received', 'request-sent'), connection: 'c1' } as ObservationDraft;
    expect(verdict(ended, again, reset)).toBe('failed http.reset');
    expect(verdict(ended)).toBe('failed http.reset');
    expect(verdict({ ...ended, how: 'goaway', errorName: 'ENHANCE_YOUR_CALM' } as ObservationDraft)).toBe('failed http.closed');
  });

  test('and was never chosen: nothing is said of it', () => {
    const observations = evidence.numbered(...start.slice(0, -1), evidence.requestSent(), answer(200), evidence.body());
    expect(diagnose(observations, evidence.contextOf()).verdict.cause).toBeNull();
  });

  test('inside the content, where HTTP/1.1 brings it whole', () => {
    const cut = { ...evidence.body(), end: 'cut-off', endedBy: 'stream-reset' } as ObservationDraft;
    const header = { ...answer(200), version: '2' } as ObservationDraft;
    const inside = { ...ended, phase: 'response-body' } as ObservationDraft;
    expect(verdict(header, inside, cut, varied('http-1.1', 'answered', 200, evidence.server.address))).toBe('failed http.h2-failed');
    expect(verdict(header, inside, cut, varied('http-1.1', 'broken', 200, evidence.server.address))).toBe('failed http.truncated');
  });
});

describe('a body that trickles', () => {
  const trickle = (bytes: number, durationMs: number, more: object = {}): ObservationDraft =>
    ({ ...evidence.body(), bytes, durationMs, ...more }) as ObservationDraft;
  const rows: [string, ObservationDraft[], string | null][] = [
    ['130 kB in 3.2 s at 16 ms', [answer(200), trickle(130_000, 3200)], 'http.throttled'],
    ['2 MB in 3.2 s', [answer(200), trickle(2_000_000, 3200)], null],
    ['a small page', [answer(200), trickle(20_000, 3200)], null],
    ['quickly over', [answer(200), trickle(70_000, 900)], null],
    ['an event stream', [answer(200, { 'content-type': 'text/event-stream' }), trickle(130_000, 3200, { expectedBytes: null })], null],
    ['events that were all there before', [answer(200, { 'content-type': 'text/event-stream' }), trickle(130_000, 3200)], 'http.throttled'],
    ['cut off', [answer(200), trickle(130_000, 3200, { end: 'cut-off', endedBy: 'reset' })], 'http.truncated'],
  ];
  test.each(rows)('%s', (_, drafts, cause) => {
    const observations = evidence.numbered(
      evidence.target(),
      ...opened,
      evidence.handshake(),
      evidence.certificates(),
      evidence.requestSent(),
      ...drafts,
    );
    expect(diagnose(observations, evidence.contextOf()).verdict.cause).toBe(cause);
  });
});

describe('HTTP/3 that is offered', () => {
  const tried = (outcome: string, more: object = {}): ObservationDraft =>
    ({
      kind: 'http.quic-tried',
      checkpoint: 'http',
      atMs: 90,
      server: evidence.server,
      serverName: 'www.shop.com',
      advertisedBy: 'alt-svc',
      attempts: 4,
      outcome,
      followUp: 'quic',
      ...more,
    }) as ObservationDraft;
  test.each([
    // A network that drops UDP 443 does so for every site.
    ['silent', null, 'proven'],
    ['refused', 'http.h3-failed', 'proven'],
    ['closed', 'http.h3-failed', 'proven'],
    ['handshake', null, 'proven'],
    ['retry', null, 'proven'],
    ['version-negotiation', null, 'proven'],
  ])('%s', (outcome, cause, confidence) => {
    const verdict = verdictOf([answer(200), tried(outcome)]);
    expect([verdict.cause, verdict.confidence]).toEqual([cause, confidence]);
  });

  test('is no matter where the site itself fails', () => {
    expect(verdictOf([answer(502), tried('silent')]).cause).toBe('http.bad-gateway');
  });
});
