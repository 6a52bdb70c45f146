import { leastRoundTripMs } from './spare-time.ts';
import type { Target } from './target.ts';
import type { OpenConnection } from './tcp.ts';
import type { WalkContext } from './walk-context.ts';

/** What is loaded at once keeps the processor for about so long (measured with Node.js 20.20 on 2 cores: 10 to 25 ms). */
const loadingMs = 25;

/** What will be needed next, loaded while bytes are under way. */
export interface HeadStart {
  /** TLS is about to begin: what judges certificates, and what reads a page. */
  helloSent(): void;
  /** The request is about to be sent: what the kernel is asked with, and what reads a page where that was not loaded yet. */
  requestSent(): void;
}

/**
 * Loads what will be needed while what was just sent is on its way: an answer cannot be here before the connection's round trip is over. Where that is
 * shorter than loading takes, nothing is loaded, as the time would show as the network's. What fails here fails again, and is told, where it is needed.
 */
export function startAhead(context: WalkContext, target: Target, method: string, opened: OpenConnection): HeadStart {
  const { clock, tls } = context.ports;
  const isFar = leastRoundTripMs(opened) >= loadingMs;
  const readsPage = method === 'GET' && context.options.page !== 'none';
  let isPageLoaded = false;

  function meanwhile(load: () => unknown): void {
    if (!isFar) return;
    // What is to be sent comes first.
    void clock
      .sleep(1)
      .then(load)
      .catch(() => undefined);
  }

  function loadPage(): Promise<unknown> | null {
    if (!readsPage || isPageLoaded) return null;
    isPageLoaded = true;
    return loadPageTools();
  }

  return {
    helloSent() {
      if (target.scheme !== 'https') return;
      meanwhile(() => {
        tls.prepare();
        return loadPage();
      });
    },
    requestSent() {
      meanwhile(() => Promise.all([loadPage(), opened.connection.measure()]));
    },
  };
}

/** A document such as every page has, read once so that the code for it is there. */
const rehearsed =
  '<!doctype html><html><head><title>a</title><link rel="stylesheet" href="a"></head><body><img src="b" alt=""></body></html>';

async function loadPageTools(): Promise<void> {
  const [{ readDocument }, { siteOf }] = await Promise.all([
    import('../page/document.ts'),
    import('../page/site.ts'),
    import('./page/examination.ts'),
    import('./page/comparison.ts'),
  ]);
  readDocument(rehearsed, 'https://localhost/');
  siteOf('localhost');
}
