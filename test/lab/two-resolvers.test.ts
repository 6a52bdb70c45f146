import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../lab/scenario/scenario.ts';
import { addresses } from '../../lab/topology/plan.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { builtLab, missingHere } from './built-lab.ts';

const missing = await missingHere();

/** One way, on the link between the client and its gateway. */
const delayMs = 20;
const runs = 8;
/** What asking a second resolver may add to a request. */
const mostAddedMs = 10;

describe.skipIf(missing.length > 0)('a second resolver', () => {
  it(`adds less than ${mostAddedMs} ms to a request over a link of ${delayMs} ms`, async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const healthy = allScenarios.find(({ id }) => id === 'healthy')!;
    const network = (id: string, resolvers: readonly string[]): Scenario => ({
      ...healthy,
      id,
      expect: { status: 'ok', cause: null, evidence: [{ kind: 'http.response-received', where: { status: 200 } }] },
      changes: [
        ...healthy.changes,
        { link: { name: 'far', between: ['client', 'gateway'], delayMs } },
        { resolvConf: resolvers.map((address) => `nameserver ${address}`) },
      ],
    });
    const one = Array.from({ length: runs }, (_, index) => network(`one-resolver-${index}`, [addresses.gateway]));
    const two = Array.from({ length: runs }, (_, index) => network(`two-resolvers-${index}`, [addresses.gateway, addresses.resolver]));
    // By turns, so that whatever else this machine does falls on both.
    const outcomes = await runScenarios(
      one.flatMap((scenario, index) => [scenario, two[index]!]),
      { jobs: 1 },
    );
    expect(outcomes.flatMap(({ reasons }) => reasons)).toEqual([]);
    const reports = outcomes.map(({ run }) => JSON.parse(run?.stdout ?? '{}') as WalkReport);
    const asked = (report: WalkReport): number =>
      new Set(report.evidence.flatMap((entry) => (entry.kind === 'dns.answered' ? [entry.resolver.address] : []))).size;
    expect(reports.map(asked)).toEqual(one.flatMap(() => [1, 2]));
    const totals = reports.map((report) => report.timings.totalMs ?? Number.NaN);
    // The least of several: other work on this machine only ever adds.
    const least = (turn: number): number => Math.min(...totals.filter((_, index) => index % 2 === turn));
    const added = least(1) - least(0);
    console.info(`a second resolver added ${added.toFixed(1)} ms`);
    expect(added, `requests took ${totals.map(Math.round).join(', ')} ms`).toBeLessThan(mostAddedMs);
  }, 120_000);
});
