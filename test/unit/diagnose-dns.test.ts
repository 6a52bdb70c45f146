import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { allRules } from '../../src/diagnose/rules.ts';
import type { CauseCode } from '../../src/model/cause.ts';
import type { Observation, ObservationDraft } from '../../src/model/observation.ts';
import { sentenceFor } from '../../src/report/sentences/all-sentences.ts';
import {
  answered,
  body,
  certificates,
  chosen,
  connected,
  connectFailed,
  contextOf,
  handshake,
  numbered,
  page,
  record,
  rejected,
  requestSent,
  resolvers,
  responded,
  route,
  server,
  synUnanswered,
  systemLookup,
  target,
  unanswered,
  undeliverable,
  upTo,
} from './evidence.ts';
import {
  bothServers,
  experiment,
  link,
  ns1,
  ns2,
  path,
  publicAnswer,
  repeated,
  silentExperiment,
  step,
  tried,
  zoneServer,
} from './evidence-dns.ts';

type Evidence = (ObservationDraft | ObservationDraft[])[];
/** What happened, and what the verdict is: a status, or a status with its cause and, where it matters, how sure. */
type Row = [sentence: string, evidence: Evidence, verdict: string];

const failedLookup = (...more: Evidence): Evidence => [upTo.lookup(), systemLookup([], 'name-not-found'), ...more];
const servfail = (): ObservationDraft[] => [answered({ rcode: 2 }), answered({ type: 'AAAA', rcode: 2 })];
const nxdomain = (authority: ReturnType<typeof record>[] = []): ObservationDraft[] =>
  [answered({ rcode: 3 }), answered({ type: 'AAAA', rcode: 3 })].map((draft) => ({ ...draft, authority }) as ObservationDraft);
const soa = (zone: string, serial = '7') => record('SOA', `ns1.${zone} hostmaster.${zone} ${serial} 3600 600 86400 60`, zone);
const answer = (address: string): ObservationDraft[] => [answered({ answers: [record('A', address)] }), answered({ type: 'AAAA' })];
/** A request that failed at an address that a resolver gave. */
const failedAt = (address: string, ...more: Evidence): Evidence => [
  upTo.lookup(),
  systemLookup([address]),
  answer(address),
  chosen([address]),
  route('target', address, true),
  ...more,
];
/** A request that worked at an address that a resolver gave. */
const workedAt = (address: string, ...more: Evidence): Evidence => [
  ...failedAt(address),
  { ...connected(address), server: { address, port: 443 } } as ObservationDraft,
  handshake(),
  certificates(),
  requestSent(),
  responded(200),
  body(),
  page(),
  ...more,
];
const authority = (address: string): ObservationDraft[] => [
  ...path(),
  step('shop.com', 'answer', { answers: [record('A', address)] }),
  zoneServer(ns1, { serial: '7' }),
  zoneServer(ns2, { serial: '7' }),
  zoneServer(ns1, { address }),
  zoneServer(ns2, { address }),
];
const redirectedToGateway = step('.', 'answer', {
  name: '.',
  type: 'NS',
  authoritative: false,
  recursionAvailable: true,
  answers: [record('NS', 'a.root-servers.net', '.')],
});
const old = '198.51.100.9';
const inside = '10.1.2.3';

const rows: Row[] = [
  // NXDOMAIN: who says so?
  [
    'everybody says that the name does not exist',
    failedLookup(nxdomain([soa('shop.com')]), publicAnswer({ rcode: 3 })),
    'failed dns.nxdomain proven',
  ],
  ['one resolver alone says so', failedLookup(nxdomain([soa('shop.com')])), 'failed dns.nxdomain likely'],
  [
    'the zone itself says so with authority',
    failedLookup(nxdomain([soa('shop.com')]), path(), step('shop.com', 'name-error', { authority: [soa('shop.com')] })),
    'failed dns.nxdomain proven',
  ],
  [
    'one resolver denies what a public one resolves',
    failedLookup(nxdomain(), publicAnswer({ addresses: [server.address] })),
    'failed dns.filtered likely',
  ],
  ['one resolver denies what the zone itself resolves', failedLookup(nxdomain(), authority(server.address)), 'failed dns.filtered likely'],
  [
    'the resolver says that it blocks, and the zone resolves',
    failedLookup(answered({ rcode: 3, extendedError: 15 }), authority(server.address)),
    'failed dns.filtered proven',
  ],
  [
    'an empty answer hides what the zone resolves',
    failedLookup(answered({}), answered({ type: 'AAAA' }), authority(server.address)),
    'failed dns.filtered likely',
  ],
  [
    'a denial is kept from before the name was made',
    failedLookup(nxdomain([soa('shop.com', '6')]), authority(server.address)),
    'failed dns.nxdomain likely',
  ],
  [
    'public resolvers deny while somebody in between speaks for all',
    failedLookup(nxdomain([soa('shop.com')]), redirectedToGateway, publicAnswer({ rcode: 3 })),
    'failed dns.nxdomain likely',
  ],
  [
    'somebody in between resolves for all others what the resolver denies',
    failedLookup(nxdomain([soa('shop.com')]), redirectedToGateway, publicAnswer({ addresses: [server.address] })),
    'failed dns.nxdomain likely',
  ],
  ['the registry denies the domain', failedLookup(nxdomain([soa('com')])), 'failed dns.not-delegated likely'],
  [
    'the registry itself denies the domain',
    failedLookup(nxdomain([soa('com')]), path().slice(0, 1), step('com', 'name-error', { authority: [soa('com')] })),
    'failed dns.not-delegated proven',
  ],
  [
    'a registry below a country denies the domain',
    [
      target('https://www.shop.co.uk/'),
      upTo.lookup().slice(1),
      { ...systemLookup([], 'name-not-found'), name: 'www.shop.co.uk' } as ObservationDraft,
      ...nxdomain([soa('co.uk')]).map((draft) => ({ ...draft, name: 'www.shop.co.uk' }) as ObservationDraft),
    ],
    'failed dns.not-delegated likely',
  ],
  ['the root denies the top level', failedLookup(nxdomain([soa('.')])), 'failed dns.nxdomain likely'],
  [
    'the alias leads to a domain that lapsed',
    failedLookup({ ...answered({ rcode: 3, answers: [record('CNAME', 'shop.old.com')] }), authority: [soa('com')] } as ObservationDraft),
    'failed dns.cname-dangling proven',
  ],
  [
    'the alias of a filtered name is denied',
    failedLookup(answered({ rcode: 3, answers: [record('CNAME', 'cdn.shop.com')] }), publicAnswer({ addresses: [server.address] })),
    'failed dns.filtered likely',
  ],

  // SERVFAIL: what is behind it?
  ['SERVFAIL and nothing explains it', failedLookup(servfail()), 'failed dns.servfail likely'],
  [
    'SERVFAIL, and so without checking, while the zone answers everybody',
    failedLookup(servfail(), experiment({ experiment: 'checking-disabled', checkingDisabled: true, rcode: 2 }), authority(server.address)),
    'failed dns.servfail proven',
  ],
  [
    'SERVFAIL, and an answer without checking, twice',
    failedLookup(
      servfail(),
      experiment({ experiment: 'checking-disabled', checkingDisabled: true, answers: [record('A', server.address)] }),
      experiment({ experiment: 'ask-again', rcode: 2 }),
    ),
    'failed dns.dnssec-bogus proven',
  ],
  [
    'SERVFAIL, an answer without checking, and a signature that expired',
    failedLookup(
      servfail(),
      experiment({ experiment: 'checking-disabled', checkingDisabled: true, answers: [record('A', server.address)] }),
      link('signature-expired'),
    ),
    'failed dns.dnssec-bogus proven',
  ],
  [
    'SERVFAIL, an answer without checking, and nothing more was measured',
    failedLookup(
      servfail(),
      experiment({ experiment: 'checking-disabled', checkingDisabled: true, answers: [record('A', server.address)] }),
    ),
    'failed dns.dnssec-bogus likely',
  ],
  [
    'SERVFAIL, and the same question answered the next time',
    failedLookup(
      servfail(),
      experiment({ experiment: 'checking-disabled', checkingDisabled: true, answers: [record('A', server.address)] }),
      experiment({ experiment: 'ask-again', answers: [record('A', server.address)] }),
    ),
    'failed dns.flaky proven',
  ],
  [
    'SERVFAIL with and without checking, and links that could not be had',
    failedLookup(
      servfail(),
      experiment({ experiment: 'checking-disabled', checkingDisabled: true, rcode: 2 }),
      link('unanswered'),
      link('anchor-unknown'),
    ),
    'failed dns.servfail likely',
  ],
  [
    'SERVFAIL with and without checking for a signature said to be missing',
    failedLookup(servfail(), experiment({ experiment: 'checking-disabled', checkingDisabled: true, rcode: 2 }), link('signature-missing')),
    'failed dns.servfail likely',
  ],
  [
    "SERVFAIL, and both of the zone's servers are silent",
    failedLookup(servfail(), path(), bothServers('unanswered')),
    'failed dns.authority-unreachable proven',
  ],
  [
    "silence, and both of the zone's servers are silent",
    failedLookup(unanswered(), unanswered('AAAA'), path(), bothServers('unanswered')),
    'failed dns.authority-unreachable proven',
  ],
  [
    "SERVFAIL, and no address is known for the zone's servers",
    failedLookup(servfail(), path(), bothServers('no-address', { address: null })),
    'failed dns.authority-unreachable proven',
  ],
  [
    'SERVFAIL, one server of two is silent, the other was not asked',
    failedLookup(servfail(), path(), step('shop.com', 'unanswered')),
    'failed dns.servfail likely',
  ],
  [
    'SERVFAIL, one server of two is silent, the other answers',
    failedLookup(
      servfail(),
      path(),
      step('shop.com', 'unanswered'),
      step('shop.com', 'answer', { nameServer: 'ns2.shop.com', address: ns2, answers: [record('A', server.address)] }),
    ),
    'failed dns.servfail likely',
  ],
  [
    'SERVFAIL, and this host has no way to the servers',
    failedLookup(servfail(), path(), bothServers('undeliverable', { failure: { name: 'network-unreachable' } })),
    'failed dns.servfail likely',
  ],
  [
    'SERVFAIL, and nothing answers from the root on',
    failedLookup(servfail(), step('.', 'unanswered'), step('.', 'unanswered', { nameServer: 'b.root-servers.net' })),
    'failed dns.servfail likely',
  ],
  [
    'NXDOMAIN, and the servers are silent now',
    failedLookup(nxdomain([soa('shop.com')]), path(), bothServers('unanswered')),
    'failed dns.nxdomain likely',
  ],
  [
    'SERVFAIL, and both servers refuse the zone',
    failedLookup(servfail(), path(), bothServers('error')),
    'failed dns.lame-delegation proven',
  ],
  [
    'SERVFAIL, one server refuses and the other is silent',
    failedLookup(
      servfail(),
      path(),
      step('shop.com', 'error'),
      step('shop.com', 'unanswered', { nameServer: 'ns2.shop.com', address: ns2 }),
    ),
    'failed dns.lame-delegation proven',
  ],
  [
    'SERVFAIL, and the servers refer back upwards',
    failedLookup(servfail(), path(), bothServers('upward-referral')),
    'failed dns.lame-delegation proven',
  ],
  [
    'SERVFAIL, and the servers answer without authority',
    failedLookup(servfail(), path(), bothServers('answer', { authoritative: false })),
    'failed dns.lame-delegation proven',
  ],
  [
    "one of the zone's servers refuses it and all works",
    workedAt(server.address, path(), zoneServer(ns1, { serial: '7' }), zoneServer(ns2, { rcode: 5 })),
    'degraded dns.lame-delegation',
  ],
  [
    "one of the zone's servers is silent and all works",
    workedAt(
      server.address,
      path(),
      zoneServer(ns1, { serial: '7' }),
      silentExperiment({ experiment: 'delegation', role: 'authoritative', from: ns2 }),
    ),
    'ok',
  ],
  [
    'SERVFAIL for aliases that lead in a circle',
    failedLookup(
      servfail(),
      path(),
      step('shop.com', 'alias', { answers: [record('CNAME', 'b.shop.com')] }),
      step('shop.com', 'alias', { name: 'b.shop.com', answers: [record('CNAME', 'www.shop.com', 'b.shop.com')] }),
    ),
    'failed dns.cname-loop proven',
  ],
  [
    'SERVFAIL for an alias that leads on',
    failedLookup(
      servfail(),
      path(),
      step('shop.com', 'alias', { answers: [record('CNAME', 'b.shop.com')] }),
      step('shop.com', 'answer', { name: 'b.shop.com', answers: [record('A', server.address, 'b.shop.com')] }),
    ),
    'failed dns.servfail likely',
  ],

  // The resolver itself.
  [
    'refused, and so is every other question',
    failedLookup(
      answered({ rcode: 5 }),
      experiment({ experiment: 'control-question', name: '.', type: 'NS', rcode: 5 }),
      authority(server.address),
    ),
    'failed dns.refused proven',
  ],
  [
    'refused, and other questions are not',
    failedLookup(answered({ rcode: 5 }), experiment({ experiment: 'control-question', name: '.', type: 'NS' }), authority(server.address)),
    'failed dns.filtered likely',
  ],
  [
    'silence with EDNS, answers without',
    workedAt(server.address)
      .map((one) => (Array.isArray(one) ? one.map(silenced) : silenced(one)))
      .concat([
        experiment({ experiment: 'without-edns', edns: false, answers: [record('A', server.address)] }),
        experiment({ experiment: 'without-edns', edns: false, type: 'AAAA' }),
      ]),
    'degraded dns.edns-broken',
  ],
  [
    'FORMERR with EDNS, answers without, and applications fail',
    failedLookup(
      answered({ rcode: 1 }),
      answered({ type: 'AAAA', rcode: 1 }),
      experiment({ experiment: 'without-edns', edns: false, answers: [record('A', server.address)] }),
    ),
    'failed dns.edns-broken proven',
  ],
  [
    'SERVFAIL with EDNS and an answer without, once',
    failedLookup(servfail(), experiment({ experiment: 'without-edns', edns: false, answers: [record('A', server.address)] })),
    'failed dns.servfail likely',
  ],
  [
    'SERVFAIL with EDNS and an answer without, time and again',
    failedLookup(
      servfail(),
      experiment({ experiment: 'ask-again', rcode: 2 }),
      Array.from({ length: 3 }, () => experiment({ experiment: 'without-edns', edns: false, answers: [record('A', server.address)] })),
    ),
    'failed dns.edns-broken proven',
  ],
  [
    'FORMERR with and without EDNS',
    failedLookup(
      answered({ rcode: 1 }),
      answered({ type: 'AAAA', rcode: 1 }),
      experiment({ experiment: 'without-edns', edns: false, rcode: 1 }),
    ),
    'failed dns.error-rcode proven',
  ],
  [
    'one question with EDNS is lost, the next without is answered',
    failedLookup(
      unanswered(),
      answered({ type: 'AAAA' }),
      experiment({ experiment: 'without-edns', edns: false, answers: [record('A', server.address)] }),
    ),
    'failed dns.timeout likely',
  ],
  [
    'there is no address of the newer family, and the question for the other is lost',
    failedLookup(unanswered(), answered({ type: 'AAAA' })),
    'failed dns.timeout',
  ],
  [
    'a router that drops every AAAA says that there is no A record',
    failedLookup(answered({}), unanswered('AAAA')),
    'failed dns.no-data likely',
  ],
  [
    'there is an A record, and programs that wait for AAAA as well fail',
    failedLookup(answered({ answers: [record('A', server.address)] }), unanswered('AAAA')),
    'failed dns.timeout likely',
  ],
  [
    'that there is no A record is answered, and nothing takes the question for AAAA',
    failedLookup(answered({}), undeliverable(undefined, 'udp', 'AAAA')),
    'failed dns.no-data likely',
  ],
  ['that there is no A record is answered, and AAAA in garbage', failedLookup(answered({}), rejected('AAAA')), 'failed dns.no-data likely'],
  [
    'that there is no AAAA record is answered, by a resolver that is silent when asked for A',
    failedLookup(
      unanswered(),
      answered({ type: 'AAAA' }),
      experiment({ experiment: 'without-edns', edns: false, rcode: 2 }),
      silentExperiment({ experiment: 'control-question', name: '.', type: 'NS' }),
    ),
    'failed dns.timeout likely',
  ],
  [
    'that there is no AAAA record is answered, and nothing takes the question for A',
    failedLookup(undeliverable(), answered({ type: 'AAAA' })),
    'failed dns.resolver-unreachable likely',
  ],
  [
    'nothing takes either question',
    failedLookup(undeliverable(), undeliverable(undefined, 'udp', 'AAAA')),
    'failed dns.resolver-unreachable proven',
  ],
  ['there is no address of either family', failedLookup(answered({}), answered({ type: 'AAAA' })), 'failed dns.no-data'],
  [
    'the same question fails and succeeds by turns, and the request works',
    workedAt(server.address, answered({ type: 'AAAA', rcode: 2 }), experiment({ experiment: 'ask-again', type: 'AAAA' })),
    'degraded dns.flaky',
  ],
  [
    'AAAA fails every time, and the request works',
    workedAt(server.address)
      .map((one) => (Array.isArray(one) ? one.filter((draft) => !isAaaaAnswer(draft)) : one))
      .concat([answered({ type: 'AAAA', rcode: 2 }), experiment({ experiment: 'ask-again', type: 'AAAA', rcode: 2 })]),
    'degraded dns.aaaa-broken',
  ],
  [
    'AAAA is denied with the whole name',
    workedAt(server.address)
      .map((one) => (Array.isArray(one) ? one.filter((draft) => !isAaaaAnswer(draft)) : one))
      .concat([answered({ type: 'AAAA', rcode: 3 })]),
    'degraded dns.aaaa-broken',
  ],
  ['18 of 20 repeated lookups succeed', workedAt(server.address, repeated({ NOERROR: 18, SERVFAIL: 2 })), 'degraded dns.flaky'],
  ['3 of 20 repeated lookups are lost', workedAt(server.address, repeated({ NOERROR: 17, unanswered: 3 })), 'degraded dns.flaky'],
  ['1 of 20 repeated lookups is lost', workedAt(server.address, repeated({ NOERROR: 19, unanswered: 1 })), 'ok'],
  ['all of 20 repeated lookups succeed', workedAt(server.address, repeated({ NOERROR: 20 })), 'ok'],
  ['none of 20 repeated lookups succeeds', failedLookup(servfail(), repeated({ SERVFAIL: 20 })), 'failed dns.servfail likely'],
  [
    'somebody in between answers for the root, and the request works',
    workedAt(server.address, redirectedToGateway),
    'degraded dns.intercepted',
  ],
  [
    'the root answers for itself, and the request works',
    workedAt(
      server.address,
      step('.', 'answer', { name: '.', type: 'NS', answers: [record('NS', 'a.root-servers.net', '.')] }),
      authority(server.address),
    ),
    'ok',
  ],
  [
    'the first resolver denies, the second knows, and applications believe the first',
    [
      target(),
      resolvers('192.168.1.1', '9.9.9.9'),
      systemLookup([], 'name-not-found'),
      ...nxdomain([soa('shop.com')]),
      answered({ from: '9.9.9.9', answers: [record('A', server.address)] }),
    ],
    'failed dns.one-resolver-broken proven',
  ],
  [
    'both resolvers deny',
    [
      target(),
      resolvers('192.168.1.1', '9.9.9.9'),
      systemLookup([], 'name-not-found'),
      ...nxdomain([soa('shop.com')]),
      answered({ from: '9.9.9.9', rcode: 3 }),
    ],
    'failed dns.nxdomain likely',
  ],
  [
    'the second resolver is of a family that this host has not',
    workedAt(server.address, {
      kind: 'dns.undeliverable',
      checkpoint: 'dns',
      atMs: 1,
      resolver: { address: '2001:db8::53', port: 53, transport: 'udp', role: 'configured' },
      name: 'www.shop.com',
      type: 'A',
      checkingDisabled: false,
      recursionDesired: true,
      edns: true,
      attempts: 1,
      failure: { name: 'network-unreachable' },
    }),
    'ok',
  ],
  [
    'garbage over UDP',
    failedLookup(rejected(), experiment({ experiment: 'over-tcp', transport: 'tcp', answers: [record('A', server.address)] })),
    'failed dns.malformed proven',
  ],

  // Answers that differ.
  [
    'the resolver gives an old address that is dead, all others a new one that proves itself',
    failedAt(
      old,
      synUnanswered(old),
      authority(server.address),
      publicAnswer({ addresses: [server.address] }),
      tried(server.address, 'proven'),
    ),
    'failed dns.wrong-address likely',
  ],
  [
    'the resolver gives the address of somebody else',
    failedAt(
      old,
      connected(old),
      handshake(),
      certificates({ dnsNames: ['parking.example.net'] }),
      authority(server.address),
      publicAnswer({ addresses: [server.address] }),
      tried(server.address, 'proven'),
    ),
    'failed dns.wrong-address proven',
  ],
  [
    'the address is dead, and so is the one that all others give',
    failedAt(
      old,
      synUnanswered(old),
      authority(server.address),
      publicAnswer({ addresses: [server.address] }),
      tried(server.address, 'unanswered'),
    ),
    'failed tcp.timeout',
  ],
  [
    'the address is dead, and the others do not agree with each other',
    failedAt(
      old,
      synUnanswered(old),
      authority(server.address),
      publicAnswer({ addresses: ['203.0.113.77'] }),
      tried(server.address, 'proven'),
    ),
    'failed tcp.timeout',
  ],
  [
    'the address is dead, and the zone itself gives it',
    failedAt(old, synUnanswered(old), authority(old), publicAnswer({ addresses: [old] })),
    'failed tcp.timeout',
  ],
  [
    'the address is dead, all others give another, and somebody in between speaks for them',
    failedAt(
      old,
      synUnanswered(old),
      redirectedToGateway,
      authority(server.address),
      publicAnswer({ addresses: [server.address] }),
      tried(server.address, 'proven'),
    ),
    'failed tcp.timeout',
  ],
  [
    'the certificate expired at an address that only this resolver gives',
    failedAt(
      old,
      connected(old),
      handshake(),
      certificates({ notAfter: '2026-11-18T00:00:00Z' }, 'CERT_HAS_EXPIRED'),
      authority(server.address),
      tried(server.address, 'proven'),
    ),
    'failed tls.cert-expired',
  ],
  [
    'only this resolver gives the address, and it proves to be the site',
    workedAt(old, authority(server.address), publicAnswer({ addresses: [server.address] })),
    'degraded dns.split-horizon',
  ],
  [
    'every resolver gives an address of its own, and this one proves to be the site',
    workedAt(old, authority(server.address), publicAnswer({ addresses: ['203.0.113.77'] })),
    'ok',
  ],
  [
    'the zone gives this address, public resolvers another of the same site',
    workedAt(old, authority(old), publicAnswer({ addresses: [server.address] })),
    'ok',
  ],
  [
    'the inside address works, outside there is another',
    workedAt(inside, publicAnswer({ addresses: [server.address] })),
    'degraded dns.split-horizon',
  ],
  ['the inside address works, outside the name does not exist', workedAt(inside, publicAnswer({ rcode: 3 })), 'degraded dns.split-horizon'],
  ['the inside address works, and nobody outside was asked', workedAt(inside), 'ok'],
  [
    'the inside address is dead here, the one outside works',
    failedAt(
      inside,
      synUnanswered(inside),
      authority(server.address),
      publicAnswer({ addresses: [server.address] }),
      tried(server.address, 'proven'),
    ),
    'failed dns.split-horizon likely',
  ],
  [
    "the zone's servers give different addresses and serials, and one of them is dead",
    workedAt(
      server.address,
      path(),
      zoneServer(ns1, { serial: '7' }),
      zoneServer(ns2, { serial: '6' }),
      zoneServer(ns1, { address: server.address }),
      zoneServer(ns2, { address: old }),
      tried(old, 'unanswered'),
    ),
    'degraded dns.inconsistent',
  ],
  [
    "one of the zone's servers does not know the name",
    workedAt(
      server.address,
      path(),
      zoneServer(ns1, { serial: '7' }),
      zoneServer(ns2, { serial: '7' }),
      zoneServer(ns1, { address: server.address }),
      zoneServer(ns2, { address: null, rcode: 3 }),
    ),
    'degraded dns.inconsistent',
  ],
  [
    "the zone's servers give different addresses that all prove to be the site",
    workedAt(
      server.address,
      path(),
      zoneServer(ns1, { serial: '7' }),
      zoneServer(ns2, { serial: '8' }),
      zoneServer(ns1, { address: server.address }),
      zoneServer(ns2, { address: old }),
      tried(old, 'proven'),
    ),
    'ok',
  ],
  [
    "the zone's servers give different addresses under one serial",
    workedAt(
      server.address,
      path(),
      zoneServer(ns1, { serial: '7' }),
      zoneServer(ns2, { serial: '7' }),
      zoneServer(ns1, { address: server.address }),
      zoneServer(ns2, { address: old }),
    ),
    'ok',
  ],
  [
    'two providers with serials of their own give the same address',
    workedAt(
      server.address,
      path(),
      zoneServer(ns1, { serial: '7' }),
      zoneServer(ns2, { serial: '2026112101', primary: 'ns.other.net' }),
      zoneServer(ns1, { address: server.address }),
      zoneServer(ns2, { address: server.address }),
    ),
    'ok',
  ],
  [
    "the address of an outdated server is dead, the other server's proves to be the site",
    failedAt(
      old,
      synUnanswered(old),
      path(),
      zoneServer(ns1, { serial: '7' }),
      zoneServer(ns2, { serial: '6' }),
      zoneServer(ns1, { address: server.address }),
      zoneServer(ns2, { address: old }),
      tried(server.address, 'proven'),
    ),
    'failed dns.inconsistent likely',
  ],
  [
    'the address of a search suffix was found for a name that does not exist',
    [
      upTo.lookup(),
      systemLookup([server.address]),
      ...nxdomain([soa('com')]),
      chosen(),
      connected(),
      handshake(),
      certificates({ dnsNames: ['www.shop.com.corp.net'] }),
      experiment({
        experiment: 'search-domains',
        name: 'www.shop.com.corp.net',
        answers: [record('A', server.address, 'www.shop.com.corp.net')],
      }),
    ],
    'failed dns.search-domain proven',
  ],
  [
    'the suffix leads elsewhere than the address in use',
    [
      upTo.lookup(),
      systemLookup([server.address]),
      ...nxdomain([soa('com')]),
      chosen(),
      connected(),
      handshake(),
      certificates({ dnsNames: ['other.net'] }),
      experiment({ experiment: 'search-domains', name: 'www.shop.com.corp.net', answers: [record('A', old, 'www.shop.com.corp.net')] }),
    ],
    'failed tls.name-mismatch',
  ],
  [
    'the suffix was needed, and the site is the one that was meant',
    [
      upTo.lookup(),
      systemLookup([server.address]),
      ...nxdomain([soa('com')]),
      chosen(),
      connected(),
      handshake(),
      certificates(),
      requestSent(),
      responded(200),
      body(),
      page(),
      experiment({
        experiment: 'search-domains',
        name: 'www.shop.com.corp.net',
        answers: [record('A', server.address, 'www.shop.com.corp.net')],
      }),
    ],
    'ok',
  ],
  [
    'the hosts file names one of several addresses',
    workedFromHosts(server.address, answered({ answers: [record('A', server.address), record('A', old)] })),
    'degraded dns.hosts-override',
  ],
  ['the hosts file names what DNS names', workedFromHosts(server.address, answered({ answers: [record('A', server.address)] })), 'ok'],
  [
    'the hosts file names a dead address, and the one of DNS proves to be the site',
    [
      upTo.lookup(),
      systemLookup([old]),
      answer(server.address),
      hostsEntry(old),
      chosen([old], 'hosts-file'),
      synUnanswered(old),
      tried(server.address, 'proven'),
    ],
    'failed dns.hosts-override proven',
  ],
  [
    'the hosts file names a dead address that DNS names too',
    [
      upTo.lookup(),
      systemLookup([old]),
      answered({ answers: [record('A', server.address), record('A', old)] }),
      hostsEntry(old),
      chosen([old], 'hosts-file'),
      synUnanswered(old),
    ],
    'failed tcp.timeout',
  ],
  [
    'the address is 0.0.0.0 although others know better',
    [
      ...failedAt('0.0.0.0'),
      connectFailed('network-unreachable', '0.0.0.0'),
      authority(server.address),
      publicAnswer({ addresses: [server.address] }),
      tried(server.address, 'proven'),
    ],
    'failed dns.bogus-address',
  ],
];

function silenced(draft: ObservationDraft): ObservationDraft {
  return draft.kind === 'dns.answered' && draft.followUp === undefined ? unanswered(draft.type as 'A' | 'AAAA') : draft;
}

function isAaaaAnswer(draft: ObservationDraft): boolean {
  return draft.kind === 'dns.answered' && draft.type === 'AAAA';
}

function hostsEntry(address: string): ObservationDraft {
  return { kind: 'local.hosts-entry', checkpoint: 'local', atMs: 1, name: 'www.shop.com', addresses: [address], file: '/etc/hosts' };
}

function workedFromHosts(address: string, said: ObservationDraft): Evidence {
  return [
    upTo.lookup(),
    systemLookup([address]),
    said,
    hostsEntry(address),
    chosen([address], 'hosts-file'),
    connected(address),
    handshake(),
    certificates(),
    requestSent(),
    responded(200),
    body(),
    page(),
  ];
}

function verdictOf(observations: Observation[], rules = allRules): { line: string; sure: string } {
  const { verdict } = diagnose(observations, contextOf(), rules);
  const line = verdict.cause === null ? verdict.status : `${verdict.status} ${verdict.cause}`;
  return { line, sure: `${line} ${verdict.confidence}` };
}

describe('the verdict about a name', () => {
  test.each(rows)('when %s', (_sentence, evidence, verdict) => {
    const { line, sure } = verdictOf(numbered(...evidence));
    expect(/ (proven|likely|possible)$/.test(verdict) ? sure : line).toBe(verdict);
  });

  test('does not depend on the order of the rules, nor on the order in which experiments ended', () => {
    const rules = fc.shuffledSubarray([...allRules], { minLength: allRules.length });
    const shuffled = fc.constantFrom(...rows).chain(([, evidence]) => {
      const all = numbered(...evidence);
      const first = all.filter((observation) => observation.followUp === undefined);
      const later = all.filter((observation) => observation.followUp !== undefined);
      return fc.shuffledSubarray(later, { minLength: later.length }).map((order) => ({ observations: [...first, ...order], all }));
    });
    fc.assert(
      fc.property(shuffled, rules, ({ observations, all }, order) => {
        expect(verdictOf(observations, order).sure).toBe(verdictOf(all).sure);
      }),
      { numRuns: 400 },
    );
  });

  test('of what was measured only in part never says more than the whole', () => {
    const some = fc.constantFrom(...rows).chain(([, evidence]) => fc.shuffledSubarray(numbered(...evidence)));
    fc.assert(
      fc.property(some, (observations) => {
        const { findings, verdict } = diagnose(observations, contextOf());
        for (const finding of findings) {
          expect(finding.evidence.length).toBeGreaterThan(0);
          expect(sentenceFor(finding.cause, finding.detail, null)).toMatch(/^\S.*\.$/s);
        }
        const proof: Partial<Record<CauseCode, (kinds: Set<string>) => boolean>> = {
          'dns.wrong-address': (kinds) => kinds.has('dns.address-tried'),
          'dns.filtered': (kinds) => kinds.has('dns.answered'),
          'dns.inconsistent': (kinds) => kinds.has('dns.answered'),
        };
        const kinds = new Set<string>(observations.map((observation) => observation.kind));
        if (verdict.cause !== null && verdict.cause !== 'dns.wrong-address') expect(proof[verdict.cause]?.(kinds) ?? true).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

describe('alternatives', () => {
  const causesOf = (evidence: Evidence): { open: string[]; out: string[] } => {
    const { verdict } = diagnose(numbered(...evidence), contextOf());
    return { open: verdict.alternatives.map(({ cause }) => cause), out: verdict.ruledOut.map(({ cause }) => cause) };
  };

  test('to SERVFAIL are ruled out by what was measured', () => {
    expect(causesOf(failedLookup(servfail())).open).toEqual(['dns.dnssec-bogus', 'dns.authority-unreachable', 'dns.lame-delegation']);
    const measured = failedLookup(
      servfail(),
      experiment({ experiment: 'checking-disabled', checkingDisabled: true, rcode: 2 }),
      authority(server.address),
    );
    expect(causesOf(measured)).toEqual({ open: [], out: ['dns.dnssec-bogus', 'dns.authority-unreachable', 'dns.lame-delegation'] });
  });

  test('to NXDOMAIN are ruled out by another denial and by the zone that it names', () => {
    expect(causesOf(failedLookup(nxdomain())).open).toEqual(['dns.filtered', 'dns.not-delegated']);
    expect(causesOf(failedLookup(nxdomain([soa('shop.com')]), publicAnswer({ rcode: 3 }))).out).toEqual([
      'dns.filtered',
      'dns.not-delegated',
    ]);
  });

  test('to a silent resolver include the servers behind it until it is silent about everything', () => {
    const silence = failedLookup(unanswered(), unanswered('AAAA'));
    expect(causesOf(silence).open).toContain('dns.authority-unreachable');
    const control = silentExperiment({ experiment: 'control-question', name: '.', type: 'NS' });
    expect(causesOf([...silence, control]).out).toContain('dns.authority-unreachable');
  });

  test('to a name without an A record include a broken lookup of AAAA until that is answered', () => {
    expect(causesOf(failedLookup(answered({}), unanswered('AAAA'))).open).toEqual(['dns.aaaa-broken']);
    expect(causesOf(failedLookup(answered({}), answered({ type: 'AAAA' })))).toEqual({ open: [], out: ['dns.aaaa-broken'] });
  });

  test('to silence when asked for A exclude that there is no way to a resolver that answers for AAAA', () => {
    const noWay = ['local.firewall', 'local.gateway-unresolved', 'local.no-route'];
    expect(causesOf(failedLookup(unanswered(), answered({ type: 'AAAA' }))).out).toEqual(noWay);
    expect(causesOf(failedLookup(unanswered(), answered({ type: 'AAAA', from: '9.9.9.9' }))).open).toEqual(expect.arrayContaining(noWay));
  });

  test('to a dead address include a wrong one until the zone itself gives it', () => {
    expect(causesOf(failedAt(old, synUnanswered(old))).open).toContain('dns.wrong-address');
    expect(causesOf(failedAt(old, synUnanswered(old), authority(old))).out).toContain('dns.wrong-address');
  });
});

describe('a resolver that answers one question of two', () => {
  const sentenceOf = (...evidence: Evidence): string => {
    const { verdict, findings } = diagnose(numbered(...failedLookup(...evidence)), contextOf());
    const finding = findings.find(({ id }) => id === verdict.finding)!;
    return sentenceFor(finding.cause, finding.detail, null);
  };

  test.each([
    [
      'is not said to be silent for AAAA alone',
      [answered({}), unanswered('AAAA')],
      'The name www.shop.com exists and has no A record; whether it has an AAAA record is not known: that question got no usable answer.',
    ],
    [
      'is said to be silent for A and to answer for AAAA',
      [unanswered(), answered({ type: 'AAAA' })],
      'The resolver 192.168.1.1 does not answer within 5 s when asked for the A record of www.shop.com; asked for AAAA, 192.168.1.1 did answer.',
    ],
    [
      'is said to be silent for AAAA where that is what programs fail for',
      [answered({ answers: [record('A', server.address)] }), unanswered('AAAA')],
      'The resolver 192.168.1.1 does not answer within 5 s when asked for the AAAA record of www.shop.com; asked for A, 192.168.1.1 did answer.',
    ],
    [
      'is said to take one question and not the other',
      [undeliverable(), answered({ type: 'AAAA' })],
      'The resolver 192.168.1.1 could not be asked for the A record of www.shop.com: nothing took that question there (ECONNREFUSED); asked for AAAA, 192.168.1.1 did answer.',
    ],
    [
      'is said to be silent where it answers neither',
      [unanswered(), unanswered('AAAA')],
      'The resolver 192.168.1.1 does not answer within 5 s when asked for www.shop.com.',
    ],
  ] as [string, Evidence, string][])('%s', (_, evidence, sentence) => {
    expect(sentenceOf(...evidence)).toBe(sentence);
  });
});

describe('a broken chain of trust', () => {
  test('is named by its link', () => {
    const evidence = failedLookup(
      servfail(),
      experiment({ experiment: 'checking-disabled', checkingDisabled: true, answers: [record('A', server.address)] }),
      link('anchor-unknown', { zone: '.', name: '.', type: 'DNSKEY' }),
      link('valid', { zone: 'com', name: 'shop.com', type: 'DS' }),
      link('signature-expired'),
    );
    const { findings } = diagnose(numbered(...evidence), contextOf());
    const bogus = findings.find((finding) => finding.cause === 'dns.dnssec-bogus')!;
    expect(bogus.detail).toMatchObject({ brokenLink: 'signature-expired', signerZone: 'shop.com', keyTag: 4711 });
    expect(sentenceFor('dns.dnssec-bogus', bogus.detail, null)).toContain(
      'the signature over A of www.shop.com (key 4711) expired on 2026-11-19',
    );
  });

  test.each([
    ['ds-mismatch', 'names a key that the zone does not have'],
    ['keys-missing', 'publishes no key'],
    ['key-missing', 'that the zone does not publish'],
    ['signature-missing', 'should be signed by shop.com and is not'],
    ['signature-wrong', 'is false'],
    ['signature-not-yet-valid', 'holds only from 2026-11-01'],
  ] as const)('in the words of %s', (outcome, words) => {
    const evidence = failedLookup(
      servfail(),
      experiment({ experiment: 'checking-disabled', checkingDisabled: true, answers: [record('A', server.address)] }),
      link(outcome),
    );
    const { findings } = diagnose(numbered(...evidence), contextOf());
    expect(sentenceFor('dns.dnssec-bogus', findings[0]!.detail, null)).toContain(words);
  });
});
