/**
 * What every observation carries. An observation states one thing that happened: flat, serialisable, no status, no prose, no judgement.
 * It does not say whether a live walk or a capture saw it.
 */
export interface Observed {
  /** `e1`, `e2`, ... unique within one walk or reading. */
  id: string;
  /** Which request of a redirect chain it belongs to: 0 for the one typed. */
  hop: number;
  /** When it was complete, in milliseconds since the start of the walk or the first packet, from one monotonic clock. */
  atMs: number;
  /** How long it took up to `atMs`; absent for what takes no time. */
  durationMs?: number;
  /** Numbers of the frames that show it, when packets were read; 1-based within their capture. */
  frames?: number[];
  /** Set when an experiment that a failure triggered made it: the experiment's name. */
  followUp?: string;
  /** Set when it was made for something the page refers to: that resource's name. `hop` then counts the resource's own redirects. */
  resource?: string;
}

export type AddressFamily = 'ipv4' | 'ipv6';

/** An address and port, textual address without brackets. */
export interface Endpoint {
  address: string;
  port: number;
}
