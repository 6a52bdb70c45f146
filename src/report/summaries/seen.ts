import type { Observation, ObservationKind, ObservationOf } from '../../model/observation.ts';

/** The observations of one request, by kind. Those of follow-up experiments are left out: a summary is about the request itself. */
export interface Seen {
  all<K extends ObservationKind>(kind: K): readonly ObservationOf<K>[];
  first<K extends ObservationKind>(kind: K): ObservationOf<K> | null;
}

export function seenIn(observations: readonly Observation[]): Seen {
  const own = observations.filter((observation) => observation.followUp === undefined);
  const all = <K extends ObservationKind>(kind: K): readonly ObservationOf<K>[] =>
    own.filter((observation): observation is ObservationOf<K> => observation.kind === kind);
  return { all, first: (kind) => all(kind)[0] ?? null };
}
