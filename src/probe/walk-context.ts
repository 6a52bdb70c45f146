import type { Wait } from '../ports/connection.ts';
import type { Ports } from '../ports/ports.ts';
import type { Recorder } from './recorder.ts';
import type { WalkOptions } from './walk-options.ts';

/** What every checkpoint of one request works with. */
export interface WalkContext {
  options: WalkOptions;
  ports: Ports;
  recorder: Recorder;
}

/** One wait within the walk's limits, never longer than its timeout. */
export function waitOf(context: WalkContext, timeoutMs: number = context.options.timeoutMs): Wait {
  const bounded = Math.max(0, Math.min(timeoutMs, context.options.timeoutMs));
  return context.options.signal === null ? { timeoutMs: bounded } : { timeoutMs: bounded, signal: context.options.signal };
}

/** One wait that may also end because the walk no longer needs what is waited for. */
export function waitWithin(context: WalkContext, timeoutMs: number, enough: AbortSignal | null): Wait {
  const wait = waitOf(context, timeoutMs);
  if (enough === null) return wait;
  return { ...wait, signal: wait.signal === undefined ? enough : AbortSignal.any([wait.signal, enough]) };
}

export function isInterrupted(context: WalkContext): boolean {
  return context.options.signal?.aborted === true;
}
