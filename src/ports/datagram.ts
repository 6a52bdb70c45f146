import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { ReadOutcome, Wait } from './connection.ts';

/** A connected UDP socket: receives only from its peer, and learns of ICMP errors as failures. Never throws for what the network does. */
export interface Datagrams {
  send(bytes: Uint8Array): Promise<Failure | null>;
  /** One datagram per `bytes` outcome; `end` does not occur. */
  receive(wait: Wait): Promise<ReadOutcome>;
  close(): void;
}

export interface DatagramOpener {
  open(remote: Endpoint): Promise<Datagrams | Failure>;
}
