import type { Change } from '../scenario/change.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import {
  carriedBy,
  dropping,
  edgeReached,
  fromOutside,
  halfOfThePorts,
  pageArrived,
  synsAtEdge,
  toEdge4,
  toEdge6,
  trustedCertificate,
} from './ingredients.ts';

const pairOfAddresses: Change = {
  zone: { zone: 'shop.example', add: [`pair.shop.example 300 A ${addresses.edgeA}`, `pair.shop.example 300 A ${addresses.edgeB}`] },
};

const pairCertificate: Change = { site: { names: ['pair.shop.example'], certificate: { names: ['pair.shop.example'] } } };

const oneAddress: Change = { zone: { zone: 'shop.example', add: [`one.shop.example 300 A ${addresses.edgeA}`] } };

/** Drops the first SYN of every flow, and no other packet. */
export function losingFirstSyn(name: string, match: string): Change {
  const six = match.startsWith('ip6');
  const [source, kind] = six ? ['ip6 saddr', 'ipv6_addr'] : ['ip saddr', 'ipv4_addr'];
  return {
    filter: {
      name,
      at: 'hosting',
      hook: 'forward',
      match: `${match} tcp dport 443 tcp flags & (syn | ack) == syn ${source} . tcp sport != @${name}-seen add @${name}-seen { ${source} . tcp sport }`,
      does: 'drop',
      declares: [`set ${name}-seen { type ${kind} . inet_service; flags dynamic; size 4096; }`],
    },
  };
}

/** A connection does not open, or not to every address. */
export const tcpScenarios: readonly Scenario[] = [
  {
    id: 'tcp-timeout',
    title: 'A machine that answers nothing',
    fault: 'The edge drops everything that comes in: it hangs, or its own filter is shut.',
    made: 'The edge drops all input.',
    naive: '"The network is down": ping is silent, too.',
    changes: [
      dropping('deaf', 'edge', `${toEdge4}`, 'input'),
      // Neighbour discovery goes on: the router in front still finds the machine.
      dropping('deaf6', 'edge', `${toEdge6} meta l4proto { tcp, udp }`, 'input'),
      dropping('deaf6-echo', 'edge', `${toEdge6} icmpv6 type echo-request`, 'input'),
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.timeout',
      alternatives: ['tcp.filtered'],
      evidence: [
        { kind: 'tcp.syn-unanswered', where: { 'server.address': addresses.edgeA } },
        { kind: 'tcp.syn-unanswered', where: { 'server.address': addresses.edge6 } },
      ],
    },
    proof: [{ counter: 'deaf' }, { counter: 'deaf6' }, { ping: addresses.edgeA, answered: false }],
    nearMissOf: ['route.black-hole', 'tcp.refused', 'dns.timeout', 'route.return-path'],
    lookAlike: ['tcp-filtered', 'route-black-hole', 'route-return-path', 'healthy-icmp-dropped-everywhere'],
  },
  {
    id: 'tcp-filtered',
    title: 'Port 443 is filtered, the machine is well',
    fault: 'SYNs to port 443 vanish; port 80 and ping are answered.',
    made: 'The edge drops TCP to port 443 on input.',
    naive: '"The server is down."',
    changes: [dropping('port-filter', 'edge', 'tcp dport 443', 'input')],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.filtered',
      side: 'origin',
      evidence: [{ kind: 'tcp.syn-unanswered', where: { 'server.port': 443 } }],
    },
    proof: [{ counter: 'port-filter' }, { connect: addresses.edgeA, port: 80, outcome: 'open' }, { ping: addresses.edgeA, answered: true }],
    captureClient: { checkpoint: 'tcp' },
    lookAlike: ['tcp-timeout', 'route-black-hole', 'tcp-full-queue', 'route-one-path-dead'],
  },
  {
    id: 'tcp-filtered-on-the-way',
    title: 'A provider that lets no https through',
    fault: 'SYNs to port 443 end at the access provider; port 80, datagrams and echo requests reach the machine.',
    made: 'The provider drops TCP to port 443 from the home network.',
    naive: '"The server is down", or "the firewall of the server".',
    changes: [
      dropping('provider-filter', 'provider', 'iifname "gateway" tcp dport 443'),
      { ask: { server: addresses.resolver, name: 'www.shop.example', types: ['A', 'AAAA', 'HTTPS'] } },
    ],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.filtered',
      side: 'network',
      evidence: [
        { kind: 'route.path-traced', where: { protocol: 'tcp', reachedAtTtl: null } },
        { kind: 'route.path-traced', where: { protocol: 'udp', reachedAtTtl: 6 } },
      ],
    },
    proof: [{ counter: 'provider-filter' }, { connect: addresses.edgeA, port: 80, outcome: 'open' }],
    captureClient: { checkpoint: 'tcp' },
    lookAlike: ['tcp-filtered', 'route-black-hole'],
  },
  {
    id: 'tcp-full-queue',
    title: 'A server that does not accept',
    fault: 'The accept queue is full: the kernel drops SYNs, the application is stuck.',
    made: 'A server on port 443 never accepts; its queue is full. Port 80 works.',
    naive: '"A firewall drops us."',
    changes: [
      { site: { notOn: [addresses.edgeA, addresses.edgeB, addresses.edge6] } },
      { odd: { name: 'stuck', at: 'edge', port: 443, behavior: { fullQueue: true } } },
      { nginx: { at: 'edge' } },
    ],
    url: 'https://www.shop.example/',
    expect: { status: 'failed', cause: 'tcp.filtered', evidence: [{ kind: 'tcp.syn-unanswered', where: { 'server.port': 443 } }] },
    proof: [
      { kernel: 'TcpExt.ListenDrops', at: 'edge' },
      { connect: addresses.edgeA, port: 80, outcome: 'open' },
    ],
    captureClient: { checkpoint: 'tcp' },
    lookAlike: ['tcp-filtered', 'tcp-timeout'],
  },
  {
    id: 'tcp-refused',
    title: 'Nothing listens',
    fault: 'The edge answers SYNs with RST: the web server is stopped.',
    made: 'nginx at the edge is stopped.',
    naive: '"The firewall blocks us."',
    changes: [{ stop: 'edge' }, synsAtEdge],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.refused',
      evidence: [
        { kind: 'tcp.syn-refused', where: { 'server.address': addresses.edgeA } },
        { kind: 'tcp.syn-refused', where: { 'server.address': addresses.edge6 } },
      ],
    },
    proof: [edgeReached, { kernel: 'Tcp.OutRsts', at: 'edge' }],
    nearMissOf: ['tcp.timeout', 'route.filtered', 'tcp.reset'],
    lookAlike: ['tcp-refused-by-middlebox', 'route-port-rejected', 'local-firewall-reject'],
  },
  {
    id: 'tcp-refused-some-flows',
    title: 'One of two servers behind one address is down',
    fault:
      'A balancer in front of the address spreads connections by their source port; one of its servers refuses: always the same connections fail.',
    made: "The edge rejects https from some source ports with a reset, among them those of the client's own connections.",
    naive: '"Connection refused: the web server is stopped", and from the next desk: "works for me".',
    changes: [synsAtEdge, oneAddress, ...halfOfThePorts('edge', 'input', 'tcp dport 443', 'reject with tcp reset')],
    url: 'https://one.shop.example/',
    expect: {
      status: 'failed',
      cause: 'route.one-path-dead',
      scope: ['intermittent'],
      without: ['tcp.refused'],
      evidence: [
        { kind: 'tcp.syn-refused', where: { 'server.address': addresses.edgeA } },
        { kind: 'tcp.flow-tried', where: { outcome: 'opened', round: 2 } },
        { kind: 'tcp.flow-tried', where: { outcome: 'refused', round: 2 } },
      ],
    },
    proof: [edgeReached, { counter: 'own-ports' }, { counter: 'half-of-others' }],
    captureClient: { checkpoint: 'tcp', cause: 'tcp.refused' },
    nearMissOf: ['tcp.refused'],
    lookAlike: ['tcp-refused', 'tcp-refused-in-turns', 'route-one-path-dead'],
  },
  {
    id: 'tcp-refused-in-turns',
    title: 'Three of four servers behind one address are down',
    fault: 'A balancer in front of the address gives each connection to the next of its servers; three of four refuse.',
    made: 'The edge rejects three of every four SYNs to https with a reset.',
    naive: '"Connection refused: the web server is stopped."',
    changes: [
      oneAddress,
      {
        filter: {
          name: 'turns',
          at: 'edge',
          hook: 'input',
          match: 'tcp dport 443 tcp flags & (syn | ack) == syn numgen inc mod 4 < 3',
          does: 'reject with tcp reset',
        },
      },
    ],
    url: 'https://one.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.refused',
      scope: ['intermittent'],
      without: ['route.one-path-dead'],
      evidence: [{ kind: 'tcp.syn-refused' }, { kind: 'tcp.flow-tried', where: { outcome: 'opened' } }],
    },
    proof: [{ counter: 'turns' }],
    captureClient: { checkpoint: 'tcp', cause: 'tcp.refused' },
    nearMissOf: ['route.one-path-dead'],
    lookAlike: ['tcp-refused', 'tcp-refused-some-flows'],
  },
  {
    id: 'tcp-refused-by-middlebox',
    title: "A box in between refuses in the server's name",
    fault: 'transit answers SYNs for the site with RST; the server never sees them.',
    made: 'transit rejects TCP to port 443 with a reset.',
    naive: '"The web server is stopped."',
    changes: [
      synsAtEdge,
      { filter: { name: 'forged', at: 'transit', hook: 'forward', match: 'tcp dport 443', does: 'reject with tcp reset' } },
      { link: { name: 'behind', between: ['transit', 'core'], delayMs: 20 } },
      { ask: { server: addresses.resolver, name: 'www.shop.example', types: ['A', 'AAAA', 'HTTPS'] } },
    ],
    url: 'https://www.shop.example/',
    expect: { status: 'failed', cause: 'tcp.reset-by-middlebox', evidence: [{ kind: 'tcp.syn-refused' }] },
    proof: [{ counter: 'forged' }, { counter: 'syns-at-edge', atMost: 0 }],
    captureClient: { checkpoint: 'tcp' },
    lookAlike: ['tcp-refused', 'local-firewall-reject'],
  },
  {
    id: 'tcp-some-addresses-fail',
    title: 'One of two addresses is dead',
    fault: 'The name has two IPv4 addresses; one refuses.',
    made: 'nginx does not listen on the first address.',
    naive: '"Works for me": whoever gets the other address.',
    changes: [pairOfAddresses, pairCertificate, { site: { notOn: [addresses.edgeA] } }, synsAtEdge],
    url: 'https://pair.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'tcp.some-addresses-fail',
      scope: ['address'],
      evidence: [{ kind: 'tcp.syn-refused', where: { 'server.address': addresses.edgeA } }, carriedBy(addresses.edgeB), ...pageArrived()],
    },
    proof: [edgeReached, { connect: addresses.edgeA, port: 443, outcome: 'refused' }],
    nearMissOf: ['tcp.refused', 'tcp.ipv4-broken'],
    lookAlike: ['tcp-refused'],
  },
  {
    id: 'tcp-some-addresses-silent',
    title: 'One of two addresses is silent',
    fault: 'The name has two IPv4 addresses; one drops SYNs: users wait.',
    made: 'hosting drops what goes to the first address.',
    naive: '"The site is slow."',
    changes: [pairOfAddresses, pairCertificate, dropping('one-dead', 'hosting', `${fromOutside} ip daddr ${addresses.edgeA}`), synsAtEdge],
    url: 'https://pair.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'tcp.some-addresses-fail',
      scope: ['address'],
      evidence: [
        { kind: 'tcp.syn-unanswered', where: { 'server.address': addresses.edgeA } },
        carriedBy(addresses.edgeB),
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { counter: 'one-dead' }],
    nearMissOf: ['tcp.timeout', 'tcp.slow'],
    lookAlike: ['tcp-timeout', 'tcp-slow', 'route-one-path-dead'],
  },
  {
    id: 'tcp-ipv6-broken',
    title: 'IPv6 leads nowhere',
    fault: 'The name has an IPv6 address that swallows SYNs; IPv4 works. Browsers hide it, others wait.',
    made: 'hosting drops what goes to the IPv6 address.',
    naive: '"Works for me", or "slow".',
    changes: [synsAtEdge, dropping('six-dead', 'hosting', `${fromOutside} ${toEdge6}`)],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'tcp.ipv6-broken',
      scope: ['ipv6'],
      evidence: [
        { kind: 'tcp.syn-unanswered', where: { family: 'ipv6' } },
        { kind: 'tcp.connected', where: { carried: true, family: 'ipv4' } },
        trustedCertificate,
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { counter: 'six-dead' }],
    nearMissOf: ['tcp.timeout', 'tcp.some-addresses-fail'],
    lookAlike: ['healthy-no-ipv6-host', 'route-ipv6-unreachable'],
  },
  {
    id: 'tcp-ipv4-broken',
    title: 'IPv4 leads nowhere',
    fault: 'Both IPv4 addresses swallow SYNs; IPv6 works: whoever has IPv6 notices nothing.',
    made: 'hosting drops what goes to both IPv4 addresses.',
    naive: '"Works for me."',
    changes: [synsAtEdge, dropping('four-dead', 'hosting', `${fromOutside} ${toEdge4}`)],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'tcp.ipv4-broken',
      scope: ['ipv4'],
      evidence: [{ kind: 'tcp.syn-unanswered', where: { family: 'ipv4' }, atLeast: 2 }, carriedBy(addresses.edge6), ...pageArrived()],
    },
    proof: [edgeReached, { counter: 'four-dead' }],
    nearMissOf: ['tcp.timeout', 'tcp.some-addresses-fail'],
    lookAlike: ['healthy-ipv6-only-name'],
  },
  {
    id: 'tcp-slow',
    title: 'The first SYN is always lost',
    fault: 'Every connection takes a second: a box drops the first SYN of a flow.',
    made: 'hosting drops the first SYN of every flow.',
    naive: '"The server is slow."',
    changes: [synsAtEdge, losingFirstSyn('first-syn', toEdge4)],
    url: 'https://v4.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'tcp.slow',
      evidence: [{ kind: 'tcp.connected', where: { carried: true, durationMs: { atLeast: 900 } } }, ...pageArrived()],
      timings: { connectMs: { atLeast: 900 } },
    },
    proof: [edgeReached, { counter: 'first-syn' }],
    nearMissOf: ['http.slow', 'tcp.timeout', 'dns.slow'],
    lookAlike: ['healthy-far-away', 'route-loss', 'tcp-some-addresses-silent'],
  },
];
