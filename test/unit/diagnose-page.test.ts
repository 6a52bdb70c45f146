import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import { answered, chosen, contextOf, numbered, responded, synRefused, systemLookup, target, upTo } from './evidence.ts';
import { answeredResource, compared, examined, foreign, pageUrl, resource, visited } from './evidence-page.ts';

type Row = [sentence: string, evidence: (ObservationDraft | ObservationDraft[])[], verdict: string, nested?: string];

/** The page with a header. */
const pageWith = (name: string, value: string): ObservationDraft[] =>
  upTo
    .page()
    .map(
      (draft) => (draft.kind === 'http.response-received' ? { ...responded(200), headers: [{ name, value }] } : draft) as ObservationDraft,
    );
const whole = (...more: ObservationDraft[]): ObservationDraft[] => [...upTo.page(), ...more, examined()];
const csp = (policy: string, ...more: ObservationDraft[]): ObservationDraft[] => [
  ...pageWith('content-security-policy', policy),
  ...more,
  examined(),
];

const missing = { status: 404, outcome: 'received' } as const;
const goneName = (name: string): ObservationDraft[] =>
  [
    target('https://cdn.else.net/x.js'),
    { ...systemLookup([], 'name-not-found'), name: 'cdn.else.net' } as ObservationDraft,
    { ...answered({ rcode: 3 }), name: 'cdn.else.net' } as ObservationDraft,
  ].map((draft) => ({ ...draft, resource: name }));

const sunkName = (name: string): ObservationDraft[] =>
  [
    target('https://cdn.else.net/x.js'),
    { ...systemLookup(['0.0.0.0']), name: 'cdn.else.net' } as ObservationDraft,
    { ...chosen(['0.0.0.0']), name: 'cdn.else.net' } as ObservationDraft,
    synRefused('0.0.0.0'),
  ].map((draft) => ({ ...draft, resource: name }));

const blank = { firstPaintMs: null, firstContentfulPaintMs: null, largestContentfulPaintMs: null, textCharacters: 0, contentElements: 0 };

const rows: Row[] = [
  ['a browser shows it', [whole(visited())], 'ok'],
  ['a browser shows nothing of it', [whole(visited(blank))], 'failed page.blank'],
  ['a browser is still waiting', [whole(visited({ ...blank, finished: false }))], 'ok'],
  ['a browser shows an error page', [whole(visited({ ...blank, error: 'ERR_FAILED', status: null }))], 'ok'],
  ['a browser could not ask the page', [whole(visited({ ...blank, textCharacters: null, contentElements: null }))], 'ok'],
  [
    'a browser shows nothing of what is no page',
    [upTo.page().map((draft) => (draft.kind === 'page.document' ? { ...draft, textCharacters: null } : draft)), visited(blank)],
    'ok',
  ],

  ['everything it needs arrives', [whole(resource(), foreign({ reference: 'r2' }))], 'ok'],
  ['nothing was asked for', [whole(foreign({ outcome: 'resolved', status: null, durationMs: 0 }))], 'ok'],

  ['a script is missing', [whole(resource(missing), ...answeredResource('r1', 404))], 'degraded page.subresource-failed', 'http.not-found'],
  [
    'a script fails',
    [whole(resource({ status: 502 }), ...answeredResource('r1', 502))],
    'degraded page.subresource-failed',
    'http.bad-gateway',
  ],
  ['an icon is missing', [whole(resource({ ...missing, element: 'icon', need: 'optional' }), ...answeredResource('r1', 404))], 'ok'],
  [
    'a pixel of another site is missing',
    [whole(foreign({ ...missing, element: 'image', need: 'optional' }), ...answeredResource('r1', 404))],
    'ok',
  ],
  [
    'a counting script of another site is gone',
    [whole(foreign({ async: true, outcome: 'failed', status: null }), ...goneName('r1'))],
    'ok',
  ],
  [
    'a script of another site is gone',
    [whole(foreign({ outcome: 'failed', status: null }), ...goneName('r1'))],
    'degraded page.subresource-failed',
    'dns.nxdomain',
  ],
  [
    'a block list answers for another site with an address that nobody has',
    [whole(foreign({ outcome: 'failed', status: null }), ...sunkName('r1'))],
    'ok',
  ],
  ['another site refuses this client', [whole(foreign({ status: 403 }), ...answeredResource('r1', 403))], 'ok'],
  [
    'the site itself refuses a script',
    [whole(resource({ status: 403 }), ...answeredResource('r1', 403))],
    'degraded page.subresource-failed',
    'http.forbidden',
  ],
  ['what failed is not known', [whole(resource({ outcome: 'failed', status: null }))], 'ok'],
  ['it is still arriving', [whole(resource({ outcome: 'unfinished', status: null }))], 'ok'],
  ['the document itself fails', [upTo.request(), responded(500), whole(resource(missing)).slice(-2)], 'failed http.server-error'],

  [
    'a script by plain http',
    [whole(resource({ url: 'http://www.shop.com/app.js', outcome: 'not-fetched', status: null }))],
    'degraded page.mixed-content',
  ],
  [
    'a picture by plain http, which browsers ask for by https',
    [
      whole(
        resource({
          url: 'http://www.shop.com/a.png',
          finalUrl: 'https://www.shop.com/a.png',
          element: 'image',
          need: 'shown',
          mediaType: 'image/png',
        }),
      ),
    ],
    'ok',
  ],
  [
    'a picture by plain http that https does not have',
    [
      whole(
        resource({ url: 'http://www.shop.com/a.png', finalUrl: 'https://www.shop.com/a.png', element: 'image', need: 'shown', ...missing }),
        ...answeredResource('r1', 404),
      ),
    ],
    'degraded page.mixed-content',
  ],
  [
    'a script of this host by plain http',
    [whole(resource({ url: 'http://127.0.0.1/app.js', outcome: 'not-fetched', status: null }))],
    'ok',
  ],
  [
    'a hint by plain http',
    [whole(resource({ url: 'http://www.shop.com/a.js', outcome: 'not-fetched', status: null, element: 'preload', need: 'optional' }))],
    'ok',
  ],

  ['the policy forbids a script', [csp("script-src 'none'", resource())], 'degraded page.policy-blocked'],
  ['the policy allows it', [csp("script-src 'self'", resource())], 'ok'],
  [
    'the policy forbids a script that would fail',
    [csp("script-src 'self'", foreign({ outcome: 'failed', status: null }), ...goneName('r1'))],
    'degraded page.policy-blocked',
  ],
  ['a policy that only reports', [[...pageWith('content-security-policy-report-only', "script-src 'none'"), resource(), examined()]], 'ok'],
  [
    "the document's own policy",
    [[...upTo.page(), resource(), examined({ metaPolicies: ["script-src 'none'"] })]],
    'degraded page.policy-blocked',
  ],
  [
    "the document's own policy, behind the script",
    [[...upTo.page(), resource({ policiesBefore: 0 }), examined({ metaPolicies: ["script-src 'none'"] })]],
    'ok',
  ],
  [
    "the document's own policies, one of them before the script",
    [[...upTo.page(), resource({ policiesBefore: 1 }), examined({ metaPolicies: ["script-src 'none'", "script-src 'self'"] })]],
    'degraded page.policy-blocked',
  ],
  ['the policy forbids a counting script', [csp("script-src 'self'", foreign({ async: true }))], 'ok'],
  [
    'a font of another site without permission',
    [whole(foreign({ element: 'font', need: 'shown', cors: 'anonymous', mediaType: 'font/woff2' }))],
    'degraded page.policy-blocked',
  ],
  [
    'a font of another site with permission',
    [whole(foreign({ element: 'font', need: 'shown', cors: 'anonymous', allowOrigin: '*' }))],
    'ok',
  ],
  [
    'permission for another origin',
    [whole(foreign({ cors: 'anonymous', allowOrigin: 'https://www.other.com' }))],
    'degraded page.policy-blocked',
  ],
  [
    'permission by name, with credentials',
    [whole(foreign({ cors: 'use-credentials', allowOrigin: 'https://www.shop.com', allowCredentials: true }))],
    'ok',
  ],
  [
    'permission for all, where credentials go along',
    [whole(foreign({ cors: 'use-credentials', allowOrigin: '*', allowCredentials: true }))],
    'degraded page.policy-blocked',
  ],
  ['a font of the own origin', [whole(resource({ element: 'font', need: 'shown', cors: 'anonymous' }))], 'ok'],
  [
    'a script that is not what integrity says',
    [whole(resource({ integrity: 'sha256-x', integrityMatches: false }))],
    'degraded page.policy-blocked',
  ],
  ['a script that is', [whole(resource({ integrity: 'sha256-x', integrityMatches: true }))], 'ok'],
  ['integrity that cannot be checked', [whole(foreign({ integrity: 'sha256-x', integrityMatches: true }))], 'degraded page.policy-blocked'],
  ['a script in HTML, not to be sniffed', [whole(resource({ mediaType: 'text/html', noSniff: true }))], 'degraded page.policy-blocked'],
  ['a script in HTML', [whole(resource({ mediaType: 'text/html' }))], 'ok'],
  ['a module in plain text', [whole(resource({ element: 'module', mediaType: 'text/plain' }))], 'degraded page.policy-blocked'],
  ['a script as a picture', [whole(resource({ mediaType: 'image/png' }))], 'degraded page.policy-blocked'],
  ['a style sheet in HTML', [whole(resource({ element: 'stylesheet', mediaType: 'text/html' }))], 'degraded page.policy-blocked'],
  [
    'a style sheet in HTML, of an old page',
    [[...upTo.page(), resource({ element: 'stylesheet', mediaType: 'text/html' }), examined({ quirks: true })]],
    'ok',
  ],
  ['a style sheet without a type', [whole(resource({ element: 'stylesheet', mediaType: null }))], 'ok'],
  ['a picture with the wrong type', [whole(resource({ element: 'image', need: 'shown', mediaType: 'text/plain' }))], 'ok'],

  ['another address fails', [whole(compared({ status: 500, asked: 2 }))], 'degraded page.stale'],
  ['another address does not have it', [whole(compared({ status: 404, asked: 2 }))], 'degraded page.stale'],
  ['another address does not have it, once', [whole(compared({ status: 404 }))], 'ok'],
  ['another address is blank', [whole(compared({ blank: true, bytes: 0, same: false, asked: 2 }))], 'degraded page.stale'],
  ['another address has another version', [whole(compared({ same: false }))], 'ok'],
  ['another address refuses this client', [whole(compared({ status: 403 }))], 'ok'],
  ['another address does not answer', [whole(compared({ status: null }))], 'ok'],

  ['one script takes most of the time', [whole(resource({ durationMs: 2500, atMs: 2700 }))], 'degraded page.slow'],
  [
    'it takes long, and little of that is one thing',
    [whole(resource({ durationMs: 700, atMs: 2700 }), resource({ reference: 'r2', durationMs: 800, atMs: 1900 }))],
    'ok',
  ],
  [
    'all of it comes side by side over a thin line',
    [whole(...Array.from({ length: 9 }, (_, nth) => resource({ reference: `r${nth + 1}`, durationMs: 2400 + nth, atMs: 2700 })))],
    'ok',
  ],
  ['it takes long because it is far away', [whole(resource({ durationMs: 2500, atMs: 2700, roundTripMs: 2400 }))], 'ok'],
  ['a counting script takes long', [whole(foreign({ async: true, durationMs: 2500, atMs: 2700 }))], 'ok'],
  ['reaching another host takes most of the time', [whole(foreign({ durationMs: 100, reachMs: 2300, atMs: 2700 }))], 'degraded page.slow'],
  ['one thing of a quick page', [whole(resource({ durationMs: 900, atMs: 1000 }))], 'ok'],
];

describe('a page', () => {
  test.each(rows)('%s', (_sentence, evidence, expected, nested) => {
    const { verdict, findings } = diagnose(numbered(...evidence), contextOf());
    expect([verdict.status, verdict.cause].filter((part) => part !== null).join(' ')).toBe(expected);
    expect(verdict.nested?.cause).toBe(nested);
    for (const finding of findings) expect(finding.evidence.length).toBeGreaterThan(0);
  });

  test('names each host and cause once, with how much of it', () => {
    const evidence = [
      ...['r1', 'r2', 'r3'].flatMap((reference, index) => [
        resource({ reference, url: `${pageUrl}${index}.js`, ...missing }),
        ...answeredResource(reference, 404),
      ]),
      foreign({ reference: 'r4', outcome: 'failed', status: null }),
      ...goneName('r4'),
      foreign({ reference: 'r5', url: 'https://cdn.else.net/y.js', outcome: 'failed', status: null, evidenceOf: 'r4' }),
    ];
    const { findings } = diagnose(numbered(...whole(...evidence)), contextOf());
    expect(findings.map(({ cause, nested, detail }) => [cause, nested?.cause, detail.count, detail.host])).toEqual([
      ['page.subresource-failed', 'http.not-found', 3, 'www.shop.com'],
      ['page.subresource-failed', 'dns.nxdomain', 2, 'cdn.else.net'],
    ]);
  });
});
