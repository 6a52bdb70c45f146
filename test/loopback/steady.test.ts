import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { runCommand } from './command.ts';
import { httpScenarios } from './rows/http.ts';
import { tcpScenarios } from './rows/tcp.ts';
import { tlsScenarios } from './rows/tls.ts';
import { commandLine } from './scenario-arguments.ts';
import { Stage } from './stage.ts';
import { verdictLine } from './verdict-line.ts';

/** Rows whose verdict rests on who ended the connection and when: a reset that overtakes bytes of either side must not change what is said. */
const racing = [...tcpScenarios, ...tlsScenarios, ...httpScenarios].filter(
  ({ when, verdict }) => /\.(reset|closed)$/.test(verdict) || /^the connection is reset/.test(when),
);
const walksAtOnce = 5;

const directory = mkdtempSync(join(tmpdir(), 'wirewalk-steady-'));
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.strike());
afterAll(() => rmSync(directory, { recursive: true }));

it.each(racing)('walks at the same time agree when $when: $verdict', async ({ walk: arrange, verdict }) => {
  const args = [...commandLine(await arrange(stage), directory), '--json'];
  const runs = await Promise.all(Array.from({ length: walksAtOnce }, () => runCommand(args, { directory })));
  const verdicts = runs.map(({ stdout }) => verdictLine((JSON.parse(stdout) as WalkReport).verdict));
  expect(verdicts).toEqual(Array.from({ length: walksAtOnce }, () => verdict));
});
