import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { allRules } from '../../src/diagnose/rules.ts';
import type { Observation, ObservationDraft } from '../../src/model/observation.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { sentenceFor } from '../../src/report/sentences/all-sentences.ts';
import { alert, contextOf, ended, numbered, silent, upTo } from './evidence.ts';
import { everyTrial, tried } from './evidence-tls.ts';

/** What happened after the connection opened, and the verdict: status, cause, scope. */
type Row = [sentence: string, evidence: (ObservationDraft | ObservationDraft[])[], verdict: string];

const reset = ended('tcp.reset-received', 'hello-sent');
const closed = ended('tcp.closed-by-peer', 'hello-sent');
const silence = silent('hello-sent', 300);

const rows: Row[] = [
  ['only this name is reset', [reset, ...everyTrial('reset', { 'other-name': 'hello' })], 'failed tls.sni-filtered'],
  ['only this name is closed', [closed, ...everyTrial('closed', { 'other-name': 'hello' })], 'failed tls.sni-filtered'],
  ['only this name is swallowed', [silence, ...everyTrial('silent', { 'other-name': 'retry' })], 'failed tls.sni-filtered'],
  [
    'only this name is swallowed, and no name works as well',
    [silence, ...everyTrial('silent', { 'other-name': 'hello', 'without-name': 'hello' })],
    'failed tls.sni-filtered',
  ],
  ['every name is reset', [reset, ...everyTrial('reset')], 'failed tls.reset'],
  ['every name is closed', [closed, ...everyTrial('closed')], 'failed tls.closed'],
  ['every name is swallowed', [silence, ...everyTrial('silent')], 'failed tls.timeout'],
  [
    'another name has a short chain, and long answers get lost on the way',
    [silence, ...everyTrial('silent', { 'other-name': 'hello', 'small-answer': 'retry' })],
    'failed tls.timeout',
  ],
  ['the name is reset now and then', [reset, ...everyTrial('reset', { 'other-name': 'hello', 'tls13-only': 'hello' })], 'failed tls.reset'],
  ['the trials could not be made', [reset, ...everyTrial('connect-failed')], 'failed tls.reset'],
  ['only the other name was tried', [reset, tried('other-name', 'hello')], 'failed tls.reset'],

  [
    'a small hello is answered and a large one is not',
    [silence, ...everyTrial('hello', { large: 'silent', browser: 'silent', widest: 'silent' })],
    'failed tls.large-hello large',
  ],
  [
    'a small hello is answered and a large one is reset',
    [reset, ...everyTrial('hello', { large: 'reset' })],
    'failed tls.large-hello large',
  ],
  ['a small hello is answered and so is a large one', [silence, ...everyTrial('hello')], 'failed tls.timeout'],
  ['a small hello is answered and a large one refused', [silence, ...everyTrial('hello', { large: 'alert' })], 'failed tls.timeout'],

  [
    'no name works, any name does not',
    [alert(80), ...everyTrial('alert', { 'without-name': 'hello' })],
    'failed tls.unrecognized-name no-sni',
  ],
  [
    'no name works, any name is closed',
    [closed, ...everyTrial('closed', { 'without-name': 'hello' })],
    'failed tls.unrecognized-name no-sni',
  ],
  [
    'the name is rejected and no name works',
    [alert(112), ...everyTrial('alert', { 'without-name': 'hello' })],
    'failed tls.unrecognized-name no-sni',
  ],
  ['the name is rejected, whatever is offered', [alert(112), ...everyTrial('alert')], 'failed tls.unrecognized-name'],
  [
    'the name is rejected, another is not',
    [alert(112), ...everyTrial('alert', { 'other-name': 'hello', 'without-name': 'hello' })],
    'failed tls.unrecognized-name',
  ],
  ['the alert comes with and without a name', [alert(80), ...everyTrial('alert')], 'failed tls.alert'],
  [
    'the alert comes for this name alone',
    [alert(80), ...everyTrial('alert', { 'other-name': 'hello', 'without-name': 'hello' })],
    'failed tls.alert',
  ],
];

function judged(evidence: (ObservationDraft | ObservationDraft[])[]): { verdict: Verdict; observations: Observation[] } {
  const observations = numbered(upTo.connection(), ...evidence);
  return { verdict: diagnose(observations, contextOf()).verdict, observations };
}

function summary({ status, cause, scope }: Verdict): string {
  return [status, cause, ...scope].filter((word) => word !== null).join(' ');
}

describe('a handshake that fails, and what other hellos show', () => {
  test.each(rows)('%s', (_, evidence, expected) => {
    expect(summary(judged(evidence).verdict)).toBe(expected);
  });

  test.each(rows)('%s: in any order of the rules, with evidence and a sentence', (_, evidence, expected) => {
    const { observations } = judged(evidence);
    fc.assert(
      fc.property(fc.shuffledSubarray([...allRules], { minLength: allRules.length }), (rules) => {
        expect(summary(diagnose(observations, contextOf(), rules).verdict)).toBe(expected);
      }),
      { numRuns: 20 },
    );
    for (const finding of diagnose(observations, contextOf()).findings) {
      expect(finding.evidence.length).toBeGreaterThan(0);
      expect(sentenceFor(finding.cause, finding.detail)).not.toMatch(/undefined|null|\[object/);
    }
  });
});

describe('what silence could be besides', () => {
  const others = (evidence: (ObservationDraft | ObservationDraft[])[]): { open: string[]; out: string[] } => {
    const { alternatives, ruledOut } = judged(evidence).verdict;
    return { open: alternatives.map((one) => one.cause), out: ruledOut.map((one) => one.cause) };
  };

  test('is open while nothing was tried', () => {
    expect(others([silence])).toEqual({ open: ['route.mtu-black-hole', 'tls.large-hello', 'tls.sni-filtered'], out: ['tcp.stall'] });
  });

  test('is excluded by hellos that stay as silent', () => {
    expect(others([silence, ...everyTrial('silent')])).toEqual({
      open: [],
      out: ['route.mtu-black-hole', 'tls.large-hello', 'tls.sni-filtered', 'tcp.stall'],
    });
  });

  test('stays open where an answer of a hundred bytes comes through', () => {
    expect(others([silence, ...everyTrial('silent', { 'small-answer': 'retry' })]).open).toEqual(['route.mtu-black-hole']);
  });
});
