import { Duplex } from 'node:stream';
import type { Failure } from '../model/failure.ts';
import type { Connection, ReadOutcome } from '../ports/connection.ts';

/** Bytes of one direction that are kept while a handshake runs. */
const keptBytes = 256 * 1024;

/** How the transport below ended. */
export type TransportEnding = Exclude<ReadOutcome, { kind: 'bytes' | 'timed-out' }>;

/** The error a transport's failure is turned into for the TLS library, and back by `errno.ts`: it carries the code. */
function errorOf(failure: Failure): Error {
  return Object.assign(new Error(failure.raw ?? failure.name), { code: failure.code ?? failure.name });
}

/**
 * A connection as the stream that `node:tls` runs over, which keeps the first 256 KiB of either direction until told to stop. Destroying it
 * destroys the connection.
 */
export class TransportStream extends Duplex {
  readonly received: Uint8Array[] = [];
  readonly sent: Uint8Array[] = [];
  /** Null while the transport is open. */
  ending: TransportEnding | null = null;
  readonly #connection: Connection;
  readonly #onEnding: (ending: TransportEnding) => void;
  #room = { received: keptBytes, sent: keptBytes };
  #reading = false;

  constructor(connection: Connection, onEnding: (ending: TransportEnding) => void) {
    super({ allowHalfOpen: true });
    this.#connection = connection;
    this.#onEnding = onEnding;
  }

  /** Forgets nothing and keeps nothing more. */
  stopKeeping(): void {
    this.#room = { received: 0, sent: 0 };
  }

  override _read(): void {
    if (this.#reading || this.ending !== null) return;
    this.#reading = true;
    void this.#connection.read({ timeoutMs: Number.POSITIVE_INFINITY }).then((outcome) => {
      this.#reading = false;
      if (outcome.kind === 'bytes') {
        this.#keep('received', outcome.bytes);
        this.push(outcome.bytes);
      } else if (outcome.kind !== 'timed-out') {
        this.ending = outcome;
        this.#onEnding(outcome);
        if (outcome.kind === 'end') this.push(null);
        else this.destroy(outcome.kind === 'failed' ? errorOf(outcome.failure) : undefined);
      }
    });
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#keep('sent', chunk);
    void this.#connection.write(chunk).then((failure) => callback(failure === null ? null : errorOf(failure)));
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#connection.destroy();
    callback(error);
  }

  #keep(direction: 'received' | 'sent', bytes: Uint8Array): void {
    const room = this.#room[direction];
    if (room === 0) return;
    this[direction].push(bytes.subarray(0, room));
    this.#room[direction] = Math.max(0, room - bytes.length);
  }
}
