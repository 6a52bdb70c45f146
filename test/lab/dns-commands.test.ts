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
  'dns-nxdomain': [/shop\.example\.\s+\d+\s+IN\s+SOA[\s\S]*from 203\.0\.113\.130|shop\.example\.\s+\d+\s+IN\s+SOA/],
  'dns-no-data': [/status: NOERROR/, /ANSWER: 0/, /shop\.example\.\s+\d+\s+IN\s+SOA/],
  'dns-servfail': [/status: SERVFAIL[\s\S]*status: SERVFAIL/, /203\.0\.113\.1[01]/],
  'dns-dnssec-expired': [/status: SERVFAIL/, /www\.shop\.example\.\s+\d+\s+IN\s+A\s+203\.0\.113\.10/],
  'dns-dnssec-wrong-ds': [/status: SERVFAIL/, /www\.shop\.example\.\s+\d+\s+IN\s+A\s+203\.0\.113\.10/],
  'dns-authority-unreachable': [/communications error to (203\.0\.113\.130|198\.51\.100\.66)#53: timed out/],
  'dns-lame-delegation': [/status: REFUSED/],
  'dns-half-lame': [/SERVER: 198\.51\.100\.66|status: REFUSED/],
  'dns-not-delegated': [/^example\.\s+\d+\s+IN\s+SOA/m],
  'dns-refused': [/status: REFUSED/],
  'dns-notimp': [/status: NOTIMP[\s\S]*status: NOTIMP/],
  'dns-filtered': [/status: NXDOMAIN[\s\S]*status: NOERROR/, /203\.0\.113\.10/],
  'dns-no-usable-address': [/2001:db8:113:1::10/, /eth0\S*\s+UP\s+192\.168\.1\.42\/24\s*$/m],
  'dns-search-domain': [/status: NXDOMAIN/, /203\.0\.113\.10\s+STREAM|www\.shop\.example/, /^search example$/m],
  'dns-timeout': [/192\.168\.1\.1#53: timed out/],
  'dns-resolver-unreachable': [/192\.168\.1\.1#53: connection refused/],
  'dns-malformed': [/bad packet/],
  'dns-truncated': [/connection refused/, /flags: qr tc/],
  'dns-edns-broken-formerr': [/status: FORMERR[\s\S]*status: NOERROR/],
  'dns-cname-loop': [/alias\.shop\.example\.\s+\d+\s+IN\s+CNAME\s+second\.shop\.example/],
  'dns-cname-dangling': [/CNAME\s+gone\.other\.example/, /NXDOMAIN|other\.example\.\s+\d+\s+IN\s+SOA/],
  'dns-wrong-address-stale': [/203\.0\.113\.50[\s\S]*203\.0\.113\.10/],
  'dns-bogus-address-zero': [/\s0\.0\.0\.0\n[\s\S]*203\.0\.113\.10/],
  'dns-hosts-override-dead': [/203\.0\.113\.50\s+STREAM/, /^203\.0\.113\.10$/m],
  'dns-split-horizon': [/203\.0\.113\.70[\s\S]*203\.0\.113\.1[01]/],
  'dns-inconsistent': [/\s7 3600 600 86400 60 from server/, /\s0 3600 600 86400 60 from server/],
  'dns-intercepted': [/flags:[^;]* ra/],
  'dns-flaky': [/\d+ status: NOERROR/, /\d+ status: SERVFAIL/],
  'dns-one-resolver-broken': [/192\.0\.2\.53#53: timed out/],
  'dns-aaaa-broken': [/203\.0\.113\.10[\s\S]*timed out/],
  'dns-slow': [/Query time: 7\d\d msec/],
};

describe.skipIf(missing.length > 0)('commands that a verdict about a name recommends', () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const scenarios = allScenarios.filter(({ id }) => facts[id] !== undefined);
    const engine = fileURLToPath(new URL('walk-and-commands.mjs', import.meta.url));
    for (const outcome of await runScenarios(scenarios, { engine, jobs: 2 })) outcomes.set(outcome.scenario.id, outcome);
  }, 400_000);

  it.each(Object.entries(facts))('show the same facts to dig: %s', (id, patterns) => {
    const outcome = outcomes.get(id);
    expect(outcome?.reasons, `${id} is a scenario of the lab`).toEqual([]);
    const { commandResults } = JSON.parse(outcome?.run?.stdout ?? '{}') as { commandResults: CommandResult[] };
    const printed = commandResults.map(({ command, output }) => `$ ${command}\n${output}`).join('\n');
    for (const pattern of patterns) expect(printed).toMatch(pattern);
  });
});
