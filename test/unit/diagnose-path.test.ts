import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Expectation } from '../../src/model/expectation.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import type { PathHop } from '../../src/model/observations/route.ts';
import { connected, connectFailed, contextOf, numbered, server, synRefused, synUnanswered, upTo } from './evidence.ts';
import { repeated } from './evidence-dns.ts';
import { arrived, control, expired, owners, silentHop, traced, tracedAllWays, tracedControl, upToHop, way } from './evidence-path.ts';

type Draft = ObservationDraft;

function icmpError(from: string, code: number, version: 4 | 6 = 4): Draft {
  return {
    kind: 'route.icmp-error',
    checkpoint: 'route',
    atMs: 9,
    from,
    version,
    type: version === 4 ? 3 : 1,
    code,
    protocol: 'tcp',
    destination: server,
  };
}

const swallowed = [upTo.addresses(), synUnanswered(), tracedAllWays(upToHop(3)), owners()];
const beyondSpeaks = tracedControl(way[0], way[1], way[2], way[3]);
/** The way to somebody else, which ends after so many hops, or goes on in silence and arrives. */
const endsAt = (last: number, to: string): Draft => traced(upToHop(last), { to, followUp: 'path-of-control' });
const arrivesPast = (last: number, to: string): Draft =>
  traced([...upToHop(last), { ttl: last + 2, sent: 1, answers: [{ from: to, what: 'opened', count: 1, rttMs: [9] }] }], {
    to,
    followUp: 'path-of-control',
  });
const lap = (ttl: number): string => (ttl % 2 === 0 ? '198.51.100.2' : '198.51.100.1');
const circle = [
  ...way.slice(0, 3).map((from, index) => expired(index + 1, from)),
  ...Array.from({ length: 27 }, (_, index) => expired(index + 4, lap(index + 4))),
];

/** A whole path with these times, and these answers of 60 probes, hop by hop. */
const measured = (times: readonly number[], counts: readonly number[] = []): PathHop[] =>
  times.map((ms, index) => {
    const sent = 60;
    const facts = { sent, count: counts[index] ?? sent, rttMs: [ms, ms + 3] };
    return index < times.length - 1 ? expired(index + 1, way[index]!, facts) : arrived(index + 1, 'opened', facts);
  });
const onRequest = (hops: PathHop[]): Draft => traced(hops, { followUp: 'path-of-request', rounds: 60 });
const slowly = (lookupMs?: number): Draft[] =>
  upTo.page().map((draft) => {
    if (draft.kind === 'dns.system-lookup' && lookupMs !== undefined) return { ...draft, durationMs: lookupMs };
    return draft.kind === 'tcp.connected' ? { ...draft, durationMs: 610, facts: { ...draft.facts, rttMs: 610 } } : draft;
  });

const rows: readonly (readonly [what: string, drafts: readonly (Draft | Draft[])[], verdict: string, expect?: Expectation])[] = [
  ['all probes end at one router, and beyond it others speak on another way', [...swallowed, beyondSpeaks], 'failed route.black-hole'],
  ['the same, and no other way was traced', swallowed, 'failed tcp.timeout'],
  ['beyond that router nobody ever speaks', [...swallowed, tracedControl(way[0], way[1], way[2], null)], 'failed tcp.timeout'],
  ['the other way does not pass that router', [...swallowed, tracedControl(way[0], way[1], '192.0.2.99', way[3])], 'failed tcp.timeout'],
  [
    'the last router is of the site itself',
    [upTo.addresses(), synUnanswered(), tracedAllWays(upToHop(5)), owners(), tracedControl(...way)],
    'failed tcp.timeout',
  ],
  ['nothing at all gets beyond a router', [...swallowed, endsAt(3, control), endsAt(3, '9.9.9.9')], 'failed route.black-hole'],
  [
    'nothing at all gets beyond the router at home',
    [upTo.addresses(), synUnanswered(), tracedAllWays(upToHop(1)), owners(), endsAt(1, control), endsAt(1, '9.9.9.9')],
    'failed route.black-hole',
  ],
  ['one other alone ends there: it may be blocked', [...swallowed, endsAt(3, control)], 'failed tcp.timeout'],
  ['the others end elsewhere', [...swallowed, endsAt(3, control), endsAt(2, '9.9.9.9')], 'failed tcp.timeout'],
  ['one of the others arrives, past silent routers', [...swallowed, endsAt(3, control), arrivesPast(3, '9.9.9.9')], 'failed tcp.timeout'],
  [
    "nothing gets beyond a router of the site's own network",
    [upTo.addresses(), synUnanswered(), tracedAllWays(upToHop(5)), owners(), endsAt(5, control), endsAt(5, '9.9.9.9')],
    'failed tcp.timeout',
  ],
  [
    'the last router is at home',
    [upTo.addresses(), synUnanswered(), tracedAllWays(upToHop(1)), owners(), beyondSpeaks],
    'failed tcp.timeout',
  ],
  [
    'nobody knows whose the router is',
    [...swallowed.slice(0, 3), owners({ [way[2]]: { asNumber: null } }), beyondSpeaks],
    'failed tcp.timeout',
  ],
  ['whose addresses are is not known at all', [...swallowed.slice(0, 3), beyondSpeaks], 'failed tcp.timeout'],
  [
    'the site is in a cloud whose routers are silent',
    [...swallowed.slice(0, 3), owners({ [server.address]: { sort: 'cloud' } }), beyondSpeaks],
    'failed tcp.timeout',
  ],
  [
    'datagrams come further',
    [upTo.addresses(), synUnanswered(), traced(upToHop(3)), traced(upToHop(5), { protocol: 'udp' }), owners(), beyondSpeaks],
    'failed tcp.timeout',
  ],
  [
    'datagrams arrive',
    [
      upTo.addresses(),
      synUnanswered(),
      traced(upToHop(3)),
      traced([...upToHop(5).slice(0, 5), arrived(6, 'icmp-error', { type: 3, code: 3 })], { protocol: 'udp' }),
      owners(),
      beyondSpeaks,
    ],
    'failed tcp.filtered',
  ],
  ['SYNs alone were traced', [upTo.addresses(), synUnanswered(), traced(upToHop(3)), owners(), beyondSpeaks], 'failed tcp.timeout'],
  [
    'too few hops beyond were tried',
    [
      upTo.addresses(),
      synUnanswered(),
      [...tracedAllWays(upToHop(3))].map((draft) => ({ ...draft, probedToTtl: 5 }) as Draft),
      owners(),
      beyondSpeaks,
    ],
    'failed tcp.timeout',
  ],
  [
    'the port is refused whatever the traces say',
    [upTo.addresses(), synRefused(), tracedAllWays(upToHop(3)), owners(), beyondSpeaks],
    'failed tcp.refused',
  ],

  ['two routers answer in turn', [upTo.addresses(), synUnanswered(), traced(circle)], 'failed route.loop'],
  [
    'two routers answer in turn, and this host is told',
    [upTo.addresses(), { ...icmpError('198.51.100.1', 0), type: 11 } as Draft, connectFailed('host-unreachable'), traced(circle)],
    'failed route.loop',
  ],
  [
    'one router answers twice in a row',
    [upTo.addresses(), synUnanswered(), traced([expired(1, way[0]), expired(2, way[1]), expired(3, way[1]), silentHop(4)])],
    'failed tcp.timeout',
  ],
  [
    'one router answers for all others',
    [upTo.addresses(), synUnanswered(), traced([1, 2, 3, 4, 5, 6, 7].map((ttl) => expired(ttl, way[0])))],
    'failed tcp.timeout',
  ],
  [
    'parallel ways of unlike length show a router twice',
    [
      upTo.addresses(),
      synUnanswered(),
      traced([expired(1, way[0]), expired(2, way[1]), expired(3, way[2]), expired(4, way[1]), expired(5, way[3]), silentHop(6)]),
    ],
    'failed tcp.timeout',
  ],

  [
    'a firewall says port unreachable',
    [upTo.addresses(), icmpError(way[4], 3), connectFailed('connection-refused')],
    'failed route.filtered',
  ],
  [
    'a firewall says port unreachable, IPv6',
    [upTo.addresses(), icmpError('2001:db8::6', 4, 6), connectFailed('connection-refused')],
    'failed route.filtered',
  ],
  [
    'the machine itself says port unreachable',
    [upTo.addresses(), icmpError(server.address, 3), connectFailed('connection-refused')],
    'failed route.filtered',
  ],

  [
    'loss from one router on to the end',
    [upTo.page(), onRequest(measured([1, 2, 3, 14, 15, 16], [60, 60, 60, 47, 49, 48])), owners()],
    'degraded route.loss',
  ],
  [
    'a router in the middle limits its answers',
    [upTo.page(), onRequest(measured([1, 2, 3, 14, 15, 16], [60, 60, 8, 60, 60, 60])), owners()],
    'ok',
  ],
  ['every router limits its answers', [upTo.page(), onRequest(measured([1, 2, 3, 14, 15, 16], [8, 8, 8, 8, 8, 60])), owners()], 'ok'],
  ['one probe of sixty is lost', [upTo.page(), onRequest(measured([1, 2, 3, 14, 15, 16], [60, 60, 60, 59, 59, 59])), owners()], 'ok'],
  [
    'only the site loses: it may limit connections',
    [upTo.page(), onRequest(measured([1, 2, 3, 14, 15, 16], [60, 60, 60, 60, 60, 40])), owners()],
    'ok',
  ],

  [
    'this host loses packets on its own link, questions to its resolver among them',
    [
      upTo.page(),
      repeated({ NOERROR: 50, unanswered: 10 }),
      onRequest(measured([1, 2, 3, 14, 15, 16], [47, 48, 47, 48, 49, 48])),
      owners(),
    ],
    'degraded route.loss',
  ],
  [
    'the same, and of the probes to each router chance took more or fewer',
    [
      upTo.page(),
      repeated({ NOERROR: 50, unanswered: 10 }),
      onRequest(measured([1, 2, 3, 14, 15, 16], [55, 48, 56, 52, 50, 45])),
      owners(),
    ],
    'degraded route.loss',
  ],
  [
    'packets are lost further on, and chance took one or two of the probes to the routers before',
    [
      upTo.page(),
      repeated({ NOERROR: 50, unanswered: 10 }),
      onRequest(measured([1, 2, 3, 14, 15, 16], [58, 59, 59, 47, 49, 48])),
      owners(),
    ],
    'degraded dns.flaky',
  ],
  [
    'packets are lost further on, and the resolver answers now and then',
    [
      upTo.page(),
      repeated({ NOERROR: 50, unanswered: 10 }),
      onRequest(measured([1, 2, 3, 14, 15, 16], [60, 60, 60, 47, 49, 48])),
      owners(),
    ],
    'degraded dns.flaky',
  ],
  [
    'this host loses packets on its own link, and its resolver answers wrongly now and then',
    [
      upTo.page(),
      repeated({ NOERROR: 45, SERVFAIL: 5, unanswered: 10 }),
      onRequest(measured([1, 2, 3, 14, 15, 16], [47, 48, 47, 48, 49, 48])),
      owners(),
    ],
    'degraded dns.flaky',
  ],
  [
    "this host's own link delays everything, the lookup among it",
    [slowly(410), onRequest(measured([400, 401, 402, 403, 404, 405])), owners()],
    'degraded route.latency',
  ],
  [
    "the lookup takes longer than this host's own link explains",
    [slowly(1700), onRequest(measured([400, 401, 402, 403, 404, 405])), owners()],
    'degraded dns.slow',
  ],
  [
    'the jump is beyond the resolver, which is slow by itself',
    [slowly(410), onRequest(measured([1, 2, 3, 4, 605, 606])), owners()],
    'degraded dns.slow',
  ],
  ['a jump at one router that stays', [slowly(), onRequest(measured([1, 2, 3, 4, 605, 606])), owners()], 'degraded route.latency'],
  ['a router that is slow to answer', [upTo.page(), onRequest(measured([1, 2, 603, 4, 15, 16])), owners()], 'ok'],
  ['a slow router, and a way that is slow all along', [slowly(), onRequest(measured([100, 200, 900, 400, 505, 606])), owners()], 'ok'],
  ['only the site is slow', [slowly(), onRequest(measured([1, 2, 3, 4, 5, 606])), owners()], 'ok'],
  ['a jump that is plain distance', [upTo.page(), onRequest(measured([1, 2, 3, 4, 155, 156])), owners()], 'ok'],

  ['the address is of whom it should be', [upTo.page(), owners()], 'ok', { owner: 'hosting ex' }],
  ['the number is that of whom it should be', [upTo.page(), owners()], 'ok', { owner: 'AS64502' }],
  ['the address is of somebody else', [upTo.page(), owners()], 'failed dns.wrong-address', { owner: 'Cloudflare' }],
  ['a part of the number is not the number', [upTo.page(), owners()], 'failed dns.wrong-address', { owner: '6450' }],
];

describe('paths', () => {
  for (const [what, drafts, verdict, stated] of rows) {
    test(what, () => {
      const { verdict: judged } = diagnose(numbered(...drafts), contextOf(stated));
      expect(judged.cause === null ? judged.status : `${judged.status} ${judged.cause}`).toBe(verdict);
    });
  }

  test('a black hole is never proven: the site may swallow everything at its border', () => {
    const { verdict } = diagnose(numbered(...swallowed, beyondSpeaks), contextOf());
    expect(verdict.confidence).toBe('likely');
    expect(verdict.alternatives.map((one) => one.cause)).toContain('tcp.timeout');
  });

  test('where nothing gets beyond a router the site is not what swallows it', () => {
    const { verdict } = diagnose(numbered(...swallowed, endsAt(3, control), endsAt(3, '9.9.9.9')), contextOf());
    expect(verdict.ruledOut.map((one) => one.cause)).toContain('tcp.timeout');
    expect(verdict.alternatives.map((one) => one.cause)).toEqual(['route.return-path']);
  });

  test('packets to a private address that pass two networks are led astray here; by one alone they may be at home', () => {
    const intranet = '10.20.0.5';
    const judged = (last: number, to: string) => {
      const { verdict, findings } = diagnose(
        numbered(upTo.addresses(), synUnanswered(to), traced(upToHop(last), { to }), owners()),
        contextOf(),
      );
      return { cause: verdict.cause, side: verdict.side, far: findings.find((one) => one.cause === verdict.cause)?.detail.strayedFar };
    };
    expect(judged(4, intranet)).toEqual({ cause: 'tcp.timeout', side: 'client', far: true });
    expect(judged(3, intranet)).toEqual({ cause: 'tcp.timeout', side: 'unknown', far: false });
    expect(judged(1, intranet)).toEqual({ cause: 'tcp.timeout', side: 'unknown', far: undefined });
    expect(judged(4, server.address)).toEqual({ cause: 'tcp.timeout', side: 'unknown', far: undefined });
  });

  test('a path into the site rules a black hole out', () => {
    const { verdict } = diagnose(numbered(upTo.addresses(), synUnanswered(), ...tracedAllWays(upToHop(5)), owners()), contextOf());
    expect(verdict.ruledOut.map((one) => one.cause)).toContain('route.black-hole');
  });

  test('a filter is on the side of whoever is at both ends of the stretch where SYNs end', () => {
    const sideOf = (last: number, others: PathHop[]) => {
      const { verdict } = diagnose(
        numbered(upTo.addresses(), synUnanswered(), traced(upToHop(last)), traced(others, { protocol: 'udp' }), owners()),
        contextOf(),
      );
      return `${verdict.cause} ${verdict.side}`;
    };
    const whole = [...upToHop(5).slice(0, 5), arrived(6, 'icmp-error', { type: 3, code: 3 })];
    expect(sideOf(1, whole)).toBe('tcp.filtered unknown');
    expect(sideOf(2, whole)).toBe('tcp.filtered network');
    expect(sideOf(3, whole)).toBe('tcp.filtered network');
    // The site's border may drop it under its neighbour's name, or its neighbour.
    expect(sideOf(4, whole)).toBe('tcp.filtered unknown');
    expect(sideOf(5, whole)).toBe('tcp.filtered origin');
    // Nobody beyond answers anything: the machine itself may drop it.
    const silent = [...upToHop(2).slice(0, 2), silentHop(3), silentHop(4), silentHop(5), arrived(6, 'icmp-error', { type: 3, code: 3 })];
    expect(sideOf(2, silent)).toBe('tcp.filtered origin');
  });

  test('loss says where it begins, and not at a router that limits its answers', () => {
    const { findings } = diagnose(
      numbered(upTo.page(), onRequest(measured([1, 2, 3, 14, 15, 16], [60, 60, 9, 47, 49, 48])), connected()),
      contextOf(),
    );
    expect(findings.find((one) => one.cause === 'route.loss')?.detail).toMatchObject({ from: way[3], total: 60 });
  });
});
