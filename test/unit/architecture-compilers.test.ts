import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pureRooms } from '../architecture/rooms.ts';
import { root } from '../architecture/source-tree.ts';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, removed after the test. */
function project(contents: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'wirewalk-architecture-'));
  made.push(folder);
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function run(tool: string, parameters: readonly string[], folder: string): { status: number | null; output: string } {
  const result = spawnSync(join(root, 'node_modules', '.bin', tool), parameters, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

function readConfiguration(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, name), 'utf8')) as Record<string, unknown>;
}

describe('tsconfig.pure.json', () => {
  const impure: Readonly<Record<string, string>> = {
    process: 'export const x: unknown = process.env;',
    'global-process': 'export const x: unknown = globalThis.process;',
    buffer: 'export const x: unknown = Buffer.from([1]);',
    'buffer-type': 'export let x: Buffer | undefined;',
    'set-timeout': 'setTimeout(() => {}, 1);',
    'set-immediate': 'setImmediate(() => {});',
    fetch: "export const x: unknown = fetch('http://127.0.0.1/');",
    console: "console.log('x');",
    performance: 'export const x: number = performance.now();',
    crypto: 'export const x: unknown = crypto.randomUUID();',
    document: 'export const x: unknown = document;',
    'node-module': "import { readFileSync } from 'node:fs';\nexport const x: unknown = readFileSync;",
    'node-type': "export let x: import('node:net').Socket | undefined;",
    'timeout-type': 'export let x: NodeJS.Timeout | undefined;',
    dirname: 'export const x: string = import.meta.dirname;',
  };
  const pure: Readonly<Record<string, string>> = {
    'pure-parameter': 'export function use(process: { env: string }, fetch: () => number): string {\n  return process.env + fetch();\n}',
    'pure-globals': "export const x: string = new TextDecoder('utf-8').decode(new TextEncoder().encode(new URL('http://a/').href));",
    'pure-bytes': 'export const x: Uint8Array = new Uint8Array([1]).slice();',
  };

  it('covers every pure room', () => {
    const { include } = readConfiguration('tsconfig.pure.json') as { include: string[] };
    expect(include.filter((entry) => !entry.endsWith('.d.ts')).sort()).toEqual(pureRooms.map((name) => `src/${name}`).sort());
  });

  it('rejects what reaches for the outside, and only that', { timeout: 120_000 }, () => {
    const sources = Object.fromEntries(Object.entries({ ...impure, ...pure }).map(([name, text]) => [`room/${name}.ts`, `${text}\n`]));
    const folder = project({
      ...sources,
      'package.json': '{ "type": "module" }',
      'tsconfig.json': JSON.stringify({
        extends: join(root, 'tsconfig.pure.json'),
        compilerOptions: { rootDir: '/' },
        include: [join(root, 'src', 'pure-globals.d.ts'), 'room'],
      }),
    });
    const { status, output } = run('tsc', ['-p', folder, '--pretty', 'false'], folder);
    expect(status).not.toBe(0);
    const rejected = new Set([...output.matchAll(/room\/([a-z-]+)\.ts\(\d+,\d+\): error/g)].map((match) => match[1]));
    expect([...rejected].sort(), output).toEqual(Object.keys(impure).sort());
  });
});

describe('biome.json', () => {
  /** Rules of the project's configuration that object to these files. */
  function rulesThatObject(contents: Readonly<Record<string, string>>): string[] {
    // The version control setting points at this repository; everything else is taken as it stands.
    const configuration = { ...readConfiguration('biome.json'), vcs: { enabled: false }, $schema: undefined };
    const folder = project({ ...contents, 'biome.json': JSON.stringify(configuration), 'package.json': '{ "type": "module" }' });
    const { output } = run('biome', ['lint', '--error-on-warnings', '--max-diagnostics=none', '--colors=off', '.'], folder);
    expect(output).toMatch(/Checked \d+ files?/);
    return [...new Set([...output.matchAll(/lint\/[a-z]+\/([A-Za-z]+)/gi)].map((match) => match[1] ?? ''))].sort();
  }

  it('rejects an import cycle', { timeout: 60_000 }, () => {
    const a = "import { b } from './b.ts';\n\nexport const a = (): number => b();\n";
    expect(rulesThatObject({ 'src/a.ts': a, 'src/b.ts': "import { a } from './a.ts';\n\nexport const b = (): number => a();\n" })).toEqual([
      'noImportCycles',
    ]);
    expect(rulesThatObject({ 'src/a.ts': a, 'src/b.ts': 'export const b = (): number => 1;\n' })).toEqual([]);
  });

  it('rejects a file name that is not in kebab case', { timeout: 60_000 }, () => {
    const source = 'export const x = 1;\n';
    for (const name of ['walkReport.ts', 'WalkReport.ts', 'walk_report.ts', 'wälk.ts']) {
      expect(rulesThatObject({ [`src/${name}`]: source }), name).toEqual(['useFilenamingConvention']);
    }
    expect(rulesThatObject({ 'src/walk-report.ts': source, 'src/walk-report.test.ts': source, 'src/http1.ts': source })).toEqual([]);
  });

  it('rejects value imports of types and unprefixed Node modules', { timeout: 60_000 }, () => {
    const types = 'export interface Shape {\n  side: number;\n}\n';
    expect(
      rulesThatObject({
        'src/shape.ts': types,
        'src/use.ts': "import { Shape } from './shape.ts';\n\nexport const x: Shape = { side: 1 };\n",
      }),
    ).toEqual(['useImportType']);
    expect(rulesThatObject({ 'src/use.ts': "import { readFileSync } from 'fs';\n\nexport const x = readFileSync;\n" })).toEqual([
      'useNodejsImportProtocol',
    ]);
  });
});
