import { describe, expect, it } from 'vitest';
import type { Station } from '../../fixtures/captures/make/frame.ts';
import { LookupScene } from '../../fixtures/captures/make/lookups.ts';
import { clientV6, resolver, server, serverV6 as stationV6 } from '../../fixtures/captures/make/scenes.ts';
import { renderReadText } from '../../src/report/read-text.ts';
import { reportOf, requestsOf } from './capture-requests.ts';

const serverV6 = stationV6.address;
const name = 'www.shop.example';
const other = 'api.shop.example';

const neighbour: Station = { mac: '02:00:00:00:00:03', address: '192.0.2.11' };
const secondServer: Station = { mac: '02:00:00:00:00:02', address: '203.0.113.11' };
const itself: Station = { mac: '00:00:00:00:00:00', address: '127.0.0.1' };
const otherResolver = { mac: '02:00:00:00:00:02', address: '192.0.2.54' };

type Row = readonly [sentence: string, scene: LookupScene, requests: readonly string[]];
const scene = (): LookupScene => new LookupScene();
const soon = `${name}: ${name} in 4 ms, ok`;

describe('questions that make one lookup', () => {
  it.each<Row>([
    ['one question, one answer', scene().looksUp(0, { name }).gets(5, { host: name }), [soon]],
    [
      'the same name again after an answer is another lookup',
      scene().looksUp(0, { name }).looksUp(1200, { name }).gets(1205, { host: name }),
      [soon],
    ],
    [
      'each of them leads to a connection of its own',
      scene().looksUp(0, { name }).gets(5, { host: name }).looksUp(1200, { name }).gets(1205, { host: name }),
      [soon, soon],
    ],
    [
      'the same name again after it was said not to exist is another lookup, and the first one failed',
      scene().looksUp(0, { name, code: 3 }).looksUp(1200, { name }).gets(1205, { host: name }),
      [`${name}: ${name} in 4 ms, dns.nxdomain`, soon],
    ],
    [
      'a question again after SERVFAIL is the same lookup, and the client waited for it',
      scene().looksUp(0, { name, code: 2 }).looksUp(1200, { name }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.flaky`],
    ],
    [
      'both questions again, as they were, as one of them was not answered: the same lookup',
      scene()
        .looksUp(0, { name, id: 7, port: 40_900 })
        .looksUp(0, { name, type: 'AAAA', gives: null, id: 8, port: 40_900 })
        .looksUp(2500, { name, id: 7, port: 40_900 })
        .looksUp(2500, { name, type: 'AAAA', gives: null, id: 8, port: 40_900 })
        .gets(3600, { host: name }),
      [`${name}: ${name} in 2504 ms, dns.aaaa-broken`],
    ],
    [
      'a question again after REFUSED, too',
      scene().looksUp(0, { name, code: 5 }).looksUp(1200, { name }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.flaky`],
    ],
    [
      'a question again after an answer that was cut off, too',
      scene().looksUp(0, { name, gives: [], truncated: true }).looksUp(1200, { name }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.slow`],
    ],
    [
      'a question again after silence is the same lookup',
      scene().looksUp(0, { name, gives: null }).looksUp(1200, { name, port: 40_500 }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.slow`],
    ],
    [
      'a question to the second resolver, after the first was silent, is the same lookup',
      scene().looksUp(0, { name, gives: null }).looksUp(1200, { name, to: otherResolver }).gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.one-resolver-broken`],
    ],
    [
      'after five seconds, which is how long most clients wait, too',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(0.1, { name, type: 'AAAA', gives: null })
        .looksUp(5005, { name, to: otherResolver })
        .looksUp(5005.1, { name, type: 'AAAA', gives: [], to: otherResolver })
        .gets(5010, { host: name }),
      [`${name}: ${name} in 5009 ms, dns.one-resolver-broken`],
    ],
    [
      'a question to the second resolver, after the first said that there is no such name, is the same lookup',
      scene().looksUp(0, { name, code: 3 }).looksUp(5, { name, to: otherResolver }).gets(10, { host: name }),
      [`${name}: ${name} in 9 ms, ok`],
    ],
    [
      'a client that takes its resolvers in turn looks up anew once it was told an address',
      scene().looksUp(0, { name }).looksUp(1200, { name, to: otherResolver }).gets(1205, { host: name }),
      [soon],
    ],
    [
      'A and AAAA are one lookup',
      scene()
        .looksUp(0, { name })
        .looksUp(0.2, { name, type: 'AAAA', gives: [serverV6], takesMs: 30 })
        .gets(31, { host: name }),
      [`${name}: ${name} in 30 ms, ok`],
    ],
    [
      'one after the other, too',
      scene().looksUp(0, { name }).looksUp(5, { name, type: 'AAAA', gives: [] }).gets(10, { host: name }),
      [`${name}: ${name} in 9 ms, ok`],
    ],
    [
      'asked for again, both belong to the later lookup',
      scene()
        .looksUp(0, { name })
        .looksUp(0.2, { name, type: 'AAAA', gives: [serverV6] })
        .looksUp(1200, { name })
        .looksUp(1200.2, { name, type: 'AAAA', gives: [serverV6], takesMs: 30 })
        .gets(1231, { host: name }),
      [`${name}: ${name} in 30 ms, ok`],
    ],
    [
      'AAAA long after the answer to A is another lookup',
      scene().looksUp(0, { name }).looksUp(1200, { name, type: 'AAAA', gives: [] }).gets(1205, { host: name }),
      [soon],
    ],
    [
      'AAAA long after a question for A that nobody answered belongs to it',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(1000, { name, type: 'AAAA', gives: [] })
        .looksUp(1200, { name, port: 40_500 })
        .gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.slow`],
    ],
    [
      'a question again after silence is the same lookup, whatever was said of the other family',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(0.1, { name, type: 'AAAA', gives: [] })
        .looksUp(1200, { name, port: 40_500 })
        .gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.slow`],
    ],
    [
      'and after five seconds, too',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(0.1, { name, type: 'AAAA', gives: [], takesMs: 100 })
        .looksUp(5005, { name, port: 40_500 })
        .gets(5010, { host: name }),
      [`${name}: ${name} in 5009 ms, dns.flaky`],
    ],
    [
      'a question again after SERVFAIL, whatever was said of the other family',
      scene()
        .looksUp(0, { name, code: 2 })
        .looksUp(0.1, { name, type: 'AAAA', gives: [] })
        .looksUp(1200, { name })
        .gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.flaky`],
    ],
    [
      'or that the other family has addresses, which the client has no use for',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(0.1, { name, type: 'AAAA', gives: [serverV6] })
        .looksUp(1200, { name, port: 40_500 })
        .gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.flaky`],
    ],
    [
      'but who has connected over the other family waits no longer',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(0.1, { name, type: 'AAAA', gives: [serverV6] })
        .gets(5, { host: name, from: clientV6, to: stationV6 })
        .looksUp(1200, { name, port: 40_500 })
        .gets(1205, { host: name }),
      [soon, soon],
    ],
    [
      'a question for the other family again, for which a client waits that was told addresses of the first',
      scene()
        .looksUp(0, { name })
        .looksUp(0.1, { name, type: 'AAAA', gives: null })
        .looksUp(1200, { name, type: 'AAAA', gives: [serverV6], port: 40_500 })
        .gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.flaky`],
    ],
    [
      'and has those of the other for it',
      scene()
        .looksUp(0, { name })
        .looksUp(0.1, { name, type: 'AAAA', gives: null })
        .looksUp(1200, { name, type: 'AAAA', gives: [serverV6], port: 40_500 })
        .gets(1205, { host: name, from: clientV6, to: stationV6 }),
      [`${name}: ${name} in 1204 ms, dns.flaky`],
    ],
    [
      'both families again after silence, whatever was said of services: one lookup',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(0.1, { name, type: 'AAAA', gives: null })
        .looksUp(0.2, { name, type: 'HTTPS', gives: [] })
        .looksUp(1000, { name, port: 40_500 })
        .looksUp(1000.1, { name, type: 'AAAA', gives: [], port: 40_501 })
        .gets(1005, { host: name })
        .gets(6000, { host: server.address }),
      [`${name}: ${name} in 1004 ms, dns.slow`, `${server.address}: without a lookup, ok`],
    ],
    [
      'services asked for again do not take a lookup apart',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(0.2, { name, type: 'HTTPS', gives: [] })
        .looksUp(1200, { name, type: 'HTTPS', gives: [] })
        .looksUp(1200.1, { name, port: 40_500 })
        .gets(1205, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.slow`],
    ],
    [
      'when the second resolver said that there is none, the next question of both is another lookup',
      scene()
        .looksUp(0, { name, gives: null })
        .looksUp(0.1, { name, type: 'AAAA', gives: [] })
        .looksUp(1200, { name, gives: [], to: otherResolver })
        .looksUp(3000, { name })
        .gets(3005, { host: name }),
      [`${name}: ${name} in 1204 ms, dns.no-data`, soon],
    ],
  ])('%s', async (_, made, requests) => {
    expect(await requestsOf(made)).toEqual(requests);
  });

  it('are told of many times over as of the first', async () => {
    const many = scene();
    for (let i = 0; i < 600; i++) {
      // The same few names again and again, some of which do not exist at times.
      const host = `www${i % 7}.shop.example`;
      const isMissing = i % 5 === 0;
      many.looksUp(i * 100, { name: host, code: isMissing ? 3 : 0 });
      if (!isMissing) many.gets(i * 100 + 5, { host, clientPort: 20_000 + i });
    }
    const report = await reportOf(many);
    expect(report.exchangeCounts).toMatchObject({ total: 600, ok: 480, failed: 120, degraded: 0 });
    expect(report.causeCounts).toMatchObject([{ cause: 'dns.nxdomain', count: 120 }]);
  });
});

describe('lookups of many requests', () => {
  it('of which some waited for AAAA in vain are told apart from those that did not wait', async () => {
    const many = scene();
    for (let i = 0; i < 600; i++) {
      const host = `www${i}.shop.example`;
      const atMs = i * 1000;
      many.looksUp(atMs, { name: host }).looksUp(atMs + 0.1, { name: host, type: 'AAAA', gives: null });
      many.gets(atMs + (i % 3 === 0 ? 700 : 5), { host, clientPort: 20_000 + i });
    }
    const { exchangeCounts, causeCounts } = await reportOf(many);
    expect(exchangeCounts).toMatchObject({ total: 600, ok: 400, degraded: 200 });
    expect(causeCounts).toMatchObject([{ cause: 'dns.aaaa-broken', count: 200 }]);
  });
});

const slowly = { takesMs: 1200 };
const alone = `${name}: without a lookup, ok`;
/** TLS of which the answer is hidden. */
const hidden = (host: string, lookup: string): string => `${host}: ${lookup}, unclear`;

describe('names behind one address', () => {
  it.each<Row>([
    [
      'a request is for the host that it names, whichever was looked up last',
      scene().looksUp(0, { name }).looksUp(2, { name: other }).gets(60, { host: name }),
      [soon],
    ],
    [
      'and its lookup is not the other one that was slow',
      scene()
        .looksUp(0, { name: other, ...slowly })
        .looksUp(1190, { name })
        .gets(1201, { host: name }),
      [soon],
    ],
    [
      'a slow lookup is slow for its own name alone',
      scene()
        .looksUp(0, { name: other, ...slowly })
        .looksUp(1190, { name })
        .gets(1201, { host: name })
        .gets(1205, { host: other }),
      [`${other}: ${other} in 1200 ms, dns.slow`, soon],
    ],
    [
      'over TLS the server name tells',
      scene()
        .looksUp(0, { name: other, ...slowly })
        .looksUp(1190, { name })
        .secures(1201, { host: name }),
      [hidden(name, `${name} in 4 ms`)],
    ],
    [
      'in a hello of several segments, too',
      scene().looksUp(0, { name }).looksUp(2, { name: other }).securesInPieces(60, { host: name }),
      [hidden(name, `${name} in 4 ms`)],
    ],
    [
      'over HTTP/2 the authority tells',
      scene().looksUp(0, { name }).looksUp(2, { name: other }).streams(60, { host: name }, [name]),
      [soon],
    ],
    [
      'the case of letters, a port and a dot at the end do not matter',
      scene().looksUp(0, { name }).looksUp(2, { name: other }).gets(60, { host: 'WWW.shop.Example.:80' }),
      [`www.shop.example.: ${name} in 4 ms, ok`],
    ],
    [
      'the lookup has to have been answered before the connection was begun',
      scene().looksUp(0, { name: other }).looksUp(1, { name, takesMs: 30 }).gets(20, { host: name }),
      [alone],
    ],
    [
      'of a name that was not looked up nothing is said',
      scene()
        .looksUp(0, { name: other, ...slowly })
        .gets(1205, { host: name }),
      [alone],
    ],
    [
      'nor over TLS',
      scene()
        .looksUp(0, { name: other, ...slowly })
        .secures(1205, { host: name }),
      [hidden(name, 'without a lookup')],
    ],
    [
      'nor of an address that is asked for by itself',
      scene()
        .looksUp(0, { name: other, ...slowly })
        .gets(1205, { host: server.address }),
      [`${server.address}: without a lookup, ok`],
    ],
    [
      'a lookup that failed for one name is not told of another',
      scene().looksUp(0, { name: other, type: 'AAAA', code: 2 }).looksUp(0, { name: other }).looksUp(2, { name }).gets(60, { host: name }),
      [soon],
    ],
    [
      'an alias is looked up as the name that it stands for',
      scene().looksUp(0, { name, alias: 'edge.cdn.example' }).looksUp(2, { name: other }).gets(60, { host: name }),
      [soon],
    ],
    [
      'a short name is looked up with a suffix behind it',
      scene().looksUp(0, { name: 'intranet.corp.example' }).gets(5, { host: 'intranet' }),
      ['intranet: intranet.corp.example in 4 ms, ok'],
    ],
    [
      'but not with another name before it',
      scene().looksUp(0, { name: 'www.intranet' }).gets(5, { host: 'intranet' }),
      ['intranet: without a lookup, ok'],
    ],
    [
      "a proxy's own name is the one to look up for it",
      scene()
        .looksUp(0, { name: 'proxy.corp.example' })
        .gets(5, { host: name, target: `http://${name}/`, port: 3128 }),
      [`${name}: proxy.corp.example in 4 ms, ok`],
    ],
    [
      'through its tunnels, too',
      scene().looksUp(0, { name: 'proxy.corp.example' }).tunnels(5, { host: name }),
      [hidden(name, 'proxy.corp.example in 4 ms')],
    ],
    [
      'later requests on a kept connection have no lookup',
      scene().looksUp(0, { name }).getsInTurn(5, { host: name }, [name, name]),
      [soon, alone],
    ],
    [
      'nor those for other hosts',
      scene()
        .looksUp(0, { name, ...slowly })
        .getsInTurn(1205, { host: name }, [name, other]),
      [`${name}: ${name} in 1200 ms, dns.slow`, `${other}: without a lookup, ok`],
    ],
    [
      'nor streams for other hosts',
      scene()
        .looksUp(0, { name, ...slowly })
        .streams(1205, { host: name }, [name, other]),
      [`${name}: ${name} in 1200 ms, dns.slow`, `${other}: without a lookup, ok`],
    ],
    [
      'ports that are used again are for another host',
      scene()
        .looksUp(0, { name })
        .gets(5, { host: name, clientPort: 50_000 })
        .looksUp(3000, { name: other, ...slowly })
        .gets(4205, { host: other, clientPort: 50_000, sequence: 77 }),
      [soon, `${other}: ${other} in 1200 ms, dns.slow`],
    ],
    [
      'attempts that fail before they can name anybody are for the names in the order they were told',
      scene().looksUp(0, { name }).looksUp(1, { name: other }).isRefused(6, { host: name }).isRefused(7, { host: other }),
      [`${name}: ${name} in 4 ms, tcp.refused`, `${other}: ${other} in 4 ms, tcp.refused`],
    ],
  ])('%s', async (_, made, requests) => {
    expect(await requestsOf(made)).toEqual(requests);
  });
});

describe('a client and its lookup', () => {
  it.each<Row>([
    [
      'a host asks over IPv4 and connects over IPv6',
      scene()
        .looksUp(0, { name, type: 'AAAA', gives: [serverV6], ...slowly })
        .gets(1205, { host: name, from: clientV6, to: stationV6 }),
      [`${name}: ${name} in 1200 ms, dns.slow`],
    ],
    [
      'and is told apart by the name when many are behind the address',
      scene()
        .looksUp(0, { name, type: 'AAAA', gives: [serverV6] })
        .looksUp(2, { name: other, type: 'AAAA', gives: [serverV6], ...slowly })
        .gets(1205, { host: name, from: clientV6, to: stationV6 }),
      [soon],
    ],
    [
      'which of two hosts that asked it is, nobody can tell',
      scene()
        .looksUp(0, { name, type: 'AAAA', gives: [serverV6], from: neighbour })
        .looksUp(2, { name, type: 'AAAA', gives: [serverV6], ...slowly })
        .gets(1205, { host: name, from: clientV6, to: stationV6 }),
      [alone],
    ],
    [
      'a host that connects after what its neighbour asked is not the one that asked',
      scene()
        .looksUp(0, { name, type: 'AAAA', gives: [serverV6], from: neighbour, ...slowly })
        .gets(1205, { host: name, from: clientV6, to: stationV6 }),
      [alone],
    ],
    [
      'not by the name either',
      scene()
        .looksUp(0, { name, type: 'AAAA', gives: [serverV6], from: neighbour, ...slowly })
        .looksUp(1198, { name: other, type: 'AAAA', gives: [serverV6] })
        .gets(1205, { host: name, from: clientV6, to: stationV6 }),
      [alone],
    ],
    [
      'a host that asks the resolver that runs on it asks on another link',
      scene()
        .looksUp(0, { name, type: 'AAAA', gives: [serverV6], from: itself, to: itself, ...slowly })
        .gets(1205, { host: name, from: clientV6, to: stationV6 }),
      [`${name}: ${name} in 1200 ms, dns.slow`],
    ],
    [
      'a forwarder that asks on behalf of the host is no other',
      scene()
        .looksUp(0, { name, type: 'AAAA', gives: [serverV6], takesMs: 10 })
        .looksUp(2, { name, type: 'AAAA', gives: [serverV6], from: resolver, to: otherResolver })
        .gets(11, { host: name, from: clientV6, to: stationV6 }),
      [`${name}: ${name} in 10 ms, ok`],
    ],
    [
      'what another host waited for is not waited for',
      scene()
        .looksUp(0, { name, from: neighbour, ...slowly })
        .gets(1205, { host: name }),
      [alone],
    ],
    [
      'an answer of long ago was not waited for',
      scene()
        .looksUp(0, { name, ...slowly })
        .gets(9000, { host: name }),
      [alone],
    ],
  ])('%s', async (_, made, requests) => {
    expect(await requestsOf(made)).toEqual(requests);
  });
});

describe('attempts that race each other', () => {
  const both = { gives: [server.address, secondServer.address] };
  it.each<Row>([
    [
      'another address of the same name makes up for one that refuses',
      scene()
        .looksUp(0, { name, ...both })
        .isRefused(5, { host: name })
        .gets(30, { host: name, to: secondServer }),
      [`${name}: ${name} in 4 ms, tcp.some-addresses-fail`],
    ],
    [
      'even when it was told in another lookup, as by a resolver that was asked next',
      scene()
        .looksUp(0, { name })
        .isRefused(5, { host: name })
        .looksUp(100, { name, to: otherResolver, gives: [secondServer.address] })
        .gets(105, { host: name, to: secondServer }),
      [`${name}: ${name} in 4 ms, tcp.some-addresses-fail`],
    ],
    [
      'but not long after',
      scene()
        .looksUp(0, { name })
        .isRefused(5, { host: name })
        .looksUp(20_000, { name, gives: [secondServer.address] })
        .gets(20_005, { host: name, to: secondServer }),
      [`${name}: ${name} in 4 ms, tcp.refused`, soon],
    ],
    [
      'and when the other was open before',
      scene()
        .looksUp(0, { name, ...both })
        .gets(5, { host: name })
        .gets(100, { host: name })
        .isRefused(200, { host: name })
        .gets(230, { host: name, to: secondServer }),
      [soon, soon, `${name}: ${name} in 4 ms, tcp.some-addresses-fail`],
    ],
    [
      'an address of another name does not',
      scene()
        .looksUp(0, { name })
        .looksUp(0.5, { name: other, ...both })
        .isRefused(5, { host: name })
        .gets(30, { host: other, to: secondServer }),
      [`${name}: ${name} in 4 ms, tcp.refused`, `${other}: ${other} in 4 ms, ok`],
    ],
    [
      'what a host looked up is not what another host tried',
      scene()
        .looksUp(0, { name, ...both, from: neighbour })
        .gets(5, { host: name, from: neighbour, to: secondServer })
        .isRefused(6, { host: name }),
      [`${name}: ${name} in 4 ms, ok`, `${name}: without a lookup, tcp.refused`],
    ],
    [
      'a name known before shares the address, and takes no part',
      scene()
        .looksUp(0, { name, ...both })
        .isRefused(5, { host: name })
        .gets(30, { host: name, to: secondServer })
        .gets(40, { host: other, to: secondServer }),
      [`${name}: ${name} in 4 ms, tcp.some-addresses-fail`, `${other}: without a lookup, ok`],
    ],
    [
      'a backend that is asked for another name than it was looked up by was reached all the same',
      scene()
        .looksUp(0, { name: 'backend.internal.example', ...both })
        .isRefused(5, { host: name })
        .gets(30, { host: name, to: secondServer }),
      [`${name}: without a lookup, tcp.some-addresses-fail`],
    ],
  ])('%s', async (_, made, requests) => {
    expect(await requestsOf(made)).toEqual(requests);
  });
});

describe('a request without a lookup', () => {
  it('is said to have none, wherever the client has the address from', async () => {
    const report = await reportOf(
      scene()
        .looksUp(0, { name: other, ...slowly })
        .gets(1205, { host: name }),
    );
    const [chosen] = report.evidence.filter(({ kind }) => kind === 'dns.addresses-chosen');
    expect(chosen).toMatchObject({ name, source: 'connection', addresses: [server.address] });
    expect(chosen).not.toHaveProperty('durationMs');
    expect(renderReadText(report)).not.toContain(other);
  });
});
