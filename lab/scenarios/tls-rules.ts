import type { Change } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { edgeReached, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';

const isHello = '{ req.ssl_hello_type 1 }';

/** HAProxy looks at what a connection begins with, by these rules, and passes on to itself what they let through. */
function door(rules: readonly string[]): readonly Change[] {
  return [
    synsAtEdge,
    {
      haproxy: {
        lines: [
          'frontend door',
          '  mode tcp',
          '  option tcplog',
          ...[addresses.edgeA, addresses.edgeB, addresses.edge6].map((address) => `  bind ${address}:443`),
          ...rules.map((rule) => `  tcp-request ${rule}`),
          '  default_backend terminator',
          'backend terminator',
          '  mode tcp',
          '  server terminator 127.0.0.1:8443',
          'frontend site',
          '  bind 127.0.0.1:8443 ssl crt /run/wirewalk-lab/edge/site.pem',
          '  default_backend origin',
          'backend origin',
          `  server origin ${addresses.origin}:80`,
        ],
      },
    },
  ];
}

/** Real rules, of a load balancer or a packet filter, that end, swallow or delay handshakes. */
export const tlsRuleScenarios: readonly Scenario[] = [
  {
    id: 'tls-timeout-haproxy',
    title: 'A load balancer drops in silence',
    fault: 'A rule drops every TLS connection without a word.',
    made: 'HAProxy drops ClientHellos silently (silent-drop).',
    naive: '"MTU problem": the connection opens and hangs.',
    changes: door(['inspect-delay 5s', `content silent-drop if ${isHello}`]),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.timeout',
      without: ['tls.sni-filtered', 'tls.large-hello', 'route.mtu-black-hole'],
      evidence: [
        { kind: 'tcp.peer-silent', where: { phase: 'hello-sent' } },
        { kind: 'tls.hello-tried', where: { variant: 'small', outcome: 'silent' } },
      ],
    },
    proof: [edgeReached],
    captureClient: { checkpoint: 'tls' },
    nearMissOf: ['tls.sni-filtered', 'tls.large-hello', 'route.mtu-black-hole', 'tcp.stall'],
    lookAlike: ['tls-timeout', 'tls-large-hello-haproxy'],
  },
  {
    id: 'tls-reset-firewall',
    title: "The server's own firewall resets TLS",
    fault: 'A packet filter on the server answers whatever begins like TLS with a reset; plain connections stay open.',
    made: 'nftables on the edge rejects segments to port 443 whose first byte is that of a TLS handshake.',
    naive: '"The web server crashes."',
    changes: [
      synsAtEdge,
      { filter: { name: 'hello-reset', at: 'edge', hook: 'input', match: 'tcp dport 443 @ih,0,8 0x16', does: 'reject with tcp reset' } },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.reset',
      without: ['tls.sni-filtered', 'tcp.reset'],
      evidence: [
        { kind: 'tcp.reset-received', where: { phase: 'hello-sent' } },
        { kind: 'tls.hello-tried', where: { variant: 'other-name', outcome: 'reset' } },
      ],
    },
    proof: [edgeReached, { counter: 'hello-reset' }],
    captureClient: { checkpoint: 'tls' },
    nearMissOf: ['tls.sni-filtered', 'tcp.reset', 'tls.closed'],
    lookAlike: ['tls-reset', 'tls-sni-filtered-haproxy'],
  },
  {
    id: 'tls-large-hello-haproxy',
    title: 'A load balancer that wants small hellos',
    fault: 'A rule drops hellos of more than 300 bytes: written when none were larger.',
    made: 'HAProxy drops what is longer silently.',
    naive: '"The server hangs."',
    changes: door(['inspect-delay 5s', `content accept if ${isHello} { req.len le 300 }`, `content silent-drop if ${isHello}`]),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.large-hello',
      scope: ['large'],
      evidence: [
        { kind: 'tls.hello-tried', where: { variant: 'small', outcome: 'hello' } },
        { kind: 'tls.hello-tried', where: { variant: 'large', outcome: 'silent' } },
      ],
    },
    proof: [edgeReached],
    captureClient: { checkpoint: 'tls' },
    nearMissOf: ['tls.timeout', 'tls.sni-filtered', 'route.mtu-black-hole'],
    lookAlike: ['tls-timeout-haproxy', 'tls-large-hello'],
  },
  {
    id: 'tls-timeout-new-version',
    title: 'A box that does not know TLS 1.3',
    fault: 'A rule of 2015 swallows every hello that offers TLS 1.3; what offers TLS 1.2 at most passes.',
    made: 'HAProxy drops hellos silently whose first cipher suite is one of TLS 1.3 (0x13..), at byte 78 after a session id.',
    naive: '"The server hangs", and "works for me" with an old tool.',
    changes: door([
      'inspect-delay 5s',
      `content silent-drop if ${isHello} { req.payload(78,1),hex -m str 13 }`,
      `content accept if ${isHello}`,
    ]),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.timeout',
      without: ['tls.large-hello', 'tls.sni-filtered', 'tls.version', 'route.mtu-black-hole'],
      evidence: [
        { kind: 'tls.hello-tried', where: { variant: 'tls12-only', outcome: 'hello' } },
        { kind: 'tls.hello-tried', where: { variant: 'small', outcome: 'silent' } },
      ],
    },
    proof: [edgeReached],
    captureClient: { checkpoint: 'tls' },
    nearMissOf: ['tls.version', 'tls.large-hello', 'tls.sni-filtered'],
    lookAlike: ['tls-timeout-haproxy', 'tls-large-hello-haproxy'],
  },
  {
    id: 'tls-slow-haproxy',
    title: 'A load balancer that waits before it looks',
    fault: 'Every TLS connection is held for a second and a half before it is passed on.',
    made: 'HAProxy waits for the end of its inspection delay.',
    naive: '"The network is slow."',
    changes: door(['inspect-delay 1500ms', 'content accept if WAIT_END']),
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'tls.slow',
      evidence: [{ kind: 'tls.handshake-completed', where: { durationMs: { atLeast: 1400 } } }, trustedCertificate, ...pageArrived()],
      timings: { tlsMs: { atLeast: 1400 } },
    },
    proof: [edgeReached],
    nearMissOf: ['tls.timeout', 'tcp.slow', 'http.slow'],
    lookAlike: ['tls-slow', 'tls-timeout-haproxy'],
  },
  {
    id: 'healthy-smallest-key',
    title: 'The smallest key that will do',
    fault: 'None: RSA with 2048 bits, valid since an hour ago, without stated purposes.',
    made: 'Such a certificate.',
    naive: '"Weak key", "no server authentication".',
    changes: [synsAtEdge, { site: { certificate: { key: 'rsa-2048', usage: 'none' } } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['tls.weak', 'tls.wrong-usage', 'tls.cert-not-yet-valid'],
      evidence: [trustedCertificate, { kind: 'tls.certificates-received', where: { 'certificates.0.keyBits': 2048 } }, ...pageArrived()],
    },
    proof: [edgeReached, { certificate: addresses.edgeA, fact: 'valid' }],
    captureClient: { checkpoint: null },
    nearMissOf: ['tls.weak', 'tls.wrong-usage', 'tls.cert-not-yet-valid'],
    lookAlike: ['tls-weak-key', 'tls-wrong-usage', 'tls-not-yet-valid'],
  },
];
