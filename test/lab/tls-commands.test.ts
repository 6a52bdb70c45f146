import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import { builtLab, missingHere } from './built-lab.ts';

const missing = await missingHere();

interface CommandResult {
  command: string;
  output: string;
}

/** For each scenario what the commands that its verdict recommends must print between them: the facts of the finding, from another program. */
const facts: Readonly<Record<string, readonly RegExp[]>> = {
  'tls-cert-expired': [/notAfter=/],
  'tls-not-yet-valid': [/notBefore=|NotBefore: /],
  'tls-name-mismatch': [/DNS:www\.neighbour\.example/],
  'tls-self-signed': [/subject=CN = www\.shop\.example\n?.*issuer=CN = www\.shop\.example/s],
  'tls-unknown-ca': [/i:O = Shop Ltd, CN = Shop Ltd Internal CA/, /Verify return code: 19/],
  'tls-missing-intermediate': [/Verify return code: (20|21)/, /CA Issuers - URI:http:\/\/ca\.other\.example\/public-intermediate\.cer/],
  'tls-chain-expired': [/s:O = Practice Trust Services, CN = Practice Public CA 0/, /Verify return code: 10/],
  'tls-chain-expired-old-client': [/s:O = Practice Trust Services, CN = Practice Old Root/, /Verify return code: 10/],
  'tls-intercepted': [/issuer=O = Fortinet, CN = FortiGate CA/],
  'tls-revoked': [/Cert Status: revoked/, /Response verify OK|OCSP Response Status: successful/],
  'tls-revoked-by-list': [/Verify return code: 23/],
  'tls-wrong-usage': [/TLS Web Client Authentication|unsuitable certificate purpose|Verify return code: 26/],
  'tls-constrained': [/Practice Constrained CA|permitted subtree violation|Verify return code: 47/],
  'tls-given-authority-refuses': [/-CAfile \/run\/wirewalk-lab\/authorities\/old-root\.pem/, /Verify return code: (2|19|20|21)/],
};

describe.skipIf(missing.length > 0)('commands that a verdict about a certificate recommends', () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const scenarios = allScenarios.filter(({ id }) => facts[id] !== undefined);
    const engine = fileURLToPath(new URL('walk-and-commands.mjs', import.meta.url));
    for (const outcome of await runScenarios(scenarios, { engine, jobs: 2 })) outcomes.set(outcome.scenario.id, outcome);
  }, 400_000);

  it.each(Object.entries(facts))('show the same facts: %s', (id, patterns) => {
    const outcome = outcomes.get(id);
    expect(outcome?.run?.stdout, `${id} is a scenario of the lab`).toBeDefined();
    const { commandResults } = JSON.parse(outcome?.run?.stdout ?? '{}') as { commandResults: CommandResult[] };
    const printed = commandResults.map(({ command, output }) => `$ ${command}\n${output}`).join('\n');
    for (const pattern of patterns) expect(printed).toMatch(pattern);
  });
});
