import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html/page.ts';
import { connected, upTo } from '../unit/evidence.ts';
import { hostileReport } from '../unit/hostile-report.ts';
import { reportOf, reports } from '../unit/reports.ts';
import { chromiumHere, startChromium } from './chromium.ts';

const chromium = chromiumHere();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Opened {
  page: Page;
  /** Everything it asked for beside itself, and everything it complained of. */
  requests: string[];
  complaints: string[];
}

describe.skipIf(chromium === null)('the page of a report in a browser', () => {
  let browser: Browser;
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewalk-page-'));
    browser = await startChromium(chromium!);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a page from disk, with networking off. */
  async function open(html: string, width: number, scheme: 'light' | 'dark'): Promise<Opened> {
    const file = join(folder, 'page.html');
    writeFileSync(file, html);
    const page = await browser.newPage();
    const opened: Opened = { page, requests: [], complaints: [] };
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) opened.requests.push(request.url());
    });
    page.on('console', (message) => opened.complaints.push(message.text()));
    page.on('pageerror', (error) => opened.complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      opened.complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.setOfflineMode(true);
    await page.setViewport({ width, height: 800 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
    return opened;
  }

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [1200, 'light'],
    [1200, 'dark'],
  ] as const)(
    'has nothing serious to say against its accessibility: %i pixels, %s',
    async (width, scheme) => {
      for (const name of ['healthy', 'dns', 'tls']) {
        const { page, requests, complaints } = await open(renderHtml(reports[name]!()), width, scheme);
        // The policy forbids scripts of others, which axe is: it comes in through the debugger.
        const session = await page.createCDPSession();
        await session.send('Runtime.evaluate', { expression: axe });
        const { result } = await session.send('Runtime.evaluate', {
          expression: 'axe.run(document, { resultTypes: ["violations"] })',
          awaitPromise: true,
          returnByValue: true,
        });
        const { violations } = result.value as AxeResults;
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(
          serious.map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .map((node) => node.html)
                .slice(0, 3)
                .join(' ')}`,
          ),
        ).toEqual([]);
        expect(requests).toEqual([]);
        expect(complaints).toEqual([]);
        // Nothing is wider than the screen.
        expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
        await page.close();
      }
    },
    60_000,
  );

  it('does nothing that hostile text in it says', async () => {
    for (const name of Object.keys(reports)) {
      const { page, requests, complaints } = await open(renderHtml(hostileReport(name)), 1200, 'light');
      const found = await page.evaluate(`({
        owned: 'owned' in globalThis,
        scripts: document.scripts.length,
        styles: document.querySelectorAll('style').length,
        strangers: document.querySelectorAll('img, iframe, object, embed, link, form, input, svg[onload]').length,
        outward: [...document.links].filter((link) => !link.getAttribute('href').startsWith('#')).length,
        title: document.title,
      })`);
      expect(found).toMatchObject({ owned: false, scripts: 1, styles: 1, strangers: 0, outward: 0 });
      expect(requests).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    }
  }, 60_000);

  it('opens the evidence that a claim links to', async () => {
    const { page } = await open(renderHtml(reports.tls!()), 1200, 'light');
    const id = await page.$eval('.verdict a.ref', (link) => link.textContent ?? '');
    await page.click('.verdict a.ref');
    await page.waitForFunction(`document.getElementById(${JSON.stringify(id)}).open`, { timeout: 5000 });
    await page.close();
  });

  it('is read without a script: every step of the ladder opens by itself', async () => {
    const { page } = await open(renderHtml(reports.healthy!()).replace(/<script>[\s\S]*<\/script>/, ''), 390, 'light');
    expect(await page.$eval('#ladder-tools', (tools) => (tools as unknown as { hidden: boolean }).hidden)).toBe(true);
    // By the keyboard: rows that come into sight are laid out late, and a mouse that was on its way misses them.
    await page.focus('details.step summary');
    await page.keyboard.press('Enter');
    expect(await page.$eval('details.step', (step) => (step as unknown as { open: boolean }).open)).toBe(true);
    await page.close();
  });

  it('answers every interaction with a ladder of 500 packets within 100 ms', async () => {
    const many = Array.from({ length: 167 }, (_, index) => connected(`203.0.113.${index}`, `c${index + 1}`, { carried: false }));
    const { page } = await open(renderHtml(reportOf([upTo.page(), many])), 1200, 'light');
    expect((await page.$$('details.step')).length).toBeGreaterThanOrEqual(500);
    // Until what follows from it was laid out and the next frame begins.
    const slowest = await page.evaluate(`(async () => {
      const rows = [...document.querySelectorAll('details.step')];
      const acts = {
        larger: () => document.getElementById('zoom-in').click(),
        smaller: () => document.getElementById('zoom-out').click(),
        smallest: () => document.getElementById('zoom-out').click(),
        scale: () => document.getElementById('time-scale').click(),
        'scale off': () => document.getElementById('time-scale').click(),
        open: () => rows[250].querySelector('summary').click(),
        'open last': () => rows.at(-1).querySelector('summary').click(),
        scroll: () => rows[400].scrollIntoView(),
        evidence: () => rows[250].querySelector('a.ref').click(),
      };
      const times = {};
      for (let round = 0; round < 3; round++) {
        for (const [name, act] of Object.entries(acts)) {
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          const start = performance.now();
          act();
          document.body.getBoundingClientRect();
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          times[name] = Math.min(times[name] ?? Infinity, performance.now() - start);
        }
      }
      return times;
    })()`);
    for (const [name, milliseconds] of Object.entries(slowest as Record<string, number>)) expect(milliseconds, name).toBeLessThan(100);
    await page.close();
  }, 60_000);
});
