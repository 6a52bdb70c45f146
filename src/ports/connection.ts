import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { TcpFacts } from '../model/observations/tcp.ts';

/** Limits of one wait. `timeoutMs` counts from the call. */
export interface Wait {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** What a read ended with. Times are {@link Clock.nowMs}, taken when the kernel delivered, not when the caller asked. */
export type ReadOutcome =
  /** The reader owns `bytes`. */
  | { kind: 'bytes'; bytes: Uint8Array; atMs: number }
  /** The peer closed its direction (FIN, or TLS close_notify). */
  | { kind: 'end'; atMs: number }
  | { kind: 'failed'; failure: Failure; atMs: number }
  | { kind: 'timed-out'; atMs: number }
  | { kind: 'aborted'; atMs: number };

/** An open byte stream: TCP, or TLS over TCP. Not safe for two readers at once. Never throws for what the network does. */
export interface Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Resolves when the bytes were handed to the kernel: null, or why not. */
  write(bytes: Uint8Array): Promise<Failure | null>;
  read(wait: Wait): Promise<ReadOutcome>;
  /** What the kernel says now, or said last of a connection that is over; null when it could not be asked. Costs nothing. */
  facts(): TcpFacts | null;
  /** The same, and makes ready to ask where that was not done yet, which may take tens of milliseconds: for when nothing is being timed. */
  measure(): Promise<TcpFacts | Failure>;
  /** Bytes given to and taken from the transport below so far. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Closes at once and releases everything; safe to call twice. */
  destroy(): void;
}

/** What a connection attempt ended with. Times are {@link Clock.nowMs}. */
export type DialOutcome =
  | { kind: 'connected'; connection: Connection; startMs: number; atMs: number }
  | { kind: 'failed'; failure: Failure; startMs: number; atMs: number; icmp?: IcmpOrigin }
  /** `unsent`: the SYN was sent again, and the last time it did not leave this host; absent when it did or nothing is known. */
  | { kind: 'timed-out'; startMs: number; atMs: number; synRetransmissions: number | null; unsent?: true }
  | { kind: 'aborted'; startMs: number; atMs: number };

/** Who sent the ICMP error behind a failed attempt, where the kernel tells. */
export interface IcmpOrigin {
  from: string | null;
  version: 4 | 6;
  type: number;
  code: number;
}

/** Opens TCP connections to literal addresses. An IPv6 address may carry a zone (`fe80::1%eth0`). */
export interface TcpDialer {
  /** Loads what connections are measured with; otherwise that is done when the first one is. Never rejects. */
  prepare(): Promise<void>;
  dial(remote: Endpoint, wait: Wait): Promise<DialOutcome>;
}
