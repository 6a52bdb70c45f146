import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { allRules } from '../../src/diagnose/rules.ts';
import { checkpointIds } from '../../src/model/checkpoint.ts';
import type { Expectation } from '../../src/model/expectation.ts';
import type { Observation, ObservationDraft } from '../../src/model/observation.ts';
import {
  address,
  alert,
  answered,
  body,
  certificate,
  certificates,
  chosen,
  connected,
  connectFailed,
  contextOf,
  ended,
  handshake,
  links,
  malformed,
  neighbor,
  notTls,
  numbered,
  page,
  record,
  redirected,
  rejected,
  requestSent,
  resolvers,
  responded,
  route,
  segmentsTried,
  server,
  silent,
  silentConnection,
  synRefused,
  synUnanswered,
  systemLookup,
  target,
  unanswered,
  undeliverable,
  upTo,
} from './evidence.ts';
import { shortReach } from './evidence-tcp.ts';

/** What happened, and what the verdict is: a status, or a status with its cause. */
type Row = [sentence: string, evidence: (ObservationDraft | ObservationDraft[])[], verdict: string, expect?: Expectation];

const noName = (...more: ObservationDraft[]): ObservationDraft[] => [...upTo.lookup(), systemLookup([], 'name-not-found'), ...more];
/** A body of a type stopped coming; `expectedBytes` is the length that was announced. */
const stopped = (type: string, expectedBytes: number | null): ObservationDraft[] => [
  ...upTo.request(),
  { ...responded(200), headers: [{ name: 'content-type', value: type }] } as ObservationDraft,
  body({ end: 'silent', bytes: 500_000, expectedBytes }),
];
const oneHopOn = (...more: ObservationDraft[]): ObservationDraft[] => [
  ...upTo.request(),
  responded(302),
  body(),
  redirected('followed'),
  target('https://next.shop.com/', 1),
  ...more,
];

const rows: Row[] = [
  ['everything works', [upTo.page()], 'ok'],
  ['nothing but the target is known', [target()], 'unclear'],
  [
    'the input is no URL',
    [{ kind: 'target.rejected', checkpoint: 'target', atMs: 0, input: 'http://', reason: 'bad-host' }],
    'failed target.invalid-url',
  ],
  [
    'the scheme is ftp',
    [{ kind: 'target.rejected', checkpoint: 'target', atMs: 0, input: 'ftp://a', reason: 'unsupported-scheme', scheme: 'ftp' }],
    'failed target.unsupported-scheme',
  ],
  ['all works on a port browsers refuse', [target('https://www.shop.com:25/'), upTo.page().slice(1)], 'degraded target.unsafe-port'],

  [
    'the cable is out',
    [target(), links(false), resolvers('192.168.1.1'), systemLookup([], 'lookup-try-again'), unanswered()],
    'failed local.no-link',
  ],
  [
    'DHCP failed and the address is self-assigned',
    [
      target(),
      links(),
      address('169.254.7.7', 'self-assigned'),
      resolvers('192.168.1.1'),
      systemLookup([], 'lookup-try-again'),
      unanswered(),
    ],
    'failed local.no-address',
  ],
  [
    'there is no route to the resolver',
    [
      target(),
      links(),
      address('192.168.1.42'),
      resolvers('9.9.9.9'),
      route('resolver', '9.9.9.9', false),
      systemLookup([], 'lookup-try-again'),
      unanswered('A', '9.9.9.9'),
    ],
    'failed local.no-route',
  ],
  [
    'there is no route to the target',
    [
      upTo.lookup(),
      answered({ answers: [record('A', server.address)], from: '127.0.0.53' }),
      chosen(),
      route('target', server.address, false),
      connectFailed('network-unreachable'),
    ],
    'failed local.no-route',
  ],
  [
    'the gateway does not answer ARP',
    [noName(unanswered(), unanswered('AAAA'), neighbor('gateway', '192.168.1.1', 'failed'))],
    'failed local.gateway-unresolved',
  ],
  [
    'the gateway answers ARP and the resolver is silent',
    [noName(unanswered(), unanswered('AAAA'), neighbor('gateway', '192.168.1.1', 'reachable'))],
    'failed dns.timeout',
  ],
  [
    'the target is on this link and silent to ARP',
    [upTo.addresses(), synUnanswered(), neighbor('target', server.address, 'failed')],
    'failed local.neighbor-unresolved',
  ],
  [
    'no resolver is configured',
    [target(), links(), address('192.168.1.42'), resolvers(), systemLookup([], 'lookup-try-again')],
    'failed local.no-resolver',
  ],
  [
    'the local firewall refuses to send',
    [
      noName(
        {
          kind: 'local.send-refused',
          checkpoint: 'local',
          atMs: 0,
          protocol: 'udp',
          destination: { address: '192.168.1.1', port: 53 },
          failure: { name: 'send-not-permitted', code: 'EPERM' },
        },
        undeliverable(),
      ),
    ],
    'failed local.firewall',
  ],
  [
    'this host has no descriptors left',
    [
      upTo.addresses(),
      {
        kind: 'local.resource-exhausted',
        checkpoint: 'local',
        atMs: 1,
        failure: { name: 'too-many-open-files', code: 'EMFILE' },
        during: 'tcp',
      },
      synUnanswered(),
    ],
    'failed local.resource-limit',
  ],

  ['the name does not exist', [noName(answered({ rcode: 3 }), answered({ type: 'AAAA', rcode: 3 }))], 'failed dns.nxdomain'],
  ['the alias points nowhere', [noName(answered({ rcode: 3, answers: [record('CNAME', 'gone.shop.com')] }))], 'failed dns.cname-dangling'],
  [
    'the alias chain loops',
    [noName(answered({ answers: [record('CNAME', 'b.shop.com'), record('CNAME', 'www.shop.com', 'b.shop.com')] }))],
    'failed dns.cname-loop',
  ],
  ['the name has no addresses', [noName(answered({}), answered({ type: 'AAAA' }))], 'failed dns.no-data'],
  ['the resolver says SERVFAIL', [noName(answered({ rcode: 2 }))], 'failed dns.servfail'],
  ['the resolver says SERVFAIL for bogus signatures', [noName(answered({ rcode: 2, extendedError: 6 }))], 'failed dns.dnssec-bogus'],
  [
    'the resolver says SERVFAIL for want of an authority',
    [noName(answered({ rcode: 2, extendedError: 22 }))],
    'failed dns.authority-unreachable',
  ],
  ['the resolver says that the name is blocked', [noName(answered({ rcode: 3, extendedError: 15 }))], 'failed dns.filtered'],
  ['the resolver refuses', [noName(answered({ rcode: 5 }))], 'failed dns.refused'],
  ['the resolver says FORMERR', [noName(answered({ rcode: 1 }))], 'failed dns.error-rcode'],
  ['the resolver is silent', [noName(unanswered(), unanswered('AAAA'))], 'failed dns.timeout'],
  ["the resolver's port is closed", [noName(undeliverable())], 'failed dns.resolver-unreachable'],
  ['one resolver is silent, the other closed', [noName(undeliverable(), unanswered('A', '9.9.9.9'))], 'failed dns.timeout'],
  ['the resolver answers in garbage', [noName(rejected())], 'failed dns.malformed'],
  [
    'the answer is cut and TCP is closed',
    [noName(answered({ truncated: true }), undeliverable('192.168.1.1', 'tcp'))],
    'failed dns.truncated',
  ],
  ['the system lookup fails although DNS answers', [noName(answered({ answers: [record('A', server.address)] }))], 'unclear'],
  [
    'the address is 0.0.0.0 and refuses',
    [upTo.lookup(), answered({ answers: [record('A', '0.0.0.0')] }), chosen(['0.0.0.0']), synRefused('0.0.0.0')],
    'failed dns.bogus-address',
  ],
  [
    'a .test name resolves to loopback and refuses',
    [target('https://shop.test/'), { ...chosen(['127.0.0.1']), name: 'shop.test' } as ObservationDraft, synRefused('127.0.0.1')],
    'failed tcp.refused',
  ],
  [
    'the hosts file shadows the name and nothing answers there',
    [
      upTo.addresses().slice(0, -2),
      { kind: 'local.hosts-entry', checkpoint: 'local', atMs: 1, name: 'www.shop.com', addresses: ['198.51.100.9'], file: '/etc/hosts' },
      chosen(['198.51.100.9'], 'hosts-file'),
      synUnanswered('198.51.100.9'),
    ],
    'failed dns.hosts-override',
  ],
  [
    'the only addresses are IPv6 and this host has only IPv4',
    [
      upTo.lookup(),
      answered({ type: 'AAAA', answers: [record('AAAA', '2001:db8::1')] }),
      chosen(['2001:db8::1']),
      connectFailed('network-unreachable', '2001:db8::1'),
    ],
    'failed dns.no-usable-address',
  ],
  ['the address is outside the networks stated', [upTo.page()], 'failed dns.wrong-address', { addresses: ['198.51.100.0/24'] }],
  ['the address is inside the networks stated', [upTo.page()], 'ok', { addresses: ['203.0.113.0/24'] }],
  [
    'one of two resolvers is silent',
    [upTo.page(), unanswered('A', '9.9.9.9'), unanswered('AAAA', '9.9.9.9')],
    'degraded dns.one-resolver-broken',
  ],
  [
    'AAAA queries hang',
    [upTo.page().filter((draft) => !(draft.kind === 'dns.answered' && draft.type === 'AAAA')), unanswered('AAAA')],
    'degraded dns.aaaa-broken',
  ],
  [
    'the lookup takes a second',
    [upTo.page().map((draft) => (draft.kind === 'dns.system-lookup' ? { ...draft, durationMs: 1000 } : draft))],
    'degraded dns.slow',
  ],

  [
    'a router says host unreachable',
    [
      upTo.addresses(),
      {
        kind: 'route.icmp-error',
        checkpoint: 'route',
        atMs: 9,
        from: '198.51.100.1',
        version: 4,
        type: 3,
        code: 1,
        protocol: 'tcp',
        destination: server,
      },
      connectFailed('host-unreachable'),
    ],
    'failed route.unreachable',
  ],
  [
    'a router says prohibited',
    [
      upTo.addresses(),
      {
        kind: 'route.icmp-error',
        checkpoint: 'route',
        atMs: 9,
        from: '198.51.100.1',
        version: 4,
        type: 3,
        code: 13,
        protocol: 'tcp',
        destination: server,
      },
      connectFailed('host-unreachable'),
    ],
    'failed route.filtered',
  ],
  ['the system says unreachable and not who said so', [upTo.addresses(), connectFailed('host-unreachable')], 'failed route.unreachable'],

  ['the address is silent', [upTo.addresses(), synUnanswered()], 'failed tcp.timeout'],
  ['the port is closed', [upTo.addresses(), synRefused()], 'failed tcp.refused'],
  ['the connection is reset before connect() returned', [upTo.addresses(), connectFailed('connection-reset')], 'failed tcp.reset'],
  ['the connection is reset on accept', [upTo.connection(), ended('tcp.reset-received', 'opened')], 'failed tcp.reset'],
  [
    'the connection is reset after ClientHello, and so is a silent one',
    [upTo.connection(), ended('tcp.reset-received', 'hello-sent'), silentConnection('reset')],
    'failed tcp.reset',
  ],
  [
    'the connection is closed after ClientHello, and so is a silent one',
    [upTo.connection(), ended('tcp.closed-by-peer', 'hello-sent'), silentConnection('closed')],
    'failed tcp.closed',
  ],
  ['nothing of more than a segment is acknowledged', [upTo.connection(), silent('hello-sent', 0, 3000)], 'failed tls.timeout'],
  [
    'small segments heal, and no others',
    [upTo.connection(), silent('hello-sent', 300), segmentsTried(536, 'went-on'), segmentsTried(null, 'stalled', 1)],
    'failed route.mtu-black-hole',
  ],
  [
    'small segments heal, larger ones do not, and nothing is seen to be lost',
    [
      upTo.connection(),
      silent('hello-sent', 300),
      ...[536, 1240].map((bytes) => segmentsTried(bytes, 'went-on')),
      ...[1360, null].map((bytes) => segmentsTried(bytes, 'stalled')),
    ],
    'failed route.mtu-black-hole',
  ],
  [
    'sizes that heal and stall without order are a server that hangs now and then',
    [
      upTo.connection(),
      silent('hello-sent', 300),
      ...[536, 1360].map((bytes) => segmentsTried(bytes, 'went-on')),
      ...[1240, null].map((bytes) => segmentsTried(bytes, 'stalled')),
    ],
    'failed tls.timeout',
  ],
  [
    'one heals and one stalls, and nothing is seen to be lost',
    [upTo.connection(), silent('hello-sent', 300), segmentsTried(536, 'went-on'), segmentsTried(null, 'stalled')],
    'failed tls.timeout',
  ],
  [
    'small segments heal what was never acknowledged',
    [upTo.connection(), silent('hello-sent', 0, 3000), segmentsTried(536, 'went-on'), segmentsTried(null, 'stalled', 1)],
    'failed route.mtu-black-hole',
  ],
  [
    'the second time it works whatever the size',
    [upTo.connection(), silent('hello-sent', 300), segmentsTried(536, 'went-on'), segmentsTried(null, 'went-on')],
    'failed tls.timeout',
  ],
  [
    'small segments heal, and what others would do is not known',
    [upTo.connection(), silent('hello-sent', 300), segmentsTried(536, 'went-on')],
    'failed tls.timeout',
  ],
  [
    'small segments stall as well',
    [upTo.connection(), silent('handshaking', 300), segmentsTried(536, 'stalled'), segmentsTried(null, 'stalled')],
    'failed tls.timeout',
  ],
  [
    'the body stalls and small segments heal',
    [upTo.request(), responded(200), body({ end: 'silent' }), segmentsTried(536, 'went-on'), segmentsTried(null, 'stalled', 1)],
    'failed route.mtu-black-hole',
  ],
  [
    'a page that arrived is not failed by an experiment',
    [upTo.page(), segmentsTried(536, 'went-on'), segmentsTried(null, 'stalled', 1)],
    'ok',
  ],
  ['nothing we send is acknowledged', [upTo.connection(), silent('hello-sent', 0)], 'failed tcp.stall'],
  ['one of two addresses is silent', [upTo.page(), synUnanswered('203.0.113.11', 'c1')], 'degraded tcp.some-addresses-fail'],
  ['every IPv6 address is silent', [upTo.page(), synUnanswered('2001:db8::1', 'c1')], 'degraded tcp.ipv6-broken'],
  ['this host has no IPv6 at all', [upTo.page(), connectFailed('network-unreachable', '2001:db8::1', 'c1')], 'ok'],
  [
    'the SYN had to be sent twice',
    [
      upTo
        .page()
        .map((draft) =>
          draft.kind === 'tcp.connected' ? connected(server.address, 'c0', { durationMs: 1016, synRetransmissions: 1 }) : draft,
        ),
    ],
    'degraded tcp.slow',
  ],

  [
    'the certificate expired',
    [upTo.connection(), handshake(), certificates({ notAfter: '2026-11-18T00:00:00Z' }, 'CERT_HAS_EXPIRED')],
    'failed tls.cert-expired',
  ],
  [
    'the certificate is not valid yet',
    [upTo.connection(), handshake(), certificates({ notBefore: '2026-12-01T00:00:00Z' }, 'CERT_NOT_YET_VALID')],
    'failed tls.cert-not-yet-valid',
  ],
  [
    'the certificate is for another name',
    [upTo.connection(), handshake(), certificates({ dnsNames: ['other.com'] })],
    'failed tls.name-mismatch',
  ],
  [
    'a wildcard covers the name',
    [upTo.connection(), handshake(), certificates({ dnsNames: ['*.shop.com'] }), requestSent(), responded(200), body(), page()],
    'ok',
  ],
  [
    'a wildcard covers one label only',
    [target('https://a.b.shop.com/'), upTo.connection().slice(1), handshake(), certificates({ dnsNames: ['*.shop.com'] })],
    'failed tls.name-mismatch',
  ],
  [
    'the certificate is self-signed',
    [upTo.connection(), handshake(), certificates({ selfSigned: true, issuer: 'CN=www.shop.com' }, 'DEPTH_ZERO_SELF_SIGNED_CERT')],
    'failed tls.self-signed',
  ],
  [
    'the certificate is self-signed and trusted by option',
    [upTo.connection(), handshake(), certificates({ selfSigned: true }), requestSent(), responded(200), body(), page()],
    'ok',
  ],
  [
    'the root is unknown',
    [
      upTo.connection(),
      handshake(),
      certificates({}, 'SELF_SIGNED_CERT_IN_CHAIN', [certificate({ subject: 'CN=Root', issuer: 'CN=Root', isCa: true, selfSigned: true })]),
    ],
    'failed tls.unknown-ca',
  ],
  [
    'only the leaf came and its issuer can be fetched',
    [upTo.connection(), handshake(), certificates({ issuerUrls: ['http://ca.example/i.crt'] }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
    'failed tls.missing-intermediate',
  ],
  [
    'an intermediate expired',
    [
      upTo.connection(),
      handshake(),
      certificates({}, 'CERT_HAS_EXPIRED', [certificate({ subject: 'CN=Old', isCa: true, notAfter: '2020-05-30T00:00:00Z' })]),
    ],
    'failed tls.chain-expired',
  ],
  [
    'the key is 1024 bits',
    [upTo.connection(), handshake(), certificates({ keyType: 'rsa', keyBits: 1024 }, 'EE_KEY_TOO_SMALL')],
    'failed tls.weak',
  ],
  [
    'the certificate is for mail',
    [upTo.connection(), handshake(), certificates({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'] }, 'INVALID_PURPOSE')],
    'failed tls.wrong-usage',
  ],
  ['no version in common', [upTo.connection(), alert(70)], 'failed tls.version'],
  ['no cipher in common', [upTo.connection(), alert(40)], 'failed tls.cipher'],
  ['the name is not recognised', [upTo.connection(), alert(112)], 'failed tls.unrecognized-name'],
  ['a client certificate is demanded after the handshake', [upTo.request(), alert(116, 'finished')], 'failed tls.client-cert-required'],
  [
    'handshake_failure after a request for a certificate',
    [upTo.connection(), alert(40, 'handshake', true)],
    'failed tls.client-cert-required',
  ],
  ['another alert', [upTo.connection(), alert(80)], 'failed tls.alert'],
  ['plain HTTP answers', [upTo.connection(), notTls()], 'failed tls.not-tls'],
  ['silence after ClientHello', [upTo.connection(), silent('hello-sent')], 'failed tls.timeout'],
  [
    'reset after ClientHello, a silent connection stays',
    [upTo.connection(), ended('tcp.reset-received', 'hello-sent'), silentConnection('stayed-open')],
    'failed tls.reset',
  ],
  [
    'closed after ClientHello, a silent connection stays',
    [upTo.connection(), ended('tcp.closed-by-peer', 'hello-sent'), silentConnection('stayed-open')],
    'failed tls.closed',
  ],
  [
    'the certificate ends in 13 days',
    [
      upTo.connection(),
      handshake(),
      certificates({ notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-12-04T00:00:00Z' }),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    'degraded tls.expires-soon',
  ],
  [
    'a certificate of ninety days ends in twelve',
    [
      upTo.connection(),
      handshake(),
      certificates({ notBefore: '2026-09-04T12:00:00Z', notAfter: '2026-12-03T12:00:00Z' }),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    'degraded tls.expires-soon',
  ],
  [
    'a certificate of forty-five days has thirteen left, and is renewed these days',
    [
      upTo.connection(),
      handshake(),
      certificates({ notBefore: '2026-10-20T12:00:00Z', notAfter: '2026-12-04T12:00:00Z' }),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    'ok',
  ],
  [
    'a certificate of thirty days has twelve left',
    [
      upTo.connection(),
      handshake(),
      certificates({ notBefore: '2026-11-03T12:00:00Z', notAfter: '2026-12-03T12:00:00Z' }),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    'ok',
  ],
  [
    'a six-day certificate has two days left',
    [
      upTo.connection(),
      handshake(),
      certificates({ notBefore: '2026-11-17T12:00:00Z', notAfter: '2026-11-23T12:00:00Z' }),
      requestSent(),
      responded(200),
      body(),
      page(),
    ],
    'ok',
  ],
  [
    'TLS 1.0 is all it speaks',
    [upTo.connection(), handshake('TLSv1'), certificates(), requestSent(), responded(200), body(), page()],
    'degraded tls.legacy',
  ],

  ...(
    [
      [401, 'http.unauthorized'],
      [403, 'http.forbidden'],
      [404, 'http.not-found'],
      [410, 'http.not-found'],
      [429, 'http.rate-limited'],
      [400, 'http.bad-request'],
      [421, 'http.bad-request'],
      [418, 'http.client-error'],
      [500, 'http.server-error'],
      [502, 'http.bad-gateway'],
      [503, 'http.unavailable'],
      [504, 'http.gateway-timeout'],
      [521, 'http.origin-down'],
    ] as const
  ).map(([status, cause]): Row => [`the status is ${status}`, [upTo.request(), responded(status), body(), page()], `failed ${cause}`]),
  ['404 is what was expected', [upTo.request(), responded(404), body(), page()], 'ok', { statuses: [404] }],
  ['200 came where 404 was expected', [upTo.page()], 'failed http.unexpected', { statuses: [404] }],
  ['503 came where 200 was expected', [upTo.request(), responded(503), body(), page()], 'failed http.unavailable', { statuses: [200] }],
  [
    'the text expected is missing',
    [upTo.request(), responded(200), body(), page({ expectedTextFound: false })],
    'failed http.unexpected',
    { text: 'Welcome' },
  ],
  ['silence after the request', [upTo.request(), silent('request-sent')], 'failed http.timeout'],
  ['reset after the request', [upTo.request(), ended('tcp.reset-received', 'request-sent', 3000)], 'failed http.reset'],
  [
    'closed in the middle of the response header',
    [upTo.request(), ended('tcp.closed-by-peer', 'response-header', 3000)],
    'failed http.closed',
  ],
  ['the answer is not HTTP', [upTo.request(), malformed()], 'failed http.malformed'],
  ['the body is cut off', [upTo.request(), responded(200), body({ end: 'cut-off' }), page()], 'failed http.truncated'],
  ['the body stops', [upTo.request(), responded(200), body({ end: 'silent' })], 'failed http.stalled'],
  ['nothing happens in a stream of events', [stopped('text/event-stream', null)], 'ok'],
  ['nothing happens in a stream of records', [stopped('application/x-ndjson', null)], 'ok'],
  ['records of a known length stop half-way', [stopped('application/x-ndjson', 1_000_000)], 'failed http.stalled'],
  ['events of a known length stop half-way', [stopped('text/event-stream', 1_000_000)], 'failed http.stalled'],
  ['an answer of gRPC of a known length stops half-way', [stopped('application/grpc', 1_000_000)], 'failed http.stalled'],
  ['nothing comes of gRPC, in a stream or a call that hangs', [stopped('application/grpc', null)], 'unclear'],
  ['text without an announced length stops', [stopped('text/html', null)], 'failed http.stalled'],
  [
    'the body cannot be decoded',
    [upTo.request(), responded(200), body({ decodeFailure: 'incorrect header check' })],
    'failed http.bad-encoding',
  ],
  ['enough of a huge body was read', [upTo.request(), responded(200), body({ end: 'limit' }), page()], 'ok'],
  ['the redirect comes back', [upTo.request(), responded(302), body(), redirected('visited-before')], 'failed http.redirect-loop'],
  [
    'the redirect has no Location',
    [upTo.request(), responded(302), body(), redirected('missing-location')],
    'failed http.redirect-invalid',
  ],
  [
    'the redirect leads to a name that does not exist',
    [
      oneHopOn(
        { ...systemLookup([], 'name-not-found'), hop: 1 } as ObservationDraft,
        { ...answered({ rcode: 3 }), hop: 1 } as ObservationDraft,
      ),
    ],
    'failed http.redirect-broken',
  ],
  [
    'the redirect leads to a page that works',
    [
      oneHopOn(
        chosen([server.address], 'system', 1),
        connected(server.address, 'c0', { hop: 1 }),
        handshake('TLSv1.3', 1),
        certificates({ dnsNames: ['next.shop.com'] }, null, [], 1),
        requestSent(1),
        responded(200, 1),
        body({ hop: 1 }),
        page({ hop: 1 }),
      ),
    ],
    'ok',
  ],
  ['the server takes five seconds', [upTo.request(), responded(200, 0, 5000), body(), page()], 'degraded http.slow'],

  [
    'the page is empty',
    [upTo.request(), responded(200), body({ bytes: 0 }), page({ bytes: 0, text: 0, elements: 0 })],
    'failed page.blank',
  ],
  ['the page has tags and nothing in them', [upTo.request(), responded(200), body(), page({ text: 0, elements: 0 })], 'failed page.blank'],
  [
    'a page that nobody has a copy of is said to be unchanged',
    [upTo.request(), responded(304), body({ bytes: 0 }), page({ bytes: 0, text: 0, elements: 0 })],
    'failed page.blank',
  ],
  [
    'a copy of the page is named, and said to be good',
    [
      upTo
        .request()
        .map((draft) => (draft.kind === 'http.request-sent' ? { ...draft, headers: [{ name: 'if-none-match', value: '"a"' }] } : draft)),
      responded(304),
      body({ bytes: 0 }),
      page({ bytes: 0, text: 0, elements: 0 }),
    ],
    'ok',
  ],
  [
    'HEAD is asked for, and nothing comes behind the header',
    [
      upTo.request().map((draft) => (draft.kind === 'http.request-sent' ? { ...draft, method: 'HEAD' } : draft)),
      responded(200),
      body({ bytes: 0 }),
      page({ bytes: 0, text: 0, elements: 0 }),
    ],
    'ok',
  ],
  [
    'the page is empty and sends browsers on after three seconds',
    [
      upTo.request(),
      responded(200),
      body(),
      { ...page({ text: 0, elements: 0 }), refresh: { afterSeconds: 3, url: '/app' } } as ReturnType<typeof page>,
    ],
    'ok',
  ],
  ['the page is a script that draws itself', [upTo.request(), responded(200), body(), page({ text: 0, elements: 1 })], 'ok'],
  [
    'the document is an empty JSON list',
    [upTo.request(), responded(200), body({ bytes: 2 }), page({ bytes: 2, mediaType: 'application/json', text: null, elements: null })],
    'ok',
  ],
];

function verdictOf(observations: Observation[], expect?: Expectation, rules = allRules): string {
  const { verdict } = diagnose(observations, contextOf(expect), rules);
  return verdict.cause === null ? verdict.status : `${verdict.status} ${verdict.cause}`;
}

describe('the verdict', () => {
  test.each(rows)('when %s', (_sentence, evidence, verdict, expected) => {
    expect(verdictOf(numbered(...evidence), expected)).toBe(verdict);
  });

  test('does not depend on the order of the rules', () => {
    const order = fc.shuffledSubarray([...allRules], { minLength: allRules.length });
    fc.assert(
      fc.property(fc.constantFrom(...rows), order, ([, evidence, verdict, expected], rules) => {
        expect(verdictOf(numbered(...evidence), expected, rules)).toBe(verdict);
      }),
      { numRuns: 300 },
    );
  });

  test('never throws, never lacks evidence and never says ok without a response, whatever is missing', () => {
    const some = fc.constantFrom(...rows).chain(([, evidence]) => fc.shuffledSubarray(numbered(...evidence)));
    fc.assert(
      fc.property(some, (observations) => {
        const { verdict, findings, checkpoints } = diagnose(observations, contextOf());
        expect(checkpoints.map((checkpoint) => checkpoint.id)).toEqual(checkpointIds);
        for (const finding of findings) {
          expect(finding.evidence.length).toBeGreaterThan(0);
          expect(observations.map((observation) => observation.id)).toEqual(expect.arrayContaining(finding.evidence));
        }
        if (verdict.status === 'ok') expect(observations.some((observation) => observation.kind === 'http.response-received')).toBe(true);
        if (verdict.status === 'failed') expect(findings.find((finding) => finding.id === verdict.finding)?.severity).toBe('failure');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a broken redirect', () => {
  test('nests the checkpoint and cause of its target', () => {
    const row = rows.find(([sentence]) => sentence.startsWith('the redirect leads to a name'))!;
    const { verdict, checkpoints } = diagnose(numbered(...row[1]), contextOf());
    expect(verdict.nested).toEqual({ url: 'https://next.shop.com/', checkpoint: 'dns', cause: 'dns.nxdomain' });
    expect(verdict.scope).toContain('redirect');
    expect(checkpoints.map((checkpoint) => `${checkpoint.id} ${checkpoint.status}`)).toEqual([
      'target ok',
      'local ok',
      'dns ok',
      'route ok',
      'tcp ok',
      'tls ok',
      'http failed',
      'page skipped',
    ]);
  });
});

describe('look-alikes', () => {
  test('that remain possible keep a verdict from being proven', () => {
    const { verdict, findings } = diagnose(numbered(noName(answered({ rcode: 3 }))), contextOf());
    expect(verdict.alternatives.map((alternative) => alternative.cause)).toEqual(['dns.filtered', 'dns.not-delegated']);
    expect([verdict.confidence, findings[0]?.confidence]).toEqual(['likely', 'likely']);
  });

  test('a reset after ClientHello excludes a reset of every connection once a silent one stayed open', () => {
    const observations = numbered(upTo.connection(), ended('tcp.reset-received', 'hello-sent'), silentConnection('stayed-open'));
    const { verdict } = diagnose(observations, contextOf());
    const probe = observations.at(-1)!;
    expect(verdict.ruledOut).toEqual([{ cause: 'tcp.reset', by: [probe.id] }]);
    expect(verdict.alternatives.map((alternative) => alternative.cause)).toEqual(['tls.sni-filtered', 'tcp.reset-by-middlebox']);
  });

  test('a reset that packets do not meet which end before the server is no box in between', () => {
    const evidence = [
      upTo.connection(),
      ended('tcp.reset-received', 'hello-sent'),
      silentConnection('stayed-open'),
      shortReach('silent', 5),
    ];
    const { verdict } = diagnose(numbered(...evidence), contextOf());
    expect(verdict.ruledOut.map((one) => one.cause)).toContain('tcp.reset-by-middlebox');
    expect(verdict.alternatives.map((alternative) => alternative.cause)).not.toContain('tcp.reset-by-middlebox');
  });
});
