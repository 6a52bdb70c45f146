import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { parseDocument } from './document-schema.ts';
import { commandLine } from './scenario-arguments.ts';
import { expectTimingsToAddUp } from './sound-record.ts';
import { Stage } from './stage.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirewalk-healthy-'));
const stage = await Stage.open();
afterEach(() => stage.strike());
afterAll(() => rmSync(directory, { recursive: true }));

it('a healthy https site exits 0 with all eight checkpoints ok and timings that add up', async () => {
  const run = await runCommand([...commandLine(await stage.site({ '/': { chunks: 3 } }), directory), '--json']);
  const { verdict, checkpoints, timings, findings } = parseDocument(run.stdout);
  expect([run.exitCode, run.stderr]).toEqual([0, '']);
  expect(verdict).toMatchObject({ status: 'ok', checkpoint: null, cause: null, confidence: 'proven', browserError: null });
  expect(checkpoints.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'target ok',
    'local ok',
    'dns ok',
    'route ok',
    'tcp ok',
    'tls ok',
    'http ok',
    'page ok',
  ]);
  expect(findings).toEqual([]);
  expectTimingsToAddUp(timings);
  const { dnsMs, connectMs, tlsMs, requestMs, firstByteMs, contentMs, totalMs } = timings;
  expect([dnsMs, connectMs, tlsMs, requestMs, firstByteMs, contentMs, totalMs]).not.toContain(null);
  expect(timings.roundTrips).toBe(4);
});

it('--strict makes an impaired site exit 1', async () => {
  const notAfter = new Date(Date.now() + 86_400_000);
  const leaf = await stage.leaf({ notBefore: new Date(Date.now() - 89 * 86_400_000), notAfter });
  const args = commandLine(await stage.certified(leaf), directory);
  expect((await runCommand([...args, '--json'])).exitCode).toBe(0);
  expect((await runCommand([...args, '--json', '--strict'])).exitCode).toBe(1);
});

it('the text fits one screen and names verdict, checkpoints and the next step', async () => {
  const walked = await stage.named(null);
  const run = await runCommand(commandLine(walked, directory));
  expect(run.exitCode).toBe(1);
  const lines = run.stdout.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  for (const word of ['dns.nxdomain', 'target', 'local', 'dns', 'route', 'tcp', 'tls', 'http', 'page', '$ dig'])
    expect(run.stdout).toContain(word);
});
