import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import { contextOf, numbered, synRefused, synUnanswered, upTo } from './evidence.ts';
import { connectedAgain, flow, portTried, traced } from './evidence-tcp.ts';

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
    [silence(), flow(50_001, 'unanswered', 'unanswered'), flow(50_002, 'opened', 'opened')],
    'failed route.one-path-dead',
  ],
  [
    'some flows are dead, and the request found another',
    [pageOver(synUnanswered(), connectedAgain(1010)), flow(50_001, 'unanswered', 'unanswered'), flow(50_002, 'opened', 'opened')],
    'degraded route.one-path-dead',
  ],
  [
    'flows that change their minds are no path',
    [
      pageOver(synUnanswered(), connectedAgain(1010)),
      flow(50_001, 'unanswered', 'unanswered'),
      flow(50_002, 'opened', 'opened'),
      flow(50_003, 'unanswered', 'opened'),
    ],
    'degraded tcp.slow',
  ],
  ['flows tried once prove nothing', [silence(), flow(50_001, 'unanswered'), flow(50_002, 'opened')], 'failed tcp.timeout'],
  ['every flow works', [upTo.page(), flow(50_001, 'opened', 'opened'), flow(50_002, 'opened', 'opened')], 'ok'],
  ['it opened the second time, soon', [pageOver(synUnanswered(), connectedAgain(800))], 'degraded tcp.slow'],
  [
    'it opened the second time on one of two addresses',
    [pageOver(synUnanswered(), synUnanswered('203.0.113.11', 'c3'), connectedAgain(1010))],
    'degraded tcp.some-addresses-fail',
  ],
];

describe('connecting', () => {
  test.each(rows)('%s', (_, evidence, wanted) => {
    const { verdict } = diagnose(numbered(...evidence), contextOf());
    expect(verdict.cause === null ? verdict.status : `${verdict.status} ${verdict.cause}`).toBe(wanted);
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
