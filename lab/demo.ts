import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEnvironment, wantsColour } from '../src/cli/environment.ts';
import { packageVersion } from '../src/cli/version.ts';
import { diagnose } from '../src/diagnose/diagnose.ts';
import type { CauseCode } from '../src/model/cause.ts';
import type { WalkReport } from '../src/model/walk-report.ts';
import { walk } from '../src/probe/walk.ts';
import { colourStyle, plainStyle } from '../src/report/style.ts';
import { defaultTextOptions, renderText } from '../src/report/text.ts';
import { renderWalkReport } from '../src/report/walk-document.ts';
import { systemPorts } from '../src/system/ports.ts';
import { readAuthorities, type TrustStore } from '../src/system/trust-store.ts';
import { type PracticeFault, PracticeSite } from './loopback/practice-site.ts';

/**
 * `npm run demo`: a site on loopback with a real resolver, TLS and HTTP, healthy first and then broken in five ways one after another, each walked by
 * the real engine over real sockets. Needs neither a network nor privileges. Exits 1 when a verdict is not what was broken. `--full` shows of every walk
 * what a user sees, not of the healthy one alone.
 */

interface Act {
  fault: PracticeFault;
  says: string;
  /** The only right verdict: a cause, or null for ok. */
  cause: CauseCode | null;
}

const acts: readonly Act[] = [
  { fault: 'none', says: 'Nothing is broken', cause: null },
  { fault: 'name-missing', says: 'The name is gone from the DNS', cause: 'dns.nxdomain' },
  { fault: 'port-closed', says: 'The web server is stopped', cause: 'tcp.refused' },
  { fault: 'certificate-expired', says: 'Nobody renewed the certificate', cause: 'tls.cert-expired' },
  { fault: 'bad-gateway', says: 'The application behind the proxy is down', cause: 'http.bad-gateway' },
  { fault: 'body-truncated', says: 'The server dies while it sends the page', cause: 'http.truncated' },
];

const { stdout } = processEnvironment(packageVersion());
const style = wantsColour(stdout, process.env, false) ? colourStyle : plainStyle;
const showsAll = process.argv.includes('--full');

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
function textOf(report: WalkReport, isFull: boolean): string {
  const text = renderText(report, { ...defaultTextOptions, style, columns: stdout.columns });
  if (isFull) return text;
  const lines = text.split('\n');
  return `${lines.slice(1, lines.indexOf('')).join('\n')}\n`;
}

async function perform(): Promise<number> {
  const site = await PracticeSite.start();
  let wrong = 0;
  try {
    const authorities = authoritiesOf(site);
    stdout.write(`A site, its resolver ${site.resolver} and its certificate authority, all on loopback, broken in five ways.\n`);
    stdout.write('Every walk also has --resolver and --ca, because the name and the authority exist only here.\n');
    for (const [index, act] of acts.entries()) {
      await site.become(act.fault);
      const report = await walkOnce(site, authorities);
      const right = report.verdict.cause === act.cause && report.verdict.status === (act.cause === null ? 'ok' : 'failed');
      if (!right) wrong += 1;
      stdout.write(`\n--- ${index + 1} of ${acts.length}: ${act.says} ---\n$ wirewalk ${site.url}\n`);
      stdout.write(textOf(report, showsAll || act.fault === 'none'));
      if (!right) stdout.write(`WRONG: the verdict should be ${act.cause ?? 'ok'}.\n`);
    }
  } finally {
    await site.stop();
  }
  const rightCount = acts.length - wrong;
  stdout.write(`\n${rightCount} of ${acts.length} verdicts name exactly what was broken. Now your own: npx wirewalk https://example.com\n`);
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await perform();
