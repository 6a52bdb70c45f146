/**
 * Makes the pictures of docs/images/ anew: walks scenarios of the lab, renders the HTML report, and takes pictures of it in Chromium.
 *
 *   npm run images
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';

const repository = fileURLToPath(new URL('..', import.meta.url));
const { renderHtml } = await import(pathToFileURL(join(repository, 'dist/src/report/html/page.js')).href);

/** Which report, how wide, in which colours, and which section is at the top; null for the beginning. */
const pictures = [
  { file: 'report-desktop-light.png', scenario: 'tls-cert-expired', width: 1100, height: 760, scheme: 'light', section: null },
  { file: 'report-desktop-dark.png', scenario: 'http-bad-gateway', width: 1100, height: 760, scheme: 'dark', section: 'ladder' },
  { file: 'report-phone-light.png', scenario: 'dns-nxdomain', width: 390, height: 760, scheme: 'light', section: null },
  { file: 'report-phone-dark.png', scenario: 'tls-cert-expired', width: 390, height: 760, scheme: 'dark', section: 'ladder' },
];

const folder = mkdtempSync(join(tmpdir(), 'wirewalk-images-'));
const scenarios = [...new Set(pictures.map(({ scenario }) => scenario))];
const lab = spawnSync(process.execPath, [join(repository, 'dist/src/cli/main.js'), 'lab', 'run', ...scenarios, '--keep', folder], {
  stdio: 'inherit',
});
if (lab.status !== 0) throw new Error('the lab did not run');
mkdirSync(join(repository, 'docs/images'), { recursive: true });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  for (const { file, scenario, width, height, scheme, section } of pictures) {
    const page = await browser.newPage();
    const html = join(folder, 'page.html');
    writeFileSync(html, renderHtml(JSON.parse(readFileSync(join(folder, scenario, 'walk.json'), 'utf8'))));
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.goto(pathToFileURL(html).href);
    await page.evaluate((id) => id !== null && document.getElementById(id).scrollIntoView(), section);
    await page.screenshot({ path: join(repository, 'docs/images', file), optimizeForSpeed: false });
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
