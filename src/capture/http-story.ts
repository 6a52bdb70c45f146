import type { Budgets } from '../model/expectation.ts';
import type { HttpWebSocket } from '../model/observations/http.ts';
import type { ConnectionEnd, ConnectionStory } from './connection-story.ts';
import type { HttpExchange, SeenSocket, StreamEnding } from './http-exchange.ts';

/** How a response's body ended; `unknown` when the capture does not say. */
export type BodyEnd = 'complete' | 'cut-off' | 'limit' | 'silent' | 'unknown';

/** A client that gives up after this long without an answer was waiting for it. */
const givenUpMs = 2500;
/** Without any end in the capture, only this long a silence is taken for one: answers that are held back on purpose come sooner. */
const silenceMs = 30_000;
/** A body whose length is known has stalled when nothing of it comes for this long, and the client gives up; one without may be a stream of events. */
const stalledMs = 2500;
const stalledStreamMs = 10_000;
const gzipMagic = 0x1f8b;
/** What rules may call throttled is of a class of its own: as much, for as long, and no more than a tenth of a first window per round trip (RFC 6928). */
const pacedBytes = 65_536;
const pacedMs = 1500;
const pacedWindowBytes = 1460;

/** What an HTTP exchange amounts to, together with its connection. */
export class HttpStory {
  /** What happened in place of a response. */
  end: ConnectionEnd = 'none';
  phase: 'request-sent' | 'response-header' = 'request-sent';
  bodyEnd: BodyEnd = 'unknown';
  bodyEndedBy: 'peer-closed' | 'reset' | 'stream-reset' | null = null;
  /** How long nothing came, where that was the end. */
  silentMs = 0;
  isMalformed = false;
  /** The server ended the stream, or the connection that carries it, in place of the answer or of the rest of it. */
  streamEnd: StreamEnding['how'] | null = null;
  /** How the WebSocket ended that was opened, and how long it was open; null while it went on. */
  socketClosedBy: HttpWebSocket['closedBy'] = null;
  socketOpenMs = 0;
  /** Content that was to be gzip is something else (RFC 1952 section 2.3.1). */
  isNotGzip = false;

  /** Reads an exchange that is over; `connection` was read before. */
  read(exchange: HttpExchange, connection: ConnectionStory): void {
    this.end = 'none';
    this.bodyEnd = 'unknown';
    this.bodyEndedBy = null;
    this.silentMs = 0;
    this.streamEnd = null;
    this.isNotGzip = exchange.isGzip && exchange.bodyStart >= 0 && exchange.bodyStart !== gzipMagic && !exchange.incomplete;
    this.isMalformed = exchange.responseState === 'malformed' && !exchange.incomplete;
    if (exchange.responseState === 'complete') {
      this.bodyEnd = 'complete';
      if (exchange.socket !== null) this.readSocket(exchange, exchange.socket, connection);
      return;
    }
    if (exchange.incomplete || this.isMalformed) return;
    if (exchange.ending !== null) {
      this.streamEnd = exchange.ending.how;
      if (exchange.responseState !== 'body') return;
      this.bodyEnd = 'cut-off';
      this.bodyEndedBy = 'stream-reset';
      return;
    }
    if (exchange.responseState === 'body') this.readBody(exchange, connection);
    else if (!Number.isNaN(exchange.requestHeadMs)) this.readMissing(exchange, connection);
  }

  private readSocket(exchange: HttpExchange, socket: SeenSocket, connection: ConnectionStory): void {
    // A close may be among what was not captured.
    const serverEnded = !Number.isNaN(connection.serverEndMs) && !exchange.incomplete;
    const end = serverEnded ? (connection.serverEndIsReset ? 'reset' : 'end') : null;
    this.socketClosedBy = socket.closedBy ?? end;
    const endMs = socket.closedBy === null && serverEnded ? connection.serverEndMs : socket.closedMs;
    this.socketOpenMs = Math.max(0, endMs - exchange.responseHeadMs);
  }

  private readBody(exchange: HttpExchange, connection: ConnectionStory): void {
    // An answer to a HEAD request looks the same, and ends here.
    if (!connection.isHeard || (!exchange.hasRequest && exchange.bodyBytes === 0)) return;
    if (!Number.isNaN(connection.serverEndMs)) {
      // Until the close is how this body was to end, unless a reset came in its place.
      this.bodyEnd = exchange.framing === 'until-close' && !connection.serverEndIsReset ? 'complete' : 'cut-off';
      this.bodyEndedBy = connection.serverEndIsReset ? 'reset' : 'peer-closed';
      return;
    }
    const gaveUp = !Number.isNaN(connection.clientEndMs);
    this.silentMs = (gaveUp ? connection.clientEndMs : connection.watchedUntilMs) - exchange.responseEndMs;
    if (!gaveUp && !connection.isSettled) return;
    const enoughMs = exchange.framing === 'content-length' ? stalledMs : stalledStreamMs;
    // Whoever takes no more gets no more.
    if (this.silentMs >= (gaveUp ? enoughMs : silenceMs) && !connection.clientIsFull) this.bodyEnd = 'silent';
    // Whoever leaves in the middle of a pause may have waited for more.
    else if (gaveUp && this.silentMs < stalledMs) this.bodyEnd = 'limit';
  }

  private readMissing(exchange: HttpExchange, connection: ConnectionStory): void {
    this.phase = Number.isNaN(exchange.responseStartMs) ? 'request-sent' : 'response-header';
    if (!connection.isHeard || wasTooLate(exchange, connection) || wasForgotten(exchange, connection)) return;
    if (!Number.isNaN(connection.serverEndMs)) {
      this.end = connection.serverEndIsReset ? 'reset' : 'closed';
      return;
    }
    const gaveUp = !Number.isNaN(connection.clientEndMs);
    this.silentMs = (gaveUp ? connection.clientEndMs : connection.watchedUntilMs) - exchange.requestEndMs;
    if (this.silentMs >= (gaveUp ? givenUpMs : silenceMs) && (gaveUp || connection.isSettled)) this.end = 'silent';
  }

  /** Whether a body was long enough, and took long enough, to be called slow. */
  isLong({ bodyBytes, responseStartMs, responseEndMs }: HttpExchange): boolean {
    return bodyBytes >= pacedBytes && responseEndMs - responseStartMs >= pacedMs;
  }

  /** Whether the body came far slower than the way allowed, and not because the client took no more. */
  isPaced(exchange: HttpExchange, connection: ConnectionStory): boolean {
    if (!this.isLong(exchange) || connection.clientWasFull) return false;
    const rate = exchange.bodyBytes / (exchange.responseEndMs - exchange.responseStartMs);
    return rate <= pacedWindowBytes / Math.max(1, connection.roundTripMs);
  }

  /** Whether the first byte took longer than users accept. */
  isSlow(exchange: HttpExchange, budgets: Budgets): boolean {
    return exchange.status > 0 && exchange.responseStartMs - exchange.requestEndMs > budgets.firstByteMs;
  }
}

/**
 * Whether the server had ended the connection before it saw the request: because that was sent ahead of an earlier answer, or met the end of a connection
 * that had been idle. Clients send it again on another connection (RFC 9112 sections 9.3.1 and 9.3.2).
 */
function wasTooLate(
  { requestStartMs, responseStartMs, previousEndMs }: HttpExchange,
  { serverEndMs, serverTripMs }: ConnectionStory,
): boolean {
  if (!Number.isNaN(responseStartMs)) return false;
  if (serverEndMs <= requestStartMs) return true;
  return requestStartMs <= previousEndMs
    ? !Number.isNaN(serverEndMs)
    : !Number.isNaN(previousEndMs) && serverEndMs - requestStartMs < serverTripMs;
}

/** Whether the server had given the connection up before, unseen: it resets what it does not know, and acknowledges nothing. */
function wasForgotten({ previousEndMs }: HttpExchange, connection: ConnectionStory): boolean {
  const isOld = !connection.hasSyn || !Number.isNaN(previousEndMs);
  return isOld && connection.serverEndIsReset && !connection.tookEverything;
}
