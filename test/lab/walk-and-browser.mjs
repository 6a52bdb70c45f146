// Stands in for the program in a lab run: walks with the real one, then has the real browser open the same URL in the same network, and adds what it
// showed to the document. The lab's authorities are trusted by the browser's own certificate database, in a home folder of its own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemBrowser } from '../../dist/src/system/browser/browser.js';

const program = process.env.WIREWALK_PROGRAM ?? fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const visitLimitMs = Number(process.env.WIREWALK_VISIT_LIMIT_MS ?? 40_000);

const words = process.argv.slice(2);
const walked = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
process.stderr.write(walked.stderr);
const document = JSON.parse(walked.stdout);
const option = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : null);
const connectTo = option('--connect-to');
const { host, port, url } = document.target;
const bracketed = (address) => (address.includes(':') ? `[${address}]` : address);
const browser = systemBrowser(option('--ca') ?? process.env.SSL_CERT_FILE ?? null);
document.browserVisit = await browser.visit({
  url: url ?? document.target.input,
  timeoutMs: visitLimitMs,
  mapped: connectTo === null ? null : { from: `${host}:${port}`, to: `${bracketed(connectTo)}:${port}` },
  proxy: option('--proxy') ?? (words.includes('--no-proxy') ? 'none' : null),
  screenshot: false,
});
process.stdout.write(JSON.stringify(document));
process.exitCode = walked.status ?? 70;
