/** Time. `nowMs` is monotonic with an arbitrary origin; `wallMs` is milliseconds since 1970-01-01 UTC and may jump. */
export interface Clock {
  nowMs(): number;
  wallMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
