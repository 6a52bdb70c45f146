import type { Change } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { edgeReached, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';
import { oddAnswer } from './odd-answer.ts';

const redirecting = (locations: Readonly<Record<string, string>>): Change => ({
  site: { locations: Object.fromEntries(Object.entries(locations).map(([path, target]) => [path, [`return 302 ${target};`]])) },
});

/** The answer leads elsewhere, and not to an end; or only seems so. */
export const httpRedirectScenarios: readonly Scenario[] = [
  {
    id: 'http-redirect-loop',
    title: 'Round and round',
    fault: '/a redirects to /b, and /b to /a.',
    made: 'nginx redirects so.',
    naive: '"302 Found: fine."',
    changes: [synsAtEdge, redirecting({ '/a': '/b', '/b': '/a' })],
    url: 'https://www.shop.example/a',
    expect: {
      status: 'failed',
      cause: 'http.redirect-loop',
      evidence: [{ kind: 'http.redirected', where: { outcome: 'visited-before' } }],
    },
    proof: [edgeReached, { log: 'edge', matches: '" 302 ', atLeast: 2 }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the response without key-log secrets' },
    nearMissOf: ['http.redirect-broken'],
    lookAlike: ['healthy-redirect-chain', 'healthy-http-to-https'],
  },
  {
    id: 'http-redirect-loop-scheme',
    title: 'http to https and back',
    fault: 'The edge sends http to https, the application behind it https to http: it does not know that TLS ends at the edge.',
    made: 'nginx redirects both ways.',
    naive: '"The certificate is wrong."',
    changes: [synsAtEdge, { site: { locations: { '/': ['return 301 http://$host$request_uri;'] } } }],
    url: 'http://www.shop.example/',
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the redirect back' },
    expect: {
      status: 'failed',
      cause: 'http.redirect-loop',
      evidence: [
        { kind: 'http.redirected', where: { url: 'https://www.shop.example/' } },
        { kind: 'http.redirected', where: { url: 'http://www.shop.example/', outcome: 'visited-before' } },
      ],
    },
    proof: [edgeReached, { log: 'edge', matches: '" 301 ', atLeast: 2 }],
    lookAlike: ['healthy-http-to-https'],
  },
  {
    id: 'http-redirect-broken-name',
    title: 'Redirected to a name that does not exist',
    fault: "The redirect's target has no DNS entry.",
    made: 'nginx redirects to nosuch.other.example.',
    naive: '"301: fine", or "could not resolve www.shop.example".',
    changes: [synsAtEdge, redirecting({ '/': 'https://nosuch.other.example/' })],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'http.redirect-broken',
      scope: ['redirect'],
      evidence: [
        { kind: 'http.redirected', where: { outcome: 'followed', url: 'https://nosuch.other.example/' } },
        { kind: 'dns.answered', where: { name: 'nosuch.other.example', rcodeName: 'NXDOMAIN' } },
      ],
    },
    proof: [edgeReached, { log: 'resolver', matches: 'nosuch.other.example. A IN NXDOMAIN' }],
    captureClient: { checkpoint: 'dns', cause: 'dns.nxdomain' },
    nearMissOf: ['dns.nxdomain'],
    lookAlike: ['dns-nxdomain', 'local-captive-portal'],
  },
  {
    id: 'http-redirect-broken-certificate',
    title: 'Redirected to a name the certificate does not cover',
    fault: "The target serves the site's certificate, which is not for its name.",
    made: 'nginx redirects to www.other.example, which is the same edge.',
    naive: '"The certificate of www.shop.example is wrong."',
    changes: [synsAtEdge, redirecting({ '/': 'https://www.other.example/' })],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'http.redirect-broken',
      scope: ['redirect'],
      evidence: [
        trustedCertificate,
        { kind: 'http.redirected', where: { outcome: 'followed', url: 'https://www.other.example/' } },
        { kind: 'tls.certificates-received', where: { serverName: 'www.other.example' } },
      ],
    },
    proof: [edgeReached, { certificate: addresses.edgeA, serverName: 'www.other.example', fact: 'other-name' }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the redirect without key-log secrets' },
    nearMissOf: ['tls.name-mismatch'],
    lookAlike: ['tls-name-mismatch'],
  },
  oddAnswer({
    id: 'http-redirect-no-location',
    title: 'A redirect to nowhere',
    fault: '302 without a Location.',
    naive: '"302 Found: fine."',
    steps: [{ await: 'request' }, { send: 'HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n' }, { finish: 'close' }],
    cause: 'http.redirect-invalid',
    evidence: [{ kind: 'http.redirected', where: { outcome: 'missing-location', location: null } }],
  }),
  {
    id: 'http-redirect-forbidden-scheme',
    title: 'A redirect into a script',
    fault: 'Location is a javascript URL.',
    made: 'nginx redirects so.',
    naive: '"302 Found: fine."',
    changes: [
      synsAtEdge,
      {
        site: {
          locations: {
            '/': ['add_header location "javascript:alert(1)" always;', 'return 204;'],
            '= /': ['return 302 javascript:alert(1);'],
          },
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'http.redirect-invalid',
      evidence: [{ kind: 'http.redirected', where: { outcome: 'forbidden-scheme' } }],
    },
    proof: [edgeReached, { log: 'edge', matches: '" 302 ' }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the response without key-log secrets' },
    nearMissOf: ['http.redirect-broken'],
    lookAlike: ['http-redirect-broken-name'],
  },
  {
    id: 'http-redirect-loop-cookie',
    title: 'Round and round, cookie or not',
    fault: 'The page redirects to itself and sets a cookie each time; it does so as well when the cookie comes back.',
    made: 'nginx redirects so.',
    naive: '"It only needs its cookie."',
    changes: [
      synsAtEdge,
      {
        site: {
          locations: { '/': ['add_header set-cookie "seen=yes; Path=/; Secure" always;', 'return 302 https://www.shop.example/;'] },
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'http.redirect-loop',
      evidence: [
        { kind: 'http.redirected', where: { outcome: 'followed', cookies: 'sent-now' } },
        { kind: 'http.redirected', where: { outcome: 'visited-before', cookies: 'sent-before' } },
      ],
    },
    proof: [edgeReached, { log: 'edge', matches: '" 302 ', atLeast: 2 }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the response without key-log secrets' },
    lookAlike: ['healthy-cookie-redirect'],
  },
  {
    id: 'healthy-cookie-redirect',
    title: 'Back to the same page, with a cookie',
    fault: 'None: the page sends round once to set a cookie, as logins and consent pages do; whoever brings it is let in.',
    made: 'nginx redirects to the same URL and sets a cookie, until it comes.',
    naive: 'curl -L without a cookie jar: "maximum redirects followed".',
    changes: [
      synsAtEdge,
      {
        site: {
          locations: {
            '/': [
              'add_header set-cookie "seen=yes; Path=/; Secure; HttpOnly" always;',
              'if ($cookie_seen != yes) { return 302 https://www.shop.example/; }',
              `proxy_pass http://${addresses.origin};`,
            ],
          },
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['http.redirect-loop'],
      evidence: [
        { kind: 'http.redirected', where: { outcome: 'followed', cookies: 'sent-now' } },
        { kind: 'http.request-sent', where: { 'headers.*.name': 'cookie' } },
        trustedCertificate,
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { log: 'edge', matches: '"GET / [^"]*" 302 ' }, { log: 'edge', matches: '"GET / [^"]*" 200 ' }],
    captureClient: { checkpoint: null },
    nearMissOf: ['http.redirect-loop'],
    lookAlike: ['http-redirect-loop', 'http-redirect-loop-cookie'],
  },
  {
    id: 'healthy-refresh',
    title: 'A page that only sends on',
    fault: 'None: the page is empty but for an element that sends browsers to the next one at once.',
    made: 'The front page holds a refresh to /home.html; the origin has that.',
    naive: '"Blank page", or 200 OK without looking further.',
    changes: [
      synsAtEdge,
      {
        nginx: {
          at: 'origin',
          files: {
            'index.html':
              '<!doctype html><html><head><title></title><meta http-equiv="refresh" content="0; url=/home.html"></head><body></body></html>',
            'home.html': '<!doctype html><title>Shop</title><h1>The shop is open</h1>',
          },
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['page.blank'],
      evidence: [
        { kind: 'http.redirected', where: { by: 'refresh', outcome: 'followed', url: 'https://www.shop.example/home.html' } },
        trustedCertificate,
        ...pageArrived(),
        { kind: 'page.document', where: { title: 'Shop' } },
      ],
    },
    proof: [edgeReached, { log: 'origin', matches: '"GET /home.html ' }],
    captureClient: { checkpoint: null },
    nearMissOf: ['page.blank', 'http.redirect-loop'],
    lookAlike: ['page-blank-shell', 'http-refresh-broken'],
  },
  {
    id: 'http-refresh-broken',
    title: 'A page that sends on to nowhere',
    fault: 'The front page sends browsers to a page that is not there.',
    made: 'The front page holds a refresh to /gone.html, which the origin does not have.',
    naive: '200 OK.',
    changes: [
      synsAtEdge,
      {
        nginx: {
          at: 'origin',
          files: {
            'index.html': '<!doctype html><title>Shop</title><meta http-equiv="refresh" content="0; url=/gone.html"><p>One moment.</p>',
          },
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'http.redirect-broken',
      scope: ['redirect'],
      evidence: [
        { kind: 'http.redirected', where: { by: 'refresh', outcome: 'followed' } },
        { kind: 'http.response-received', where: { status: 404 } },
      ],
    },
    proof: [edgeReached, { log: 'origin', matches: '"GET /gone.html [^"]*" 404 ' }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the response without key-log secrets' },
    nearMissOf: ['http.not-found', 'page.blank'],
    lookAlike: ['http-not-found', 'healthy-refresh'],
  },
];
