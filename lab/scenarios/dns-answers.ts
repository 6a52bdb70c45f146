import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { questionsAtNs1, questionsAtNs2, synsAtEdge } from './ingredients.ts';

/** There is no answer with addresses for the name: it does not exist, or has none. */
export const dnsAnswerScenarios: readonly Scenario[] = [
  {
    id: 'dns-nxdomain',
    title: 'A name that does not exist',
    fault: 'The zone has no such name.',
    made: 'The URL names nosuch.shop.example.',
    naive: '"The server is down."',
    changes: [questionsAtNs1, questionsAtNs2],
    url: 'https://nosuch.shop.example/',
    expect: {
      status: 'failed',
      cause: 'dns.nxdomain',
      evidence: [
        {
          kind: 'dns.answered',
          where: { name: 'nosuch.shop.example', rcodeName: 'NXDOMAIN', 'authority.*.type': 'SOA', 'authority.*.name': 'shop.example' },
        },
      ],
    },
    proof: [
      { question: { server: addresses.ns1, name: 'nosuch.shop.example', type: 'A' }, outcome: 'nxdomain' },
      { log: 'resolver', matches: 'nosuch.shop.example. A IN NXDOMAIN' },
    ],
    nearMissOf: ['dns.filtered', 'dns.not-delegated', 'dns.cname-dangling'],
    lookAlike: ['dns-filtered', 'dns-not-delegated', 'dns-cname-dangling'],
  },
  {
    id: 'dns-filtered',
    title: "The provider's resolver denies the name",
    fault: 'Only the configured resolver says NXDOMAIN: a block list. Name servers and public resolvers know the name.',
    made: "A local zone of the provider's resolver denies www.shop.example.",
    naive: '"The domain does not exist."',
    changes: [{ unbound: { at: 'resolver', server: ['local-zone: "www.shop.example" always_nxdomain'] } }],
    url: 'https://www.shop.example/',
    captureClient: {
      checkpoint: 'unclear',
      why: 'one resolver denies the name and others give it; which of them applications go by is not in the packets',
    },
    expect: {
      status: 'failed',
      cause: 'dns.filtered',
      scope: ['resolver'],
      evidence: [{ kind: 'dns.answered', where: { rcodeName: 'NXDOMAIN' } }],
    },
    proof: [
      { log: 'resolver', matches: 'www.shop.example. A IN NXDOMAIN' },
      { question: { server: '9.9.9.9', name: 'www.shop.example', type: 'A' }, outcome: 'answer', data: [addresses.edgeA] },
    ],
    lookAlike: ['dns-nxdomain', 'dns-cname-dangling', 'dns-not-delegated'],
  },
  {
    id: 'dns-cname-dangling',
    title: 'An alias to a name that is gone',
    fault: 'alias.shop.example points at a bucket that was deleted.',
    made: 'The alias leads to gone.other.example, which does not exist.',
    naive: '"The domain does not exist."',
    changes: [
      { zone: { zone: 'shop.example', add: ['alias.shop.example 300 CNAME gone.other.example'] } },
      { resolvConf: [`nameserver ${addresses.resolver}`] },
    ],
    url: 'https://alias.shop.example/',
    expect: {
      status: 'failed',
      cause: 'dns.cname-dangling',
      evidence: [
        { kind: 'dns.answered', where: { rcodeName: 'NXDOMAIN', 'answers.*.type': 'CNAME', 'answers.*.data': 'gone.other.example' } },
      ],
    },
    proof: [{ log: 'resolver', matches: 'alias.shop.example. A IN NXDOMAIN' }],
    nearMissOf: ['dns.nxdomain'],
    lookAlike: ['dns-nxdomain', 'dns-cname-no-data', 'dns-not-delegated'],
  },
  {
    id: 'dns-cname-dangling-forwarded',
    title: 'An alias to a name that is gone, behind a home router',
    fault: 'alias.shop.example points at a bucket that was deleted.',
    made: "The alias leads to gone.other.example, which does not exist; the gateway's dnsmasq answers from its cache without the NXDOMAIN.",
    naive: '"The domain does not exist."',
    changes: [
      { zone: { zone: 'shop.example', add: ['alias.shop.example 300 CNAME gone.other.example'] } },
      { ask: { server: addresses.gateway, name: 'alias.shop.example', types: ['A', 'AAAA'] } },
    ],
    url: 'https://alias.shop.example/',
    expect: {
      status: 'failed',
      cause: 'dns.cname-dangling',
      evidence: [{ kind: 'dns.answered', where: { 'answers.*.type': 'CNAME', 'answers.*.data': 'gone.other.example' } }],
    },
    proof: [{ log: 'resolver', matches: 'alias.shop.example. A IN NXDOMAIN' }],
    nearMissOf: ['dns.nxdomain'],
    lookAlike: ['dns-nxdomain', 'dns-cname-no-data'],
  },
  {
    id: 'dns-cname-no-data',
    title: 'An alias to a name without addresses',
    fault: "The alias's target exists and has no A and no AAAA record.",
    made: 'The alias leads to a name with a TXT record alone.',
    naive: '"The alias is broken."',
    changes: [
      { zone: { zone: 'shop.example', add: ['alias.shop.example 300 CNAME text.other.example'] } },
      { zone: { zone: 'other.example', add: ['text.other.example 300 TXT "no addresses here"'] } },
    ],
    url: 'https://alias.shop.example/',
    expect: {
      status: 'failed',
      cause: 'dns.no-data',
      evidence: [{ kind: 'dns.answered', where: { rcodeName: 'NOERROR', 'answers.*.data': 'text.other.example' } }],
    },
    proof: [{ log: 'resolver', matches: 'alias.shop.example. A IN NOERROR' }],
    nearMissOf: ['dns.cname-dangling', 'dns.nxdomain'],
    lookAlike: ['dns-cname-dangling'],
  },
  {
    id: 'dns-not-delegated',
    title: 'The registration expired',
    fault: 'The parent zone has no delegation for shop.example any more.',
    made: 'The delegation is taken out of the example zone.',
    naive: '"Somebody deleted the www record."',
    changes: [{ delegation: { zone: 'shop.example', removed: true } }],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'dns.not-delegated',
      evidence: [{ kind: 'dns.answered', where: { rcodeName: 'NXDOMAIN', 'authority.*.name': 'example' } }],
    },
    proof: [
      { question: { server: addresses.tld, name: 'www.shop.example', type: 'A' }, outcome: 'nxdomain' },
      { log: 'resolver', matches: 'www.shop.example. A IN NXDOMAIN' },
    ],
    lookAlike: ['dns-nxdomain'],
  },
  {
    id: 'dns-no-data',
    title: 'A name for mail only',
    fault: 'The name exists and has neither A nor AAAA.',
    made: 'mail.shop.example has an MX record alone.',
    naive: '"NXDOMAIN", by tools that cannot tell.',
    changes: [{ zone: { zone: 'shop.example', add: ['mail.shop.example 300 MX 10 mx.shop.example'] } }],
    url: 'https://mail.shop.example/',
    expect: {
      status: 'failed',
      cause: 'dns.no-data',
      evidence: [
        { kind: 'dns.answered', where: { type: 'A', rcodeName: 'NOERROR', 'answers.length': 0 } },
        { kind: 'dns.answered', where: { type: 'AAAA', rcodeName: 'NOERROR', 'answers.length': 0 } },
      ],
    },
    proof: [{ question: { server: addresses.ns1, name: 'mail.shop.example', type: 'A' }, outcome: 'no-data' }],
    nearMissOf: ['dns.nxdomain', 'dns.no-usable-address'],
    lookAlike: ['dns-nxdomain', 'dns-no-usable-address'],
  },
  {
    id: 'dns-no-usable-address',
    title: 'IPv6 alone, for a host without it',
    fault: 'The name has only an AAAA record; this host has no IPv6.',
    made: 'v6.shop.example is asked for by a client whose IPv6 is switched off.',
    naive: '"Could not resolve host."',
    changes: [{ sysctl: { at: 'client', key: 'net/ipv6/conf/all/disable_ipv6', value: '1' } }],
    url: 'https://v6.shop.example/',
    captureClient: { checkpoint: 'unclear', why: 'the lookup is seen and works; nothing is sent to the site' },
    expect: {
      status: 'failed',
      cause: 'dns.no-usable-address',
      scope: ['ipv6'],
      evidence: [
        { kind: 'dns.answered', where: { type: 'AAAA', 'answers.*.data': addresses.edge6 } },
        { kind: 'dns.answered', where: { type: 'A', 'answers.length': 0 } },
      ],
    },
    proof: [
      { question: { server: addresses.gateway, name: 'v6.shop.example', type: 'AAAA' }, outcome: 'answer', data: [addresses.edge6] },
      { ip: ['-6', 'addr', 'show', 'dev', 'eth0'], at: 'client', matches: '^$' },
    ],
    nearMissOf: ['dns.no-data', 'dns.nxdomain', 'tcp.ipv6-broken'],
    lookAlike: ['dns-no-data'],
  },
  {
    id: 'dns-cname-loop',
    title: 'Two aliases that point at each other',
    fault: 'The alias chain never ends.',
    made: 'alias.shop.example leads to second.shop.example and back.',
    naive: '"SERVFAIL", "the resolver is broken".',
    changes: [
      {
        zone: {
          zone: 'shop.example',
          add: ['alias.shop.example 300 CNAME second.shop.example', 'second.shop.example 300 CNAME alias.shop.example'],
        },
      },
      questionsAtNs1,
      questionsAtNs2,
    ],
    url: 'https://alias.shop.example/',
    expect: { status: 'failed', cause: 'dns.cname-loop', evidence: [{ kind: 'dns.answered', where: { name: 'alias.shop.example' } }] },
    proof: [
      { question: { server: addresses.ns1, name: 'alias.shop.example', type: 'A' }, outcome: 'answer', data: ['second.shop.example'] },
      { log: 'resolver', matches: 'alias.shop.example. A IN' },
    ],
    lookAlike: ['healthy-alias-chain', 'dns-servfail'],
  },
  {
    id: 'dns-search-domain',
    title: 'Not the name that was meant',
    fault: 'www.shop does not exist; with the search suffix it becomes www.shop.example, which does.',
    made: 'The URL lacks the last label; resolv.conf has "search example".',
    naive: '"Certificate error": the certificate is for the whole name.',
    changes: [synsAtEdge, { resolvConf: [`nameserver ${addresses.gateway}`, 'search example'] }],
    url: 'https://www.shop/',
    captureClient: {
      checkpoint: 'unclear',
      why: 'a name that does not exist and then exists with a suffix is how search lists work; which of the two was meant is not in the packets',
    },
    expect: {
      status: 'failed',
      cause: 'dns.search-domain',
      evidence: [
        { kind: 'dns.system-lookup', where: { 'addresses.*': addresses.edgeA } },
        { kind: 'dns.answered', where: { name: 'www.shop', rcodeName: 'NXDOMAIN' } },
      ],
    },
    proof: [
      { file: '/etc/resolv.conf', matches: '^search example$' },
      { question: { server: addresses.gateway, name: 'www.shop', type: 'A' }, outcome: 'nxdomain' },
    ],
    lookAlike: ['tls-name-mismatch', 'dns-nxdomain'],
  },
];
