import type { Wait } from '../ports/connection.ts';
import { watchAbort } from './abort-watch.ts';
import { timerDelayMs } from './clock.ts';

/**
 * Calls `onLimit` once when the wait's time is up (never for an infinite one) or its signal aborts, unless the returned function is called before.
 * Time is up only after the event loop has polled the kernel once more: an answer that arrived in time while this process was busy is
 * delivered first and not mistaken for silence. An already aborted signal is reported on the next microtask.
 */
export function limitWait(wait: Wait, onLimit: (why: 'timed-out' | 'aborted') => void): () => void {
  const { signal } = wait;
  let lastPoll: NodeJS.Immediate | null = null;
  let over = false;
  const release = (): void => {
    over = true;
    clearTimeout(timer);
    if (lastPoll !== null) clearImmediate(lastPoll);
    unwatch();
  };
  const end = (why: 'timed-out' | 'aborted'): void => {
    if (over) return;
    release();
    onLimit(why);
  };
  const onAbort = (): void => end('aborted');
  // An immediate set from a timer runs after the poll phase of the same turn.
  const timer =
    wait.timeoutMs === Number.POSITIVE_INFINITY
      ? undefined
      : setTimeout(() => {
          lastPoll = setImmediate(end, 'timed-out');
        }, timerDelayMs(wait.timeoutMs));
  const unwatch = signal === undefined || signal.aborted ? () => undefined : watchAbort(signal, onAbort);
  if (signal?.aborted) queueMicrotask(onAbort);
  return release;
}
