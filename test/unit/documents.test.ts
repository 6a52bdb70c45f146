import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandPages } from '../../src/cli/command-tree.ts';
import { exitMeanings } from '../../src/cli/exit-code.ts';
import { renderManual } from '../../src/cli/manual.ts';
import { commandsFor } from '../../src/cli/program.ts';
import { packageVersion } from '../../src/cli/version.ts';
import { causes } from '../../src/model/causes/registry.ts';
import { root, typescriptFilesBelow } from '../architecture/source-tree.ts';
import { renderCausesDocument } from '../documents/causes-document.ts';
import { testEnvironment } from './cli-environment.ts';

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
];

describe('documents', () => {
  it('point at files that exist', () => {
    const missing = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => join(dirname(path), match[1] ?? ''))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('name source files and folders that exist', () => {
    const named = documents.flatMap((path) =>
      [...read(path).matchAll(/`((?:src|test|lab|bench|fixtures|docs|\.ci)\/[A-Za-z0-9./_-]*)`/g)].map((match) => ({
        path,
        target: match[1] ?? '',
      })),
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(({ target }) => !existsSync(join(root, target)))).toEqual([]);
  });

  it('number decisions one after the other, as their titles do', () => {
    const files = readdirSync(join(root, 'docs/decisions')).sort();
    expect(files.map((file) => Number(file.slice(0, 4)))).toEqual(files.map((_, index) => index + 1));
    for (const file of files) expect(read(`docs/decisions/${file}`), file).toMatch(new RegExp(`^# ${Number(file.slice(0, 4))}\\. `));
  });

  it('name scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((path) =>
      [...read(path).matchAll(/npm (?:run )?(test|[a-z]+:[a-z]+|(?<=run )[a-z]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(named).toEqual(expect.arrayContaining(['test', 'demo', 'check']));
    for (const name of named) expect(Object.keys(scripts), name).toContain(name);
  });
});

describe('docs/causes.md', () => {
  it('is what the registry says', () => {
    const path = 'docs/causes.md';
    const rendered = renderCausesDocument(causes);
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(join(root, path), rendered);
    expect(read(path), 'run `npm run docs:update`').toBe(rendered);
  });
});

describe('docs/references.md', () => {
  const listed = [...read('docs/references.md').matchAll(/^\| \[(\d+)\]\(https:\/\/www\.rfc-editor\.org\/rfc\/rfc(\d+)\) \| (\S.*) \|$/gm)];

  it('lists every RFC that the source cites', () => {
    const cited = new Set(
      typescriptFilesBelow('src').flatMap(({ source }) => [...source.matchAll(/\bRFC (\d+)\b/g)].map((match) => Number(match[1]))),
    );
    expect(cited.size).toBeGreaterThan(50);
    const numbers = new Set(listed.map((match) => Number(match[1])));
    expect([...cited].filter((number) => !numbers.has(number)).sort((a, b) => a - b)).toEqual([]);
  });

  it('lists each once, in order, with its own link', () => {
    const numbers = listed.map((match) => Number(match[1]));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    for (const [, shown, linked] of listed) expect(linked).toBe(shown);
  });
});

describe('docs/dependencies.md', () => {
  it('lists every dependency with its version', () => {
    const manifest = JSON.parse(read('package.json')) as Partial<Record<string, Record<string, string>>>;
    const wanted = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((group) => Object.entries(manifest[group] ?? {}));
    const listed = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| (\S+) \| ([^|]+) \| ([^|]+) \|/gm)].map(
      (match) => [match[1] ?? '', match[2] ?? ''] as [string, string],
    );
    expect(listed.toSorted()).toEqual(wanted.toSorted());
    for (const [name, version] of wanted) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('gives the licence each package states', () => {
    for (const [, name, licence] of read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| \S+ \| ([^|]+) \|/gm)) {
      const path = `node_modules/${name}/package.json`;
      // Optional packages may be absent.
      if (existsSync(join(root, path))) expect((JSON.parse(read(path)) as { license: string }).license, name).toBe(licence);
    }
  });
});

describe('continuous integration', () => {
  it("runs the README's commands", () => {
    const readme = read('README.md');
    for (const command of ['npm ci && npm run demo', 'npm ci && npm test']) expect(readme).toMatch(new RegExp(`^${command}$`, 'm'));
    expect(read('.ci/run')).toContain('npm ci && npm test');
  });
});

describe('docs/wirewalk.1', () => {
  it('is what the options of the command say', () => {
    const pages = commandPages(commandsFor(testEnvironment(), () => {}));
    const rendered = renderManual(pages, { version: packageVersion(), exitMeanings });
    const path = 'docs/wirewalk.1';
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(join(root, path), rendered);
    expect(read(path), 'npm run docs:update').toBe(rendered);
  });
});
