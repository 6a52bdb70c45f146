import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserVisit, BrowserVisitOutcome } from '../../ports/browser.ts';
import { authorityHome } from './authority-home.ts';
import { type BrowserProcess, startBrowser } from './browser-process.ts';
import { type DevtoolsSession, loadDevtools } from './devtools.ts';
import { findBrowser } from './find-browser.ts';
import { noPageFacts, readPageFacts } from './page-facts.ts';
import { VisitLog } from './visit-log.ts';

const startLimitMs = 20_000;
/** After the load event, scripts go on: the page is looked at once nothing was under way for so long, and after so long at most. */
const quietMs = 500;
const settleLimitMs = 4000;
const pollMs = 50;
const answerLimitMs = 5000;

/**
 * Chromium, Chrome or Edge as installed here, driven over the DevTools protocol.
 *
 * @param authorityFile PEM of authorities to be trusted beside the browser's own; null for none
 */
export function systemBrowser(authorityFile: string | null): Browser {
  return {
    async visit(visit) {
      const program = findBrowser();
      const absent = (reason: string): BrowserVisitOutcome => ({ kind: 'absent', reason });
      if (program === null) {
        const { CHROME_PATH: given = '' } = process.env;
        return absent(
          given === ''
            ? 'no Chromium, Chrome or Edge was found in the path; install one, or set CHROME_PATH'
            : `CHROME_PATH names ${given}, which is no program`,
        );
      }
      const connect = await loadDevtools();
      if (connect === null) return absent('the package chrome-remote-interface is not installed; npm install chrome-remote-interface');
      const home = authorityFile === null ? null : await authorityHome(authorityFile);
      if (home !== null && 'reason' in home) return absent(home.reason);
      let browser: BrowserProcess | null = null;
      try {
        browser = await startBrowser({
          program,
          arguments: [...mappingSwitches(visit), ...proxySwitches(visit)],
          environment: home === null ? process.env : { ...process.env, HOME: home.folder },
          timeoutMs: startLimitMs,
          signal: visit.signal ?? null,
        });
        const session = await connect({ host: '127.0.0.1', port: browser.port, local: true });
        const died = browser.ended.then((): BrowserVisitOutcome => ({ kind: 'failed', reason: 'the browser ended by itself' }));
        return await Promise.race([visitPage(session, program, visit), died, aborted(visit)]);
      } catch (error) {
        if (visit.signal?.aborted) return { kind: 'aborted' };
        return { kind: 'failed', reason: `the browser could not be used: ${error instanceof Error ? error.message : String(error)}` };
      } finally {
        await browser?.stop();
        home?.remove();
      }
    },
  };
}

function aborted(visit: BrowserVisit): Promise<BrowserVisitOutcome> {
  return new Promise((resolve) => {
    visit.signal?.addEventListener('abort', () => resolve({ kind: 'aborted' }), { once: true });
  });
}

function mappingSwitches({ mapped }: BrowserVisit): string[] {
  return mapped === null ? [] : [`--host-resolver-rules=MAP ${mapped.from} ${mapped.to}`];
}

function proxySwitches({ proxy }: BrowserVisit): string[] {
  if (proxy === null) return [];
  return proxy === 'none' ? ['--no-proxy-server'] : [`--proxy-server=${proxy}`];
}

async function visitPage(session: DevtoolsSession, program: string, visit: BrowserVisit): Promise<BrowserVisitOutcome> {
  const overMs = performance.now() + visit.timeoutMs;
  const log = new VisitLog(session);
  const loaded = new Promise<void>((resolve) => session.on('Page.loadEventFired', () => resolve()));
  const { product } = (await session.send('Browser.getVersion')) as { product: string };
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await session.send(`${domain}.enable`);
  const left = (): number => Math.max(0, overMs - performance.now());
  const timer = new AbortController();
  const timeUp = sleep(visit.timeoutMs, 'time-up' as const, { signal: timer.signal }).catch(() => 'time-up' as const);
  try {
    const navigated = session.send('Page.navigate', { url: visit.url }) as Promise<{ errorText?: string }>;
    const answer = await Promise.race([navigated, timeUp]);
    const shown = answer === 'time-up' || answer.errorText === undefined || answer.errorText === '' ? null : answer.errorText;
    let finished = answer !== 'time-up';
    if (finished && shown === null) {
      finished = (await Promise.race([loaded, timeUp])) !== 'time-up';
      const settledMs = performance.now() + Math.min(settleLimitMs, left());
      while (finished && log.quietMs < quietMs && performance.now() < settledMs) await sleep(pollMs);
    }
    const error = errorOf(shown, log);
    const facts = shown === null && answer !== 'time-up' ? await limited(readPageFacts(session), noPageFacts) : noPageFacts;
    const screenshot = visit.screenshot ? await limited(takeScreenshot(session), null) : null;
    return {
      kind: 'visited',
      facts: {
        program,
        product,
        url: visit.url,
        finalUrl: log.main?.url ?? visit.url,
        error,
        finished,
        status: log.main?.status ?? null,
        protocol: log.main?.protocol ?? null,
        ...facts,
        requests: log.requests,
        bytes: log.bytes,
        failed: log.failed,
        consoleErrors: log.consoleErrors,
      },
      screenshot,
      contacted: [...log.contacted.values()],
    };
  } finally {
    timer.abort();
    await limited(session.close(), undefined);
  }
}

/** A page that says there is nothing to show (204), or is a download, is no error, though the navigation is given up. */
function errorOf(shown: string | null, log: VisitLog): string | null {
  const error = shown?.replace(/^net::/, '') ?? log.mainError;
  return error === 'ERR_ABORTED' && log.main !== null ? null : error;
}

async function takeScreenshot(session: DevtoolsSession): Promise<Uint8Array> {
  const { data } = (await session.send('Page.captureScreenshot', { format: 'png' })) as { data: string };
  return Uint8Array.from(Buffer.from(data, 'base64'));
}

/** A browser that hangs is not waited for. */
async function limited<T>(work: Promise<T>, otherwise: T): Promise<T> {
  const timer = new AbortController();
  const over = sleep(answerLimitMs, otherwise, { signal: timer.signal }).catch(() => otherwise);
  try {
    return await Promise.race([work.catch(() => otherwise), over]);
  } finally {
    timer.abort();
  }
}
