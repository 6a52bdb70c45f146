import type { Observed } from './base.ts';

/** The input was understood. Source: WHATWG URL Standard. */
export interface TargetParsed extends Observed {
  kind: 'target.parsed';
  checkpoint: 'target';
  url: string;
  scheme: 'http' | 'https' | 'ws' | 'wss';
  /** Name in ASCII (A-labels), or address without brackets. */
  host: string;
  hostKind: 'name' | 'ipv4' | 'ipv6';
  port: number;
  /** IPv6 scope id (RFC 4007), as typed after `%`. */
  zone?: string;
}

/** The input was not a target. `reason` says what about it. */
export interface TargetRejected extends Observed {
  kind: 'target.rejected';
  checkpoint: 'target';
  input: string;
  reason: 'empty' | 'not-a-url' | 'bad-host' | 'bad-port' | 'unsupported-scheme';
  scheme?: string;
}

/**
 * Whether the name is in the list that browsers bring along: names they reach by https alone, whatever was typed. From a file that comes with this program;
 * nobody was asked.
 */
export interface TargetPreload extends Observed {
  kind: 'target.preload';
  checkpoint: 'target';
  host: string;
  /** The entry that speaks for it: the name itself, or one above it that includes what is below; null for none. */
  entry: string | null;
  /** Whose list, and of which ISO 8601 day. */
  list: string;
  listDate: string;
}

export type TargetObservation = TargetParsed | TargetRejected | TargetPreload;
