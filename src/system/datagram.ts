import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Failure } from '../model/failure.ts';
import type { ReadOutcome, Wait } from '../ports/connection.ts';
import type { DatagramOpener, Datagrams } from '../ports/datagram.ts';
import { bufferOf } from './buffer.ts';
import { datagramFailureOf, failureOf } from './errno.ts';
import { isDialable } from './tcp-dialer.ts';
import { limitWait } from './wait-limit.ts';

/** Datagrams that may wait for a reader; beyond it the newest are dropped, as a full socket buffer would. */
const queueBound = 256;

/** Connected UDP sockets of `node:dgram`. An ICMP error for what was sent comes back as the failure of the next receive or send. */
export const systemDatagrams: DatagramOpener = {
  open: (remote) => {
    if (!isDialable(remote) || remote.port === 0) return Promise.resolve({ name: 'invalid-argument' });
    return new Promise((resolve) => {
      const socket = createSocket(isIPv6(remote.address) ? 'udp6' : 'udp4');
      // Errors of bind() come as events, those of connect() to the callback, whose declared type leaves the error out.
      const onOpened = (error?: Error): void => {
        socket.off('error', onOpened);
        if (error === undefined) {
          resolve(new SocketDatagrams(socket));
        } else {
          closeOnce(socket);
          resolve(datagramFailureOf(error));
        }
      };
      socket.on('error', onOpened);
      socket.connect(remote.port, remote.address, onOpened as () => void);
    });
  },
};

function closeOnce(socket: Socket): void {
  socket.on('error', () => undefined);
  try {
    socket.close();
  } catch {
    // Already closed: Node.js throws instead of ignoring a second close.
  }
}

class SocketDatagrams implements Datagrams {
  readonly #socket: Socket;
  #queue: ReadOutcome[] = [];
  #closed = false;
  #wake: ((outcome: ReadOutcome) => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes) => this.#arrive({ kind: 'bytes', bytes, atMs: performance.now() }));
    socket.on('error', (error) => this.#arrive({ kind: 'failed', failure: failureOf(error), atMs: performance.now() }));
  }

  send(bytes: Uint8Array): Promise<Failure | null> {
    if (this.#closed) return Promise.resolve({ name: 'aborted' });
    return new Promise((resolve) => {
      this.#socket.send(bufferOf(bytes), (error) => resolve(error === null ? null : failureOf(error)));
    });
  }

  receive(wait: Wait): Promise<ReadOutcome> {
    if (wait.signal?.aborted) return Promise.resolve({ kind: 'aborted', atMs: performance.now() });
    const arrived = this.#queue.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    if (this.#closed) return Promise.resolve({ kind: 'aborted', atMs: performance.now() });
    return new Promise((resolve) => {
      const release = limitWait(wait, (why) => {
        this.#wake = null;
        resolve({ kind: why, atMs: performance.now() });
      });
      this.#wake = (outcome) => {
        this.#wake = null;
        release();
        resolve(outcome);
      };
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake?.({ kind: 'aborted', atMs: performance.now() });
    closeOnce(this.#socket);
  }

  #arrive(outcome: ReadOutcome): void {
    if (this.#closed) return;
    if (this.#wake !== null) {
      this.#wake(outcome);
      return;
    }
    if (this.#queue.length < queueBound) this.#queue.push(outcome);
  }
}
