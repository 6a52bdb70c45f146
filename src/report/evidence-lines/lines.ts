import type { ObservationKind, ObservationOf } from '../../model/observation.ts';

/** What one observation states, before or after it got its time of day. */
export type Stated<K extends ObservationKind> = Omit<ObservationOf<K>, 'atMs'>;

/** A line of words for each of some kinds. */
export type LinesOf<Kind extends ObservationKind> = Readonly<{ [K in Kind]: (stated: Stated<K>) => string }>;
