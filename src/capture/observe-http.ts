import { encodeHex } from '../wire/byte-text.ts';
import { http2ErrorName } from '../wire/http2-names.ts';
import { type EvidenceLog, round } from './evidence-log.ts';
import type { HttpExchange, SeenRequestHead, SeenResponseHead } from './http-exchange.ts';
import type { HttpStory } from './http-story.ts';
import type { ObservedConnection } from './observe-tcp.ts';
import { recordableFields, secretsOf } from './secret-fields.ts';
import type { TlsFollower } from './tls-follower.ts';

/** One request and response with their headers decoded. Null what was not captured, or is damaged. */
export interface ObservedHttp {
  exchange: HttpExchange;
  story: HttpStory;
  request: SeenRequestHead | null;
  response: SeenResponseHead | null;
  url: string;
}

/** States what was asked and what was answered. */
export function observeHttp(log: EvidenceLog, connection: ObservedConnection, http: ObservedHttp): void {
  const { exchange, story, request, response } = http;
  // Careless servers repeat what they are told.
  const secrets = secretsOf([...(request?.fields ?? []), ...(response?.fields ?? [])]);
  const common = { checkpoint: 'http', connection: connection.id, server: connection.conversation.server } as const;
  if (request !== null) {
    log.state(exchange.requestEndMs, [exchange.requestStartFrame, exchange.requestEndFrame], {
      kind: 'http.request-sent',
      ...common,
      durationMs: round(exchange.requestEndMs - exchange.requestStartMs),
      method: request.method,
      url: http.url,
      version: request.version,
      headers: recordableFields(request.fields, secrets),
      bytes: request.headerBytes + exchange.requestBodyBytes,
    });
  }
  if (story.isMalformed) {
    log.state(exchange.responseStartMs, [exchange.responseStartFrame], {
      kind: 'http.response-malformed',
      ...common,
      rule: exchange.malformedRule,
      sampleHex: encodeHex(exchange.malformedSample ?? new Uint8Array(0)),
    });
    return;
  }
  if (response === null) {
    observeStreamEnd(log, http, common);
    return;
  }
  log.state(exchange.responseHeadMs, [exchange.responseStartFrame, exchange.responseHeadFrame], {
    kind: 'http.response-received',
    ...common,
    ...(exchange.hasRequest ? { durationMs: Math.max(0, round(exchange.responseStartMs - exchange.requestEndMs)) } : {}),
    status: response.status,
    reason: response.reason,
    version: response.version,
    headers: recordableFields(response.fields, secrets),
    headerBytes: response.headerBytes,
    interim: exchange.interim ?? [],
  });
  observeBody(log, http, response, common, connection.story.clientWasFull);
  observeSocket(log, http, common);
  observeStreamEnd(log, http, common);
  observeRedirect(log, http, response, common);
}

/** States how the WebSocket went on that was opened. */
function observeSocket(log: EvidenceLog, { exchange, story }: ObservedHttp, common: Common): void {
  const { socket } = exchange;
  if (socket === null) return;
  log.state(socket.closedMs, [exchange.responseHeadFrame, socket.closedFrame], {
    kind: 'http.websocket',
    ...common,
    accepted: socket.accepted,
    protocol: socket.protocol,
    received: socket.received,
    closedBy: story.socketClosedBy,
    closeCode: socket.closeCode,
    closeReason: socket.closeReason,
    openMs: round(story.socketOpenMs),
  });
}

/** States that the server ended the stream before its time. */
function observeStreamEnd(log: EvidenceLog, { exchange, story }: ObservedHttp, common: Common): void {
  if (story.streamEnd === null || exchange.ending === null) return;
  const { how, errorCode, debug, timeMs, frame } = exchange.ending;
  log.state(timeMs, [exchange.requestStartFrame, frame], {
    kind: 'http.stream-ended',
    ...common,
    how,
    errorCode,
    errorName: http2ErrorName(errorCode),
    debug,
    phase: exchange.status > 0 ? 'response-body' : exchange.interim !== null ? 'response-header' : 'request-sent',
  });
}

/** States what a proxy answered to the request for a tunnel. */
export function observeTunnel(log: EvidenceLog, connection: ObservedConnection, http: ObservedHttp, proxy: string): void {
  const { exchange, request, response } = http;
  if (response === null) return;
  log.state(exchange.responseHeadMs, [exchange.requestEndFrame, exchange.responseHeadFrame], {
    kind: 'local.proxy-answered',
    checkpoint: 'local',
    proxy,
    connection: connection.id,
    server: connection.conversation.server,
    step: 'tunnel',
    destination: request?.target ?? '',
    durationMs: Math.max(0, round(exchange.responseStartMs - exchange.requestEndMs)),
    code: response.status,
    headers: recordableFields(response.fields, secretsOf([...(request?.fields ?? []), ...response.fields])),
    title: null,
  });
}

/** Statuses that point elsewhere (RFC 9110 section 15.4). */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const followedSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:']);

/** States where a response points, when nobody can go there. What became of a good redirect is another exchange's. */
function observeRedirect(log: EvidenceLog, http: ObservedHttp, response: SeenResponseHead, common: Common): void {
  if (!redirects.has(response.status)) return;
  const location = response.fields.find((field) => field.name.toLowerCase() === 'location')?.value ?? null;
  const url = location === null || !URL.canParse(location, http.url) ? null : new URL(location, http.url);
  const outcome =
    location === null
      ? 'missing-location'
      : url === null
        ? 'invalid-location'
        : !followedSchemes.has(url.protocol)
          ? 'forbidden-scheme'
          : null;
  if (outcome === null) return;
  log.state(http.exchange.responseHeadMs, [http.exchange.responseHeadFrame], {
    kind: 'http.redirected',
    ...common,
    status: response.status,
    location,
    url: url?.href ?? null,
    outcome,
  });
}

interface Common {
  checkpoint: 'http';
  connection: string;
  server: { address: string; port: number };
}

/** States that what was said is encrypted. */
export function observeHidden(log: EvidenceLog, connection: ObservedConnection, tls: TlsFollower, atMs: number): void {
  const [client, server] = tls.sides;
  log.state(atMs, [client.lastApplicationFrame, server.lastApplicationFrame], {
    kind: 'http.hidden',
    checkpoint: 'http',
    connection: connection.id,
    server: connection.conversation.server,
    bytesSent: client.applicationBytes,
    bytesReceived: server.applicationBytes,
  });
}

function observeBody(log: EvidenceLog, http: ObservedHttp, response: SeenResponseHead, common: Common, clientWasFull: boolean): void {
  const { exchange, story } = http;
  if (story.bodyEnd === 'unknown') return;
  log.state(exchange.responseEndMs, [exchange.responseHeadFrame, exchange.responseEndFrame], {
    kind: 'http.body-received',
    ...common,
    durationMs: round(exchange.responseEndMs - exchange.responseStartMs),
    framing: exchange.framing,
    end: story.bodyEnd,
    bytes: exchange.bodyBytes,
    expectedBytes: exchange.expectedBytes < 0 ? null : exchange.expectedBytes,
    endedBy: story.bodyEnd === 'cut-off' ? story.bodyEndedBy : null,
    encodings: encodingsOf(response),
    decodedBytes: null,
    decodeFailure: story.isNotGzip ? 'the content does not begin as gzip does' : null,
    silentMs: story.bodyEnd === 'silent' ? round(story.silentMs) : null,
    ...(clientWasFull ? { clientWasFull } : {}),
  });
}

/** Content-Encoding in order of application (RFC 9110 section 8.4). */
function encodingsOf(response: SeenResponseHead): string[] {
  return response.fields
    .filter((field) => field.name.toLowerCase() === 'content-encoding')
    .flatMap((field) => field.value.split(','))
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
}
