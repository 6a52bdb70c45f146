import type { CauseCode } from '../../src/model/cause.ts';
import type { ConnectionScript } from '../loopback/connection-script.ts';
import {
  badGzip,
  closeAfterRequest,
  contradictingLengths,
  cutGzip,
  malformedChunk,
  malformedStatusLine,
  resetAfterRequest,
  resetInBody,
  silentAfterRequest,
  stalledBody,
  truncatedByChunk,
  truncatedByLength,
} from '../loopback/misbehaviours.ts';
import type { Change } from '../scenario/change.ts';
import type { EvidencePattern, Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { edgeReached, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';

interface OddAnswer {
  id: string;
  title: string;
  fault: string;
  naive: string;
  steps: ConnectionScript;
  cause: CauseCode;
  evidence: readonly EvidencePattern[];
  /** Inside TLS; default plain http, so that captures show it. */
  secure?: true;
  more?: Partial<Scenario>;
}

/** A server in nginx's place that takes the request and answers as the script says. */
function oddAnswer({ id, title, fault, naive, steps, cause, evidence, secure, more }: OddAnswer): Scenario {
  const behavior = secure ? { script: { secure: {}, steps } } : { script: { steps } };
  return {
    id,
    title,
    fault,
    made: `A server in nginx's place on port ${secure ? 443 : 80} does so.`,
    naive,
    changes: [{ stop: 'edge' }, { odd: { name: 'odd-edge', at: 'edge', port: secure ? 443 : 80, behavior } }],
    url: `${secure ? 'https' : 'http'}://www.shop.example/`,
    expect: {
      status: 'failed',
      cause,
      evidence: [{ kind: 'tcp.connected' }, { kind: 'http.request-sent', where: { method: 'GET' } }, ...evidence],
    },
    proof: [{ hits: 'odd-edge' }],
    ...(secure && { captureClient: { checkpoint: 'unclear' as const, why: 'TLS hides the request without key-log secrets' } }),
    ...more,
  };
}

const redirecting = (locations: Readonly<Record<string, string>>): Change => ({
  site: { locations: Object.fromEntries(Object.entries(locations).map(([path, target]) => [path, [`return 302 ${target};`]])) },
});

const largeFile: Change = {
  nginx: {
    at: 'origin',
    files: {
      'large.html': `<!doctype html><title>Shop</title><h1>Catalogue</h1>${'<p>An article with a long description.</p>\n'.repeat(3000)}`,
    },
  },
};

/** The request got there; the answer is late, broken, or leads astray. */
export const httpTransferScenarios: readonly Scenario[] = [
  oddAnswer({
    id: 'http-timeout',
    title: 'The request is received and nothing comes',
    fault: 'The application hangs.',
    naive: '"The network is down."',
    steps: silentAfterRequest,
    cause: 'http.timeout',
    evidence: [{ kind: 'tcp.peer-silent', where: { phase: 'request-sent' } }],
    more: {
      nearMissOf: ['tls.timeout', 'tcp.timeout', 'http.gateway-timeout'],
      lookAlike: ['http-gateway-timeout', 'http-stalled', 'route-mtu-black-hole-body'],
    },
  }),
  oddAnswer({
    id: 'http-timeout-secure',
    title: 'The request is received over TLS and nothing comes',
    fault: 'The application hangs; the certificate is well.',
    naive: '"TLS timeout."',
    steps: silentAfterRequest,
    secure: true,
    cause: 'http.timeout',
    evidence: [trustedCertificate, { kind: 'tcp.peer-silent', where: { phase: 'request-sent' } }],
    more: { nearMissOf: ['tls.timeout'], lookAlike: ['tls-timeout'] },
  }),
  oddAnswer({
    id: 'http-reset',
    title: 'Reset after the request',
    fault: 'The application crashes on the request; connections without one stay open.',
    naive: '"A firewall resets us."',
    steps: resetAfterRequest,
    cause: 'http.reset',
    evidence: [
      { kind: 'tcp.reset-received', where: { phase: 'request-sent' } },
      { kind: 'tcp.silent-connection', where: { outcome: 'stayed-open' } },
    ],
    more: {
      nearMissOf: ['tcp.reset', 'http.closed'],
      lookAlike: ['tcp-reset', 'http-host-filtered', 'healthy-head-resets', 'healthy-reset-after-body'],
    },
  }),
  oddAnswer({
    id: 'http-reset-secure',
    title: 'Reset after the request, inside TLS',
    fault: 'The application crashes on the request.',
    naive: '"TLS error."',
    steps: resetAfterRequest,
    secure: true,
    cause: 'http.reset',
    evidence: [trustedCertificate, { kind: 'tcp.reset-received', where: { phase: 'request-sent' } }],
    more: { nearMissOf: ['tls.reset', 'tcp.reset'], lookAlike: ['tls-reset', 'tcp-reset'] },
  }),
  {
    id: 'http-closed',
    title: 'Closed without a word',
    fault: "The server closes the connection instead of answering: nginx's status 444.",
    made: 'nginx returns 444.',
    naive: '"Empty reply from server: the network."',
    changes: [synsAtEdge, { site: { locations: { '/': ['return 444;'] } } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'http.closed',
      evidence: [trustedCertificate, { kind: 'tcp.closed-by-peer', where: { phase: 'request-sent' } }],
    },
    proof: [edgeReached, { log: 'edge', matches: '" 444 ' }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the request without key-log secrets' },
    nearMissOf: ['tls.closed', 'tcp.closed', 'http.reset'],
    lookAlike: ['tcp-closed', 'tls-closed', 'http-reset'],
  },
  oddAnswer({
    id: 'http-closed-plain',
    title: 'Closed after the request, without TLS',
    fault: 'The server closes in place of an answer.',
    naive: '"Empty reply from server."',
    steps: closeAfterRequest,
    cause: 'http.closed',
    evidence: [{ kind: 'tcp.closed-by-peer', where: { phase: 'request-sent' } }],
    more: { nearMissOf: ['tcp.closed', 'http.truncated'], lookAlike: ['tcp-closed'] },
  }),
  oddAnswer({
    id: 'http-malformed-status',
    title: 'The first line is no status line',
    fault: "The answer breaks HTTP's syntax in its first line.",
    naive: '"Unsupported HTTP/1 subversion."',
    steps: malformedStatusLine,
    cause: 'http.malformed',
    evidence: [{ kind: 'http.response-malformed', where: { rule: 'status-line' } }],
    more: { nearMissOf: ['http.bad-gateway', 'tls.not-tls'], lookAlike: ['http-bad-gateway-garbage'] },
  }),
  oddAnswer({
    id: 'http-malformed',
    title: 'Two lengths that contradict each other',
    fault: "The answer breaks HTTP's syntax in its header: two Content-Length fields, two values.",
    naive: 'Nothing: some clients take the first, some the last.',
    steps: contradictingLengths,
    cause: 'http.malformed',
    evidence: [{ kind: 'http.response-malformed', where: { rule: 'content-length' } }],
    more: { nearMissOf: ['http.truncated'], lookAlike: ['healthy-stray-header-line'] },
  }),
  oddAnswer({
    id: 'http-malformed-chunk',
    title: 'A chunk without a size',
    fault: "The body's framing is broken.",
    naive: '"Transfer closed."',
    steps: malformedChunk,
    cause: 'http.malformed',
    evidence: [{ kind: 'http.response-malformed', where: { rule: 'chunk-size' } }],
    more: { nearMissOf: ['http.truncated'], lookAlike: ['http-truncated-chunk'] },
  }),
  oddAnswer({
    id: 'http-truncated-length',
    title: 'The body ends too early',
    fault: '5,000 bytes are announced, 20 come, then the connection is closed.',
    naive: '200 OK.',
    steps: truncatedByLength,
    cause: 'http.truncated',
    evidence: [
      { kind: 'http.response-received', where: { status: 200 } },
      { kind: 'http.body-received', where: { end: 'cut-off', expectedBytes: 5000, endedBy: 'peer-closed' } },
    ],
    more: { nearMissOf: ['http.stalled', 'http.closed'], lookAlike: ['healthy-body-until-close', 'http-stalled'] },
  }),
  oddAnswer({
    id: 'http-truncated-chunk',
    title: 'The last chunk never comes',
    fault: 'A chunked body ends without its last chunk: the application died on the way.',
    naive: '200 OK.',
    steps: truncatedByChunk,
    secure: true,
    cause: 'http.truncated',
    evidence: [trustedCertificate, { kind: 'http.body-received', where: { end: 'cut-off', framing: 'chunked' } }],
    more: { nearMissOf: ['http.malformed'], lookAlike: ['http-malformed-chunk'] },
  }),
  oddAnswer({
    id: 'http-truncated-reset',
    title: 'Reset in the middle of the body',
    fault: 'Part of the body arrives, then the server resets.',
    naive: '200 OK, or "connection reset".',
    steps: resetInBody,
    cause: 'http.truncated',
    evidence: [{ kind: 'http.body-received', where: { end: 'cut-off', endedBy: 'reset' } }],
    more: { nearMissOf: ['http.reset', 'tcp.reset'], lookAlike: ['healthy-reset-after-body', 'http-reset'] },
  }),
  oddAnswer({
    id: 'http-stalled',
    title: 'The body stops',
    fault: 'Part of the body arrives, then nothing, and the connection stays open.',
    naive: '200 OK.',
    steps: stalledBody,
    cause: 'http.stalled',
    evidence: [
      { kind: 'http.response-received', where: { status: 200 } },
      { kind: 'http.body-received', where: { end: 'silent', expectedBytes: 5000 } },
    ],
    more: {
      nearMissOf: ['http.timeout', 'http.truncated', 'route.mtu-black-hole'],
      lookAlike: ['route-mtu-black-hole-body', 'http-throttled', 'http-truncated-length'],
    },
  }),
  oddAnswer({
    id: 'http-bad-gzip',
    title: 'Not what the encoding says',
    fault: 'The header says gzip, the body is plain text.',
    naive: '200 OK.',
    steps: badGzip,
    cause: 'http.bad-encoding',
    evidence: [{ kind: 'http.body-received', where: { end: 'complete', 'encodings.*': 'gzip', decodeFailure: { not: null } } }],
    more: { nearMissOf: ['http.truncated', 'page.blank'], lookAlike: ['healthy-compressed', 'http-cut-gzip'] },
  }),
  oddAnswer({
    id: 'http-cut-gzip',
    title: 'A compressed page that ends before its end',
    fault: 'The transfer is complete, the compressed data in it is not.',
    naive: '200 OK, all bytes received.',
    steps: cutGzip,
    secure: true,
    cause: 'http.bad-encoding',
    evidence: [trustedCertificate, { kind: 'http.body-received', where: { end: 'complete', 'encodings.*': 'gzip' } }],
    more: { nearMissOf: ['http.truncated'], lookAlike: ['http-truncated-length'] },
  }),
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
    id: 'http-host-filtered',
    title: 'This Host is reset, others are served',
    fault: 'A box reads the Host field and resets for this name.',
    made: "A server in nginx's place on port 80 resets requests for www.shop.example.",
    naive: '"The application crashed."',
    changes: [
      { stop: 'edge' },
      {
        odd: {
          name: 'odd-edge',
          at: 'edge',
          port: 80,
          behavior: { request: { when: '^host: www\\.shop\\.example|\\r\\nhost: www\\.shop\\.example', steps: [{ finish: 'reset' }] } },
        },
      },
    ],
    url: 'http://www.shop.example/',
    expect: { status: 'failed', cause: 'http.host-filtered', evidence: [{ kind: 'tcp.reset-received', where: { phase: 'request-sent' } }] },
    proof: [{ hits: 'odd-edge' }, { request: { address: addresses.edgeA, host: 'another.example', secure: false }, status: 200 }],
    captureClient: { checkpoint: 'http', cause: 'http.reset' },
    lookAlike: ['http-reset', 'tls-sni-filtered', 'tcp-reset-plain', 'tls-reset'],
  },
  {
    id: 'http-slow',
    title: 'The application thinks for two and a half seconds',
    fault: "The path is fast, the first byte is late: the server's share is nearly all of it.",
    made: "A server in the origin's place answers after 2.5 s; the edge passes it on.",
    naive: '"The network is slow."',
    changes: [
      synsAtEdge,
      { stop: 'origin' },
      {
        odd: {
          name: 'slow-origin',
          at: 'origin',
          port: 80,
          behavior: {
            script: {
              steps: [
                { await: 'request' },
                { pauseMs: 2500 },
                {
                  send: 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 47\r\n\r\n<!doctype html><title>Shop</title><h1>Open</h1>',
                },
                { finish: 'close' },
              ],
            },
          },
        },
      },
    ],
    url: 'https://www.shop.example/',
    options: ['--timeout', '5'],
    expect: {
      status: 'degraded',
      cause: 'http.slow',
      evidence: [trustedCertificate, ...pageArrived()],
      timings: { firstByteMs: { atLeast: 2400 }, serverMs: { atLeast: 2300 } },
    },
    proof: [{ hits: 'slow-origin' }, { log: 'edge', matches: '" 200 ' }],
    captureClient: { checkpoint: 'unclear', why: 'TLS hides the request without key-log secrets' },
    nearMissOf: ['tcp.slow', 'tls.slow', 'dns.slow', 'http.gateway-timeout'],
    lookAlike: ['healthy-far-away', 'route-latency', 'dns-slow', 'http-gateway-timeout'],
  },
  {
    id: 'http-throttled',
    title: 'A trickle of a page',
    fault: 'The body comes at 40 kB/s over a path that could do thousands: the server throttles.',
    made: 'nginx limits the rate.',
    naive: '"The network is slow."',
    changes: [synsAtEdge, largeFile, { site: { locations: { '/': [`proxy_pass http://${addresses.origin};`, 'limit_rate 40k;'] } } }],
    url: 'https://www.shop.example/large.html',
    expect: {
      status: 'degraded',
      cause: 'http.throttled',
      evidence: [trustedCertificate, { kind: 'http.body-received', where: { end: 'complete', bytes: { atLeast: 100_000 } } }],
    },
    proof: [edgeReached, { log: 'edge', matches: 'GET /large.html' }],
    captureClient: { checkpoint: null },
    lookAlike: ['http-stalled', 'route-loss', 'healthy-byte-by-byte'],
  },
  {
    id: 'http-h3-silent',
    title: 'HTTP/3 is advertised and UDP 443 is silent',
    fault: 'Alt-Svc offers h3; datagrams to port 443 vanish, as they do in networks that drop them for everybody: browsers go on over TCP.',
    made: 'nginx advertises h3; hosting drops UDP to port 443.',
    naive: 'Nothing: curl does not try.',
    changes: [
      synsAtEdge,
      { site: { server: ['add_header alt-svc \'h3=":443"; ma=86400\' always;'] } },
      { filter: { name: 'no-quic', at: 'hosting', hook: 'forward', match: 'udp dport 443', does: 'drop' } },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      notes: ['http.h3-failed'],
      evidence: [
        trustedCertificate,
        { kind: 'http.response-received', where: { status: 200, 'headers.*.name': 'alt-svc' } },
        { kind: 'http.quic-tried', where: { outcome: 'silent' } },
      ],
    },
    nearMissOf: ['http.h3-failed'],
    proof: [edgeReached, { request: { address: addresses.edgeA }, status: 200, header: ['alt-svc', 'h3=":443"'] }],
    captureClient: { checkpoint: null },
    lookAlike: ['healthy', 'http-h3-refused'],
  },
  {
    id: 'http-h2-failed',
    title: 'HTTP/2 is negotiated and breaks',
    fault: 'The server chooses h2 and then breaks the protocol; HTTP/1.1 works.',
    made: 'HAProxy negotiates h2 and answers HTTP/2 requests with a reset; HTTP/1.1 is served.',
    naive: '"Connection reset": in browsers only.',
    changes: [
      synsAtEdge,
      {
        haproxy: {
          lines: [
            'frontend site',
            '{bind}',
            '  acl second req.ver 2.0',
            '  http-request reject if second',
            '  default_backend origin',
            'backend origin',
            `  server origin ${addresses.origin}:80`,
          ],
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: { status: 'degraded', cause: 'http.h2-failed', evidence: [trustedCertificate, ...pageArrived()] },
    proof: [edgeReached, { request: { address: addresses.edgeA }, status: 200 }],
    captureClient: { checkpoint: null },
    lookAlike: ['http-reset', 'http-closed'],
  },
];
