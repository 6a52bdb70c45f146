import type { SpareTime } from './spare-time.ts';
import type { Target } from './target.ts';
import type { WalkContext } from './walk-context.ts';

/** A document such as every page has, read once so that the code for it is there. */
const rehearsed =
  '<!doctype html><html><head><title>a</title><link rel="stylesheet" href="a"></head><body><img src="b" alt=""></body></html>';

/** One thing that is loaded, and how long that keeps the processor at most (measured with Node.js 20.20 on 2 cores). */
interface Load {
  takesMs: number;
  run: () => unknown;
}

/**
 * Loads what will be needed next in the request's spare time, one thing after the other: over a far link before the answer is there, over a near one not
 * at all, as the time would show as the network's. What fails here fails again, and is told, where it is needed.
 */
export async function loadAhead(context: WalkContext, target: Target, method: string, spare: SpareTime): Promise<void> {
  for (const { takesMs, run } of loadsOf(context, target, method)) {
    await spare.turn('loading', takesMs);
    if (spare.isFree) return;
    try {
      await run();
    } catch {
      return;
    }
  }
}

function loadsOf(context: WalkContext, target: Target, method: string): Load[] {
  const { tls, tcp } = context.ports;
  const certificates: Load[] = target.scheme === 'https' || target.scheme === 'wss' ? [{ takesMs: 12, run: () => tls.prepare() }] : [];
  const readsPage = method === 'GET' && context.options.page !== 'none';
  return [...certificates, ...(readsPage ? pageLoads : []), { takesMs: 12, run: () => tcp.prepare() }];
}

const pageLoads: readonly Load[] = [
  { takesMs: 12, run: async () => (await import('../page/document.ts')).readDocument(rehearsed, 'https://localhost/') },
  { takesMs: 8, run: () => Promise.all([import('./page/examination.ts'), import('./page/comparison.ts')]) },
  { takesMs: 16, run: async () => (await import('../page/site.ts')).siteOf('localhost') },
];
