import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allScenarios, scenarioGroups } from '../scenarios/registry.ts';
import { renderCatalogue } from './catalogue.ts';

const path = fileURLToPath(new URL('../../docs/lab.md', import.meta.url));

describe('docs/lab.md', () => {
  it('is what the scenarios say', () => {
    const rendered = renderCatalogue(scenarioGroups);
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(path, rendered);
    expect(readFileSync(path, 'utf8'), 'run `npm run docs:update`').toBe(rendered);
  });

  it('names every scenario with its fault, how it is made, and what a naive tool says', () => {
    const rendered = renderCatalogue(scenarioGroups);
    for (const { id, fault, made, naive } of allScenarios) {
      for (const part of [`### ${id}\n`, fault, made, naive]) expect(rendered).toContain(part);
    }
  });
});
