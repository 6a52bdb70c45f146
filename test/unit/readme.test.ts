import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allScenarios } from '../../lab/scenarios/registry.ts';
import { commandPages } from '../../src/cli/command-tree.ts';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { commandsFor } from '../../src/cli/program.ts';
import { root } from '../architecture/source-tree.ts';
import { testEnvironment } from './cli-environment.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('README.md', () => {
  const examples = [...readme.matchAll(/`lab up ([\w-]+)`[^\n]*\n\n```text\n([\s\S]*?)```/g)].map(([, id, text]) => ({
    id: id!,
    text: text!,
  }));

  it('shows five examples that the lab has, each with the verdict the lab expects', () => {
    expect(examples).toHaveLength(5);
    for (const { id, text } of examples) {
      const scenario = allScenarios.find((one) => one.id === id);
      expect(scenario, id).toBeDefined();
      expect(text, id).toContain(scenario!.expect.cause);
    }
  });

  it('names every exit code', () => {
    for (const code of Object.values(exitCodes)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
  });

  it('names options that exist', () => {
    const pages = commandPages(commandsFor(testEnvironment(), () => {}));
    const known = new Set(pages.flatMap((page) => page.options.flatMap(({ long, short }) => [long, short])));
    const named = [...readme.matchAll(/(?<=[\s`(])(--[a-z][a-z-]+|-[a-z46])(?=[\s`,;)\]])/g)].map(([name]) => name);
    const foreign = new Set(['-sS', '-i', '-n', '-o', '-40', '--max-time']);
    expect(named.filter((name) => !known.has(name) && !foreign.has(name))).toEqual([]);
  });
});
