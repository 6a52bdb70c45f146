import type { HeaderField } from '../model/observations/http.ts';
import { isFailure, observeUnmeasured } from './local.ts';
import type { Target } from './target.ts';
import type { WalkContext } from './walk-context.ts';

/**
 * Writes down whether browsers know the name as one to be reached by https alone, where that says something: of a URL in plain http, and of a site that
 * asks to be in their list. Asks nobody.
 */
export async function observePreload(context: WalkContext, target: Target, headers: readonly HeaderField[] | null): Promise<void> {
  const isPlain = target.scheme === 'http' || target.scheme === 'ws';
  if (target.hostKind !== 'name' || !target.host.includes('.') || !(isPlain || (headers !== null && asksForIt(headers)))) return;
  const { ports, recorder } = context;
  const table = await ports.preloads.open();
  if (isFailure(table)) {
    observeUnmeasured(context, 'preload-list', table);
    return;
  }
  const host = target.host.replace(/\.$/, '');
  const { title: list, date: listDate } = table;
  const entry = table.find(host)?.name ?? null;
  recorder.observe({ kind: 'target.preload', checkpoint: 'target', atMs: recorder.sinceStart(), host, entry, list, listDate });
}

function asksForIt(headers: readonly HeaderField[]): boolean {
  return headers.some(
    ({ name, value }) => name.toLowerCase() === 'strict-transport-security' && /(?:^|;)\s*preload\s*(?:;|$)/i.test(value),
  );
}
