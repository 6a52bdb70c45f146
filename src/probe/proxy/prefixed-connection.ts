import type { Failure } from '../../model/failure.ts';
import type { TcpFacts } from '../../model/observations/tcp.ts';
import type { Connection, ReadOutcome, Wait } from '../../ports/connection.ts';

/** A connection of which some bytes were read already: they come first. */
export function prefixedConnection(connection: Connection, prefix: Uint8Array, atMs: number): Connection {
  return prefix.length === 0 ? connection : new PrefixedConnection(connection, prefix, atMs);
}

class PrefixedConnection implements Connection {
  readonly local: Connection['local'];
  readonly remote: Connection['remote'];
  readonly #connection: Connection;
  #prefix: Extract<ReadOutcome, { kind: 'bytes' }> | null;

  constructor(connection: Connection, bytes: Uint8Array, atMs: number) {
    this.#connection = connection;
    this.#prefix = { kind: 'bytes', bytes, atMs };
    this.local = connection.local;
    this.remote = connection.remote;
  }

  get bytesSent(): number {
    return this.#connection.bytesSent;
  }

  get bytesReceived(): number {
    return this.#connection.bytesReceived;
  }

  facts(): TcpFacts | null {
    return this.#connection.facts();
  }

  measure(): Promise<TcpFacts | Failure> {
    return this.#connection.measure();
  }

  write(bytes: Uint8Array): Promise<Failure | null> {
    return this.#connection.write(bytes);
  }

  read(wait: Wait): Promise<ReadOutcome> {
    const first = this.#prefix;
    if (first === null) return this.#connection.read(wait);
    this.#prefix = null;
    return Promise.resolve(first);
  }

  destroy(): void {
    this.#prefix = null;
    this.#connection.destroy();
  }
}
