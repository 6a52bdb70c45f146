import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { parseDocument } from './document-schema.ts';
import { dnsScenarios } from './rows/dns.ts';
import { httpScenarios } from './rows/http.ts';
import { pageScenarios } from './rows/page.ts';
import { proxyScenarios } from './rows/proxy.ts';
import { tcpScenarios } from './rows/tcp.ts';
import { tlsScenarios } from './rows/tls.ts';
import { commandLine } from './scenario-arguments.ts';
import { expectTimingsToAddUp } from './sound-record.ts';
import { Stage } from './stage.ts';
import { verdictLine } from './verdict-line.ts';

const scenarios = [proxyScenarios, dnsScenarios, tcpScenarios, tlsScenarios, httpScenarios, pageScenarios]
  .flat()
  .filter(({ command }) => command);
const exitCodes = { ok: 0, degraded: 0, failed: 1, unclear: 3 } as const;

const directory = mkdtempSync(join(tmpdir(), 'wirewalk-command-'));
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.strike());
afterAll(() => rmSync(directory, { recursive: true }));

it.each(scenarios)('the command says when $when: $verdict', async ({ walk: arrange, verdict }) => {
  const run = await runCommand([...commandLine(await arrange(stage), directory), '--json'], { directory });
  const report = parseDocument(run.stdout);
  expect(verdictLine(report.verdict), run.stdout).toBe(verdict);
  expect(run.exitCode).toBe(exitCodes[report.verdict.status]);
  expect(run.stderr).toBe('');
  expect(report.verdict.summary).not.toBe('');
  expectTimingsToAddUp(report.timings);
});
