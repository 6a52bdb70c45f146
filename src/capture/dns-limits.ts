/** How many DNS transactions are kept, and for how long. */
export interface DnsLimits {
  softLimit: number;
  hardLimit: number;
  /** Time that an answered and an unanswered transaction stay. */
  answeredMs: number;
  unansweredMs: number;
  arenaBytes: number;
}

export const defaultDnsLimits: DnsLimits = {
  softLimit: 8192,
  hardLimit: 131_072,
  answeredMs: 2000,
  unansweredMs: 30_000,
  arenaBytes: 33_554_432,
};
