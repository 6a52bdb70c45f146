import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import { allScenarios } from '../../lab/scenarios/registry.ts';
import { builtLab, missingHere } from './built-lab.ts';

const wholeLabLimitMs = 25 * 60_000;
/** A machine that is busy for a moment looks like a network that is slow: so many may be walked once more, alone. More is no coincidence. */
const mostRepeated = 12;

const missing = await missingHere();
const outcomes = new Map<string, Outcome>();

describe.skipIf(missing.length > 0)(`every scenario of the lab${missing.length > 0 ? ` (skipped: ${missing.join('; ')})` : ''}`, () => {
  beforeAll(async () => {
    const { runScenarios, allScenarios: built } = await builtLab();
    for (const outcome of await runScenarios(built)) outcomes.set(outcome.scenario.id, outcome);
    const unlike = [...outcomes.values()].filter(({ result }) => result === 'failed' || result === 'error');
    if (unlike.length > mostRepeated) return;
    for (const { scenario, reasons } of unlike) console.log(`${scenario.id} is walked once more, alone: ${reasons.join('; ')}`);
    const again = await runScenarios(
      unlike.map(({ scenario }) => scenario),
      { jobs: 1 },
    );
    for (const outcome of again) outcomes.set(outcome.scenario.id, outcome);
  }, wholeLabLimitMs);

  it.each(allScenarios.map(({ id }) => id))('%s', (id) => {
    const outcome = outcomes.get(id);
    expect(outcome, `${id} was not run`).toBeDefined();
    expect(['passed', 'awaited'], outcome!.reasons.join('\n')).toContain(outcome!.result);
  });
});
