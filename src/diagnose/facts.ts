import type { JudgementContext } from '../model/expectation.ts';
import type { Observation, ObservationKind, ObservationOf } from '../model/observation.ts';
import type { TargetParsed } from '../model/observations/target.ts';

/**
 * The observations of one request, by kind, in the order they were made. What the rules read; they see neither the other requests of a
 * redirect chain nor where the observations came from.
 */
export interface Facts {
  readonly context: JudgementContext;
  readonly hop: number;
  /** True for the last request of a redirect chain: the one that the expectations are about. */
  readonly isFinalHop: boolean;
  readonly target: TargetParsed | null;
  of<K extends ObservationKind>(kind: K): readonly ObservationOf<K>[];
  first<K extends ObservationKind>(kind: K): ObservationOf<K> | null;
  readonly all: readonly Observation[];
}

export function createFacts(observations: readonly Observation[], hop: number, lastHop: number, context: JudgementContext): Facts {
  const all = observations.filter((observation) => observation.hop === hop);
  const byKind = new Map<ObservationKind, Observation[]>();
  for (const observation of all) {
    const same = byKind.get(observation.kind);
    if (same === undefined) byKind.set(observation.kind, [observation]);
    else same.push(observation);
  }
  const of = <K extends ObservationKind>(kind: K): readonly ObservationOf<K>[] => (byKind.get(kind) ?? []) as ObservationOf<K>[];
  const first = <K extends ObservationKind>(kind: K): ObservationOf<K> | null => of(kind)[0] ?? null;
  return { context, hop, isFinalHop: hop === lastHop, target: first('target.parsed'), of, first, all };
}
