import type { ConnectionScript } from '../loopback/connection-script.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { dropping, edgeReached, largePage, pageArrived, synsAtEdge, warm } from './ingredients.ts';

/** The header in a packet of its own, and then as much as fills several. */
const inTwoParts: ConnectionScript = [
  { await: 'request' },
  { send: 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 20015\r\n\r\n<h1>Shop</h1>\r\n' },
  { pauseMs: 100 },
  { send: 'An article.\n'.repeat(1667).slice(0, 20_000) },
  { finish: 'close' },
];

/** Small packets pass and large ones do not. */
export const routeSizeScenarios: readonly Scenario[] = [
  {
    id: 'route-mtu-black-hole',
    title: 'Large packets vanish',
    fault: 'A link takes 1,400 bytes; its routers\' "packet too big" is filtered: small answers pass, full-size ones never.',
    made: 'The link between transit and core has an MTU of 1,400, and core drops the ICMP that would say so.',
    naive: '"TLS handshake timeout: the server hangs."',
    changes: [
      synsAtEdge,
      { ip: { at: 'transit', lines: ['link set core mtu 1400'] } },
      { ip: { at: 'core', lines: ['link set transit mtu 1400'] } },
      dropping('no-too-big', 'core', 'icmp type destination-unreachable', 'output'),
      dropping('no-too-big6', 'core', 'icmpv6 type packet-too-big', 'output'),
      { site: { certificate: { chain: 'long' } } },
    ],
    url: 'https://v4.shop.example/',
    expect: { status: 'failed', cause: 'route.mtu-black-hole', scope: ['large'], evidence: [{ kind: 'tcp.connected' }] },
    proof: [{ counter: 'no-too-big' }, edgeReached],
    // What plain HTTP on the same port is answered, which the walk tries as well; the handshakes are seen to stall, and why is not.
    captureClient: {
      checkpoint: 'tls',
      cause: 'tls.timeout',
      why: 'the large packets are lost before they come here: only silence is seen',
    },
    captureServer: { checkpoint: 'route', cause: 'route.mtu-black-hole' },
    lookAlike: ['tls-timeout', 'tls-large-hello', 'tls-stalls-in-flight', 'tcp-stall', 'healthy-large-chain', 'healthy-narrow-path'],
  },
  {
    id: 'route-mtu-black-hole-body',
    title: 'Large packets vanish, and only the page is large',
    fault: 'The handshake fits small packets; the page does not, and never arrives.',
    made: 'A size-dependent drop of IP packets over 1,300 bytes on the link between core and transit, towards the client.',
    naive: '"The application hangs": headers, and then nothing.',
    changes: [
      synsAtEdge,
      largePage,
      { link: { name: 'narrow', between: ['core', 'transit'], direction: 'forth', dropAboveBytes: 1300 } },
      warm('v4.shop.example'),
      { site: { plainLocations: { '/': [`proxy_pass http://${addresses.origin};`] } } },
    ],
    url: 'http://v4.shop.example/large.html',
    expect: { status: 'failed', cause: 'route.mtu-black-hole', scope: ['large'], evidence: [{ kind: 'tcp.connected' }] },
    proof: [{ link: 'narrow', what: 'oversized' }],
    captureServer: { checkpoint: 'route', cause: 'route.mtu-black-hole' },
    captureClient: {
      checkpoint: 'http',
      cause: 'http.timeout',
      why: 'the large packets are lost before they come here: only silence is seen',
    },
    lookAlike: ['http-stalled', 'http-timeout'],
  },
  {
    id: 'route-mtu-black-hole-late',
    title: 'The page begins, and its large packets vanish',
    fault: 'The header and the first line arrive in a small packet; what follows fills packets, and is lost.',
    made: 'A size-dependent drop of IP packets over 1,300 bytes on the link between core and transit, towards the client; a server that sends in two parts.',
    naive: '"The application hangs in the middle of the page."',
    changes: [
      { stop: 'edge' },
      { odd: { name: 'two-parts', at: 'edge', port: 80, behavior: { script: { steps: inTwoParts } } } },
      { link: { name: 'narrow', between: ['core', 'transit'], direction: 'forth', dropAboveBytes: 1300 } },
      warm('v4.shop.example'),
    ],
    url: 'http://v4.shop.example/',
    expect: {
      status: 'failed',
      cause: 'route.mtu-black-hole',
      scope: ['large'],
      without: ['http.stalled'],
      evidence: [
        { kind: 'http.body-received', where: { end: 'silent' } },
        { kind: 'tcp.segments-tried', where: { outcome: 'went-on', stage: 'body' } },
      ],
    },
    proof: [{ link: 'narrow', what: 'oversized' }, { hits: 'two-parts' }],
    captureClient: { checkpoint: 'http', cause: 'http.stalled' },
    nearMissOf: ['http.stalled'],
    lookAlike: ['http-stalled', 'route-mtu-black-hole-body'],
  },
  {
    id: 'route-mtu-black-hole-upload',
    title: 'What we send is too large',
    fault: 'The way to the server carries small packets only, and nobody says so: a request with long fields never arrives.',
    made: 'A size-dependent drop of IP packets over 1,300 bytes on the link between transit and core, towards the server; the request has a field of 3,000 bytes.',
    naive: '"The server does not answer this one request."',
    changes: [
      synsAtEdge,
      { link: { name: 'narrow-up', between: ['transit', 'core'], direction: 'forth', dropAboveBytes: 1300 } },
      warm('v4.shop.example'),
    ],
    url: 'https://v4.shop.example/',
    options: ['--header', `X-Long: ${'0123456789'.repeat(300)}`],
    expect: {
      status: 'failed',
      cause: 'route.mtu-black-hole',
      scope: ['large'],
      without: ['tcp.stall', 'http.timeout'],
      evidence: [
        { kind: 'tls.handshake-completed' },
        { kind: 'tcp.peer-silent', where: { phase: 'request-sent' } },
        { kind: 'tcp.segments-tried', where: { outcome: 'went-on', stage: 'response' } },
      ],
    },
    proof: [{ link: 'narrow-up', what: 'oversized' }, edgeReached],
    captureClient: { checkpoint: 'unclear', why: 'what the encrypted request was met by is not seen' },
    lookAlike: ['http-timeout', 'tcp-stall'],
  },
  {
    id: 'route-mtu-black-hole-ipv6',
    title: 'Large packets vanish over IPv6 alone, and IPv4 is first',
    fault:
      'IPv6 goes through a tunnel that loses full-size packets without a word; IPv4 opens sooner and works. Browsers that take IPv6 hang.',
    made: 'IPv6 takes a path of its own that is 16 ms longer; core drops its packets over 1,300 bytes from the edge.',
    naive: '"Works for me": curl takes IPv4. And in a browser: "the TLS handshake hangs".',
    changes: [
      { stand: 'transit-2' },
      { link: { name: 'tunnel', between: ['provider', 'transit-2'], delayMs: 8 } },
      { ip: { at: 'provider', lines: ['addr add 2001:db8:2:9::1/64 dev transit-2', 'route add 2001:db8:113::/48 via 2001:db8:2:9::2'] } },
      {
        ip: {
          at: 'transit-2',
          lines: [
            'addr add 2001:db8:2:9::2/64 dev provider',
            'addr add 2001:db8:3:9::1/64 dev core',
            'route add default via 2001:db8:3:9::2',
            'route add 2001:db8:1::/48 via 2001:db8:2:9::1',
          ],
        },
      },
      { ip: { at: 'core', lines: ['addr add 2001:db8:3:9::2/64 dev transit-2'] } },
      // A link that is forwarded carries every segment as a packet of its own.
      { link: { name: 'plain-wire', between: ['core', 'hosting'], delayMs: 1 } },
      dropping('oversized', 'core', `ip6 saddr ${addresses.edge6} meta length > 1300`),
      warm('www.shop.example'),
      { site: { certificate: { chain: 'long' } } },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'route.mtu-black-hole',
      scope: ['large', 'ipv6'],
      without: ['tls.timeout', 'tls.address-differs'],
      evidence: [
        { kind: 'tcp.connected', where: { carried: true, family: 'ipv4' } },
        { kind: 'tls.hello-tried', where: { outcome: 'silent', 'server.address': addresses.edge6 } },
        { kind: 'tcp.segments-tried', where: { outcome: 'went-on', 'server.address': addresses.edge6 } },
        ...pageArrived(),
      ],
    },
    proof: [{ counter: 'oversized' }],
    captureClient: { checkpoint: 'any', why: 'the large packets are lost before they come here, on a connection that is given up' },
    nearMissOf: ['tls.timeout', 'tcp.ipv6-broken'],
    lookAlike: ['route-mtu-black-hole', 'tls-timeout', 'tcp-ipv6-broken'],
  },
];
