import type { JudgementContext } from './expectation.ts';
import type { Observation } from './observation.ts';
import type { Endpoint } from './observations/base.ts';
import type { ExchangeDns, ExchangeHttp, ExchangeTls, ProtocolCounts, ReportedCapture, ReportedConversation } from './read-report.ts';
import type { Timings } from './timings.ts';

/** DNS, TCP, TLS and HTTP of one request joined, as facts: observations for the rules, and what a table shows. */
export interface ReadExchange {
  /** Its first packet, in milliseconds since the reading's first. */
  startMs: number;
  host: string | null;
  client: Endpoint;
  /** Every address that the client is known to have used for it, lookups included. */
  clientAddresses: string[];
  server: Endpoint;
  /** Ordinal of its TCP conversation; null for a lookup that led to none. */
  conversation: number | null;
  dns: ExchangeDns | null;
  tls: ExchangeTls | null;
  http: ExchangeHttp | null;
  timings: Timings;
  observations: Observation[];
  /** Frames of the observations, ascending, the first 64. */
  frames: number[];
  /** Exchanges of one class are judged alike; see {@link ExchangeTally}. */
  class: number;
}

/** How many exchanges there were of one class, described or not. */
export interface ExchangeTally {
  class: number;
  count: number;
  listed: number;
}

/** Everything a reading learned, before any judgement. */
export interface ReadRecord {
  /** Wall clock of the first packet, ISO 8601 UTC; null when there was none. */
  startedAt: string | null;
  durationMs: number;
  captures: ReportedCapture[];
  protocols: ProtocolCounts;
  /** Empty when there were too many to list without being asked. */
  conversations: ReportedConversation[];
  conversationCount: number;
  /** Described exchanges in the order of their first packets. */
  exchanges: ReadExchange[];
  /** All exchanges by class. */
  tallies: ExchangeTally[];
  exchangeCount: number;
  /** What the stations of the captured links said about themselves; empty where requests were seen. */
  link: Observation[];
  context: JudgementContext;
}
