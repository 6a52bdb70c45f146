import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { carriedBy, edgeReached, meter, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';

/** Connections that carry more than one request, or end between two. */

const pictures = 24;

/** A page whose parts are more than a browser has connections for. */
const parts: Readonly<Record<string, string>> = {
  'index.html': `<!doctype html><html><head><title>Shop</title><link rel="stylesheet" href="/style.css"><script src="/app.js" defer></script></head><body><h1>The shop is open</h1>${Array.from(
    { length: pictures },
    (_, index) => `<img src="/picture/${index}.svg" alt="an article" width="20" height="20">`,
  ).join('')}</body></html>`,
  ...Object.fromEntries(
    Array.from({ length: pictures }, (_, index) => [
      `picture/${index}.svg`,
      `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="${index + 1}" height="20"/></svg>\n`,
    ]),
  ),
};
/** The pictures, the style sheet, the script. */
const partCount = pictures + 2;

const everythingCame = { kind: 'page.examined', where: { references: partCount, fetched: partCount, limit: null } } as const;
const aPictureCame = { kind: 'page.resource', where: { url: { matches: '/picture/' }, outcome: 'received', status: 200 } } as const;

export const healthyConnectionScenarios: readonly Scenario[] = [
  {
    id: 'healthy-kept-counted',
    title: 'A few requests for each connection, and no more',
    fault: 'None: the server closes a connection after the last request it takes on it, and says so (RFC 9112 section 9.6).',
    made: 'Apache at the edge with MaxKeepAliveRequests 3 in front of a page of 26 parts.',
    naive: '"The server keeps closing connections."',
    changes: [
      synsAtEdge,
      {
        frontend: {
          server: 'apache',
          lines: [
            'Protocols http/1.1',
            'KeepAlive On',
            'KeepAliveTimeout 5',
            'MaxKeepAliveRequests 3',
            'CustomLog /dev/stderr "\\"%r\\" %>s before=%k"',
          ],
        },
      },
      { nginx: { at: 'origin', files: parts } },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['http.closed', 'http.reset', 'http.truncated', 'page.subresource-failed', 'page.slow'],
      evidence: [
        trustedCertificate,
        ...pageArrived(),
        { kind: 'http.response-received', where: { version: '1.1' } },
        everythingCame,
        aPictureCame,
      ],
    },
    // The last request that a connection carries.
    proof: [edgeReached, { log: 'edge', matches: 'GET /.* HTTP/1.1" 200 before=3', atLeast: 3 }],
    nearMissOf: ['http.closed', 'http.reset', 'http.truncated', 'page.subresource-failed'],
    lookAlike: ['http-closed', 'page-subresource-failed'],
  },
  {
    id: 'healthy-kept-in-the-clear',
    title: 'Many requests over few connections, on both sides of the proxy',
    fault: 'None: connections are kept by client and edge, and by edge and origin.',
    made: 'nginx at the edge passes plain http on to the origin over connections it keeps, in front of a page of 26 parts.',
    naive: 'What takes the first response of a connection for the only one says "data after the end".',
    changes: [
      meter('syns-at-80', 'edge', 'tcp dport 80 tcp flags & (syn | ack) == syn'),
      {
        nginx: {
          at: 'edge',
          http: [
            `upstream kept { server ${addresses.origin}; keepalive 8; }`,
            'log_format kept \'"$request" $status of=$connection_requests\';',
          ],
        },
      },
      {
        site: {
          plainLocations: {
            '/': [
              'proxy_pass http://kept;',
              'proxy_http_version 1.1;',
              'proxy_set_header Connection "";',
              'proxy_set_header Host $host;',
              'keepalive_timeout 15 15;',
              'access_log /dev/stderr kept;',
            ],
          },
        },
      },
      {
        nginx: {
          at: 'origin',
          http: ['log_format kept \'"$request" $status of=$connection_requests\';'],
          server: ['access_log /dev/stderr kept;'],
          files: parts,
        },
      },
    ],
    url: 'http://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['http.closed', 'http.malformed', 'http.truncated', 'page.subresource-failed', 'page.slow'],
      evidence: [
        carriedBy(addresses.edge6, 80),
        ...pageArrived(),
        { kind: 'http.response-received', where: { 'headers.*.name': 'keep-alive', 'headers.*.value': 'timeout=15' } },
        everythingCame,
        aPictureCame,
      ],
    },
    proof: [
      { counter: 'syns-at-80' },
      { log: 'edge', matches: 'GET /picture/.* HTTP/1.1" 200 of=([3-9]|1[0-9])', atLeast: 3 },
      { log: 'origin', matches: 'GET /picture/.* HTTP/1.1" 200 of=([3-9]|1[0-9])', atLeast: 3 },
    ],
    nearMissOf: ['http.malformed', 'http.truncated', 'page.subresource-failed'],
    captureServer: { checkpoint: null },
  },
];
