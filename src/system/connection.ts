import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Failure } from '../model/failure.ts';
import type { Endpoint } from '../model/observations/base.ts';
import type { TcpFacts } from '../model/observations/tcp.ts';
import type { Connection, ReadOutcome, Wait } from '../ports/connection.ts';
import { bufferOf } from './buffer.ts';
import { failureOf } from './errno.ts';
import { loadCLibrary } from './foreign-functions.ts';
import { isFailure } from './network-tables.ts';
import { tcpFactsOf, unknownKernelFacts } from './tcp-info.ts';
import { limitWait } from './wait-limit.ts';

/** Bytes that may wait for a reader before the socket is paused and TCP's window closes. */
const queueBoundBytes = 256 * 1024;

/** What stays true of a connection whatever it does next. */
function withoutCounts(facts: TcpFacts | null): TcpFacts | null {
  if (facts === null) return null;
  const { kernel } = facts;
  const lasting = { ...facts, retransmissions: null, bytesAcknowledged: null };
  if (kernel === undefined) return lasting;
  return { ...lasting, kernel: { ...unknownKernelFacts, minRttMs: kernel.minRttMs, pathMtuBytes: kernel.pathMtuBytes } };
}

type Ending = Exclude<ReadOutcome, { kind: 'bytes' | 'timed-out' }>;

/**
 * A byte stream read by pulling, over any connected `net.Socket` (TCP, or TLS as `tls.TLSSocket`). Chunks are stamped in the 'data' event
 * and queued; a reset, an end and our own `destroy` stay apart whenever they happen. The socket must have been made with `allowHalfOpen`.
 */
export class SocketConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #socket: Socket;
  /** The socket whose bytes count as sent and received: itself for TCP, the one below for TLS. */
  readonly #transport: Pick<Connection, 'bytesSent' | 'bytesReceived' | 'facts' | 'measure' | 'destroy'> | null;
  #queue: { kind: 'bytes'; bytes: Uint8Array; atMs: number }[] = [];
  #queuedBytes = 0;
  #ending: Ending | null = null;
  /** What the kernel said when something was last written, for when the socket is gone: its round trips stay true, its counts do not. */
  #factsAtWrite: TcpFacts | null = null;
  /** What it said when we closed. */
  #factsAtClose: TcpFacts | null = null;
  /** When an end was seen of which the kernel was asked whether it was a reset. */
  #endedAtMs: number | null = null;
  #wake: ((outcome: ReadOutcome) => void) | null = null;

  constructor(socket: Socket, transport: Connection | null, local: Endpoint, remote: Endpoint) {
    this.#socket = socket;
    this.#transport = transport;
    this.local = local;
    this.remote = remote;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  get bytesSent(): number {
    return this.#transport === null ? this.#socket.bytesWritten : this.#transport.bytesSent;
  }

  get bytesReceived(): number {
    return this.#transport === null ? this.#socket.bytesRead : this.#transport.bytesReceived;
  }

  facts(): TcpFacts | null {
    if (this.#transport !== null) return this.#transport.facts();
    return tcpFactsOf(this.#socket) ?? this.#factsAtClose ?? this.#factsAtWrite;
  }

  async measure(): Promise<TcpFacts | Failure> {
    if (this.#transport !== null) return this.#transport.measure();
    const library = await loadCLibrary();
    return this.facts() ?? (isFailure(library) ? library : { name: 'unknown', raw: 'TCP_INFO is read on Linux alone' });
  }

  write(bytes: Uint8Array): Promise<Failure | null> {
    return new Promise((resolve) => {
      const known = this.#ending;
      if (known?.kind === 'failed') return resolve(known.failure);
      if (known?.kind === 'aborted' || this.#socket.destroyed) return resolve({ name: 'aborted' });
      if (this.#transport === null) this.#factsAtWrite = withoutCounts(tcpFactsOf(this.#socket)) ?? this.#factsAtWrite;
      this.#socket.write(bufferOf(bytes), (error) => {
        // A write cut short by a reset or by our closing carries only the stream's own complaint, or none at all.
        const ending = this.#ending;
        if (ending?.kind === 'failed' && (error != null || this.#socket.destroyed)) resolve(ending.failure);
        else if (error != null) resolve(failureOf(error));
        else resolve(this.#socket.destroyed ? { name: 'aborted' } : null);
      });
    });
  }

  read(wait: Wait): Promise<ReadOutcome> {
    if (wait.signal?.aborted) return Promise.resolve({ kind: 'aborted', atMs: performance.now() });
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      const wasFull = this.#queuedBytes >= queueBoundBytes;
      this.#queuedBytes -= chunk.bytes.length;
      if (wasFull && this.#queuedBytes < queueBoundBytes) this.#socket.resume();
      return Promise.resolve(chunk);
    }
    if (this.#ending !== null) return Promise.resolve(this.#ending);
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

  destroy(): void {
    if (this.#transport === null) this.#factsAtClose ??= tcpFactsOf(this.#socket);
    this.#end({ kind: 'aborted', atMs: performance.now() });
    this.close(this.#socket);
    this.#transport?.destroy();
  }

  /** How a socket is let go of. */
  protected close(socket: Socket): void {
    socket.destroy();
  }

  #onData = (bytes: Buffer): void => {
    const outcome = { kind: 'bytes', bytes, atMs: performance.now() } as const;
    if (this.#wake !== null) {
      this.#wake(outcome);
      return;
    }
    this.#queue.push(outcome);
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes >= queueBoundBytes) this.#socket.pause();
  };

  #onEnd = (): void => {
    const atMs = performance.now();
    if (this.#transport !== null || this.#isConnected()) this.#end({ kind: 'end', atMs });
    else this.#askHowItEnded(atMs);
  };

  /** getpeername(2) fails for a connection that no longer exists; after a FIN alone it exists until we close too. */
  #isConnected(): boolean {
    return this.#socket.remoteAddress !== undefined;
  }

  /**
   * The stream said "end" and the kernel has no connection left: libuv takes the hang-up that comes with a reset for the end of the stream
   * when bytes arrived in the same moment. What a write is refused with tells: ECONNRESET, or EPIPE when a FIN came first. Nothing can be sent.
   */
  #askHowItEnded(atMs: number): void {
    this.#endedAtMs = atMs;
    this.#socket.write(Uint8Array.of(0), (error) => {
      if (error == null) this.#end({ kind: 'end', atMs });
    });
  }

  #onError = (error: Error): void => {
    const failure = failureOf(error);
    if (this.#endedAtMs !== null && failure.name !== 'connection-reset') {
      this.#end({ kind: 'end', atMs: this.#endedAtMs });
      return;
    }
    this.#end(
      failure.name === 'aborted' ? { kind: 'aborted', atMs: performance.now() } : { kind: 'failed', failure, atMs: performance.now() },
    );
  };

  #onClose = (): void => this.#end({ kind: 'aborted', atMs: performance.now() });

  /** Keeps the first ending; a failure may still replace an end, because a reset can follow a half-close. */
  #end(ending: Ending): void {
    if (this.#ending === null || (this.#ending.kind === 'end' && ending.kind === 'failed')) this.#ending = ending;
    this.#wake?.(this.#ending);
  }
}
