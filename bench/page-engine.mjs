// Stands in for the program in a lab run: the walk with everything the page needs, then the browser, each several times by turns, and how long each
// took prints as one document.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemBrowser } from '../dist/src/system/browser/browser.js';

const program = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
const runs = Number(process.env.WIREWALK_BENCH_RUNS ?? 7);
const words = process.argv.slice(2);

const timed = [];
let document = null;
for (let run = 0; run < runs; run++) {
  const walked = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  document = JSON.parse(walked.stdout);
  const examined = document.evidence.find(({ kind }) => kind === 'page.examined');
  const visit = await systemBrowser(process.env.SSL_CERT_FILE ?? null).visit({
    url: document.target.url,
    timeoutMs: 30_000,
    mapped: null,
    proxy: null,
    screenshot: false,
  });
  timed.push({
    walkMs: examined === undefined ? null : Date.parse(examined.at) - Date.parse(document.startedAt),
    fetched: examined?.fetched ?? 0,
    verdict: document.verdict.status,
    loadMs: visit.facts?.loadedMs ?? null,
    requests: visit.facts?.requests ?? 0,
    failed: visit.facts?.failed.length ?? -1,
    product: visit.facts?.product ?? visit.reason,
    protocol: visit.facts?.protocol ?? null,
  });
}
document.timed = timed;
process.stdout.write(JSON.stringify(document));
