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

export type TargetObservation = TargetParsed | TargetRejected;
