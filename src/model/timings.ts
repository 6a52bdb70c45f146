/**
 * Stage times of one request in milliseconds, as curl's `-w` variables cut them: each stage starts where the one before it ended, so that
 * they add up to `totalMs`. Null where a stage was not reached or not needed; the stage in which a request failed lasts until then.
 */
export interface Timings {
  /** Until the addresses were known. */
  dnsMs: number | null;
  /** From there until the connection that carried the request was open. */
  connectMs: number | null;
  tlsMs: number | null;
  /** Until the last byte of the request was handed to the kernel. */
  requestMs: number | null;
  /** From there to the first byte of the response. */
  firstByteMs: number | null;
  /** From there to the last byte of the body. */
  contentMs: number | null;
  /** Earlier requests of a redirect chain, together. */
  redirectMs: number | null;
  totalMs: number | null;
  /** One round trip to the server: the kernel's estimate, else the connect time when no SYN was lost. */
  roundTripMs: number | null;
  /** The server's share of the first byte: `firstByteMs` less one round trip, never below 0. */
  serverMs: number | null;
  /** Round trips until the first byte: DNS 1, TCP 1, TLS 1.3 1 or TLS 1.2 2, HTTP 1. */
  roundTrips: number | null;
}

export const noTimings: Timings = {
  dnsMs: null,
  connectMs: null,
  tlsMs: null,
  requestMs: null,
  firstByteMs: null,
  contentMs: null,
  redirectMs: null,
  totalMs: null,
  roundTripMs: null,
  serverMs: null,
  roundTrips: null,
};
