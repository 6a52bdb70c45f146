import { encodeBase64 } from '../wire/byte-text.ts';
import { sha1 } from '../wire/sha1.ts';
import type { ByteArena } from './byte-arena.ts';
import type { HttpExchange, SeenRequestHead, SeenResponseHead } from './http-exchange.ts';
import type { HttpSink } from './http-follower.ts';
import { decodeHeads } from './http-heads.ts';
import { Http2Follower } from './http2-follower.ts';
import type { StreamPiece } from './stream-order.ts';
import { WebSocketFollower } from './websocket-follower.ts';

/** Follows what a connection speaks behind an upgrade (RFC 9110 section 7.8). */
export interface HttpSuccessor {
  take(piece: StreamPiece, direction: number): void;
  gap(length: number, direction: number): void;
  /** Nothing more can be read. */
  abandon(): void;
  /** The connection is over. */
  finish(): void;
}

/** RFC 6455 section 1.3. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * What follows a connection on behind an exchange that was answered 101; null where that is not followed. Of HTTP/2 the exchange goes over to it, for its
 * answer is still to come: it is no longer switched then.
 */
export function successorOf(exchange: HttpExchange, arena: ByteArena, sink: HttpSink): HttpSuccessor | null {
  const { request, response } = decodeHeads(arena.read(exchange.requestHead), arena.read(exchange.responseHead), false);
  const protocol = response === null ? null : fieldOf(response, 'upgrade')?.toLowerCase();
  if (protocol === 'websocket' && response !== null) {
    sink.upgraded('websocket');
    return new WebSocketFollower(exchange, isAnswer(request, response), fieldOf(response, 'sec-websocket-protocol'));
  }
  if (protocol !== 'h2c' || request === null) return null;
  sink.upgraded('http2');
  arena.release(exchange.requestHead);
  arena.release(exchange.responseHead);
  exchange.requestFields = request;
  exchange.interim = [...(exchange.interim ?? []), exchange.status];
  exchange.status = 0;
  exchange.responseState = 'none';
  exchange.responseStartMs = Number.NaN;
  exchange.switched = false;
  const follower = new Http2Follower(sink);
  follower.adopt(exchange);
  return follower;
}

function fieldOf(head: Pick<SeenResponseHead, 'fields'>, name: string): string | null {
  return head.fields.find((field) => field.name.toLowerCase() === name)?.value.trim() ?? null;
}

/** Whether the answer is the one to the client's key (RFC 6455 section 4.2.2); so it is taken to be where the question was not captured. */
function isAnswer(request: SeenRequestHead | null, response: SeenResponseHead): boolean {
  const key = request === null ? null : fieldOf(request, 'sec-websocket-key');
  return key === null || fieldOf(response, 'sec-websocket-accept') === encodeBase64(sha1(new TextEncoder().encode(key + guid)));
}
