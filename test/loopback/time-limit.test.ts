import { afterEach, expect, it } from 'vitest';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { runCommand } from './command.ts';
import { commandLine } from './scenario-arguments.ts';
import { Stage } from './stage.ts';

const stage = await Stage.open();
afterEach(() => stage.strike());

it('two silent addresses and --timeout 3 end within 3.6 s, not 6', async () => {
  const { port } = await stage.silent('127.0.0.1');
  await stage.silent('127.0.0.2', port);
  const resolvers = [await stage.resolver({ 'site.test': { records: { A: ['127.0.0.1', '127.0.0.2'] } } })];
  const run = await runCommand([...commandLine({ url: `https://site.test:${port}/`, resolvers, timeoutSeconds: 3 }, ''), '--json']);
  expect(run.durationMs).toBeLessThan(3600);
  expect(run.durationMs).toBeGreaterThan(2900);
  expect(run.exitCode).toBe(1);
  const { verdict, evidence } = JSON.parse(run.stdout) as WalkReport;
  expect(verdict.cause).toBe('tcp.timeout');
  const silent = evidence.filter((fact) => fact.kind === 'tcp.syn-unanswered');
  expect(silent.map(({ server }) => server.address).sort()).toEqual(['127.0.0.1', '127.0.0.2']);
});
