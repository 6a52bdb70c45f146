import type { Scenario } from '../scenario/scenario.ts';
import { allScenarios, scenarioGroups } from '../scenarios/registry.ts';

/** The scenario with exactly this id. */
export function scenarioById(id: string): Scenario | undefined {
  return allScenarios.find((scenario) => scenario.id === id);
}

/** Scenarios whose id is one of the patterns, or matches it (`*` stands for anything), or whose group has its name; all when there is no pattern. */
export function selectScenarios(patterns: readonly string[]): Scenario[] {
  if (patterns.length === 0) return [...allScenarios];
  const chosen = new Set(patterns.flatMap(matching));
  return allScenarios.filter((scenario) => chosen.has(scenario));
}

function matching(pattern: string): readonly Scenario[] {
  const exact = scenarioById(pattern);
  if (exact) return [exact];
  const group = scenarioGroups[pattern];
  if (group) return group;
  const words = pattern.split('*').map((word) => word.replaceAll(/[^a-z0-9-]/g, ''));
  const expression = new RegExp(`^${words.join('.*')}$`);
  return allScenarios.filter(({ id }) => expression.test(id));
}
