import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../lab/run/runner.ts';
import type { BundleManifest } from '../../src/model/bundle-manifest.ts';
import type { CheckpointId } from '../../src/model/checkpoint.ts';
import { checkpointIds, checkpointOrder } from '../../src/model/checkpoint.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { builtLab, missingHere } from './built-lab.ts';

const missing = await missingHere();

interface HandedOver extends WalkReport {
  handedOver: { worksheet: string; note: string; html: string; bundle: Record<string, string> };
  commandResults: { checkpoint: CheckpointId; command: string; output: string }[];
}

interface Expected {
  /** Title of the section that failed, and its outcome. */
  section: string;
  outcome: RegExp;
  /** What public tools must print, by checkpoint. */
  tools: Partial<Record<CheckpointId, RegExp>>;
}

/** A scenario of each checkpoint. */
const scenarios: Readonly<Record<string, Expected>> = {
  healthy: {
    section: 'HTTP',
    outcome: /^200/,
    tools: { dns: /status: NOERROR[\s\S]*203\.0\.113\.1[01]/, tcp: /succeeded|open/, tls: /notAfter=/, http: /HTTP\/[\d.]+ 200/ },
  },
  'target-unsafe-port': { section: 'Target', outcome: /unsafe port/, tools: {} },
  'local-no-link': { section: 'This computer', outcome: /no link/, tools: { local: /^eth0\S*\s+DOWN/m } },
  'dns-nxdomain': { section: 'DNS', outcome: /^NXDOMAIN$/, tools: { dns: /status: NXDOMAIN[\s\S]*status: NXDOMAIN/ } },
  'route-unreachable': { section: 'Route', outcome: /^suspect \(unreachable\)$/, tools: { route: /![HN]/ } },
  'tcp-refused': { section: 'TCP', outcome: /^refused$/, tools: { tcp: /refused/ } },
  'tls-cert-expired': { section: 'TLS', outcome: /^certificate expired$/, tools: { tls: /notAfter=\w{3} +\d+ [\d:]+ \d{4} GMT/ } },
  'http-bad-gateway': { section: 'HTTP', outcome: /^502/, tools: { http: /HTTP\/[\d.]+ 502[\s\S]*^502 dns /m } },
  'page-blank': { section: 'Page', outcome: /blank/, tools: { http: /HTTP\/[\d.]+ 200/ } },
};

const titles: Readonly<Record<string, CheckpointId>> = {
  Target: 'target',
  'This computer': 'local',
  DNS: 'dns',
  Route: 'route',
  TCP: 'tcp',
  TLS: 'tls',
  HTTP: 'http',
  Page: 'page',
};

describe.skipIf(missing.length > 0)('what is handed over', () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const chosen = allScenarios.filter(({ id }) => scenarios[id] !== undefined);
    const engine = fileURLToPath(new URL('hand-over.mjs', import.meta.url));
    for (const outcome of await runScenarios(chosen, { engine, jobs: 2 })) outcomes.set(outcome.scenario.id, outcome);
  }, 400_000);

  const handedOver = (id: string): HandedOver => {
    const outcome = outcomes.get(id);
    expect(outcome?.reasons, `${id} is a scenario of the lab`).toEqual([]);
    return JSON.parse(outcome?.run?.stdout ?? '{}') as HandedOver;
  };

  describe.each(Object.entries(scenarios))('%s', (id, { section, outcome, tools }) => {
    it('fills in the worksheet up to the first failing checkpoint', () => {
      const report = handedOver(id);
      const { worksheet } = report.handedOver;
      const found = Object.fromEntries(
        [...worksheet.matchAll(/^## (.+)\n\nOutcome: \*\*(.*)\*\*$/gm)].map(([, title, words]) => [title!, words!.replaceAll('\\', '')]),
      );
      expect(Object.keys(found)).toEqual(Object.keys(titles));
      expect(found[section]).toMatch(outcome);
      const failed = report.checkpoints.find((checkpoint) => checkpoint.status === 'failed');
      for (const [title, checkpoint] of Object.entries(titles)) {
        const isAfter = failed !== undefined && checkpointOrder(checkpoint) > checkpointOrder(failed.id);
        expect(found[title]!.startsWith('not reached because'), `${title}: ${found[title]}`).toBe(isAfter);
      }
      // Every cited piece of evidence exists.
      const ids = new Set(report.evidence.map((one) => one.id));
      for (const [, cited] of worksheet.matchAll(/\((e\d+(?:, e\d+)*)\)/g))
        for (const one of cited!.split(', ')) expect(ids).toContain(one);
    });

    it('writes the note in four parts and at most 12 lines', () => {
      const { handedOver: made, verdict } = handedOver(id);
      const lines = made.note.trimEnd().split('\n');
      expect(lines.length).toBeLessThanOrEqual(12);
      for (const label of ['Symptom', 'Evidence', 'First failing step', 'Next check'])
        expect(made.note).toMatch(new RegExp(`^${label}: \\S`, 'm'));
      if (verdict.status === 'failed') expect(made.note).toContain(verdict.nested?.cause ?? verdict.cause);
    });

    it('draws the page: verdict, a row for each checkpoint, evidence for each claim', () => {
      const { handedOver: made, verdict, evidence } = handedOver(id);
      const { html } = made;
      expect(html).toContain(`<span class="badge ${verdict.status}">`);
      if (verdict.cause !== null) expect(html).toContain(`<code>${verdict.cause}</code>`);
      for (const checkpoint of checkpointIds)
        expect(html).toMatch(new RegExp(`<th scope="row"><span class="mark \\w+" aria-hidden="true"></span>${checkpoint}</th>`));
      for (const one of evidence) expect(html).toContain(`id="${one.id}"`);
    });

    it('packs the bundle from the same walk', () => {
      const { handedOver: made, commandResults: _, ...report } = handedOver(id);
      const { bundle } = made;
      expect(JSON.parse(bundle['report.json']!)).toEqual(report);
      expect(bundle['worksheet.md']).toBe(made.worksheet);
      expect(bundle['note.txt']).toBe(made.note);
      expect(bundle['report.html']).toBe(made.html);
      const manifest = JSON.parse(bundle['manifest.json']!) as BundleManifest;
      expect(manifest.files.length).toBe(Object.keys(bundle).length - 1);
      const reached = (checkpoint: CheckpointId): boolean => report.evidence.some((one) => one.checkpoint === checkpoint);
      if (reached('tls')) expect(bundle['chain.pem']).toMatch(/-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----/);
      if (reached('http')) expect(bundle['http-exchange.txt']).toMatch(/^> GET [\s\S]*^< HTTP\/[\d.]+ \d{3}[\s\S]*^\* timing namelookup=/m);
      if (!reached('tcp') && id !== 'dns-nxdomain') return;
      const asked = [...bundle['dns-answers.txt']!.matchAll(/asked of ([\d.]+), (?:configured|public)/g)].map(([, address]) => address);
      expect(new Set(asked).size, 'answers of two resolvers at least').toBeGreaterThanOrEqual(2);
    });

    it('names commands of public tools that show the same', () => {
      const { commandResults } = handedOver(id);
      for (const [checkpoint, pattern] of Object.entries(tools)) {
        const printed = commandResults
          .filter((result) => result.checkpoint === checkpoint)
          .map(({ command, output }) => `$ ${command}\n${output}`);
        expect(printed.join('\n')).toMatch(pattern);
      }
    });
  });

  it('dates the certificate as openssl does', () => {
    const report = handedOver('tls-cert-expired');
    const received = report.evidence.find((one) => one.kind === 'tls.certificates-received');
    const printed = report.commandResults.find(({ checkpoint }) => checkpoint === 'tls')!.output;
    const notAfter = /notAfter=(.*)/.exec(printed)?.[1] ?? '';
    expect(new Date(notAfter).toISOString()).toBe(received?.kind === 'tls.certificates-received' ? received.certificates[0]!.notAfter : '');
  });
});
