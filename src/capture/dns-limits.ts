/** How many DNS transactions are kept, and for how long. */
export interface DnsLimits {
  softLimit: number;
  hardLimit: number;
  /** Time that transactions stay: those answered for good, those with another answer, after which the same may be asked again, and those without. */
  settledMs: number;
  answeredMs: number;
  unansweredMs: number;
  arenaBytes: number;
}

export const defaultDnsLimits: DnsLimits = {
  softLimit: 8192,
  hardLimit: 131_072,
  settledMs: 2000,
  answeredMs: 5000,
  unansweredMs: 30_000,
  arenaBytes: 33_554_432,
};
