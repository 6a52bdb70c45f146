import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import { builtLab, missingHere } from './built-lab.ts';

interface CommandResult {
  command: string;
  output: string;
}

/** For each scenario what the commands that its verdict recommends must print between them: the facts of the finding, from another program. */
export type CommandFacts = Readonly<Record<string, readonly RegExp[]>>;

const limitMs = 400_000;

/** Tests that walk scenarios, run in the same network the commands that the verdict recommends, and look for the facts. */
export async function describeCommands(about: string, facts: CommandFacts): Promise<void> {
  const missing = await missingHere();
  const title = `commands that a verdict about ${about} recommends`;
  describe.skipIf(missing.length > 0)(missing.length > 0 ? `${title} (cannot run here: ${missing.join('; ')})` : title, () => {
    const outcomes = new Map<string, Outcome>();

    beforeAll(async () => {
      const { runScenarios, allScenarios } = await builtLab();
      const scenarios = allScenarios.filter(({ id }) => facts[id] !== undefined);
      const engine = fileURLToPath(new URL('walk-and-commands.mjs', import.meta.url));
      for (const outcome of await runScenarios(scenarios, { engine, jobs: 2 })) outcomes.set(outcome.scenario.id, outcome);
    }, limitMs);

    it.each(Object.entries(facts))('show the same facts: %s', (id, patterns) => {
      const outcome = outcomes.get(id);
      expect(outcome?.reasons, `${id} is a scenario of the lab`).toEqual([]);
      const { commandResults } = JSON.parse(outcome?.run?.stdout ?? '{}') as { commandResults: CommandResult[] };
      const printed = commandResults.map(({ command, output }) => `$ ${command}\n${output}`).join('\n');
      for (const pattern of patterns) expect(printed).toMatch(pattern);
    });
  });
}
