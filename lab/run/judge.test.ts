import { describe, expect, it } from 'vitest';
import { type CauseCode, causeCodes, checkpointOf } from '../../src/model/cause.ts';
import { checkpointIds } from '../../src/model/checkpoint.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { allScenarios } from '../scenarios/registry.ts';
import { differences } from './judge.ts';

const checkpoints = checkpointIds.map((id) => ({ id, status: 'ok', startMs: 0, durationMs: 1, summary: '', findings: [], evidence: [] }));
const timings = { dnsMs: 1, connectMs: 1, tlsMs: 1, requestMs: 1, firstByteMs: 1, contentMs: 1, totalMs: 6, roundTripMs: 1, serverMs: 0 };

/** An engine that looks at nothing and always says this. */
function engineSaying(status: string, cause: CauseCode | null): unknown {
  const verdict = { status, checkpoint: cause === null ? null : checkpointOf(cause), cause, scope: [], alternatives: [], ruledOut: [] };
  const findings = cause === null ? [] : [{ id: 'f1', cause, severity: 'failure', evidence: [] }];
  return { schema: 'wirewalk.walk/1', verdict, checkpoints, findings, evidence: [], timings };
}

const passing = (document: unknown, exitCode: number): string[] =>
  allScenarios.filter((scenario) => differences(scenario, { exitCode, document }).length === 0).map(({ id }) => id);

describe('the judge', () => {
  it('lets no scenario pass for an engine that always says ok', () => {
    expect(passing(engineSaying('ok', null), 0)).toEqual([]);
  });

  it('lets no scenario pass for an engine that always says failed, whatever the cause', () => {
    expect(passing(engineSaying('failed', null), 1)).toEqual([]);
    for (const code of causeCodes) {
      expect(passing(engineSaying('failed', code), 1), code).toEqual([]);
      expect(passing(engineSaying('failed', code), 2), code).toEqual([]);
      expect(passing(engineSaying('degraded', code), 0), code).toEqual([]);
    }
  });

  it('lets no scenario pass for an engine that says nothing, or something else', () => {
    for (const document of [
      null,
      'ok',
      7,
      [],
      {},
      { schema: 'wirewalk.walk/1' },
      { schema: 'wirewalk.walk/1', verdict: null, checkpoints: 3 },
    ]) {
      expect(passing(document, 0)).toEqual([]);
    }
  });

  const scenario: Scenario = {
    id: 'sample',
    title: '',
    fault: '',
    made: '',
    naive: '',
    changes: [],
    url: 'http://site.example/',
    expect: {
      status: 'failed',
      cause: 'tcp.refused',
      scope: ['ipv4'],
      evidence: [{ kind: 'tcp.syn-refused', where: { 'server.address': '203.0.113.10', ttl: { oneOf: [64, null] } }, atLeast: 1 }],
    },
    proof: [],
  };
  const report = {
    ...(engineSaying('failed', 'tcp.refused') as object),
    verdict: { status: 'failed', checkpoint: 'tcp', cause: 'tcp.refused', scope: ['ipv4'] },
    findings: [{ id: 'f1', cause: 'tcp.refused', evidence: ['e1'] }],
    evidence: [{ id: 'e1', kind: 'tcp.syn-refused', server: { address: '203.0.113.10', port: 80 }, ttl: null }],
  };

  it('has nothing to say against the right verdict with its evidence', () => {
    expect(differences(scenario, { exitCode: 1, document: report })).toEqual([]);
  });

  it('names every difference', () => {
    expect(differences(scenario, { exitCode: 0, document: report })).toEqual(['exit code is 0, not 1']);
    expect(differences(scenario, { exitCode: 1, document: { ...report, evidence: [] } })).toEqual([
      'the finding of tcp.refused cites no evidence of the document',
      'evidence tcp.syn-refused {"server.address":"203.0.113.10","ttl":{"oneOf":[64,null]}}: 0 of 1',
    ]);
    expect(differences(scenario, { exitCode: 1, document: { ...report, checkpoints: checkpoints.slice(1) } })).toEqual([
      'the eight checkpoints are not all there, in order',
    ]);
    expect(differences(scenario, { exitCode: 1, document: { ...report, verdict: { ...report.verdict, cause: 'tcp.timeout' } } })).toEqual([
      'cause is tcp.timeout, not tcp.refused',
    ]);
  });
});
