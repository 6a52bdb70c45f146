import { describe, expect, test } from 'vitest';
import type { DelegationChange, ZoneChange } from '../../lab/scenario/change.ts';
import { addresses } from '../../lab/topology/plan.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { ObservationKind, ObservationOf } from '../../src/model/observation.ts';
import type { Diagnosis } from '../../src/model/verdict.ts';
import type { WalkRecord } from '../../src/model/walk-record.ts';
import { walk } from '../../src/probe/walk.ts';
import type { WalkOptions } from '../../src/probe/walk-options.ts';
import type { DnsMessage } from '../../src/wire/dns-message.ts';
import { type NameTree, nameTree, site } from './network/name-tree.ts';
import { type DnsServer, type Place, type ScriptedNetwork, scriptedPorts } from './network/scripted-network.ts';

/** Walks of the real engine through scripted networks, on a clock that waits for nobody. */

const resolver = '192.168.1.1';
const url = 'https://www.shop.example/';
const names = ['www.shop.example', 'v4.shop.example'];
const publicResolvers = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
const nobody = '203.0.113.50';

interface Walked {
  record: WalkRecord;
  diagnosis: Diagnosis;
  /** Status and cause, as one line. */
  verdict: string;
  asked: string[];
  of<K extends ObservationKind>(kind: K): ObservationOf<K>[];
}

async function walked(network: ScriptedNetwork, options: Partial<WalkOptions> = {}, target = url): Promise<Walked> {
  const { ports, time, asked } = scriptedPorts(network);
  const record = await time.run(walk(target, options, ports));
  const diagnosis = diagnose(record.observations, record.context);
  const { status, cause } = diagnosis.verdict;
  return {
    record,
    diagnosis,
    verdict: cause === null ? status : `${status} ${cause}`,
    asked,
    of: <K extends ObservationKind>(kind: K) => record.observations.filter((one): one is ObservationOf<K> => one.kind === kind),
  };
}

/** The practice internet with one resolver at home; it, the public ones, and the site as told. */
function practice(
  tree: NameTree,
  told: { resolver?: DnsServer; publicResolver?: DnsServer; places?: Record<string, Place>; more?: Partial<ScriptedNetwork> } = {},
): ScriptedNetwork {
  const places: Record<string, Place> = {
    ...tree.places,
    [resolver]: { dns: told.resolver ?? tree.resolver },
    [addresses.edgeA]: { https: names },
    [addresses.edgeB]: { https: names },
    ...told.places,
  };
  for (const address of publicResolvers) places[address] ??= { dns: told.publicResolver ?? tree.resolver };
  return { places, resolvers: [resolver], ...told.more };
}

const servfail: DnsServer = () => ({ rcode: 2, recursionAvailable: true });
const silent: DnsServer = () => null;
const forged =
  (data: string): DnsServer =>
  (query) => {
    const { name, type } = query.questions[0]!;
    return { recursionAvailable: true, answers: type === 'A' ? [{ name, type, ttlSeconds: 86_000, data }] : [] };
  };
/** As a validating resolver: SERVFAIL unless checking is disabled. */
const validating =
  (tree: NameTree): DnsServer =>
  (query, transport) =>
    query.checkingDisabled ? tree.resolver(query, transport) : servfail(query, transport);

function zone(more: Omit<ZoneChange, 'zone'>): ZoneChange {
  return { zone: 'shop.example', ...more };
}

function delegation(more: Omit<DelegationChange, 'zone'>): DelegationChange {
  return { zone: 'shop.example', ...more };
}

const addressesContacted = ({ record }: Walked): string[] => [...new Set(record.contacted.map(({ address }) => address))];
const strangers = (one: Walked): string[] =>
  record(one)
    .filter(({ purpose }) => purpose === 'public-resolver' || purpose === 'name-server')
    .map(({ address }) => address);
const record = ({ record: { contacted } }: Walked) => contacted;

describe('a healthy walk', () => {
  test('asks the configured resolvers and nobody else', async () => {
    const network = practice(nameTree(), {
      more: { resolvers: [resolver, '192.168.1.2'] },
      places: { '192.168.1.2': { dns: nameTree().resolver } },
    });
    const one = await walked(network, { family: 'ipv4' });
    expect(one.verdict).toBe('ok');
    expect(addressesContacted(one).sort()).toEqual([resolver, '192.168.1.2', site, addresses.edgeB].sort());
  });

  test('compares two resolvers beside the request and costs it no time', async () => {
    const slow: Place = { dns: nameTree().resolver, roundTripMs: 90 };
    const alone = await walked(practice(nameTree()), { family: 'ipv4' });
    const two = await walked(practice(nameTree(), { more: { resolvers: [resolver, '192.168.1.2'] }, places: { '192.168.1.2': slow } }), {
      family: 'ipv4',
    });
    expect(two.verdict).toBe('ok');
    expect(two.of('dns.answered').map((answer) => answer.resolver.address)).toContain('192.168.1.2');
    expect(two.record.timings.totalMs! - alone.record.timings.totalMs!).toBeLessThan(10);
  });

  test('run thoroughly asks everybody and finds nothing', async () => {
    const one = await walked(practice(nameTree()), { thorough: true, family: 'ipv4' });
    expect(one.verdict).toBe('ok');
    expect(one.diagnosis.findings).toEqual([]);
    expect(strangers(one)).toEqual(expect.arrayContaining([...publicResolvers, addresses.tld, addresses.ns1, addresses.ns2]));
    expect(one.of('dns.delegation-step').map((step) => `${step.zone} ${step.response}`)).toEqual(
      expect.arrayContaining(['. referral', 'example referral', 'shop.example answer', '. answer']),
    );
  });

  test('run thoroughly asks no public resolver when told not to', async () => {
    const one = await walked(practice(nameTree()), { thorough: true, publicResolvers: false });
    expect(addressesContacted(one).filter((address) => publicResolvers.includes(address))).toEqual([]);
  });
});

describe('a failing lookup', () => {
  const lapsed = nameTree([], [delegation({ removed: true })]);
  const lame = nameTree([zone({ absent: true })]);
  const looping = nameTree([
    zone({ add: ['alias.shop.example 300 CNAME second.shop.example', 'second.shop.example 300 CNAME alias.shop.example'] }),
  ]);

  const rows: [sentence: string, network: () => ScriptedNetwork, verdict: string, target?: string][] = [
    ['the name does not exist', () => practice(nameTree()), 'failed dns.nxdomain', 'https://nosuch.shop.example/'],
    ['the resolver denies a name that exists', () => practice(nameTree(), { resolver: () => ({ rcode: 3 }) }), 'failed dns.filtered'],
    [
      'the resolver refuses this name alone',
      () => {
        const tree = nameTree();
        return practice(tree, { resolver: (query, how) => (query.questions[0]!.name === '.' ? tree.resolver(query, how) : { rcode: 5 }) });
      },
      'failed dns.filtered',
    ],
    ['the resolver refuses everything', () => practice(nameTree(), { resolver: () => ({ rcode: 5 }) }), 'failed dns.refused'],
    [
      'the registration lapsed',
      () => {
        const soa = { name: 'example', type: 'SOA', ttlSeconds: 60, data: 'a.nic.example hostmaster.example 1 3600 600 86400 60' };
        return practice(lapsed, {
          resolver: () => ({ rcode: 3, authority: [soa] }),
          publicResolver: () => ({ rcode: 3, authority: [soa] }),
        });
      },
      'failed dns.not-delegated',
    ],
    [
      'both name servers refuse the zone',
      () => practice(lame, { resolver: servfail, publicResolver: servfail }),
      'failed dns.lame-delegation',
    ],
    [
      'both name servers are silent',
      () => practice(nameTree(), { resolver: servfail, publicResolver: servfail, places: { [addresses.ns1]: {}, [addresses.ns2]: {} } }),
      'failed dns.authority-unreachable',
    ],
    [
      'both name servers are silent, and the resolver with them',
      () => practice(nameTree(), { resolver: silent, publicResolver: silent, places: { [addresses.ns1]: {}, [addresses.ns2]: {} } }),
      'failed dns.authority-unreachable',
    ],
    ['the resolver is silent', () => practice(nameTree(), { resolver: silent }), 'failed dns.timeout'],
    [
      'the aliases lead in a circle',
      () => practice(looping, { resolver: servfail, publicResolver: servfail }),
      'failed dns.cname-loop',
      'https://alias.shop.example/',
    ],
    ['the resolver says SERVFAIL to all', () => practice(nameTree(), { resolver: servfail }), 'failed dns.servfail'],
    [
      'nothing but the own resolver can be reached, and it says SERVFAIL',
      () => ({ places: { [resolver]: { dns: servfail } }, resolvers: [resolver] }),
      'failed dns.servfail',
    ],
    [
      'the gateway answers in the name of all others, and denies',
      () => {
        const deny: Place = { dns: () => ({ rcode: 3, recursionAvailable: true }) };
        const everywhere = Object.fromEntries([...Object.keys(nameTree().places), ...publicResolvers].map((address) => [address, deny]));
        return { places: { ...everywhere, [resolver]: deny }, resolvers: [resolver] };
      },
      'failed dns.nxdomain',
    ],
    [
      'the resolver fails by turns',
      () => {
        const tree = nameTree();
        let count = 0;
        return practice(tree, { resolver: (query, how) => (++count % 3 === 0 ? tree.resolver(query, how) : servfail(query, how)) });
      },
      'failed dns.flaky',
    ],
  ];

  test.each(rows)('when %s', async (_sentence, network, verdict, target) => {
    const one = await walked(network(), { family: 'ipv4' }, target);
    expect(one.verdict, JSON.stringify(one.record.observations, null, 1)).toBe(verdict);
  });

  test.each(rows)('ends soon after one timeout when %s', async (_sentence, network, _verdict, target) => {
    const one = await walked(network(), { timeoutMs: 4000 }, target);
    // What others say is asked for only after the failure, and gets a second and a half; what builds on it as long again.
    expect(one.record.durationMs).toBeLessThan(4000 + 3100);
  });

  test('of a name that cannot be public is told to nobody', async () => {
    const deny: DnsServer = () => ({ rcode: 3 });
    for (const host of ['wiki', 'wiki.local', 'wiki.internal', 'printer.lan', 'site.test']) {
      const one = await walked(practice(nameTree(), { resolver: deny }), {}, `https://${host}/`);
      expect(strangers(one), host).toEqual([]);
      expect(one.verdict).toBe('failed dns.nxdomain');
    }
  });

  test('with named resolvers asks those, not the configured', async () => {
    const one = await walked(practice(nameTree(), { resolver: servfail }), {
      resolvers: [{ address: '9.9.9.9', port: 53 }],
      family: 'ipv4',
    });
    expect(one.verdict).toBe('ok');
    expect(addressesContacted(one)).not.toContain(resolver);
  });

  test('is over at once for a walk that is interrupted', async () => {
    const interrupted = new AbortController();
    const { ports, time } = scriptedPorts(practice(nameTree(), { resolver: silent }));
    void time.sleep(1500).then(() => interrupted.abort());
    const record = await time.run(walk(url, { signal: interrupted.signal }, ports));
    expect(record.durationMs).toBeLessThan(1510);
    expect(record.context.interrupted).toBe(true);
  });
});

describe('the chain of trust', () => {
  const broken: [sentence: string, changes: ZoneChange[], delegations: DelegationChange[], outcome: string][] = [
    ['expired signatures', [zone({ signatures: 'expired' })], [], 'signature-expired'],
    ['signatures of the future', [zone({ signatures: 'early' })], [], 'signature-not-yet-valid'],
    ['false signatures', [zone({ signatures: 'false' })], [], 'signature-wrong'],
    ['a DS record of another key', [], [delegation({ ds: 'wrong' })], 'ds-mismatch'],
    ['a zone that is signed no more', [zone({ signatures: 'none' })], [], 'keys-missing'],
  ];

  test.each(broken)('breaks at %s', async (_sentence, changes, delegations, outcome) => {
    const tree = nameTree(changes, delegations);
    const one = await walked(practice(tree, { resolver: validating(tree), publicResolver: servfail }), { family: 'ipv4' });
    expect(one.verdict).toBe('failed dns.dnssec-bogus');
    expect(one.diagnosis.verdict.confidence).toBe('proven');
    expect(one.of('dns.trust-link').at(-1)!.outcome).toBe(outcome);
    expect(one.diagnosis.findings[0]!.detail).toMatchObject({ brokenLink: outcome });
  });

  const whole: [sentence: string, changes: ZoneChange[], delegations: DelegationChange[], target: string, last: string][] = [
    ['signed records', [], [], url, 'valid'],
    [
      'an alias into another zone',
      [zone({ add: ['alias.shop.example 300 CNAME cdn.other.example'] })],
      [],
      'https://alias.shop.example/',
      'valid',
    ],
    ['an unsigned zone', [zone({ signatures: 'none' })], [delegation({ ds: 'none' })], url, 'insecure'],
  ];

  test.each(whole)('holds for %s', async (_sentence, changes, delegations, target, last) => {
    const tree = nameTree(changes, delegations);
    const one = await walked(practice(tree), { thorough: true, family: 'ipv4' }, target);
    const outcomes = one.of('dns.trust-link').map((link) => link.outcome);
    expect(outcomes.at(-1)).toBe(last);
    // The practice internet has keys of its own.
    expect(outcomes.filter((outcome) => !['valid', 'insecure', 'anchor-unknown'].includes(outcome))).toEqual([]);
  });

  test('says nothing where the records cannot be had', async () => {
    const one = await walked(practice(nameTree(), { resolver: servfail }), { family: 'ipv4' });
    expect(one.of('dns.trust-link').map((link) => link.outcome)).toEqual(['unanswered']);
    expect(one.verdict).toBe('failed dns.servfail');
  });
});

describe('answers that differ', () => {
  test('from all others, and are dead, are wrong', async () => {
    const one = await walked(practice(nameTree(), { resolver: forged(nobody) }), { family: 'ipv4' });
    expect(one.verdict).toBe('failed dns.wrong-address');
    expect(one.of('dns.address-tried').map((tried) => `${tried.address} ${tried.outcome}`)).toContain(`${site} proven`);
    expect(one.diagnosis.verdict.scope).toContain('resolver');
  });

  test('from all others, and prove to be the site, are meant so', async () => {
    const inside = addresses.origin;
    const one = await walked(practice(nameTree(), { resolver: forged(inside), places: { [inside]: { https: names } } }), {
      family: 'ipv4',
      thorough: true,
    });
    expect(one.verdict).toBe('degraded dns.split-horizon');
  });

  test('by resolver, and all prove to be the site, are a way to spread load', async () => {
    const one = await walked(
      practice(nameTree(), { publicResolver: forged(addresses.edgeB) }),
      { family: 'ipv4', thorough: true },
      'https://v4.shop.example/',
    );
    expect(one.verdict).toBe('ok');
  });

  test('between two configured resolvers are tried, and nobody else is asked', async () => {
    const network = practice(nameTree(), {
      more: { resolvers: [resolver, '192.168.1.2'] },
      places: { '192.168.1.2': { dns: forged(addresses.edgeB) } },
    });
    const one = await walked(network, { family: 'ipv4' }, 'https://v4.shop.example/');
    expect(one.verdict).toBe('ok');
    expect(one.of('dns.address-tried').map((tried) => `${tried.address} ${tried.outcome}`)).toEqual([`${addresses.edgeB} proven`]);
    expect(strangers(one)).toEqual([]);
  });

  test('between name servers, one of them out of date, are inconsistent', async () => {
    const tree = nameTree([
      zone({ at: ['ns2'], serial: 1, remove: ['v4.shop.example A'], add: [`v4.shop.example 300 A ${nobody}`] }),
      zone({ at: ['ns1'], serial: 7 }),
    ]);
    const one = await walked(practice(tree), { family: 'ipv4', thorough: true }, 'https://v4.shop.example/');
    expect(one.verdict).toBe('degraded dns.inconsistent');
  });
});

describe('resolvers with quirks', () => {
  test('that drop EDNS are asked without it, and the walk goes on', async () => {
    const tree = nameTree();
    const old: DnsServer = (query, how) => (query.edns === null ? tree.resolver(query, how) : null);
    const one = await walked(practice(tree), { family: 'ipv4' });
    expect(one.of('dns.answered').every((answer) => answer.edns)).toBe(true);
    const two = await walked(practice(tree, { resolver: old, more: { system: { addresses: [site] } } }), { family: 'ipv4' });
    expect(two.verdict).toBe('degraded dns.edns-broken');
    const both = await walked(practice(tree, { resolver: old, more: { system: { addresses: [site] } } }));
    expect(both.verdict).toBe('degraded dns.edns-broken');
    const named = await walked(practice(tree, { resolver: old }), { resolvers: [{ address: resolver, port: 53 }] });
    expect(named.verdict).toBe('degraded dns.edns-broken');
    expect(named.record.durationMs).toBeLessThan(3000);
  });

  test('that answer A and not AAAA delay the lookup, and the request goes on with what is known', async () => {
    const tree = nameTree();
    const one = await walked(
      practice(tree, { resolver: (query, how) => (query.questions[0]!.type === 'AAAA' ? null : tree.resolver(query, how)) }),
      {},
      'https://v4.shop.example/',
    );
    expect(one.verdict).toBe('degraded dns.aaaa-broken');
    expect(one.of('dns.addresses-chosen')[0]).toMatchObject({ source: 'resolver', addresses: [site] });
  });

  test('that are dead beside one that works are named', async () => {
    const network = practice(nameTree(), {
      more: { resolvers: ['192.0.2.99', resolver], system: { addresses: [site], afterMs: 1000 } },
    });
    const one = await walked(network, { family: 'ipv4' });
    expect(one.verdict).toBe('degraded dns.one-resolver-broken');
  });

  test('are measured on request', async () => {
    let count = 0;
    const tree = nameTree();
    const one = await walked(
      practice(tree, { resolver: (query, how) => (++count > 4 && count % 5 === 0 ? servfail(query, how) : tree.resolver(query, how)) }),
      {
        family: 'ipv4',
        lookupCount: 20,
      },
    );
    const [repeated] = one.of('dns.question-repeated');
    expect(repeated).toMatchObject({
      asked: 20,
      outcomes: [
        { outcome: 'NOERROR', count: 16 },
        { outcome: 'SERVFAIL', count: 4 },
      ],
    });
    expect(repeated!.answerMs).toHaveLength(20);
    expect(one.verdict).toBe('degraded dns.flaky');
  });

  test('over TLS and HTTPS are asked by a certificate that names them, and by no other', async () => {
    const tree = nameTree();
    const secure = (names: string[], trusted = true): Place => ({
      dns: tree.resolver,
      secureDns: { names, addresses: ['192.0.2.53'], trusted },
    });
    const ask = (place: Place, resolvers: WalkOptions['resolvers']): Promise<Walked> =>
      walked(practice(tree, { places: { '192.0.2.53': place }, more: { system: { addresses: ['192.0.2.53'] } } }), {
        resolvers,
        family: 'ipv4',
      });
    const overTls = await ask(secure([]), [{ address: '192.0.2.53', port: 853, transport: 'tls' }]);
    expect(overTls.verdict).toBe('ok');
    expect(overTls.of('dns.answered')[0]!.resolver).toMatchObject({ transport: 'tls', port: 853 });
    const byName = await ask(secure(['dns.example']), [{ address: 'dns.example', port: 443, transport: 'https', path: '/dns-query' }]);
    expect(byName.verdict).toBe('ok');
    expect(byName.of('dns.answered')[0]!.resolver).toMatchObject({ address: '192.0.2.53', transport: 'https', serverName: 'dns.example' });
    for (const place of [secure(['other.example']), secure(['dns.example'], false)]) {
      const refused = await ask(place, [{ address: 'dns.example', port: 853, transport: 'tls' }]);
      expect(refused.verdict).toBe('failed dns.resolver-unreachable');
      expect(refused.of('dns.undeliverable')[0]!.failure.name).toBe('certificate-rejected');
      expect(refused.asked.filter((question) => question.startsWith('192.0.2.53'))).toEqual([]);
    }
    const elsewhere = await ask(secure(['dns.example']), [{ address: 'dns.example', port: 443, transport: 'https', path: '/other' }]);
    expect(elsewhere.of('dns.undeliverable')[0]!.failure.code).toBe('HTTP_404');
  });
});

describe('the way from the root', () => {
  const question = (query: DnsMessage) => query.questions[0]!;

  test('finds name servers that live in another zone', async () => {
    const tree = nameTree([], [{ zone: 'other.example', nameServers: ['other.example 300 NS ns1.shop.example'] }]);
    const one = await walked(practice(tree, { resolver: servfail }), { family: 'ipv4' }, 'https://www.other.example/');
    const last = one.of('dns.delegation-step').filter((step) => step.zone === 'other.example');
    expect(last.map((step) => `${step.address} ${step.response}`)).toContain(`${addresses.ns1} answer`);
  });

  test('says when nobody knows where a name server is', async () => {
    const tree = nameTree();
    const noGlue: DnsServer = (query) =>
      question(query).name === '.' || !question(query).name.endsWith('shop.example')
        ? tree.places[addresses.tld]!.dns!(query, 'udp')
        : { authority: [{ name: 'shop.example', type: 'NS', ttlSeconds: 300, data: 'ns1.shop.example' }] };
    const one = await walked(
      practice(tree, { resolver: servfail, publicResolver: servfail, places: { [addresses.tld]: { dns: noGlue } } }),
      { family: 'ipv4' },
    );
    expect(one.of('dns.delegation-step').at(-1)).toMatchObject({ zone: 'shop.example', response: 'no-address', address: null });
    expect(one.verdict).toBe('failed dns.authority-unreachable');
    expect(one.diagnosis.findings[0]!.detail).toMatchObject({ missingGlue: ['ns1.shop.example'] });
  });

  test('goes over IPv6 where this host has no way over IPv4', async () => {
    const tree = nameTree();
    const noWay: Place = { failure: { name: 'network-unreachable' } };
    const only6 = Object.fromEntries(Object.keys(tree.places).map((address) => [address, noWay]));
    const six = {
      '2001:503:ba3e::2:30': tree.places['198.41.0.4']!,
      [addresses.tld6]: tree.places[addresses.tld]!,
      [addresses.ns1v6]: tree.places[addresses.ns1]!,
    };
    const rootsBySix = Object.fromEntries(
      [
        '2801:1b8:10::b',
        '2001:500:2::c',
        '2001:500:2d::d',
        '2001:500:a8::e',
        '2001:500:2f::f',
        '2001:500:12::d0d',
        '2001:500:1::53',
        '2001:7fe::53',
        '2001:503:c27::2:30',
        '2001:7fd::1',
        '2001:500:9f::42',
        '2001:dc3::35',
      ].map((address) => [address, tree.places['198.41.0.4']!]),
    );
    const one = await walked(
      { places: { ...only6, ...six, ...rootsBySix, [resolver]: { dns: servfail } }, resolvers: [resolver] },
      { publicResolvers: false },
    );
    expect(one.of('dns.delegation-step').map((step) => `${step.zone} ${step.response}`)).toContain('shop.example answer');
    expect(one.verdict).toBe('failed dns.servfail');
  });

  test.each<[string, DnsServer]>([
    [
      'refer to themselves for ever',
      (query) => ({ authority: [{ name: question(query).name, type: 'NS', ttlSeconds: 1, data: 'ns1.shop.example' }], additional: [] }),
    ],
    [
      'refer ever deeper',
      (query) => {
        const labels = question(query).name.split('.');
        const depth = (Number.parseInt(labels[0] ?? '', 36) || 0) + 1;
        return {
          authority: [
            {
              name: labels.slice(-Math.min(labels.length, depth + 2)).join('.'),
              type: 'NS',
              ttlSeconds: 1,
              data: `ns${depth}.elsewhere.example`,
            },
          ],
        };
      },
    ],
    [
      'name a hundred servers that nobody knows',
      () => ({
        authority: Array.from({ length: 100 }, (_, index) => ({
          name: 'shop.example',
          type: 'NS',
          ttlSeconds: 1,
          data: `ns${index}.elsewhere${index}.example`,
        })),
      }),
    ],
    [
      'alias without end',
      (query) => ({
        authoritative: true,
        answers: [{ name: question(query).name, type: 'CNAME', ttlSeconds: 1, data: `x${question(query).name}`.slice(-60) }],
      }),
    ],
    ['send garbage', () => Uint8Array.of(0, 1, 0x81, 0x80, 0xff, 0xff)],
    ['answer with another name', () => ({ questions: [{ name: 'other.example', type: 'A' }] })],
  ])('is bounded when servers %s', async (_sentence, server) => {
    const tree = nameTree();
    const one = await walked(
      practice(tree, { resolver: servfail, publicResolver: servfail, places: { [addresses.tld]: { dns: server } } }),
      { family: 'ipv4' },
    );
    expect(one.record.durationMs).toBeLessThan(6200);
    expect(one.asked.length).toBeLessThan(250);
    expect(one.diagnosis.verdict.status).toBe('failed');
  });

  test('tells when somebody in between answers for the root', async () => {
    const tree = nameTree();
    const gateway: Place = { dns: tree.resolver };
    const everywhere = Object.fromEntries([...Object.keys(tree.places), ...publicResolvers].map((address) => [address, gateway]));
    const one = await walked(practice(tree, { places: everywhere }), { thorough: true, family: 'ipv4' });
    expect(one.verdict).toBe('degraded dns.intercepted');
  });
});
