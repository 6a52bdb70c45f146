import type { ConnectionScript } from '../loopback/connection-script.ts';
import { fatalAlert } from '../loopback/misbehaviours.ts';
import type { Change } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { edgeHttpsPortsFree, edgeReached, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';

const sitePem = '/run/wirewalk-lab/edge/site.pem';
const privatePem = '/run/wirewalk-lab/authorities/private.pem';
const edgeBinds = [addresses.edgeA, addresses.edgeB, addresses.edge6];

function oddEdge(steps: ConnectionScript): readonly Change[] {
  return [{ stop: 'edge' }, { odd: { name: 'odd-edge', at: 'edge', port: 443, behavior: { script: { steps } } } }];
}

/** HAProxy looks at the ClientHello and passes on to itself what it lets through. */
function helloFilter(...rules: readonly string[]): readonly Change[] {
  return [
    synsAtEdge,
    {
      haproxy: {
        lines: [
          'frontend door',
          '  mode tcp',
          '  option tcplog',
          ...edgeBinds.map((address) => `  bind ${address}:443`),
          '  tcp-request inspect-delay 5s',
          ...rules.map((rule) => `  ${rule}`),
          '  tcp-request content accept if { req.ssl_hello_type 1 }',
          '  default_backend terminator',
          'backend terminator',
          '  mode tcp',
          '  server terminator 127.0.0.1:8443',
          'frontend site',
          `  bind 127.0.0.1:8443 ssl crt ${sitePem}`,
          '  default_backend origin',
          'backend origin',
          `  server origin ${addresses.origin}:80`,
        ],
      },
    },
  ];
}

/** A record of the handshake with a ServerHello that chooses SSL 3.0 and RC4 (RFC 6101 section 5.6.1.3). */
const sslThreeHello = Uint8Array.from([22, 3, 0, 0, 42, 2, 0, 0, 38, 3, 0, ...new Array<number>(32).fill(7), 0, 0, 5, 0]);

/** The server turns the client away, or talks past it: real servers where one can be configured to. */
export const tlsRefusalScenarios: readonly Scenario[] = [
  {
    id: 'tls-version-ssl3',
    title: 'SSL 3.0 and nothing newer',
    fault: 'An appliance from 2003 chooses SSL 3.0, which no current client accepts.',
    made: "A server in nginx's place answers with the ServerHello such an appliance sends.",
    naive: '"unsupported protocol".',
    changes: oddEdge([{ await: 'client-hello' }, { send: sslThreeHello }, { finish: 'hold' }]),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.version',
      evidence: [{ kind: 'tls.handshake-failed', where: { version: 'SSLv3', 'alertSent.alertName': 'protocol_version' } }],
    },
    proof: [{ hits: 'odd-edge' }],
    nearMissOf: ['tls.cipher', 'tls.alert', 'tls.legacy'],
    lookAlike: ['tls-version', 'tls-legacy-version'],
  },
  {
    id: 'tls-cipher-group',
    title: 'No curve in common',
    fault: 'The server insists on a curve that clients do not offer.',
    made: 'nginx offers TLS 1.2 with the curve brainpoolP512r1 alone.',
    naive: '"SSL handshake failed": add ciphers.',
    changes: [synsAtEdge, { site: { protocols: 'TLSv1.2' } }, { nginx: { at: 'edge', http: ['ssl_ecdh_curve brainpoolP512r1;'] } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.cipher',
      evidence: [
        { kind: 'tls.alert-received', where: { alertName: 'handshake_failure' } },
        { kind: 'tls.hello-tried', where: { variant: 'widest', outcome: 'hello', group: 'brainpoolP512r1' } },
      ],
    },
    proof: [edgeReached, { log: 'edge', matches: 'no shared cipher' }],
    nearMissOf: ['tls.alert', 'tls.version'],
    lookAlike: ['tls-cipher', 'tls-alert-handshake-failure'],
  },
  {
    id: 'tls-alert-handshake-failure',
    title: 'handshake_failure, whatever is offered',
    fault: 'An edge without a certificate for the name refuses with alert 40: ciphers have nothing to do with it.',
    made: "A server in nginx's place answers every ClientHello with alert 40.",
    naive: '"No cipher in common": add ciphers.',
    changes: oddEdge(fatalAlert(40)),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.alert',
      without: ['tls.cipher', 'tls.version'],
      evidence: [
        { kind: 'tls.alert-received', where: { alertName: 'handshake_failure' } },
        { kind: 'tls.hello-tried', where: { variant: 'widest', outcome: 'alert' } },
      ],
    },
    proof: [{ hits: 'odd-edge' }],
    captureClient: { checkpoint: 'tls' },
    nearMissOf: ['tls.cipher', 'tls.version'],
    lookAlike: ['tls-cipher', 'tls-cipher-group'],
  },
  {
    id: 'tls-alert-nginx',
    title: 'The certificate file is missing',
    fault: 'The server chooses its certificate file by name, and has none for this one: internal error.',
    made: 'nginx takes the certificate from a path with the name in it, where no file is.',
    naive: '"SSL error."',
    changes: [
      synsAtEdge,
      { site: { notOn: edgeBinds } },
      {
        nginx: {
          at: 'edge',
          http: [
            'server {',
            'listen 443 ssl; listen [::]:443 ssl ipv6only=on;',
            'server_name ~^(?<site>.+)$;',
            'ssl_certificate /run/wirewalk-lab/edge/by-name/$site.pem; ssl_certificate_key /run/wirewalk-lab/edge/by-name/$site.key;',
            'return 200 "open"; }',
          ],
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: { status: 'failed', cause: 'tls.alert', evidence: [{ kind: 'tls.alert-received', where: { alertName: 'internal_error' } }] },
    proof: [edgeReached, { log: 'edge', matches: 'cannot load certificate' }],
    nearMissOf: ['tls.cipher', 'tls.unrecognized-name'],
    lookAlike: ['tls-alert', 'tls-unrecognized-name'],
  },
  {
    id: 'tls-unrecognized-name-haproxy',
    title: 'A strict load balancer without a certificate for the name',
    fault: 'HAProxy serves only names it has certificates for, and has none for this one.',
    made: 'HAProxy with strict-sni; its certificate is for another name.',
    naive: '"SSL handshake failed."',
    changes: [
      synsAtEdge,
      { site: { certificate: { names: ['other.example'] } } },
      {
        haproxy: {
          lines: [
            'frontend site',
            ...edgeBinds.map((address) => `  bind ${address}:443 ssl crt ${sitePem} strict-sni`),
            '  default_backend origin',
            'backend origin',
            `  server origin ${addresses.origin}:80`,
          ],
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.unrecognized-name',
      evidence: [{ kind: 'tls.alert-received', where: { alertName: 'unrecognized_name' } }],
    },
    proof: [edgeReached],
    nearMissOf: ['tls.name-mismatch', 'tls.sni-filtered', 'tls.cipher'],
    lookAlike: ['tls-unrecognized-name', 'tls-name-mismatch', 'tls-sni-filtered-haproxy'],
  },
  {
    id: 'tls-sni-filtered-haproxy',
    title: 'A load balancer that turns the name away',
    fault: 'A rule on a real load balancer rejects ClientHellos with this name; every other name is served.',
    made: 'HAProxy looks into the ClientHello and rejects the connection for the name.',
    naive: '"The server closes the connection": restart it.',
    changes: helloFilter('tcp-request content reject if { req.ssl_sni -i www.shop.example }'),
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.sni-filtered',
      evidence: [{ kind: 'tls.hello-tried', where: { variant: 'other-name', outcome: 'hello' } }],
    },
    proof: [edgeReached],
    captureClient: { checkpoint: 'tls' },
    nearMissOf: ['tls.reset', 'tls.closed', 'tcp.reset', 'tcp.closed'],
    lookAlike: ['tls-closed-haproxy', 'tls-sni-filtered', 'tls-unrecognized-name-haproxy'],
  },
  {
    id: 'tls-closed-haproxy',
    title: 'A load balancer whose servers are all down',
    fault: 'TLS is passed through to a server that is down: the connection ends after the ClientHello, whatever the name.',
    made: 'HAProxy passes TLS on to a port where nobody listens.',
    naive: '"A firewall filters our name."',
    changes: [
      synsAtEdge,
      {
        haproxy: {
          lines: [
            'frontend door',
            '  mode tcp',
            ...edgeBinds.map((address) => `  bind ${address}:443`),
            '  tcp-request inspect-delay 5s',
            '  tcp-request content accept if { req.ssl_hello_type 1 }',
            '  default_backend terminator',
            'backend terminator',
            '  mode tcp',
            '  retries 0',
            '  server terminator 127.0.0.1:8443',
          ],
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.closed',
      without: ['tls.sni-filtered'],
      evidence: [{ kind: 'tcp.closed-by-peer', where: { phase: 'hello-sent' } }],
    },
    proof: [edgeReached],
    nearMissOf: ['tls.sni-filtered', 'tcp.closed', 'tls.reset'],
    lookAlike: ['tls-sni-filtered-haproxy', 'tcp-closed', 'tls-closed'],
  },
  {
    id: 'tls-client-cert-nginx',
    title: 'The handshake ends well and the page asks for a certificate',
    fault: 'A client certificate is demanded; the server finishes the handshake without one and refuses in HTTP.',
    made: 'nginx verifies clients (ssl_verify_client on).',
    naive: '"400 Bad Request": the application rejects us.',
    changes: [synsAtEdge, { site: { server: ['ssl_verify_client on;', `ssl_client_certificate ${privatePem};`] } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.client-cert-required',
      evidence: [
        { kind: 'tls.handshake-completed', where: { clientCertificateRequested: true } },
        { kind: 'http.response-received', where: { status: 400 } },
      ],
    },
    proof: [edgeReached, { log: 'edge', matches: 'client sent no required SSL certificate' }],
    captureClient: { checkpoint: 'unclear', why: 'TLS 1.3 encrypts the request for a certificate and the answer' },
    nearMissOf: ['http.bad-request', 'http.unauthorized', 'http.forbidden'],
    lookAlike: ['tls-client-cert-required', 'healthy-client-cert-optional'],
  },
  {
    id: 'healthy-client-cert-optional',
    title: 'A client certificate is welcome, and not needed',
    fault: 'None: the server asks for a certificate and serves those without one.',
    made: 'nginx with ssl_verify_client optional.',
    naive: '"The server wants a client certificate."',
    changes: [synsAtEdge, { site: { server: ['ssl_verify_client optional;', `ssl_client_certificate ${privatePem};`] } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'ok',
      cause: null,
      without: ['tls.client-cert-required'],
      evidence: [{ kind: 'tls.handshake-completed', where: { clientCertificateRequested: true } }, trustedCertificate, ...pageArrived()],
    },
    proof: [edgeReached],
    captureClient: { checkpoint: null },
    nearMissOf: ['tls.client-cert-required'],
    lookAlike: ['tls-client-cert-nginx'],
  },
  {
    id: 'tls-cipher-browsers',
    title: 'A key that curl accepts and no browser does',
    fault: 'The certificate has an Ed25519 key: libraries accept it, browsers do not offer that kind of signature.',
    made: 'nginx serves a certificate with an Ed25519 key.',
    naive: '"curl works: it is the browser."',
    changes: [synsAtEdge, { site: { certificate: { key: 'ed25519' } } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'tls.cipher',
      scope: ['browser'],
      evidence: [
        { kind: 'tls.certificates-received', where: { 'certificates.0.keyType': 'ed25519', 'trust.*.trusted': true } },
        ...pageArrived(),
      ],
    },
    proof: [edgeReached],
    captureClient: { checkpoint: null },
    nearMissOf: ['tls.weak', 'tls.unknown-ca'],
    lookAlike: ['healthy', 'badssl-ecc256'],
  },
  {
    id: 'tls-large-hello-browsers',
    title: 'Works with every tool, hangs in browsers',
    fault: 'A box cannot read a ClientHello over two packets, which browsers send since their key shares are post-quantum.',
    made: "A server in nginx's place answers hellos up to 1,000 bytes and is silent to larger ones.",
    naive: '"curl works: it is the browser."',
    changes: [
      { stop: 'edge' },
      {
        odd: {
          name: 'odd-edge',
          at: 'edge',
          port: 443,
          behavior: { hello: { secure: {}, when: { aboveBytes: 1000 }, steps: [{ finish: 'hold' }] } },
        },
      },
    ],
    url: 'https://www.shop.example/',
    options: ['--thorough'],
    expect: {
      status: 'degraded',
      cause: 'tls.large-hello',
      scope: ['large', 'browser'],
      evidence: [
        { kind: 'tls.hello-tried', where: { variant: 'small', outcome: 'hello' } },
        { kind: 'tls.hello-tried', where: { variant: 'browser', outcome: 'silent' } },
        trustedCertificate,
        ...pageArrived(),
      ],
    },
    proof: [{ hits: 'odd-edge' }],
    captureClient: {
      checkpoint: 'any',
      why: "the request itself works and is encrypted; a browser's hello that is tried beside it and stays unanswered is, to packets, a request that failed",
    },
    nearMissOf: ['tls.timeout', 'route.mtu-black-hole'],
    lookAlike: ['tls-large-hello', 'route-mtu-black-hole'],
  },
  {
    id: 'tls-not-tls-silent',
    title: 'A plain web server that waits for the end of the request',
    fault: 'The port speaks plain HTTP; to a ClientHello, which has no end it knows, it says nothing.',
    made: "A server in nginx's place reads until the empty line of a request.",
    naive: '"TLS timeout: the server hangs."',
    changes: [
      edgeHttpsPortsFree,
      {
        odd: {
          name: 'odd-edge',
          at: 'edge',
          port: 443,
          behavior: {
            request: {
              when: '^GET ',
              steps: [
                { await: 'request' },
                { send: 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nopen' },
                { finish: 'close' },
              ],
            },
          },
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.not-tls',
      evidence: [
        { kind: 'tcp.peer-silent', where: { phase: 'hello-sent' } },
        { kind: 'tls.not-tls', where: { looksLike: 'http', followUp: 'plain-http' } },
      ],
    },
    proof: [{ hits: 'odd-edge' }],
    captureClient: { checkpoint: 'tls' },
    nearMissOf: ['tls.timeout', 'tls.sni-filtered', 'tls.large-hello', 'route.mtu-black-hole'],
    lookAlike: ['tls-timeout', 'tls-not-tls'],
  },
];
