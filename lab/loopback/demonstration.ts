import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../../src/cli/version.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { CauseCode } from '../../src/model/cause.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { walk } from '../../src/probe/walk.ts';
import { defaultTextOptions, renderText, type TextOptions } from '../../src/report/text.ts';
import { renderWalkReport } from '../../src/report/walk-document.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { readAuthorities, type TrustStore } from '../../src/system/trust-store.ts';
import { type PracticeFault, PracticeSite } from './practice-site.ts';

/** One thing that is broken, and the only verdict that is right then. */
export interface Act {
  fault: PracticeFault;
  says: string;
  /** Null for `ok`. */
  cause: CauseCode | null;
}

export const acts: readonly Act[] = [
  { fault: 'none', says: 'Nothing is broken', cause: null },
  { fault: 'name-missing', says: 'The name is gone from the DNS', cause: 'dns.nxdomain' },
  { fault: 'port-closed', says: 'The web server is stopped', cause: 'tcp.refused' },
  { fault: 'certificate-expired', says: 'Nobody renewed the certificate', cause: 'tls.cert-expired' },
  { fault: 'bad-gateway', says: 'The application behind the proxy is down', cause: 'http.bad-gateway' },
  { fault: 'body-truncated', says: 'The server dies while it sends the page', cause: 'http.truncated' },
];

export interface DemonstrationOptions extends Pick<TextOptions, 'style' | 'columns'> {
  write: (text: string) => void;
  /** Show of every walk what a user sees, not of the healthy one alone. */
  showsAll: boolean;
}

/**
 * Breaks a site on loopback in one way after another, walks it with the real engine each time, and says what was broken, what a user types and what the
 * verdict is. Resolves to the number of verdicts that were wrong.
 */
export async function demonstrate(performed: readonly Act[], options: DemonstrationOptions): Promise<number> {
  const site = await PracticeSite.start();
  const { write } = options;
  let wrong = 0;
  try {
    const authorities = authoritiesOf(site);
    write(`A site, its resolver ${site.resolver} and its certificate authority, all on loopback, broken in one way after another.\n`);
    write('Every walk also has --resolver and --ca, because the name and the authority exist only here.\n');
    for (const [index, act] of performed.entries()) {
      await site.become(act.fault);
      const report = await walkOnce(site, authorities);
      write(`\n--- ${index + 1} of ${performed.length}: ${act.says} ---\n$ wirewalk ${site.url}\n`);
      write(textOf(report, options, act.fault === 'none'));
      if (report.verdict.cause === act.cause && report.verdict.status === (act.cause === null ? 'ok' : 'failed')) continue;
      wrong += 1;
      write(`WRONG: the verdict should be ${act.cause ?? 'ok'}.\n`);
    }
  } finally {
    await site.stop();
  }
  write(
    `\n${performed.length - wrong} of ${performed.length} verdicts name exactly what was broken. Now your own: npx wirewalk https://example.com\n`,
  );
  return wrong;
}

async function walkOnce(site: PracticeSite, authorities: TrustStore): Promise<WalkReport> {
  const [address = '', port = ''] = site.resolver.split(':');
  const record = await walk(site.url, { resolvers: [{ address, port: Number(port) }] }, systemPorts({ authorities }));
  return renderWalkReport(record, diagnose(record.observations, record.context), packageVersion());
}

/** The site's authority as `--ca` would read it. */
function authoritiesOf(site: PracticeSite): TrustStore {
  const directory = mkdtempSync(join(tmpdir(), 'wirewalk-demo-'));
  try {
    const file = join(directory, 'authority.pem');
    writeFileSync(file, site.authorityPem);
    const read = readAuthorities(file);
    if (read.kind === 'unusable') throw new Error(`the authority's certificate ${read.reason}`);
    return read.store;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A walk's own text, or the verdict in it: what stands above the checkpoints, the line with URL and time left out. */
function textOf(report: WalkReport, { style, columns, showsAll }: DemonstrationOptions, isHealthy: boolean): string {
  const text = renderText(report, { ...defaultTextOptions, style, columns });
  if (showsAll || isHealthy) return text;
  const lines = text.split('\n');
  return `${lines.slice(1, lines.indexOf('')).join('\n')}\n`;
}
