import type { Expectation, JudgementContext } from './expectation.ts';
import type { Observation } from './observation.ts';
import type { Timings } from './timings.ts';

/** An address this walk sent something to, and why. */
export interface Contact {
  address: string;
  port: number;
  purpose: 'target' | 'resolver' | 'public-resolver' | 'name-server' | 'proxy' | 'redirect' | 'follow-up' | 'subresource' | 'browser';
}

/** Where a walk ran. */
export interface Vantage {
  host: string;
  platform: string;
  addresses: string[];
  /** What this process may do beyond an ordinary user's rights (`root`, `net-raw`, ...); empty for an ordinary user. */
  privileges: string[];
}

/** What was asked for. Fields after `input` are null when the input was not a target. */
export interface WalkTarget {
  input: string;
  url: string | null;
  scheme: string | null;
  host: string | null;
  port: number | null;
  expect: Expectation;
}

/** Everything a walk learned, before any judgement: what the probe room returns, and what a verdict can be replayed from. */
export interface WalkRecord {
  /** Wall clock at the start, ISO 8601 UTC. */
  startedAt: string;
  durationMs: number;
  vantage: Vantage;
  target: WalkTarget;
  context: JudgementContext;
  observations: Observation[];
  timings: Timings;
  contacted: Contact[];
}
