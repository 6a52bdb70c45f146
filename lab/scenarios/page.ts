import type { Change, SiteChange } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { edgeReached, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';

const pageOf = (html: string): Change => ({ nginx: { at: 'origin', files: { 'index.html': html } } });

const hidden = { checkpoint: 'unclear', why: 'TLS hides the page without key-log secrets' } as const;

const withLocations = (locations: NonNullable<SiteChange['locations']>): Change => ({ site: { locations } });

/** The document arrives; what it needs, or what it is, is the trouble. */
export const pageScenarios: readonly Scenario[] = [
  {
    id: 'page-blank',
    title: 'Nothing on the page',
    fault: '200 and a body of zero bytes, where HTML is announced.',
    made: "The origin's page is an empty file.",
    naive: '200 OK.',
    changes: [synsAtEdge, pageOf('')],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'page.blank',
      evidence: [trustedCertificate, ...pageArrived(), { kind: 'page.document', where: { bytes: 0 } }],
    },
    proof: [edgeReached, { log: 'origin', matches: '"GET / HTTP/1.[01]" 200 .*bytes=0' }],
    captureClient: hidden,
    nearMissOf: ['http.truncated', 'http.unexpected'],
    lookAlike: ['healthy-no-content', 'healthy-json', 'http-truncated-length'],
  },
  {
    id: 'page-blank-shell',
    title: 'HTML around nothing',
    fault: '200 and a document with an empty body: the template was delivered without its content.',
    made: "The origin's page has a title and nothing to see.",
    naive: '200 OK, 70 bytes.',
    changes: [synsAtEdge, pageOf('<!doctype html><html><head><title>Shop</title></head><body></body></html>')],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'page.blank',
      evidence: [trustedCertificate, ...pageArrived(), { kind: 'page.document', where: { textCharacters: 0, contentElements: 0 } }],
    },
    proof: [edgeReached, { log: 'origin', matches: '"GET / ' }],
    captureClient: hidden,
    lookAlike: ['page-script-only'],
  },
  {
    id: 'page-script-only',
    title: 'An application that draws itself',
    fault: 'None: the document is empty but for a script, which makes the page.',
    made: "The origin's page holds one script element.",
    naive: '"Blank page."',
    changes: [
      synsAtEdge,
      pageOf(
        '<!doctype html><html><head><title>Shop</title></head><body><div id="app"></div><script src="/app.js"></script></body></html>',
      ),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['page.blank'],
      evidence: [trustedCertificate, ...pageArrived(), { kind: 'page.document', where: { contentElements: { atLeast: 1 } } }],
    },
    proof: [edgeReached, { log: 'origin', matches: '"GET / ' }],
    nearMissOf: ['page.blank'],
    lookAlike: ['page-blank-shell'],
  },
  {
    id: 'page-subresource-failed',
    title: 'The style sheet is missing',
    fault: 'The document is well; its style sheet answers 404.',
    made: 'The edge answers 404 for /style.css.',
    naive: '200 OK.',
    changes: [synsAtEdge, withLocations({ '= /style.css': ['return 404;'] })],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'page.subresource-failed',
      scope: ['subresource'],
      evidence: [trustedCertificate, ...pageArrived()],
    },
    proof: [edgeReached, { request: { address: addresses.edgeA, path: '/style.css' }, status: 404 }],
    captureClient: hidden,
    lookAlike: ['healthy', 'http-not-found'],
  },
  {
    id: 'page-subresource-dead-host',
    title: "The images' host does not exist",
    fault: 'The document is well; its script comes from a name that is gone.',
    made: 'The page refers to https://static.gone.example/app.js.',
    naive: '200 OK.',
    changes: [
      synsAtEdge,
      pageOf(
        '<!doctype html><html><head><title>Shop</title><script src="https://static.gone.example/app.js"></script></head><body><h1>The shop is open</h1></body></html>',
      ),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'page.subresource-failed',
      scope: ['subresource'],
      evidence: [trustedCertificate, ...pageArrived()],
    },
    proof: [edgeReached, { question: { server: addresses.gateway, name: 'static.gone.example', type: 'A' }, outcome: 'nxdomain' }],
    captureClient: { checkpoint: 'dns', why: 'TLS hides what the page needs; that a name does not exist is seen' },
    lookAlike: ['page-subresource-failed', 'page-optional-missing', 'dns-nxdomain'],
  },
  {
    id: 'page-mixed-content',
    title: 'Plain http inside https',
    fault: 'An https page loads its script over http, which browsers block.',
    made: 'The page refers to http://www.shop.example/app.js.',
    naive: '200 OK.',
    changes: [
      synsAtEdge,
      pageOf(
        '<!doctype html><html><head><title>Shop</title><script src="http://www.shop.example/app.js"></script></head><body><h1>The shop is open</h1></body></html>',
      ),
    ],
    url: 'https://www.shop.example/',
    expect: { status: 'degraded', cause: 'page.mixed-content', evidence: [trustedCertificate, ...pageArrived()] },
    proof: [edgeReached, { log: 'origin', matches: '"GET / ' }],
    captureClient: hidden,
    lookAlike: ['healthy', 'page-subresource-failed'],
  },
  {
    id: 'page-policy-blocked',
    title: 'The site forbids its own script',
    fault: 'The content security policy allows no scripts; the page needs one.',
    made: "The edge sends Content-Security-Policy: script-src 'none'.",
    naive: '200 OK, and every file is there.',
    changes: [synsAtEdge, { site: { server: ['add_header content-security-policy "script-src \'none\'" always;'] } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'page.policy-blocked',
      evidence: [
        trustedCertificate,
        { kind: 'http.response-received', where: { status: 200, 'headers.*.name': 'content-security-policy' } },
      ],
    },
    proof: [edgeReached, { request: { address: addresses.edgeA }, status: 200, header: ['content-security-policy', 'none'] }],
    captureClient: hidden,
    lookAlike: ['healthy', 'page-subresource-failed'],
  },
  {
    id: 'page-stale',
    title: "One edge serves yesterday's broken page",
    fault: 'Two addresses serve different versions of the document, and one of them is broken.',
    made: 'The second address answers 500 to the document.',
    naive: '"Works for me."',
    changes: [synsAtEdge, { site: { server: [`if ($server_addr = ${addresses.edgeB}) { return 500; }`] } }],
    url: 'https://www.shop.example/',
    options: ['--connect-to', addresses.edgeA],
    expect: { status: 'degraded', cause: 'page.stale', scope: ['address'], evidence: [trustedCertificate, ...pageArrived()] },
    proof: [
      { request: { address: addresses.edgeB }, status: 500 },
      { request: { address: addresses.edgeA }, status: 200 },
    ],
    captureClient: hidden,
    lookAlike: ['tls-address-differs', 'tcp-some-addresses-fail', 'http-server-error'],
  },
  {
    id: 'page-slow',
    title: 'One style sheet holds up everything',
    fault: 'The document is fast; its style sheet takes three seconds.',
    made: 'nginx sends /slow.css at a trickle.',
    naive: '200 OK in 20 ms.',
    changes: [
      synsAtEdge,
      {
        nginx: {
          at: 'origin',
          files: {
            'slow.css': `/* ${'x'.repeat(15_000)} */ body { color: black }\n`,
            'index.html':
              '<!doctype html><html><head><title>Shop</title><link rel="stylesheet" href="/slow.css"></head><body><h1>The shop is open</h1></body></html>',
          },
        },
      },
      withLocations({ '= /slow.css': [`proxy_pass http://${addresses.origin};`, 'limit_rate 4k;'] }),
    ],
    url: 'https://www.shop.example/',
    expect: { status: 'degraded', cause: 'page.slow', scope: ['subresource'], evidence: [trustedCertificate, ...pageArrived()] },
    proof: [edgeReached, { log: 'origin', matches: '"GET / ' }],
    captureClient: hidden,
    lookAlike: ['http-slow', 'healthy'],
  },
  {
    id: 'page-optional-missing',
    title: 'What nobody misses is missing',
    fault: 'None: an icon, a picture far below, a counting pixel and a counting script are gone.',
    made: 'The page refers to an icon and a lazy picture that do not exist, and to two hosts that do not, for what is counted.',
    naive: '"Four errors on the page."',
    changes: [
      synsAtEdge,
      pageOf(
        '<!doctype html><html><head><title>Shop</title><link rel="icon" href="/gone.ico"><link rel="stylesheet" href="/style.css"><script async src="https://count.gone.example/c.js"></script></head><body><h1>The shop is open</h1><img alt="" width="1" height="1" src="https://pixel.gone.example/p.gif"><img alt="" loading="lazy" src="/gone.png"><img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="></body></html>',
      ),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      evidence: [trustedCertificate, ...pageArrived(), { kind: 'page.resource', where: { element: 'stylesheet', status: 200 } }],
    },
    proof: [edgeReached, { question: { server: addresses.gateway, name: 'count.gone.example', type: 'A' }, outcome: 'nxdomain' }],
    captureClient: { checkpoint: 'dns', why: 'packets do not say that nobody misses it' },
    nearMissOf: ['page.subresource-failed'],
    lookAlike: ['page-subresource-dead-host'],
  },
  {
    id: 'page-policy-allows',
    title: 'A policy that allows what the page needs',
    fault: 'None: the content security policy names the site itself.',
    made: "The edge sends Content-Security-Policy: default-src 'self'.",
    naive: '"A strict policy."',
    changes: [synsAtEdge, { site: { server: ['add_header content-security-policy "default-src \'self\'" always;'] } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['page.policy-blocked'],
      evidence: [trustedCertificate, ...pageArrived(), { kind: 'page.resource', where: { element: 'script', status: 200 } }],
    },
    proof: [edgeReached, { request: { address: addresses.edgeA }, status: 200, header: ['content-security-policy', 'self'] }],
    captureClient: hidden,
    nearMissOf: ['page.policy-blocked'],
    lookAlike: ['page-policy-blocked'],
  },
  {
    id: 'page-http-picture',
    title: 'A picture by plain http',
    fault: 'None: browsers ask for the picture by https, and there it is.',
    made: 'The page refers to http://www.shop.example/map.svg; the origin has it.',
    naive: '"Mixed content."',
    changes: [
      synsAtEdge,
      {
        nginx: {
          at: 'origin',
          files: {
            'map.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20"/></svg>\n',
            'index.html':
              '<!doctype html><html><head><title>Shop</title></head><body><h1>The shop is open</h1><img alt="a map" src="http://www.shop.example/map.svg"></body></html>',
          },
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['page.mixed-content'],
      evidence: [
        trustedCertificate,
        ...pageArrived(),
        { kind: 'page.resource', where: { finalUrl: 'https://www.shop.example/map.svg', status: 200 } },
      ],
    },
    proof: [edgeReached, { log: 'origin', matches: '"GET /map.svg ' }],
    captureClient: hidden,
    nearMissOf: ['page.mixed-content'],
    lookAlike: ['page-mixed-content'],
  },
];
