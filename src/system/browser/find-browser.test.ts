import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrowser } from './find-browser.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewalk-find-'));
  for (const name of ['google-chrome', 'chromium', 'notes']) writeFileSync(join(folder, name), '');
  for (const name of ['google-chrome', 'chromium']) chmodSync(join(folder, name), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the first by preference in the path', () => {
  expect(findBrowser({ PATH: `/nonexistent:${folder}` }, 'linux')).toBe(join(folder, 'chromium'));
});

test('what CHROME_PATH names, and nothing else then', () => {
  expect(findBrowser({ PATH: folder, CHROME_PATH: join(folder, 'google-chrome') }, 'linux')).toBe(join(folder, 'google-chrome'));
  expect(findBrowser({ PATH: folder, CHROME_PATH: join(folder, 'notes') }, 'linux')).toBeNull();
  expect(findBrowser({ PATH: folder, CHROME_PATH: folder }, 'linux')).toBeNull();
});

test('none', () => {
  expect(findBrowser({ PATH: '/nonexistent' }, 'aix')).toBeNull();
});
