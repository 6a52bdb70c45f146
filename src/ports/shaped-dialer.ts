import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { Connection, DialOutcome, Wait } from './connection.ts';

/** How a connection differs from the one the system would make by itself. What is left out is the system's choice. */
export interface ConnectionShape {
  /**
   * The largest segment either side may send (TCP_MAXSEG): stated in our SYN (RFC 9293 section 3.7.1) and kept to by this host. 88 to 32,767;
   * what the peer states may lower it further.
   */
  maxSegmentBytes?: number;
  /** Time to live or hop limit of everything sent until told otherwise, 1 to 255. */
  hopLimit?: number;
  /** The source port, to send on a chosen flow. */
  localPort?: number;
}

/** A connection whose packets can be told how far to go. Destroying it resets it, so that its source port is free at once. */
export interface ShapedConnection extends Connection {
  /** False where this host cannot. */
  setHopLimit(hopLimit: number): boolean;
}

export type ShapedDialOutcome = Exclude<DialOutcome, { kind: 'connected' }> | ShapedConnected;

export interface ShapedConnected {
  kind: 'connected';
  connection: ShapedConnection;
  startMs: number;
  atMs: number;
}

/**
 * Opens TCP connections of a chosen shape, for experiments. A failure in place of an outcome means that this host cannot shape connections so, and
 * that nothing was sent. An attempt that an ICMP error ended says who sent it, where the system can tell; time exceeded is one of them.
 */
export interface ShapedDialer {
  dial(remote: Endpoint, shape: ConnectionShape, wait: Wait): Promise<ShapedDialOutcome | Failure>;
}
