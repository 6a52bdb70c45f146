import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { chose, edgeReached, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';

/** The name has addresses, of which somebody is wrong. */
export const dnsAddressScenarios: readonly Scenario[] = [
  {
    id: 'dns-wrong-address-expected',
    title: 'Not the address it should be',
    fault: 'The name leads to an address outside the networks expected.',
    made: 'The walk expects 198.18.0.0/15; the site is elsewhere.',
    naive: 'Nothing: a page comes back.',
    changes: [synsAtEdge],
    url: 'https://v4.shop.example/',
    options: ['--expect-address', '198.18.0.0/15'],
    captureClient: { checkpoint: 'unclear', why: 'which address is right is not in the packets' },
    expect: { status: 'failed', cause: 'dns.wrong-address', evidence: chose(addresses.edgeA) },
    proof: [{ question: { server: addresses.gateway, name: 'v4.shop.example', type: 'A' }, outcome: 'answer', data: [addresses.edgeA] }],
    lookAlike: ['healthy-expected-text', 'dns-split-horizon'],
  },
  {
    id: 'dns-wrong-address-stale',
    title: 'The resolver remembers the old address',
    fault: 'The site moved; the configured resolver still answers with the dead old address, with a long time to live.',
    made: "The provider's resolver has a fixed answer; the name servers say otherwise.",
    naive: '"The server is down": a timeout.',
    changes: [
      {
        unbound: {
          at: 'resolver',
          server: ['local-zone: "v4.shop.example" redirect', 'local-data: "v4.shop.example 86000 A 203.0.113.50"'],
        },
      },
    ],
    url: 'https://v4.shop.example/',
    captureClient: {
      checkpoint: 'route',
      cause: 'route.unreachable',
      why: 'which address is right is not in the packets; that the one in use is dead is',
    },
    expect: { status: 'failed', cause: 'dns.wrong-address', scope: ['resolver'], evidence: chose('203.0.113.50') },
    proof: [
      { question: { server: addresses.gateway, name: 'v4.shop.example', type: 'A' }, outcome: 'answer', data: ['203.0.113.50'] },
      { question: { server: addresses.ns1, name: 'v4.shop.example', type: 'A' }, outcome: 'answer', data: [addresses.edgeA] },
    ],
    lookAlike: ['healthy-cdn-answers-differ', 'dns-split-horizon', 'tcp-timeout'],
  },
  {
    id: 'dns-bogus-address-zero',
    title: 'The answer is 0.0.0.0',
    fault: 'A block list answers with an address that cannot be.',
    made: "The provider's resolver answers 0.0.0.0 and ::.",
    naive: '"Connection refused": 0.0.0.0 is this host.',
    changes: [
      {
        unbound: {
          at: 'resolver',
          server: [
            'local-zone: "www.shop.example" redirect',
            'local-data: "www.shop.example 60 A 0.0.0.0"',
            'local-data: "www.shop.example 60 AAAA ::"',
          ],
        },
      },
    ],
    url: 'https://www.shop.example/',
    captureClient: { checkpoint: 'unclear', why: 'nothing is sent to such an address' },
    expect: {
      status: 'failed',
      cause: 'dns.bogus-address',
      evidence: [{ kind: 'dns.answered', where: { type: 'A', 'answers.*.data': '0.0.0.0' } }],
    },
    proof: [{ question: { server: addresses.gateway, name: 'www.shop.example', type: 'A' }, outcome: 'answer', data: ['0.0.0.0'] }],
    nearMissOf: ['tcp.refused'],
    lookAlike: ['tcp-refused'],
  },
  {
    id: 'dns-bogus-address-loopback',
    title: 'The answer is 127.0.0.1',
    fault: "A test entry went live: the public name leads to every visitor's own machine.",
    made: 'The zone says 127.0.0.1.',
    naive: '"Connection refused: the server is down."',
    changes: [{ zone: { zone: 'shop.example', add: ['local.shop.example 300 A 127.0.0.1'] } }],
    url: 'https://local.shop.example/',
    captureClient: { checkpoint: 'unclear', why: 'packets to this host itself pass no wire' },
    expect: {
      status: 'failed',
      cause: 'dns.bogus-address',
      evidence: [{ kind: 'dns.answered', where: { 'answers.*.data': '127.0.0.1' } }],
    },
    proof: [{ question: { server: addresses.ns1, name: 'local.shop.example', type: 'A' }, outcome: 'answer', data: ['127.0.0.1'] }],
    nearMissOf: ['tcp.refused'],
    lookAlike: ['tcp-refused'],
  },
  {
    id: 'dns-hosts-override-dead',
    title: 'An old line in the hosts file',
    fault: 'The hosts file sends the name to an address where nobody lives.',
    made: "The client's hosts file names 203.0.113.50; DNS knows better.",
    naive: '"Connection timed out": dig shows the right address.',
    changes: [{ hostsFile: ['203.0.113.50 www.shop.example'] }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'dns.hosts-override',
      evidence: [
        { kind: 'local.hosts-entry', where: { name: 'www.shop.example', 'addresses.*': '203.0.113.50' } },
        ...chose('203.0.113.50'),
      ],
    },
    proof: [{ file: '/etc/hosts', matches: '^203\\.0\\.113\\.50 www\\.shop\\.example$' }],
    captureClient: { checkpoint: 'route', why: 'the hosts file is not in the packets; that the address in use is dead is' },
    nearMissOf: ['tcp.timeout', 'route.unreachable'],
    lookAlike: ['tcp-timeout'],
  },
  {
    id: 'dns-hosts-override-works',
    title: 'A hosts file entry that works',
    fault: 'The name is pinned to one edge; the site works, and will not when that edge goes.',
    made: "The client's hosts file names the second edge address.",
    naive: 'Nothing: it works.',
    changes: [{ hostsFile: [`${addresses.edgeB} www.shop.example`] }, synsAtEdge],
    url: 'https://www.shop.example/',
    expect: {
      status: 'degraded',
      cause: 'dns.hosts-override',
      evidence: [{ kind: 'local.hosts-entry', where: { 'addresses.*': addresses.edgeB } }, trustedCertificate, ...pageArrived()],
    },
    proof: [edgeReached, { file: '/etc/hosts', matches: 'www\\.shop\\.example$' }],
    captureClient: { checkpoint: null },
    lookAlike: ['dns-hosts-override-dead'],
  },
  {
    id: 'dns-split-horizon',
    title: 'Inside, the name leads inside',
    fault: "The company's resolver answers with an inside address on purpose; public resolvers answer with the public one.",
    made: "The provider's resolver knows the origin's address for the name; the page is served there, too.",
    naive: '"DNS hijacking."',
    changes: [
      {
        unbound: {
          at: 'resolver',
          server: ['local-zone: "www.shop.example" redirect', `local-data: "www.shop.example 60 A ${addresses.origin}"`],
        },
      },
    ],
    url: 'https://www.shop.example/',
    options: ['--thorough'],
    captureClient: { checkpoint: 'unclear', why: 'which of two answers is meant for whom is not in the packets' },
    expect: { status: 'degraded', cause: 'dns.split-horizon', evidence: [...chose(addresses.origin), ...pageArrived()] },
    proof: [
      { log: 'origin', matches: '"GET / HTTP/1.1" 200' },
      { question: { server: '1.1.1.1', name: 'www.shop.example', type: 'A' }, outcome: 'answer', data: [addresses.edgeA] },
    ],
    lookAlike: ['healthy-cdn-answers-differ', 'dns-wrong-address-stale'],
  },
];
