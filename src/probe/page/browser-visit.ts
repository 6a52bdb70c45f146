import type { BrowserVisit } from '../../ports/browser.ts';
import type { Target } from '../target.ts';
import { isInterrupted, type WalkContext } from '../walk-context.ts';

/** Browsers wait long; a visit may take this many of the walk's timeouts. */
const visitTimeouts = 6;

/** Has a real browser open what was typed, after the walk, so that neither is in the other's way. Observes what it showed. */
export async function visitInBrowser(context: WalkContext, target: Target): Promise<void> {
  const { options, ports, recorder } = context;
  if (options.browser === null || isInterrupted(context)) return;
  const startMs = ports.clock.nowMs();
  const outcome = await ports.browser.visit({
    url: target.url,
    timeoutMs: options.timeoutMs * visitTimeouts,
    mapped: mappingOf(context, target),
    proxy: proxyOf(context),
    screenshot: options.browser.onScreenshot !== null,
    ...(options.signal === null ? {} : { signal: options.signal }),
  });
  const atMs = recorder.sinceStart();
  const durationMs = atMs - recorder.sinceStart(startMs);
  if (outcome.kind === 'absent' || outcome.kind === 'failed') {
    const { kind, reason } = outcome;
    recorder.observe({ kind: 'page.browser-not-used', checkpoint: 'page', atMs, durationMs, outcome: kind, reason });
    return;
  }
  if (outcome.kind === 'aborted') return;
  for (const { address, port } of outcome.contacted) recorder.contact({ address, port, purpose: 'browser' });
  recorder.observe({ kind: 'page.browser-visited', checkpoint: 'page', atMs, durationMs, ...outcome.facts });
  if (outcome.screenshot !== null) options.browser.onScreenshot?.(outcome.screenshot);
}

/** The address given by option, for a browser: brackets around IPv6, the target's own port where none was given. */
function mappingOf(context: WalkContext, target: Target): BrowserVisit['mapped'] {
  const { connectTo } = context.options;
  if (connectTo === null) return null;
  const { address, port } = connectTo;
  const host = address.includes(':') ? `[${address}]` : address;
  return { from: `${target.host}:${target.port}`, to: `${host}:${port === 0 ? target.port : port}` };
}

function proxyOf(context: WalkContext): string | null {
  const { proxy } = context.options;
  if (proxy === 'environment') return null;
  return proxy === 'none' ? 'none' : proxy.url;
}
