import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import { connectFailed, contextOf, ended, numbered, silentConnection, synRefused, synUnanswered, upTo } from './evidence.ts';
import { connectedAgain, flow, idleReused, portTried, shortReach, traced } from './evidence-tcp.ts';

/** What happened, and what the verdict is: a status, or a status with its cause and how sure it is. */
type Row = [sentence: string, evidence: (ObservationDraft | ObservationDraft[])[], verdict: string];

const silence = (): ObservationDraft[] => [...upTo.addresses(), synUnanswered()];
const pageOver = (...connecting: ObservationDraft[]): ObservationDraft[] => {
  const whole = upTo.page();
  const opened = whole.findIndex((draft) => draft.kind === 'tcp.connected');
  return [...whole.slice(0, opened), ...connecting, ...whole.slice(opened + 1)];
};

const rows: Row[] = [
  ['silence, and another port opens', [silence(), portTried('opened')], 'failed tcp.filtered'],
  ['silence, and another port refuses', [silence(), portTried('refused')], 'failed tcp.filtered'],
  ['silence on every port', [silence(), portTried('unanswered')], 'failed tcp.timeout'],
  ['silence, and a router answers for another port', [silence(), portTried('failed')], 'failed tcp.timeout'],
  ['silence, and the address answers echo requests', [silence(), traced('tcp', null), traced('icmp', 6)], 'failed tcp.filtered'],
  ['silence, and another address answers', [silence(), portTried('opened', { address: '203.0.113.11' })], 'failed tcp.timeout'],
  ['a refusal on one address is no filter', [silence(), synRefused('203.0.113.11', 'c1'), portTried('opened')], 'failed tcp.refused'],
  [
    'some flows are dead, the same each time, and the request took one',
    [silence(), flow(50_001, 'unanswered', 'unanswered', 'unanswered'), flow(50_002, 'opened', 'opened', 'opened')],
    'failed route.one-path-dead',
  ],
  [
    'some flows are dead, and the request found another',
    [
      pageOver(synUnanswered(), connectedAgain(1010)),
      flow(50_001, 'unanswered', 'unanswered', 'unanswered'),
      flow(50_002, 'opened', 'opened', 'opened'),
    ],
    'degraded route.one-path-dead',
  ],
  [
    'flows that change their minds are no path',
    [
      pageOver(synUnanswered(), connectedAgain(1010)),
      flow(50_001, 'unanswered', 'unanswered', 'unanswered'),
      flow(50_002, 'opened', 'opened', 'opened'),
      flow(50_003, 'unanswered', 'opened'),
    ],
    'degraded tcp.slow',
  ],
  [
    'some flows are refused, the same each time',
    [upTo.addresses(), synRefused(), flow(50_001, 'refused', 'refused', 'refused'), flow(50_002, 'opened', 'opened', 'opened')],
    'failed route.one-path-dead',
  ],
  [
    'refusals take turns',
    [upTo.addresses(), synRefused(), flow(50_001, 'refused', 'opened'), flow(50_002, 'opened', 'refused')],
    'failed tcp.refused',
  ],
  ['every flow is refused', [upTo.addresses(), synRefused(), flow(50_001, 'refused'), flow(50_002, 'refused')], 'failed tcp.refused'],
  [
    'some flows meet a router that says no, and the request found another',
    [upTo.page(), flow(50_001, 'failed', 'failed', 'failed'), flow(50_002, 'opened', 'opened', 'opened')],
    'degraded route.one-path-dead',
  ],
  [
    'one flow alone is unlike the others, twice',
    [silence(), flow(50_001, 'unanswered', 'unanswered'), flow(50_002, 'unanswered', 'unanswered'), flow(50_003, 'opened', 'opened')],
    'failed tcp.timeout',
  ],
  ['flows tried once prove nothing', [silence(), flow(50_001, 'unanswered'), flow(50_002, 'opened')], 'failed tcp.timeout'],
  ['every flow works', [upTo.page(), flow(50_001, 'opened', 'opened', 'opened'), flow(50_002, 'opened', 'opened', 'opened')], 'ok'],
  ['it opened the second time, soon', [pageOver(synUnanswered(), connectedAgain(800))], 'degraded tcp.slow'],
  [
    'it opened the second time on one of two addresses',
    [pageOver(synUnanswered(), synUnanswered('203.0.113.11', 'c3'), connectedAgain(1010))],
    'degraded tcp.some-addresses-fail',
  ],
  [
    'the refusal comes from nearer than the address',
    [upTo.addresses(), synRefused(), traced('tcp', 4), traced('udp', 6)],
    'failed tcp.reset-by-middlebox',
  ],
  [
    'the refusal comes from as far as the address',
    [upTo.addresses(), synRefused(), traced('tcp', 6), traced('udp', 6)],
    'failed tcp.refused',
  ],
  ['paths may differ by a hop', [upTo.addresses(), synRefused(), traced('tcp', 5), traced('udp', 6)], 'failed tcp.refused'],
  [
    'a hop nearer and far sooner',
    [upTo.addresses(), synRefused(), traced('tcp', 5, { rttMs: 2 }), traced('udp', 6, { rttMs: 40 })],
    'failed tcp.reset-by-middlebox',
  ],
  ['this host itself refuses', [upTo.addresses(), synRefused(), traced('tcp', 1), traced('udp', 6)], 'failed tcp.refused'],
  [
    'packets that do not get there are answered by a reset',
    [upTo.connection(), ended('tcp.reset-received', 'hello-sent'), silentConnection('stayed-open'), shortReach('reset', 4)],
    'failed tcp.reset-by-middlebox',
  ],
  [
    'packets that do not get there are answered by nobody',
    [upTo.connection(), ended('tcp.reset-received', 'hello-sent'), silentConnection('stayed-open'), shortReach('silent', 4)],
    'failed tls.reset',
  ],
  [
    'a reset sooner than the path is long, and nothing else',
    [
      upTo.connection(),
      { ...ended('tcp.reset-received', 'hello-sent'), sinceOpenMs: 2 } as ObservationDraft,
      silentConnection('stayed-open'),
      shortReach('silent', 4),
    ],
    'failed tls.reset',
  ],
  [
    'who resets unprovoked does so however far packets get',
    [upTo.connection(), ended('tcp.reset-received', 'hello-sent'), silentConnection('reset'), shortReach('reset', 4)],
    'failed tcp.reset',
  ],
  ['what idles is dropped in silence', [upTo.page(), idleReused('silent')], 'degraded tcp.idle-drop'],
  ['what idles is reset', [upTo.page(), idleReused('reset')], 'degraded tcp.idle-drop'],
  ['what idles is ended by the server', [upTo.page(), idleReused('ended-while-idle', null)], 'ok'],
  ['what idles still works', [upTo.page(), idleReused('answered')], 'ok'],
  ['what idles fails, and so does what is new', [upTo.page(), idleReused('silent', 'failed')], 'ok'],
];

describe('connecting', () => {
  test.each(rows)('%s', (_, evidence, wanted) => {
    const { verdict } = diagnose(numbered(...evidence), contextOf());
    expect(verdict.cause === null ? verdict.status : `${verdict.status} ${verdict.cause}`).toBe(wanted);
  });

  test('refusals that take turns are told from a port on which nothing listens', () => {
    const scopeOf = (...outcomes: ('refused' | 'opened')[]) =>
      diagnose(numbered(...upTo.addresses(), synRefused(), ...flow(50_001, ...outcomes)), contextOf()).verdict.scope;
    expect(scopeOf('refused', 'opened')).toEqual(['intermittent']);
    expect(scopeOf('refused', 'refused')).toEqual([]);
  });

  test('a refusal that may be an ICMP error is a weaker sign of life', () => {
    const judged = (errorsKnown: boolean) =>
      diagnose(numbered(...silence(), portTried('refused', { errorsKnown })), contextOf()).findings.find(
        (finding) => finding.cause === 'tcp.filtered',
      )?.confidence;
    expect(judged(false)).toBe('likely');
    expect(['proven', 'likely']).toContain(judged(true));
  });
});

describe('what browsers do', () => {
  const detailOf = (...evidence: (ObservationDraft | ObservationDraft[])[]) =>
    diagnose(numbered(...evidence), contextOf()).findings.find((finding) => finding.cause === 'tcp.ipv6-broken')?.detail;
  const six = '2001:db8:113:1::10';
  const four = '203.0.113.10';
  const names = [...upTo.page()].map((draft) => (draft.kind === 'dns.addresses-chosen' ? { ...draft, addresses: [six, four] } : draft));

  test('a silent address costs the attempt delay, and programs without one their patience', () => {
    expect(detailOf(names, synUnanswered(six, 'c5'))).toMatchObject({
      browserOrder: [six, four],
      browserOpens: four,
      browserDelayMs: 250,
      oneByOneMs: null,
    });
  });

  test('an address that refuses costs as long as that takes', () => {
    const refused = { ...synRefused(six, 'c5'), durationMs: 30 };
    expect(detailOf(names, refused)).toMatchObject({ browserOpens: four, browserDelayMs: 30, oneByOneMs: 30 });
  });

  test('families take turns', () => {
    const more = '2001:db8:113:1::11';
    const addresses = names.map((draft) => (draft.kind === 'dns.addresses-chosen' ? { ...draft, addresses: [six, more, four] } : draft));
    expect(detailOf(addresses, synUnanswered(six, 'c5'), synUnanswered(more, 'c6'))).toMatchObject({
      browserOrder: [six, four, more],
      browserDelayMs: 250,
    });
  });

  test('a family that a router refuses is broken, one that this host does not have is not', () => {
    const failed = connectFailed('network-unreachable', six, 'c5');
    expect(detailOf(names, failed)).toBeUndefined();
    const said = {
      kind: 'route.icmp-error',
      checkpoint: 'route',
      atMs: 10,
      from: '2001:db8::1',
      version: 6,
      type: 1,
      code: 0,
      protocol: 'tcp',
      destination: { address: six, port: 443 },
    } as const;
    expect(detailOf(names, failed, said)).toBeDefined();
  });
});
