/** Where a message of any version of HTTP stands. `start`: no byte came. */
export type HttpPhase = 'start' | 'header' | 'body' | 'complete' | 'malformed' | 'cut-off';

/** How a message begins, in any version. */
export type HttpBeginning<Head, Framing> =
  /** A response with status 100 to 199, except 101. */
  { kind: 'interim'; head: Head } | { kind: 'header'; head: Head; framing: Framing; expectedBytes: number | null };
