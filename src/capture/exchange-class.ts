import { soonMs } from '../model/web-socket.ts';
import type { ConnectionStory } from './connection-story.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { HttpStory } from './http-story.ts';

/**
 * Exchanges of one class are judged alike: the class holds everything the rules look at, except for how much. Among hundreds of thousands of exchanges
 * there are a few dozen classes; one or a few of each are judged and shown, the others are counted.
 */
export type ExchangeClass = number;

/** Classes that differ by certificates alone are of one kind: this many of them at most. */
const identities = 64;

/** What a class has in common with those that differ from it by certificates alone. */
export function kindOf(key: ExchangeClass): number {
  return key < 0 ? key : key - (key % identities);
}

const connects = ['open', 'unanswered', 'refused', 'icmp', 'unheard', 'unknown'] as const;
const ends = ['none', 'reset', 'closed', 'silent'] as const;
const stages = ['none', 'hello-sent', 'handshaking', 'completed', 'midstream'] as const;
const bodyEnds = ['complete', 'cut-off', 'limit', 'silent', 'unknown'] as const;

/** Facts about the lookup that belong to the class. */
export interface LookupClass {
  /** 0 for no lookup, else the ordinal of what its questions came to, in order of appearance; 31 for all that came later. */
  outcome: number;
  isSlow: boolean;
  wasRepeated: boolean;
}

/** What of a connection belongs to the class, in a mixed radix: with what follows the number stays an exact integer. */
function ofConnection(connection: ConnectionStory, slowConnect: boolean, slowHandshake: boolean): number {
  const { connect, tlsStage } = connection;
  const isTls = tlsStage !== 'none';
  const end = connection.endBeforeRequest();
  let value = connect === 'open' ? 0 : connects.indexOf(connect);
  value = value * 2 + (slowConnect ? 1 : 0);
  value = value * 4 + (end === 'none' ? 0 : ends.indexOf(end));
  value = value * 6 + (slowHandshake ? stages.length : isTls ? stages.indexOf(tlsStage) : 0);
  value = value * 8 + (isTls ? limited(connection.tls.version - 0x02ff, 8) : 0);
  value = value * 3 + (connection.serverAborted ? 2 : connection.clientAborted ? 1 : 0);
  value = value * 2 + (connection.isForeign ? 1 : 0);
  value = value * 2 + (connection.lostSegmentBytes > 0 ? 1 : 0);
  value = value * 2 + (connection.clientWentOn ? 1 : 0);
  // One alert at most matters: the server's, else the client's; numbers go up to 255.
  const alert = connection.serverAlert >= 0 ? connection.serverAlert + 1 : connection.clientAlert >= 0 ? connection.clientAlert + 257 : 0;
  return value * 514 + alert;
}

function limited(value: number, size: number): number {
  return Math.min(Math.max(0, value), size - 1);
}

function withLookup(value: number, lookup: LookupClass): number {
  return ((value * 32 + limited(lookup.outcome, 32)) * 2 + (lookup.isSlow ? 1 : 0)) * 2 + (lookup.wasRepeated ? 1 : 0);
}

/** The class of what a connection and, where there was one, a request on it amount to. */
export function classify(
  connection: ConnectionStory,
  slowConnect: boolean,
  lookup: LookupClass,
  exchange: HttpExchange | null,
  http: HttpStory | null,
  slowAnswer: boolean,
  slowHandshake: boolean,
): ExchangeClass {
  const value = withLookup(ofConnection(connection, slowConnect, slowHandshake), lookup);
  const identity = connection.tls.hasCertificates && connection.tlsStage !== 'none' ? identityOf(connection) & (identities - 1) : 0;
  if (exchange === null || http === null) return value * 2 * identities + identity;
  return (
    withAnswer(value, outcomeOf(exchange, http), flawOf(http, exchange.socket), bodyOf(exchange, connection, http), slowAnswer) + identity
  );
}

/**
 * The status; of a WebSocket that the server closed soon, in its place the code of its close frame: 1000 to 1099 as 700 to 799, 3000 to 3099 as 800 to 899,
 * which are no statuses, and all others, which mean the same to everybody, as 900.
 */
function outcomeOf({ status, socket }: HttpExchange, http: HttpStory): number {
  const code = socket?.closeCode ?? null;
  if (code === null || http.socketOpenMs > soonMs) return status;
  if (code >= 1000 && code < 1100) return code - 300;
  return code >= 3000 && code < 3100 ? code - 2200 : 900;
}

/** Whom a client is satisfied with is not judged by the name it gave. */
function identityOf({ tls, clientWentOn }: ConnectionStory): number {
  return clientWentOn ? tls.certificateHash : tls.identityHash;
}

/** What was wrong with an answer, one thing at most: 0 for nothing, below 8. */
function flawOf(http: HttpStory, socket: HttpExchange['socket']): number {
  if (socket !== null && (!socket.accepted || http.socketClosedBy === 'broken')) return 4;
  if (socket !== null && http.socketOpenMs <= soonMs && http.socketClosedBy !== null) {
    if (http.socketClosedBy === 'reset' || http.socketClosedBy === 'end')
      return ends.indexOf(http.socketClosedBy === 'end' ? 'closed' : 'reset');
  }
  if (http.end !== 'none') return ends.indexOf(http.end);
  if (http.streamEnd !== null) return http.streamEnd === 'goaway' ? 7 : 6;
  return http.isMalformed ? 4 : http.isNotGzip ? 5 : 0;
}

/** How the body ended, or that it came slowly, where it did not end badly. Below 6. */
function bodyOf(exchange: HttpExchange, connection: ConnectionStory, http: HttpStory): number {
  const isWell = http.bodyEnd === 'complete' || http.bodyEnd === 'limit';
  return isWell && http.isPaced(exchange, connection) ? bodyEnds.length : bodyEnds.indexOf(http.bodyEnd);
}

function withAnswer(value: number, status: number, flaw: number, body: number, slowAnswer: boolean): number {
  let all = value * 1000 + limited(status, 1000);
  all = (all * 8 + flaw) * 6 + body;
  all = all * 2 + (slowAnswer ? 1 : 0);
  return (all * 2 + 1) * identities;
}

/** What {@link classify} says of a request that was answered to the end on a connection that opened, in clear, and lost nothing. */
export function classifyPlain(slowConnect: boolean, lookup: LookupClass, status: number, slowAnswer: boolean): ExchangeClass {
  const slow = slowConnect ? slowConnectAlone : 0;
  return withAnswer(withLookup(slow, lookup), status, 0, 0, slowAnswer);
}

/** The place of a slow connect in {@link ofConnection}. */
const slowConnectAlone: number = 4 * 6 * 8 * 3 * 2 * 2 * 2 * 514;
