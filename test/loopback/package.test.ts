import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { plainEnvironment, runCommand } from './command.ts';
import { commandLine } from './scenario-arguments.ts';
import { Stage } from './stage.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'wirewalk-package-'));
const command = join(directory, 'node_modules', '.bin', 'wirewalk');
const { version } = readJson(join(repository, 'package.json')) as { version: string };

interface Lock {
  lockfileVersion: number;
  packages: Record<string, { dev?: boolean; dependencies?: object; optionalDependencies?: object }>;
}

/**
 * Packs what would be published and installs it with npm, dependencies pinned as in this repository's lock file. They come from npm's cache,
 * where installing this repository left them, so that no network is needed.
 */
beforeAll(() => {
  const [packed] = JSON.parse(npm(repository, 'pack', '--json', '--ignore-scripts', '--pack-destination', directory)) as {
    filename: string;
  }[];
  const tarball = `file:${packed?.filename}`;
  const lock = readJson(join(repository, 'package-lock.json')) as Lock;
  const { '': self, ...others } = lock.packages;
  const needed = Object.entries(others).filter(([, entry]) => entry.dev !== true);
  const { dependencies = {}, optionalDependencies = {} } = self ?? {};
  const project = { name: 'installs-wirewalk', version: '1.0.0', private: true, dependencies: { wirewalk: tarball } };
  const packages = {
    '': project,
    ...Object.fromEntries(needed),
    'node_modules/wirewalk': { version, resolved: tarball, dependencies, optionalDependencies, bin: { wirewalk: 'dist/src/cli/main.js' } },
  };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(project));
  writeFileSync(join(directory, 'package-lock.json'), JSON.stringify({ ...project, lockfileVersion: lock.lockfileVersion, packages }));
  npm(directory, 'ci', '--prefer-offline', '--no-audit', '--no-fund');
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function npm(where: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd: where, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

it('the installed command says its version', () => {
  expect(execFileSync(command, ['--version'], { encoding: 'utf8', env: plainEnvironment() }).trim()).toBe(version);
});

it('the package holds its tables, and says whose data they are', () => {
  const data = join(directory, 'node_modules', 'wirewalk', 'data');
  expect(readdirSync(data).sort()).toEqual(['NOTICE.md', 'address-owners.bin', 'preloaded-names.bin']);
});

it('the installed command walks a healthy site', async () => {
  const stage = await Stage.open();
  try {
    const args = commandLine(await stage.site({ '/': {} }), directory);
    const run = await runCommand([...args, '--json'], { file: command, directory });
    expect(run.exitCode).toBe(0);
    expect((JSON.parse(run.stdout) as WalkReport).verdict).toMatchObject({ status: 'ok', checkpoint: null, cause: null });
  } finally {
    await stage.strike();
  }
});

it('the public interface is importable and has its types', () => {
  const code = "import('wirewalk').then((wirewalk) => console.log(typeof wirewalk.walk, typeof wirewalk.diagnose))";
  expect(execFileSync(process.execPath, ['-e', code], { cwd: directory, encoding: 'utf8' }).trim()).toBe('function function');
  expect(readdirSync(join(directory, 'node_modules', 'wirewalk', 'dist', 'src'))).toContain('index.d.ts');
});

it('the package holds no tests and no sources outside dist', () => {
  const root = join(directory, 'node_modules', 'wirewalk');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => !file.startsWith('node_modules'));
  expect(files.filter((file) => /\.test\.|fixtures|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['package.json', 'LICENSE', 'dist/src/cli/main.js', 'dist/lab/demo.js']));
});
