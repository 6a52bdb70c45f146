import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import { builtLab, missingHere } from './built-lab.ts';

const missing = await missingHere();

interface CommandResult {
  command: string;
  output: string;
}

/**
 * For each scenario what the commands that its verdict recommends must print between them: the facts of the finding, from another program. What
 * needs root (tcpdump, nft) prints nothing here: the walk and its commands run as an ordinary user.
 */
const facts: Readonly<Record<string, readonly RegExp[]>> = {
  'local-no-link': [/^eth0\S*\s+DOWN/m],
  'local-no-carrier': [/^eth0\S*\s+\S*DOWN.*NO-CARRIER/m],
  'local-no-address': [/^eth0\S*\s+UP\s+169\.254\.7\.7\/16/m],
  'local-no-address-at-all': [/^eth0\S*\s+UP\s+fe80:/m],
  'local-no-route': [/Network is unreachable/],
  'local-no-route-to-resolver': [/\$ ip route get 192\.0\.2\.53\n.*Network is unreachable/],
  'local-gateway-unresolved': [/default via 192\.168\.1\.1/, /^192\.168\.1\.1 dev eth0.*(FAILED|INCOMPLETE)/m],
  'local-gateway-unresolved-far-resolver': [/^192\.168\.1\.1 dev eth0.*(FAILED|INCOMPLETE)/m],
  'local-no-resolver': [/resolv\.conf/],
  'local-firewall-https': [/TcpExtTCPRetransFail\s+[1-9]/],
  'local-neighbor-unresolved': [/^192\.168\.1\.77 dev eth0.*(FAILED|INCOMPLETE)/m],
  'local-resource-limit': [/^50000\s+50000$/m],
  'local-captive-portal': [/^302 http:\/\/192\.168\.1\.1\/login$/m],
  'local-proxy-unreachable': [/^https_proxy=http:\/\/192\.168\.1\.2:3128$/m],
  'local-proxy-auth': [/407/],
  'local-proxy-denied': [/403/],
  'local-proxy-required': [/^no_proxy=\.shop\.example$/m, /timed out|Timeout/],
  'local-clock-wrong': [/Date: \w+, \d\d \w+ \d{4}/i],
  'route-proxy-upstream': [/503/],
};

describe.skipIf(missing.length > 0)('commands that a verdict about this host recommends', () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const scenarios = allScenarios.filter(({ id }) => facts[id] !== undefined);
    const engine = fileURLToPath(new URL('walk-and-commands.mjs', import.meta.url));
    for (const outcome of await runScenarios(scenarios, { engine, jobs: 2 })) outcomes.set(outcome.scenario.id, outcome);
  }, 400_000);

  it.each(Object.entries(facts))('show the same facts: %s', (id, patterns) => {
    const outcome = outcomes.get(id);
    expect(outcome?.reasons, `${id} is a scenario of the lab`).toEqual([]);
    const { commandResults } = JSON.parse(outcome?.run?.stdout ?? '{}') as { commandResults: CommandResult[] };
    const printed = commandResults.map(({ command, output }) => `$ ${command}\n${output}`).join('\n');
    for (const pattern of patterns) expect(printed).toMatch(pattern);
  });
});
