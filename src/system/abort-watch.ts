/** Who waits for a signal: one listener of ours per signal, because Node.js warns on standard error about more than ten. */
const watchers = new WeakMap<AbortSignal, { calls: Set<() => void>; listener: () => void }>();

/** Calls back once when the signal aborts, unless the returned function is called before. The signal must not have aborted yet. */
export function watchAbort(signal: AbortSignal, onAbort: () => void): () => void {
  let watcher = watchers.get(signal);
  if (watcher === undefined) {
    const calls = new Set<() => void>();
    watcher = {
      calls,
      listener: () => {
        watchers.delete(signal);
        for (const call of calls) call();
      },
    };
    watchers.set(signal, watcher);
    signal.addEventListener('abort', watcher.listener, { once: true });
  }
  const { calls, listener } = watcher;
  // A call of its own, so that the same function can watch twice.
  const call = (): void => onAbort();
  calls.add(call);
  return () => {
    calls.delete(call);
    if (calls.size > 0 || watchers.get(signal)?.calls !== calls) return;
    watchers.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}
