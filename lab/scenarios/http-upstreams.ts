import type { ConnectionScript } from '../loopback/connection-script.ts';
import type { Change } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { dropping, edgeReached, meter, synsAtEdge, trustedCertificate } from './ingredients.ts';
import { answering, page } from './status-answer.ts';

const haproxyTo = (...backend: readonly string[]): Change => ({
  haproxy: { lines: ['frontend site', '{bind}', '  default_backend origin', 'backend origin', ...backend] },
});

/** What a CDN's edge says when it cannot reach the origin. */
const cloudflare522 =
  '<!doctype html><html><head><title>www.shop.example | 522: Connection timed out</title></head><body><h1>Connection timed out</h1><p>Error code 522</p><p>Cloudflare Ray ID: 8a1b2c3d4e5f6789</p></body></html>';

const silentOrigin: ConnectionScript = [{ await: 'request' }, { finish: 'hold' }];

/** The edge answers, and what stands behind it is the trouble; or the edge is, and the origin is well. */
export const httpUpstreamScenarios: readonly Scenario[] = [
  answering({
    id: 'http-bad-gateway',
    title: 'The edge is well, the origin is stopped',
    fault: "502: the origin refuses the edge's connections.",
    made: 'nginx at the origin is stopped.',
    naive: '"The web server is down": it is the one that answers.',
    status: 502,
    cause: 'http.bad-gateway',
    changes: [{ stop: 'origin' }],
    more: {
      proof: [edgeReached, { log: 'edge', matches: 'Connection refused\\) while connecting to upstream' }],
      nearMissOf: ['http.unavailable', 'http.server-error', 'tcp.refused'],
      lookAlike: ['http-unavailable', 'route-proxy-upstream', 'tcp-refused'],
    },
  }),
  answering({
    id: 'http-bad-gateway-garbage',
    title: 'The origin does not speak HTTP',
    fault: "502: the origin's header is no HTTP.",
    made: "A server in the origin's place answers with a zero byte in a field's name.",
    naive: '"The origin is down": its port is open.',
    status: 502,
    cause: 'http.bad-gateway',
    changes: [
      { stop: 'origin' },
      {
        odd: {
          name: 'odd-origin',
          at: 'origin',
          port: 80,
          behavior: {
            script: { steps: [{ await: 'request' }, { send: 'HTTP/1.1 200 OK\r\nbad\u0000header: 1\r\n\r\n' }, { finish: 'close' }] },
          },
        },
      },
    ],
    more: {
      proof: [{ hits: 'odd-origin' }, { log: 'edge', matches: '" 502 ' }],
      nearMissOf: ['http.malformed'],
      lookAlike: ['http-malformed'],
    },
  }),
  {
    id: 'http-unavailable',
    title: 'No healthy server behind the load balancer',
    fault: "503: the load balancer's health checks fail.",
    made: 'HAProxy stands at the edge; the origin is stopped.',
    naive: '"The site is overloaded."',
    changes: [
      synsAtEdge,
      { stop: 'origin' },
      haproxyTo('  option httpchk GET /', `  server origin ${addresses.origin}:80 check inter 200ms fall 1`),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'http.unavailable',
      evidence: [trustedCertificate, { kind: 'http.response-received', where: { status: 503 } }],
    },
    proof: [edgeReached, { log: 'edge', matches: 'no server available|503' }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the response without key-log secrets' },
    nearMissOf: ['http.bad-gateway', 'http.server-error'],
    lookAlike: ['http-bad-gateway', 'http-unavailable-maintenance'],
  },
  answering({
    id: 'http-unavailable-maintenance',
    title: 'Down for maintenance',
    fault: '503 on purpose, with the time to come back.',
    made: 'The edge answers 503 with Retry-After.',
    naive: '"The origin crashed."',
    status: 503,
    cause: 'http.unavailable',
    site: { locations: { '/': ['add_header retry-after 600 always;', 'return 503;'] } },
    evidence: [{ kind: 'http.response-received', where: { 'headers.*.name': 'retry-after' } }],
    more: { nearMissOf: ['http.bad-gateway', 'http.rate-limited'], lookAlike: ['http-unavailable'] },
  }),
  answering({
    id: 'http-gateway-timeout',
    title: 'The origin is too slow for the edge',
    fault: '504: the edge waits one second, the origin needs longer.',
    made: "A server in the origin's place never answers; the edge's patience is one second.",
    naive: '"The network is slow."',
    status: 504,
    cause: 'http.gateway-timeout',
    site: { locations: { '/': [`proxy_pass http://${addresses.origin};`, 'proxy_read_timeout 1s;'] } },
    changes: [{ stop: 'origin' }, { odd: { name: 'slow-origin', at: 'origin', port: 80, behavior: { script: { steps: silentOrigin } } } }],
    more: {
      expect: {
        status: 'failed',
        cause: 'http.gateway-timeout',
        evidence: [trustedCertificate, { kind: 'http.response-received', where: { status: 504 } }],
        timings: { firstByteMs: { atLeast: 950, atMost: 2500 } },
      },
      proof: [{ hits: 'slow-origin' }, { log: 'edge', matches: 'upstream timed out' }],
      nearMissOf: ['http.timeout', 'http.bad-gateway'],
      lookAlike: ['http-timeout', 'http-slow'],
    },
  }),
  answering({
    id: 'http-gateway-timeout-dead-origin',
    title: 'The way to the origin is dead',
    fault: "504: the edge's connections to the origin time out.",
    made: 'hosting drops what goes from the edge to the origin.',
    naive: '"The origin is slow": it was never asked.',
    status: 504,
    cause: 'http.gateway-timeout',
    site: { locations: { '/': [`proxy_pass http://${addresses.origin};`, 'proxy_connect_timeout 1s;'] } },
    changes: [dropping('no-origin', 'hosting', `ip daddr ${addresses.origin} tcp dport 80`)],
    more: {
      proof: [edgeReached, { counter: 'no-origin' }, { log: 'edge', matches: 'upstream timed out' }],
      nearMissOf: ['http.timeout', 'tcp.timeout'],
      lookAlike: ['tcp-timeout', 'http-gateway-timeout'],
    },
  }),
  answering({
    id: 'http-origin-down',
    title: 'The CDN says that the origin is down',
    fault: "522: the CDN's own code for an origin that does not answer.",
    made: "The edge answers so, with the CDN's page and headers.",
    naive: '"Unknown status 522."',
    status: 522,
    cause: 'http.origin-down',
    site: {
      locations: {
        '/': ['add_header cf-ray 8a1b2c3d4e5f6789-FRA always;', 'add_header server cloudflare always;', ...page(522, cloudflare522)],
      },
    },
    more: { lookAlike: ['http-bad-gateway', 'http-gateway-timeout'] },
  }),
  {
    id: 'http-edge-only',
    title: 'The edge fails, the origin works',
    fault: 'The edge answers 502 by itself; the origin, asked directly, serves the page.',
    made: 'The edge passes requests to a dead port; --origin names the origin.',
    naive: '"The origin is down."',
    changes: [
      synsAtEdge,
      { site: { locations: { '/': [`proxy_pass http://${addresses.origin}:81;`] } } },
      meter('origin-asked', 'origin', 'tcp dport 443'),
    ],
    url: 'https://www.shop.example/',
    options: ['--origin', addresses.origin],
    expect: {
      status: 'failed',
      cause: 'http.edge-only',
      evidence: [
        { kind: 'http.response-received', where: { status: 502 } },
        { kind: 'http.response-received', where: { status: 200, 'server.address': addresses.origin } },
      ],
    },
    proof: [
      { request: { address: addresses.edgeA }, status: 502 },
      { request: { address: addresses.origin }, status: 200 },
    ],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the response without key-log secrets' },
    lookAlike: ['http-bad-gateway', 'http-origin-down'],
  },
  answering({
    id: 'http-origin-down-direct',
    title: 'The edge fails, and so does the origin',
    fault: 'The edge answers 502; the origin, asked directly, answers 500 itself.',
    made: 'The edge passes requests to a dead port, the origin answers 500; --origin names the origin.',
    naive: '"The edge is broken."',
    status: 502,
    cause: 'http.origin-down',
    site: { locations: { '/': [`proxy_pass http://${addresses.origin}:81;`] } },
    changes: [{ nginx: { at: 'origin', server: ['location = / { return 500; }'] } }],
    evidence: [{ kind: 'http.variation-tried', where: { variation: 'origin', outcome: 'answered', status: 500 } }],
    more: {
      options: ['--origin', addresses.origin],
      proof: [
        { request: { address: addresses.edgeA }, status: 502 },
        { request: { address: addresses.origin }, status: 500 },
      ],
      nearMissOf: ['http.edge-only'],
      lookAlike: ['http-edge-only', 'http-bad-gateway'],
    },
  }),
  answering({
    id: 'http-server-error-path',
    title: 'One path crashes, the health path is well',
    fault: '500 for one path; the health path of the same site answers 200.',
    made: 'The origin answers 500 to /report and 200 to /health; --health names the latter.',
    naive: '"The site is down", or, from its health check: "all is well".',
    status: 500,
    cause: 'http.server-error',
    changes: [{ nginx: { at: 'origin', server: ['location = /report { return 500; }', 'location = /health { return 200 ok; }'] } }],
    evidence: [{ kind: 'http.variation-tried', where: { variation: 'health-path', status: 200 } }],
    more: {
      url: 'https://www.shop.example/report',
      options: ['--health', '/health'],
      expect: {
        status: 'failed',
        cause: 'http.server-error',
        scope: ['path'],
        evidence: [
          trustedCertificate,
          { kind: 'http.variation-tried', where: { variation: 'health-path', outcome: 'answered', status: 200 } },
        ],
      },
      proof: [
        edgeReached,
        { log: 'edge', matches: '"GET /report [^"]*" 500 .*upstream=500' },
        { log: 'edge', matches: '"GET /health [^"]*" 200 ' },
      ],
      nearMissOf: ['http.bad-gateway', 'http.edge-only'],
      lookAlike: ['http-server-error'],
    },
  }),
  answering({
    id: 'http-upgrade-dropped',
    title: 'The edge drops the wish for WebSocket',
    fault: '426: the application wants WebSocket, and the Upgrade field does not reach it.',
    made: 'The origin answers 426 to what does not ask for WebSocket; nginx at the edge passes no Upgrade field on, as nothing tells it to.',
    naive: '"The client does not speak WebSocket."',
    status: 426,
    cause: 'http.client-error',
    changes: [{ nginx: { at: 'origin', server: ['if ($http_upgrade != websocket) { return 426; }'] } }],
    more: {
      url: 'wss://www.shop.example/',
      expect: {
        status: 'failed',
        cause: 'http.client-error',
        evidence: [
          trustedCertificate,
          { kind: 'http.request-sent', where: { 'headers.*.name': 'upgrade' } },
          { kind: 'http.response-received', where: { status: 426 } },
        ],
      },
      proof: [edgeReached, { log: 'edge', matches: '" 426 .*upstream=426' }],
      nearMissOf: ['http.bad-request', 'http.bad-gateway'],
      lookAlike: ['http-client-error'],
    },
  }),
  answering({
    id: 'http-cached-error',
    title: 'An old error in the cache',
    fault: 'The cache at the edge keeps a 404 from before the page existed; asked past it, the page is there.',
    made: 'nginx at the edge caches errors for an hour, and somebody asked before; the origin answers 404 unless the request says no-cache.',
    naive: '"The page is missing at the origin."',
    status: 404,
    cause: 'http.not-found',
    site: {
      locations: {
        '/': [
          `proxy_pass http://${addresses.origin};`,
          'proxy_cache pages;',
          'proxy_cache_valid any 1h;',
          'proxy_cache_bypass $http_cache_control;',
          'add_header x-cache $upstream_cache_status always;',
        ],
      },
    },
    changes: [
      { nginx: { at: 'edge', http: ['proxy_cache_path temp/pages keys_zone=pages:1m;'] } },
      { nginx: { at: 'origin', server: ['if ($http_cache_control != "no-cache") { return 404; }'] } },
      { visit: { address: addresses.edgeA, path: '/' } },
    ],
    evidence: [
      { kind: 'http.response-received', where: { status: 404, 'headers.*.value': 'HIT' } },
      { kind: 'http.variation-tried', where: { variation: 'past-cache', status: 200 } },
    ],
    more: { nearMissOf: ['http.edge-only'], lookAlike: ['http-not-found'] },
  }),
];
