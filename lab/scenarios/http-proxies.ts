import type { CauseCode } from '../../src/model/cause.ts';
import type { ConnectionScript } from '../loopback/connection-script.ts';
import type { Change } from '../scenario/change.ts';
import type { EvidencePattern, Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { edgeReached, meter, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';

/** The fault lies behind a real proxy that is not nginx: who says what, in its own words. */
interface ProxyScenario {
  id: string;
  title: string;
  fault: string;
  made: string;
  naive: string;
  status: number;
  cause: CauseCode;
  changes: readonly Change[];
  /** Text of the proxy's own page. */
  mark: string | null;
  /** On port 80, without TLS. */
  plain?: true;
  evidence?: readonly EvidencePattern[];
  more?: Partial<Scenario>;
}

const synsAt80 = meter('syns-at-edge', 'edge', 'tcp dport 80 tcp flags & (syn | ack) == syn');

function behind({ id, title, fault, made, naive, status, cause, changes, mark, plain, evidence = [], more }: ProxyScenario): Scenario {
  return {
    id,
    title,
    fault,
    made,
    naive,
    changes: [plain ? synsAt80 : synsAtEdge, ...changes],
    url: `${plain ? 'http' : 'https'}://www.shop.example/`,
    expect: {
      status: 'failed',
      cause,
      evidence: [
        ...(plain ? [] : [trustedCertificate]),
        { kind: 'http.response-received', where: { status } },
        ...(mark === null ? [] : [{ kind: 'http.excerpt' as const, where: { 'marks.*': mark } }]),
        ...evidence,
      ],
    },
    proof: [edgeReached],
    ...(!plain && { captureClient: { checkpoint: 'unclear' as const, why: 'TLS hides the response without key-log secrets' } }),
    ...more,
  };
}

const slowOrigin = (steps: ConnectionScript): Change[] => [
  { stop: 'origin' },
  { odd: { name: 'odd-origin', at: 'origin', port: 80, behavior: { script: { steps } } } },
];
const silent: ConnectionScript = [{ await: 'request' }, { finish: 'hold' }];
const brokenHeader: ConnectionScript = [{ await: 'request' }, { send: 'HTTP/1.1 200 OK\r\nthis is no field\r\n\r\n' }, { finish: 'close' }];
const garbage: ConnectionScript = [{ await: 'request' }, { send: 'no HTTP at all\r\n\r\n' }, { finish: 'close' }];

const haproxy = (...backend: readonly string[]): Change => ({
  haproxy: { lines: ['frontend site', '{bind}', '  default_backend origin', 'backend origin', ...backend] },
});

export const httpProxyScenarios: readonly Scenario[] = [
  behind({
    id: 'http-unavailable-apache',
    title: 'Apache in front, the origin is stopped',
    fault: '503: Apache cannot connect to the origin.',
    made: 'Apache stands at the edge; the origin is stopped.',
    naive: '"The web server is overloaded."',
    status: 503,
    cause: 'http.unavailable',
    changes: [{ frontend: { server: 'apache' } }, { stop: 'origin' }],
    mark: 'The server is temporarily unable to service your',
    more: { nearMissOf: ['http.bad-gateway'], lookAlike: ['http-bad-gateway', 'healthy-apache'] },
  }),
  behind({
    id: 'http-bad-gateway-apache',
    title: 'Apache in front, the origin has a broken header',
    fault: "502: the origin's header has a line that is no field.",
    made: "Apache stands at the edge; a server in the origin's place answers so.",
    naive: '"The web server is down."',
    status: 502,
    cause: 'http.bad-gateway',
    changes: [{ frontend: { server: 'apache' } }, ...slowOrigin(brokenHeader)],
    mark: 'The proxy server received an invalid',
    more: { proof: [edgeReached, { hits: 'odd-origin' }], nearMissOf: ['http.malformed'], lookAlike: ['http-unavailable-apache'] },
  }),
  behind({
    id: 'http-bad-gateway-apache-timeout',
    title: 'Apache in front, the origin is silent',
    fault: '502, not 504: Apache waits one second and says that it could not read.',
    made: "Apache stands at the edge with ProxyTimeout 1; a server in the origin's place never answers.",
    naive: '"The network is slow."',
    status: 502,
    cause: 'http.bad-gateway',
    changes: [{ frontend: { server: 'apache', lines: ['ProxyTimeout 1'] } }, ...slowOrigin(silent)],
    mark: 'Error reading from remote server',
    more: { proof: [edgeReached, { hits: 'odd-origin' }], nearMissOf: ['http.timeout'], lookAlike: ['http-timeout'] },
  }),
  behind({
    id: 'http-unavailable-varnish',
    title: 'Varnish in front, the origin is stopped',
    fault: '503: Varnish cannot fetch from the origin.',
    made: 'Varnish stands at the edge on port 80; the origin is stopped.',
    naive: '"The cache is broken."',
    status: 503,
    cause: 'http.unavailable',
    plain: true,
    changes: [{ frontend: { server: 'varnish' } }, { stop: 'origin' }],
    mark: 'Backend fetch failed',
    more: { nearMissOf: ['http.bad-gateway', 'http.server-error'], lookAlike: ['http-unavailable', 'healthy-varnish'] },
  }),
  behind({
    id: 'http-server-error-varnish',
    title: 'Varnish in front, the application crashes',
    fault: '500 from the origin, passed on by the cache.',
    made: 'Varnish stands at the edge on port 80; the origin answers 500.',
    naive: '"The cache is broken."',
    status: 500,
    cause: 'http.server-error',
    plain: true,
    changes: [{ frontend: { server: 'varnish' } }, { nginx: { at: 'origin', server: ['location = / { return 500; }'] } }],
    mark: '<center>nginx',
    more: { nearMissOf: ['http.unavailable', 'http.bad-gateway'], lookAlike: ['http-unavailable-varnish'] },
  }),
  behind({
    id: 'http-bad-gateway-caddy',
    title: 'Caddy in front, the origin is stopped',
    fault: '502 without a word.',
    made: 'Caddy stands at the edge; the origin is stopped.',
    naive: '"The web server is down": it is the one that answers.',
    status: 502,
    cause: 'http.bad-gateway',
    changes: [{ frontend: { server: 'caddy' } }, { stop: 'origin' }],
    mark: null,
    evidence: [{ kind: 'http.response-received', where: { 'headers.*.value': 'Caddy' } }],
    more: { nearMissOf: ['http.unavailable'], lookAlike: ['http-bad-gateway', 'healthy-http3'] },
  }),
  behind({
    id: 'http-gateway-timeout-haproxy',
    title: 'HAProxy in front, the origin is silent',
    fault: '504: HAProxy waits one second.',
    made: "HAProxy stands at the edge with timeout server 1s; a server in the origin's place never answers.",
    naive: '"The network is slow."',
    status: 504,
    cause: 'http.gateway-timeout',
    changes: [haproxy('  timeout server 1s', `  server origin ${addresses.origin}:80`), ...slowOrigin(silent)],
    mark: "The server didn't respond in time.",
    more: { proof: [edgeReached, { hits: 'odd-origin' }], nearMissOf: ['http.timeout'], lookAlike: ['http-timeout'] },
  }),
  behind({
    id: 'http-bad-gateway-haproxy',
    title: 'HAProxy in front, the origin does not speak HTTP',
    fault: "502: HAProxy cannot read the origin's answer.",
    made: "HAProxy stands at the edge; a server in the origin's place answers with something else.",
    naive: '"The load balancer is down."',
    status: 502,
    cause: 'http.bad-gateway',
    changes: [haproxy(`  server origin ${addresses.origin}:80`), ...slowOrigin(garbage)],
    mark: 'The server returned an invalid or incomplete response.',
    more: { proof: [edgeReached, { hits: 'odd-origin' }], nearMissOf: ['http.malformed'], lookAlike: ['http-malformed-status'] },
  }),
  behind({
    id: 'http-h3-refused',
    title: 'HTTP/3 is advertised and nothing listens',
    fault: 'Alt-Svc offers h3; the server has no UDP port 443.',
    made: 'nginx, which does not speak HTTP/3 here, advertises it.',
    naive: 'Nothing: curl does not try.',
    status: 200,
    cause: 'http.h3-failed',
    changes: [{ site: { server: ['add_header alt-svc \'h3=":443"; ma=86400\' always;'] } }],
    mark: null,
    more: {
      expect: {
        status: 'degraded',
        cause: 'http.h3-failed',
        evidence: [
          trustedCertificate,
          ...pageArrived(),
          { kind: 'http.quic-tried', where: { outcome: 'refused', advertisedBy: 'alt-svc' } },
        ],
      },
      captureClient: { checkpoint: null },
      lookAlike: ['healthy-http3', 'http-h3-silent'],
    },
  }),
  {
    id: 'healthy-http3',
    title: 'HTTP/3 is advertised and works',
    fault: 'None.',
    made: 'Caddy stands at the edge: it advertises HTTP/3 and speaks it.',
    naive: 'Nothing.',
    changes: [synsAtEdge, { frontend: { server: 'caddy' } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['http.h3-failed'],
      evidence: [trustedCertificate, ...pageArrived(), { kind: 'http.quic-tried', where: { outcome: 'handshake' } }],
    },
    proof: [edgeReached],
    nearMissOf: ['http.h3-failed', 'http.h2-failed'],
    lookAlike: ['http-h3-silent', 'http-h3-refused'],
  },
  {
    id: 'healthy-apache',
    title: 'Apache in front',
    fault: 'None.',
    made: 'Apache stands at the edge with HTTP/2.',
    naive: 'Nothing.',
    changes: [synsAtEdge, { frontend: { server: 'apache' } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      evidence: [trustedCertificate, ...pageArrived(), { kind: 'http.response-received', where: { version: '2' } }],
    },
    proof: [edgeReached],
    nearMissOf: ['http.unavailable', 'http.h2-failed'],
    lookAlike: ['http-unavailable-apache'],
  },
  {
    id: 'healthy-varnish',
    title: 'From the cache',
    fault: 'None: the page comes from Varnish, as it was some time ago.',
    made: 'Varnish stands at the edge on port 80, and somebody asked before.',
    naive: '"The page is stale."',
    changes: [synsAt80, { frontend: { server: 'varnish' } }],
    url: 'http://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      evidence: [...pageArrived(), { kind: 'http.response-received', where: { 'headers.*.name': 'x-varnish' } }],
    },
    proof: [edgeReached],
    nearMissOf: ['http.unavailable', 'page.stale'],
    lookAlike: ['http-unavailable-varnish'],
  },
  {
    id: 'healthy-large-slow-link',
    title: 'A large page over a slow link',
    fault: 'None: the link is what it is.',
    made: 'The way to the hosting network carries one megabit per second.',
    naive: '"The server throttles."',
    changes: [
      synsAtEdge,
      { link: { name: 'slow', between: ['core', 'hosting'], delayMs: 15, rateBps: 1_000_000, queueBytes: 60_000 } },
      {
        nginx: {
          at: 'origin',
          files: {
            'large.html': `<!doctype html><title>Shop</title><h1>Catalogue</h1>${'<p>An article with a long description.</p>\n'.repeat(6000)}`,
          },
        },
      },
    ],
    url: 'https://www.shop.example/large.html',
    expect: {
      status: 'ok',
      cause: null,
      without: ['http.throttled', 'http.stalled'],
      evidence: [trustedCertificate, { kind: 'http.body-received', where: { end: 'complete', bytes: { atLeast: 240_000 } } }],
    },
    proof: [edgeReached, { link: 'slow', what: 'delayed' }],
    nearMissOf: ['http.throttled', 'route.loss'],
    lookAlike: ['http-throttled'],
  },
];
