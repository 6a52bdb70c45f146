import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Pages, startSite } from '../../lab/loopback/site.ts';
import { findBrowser } from '../../src/system/browser/find-browser.ts';
import { plainEnvironment, runCommand } from './command.ts';
import { parseDocument } from './document-schema.ts';
import { Stage } from './stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirewalk-visit-'));
const stage = await Stage.open();
afterEach(() => stage.strike());
afterAll(() => rmSync(folder, { recursive: true }));

const program = findBrowser();
if (program === null && process.env.CI) throw new Error('no Chromium: apt-get install chromium');

const script = { body: 'document.body.append("Drawn by a script"); fetch("/api");', contentType: 'text/javascript' };
const drawn = '<!doctype html><title>Shop</title><body><script src="/app.js"></script></body>';

async function siteOf(pages: Pages): Promise<string> {
  const site = await stage.start(startSite({ pages }));
  return `http://${site.address}:${site.port}/`;
}

const visitOf = (stdout: string) => parseDocument(stdout).evidence.find((one) => one.kind === 'page.browser-visited');

describe.skipIf(program === null)(`a real browser${program === null ? ' (skipped: none here)' : ''}`, () => {
  it('opens the page too, says what it shows and takes a picture', async () => {
    const url = await siteOf({ '/': { body: drawn }, '/app.js': script });
    const file = join(folder, 'shop.png');
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('wirewalk-browser-'));
    const run = await runCommand([url, '--json', '--no-proxy', '--screenshot', file]);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    const visit = visitOf(run.stdout);
    expect(visit).toMatchObject({ error: null, finished: true, status: 200, textCharacters: 17 });
    expect(visit?.firstContentfulPaintMs).not.toBeNull();
    expect(visit?.requests).toBeGreaterThanOrEqual(3);
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
    // Its profile is gone.
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('wirewalk-browser-'))).toEqual(before);
  }, 60_000);

  it('sees that nothing is drawn', async () => {
    const url = await siteOf({ '/': { body: drawn }, '/app.js': { ...script, body: 'throw new Error("no build")' } });
    const run = await runCommand([url, '--json', '--no-proxy', '--browser']);
    const { verdict } = parseDocument(run.stdout);
    expect([verdict.status, verdict.cause]).toEqual(['failed', 'page.blank']);
    expect(visitOf(run.stdout)?.consoleErrors).toEqual(expect.arrayContaining([expect.stringContaining('no build')]));
  }, 60_000);
});

it('without a browser the walk is the same, and says so', async () => {
  const url = await siteOf({ '/': {} });
  const run = await runCommand([url, '--json', '--no-proxy', '--browser'], {
    environment: { ...plainEnvironment(), CHROME_PATH: '/nonexistent' },
  });
  const { verdict, evidence } = parseDocument(run.stdout);
  expect(verdict.status).toBe('ok');
  expect(evidence.find((one) => one.kind === 'page.browser-not-used')).toMatchObject({
    outcome: 'absent',
    reason: expect.stringContaining('CHROME_PATH'),
  });
}, 30_000);
