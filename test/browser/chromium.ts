import { existsSync } from 'node:fs';
import puppeteer, { type Browser } from 'puppeteer-core';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser's program; null where there is none, which is a failure in continuous integration. */
export function chromiumHere(): string | null {
  const found = places.find((place): place is string => place !== undefined && existsSync(place)) ?? null;
  if (found === null && process.env.CI) throw new Error('no Chromium: apt-get install chromium');
  return found;
}

/** A browser with its own empty profile, that reaches no network. */
export async function startChromium(program: string): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return puppeteer.launch({
    executablePath: program,
    headless: true,
    args: [...asRoot, '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND', '--disable-background-networking'],
  });
}
