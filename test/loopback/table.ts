import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseProxyOption } from '../../src/cli/options/proxy.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Endpoint } from '../../src/model/observations/base.ts';
import type { WalkRecord } from '../../src/model/walk-record.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { readAuthorities, type TrustStore } from '../../src/system/trust-store.ts';
import type { Scenario, Walked } from './scenario.ts';
import { authorityFile } from './scenario-arguments.ts';
import { expectSound } from './sound-record.ts';
import { Stage } from './stage.ts';
import { verdictLine } from './verdict-line.ts';

/** Sets every row up, walks it with the real engine in this process, and holds verdict and record against what must be. */
export function playScenarios(family: string, scenarios: readonly Scenario[]): void {
  describe(family, () => {
    const directory = mkdtempSync(join(tmpdir(), 'wirewalk-rows-'));
    let stage: Stage;
    beforeAll(async () => {
      stage = await Stage.open();
    });
    afterEach(() => stage.strike());
    afterAll(() => rmSync(directory, { recursive: true }));

    it.each(scenarios)('when $when: $verdict', async ({ walk: arrange, verdict }) => {
      const record = await walkHere(await arrange(stage), directory);
      const diagnosis = diagnose(record.observations, record.context);
      const seen = record.observations.map((observation) => `\n${JSON.stringify(observation)}`).join('');
      expect(verdictLine(diagnosis.verdict), seen).toBe(verdict);
      expectSound(record, diagnosis);
    });
  });
}

function walkHere(walked: Walked, directory: string): Promise<WalkRecord> {
  const ports = systemPorts(walked.ca === undefined ? {} : { authorities: authoritiesIn(authorityFile(walked.ca, directory)) });
  const { resolvers = [], timeoutSeconds, family, expectStatus, expectText } = walked;
  const expectation = {
    ...(expectStatus === undefined ? {} : { statuses: [expectStatus] }),
    ...(expectText === undefined ? {} : { text: expectText }),
  };
  const options = {
    expect: expectation,
    resolvers: resolvers.map(endpointOf),
    proxy: walked.proxy === undefined ? ('none' as const) : parseProxyOption(walked.proxy),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
    ...(family === undefined ? {} : { family: `ipv${family}` as const }),
  };
  return walk(walked.url, options, ports);
}

function authoritiesIn(file: string): TrustStore {
  const read = readAuthorities(file);
  if (read.kind === 'unusable') throw new Error(read.reason);
  return read.store;
}

/** `address:port`, IPv4 only. */
function endpointOf(text: string): Endpoint {
  const [address = '', port = ''] = text.split(':');
  return { address, port: Number(port) };
}
