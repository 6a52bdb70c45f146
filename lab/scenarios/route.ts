import type { ConnectionScript } from '../loopback/connection-script.ts';
import type { Change } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { chose, dropping, edgeReached, meter, pageArrived, synsAtEdge } from './ingredients.ts';

const edgeNetworks = { four: '203.0.113.0/26', six: '2001:db8:113:1::/64' };

/** Resolvers give addresses in turn: the first may be either. */
const edgeAddresses = [addresses.edgeA, addresses.edgeB];

const largePage: Change = {
  nginx: {
    at: 'origin',
    files: {
      'large.html': `<!doctype html><title>Shop</title><h1>Catalogue</h1>${'<p>An article with a long description.</p>\n'.repeat(2000)}`,
    },
  },
};

/** Addresses of the site are warm in the resolver: the path to the name servers is not what is broken. */
const warm = (name: string): Change => ({ ask: { server: addresses.resolver, name, types: ['A', 'AAAA', 'HTTPS'] } });

/** The header in a packet of its own, and then as much as fills several. */
const inTwoParts: ConnectionScript = [
  { await: 'request' },
  { send: 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 20015\r\n\r\n<h1>Shop</h1>\r\n' },
  { pauseMs: 100 },
  { send: 'An article.\n'.repeat(1667).slice(0, 20_000) },
  { finish: 'close' },
];

/** Packets do not get there, or not back. */
export const routeScenarios: readonly Scenario[] = [
  {
    id: 'route-unreachable',
    title: 'A router says: host unreachable',
    fault: "core has no way to the edge's network any more and says so.",
    made: "Unreachable routes for the edge's networks on core.",
    naive: '"No route to host": blame this host.',
    changes: [
      { ip: { at: 'core', lines: [`route add unreachable ${edgeNetworks.four}`, `route add unreachable ${edgeNetworks.six}`] } },
      meter('syns-at-core', 'core', 'tcp dport 443', 'prerouting'),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'route.unreachable',
      evidence: [{ kind: 'tcp.connect-failed', where: { 'failure.name': { oneOf: ['host-unreachable', 'network-unreachable'] } } }],
    },
    proof: [{ counter: 'syns-at-core' }, { connect: addresses.edgeA, port: 443, outcome: 'unreachable' }],
    nearMissOf: ['local.no-route', 'tcp.timeout', 'route.filtered'],
    lookAlike: ['local-no-route', 'local-neighbor-unresolved', 'route-filtered'],
  },
  {
    id: 'route-unreachable-last-hop',
    title: "The site's own router cannot find the machine",
    fault: 'The address is on the hosting network and nobody answers ARP for it: host unreachable, after three seconds.',
    made: "The name leads to an address of the edge's network that no machine has.",
    naive: '"Connection timed out."',
    changes: [
      { zone: { zone: 'shop.example', add: ['dead.shop.example 300 A 203.0.113.50'] } },
      meter('syns-at-hosting', 'hosting', 'ip daddr 203.0.113.50', 'prerouting'),
    ],
    url: 'https://dead.shop.example/',
    options: ['--timeout', '5'],
    expect: {
      status: 'failed',
      cause: 'route.unreachable',
      evidence: [
        ...chose('203.0.113.50'),
        { kind: 'tcp.connect-failed', where: { 'server.address': '203.0.113.50', 'failure.name': 'host-unreachable' } },
      ],
    },
    proof: [{ counter: 'syns-at-hosting' }, { neighbor: '203.0.113.50', at: 'hosting', state: ['failed', 'incomplete'] }],
    nearMissOf: ['tcp.timeout', 'local.neighbor-unresolved'],
    lookAlike: ['tcp-timeout', 'local-neighbor-unresolved'],
  },
  {
    id: 'route-filtered',
    title: 'A router says: prohibited',
    fault: 'transit filters https to the site and says so: communication administratively prohibited.',
    made: 'transit rejects TCP to port 443, admin-prohibited, both families.',
    naive: '"No route to host", "permission denied".',
    changes: [
      {
        filter: {
          name: 'prohibited',
          at: 'transit',
          hook: 'forward',
          match: 'tcp dport 443',
          does: 'reject with icmpx type admin-prohibited',
        },
      },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'route.filtered',
      evidence: [{ kind: 'route.icmp-error', where: { protocol: 'tcp', 'destination.port': 443 } }],
    },
    proof: [{ counter: 'prohibited' }],
    nearMissOf: ['route.unreachable', 'local.firewall', 'tcp.refused'],
    lookAlike: ['local-firewall-reject', 'route-unreachable'],
  },
  {
    id: 'route-port-rejected',
    title: 'A firewall that says: port unreachable',
    fault: 'hosting rejects https with ICMP port unreachable, which the system reports as "refused"; the server was never asked.',
    made: 'hosting rejects TCP to port 443 with port-unreachable, both families.',
    naive: '"Connection refused: the web server is down."',
    changes: [
      {
        filter: {
          name: 'rejected',
          at: 'hosting',
          hook: 'forward',
          match: 'tcp dport 443',
          does: 'reject with icmpx type port-unreachable',
        },
      },
      synsAtEdge,
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'route.filtered',
      without: ['tcp.refused'],
      evidence: [{ kind: 'route.icmp-error', where: { code: { oneOf: [3, 4] } } }],
    },
    proof: [{ counter: 'rejected' }, { counter: 'syns-at-edge', atMost: 0 }],
    nearMissOf: ['tcp.refused'],
    lookAlike: ['tcp-refused'],
  },
  {
    id: 'route-port-rejected-by-host',
    title: 'A firewall on the machine that says: port unreachable',
    fault: "The edge's own filter rejects https with ICMP port unreachable, as many do by default; a web server is running behind it.",
    made: 'The edge rejects TCP to port 443 on input with port-unreachable, both families.',
    naive: '"Connection refused: the web server is down."',
    changes: [
      { filter: { name: 'rejected', at: 'edge', hook: 'input', match: 'tcp dport 443', does: 'reject with icmpx type port-unreachable' } },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'route.filtered',
      without: ['tcp.refused'],
      evidence: [{ kind: 'route.icmp-error', where: { from: { oneOf: [addresses.edgeA, addresses.edgeB, addresses.edge6] } } }],
    },
    proof: [{ counter: 'rejected' }],
    nearMissOf: ['tcp.refused'],
    lookAlike: ['tcp-refused', 'route-port-rejected'],
  },
  {
    id: 'route-black-hole',
    title: 'Everything beyond transit vanishes',
    fault: "transit swallows every packet for the edge's network: TCP, UDP, ICMP.",
    made: "transit drops what goes to the edge's networks.",
    naive: '"Connection timed out: the server is down."',
    changes: [
      dropping('swallowed', 'transit', `ip daddr ${edgeNetworks.four}`),
      dropping('swallowed6', 'transit', `ip6 daddr ${edgeNetworks.six}`),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'route.black-hole',
      alternatives: ['tcp.timeout'],
      evidence: [
        { kind: 'tcp.syn-unanswered' },
        { kind: 'route.path-traced', where: { protocol: 'tcp', 'destination.address': { oneOf: edgeAddresses }, reachedAtTtl: null } },
        { kind: 'route.path-traced', where: { protocol: 'udp', 'destination.address': { oneOf: edgeAddresses }, reachedAtTtl: null } },
        { kind: 'route.path-traced', where: { 'destination.address': '1.1.1.1', reachedAtTtl: 5 } },
      ],
    },
    proof: [{ counter: 'swallowed' }, { counter: 'swallowed6' }, { ping: addresses.edgeA, answered: false }],
    captureClient: { checkpoint: 'tcp' },
    lookAlike: ['tcp-timeout', 'tcp-filtered', 'healthy-silent-routers', 'route-one-path-dead', 'route-silent-routers-dead-site'],
  },
  {
    id: 'route-silent-routers-dead-site',
    title: 'Silent routers, and a site that answers nothing',
    fault: 'Two routers never say a word, as ever, and the edge drops everything: all probes end at the provider, which forwards well.',
    made: 'transit, core and hosting drop the ICMP they would send themselves; the edge drops all input.',
    naive: 'traceroute stops at the provider: "the provider drops our packets".',
    changes: [
      ...(['transit', 'core', 'hosting'] as const).flatMap((at) => [
        dropping(`no-icmp-${at}`, at, 'ip protocol icmp', 'output'),
        dropping(`no-icmp6-${at}`, at, 'icmpv6 type { destination-unreachable, time-exceeded }', 'output'),
      ]),
      dropping('deaf', 'edge', `ip daddr { ${addresses.edgeA}, ${addresses.edgeB} }`, 'input'),
      dropping('deaf6', 'edge', `ip6 daddr ${addresses.edge6} icmpv6 type echo-request`, 'input'),
      dropping('deaf6-tcp', 'edge', `ip6 daddr ${addresses.edge6} meta l4proto { tcp, udp }`, 'input'),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.timeout',
      alternatives: ['route.black-hole'],
      without: ['route.black-hole'],
      evidence: [
        { kind: 'route.path-traced', where: { protocol: 'tcp', 'destination.address': { oneOf: edgeAddresses }, reachedAtTtl: null } },
      ],
    },
    proof: [{ counter: 'deaf' }, { counter: 'deaf6-tcp' }, { counter: 'no-icmp-transit' }],
    nearMissOf: ['route.black-hole'],
    lookAlike: ['route-black-hole', 'tcp-timeout', 'healthy-silent-routers'],
  },
  {
    id: 'route-loop',
    title: 'Packets go round in circles',
    fault: 'core sends what is for the edge back to transit, and transit to core, until the time to live is over.',
    made: "core routes the edge's networks to transit.",
    naive: '"No route to host."',
    changes: [
      {
        ip: {
          at: 'core',
          lines: [`route add ${edgeNetworks.four} via 198.51.100.1`, `route add ${edgeNetworks.six} via 2001:db8:3:1::1`],
        },
      },
      meter('laps', 'core', `ip daddr ${edgeNetworks.four}`, 'prerouting'),
    ],
    url: 'https://www.shop.example/',
    expect: { status: 'failed', cause: 'route.loop', evidence: [{ kind: 'route.icmp-error', where: { type: { oneOf: [11, 3] } } }] },
    proof: [{ counter: 'laps', atLeast: 20 }],
    captureClient: { checkpoint: 'unclear', why: 'one "time exceeded" for a SYN does not say that the path returns' },
    lookAlike: ['route-unreachable', 'route-black-hole'],
  },
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
    id: 'route-return-path',
    title: 'The answer never comes back',
    fault: 'Requests arrive at the edge; core drops everything the edge sends back.',
    made: "core drops what comes from the edge's addresses.",
    naive: '"The server does not answer."',
    changes: [
      synsAtEdge,
      dropping('lost-answers', 'core', `ip saddr { ${addresses.edgeA}, ${addresses.edgeB} }`),
      dropping('lost-answers6', 'core', `ip6 saddr ${addresses.edge6}`),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.timeout',
      alternatives: ['route.return-path'],
      evidence: [{ kind: 'tcp.syn-unanswered', where: { 'server.address': addresses.edgeA } }],
    },
    proof: [edgeReached, { counter: 'lost-answers' }],
    captureClient: { checkpoint: 'tcp', cause: 'tcp.timeout' },
    captureServer: { checkpoint: 'route', cause: 'route.return-path' },
    lookAlike: ['tcp-timeout', 'route-black-hole'],
  },
  {
    id: 'route-one-path-dead',
    title: 'One of two equal paths is dead',
    fault:
      'Flows are spread over two transits by their ports; one of them drops everything: half of the connections fail, always the same ones.',
    made: 'The provider spreads over two transits; the second drops https.',
    naive: '"Intermittent": works on the second try.',
    changes: [
      synsAtEdge,
      { stand: 'transit-2' },
      // Between namespaces of one kernel a packet keeps the hash of its socket, which is no flow's; a link that is forwarded makes it forget.
      { link: { name: 'plain-wire', between: ['gateway', 'provider'], delayMs: 1 } },
      { sysctl: { at: 'provider', key: 'net/ipv4/fib_multipath_hash_policy', value: '1' } },
      { ip: { at: 'provider', lines: ['route replace default nexthop via 192.0.2.10 nexthop via 192.0.2.14'] } },
      dropping('dead-path', 'transit-2', 'tcp dport { 80, 443 }'),
      meter('live-path', 'transit', 'tcp dport { 80, 443 }', 'forward'),
    ],
    url: 'https://v4.shop.example/',
    // Half of the time the request itself takes the good path: only a thorough walk looks at others then.
    options: ['--timeout', '5', '--thorough'],
    expect: {
      status: 'degraded',
      cause: 'route.one-path-dead',
      scope: ['intermittent'],
      evidence: [
        { kind: 'tcp.connected', where: { carried: true } },
        { kind: 'tcp.flow-tried', where: { outcome: 'opened', round: 2 } },
        { kind: 'tcp.flow-tried', where: { outcome: 'unanswered', round: 2 } },
      ],
    },
    proof: [{ ip: ['route', 'show', 'default'], at: 'provider', matches: 'nexthop via 192.0.2.14' }],
    // Each flow by itself: some are silent.
    captureClient: { checkpoint: 'tcp', cause: 'tcp.timeout' },
    lookAlike: ['healthy-two-paths', 'tcp-timeout', 'route-black-hole', 'tcp-slow'],
  },
  {
    id: 'route-proxy-upstream',
    title: 'The proxy cannot reach the site',
    fault: 'CONNECT is answered 503: the proxy has no way to the site.',
    made: "Squid runs on the home network; the site's network rejects it.",
    naive: '"503 from the site."',
    changes: [
      { stand: 'lan-host' },
      { proxy: { lines: ['connect_timeout 1 second'] } },
      { filter: { name: 'rejected', at: 'provider', hook: 'forward', match: 'tcp dport 443', does: 'reject with icmpx type no-route' } },
    ],
    url: 'https://www.shop.example/',
    environment: { https_proxy: `http://${addresses.lanHost}:3128` },
    expect: { status: 'failed', cause: 'route.proxy-upstream', evidence: [{ kind: 'local.proxy-configured', where: { bypassed: false } }] },
    proof: [
      { connect: addresses.lanHost, port: 3128, outcome: 'open' },
      { connect: addresses.edgeA, port: 443, outcome: 'unreachable' },
    ],
    lookAlike: ['http-bad-gateway', 'local-proxy-denied'],
  },
  {
    id: 'route-loss',
    title: 'Every eighth packet is lost',
    fault: '12 % loss between transit and core, both ways.',
    made: 'The link drops packets at random, with a seed.',
    naive: '"The site is slow, sometimes."',
    changes: [
      synsAtEdge,
      largePage,
      { link: { name: 'lossy', between: ['transit', 'core'], loss: 0.12, seed: 42, delayMs: 10 } },
      warm('v4.shop.example'),
    ],
    url: 'https://v4.shop.example/large.html',
    options: ['--timeout', '5', '--count', '60'],
    expect: {
      status: 'degraded',
      cause: 'route.loss',
      evidence: [{ kind: 'tcp.connected' }, { kind: 'route.path-traced', where: { rounds: 60, reachedAtTtl: 6 } }],
    },
    proof: [{ link: 'lossy', what: 'dropped' }],
    captureClient: { checkpoint: 'any', why: 'packets at one end show repetitions, of whichever packets were lost' },
    lookAlike: ['healthy-rate-limited-routers', 'healthy-duplicates-and-reordering', 'tcp-slow'],
  },
  {
    id: 'route-latency',
    title: 'A detour of 600 ms',
    fault: 'The path to the site takes 600 ms where 10 would do.',
    made: 'The link between core and hosting takes 300 ms each way.',
    naive: '"The server is slow."',
    changes: [synsAtEdge, { link: { name: 'detour', between: ['core', 'hosting'], delayMs: 300 } }, warm('v4.shop.example')],
    url: 'https://v4.shop.example/',
    options: ['--timeout', '5'],
    expect: {
      status: 'degraded',
      cause: 'route.latency',
      without: ['http.slow'],
      evidence: [...pageArrived()],
      timings: { connectMs: { atLeast: 580 } },
    },
    proof: [{ link: 'detour', what: 'delayed' }, edgeReached],
    captureClient: { checkpoint: 'unclear', why: 'a long way looks like any other: packets at one end do not tell where the time goes' },
    lookAlike: ['healthy-far-away', 'http-slow', 'tcp-slow'],
  },
  {
    id: 'route-ipv6-unreachable',
    title: 'IPv6 is unreachable, IPv4 carries on',
    fault: 'core says "no route" for the edge\'s IPv6 network; browsers fall back at once.',
    made: 'An unreachable route for the IPv6 network on core.',
    naive: '"The site is unreachable": ping6 fails.',
    changes: [synsAtEdge, { ip: { at: 'core', lines: [`route add unreachable ${edgeNetworks.six}`] } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'tcp.ipv6-broken',
      scope: ['ipv6'],
      evidence: [
        { kind: 'tcp.connect-failed', where: { family: 'ipv6' } },
        { kind: 'tcp.connected', where: { family: 'ipv4', carried: true } },
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { connect: addresses.edge6, port: 443, outcome: 'unreachable' }],
    nearMissOf: ['route.unreachable'],
    lookAlike: ['route-unreachable', 'tcp-ipv6-broken'],
  },
];
