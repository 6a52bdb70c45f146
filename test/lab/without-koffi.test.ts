import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CauseCode } from '../../src/model/cause.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { builtLab, distFolder, missingHere } from './built-lab.ts';

const missing = await missingHere();
const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a walk says that cannot ask the kernel: the same, or the more general cause with the true one among its alternatives. */
const scenarios: Readonly<Record<string, readonly { cause: CauseCode | null; alternative?: CauseCode }[]>> = {
  healthy: [{ cause: null }],
  'tcp-timeout': [{ cause: 'tcp.timeout' }],
  'tcp-filtered': [{ cause: 'tcp.filtered' }],
  'tcp-refused': [{ cause: 'tcp.refused' }],
  'tcp-refused-by-middlebox': [{ cause: 'tcp.refused', alternative: 'tcp.reset-by-middlebox' }],
  'route-port-rejected': [{ cause: 'tcp.refused', alternative: 'route.filtered' }],
  'route-filtered': [{ cause: 'route.unreachable', alternative: 'route.filtered' }],
  'local-firewall-reject': [{ cause: 'route.unreachable', alternative: 'local.firewall' }],
  'tcp-reset-by-middlebox': [{ cause: 'tls.reset', alternative: 'tcp.reset-by-middlebox' }],
  'tcp-stall': [{ cause: 'tls.timeout', alternative: 'tcp.stall' }],
  'tls-timeout': [{ cause: 'tls.timeout' }],
  'tls-stalls-in-flight': [{ cause: 'tls.timeout' }],
  'route-mtu-black-hole': [{ cause: 'tls.timeout', alternative: 'route.mtu-black-hole' }],
  'route-mtu-black-hole-body': [{ cause: 'http.timeout', alternative: 'route.mtu-black-hole' }],
  'tcp-ipv6-broken': [{ cause: 'tcp.ipv6-broken' }],
  'route-one-path-dead': [{ cause: 'route.one-path-dead' }],
  'tcp-slow': [{ cause: 'tcp.slow' }],
  'tcp-filtered-on-the-way': [{ cause: 'tcp.filtered' }],
  'tcp-refused-some-flows': [{ cause: 'route.one-path-dead' }],
  'route-unreachable-ipv6-only': [{ cause: 'route.unreachable' }],
  'route-black-hole-of-everything': [{ cause: 'tcp.timeout', alternative: 'route.black-hole' }],
  'route-mtu-black-hole-ipv6': [{ cause: 'tls.timeout', alternative: 'route.mtu-black-hole' }],
};

describe.skipIf(missing.length > 0)(`without koffi${missing.length > 0 ? ` (cannot run here: ${missing.join('; ')})` : ''}`, () => {
  const folder = mkdtempSync(`${tmpdir()}/wirewalk-without-koffi-`);
  const reports = new Map<string, WalkReport>();

  beforeAll(async () => {
    // The built package with everything installed beside it but koffi.
    cpSync(distFolder, `${folder}/dist`, { recursive: true });
    cpSync(`${root}package.json`, `${folder}/package.json`);
    mkdirSync(`${folder}/node_modules`);
    const installed = readdirSync(`${root}node_modules`).filter((name) => !name.startsWith('.') && name !== 'koffi' && name !== '@koromix');
    for (const name of installed) symlinkSync(`${root}node_modules/${name}`, `${folder}/node_modules/${name}`);
    const { runScenarios, allScenarios } = await builtLab();
    const chosen = Object.keys(scenarios).map((id) => allScenarios.find((scenario) => scenario.id === id));
    expect(chosen.filter((scenario) => scenario === undefined)).toEqual([]);
    const outcomes = await runScenarios(
      chosen.filter((scenario) => scenario !== undefined),
      { engine: `${folder}/dist/src/cli/main.js` },
    );
    for (const { scenario, run } of outcomes) {
      const report = run === null || run.stdout === '' ? null : (JSON.parse(run.stdout) as WalkReport);
      if (report !== null) reports.set(scenario.id, report);
    }
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(Object.keys(scenarios))('%s: no wrong verdict', (id) => {
    const report = reports.get(id);
    expect(report, 'the walk printed a document').toBeDefined();
    const { cause, alternatives } = report!.verdict;
    const possible = alternatives.map((alternative) => alternative.cause);
    const allowed = scenarios[id] ?? [];
    const isAllowed = allowed.some((one) => one.cause === cause && (one.alternative === undefined || possible.includes(one.alternative)));
    expect(isAllowed, `${cause}, or ${possible.join(', ')}`).toBe(true);
  });

  it('what could not be asked is said', () => {
    const unmeasured = [...reports.values()].map((report) =>
      report.evidence.some((entry) => entry.kind === 'local.not-measured' && ['kernel-sockets', 'path'].includes(entry.what)),
    );
    expect(unmeasured.filter((said) => said).length).toBe(unmeasured.length);
  });
});
