import type { Connection, ReadOutcome, Wait } from '../../ports/connection.ts';
import type { Http2ResponseDecoder } from '../../wire/http2-response.ts';
import { createHttp2Session, type Http2Session } from '../../wire/http2-session.ts';
import { concat } from '../dns/bytes.ts';
import type { OpenConnection } from '../tcp.ts';
import { type WalkContext, waitWithin } from '../walk-context.ts';

/** Requests that are open at once where the server allows more, or has not said yet (as in Chromium). */
const streamLimit = 100;
/** RFC 9113 section 7. */
const http11Required = 0x0d;

/** One request's share of a connection: to be used as a connection of its own, for one request. */
export interface SharedStream {
  opened: OpenConnection;
  /** What became of its request, once that was waited for. */
  readonly fate: StreamFate;
  /** Its request is over, or not wanted any more. */
  release(): void;
}

/**
 * `unanswered`: the connection ended, or the server left it before it looked at the request. `http11-required`: the server wants it over HTTP/1.1.
 * `own`: whatever came of it, it is this request's alone.
 */
export type StreamFate = 'own' | 'unanswered' | 'http11-required';

/** An HTTP/2 connection that carries requests side by side. */
export interface SharedConnection {
  /** No further request may be made over it. Those made are still answered, unless it broke. */
  readonly isOver: boolean;
  /** How many requests were answered, if only in part. */
  readonly answered: number;
  /** Requests under way. */
  readonly active: number;
  /** The next request's share; null while as many are open as may be. */
  open(): SharedStream | null;
  close(): void;
}

/** What the streams of one connection have in common. */
interface Shared {
  context: WalkContext;
  base: OpenConnection;
  session: Http2Session;
  /** How the connection ended; null while it lives. */
  ending: Exclude<ReadOutcome, { kind: 'bytes' }> | null;
  /** {@link Clock.nowMs} readings. */
  receivedAtMs: number;
  /** No more requests are to be made, for a reason of our own. */
  isRetired: boolean;
  answered: number;
  streams: Set<Stream>;
}

/** @param onChange told when there may be room for more requests, or the connection is over */
export function shareConnection(context: WalkContext, base: OpenConnection, onChange: () => void): SharedConnection {
  const session = base.http2 ?? createHttp2Session();
  const stopped = new AbortController();
  const shared: Shared = {
    context,
    base,
    session,
    ending: null,
    receivedAtMs: context.ports.clock.nowMs(),
    isRetired: false,
    answered: 0,
    streams: new Set(),
  };
  const isOver = (): boolean => shared.isRetired || shared.ending !== null || session.isClosing;

  async function receive(): Promise<void> {
    while (shared.ending === null && !stopped.signal.aborted) {
      const outcome = await base.connection.read(waitWithin(context, context.options.timeoutMs, stopped.signal));
      // How long an answer may take is for whoever waits for it.
      if (outcome.kind === 'timed-out') continue;
      const limit = session.streamLimit;
      if (outcome.kind === 'bytes') {
        shared.receivedAtMs = outcome.atMs;
        session.receive(outcome.bytes);
        const replies = session.takeReplies();
        for (const stream of shared.streams) stream.wakeIfPending();
        if (session.streamLimit !== limit || isOver()) onChange();
        // A peer that does not take the answers to what it says is not listened to any further.
        if (replies.length > 0) await base.connection.write(concat(replies));
      } else {
        shared.ending = outcome;
        for (const stream of shared.streams) stream.wake();
        onChange();
      }
    }
  }
  void receive();

  function close(): void {
    stopped.abort();
    base.connection.destroy();
  }

  return {
    get isOver() {
      return isOver();
    },
    get answered() {
      return shared.answered;
    },
    get active() {
      return shared.streams.size;
    },
    open() {
      const most = Math.min(streamLimit, session.streamLimit ?? streamLimit);
      if (isOver() || shared.streams.size >= most) return null;
      const stream = new Stream(shared, () => {
        if (isOver() && shared.streams.size === 0) close();
        onChange();
      });
      shared.streams.add(stream);
      return stream;
    },
    close,
  };
}

/** A connection that ends where one request does. */
class Stream implements SharedStream, Connection {
  readonly opened: OpenConnection;
  readonly #shared: Shared;
  readonly #onReleased: () => void;
  readonly #openedAtMs: number;
  #decoder: Http2ResponseDecoder | null = null;
  #fate: StreamFate = 'own';
  #wake: (() => void) | null = null;
  #arrivedAtMs: number | null = null;

  constructor(shared: Shared, onReleased: () => void) {
    this.#shared = shared;
    this.#onReleased = onReleased;
    this.#openedAtMs = shared.context.ports.clock.nowMs();
    const { session } = shared;
    const http2: Http2Session = {
      request: (offer) => {
        const made = session.request(offer);
        this.#decoder = made.decoder;
        return made;
      },
      receive: session.receive,
      takeReplies: session.takeReplies,
      get streamLimit() {
        return session.streamLimit;
      },
      get isClosing() {
        return session.isClosing;
      },
    };
    this.opened = { ...shared.base, connection: this, http2 };
  }

  get fate(): StreamFate {
    return this.#fate;
  }

  get local(): Connection['local'] {
    return this.#shared.base.connection.local;
  }

  get remote(): Connection['remote'] {
    return this.#shared.base.connection.remote;
  }

  get bytesSent(): number {
    return this.#shared.base.connection.bytesSent;
  }

  get bytesReceived(): number {
    return this.#shared.base.connection.bytesReceived;
  }

  facts(): ReturnType<Connection['facts']> {
    return this.#shared.base.connection.facts();
  }

  measure(): ReturnType<Connection['measure']> {
    return this.#shared.base.connection.measure();
  }

  async write(bytes: Uint8Array): ReturnType<Connection['write']> {
    const failure = await this.#shared.base.connection.write(bytes);
    if (failure !== null && failure.name !== 'aborted') this.#fate = 'unanswered';
    return failure;
  }

  /** Of nothing, when the decoder has something pending. */
  async read(wait: Wait): Promise<ReadOutcome> {
    const shared = this.#shared;
    const { clock } = shared.context.ports;
    if (!this.#hasPending() && shared.ending === null && wait.signal?.aborted !== true) await this.#wakened(wait);
    if (this.#hasPending()) {
      const atMs = this.#arrivedAtMs ?? shared.receivedAtMs;
      this.#arrivedAtMs = null;
      return { kind: 'bytes', bytes: new Uint8Array(0), atMs };
    }
    if (shared.ending !== null) {
      if (shared.ending.kind !== 'aborted') this.#fate = 'unanswered';
      return shared.ending;
    }
    const atMs = clock.nowMs();
    if (wait.signal?.aborted === true) return { kind: 'aborted', atMs };
    // Where nothing at all came since it was asked, others need not wait on this connection.
    if (shared.receivedAtMs < this.#openedAtMs) shared.isRetired = true;
    return { kind: 'timed-out', atMs };
  }

  async #wakened(wait: Wait): Promise<void> {
    const over = new AbortController();
    const signal = wait.signal === undefined ? over.signal : AbortSignal.any([wait.signal, over.signal]);
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([woken, this.#shared.context.ports.clock.sleep(wait.timeoutMs, signal)]);
    // A reason of our own: the usual one is an error with a stack.
    over.abort(null);
    this.#wake = null;
  }

  #hasPending(): boolean {
    return this.#decoder?.hasPending === true;
  }

  wakeIfPending(): void {
    if (!this.#hasPending()) return;
    this.#arrivedAtMs ??= this.#shared.receivedAtMs;
    this.wake();
  }

  wake(): void {
    this.#wake?.();
  }

  release(): void {
    const shared = this.#shared;
    if (!shared.streams.delete(this)) return;
    const decoder = this.#decoder;
    if (decoder !== null) {
      this.#judge(decoder);
      const reset = decoder.giveUp();
      if (reset !== null && shared.ending === null) void shared.base.connection.write(reset);
    }
    this.#onReleased();
  }

  /** What became of the request, by what was said on its stream. */
  #judge(decoder: Http2ResponseDecoder): void {
    const { ending, malformed, phase } = decoder;
    if (ending?.errorCode === http11Required) this.#fate = 'http11-required';
    else if (decoder.isUnprocessed || ending?.how === 'goaway' || malformed?.rule === 'h2-frame') this.#fate = 'unanswered';
    else if (phase === 'body' || phase === 'complete' || ending !== null) this.#shared.answered += 1;
  }

  destroy(): void {
    this.release();
  }
}
