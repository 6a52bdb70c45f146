import { describe, expect, test } from 'vitest';
import type { Answer } from '../model/answer.ts';
import type { Observation } from '../model/observation.ts';
import { answerLines } from './answer-lines.ts';
import { knownFacts } from './checkpoint-summary.ts';

const parsed = (scheme: 'http' | 'https'): Observation => {
  const port = scheme === 'http' ? 80 : 443;
  const url = `${scheme}://pay.bank.example/`;
  return {
    id: 'e1',
    hop: 0,
    kind: 'target.parsed',
    checkpoint: 'target',
    atMs: 0,
    url,
    scheme,
    host: 'pay.bank.example',
    hostKind: 'name',
    port,
  };
};
const stated = (entry: string | null): Observation => ({
  id: 'e2',
  hop: 0,
  kind: 'target.preload',
  checkpoint: 'target',
  atMs: 1,
  host: 'pay.bank.example',
  entry,
  list: 'Chromium',
  listDate: '2025-01-01',
});

const answer: Answer = {
  hop: 0,
  status: 200,
  edge: null,
  origin: null,
  parties: [],
  saidBy: 'unknown',
  author: null,
  says: null,
  cache: null,
  requestIds: [],
  serverTiming: [],
  via: [],
  retryAfterSeconds: null,
  transportSecurity: null,
  keepAliveSeconds: null,
  upgradedBy: null,
  limit: null,
  evidence: [],
};

describe('a name in the list that browsers bring along', () => {
  test('is said with the target, where plain http was typed', () => {
    expect(knownFacts('target', [parsed('http'), stated('bank.example')], true, 0)).toContain('browsers take https here');
    expect(knownFacts('target', [parsed('http'), stated(null)], true, 0)).not.toContain('browsers');
    expect(knownFacts('target', [parsed('http')], true, 0)).not.toContain('browsers');
    expect(knownFacts('target', [parsed('https'), stated('bank.example')], true, 0)).not.toContain('browsers');
  });

  test('is said with the answer, by which entry and of which day', () => {
    const listed = { entry: 'bank.example', list: 'Chromium', listDate: '2025-01-01' };
    expect(answerLines({ ...answer, upgradedBy: 'name', preloaded: listed })).toEqual([
      'a browser never asks in plain http here: bank.example is in its list of names reached by https alone (Chromium, 2025-01-01)',
    ]);
    const security = { maxAgeSeconds: 31_536_000, includeSubDomains: false, preload: true };
    const line = (preloaded: typeof listed | { entry: null; list: string; listDate: string } | null): string | undefined =>
      answerLines({ ...answer, transportSecurity: { ...security, preloaded } })[0];
    expect(line(listed)).toContain('and is: bank.example is in the list of Chromium (2025-01-01)');
    expect(line({ ...listed, entry: null })).toContain('and is not in the list of Chromium (2025-01-01)');
    expect(line(null)).toContain('is not known here');
  });
});
