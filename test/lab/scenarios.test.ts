import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import { allScenarios } from '../../lab/scenarios/registry.ts';
import { builtLab, missingHere } from './built-lab.ts';

const wholeLabLimitMs = 15 * 60_000;

const missing = await missingHere();
const outcomes = new Map<string, Outcome>();

describe.skipIf(missing.length > 0)(`every scenario of the lab${missing.length > 0 ? ` (skipped: ${missing.join('; ')})` : ''}`, () => {
  beforeAll(async () => {
    const { runScenarios, allScenarios: built } = await builtLab();
    for (const outcome of await runScenarios(built)) outcomes.set(outcome.scenario.id, outcome);
  }, wholeLabLimitMs);

  it.each(allScenarios.map(({ id }) => id))('%s', (id) => {
    const outcome = outcomes.get(id);
    expect(outcome, `${id} was not run`).toBeDefined();
    expect(['passed', 'awaited'], outcome!.reasons.join('\n')).toContain(outcome!.result);
  });
});
