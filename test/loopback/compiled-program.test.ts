import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownCaptures } from '../../fixtures/captures/make/collection.ts';
import { commandFile, runCommand } from './command.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'wirewalk-compiled-'));
const capture = join(directory, 'everything.pcapng');
const commands = [
  ['--help'],
  ['explain', 'tls.cert-expired'],
  ['read', capture],
  ['read', capture, '--bundle', join(directory, 'evidence.zip')],
  ['read', join(directory, 'missing.pcap')],
  ['walk', '--no-such-option'],
];

/** What one run printed, and its exit code. */
async function said(file: string, args: readonly string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await runCommand(args, { file, directory });
  return { exitCode, stdout, stderr };
}

/** The built command in a package of its own, without the files that match. */
function copyWithout(name: string, left: RegExp): string {
  const folder = join(directory, name);
  cpSync(dirname(commandFile), join(folder, 'dist/src/cli'), { recursive: true, filter: (path) => !left.test(path) });
  for (const beside of ['data', 'node_modules', 'package.json']) symlinkSync(join(repository, beside), join(folder, beside));
  return join(folder, 'dist/src/cli/main.js');
}

beforeAll(() => writeFileSync(capture, ownCaptures().find(({ name }) => name === 'everything.pcapng')!.bytes));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the program as the engine has compiled it', () => {
  it('is there, for the engine that built the package', () => {
    const own = ['read', 'walk'].map((command) => `program-${command}-${process.versions.v8}-${process.arch}.compiled`);
    expect(readdirSync(dirname(commandFile)).filter((name) => name.endsWith('.compiled'))).toEqual(own);
  });

  it('is made of a source in ASCII, which needs no decoding', () => {
    expect(readFileSync(join(dirname(commandFile), 'program.cjs'), 'latin1')).toMatch(/^[\0-\x7f]*$/);
  });

  it.each(commands.map((args) => [args.map((arg) => arg.replace(directory, '')).join(' '), args] as const))(
    'says what its parts say, and either does without the other: %s',
    async (name, args) => {
      const whole = await said(commandFile, args);
      const compiled = copyWithout(`compiled ${name}`.replaceAll('/', ' '), /part-(read|walk|process)-/);
      const parts = copyWithout(`parts ${name}`.replaceAll('/', ' '), /\.compiled$/);
      expect(await said(compiled, args)).toEqual(whole);
      expect(await said(parts, args)).toEqual(whole);
    },
  );

  it('is passed over when it is damaged', async () => {
    const damaged = copyWithout('damaged', /no such file/);
    for (const name of readdirSync(dirname(damaged))) if (name.endsWith('.compiled')) truncateSync(join(dirname(damaged), name), 100_000);
    expect(await said(damaged, ['read', capture])).toEqual(await said(commandFile, ['read', capture]));
  });
});
