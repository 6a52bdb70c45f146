import type { CauseCode } from '../../src/model/cause.ts';
import type { ConnectionScript } from '../loopback/connection-script.ts';
import type { Change, SiteChange } from '../scenario/change.ts';
import type { EvidencePattern, Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { carriedBy, dropping, edgeReached, meter, synsAtEdge, trustedCertificate } from './ingredients.ts';

interface StatusScenario {
  id: string;
  title: string;
  fault: string;
  made: string;
  naive: string;
  status: number;
  cause: CauseCode;
  site?: SiteChange;
  changes?: readonly Change[];
  evidence?: readonly EvidencePattern[];
  more?: Partial<Scenario>;
}

/** A site whose edge answers with a status that means failure. */
function answering({ id, title, fault, made, naive, status, cause, site, changes = [], evidence = [], more }: StatusScenario): Scenario {
  return {
    id,
    title,
    fault,
    made,
    naive,
    changes: [synsAtEdge, ...(site ? [{ site }] : []), ...changes],
    url: 'https://www.shop.example/',
    expect: { status: 'failed', cause, evidence: [trustedCertificate, { kind: 'http.response-received', where: { status } }, ...evidence] },
    proof: [edgeReached, { log: 'edge', matches: `" ${status} ` }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the response without key-log secrets' },
    ...more,
  };
}

const page = (status: number, body: string): readonly string[] => ['default_type text/html;', `return ${status} '${body}';`];

const haproxyTo = (...backend: readonly string[]): Change => ({
  haproxy: { lines: ['frontend site', '{bind}', '  default_backend origin', 'backend origin', ...backend] },
});

/** What a CDN's edge says when it cannot reach the origin. */
const cloudflare522 =
  '<!doctype html><html><head><title>www.shop.example | 522: Connection timed out</title></head><body><h1>Connection timed out</h1><p>Error code 522</p><p>Cloudflare Ray ID: 8a1b2c3d4e5f6789</p></body></html>';

const challengePage =
  '<!doctype html><html><head><title>Just a moment...</title></head><body><h1>Checking if the site connection is secure</h1><noscript>Enable JavaScript and cookies to continue</noscript></body></html>';

const silentOrigin: ConnectionScript = [{ await: 'request' }, { finish: 'hold' }];

/** The application answers, and the answer is not what was wanted. */
export const httpStatusScenarios: readonly Scenario[] = [
  answering({
    id: 'http-unauthorized',
    title: 'A password is wanted',
    fault: '401: identity is missing; the network is fine.',
    made: 'nginx demands basic authentication.',
    naive: '"The site is down."',
    status: 401,
    cause: 'http.unauthorized',
    site: { locations: { '/': ['auth_basic "Staff";', 'auth_basic_user_file /dev/null;', `proxy_pass http://${addresses.origin};`] } },
    evidence: [{ kind: 'http.response-received', where: { 'headers.*.name': 'www-authenticate' } }],
    more: { nearMissOf: ['http.forbidden', 'tls.client-cert-required'], lookAlike: ['local-proxy-auth', 'healthy-expected-status'] },
  }),
  answering({
    id: 'http-forbidden',
    title: 'Forbidden',
    fault: "403: the application's policy.",
    made: 'nginx denies everybody.',
    naive: '"A firewall blocks us."',
    status: 403,
    cause: 'http.forbidden',
    site: { locations: { '/': ['deny all;'] } },
    more: { nearMissOf: ['http.blocked', 'local.proxy-denied'], lookAlike: ['http-blocked', 'local-proxy-denied'] },
  }),
  answering({
    id: 'http-blocked',
    title: 'A bot challenge',
    fault: 'A WAF answers in place of the application.',
    made: 'The edge answers 403 with a challenge page and its header.',
    naive: '"403: no permission on the file."',
    status: 403,
    cause: 'http.blocked',
    site: {
      locations: {
        '/': ['add_header cf-mitigated challenge always;', 'add_header server cloudflare always;', ...page(403, challengePage)],
      },
    },
    more: {
      lookAlike: ['http-forbidden', 'http-unavailable-maintenance'],
    },
  }),
  answering({
    id: 'http-not-found',
    title: 'No such page',
    fault: '404: the path does not exist.',
    made: 'The origin has no such file.',
    naive: '"The site is down."',
    status: 404,
    cause: 'http.not-found',
    more: { url: 'https://www.shop.example/missing', nearMissOf: ['http.wrong-site', 'dns.nxdomain'], lookAlike: ['http-wrong-site'] },
  }),
  answering({
    id: 'http-gone',
    title: 'Gone for good',
    fault: '410: the page was removed.',
    made: 'The edge answers so.',
    naive: '"Unknown error 410."',
    status: 410,
    cause: 'http.not-found',
    site: { locations: { '/': ['return 410;'] } },
    more: { nearMissOf: ['http.client-error'], lookAlike: ['http-client-error'] },
  }),
  answering({
    id: 'http-rate-limited',
    title: 'Too many requests',
    fault: '429: this client, or all behind its address, asked too often.',
    made: 'nginx limits requests to one a minute, and the one was used up.',
    naive: '"The server is overloaded."',
    status: 429,
    cause: 'http.rate-limited',
    site: { locations: { '/': ['limit_req zone=all;', 'limit_req_status 429;', `proxy_pass http://${addresses.origin};`] } },
    changes: [
      { nginx: { at: 'edge', http: ['limit_req_zone $server_name zone=all:64k rate=1r/m;'] } },
      { visit: { address: addresses.edgeA, path: '/' } },
    ],
    more: { nearMissOf: ['http.unavailable', 'http.client-error'], lookAlike: ['http-unavailable'] },
  }),
  answering({
    id: 'http-client-error',
    title: 'Unprocessable',
    fault: '422: the application understood the request and refuses its content.',
    made: 'The edge answers so.',
    naive: '"Bad gateway."',
    status: 422,
    cause: 'http.client-error',
    site: { locations: { '/': ['return 422;'] } },
    more: { nearMissOf: ['http.bad-request', 'http.server-error'], lookAlike: ['http-bad-request'] },
  }),
  {
    id: 'http-bad-request',
    title: 'Plain http to the TLS port',
    fault: 'The URL says http and port 443: the server answers 400 in clear.',
    made: 'The walk asks http on port 443; nginx says what nginx says.',
    naive: '"The application rejects our request."',
    changes: [synsAtEdge],
    url: 'http://www.shop.example:443/',
    expect: {
      status: 'failed',
      cause: 'http.bad-request',
      evidence: [carriedBy(addresses.edge6), { kind: 'http.response-received', where: { status: 400 } }],
    },
    proof: [edgeReached, { log: 'edge', matches: '" 400 ' }],
    nearMissOf: ['http.client-error', 'tls.not-tls'],
    lookAlike: ['http-client-error', 'tls-not-tls'],
  },
  answering({
    id: 'http-header-too-large',
    title: 'Headers too large',
    fault: '431: the request carries more than the server reads: too many cookies.',
    made: 'The edge answers so to a request with a long cookie.',
    naive: '"Bad request: the browser is broken."',
    status: 431,
    cause: 'http.bad-request',
    site: { server: ['if ($http_cookie ~ "^x{2000}") { return 431; }'] },
    more: { options: ['--header', `cookie: ${'x'.repeat(3000)}`], nearMissOf: ['http.client-error'], lookAlike: ['http-client-error'] },
  }),
  answering({
    id: 'http-misdirected',
    title: 'Misdirected request',
    fault: '421: the address serves TLS for the name and does not know it in HTTP.',
    made: 'The edge answers so.',
    naive: '"Client error."',
    status: 421,
    cause: 'http.bad-request',
    site: { locations: { '/': ['return 421;'] } },
    more: { nearMissOf: ['http.client-error'], lookAlike: ['http-wrong-site'] },
  }),
  answering({
    id: 'http-server-error',
    title: 'The application crashes',
    fault: '500 from the origin, passed on by the edge.',
    made: 'The origin answers 500.',
    naive: '"The network is broken."',
    status: 500,
    cause: 'http.server-error',
    changes: [{ nginx: { at: 'origin', server: ['location = / { return 500; }'] } }],
    more: {
      proof: [edgeReached, { log: 'edge', matches: '" 500 .*upstream=500' }],
      nearMissOf: ['http.bad-gateway', 'http.unavailable'],
      lookAlike: ['http-bad-gateway'],
    },
  }),
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
  answering({
    id: 'http-unexpected-text',
    title: 'The page says something else',
    fault: '200, and the text that was expected is not there.',
    made: "The origin's page is another one.",
    naive: 'Nothing: 200 OK.',
    status: 200,
    cause: 'http.unexpected',
    changes: [
      {
        nginx: {
          at: 'origin',
          files: {
            'index.html': '<!doctype html><title>Shop</title><h1>It works!</h1><p>This is the default page of a fresh installation.</p>',
          },
        },
      },
    ],
    evidence: [{ kind: 'page.document', where: { expectedTextFound: false } }],
    more: {
      options: ['--expect-text', 'The shop is open'],
      nearMissOf: ['page.blank'],
      lookAlike: ['healthy-expected-text', 'http-wrong-site'],
    },
  }),
  answering({
    id: 'http-unexpected-status',
    title: '200 where 401 should be',
    fault: 'A page that must be locked is open.',
    made: 'The walk expects 401; the page is served.',
    naive: 'Nothing: 200 OK.',
    status: 200,
    cause: 'http.unexpected',
    more: { options: ['--expect-status', '401'], lookAlike: ['healthy-expected-status'] },
  }),
  answering({
    id: 'http-wrong-site',
    title: "Somebody else's parking page",
    fault: '200 from a default virtual host: the name was never configured there.',
    made: 'The edge serves a parking page.',
    naive: 'Nothing: 200 OK.',
    status: 200,
    cause: 'http.wrong-site',
    site: {
      locations: {
        '/': page(
          200,
          '<!doctype html><html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is successfully installed and working. Further configuration is required.</p></body></html>',
        ),
      },
    },
    more: {
      lookAlike: ['http-unexpected-text', 'http-not-found'],
    },
  }),
];
