import { describe, expect, it } from 'vitest';
import type { Station } from '../../fixtures/captures/make/frame.ts';
import { LookupScene } from '../../fixtures/captures/make/lookups.ts';
import { resolver, serverV6 } from '../../fixtures/captures/make/scenes.ts';
import { requestsOf } from './capture-requests.ts';

const name = 'www.shop.example';
const upstream: Station = { mac: '02:00:00:00:00:02', address: '192.0.2.54' };
const gateway: Station = { mac: '02:00:00:00:00:04', address: '198.51.100.1' };
const absent = { code: 3 };

type Row = readonly [sentence: string, scene: LookupScene, requests: readonly string[]];
const scene = (): LookupScene => new LookupScene();
const fails = (host: string, cause = 'dns.nxdomain'): string => `${host}: ${host} in 4 ms, ${cause}`;

describe('names tried one after the other', () => {
  it.each<Row>([
    [
      'with a suffix, and then as given',
      scene()
        .looksUp(0, { name: `${name}.corp.example`, ...absent })
        .looksUp(5, { name })
        .gets(10, { host: name }),
      [`${name}: ${name} in 4 ms, ok`],
    ],
    [
      'as given, and then with a suffix',
      scene()
        .looksUp(0, { name: 'wiki.eng', ...absent })
        .looksUp(5, { name: 'wiki.eng.corp.example' })
        .gets(10, { host: 'wiki.eng' }),
      ['wiki.eng: wiki.eng.corp.example in 4 ms, ok'],
    ],
    [
      'as given, and then with a suffix, where it has addresses of one family alone, and nobody connects',
      scene()
        .looksUp(0, { name: 'wiki.eng', ...absent })
        .looksUp(5, { name: 'wiki.eng.corp.example', gives: [] })
        .looksUp(5.1, { name: 'wiki.eng.corp.example', type: 'AAAA', gives: [serverV6.address] }),
      [],
    ],
    [
      'with shorter and shorter suffixes, as in a cluster',
      scene()
        .looksUp(0, { name: 'api.store.web.svc.cluster.local', ...absent })
        .looksUp(0, { name: 'api.store.web.svc.cluster.local', type: 'AAAA', ...absent })
        .looksUp(5, { name: 'api.store.svc.cluster.local' })
        .looksUp(5, { name: 'api.store.svc.cluster.local', type: 'AAAA', gives: [] })
        .gets(10, { host: 'api.store' }),
      ['api.store: api.store.svc.cluster.local in 4 ms, ok'],
    ],
    [
      'with suffixes that have nothing in common',
      scene()
        .looksUp(0, { name: 'intranet.corp.example', ...absent })
        .looksUp(5, { name: 'intranet.plant.test', ...absent })
        .looksUp(10, { name: 'intranet.sales.invalid' })
        .gets(15, { host: 'intranet' }),
      ['intranet: intranet.sales.invalid in 4 ms, ok'],
    ],
    [
      'none of which exists, and the name as given is not asked for: the last one fails, once',
      scene()
        .looksUp(0, { name: 'intranet.corp.example', ...absent })
        .looksUp(5, { name: 'intranet.plant.test', ...absent }),
      [fails('intranet.plant.test')],
    ],
    [
      'none of which exists: the name as given fails, once',
      scene()
        .looksUp(0, { name: `${name}.web.svc.cluster.local`, ...absent })
        .looksUp(5, { name: `${name}.svc.cluster.local`, ...absent })
        .looksUp(10, { name: `${name}.cluster.local`, ...absent })
        .looksUp(15, { name, ...absent }),
      [fails(name)],
    ],
    [
      'none of which exists, as given first: that fails, once',
      scene()
        .looksUp(0, { name, ...absent })
        .looksUp(5, { name: `${name}.eng.corp.example`, ...absent })
        .looksUp(10, { name: `${name}.corp.example`, ...absent }),
      [fails(name)],
    ],
    [
      'by chance: two sites that are both called www',
      scene()
        .looksUp(0, { name, ...absent })
        .looksUp(5, { name: 'www.news.test' })
        .gets(10, { host: 'www.news.test' }),
      [fails(name), 'www.news.test: www.news.test in 4 ms, ok'],
    ],
    [
      'long after one another: two names',
      scene()
        .looksUp(0, { name: 'wiki.corp.example', ...absent })
        .looksUp(500, { name: 'wiki.plant.test' })
        .gets(505, { host: 'wiki.plant.test' }),
      [fails('wiki.corp.example'), 'wiki.plant.test: wiki.plant.test in 4 ms, ok'],
    ],
    [
      'by different hosts: two names',
      scene()
        .looksUp(0, { name: 'wiki.corp.example', ...absent, from: gateway })
        .looksUp(5, { name: 'wiki.plant.test' })
        .gets(10, { host: 'wiki.plant.test' }),
      [fails('wiki.corp.example'), 'wiki.plant.test: wiki.plant.test in 4 ms, ok'],
    ],
    [
      'after SERVFAIL: the first is a failure of its own',
      scene()
        .looksUp(0, { name: 'wiki.corp.example', code: 2 })
        .looksUp(5, { name: 'wiki.plant.test' })
        .gets(10, { host: 'wiki.plant.test' }),
      [fails('wiki.corp.example', 'dns.servfail'), 'wiki.plant.test: wiki.plant.test in 4 ms, ok'],
    ],
  ])('%s', async (_, made, requests) => {
    expect(await requestsOf(made)).toEqual(requests);
  });
});

describe('questions on behalf of others', () => {
  it.each<Row>([
    [
      "a forwarder repeats its client's",
      scene()
        .looksUp(0, { name, ...absent, takesMs: 10 })
        .looksUp(2, { name, ...absent, from: resolver, to: upstream }),
      [`${name}: ${name} in 10 ms, dns.nxdomain`],
    ],
    [
      'a gateway passes it on from an address of its own',
      scene()
        .looksUp(0, { name, ...absent, id: 7, port: 5000 })
        .looksUp(0.02, { name, ...absent, id: 7, port: 5000, takesMs: 3.9, from: gateway }),
      [fails(name)],
    ],
    [
      'two hosts that ask the same resolver ask for themselves',
      scene()
        .looksUp(0, { name, ...absent, takesMs: 10 })
        .looksUp(2, { name, ...absent, from: gateway }),
      [`${name}: ${name} in 10 ms, dns.nxdomain`, fails(name)],
    ],
    [
      'so do two hosts that ask different resolvers at the same time, and are told different things',
      scene()
        .looksUp(0, { name, takesMs: 10 })
        .looksUp(2, { name, ...absent, from: gateway, to: upstream })
        .gets(11, { host: name }),
      [`${name}: ${name} in 10 ms, ok`, fails(name)],
    ],
    [
      'or the same, at different times',
      scene()
        .looksUp(0, { name, ...absent, takesMs: 300 })
        .looksUp(2, { name, ...absent, from: gateway, to: upstream }),
      [`${name}: ${name} in 300 ms, dns.nxdomain`, fails(name)],
    ],
    [
      'so does a host that asks when the other has its answer',
      scene()
        .looksUp(0, { name, ...absent })
        .looksUp(10, { name, ...absent, from: resolver, to: upstream }),
      [fails(name), fails(name)],
    ],
    [
      'what a forwarder does not get is told: it is why its client fails',
      scene()
        .looksUp(0, { name, code: 2, takesMs: 4000 })
        .looksUp(2, { name, gives: null, from: resolver, to: upstream, port: 5000 })
        .looksUp(1500, { name, gives: null, from: resolver, to: upstream, port: 5000 })
        .gets(9000, { host: '203.0.113.10' }),
      [`${name}: ${name} in 4000 ms, dns.servfail`, `${name}: ${name} in 0 ms, dns.timeout`, '203.0.113.10: without a lookup, ok'],
    ],
    [
      'an authoritative server is asked without recursion, by resolvers and not by applications',
      scene()
        .looksUp(0, { name, ...absent, recursion: false })
        .gets(9000, { host: '203.0.113.10' }),
      ['203.0.113.10: without a lookup, ok'],
    ],
  ])('%s', async (_, made, requests) => {
    expect(await requestsOf(made)).toEqual(requests);
  });
});

describe('names that are asked for to learn that there are none', () => {
  it.each<Row>([
    ['a proxy to be discovered', scene().looksUp(0, { name: 'wpad.corp.example', ...absent }), []],
    ["a network's switch for browsers", scene().looksUp(0, { name: 'use-application-dns.net', ...absent }), []],
    ['an address in a list of bad ones', scene().looksUp(0, { name: '4.100.51.198.zen.list.example', ...absent }), []],
    [
      'an address of IPv6 in such a list',
      scene().looksUp(0, { name: `${'1.0.0.0.'.repeat(6)}8.b.d.0.1.0.0.2.list.example`, ...absent }),
      [],
    ],
    [
      'but not when the resolver fails',
      scene().looksUp(0, { name: 'wpad.corp.example', code: 2 }),
      [fails('wpad.corp.example', 'dns.servfail')],
    ],
    [
      'nor a host with numbers in its name',
      scene().looksUp(0, { name: '4.100.51.shop.example', ...absent }),
      [fails('4.100.51.shop.example')],
    ],
    ['nor one that begins alike', scene().looksUp(0, { name: 'wpad2.corp.example', ...absent }), [fails('wpad2.corp.example')]],
  ])('%s', async (_, made, requests) => {
    expect(await requestsOf(made)).toEqual(requests);
  });
});
