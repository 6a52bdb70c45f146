import { defaultBudgets } from '../../src/model/expectation.ts';
import type { ObservationKind, ObservationOf } from '../../src/model/observation.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { createRecorder } from '../../src/probe/recorder.ts';
import type { WalkContext } from '../../src/probe/walk-context.ts';
import { defaultWalkOptions, type WalkOptions } from '../../src/probe/walk-options.ts';

/** A context without a network: for checkpoints that only look at what arrived. Touching any port but the clock is an error. */
export function bareContext(options: Partial<WalkOptions> = {}): WalkContext {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs++, wallMs: () => 0, sleep: async () => {} };
  return {
    options: { ...defaultWalkOptions, budgets: defaultBudgets, ...options },
    ports: { clock } as unknown as Ports,
    recorder: createRecorder(clock, () => {}),
  };
}

/** The one observation of a kind that was made. */
export function onlyOne<K extends ObservationKind>(context: WalkContext, kind: K): ObservationOf<K> {
  const [first, ...rest] = context.recorder.seen(kind);
  if (first === undefined || rest.length > 0) throw new Error(`${kind} was observed ${rest.length + (first === undefined ? 0 : 1)} times`);
  return first;
}
