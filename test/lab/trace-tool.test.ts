import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import type { Scenario } from '../../lab/scenario/scenario.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { builtLab, missingHere } from './built-lab.ts';

const missing = await missingHere();

/** What a walk that cannot ask the kernel must still say: by datagrams of a program alone, and never more than they show. */
const rows = [
  { network: 'healthy-silent-routers', options: ['-4', '--trace'], verdict: 'ok', reachedAtTtl: 6 },
  { network: 'healthy-silent-routers', options: ['-6', '--trace'], verdict: 'ok', reachedAtTtl: 6 },
  { network: 'route-loop', options: ['-4'], verdict: 'failed route.loop', reachedAtTtl: null },
  { network: 'route-black-hole', options: ['-4'], verdict: 'failed tcp.timeout', reachedAtTtl: null },
  { network: 'tcp-timeout', options: ['-4'], verdict: 'failed tcp.timeout', reachedAtTtl: null },
].map((row) => ({ ...row, id: `tool-${row.network}${row.options[0]}` }));

describe.skipIf(missing.length > 0)('a walk that cannot ask the kernel', () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const engine = fileURLToPath(new URL('walk-without-addons.mjs', import.meta.url));
    const scenarios = rows.map(
      ({ id, network, options }): Scenario => ({ ...allScenarios.find((one) => one.id === network)!, id, options }),
    );
    for (const outcome of await runScenarios(scenarios, { engine, jobs: 1 })) outcomes.set(outcome.scenario.id, outcome);
  }, 300_000);

  it.each(rows)('has the path traced by a program: $network $options', ({ id, verdict, reachedAtTtl }) => {
    const report = JSON.parse(outcomes.get(id)?.run?.stdout ?? '{}') as WalkReport;
    expect([report.verdict.status, report.verdict.cause].filter((word) => word !== null).join(' ')).toBe(verdict);
    const paths = report.evidence.filter((one) => one.kind === 'route.path-traced');
    expect(paths.map(({ by, protocol }) => `${by} ${protocol}`)).toEqual(['traceroute udp']);
    expect(paths[0]?.reachedAtTtl).toBe(reachedAtTtl);
    expect(report.evidence.some((one) => one.kind === 'local.not-measured' && one.what === 'path')).toBe(true);
  });
});
