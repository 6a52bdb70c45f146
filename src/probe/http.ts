import type { HeaderField, HttpBodyReceived, HttpResponseReceived } from '../model/observations/http.ts';
import type { ConnectionPhase } from '../model/observations/tcp.ts';
import type { ReadOutcome } from '../ports/connection.ts';
import { http2ErrorName } from '../wire/http2-names.ts';
import { type DecodedContent, decodeContent } from './content.ts';
import { concat, toHex } from './dns/bytes.ts';
import { probeExcerpt } from './excerpt.ts';
import { endingOf, prepareRequest, type ResponseDecoder, type ResponseEvent, type ResponseHead, takeBytes } from './http-version.ts';
import { round } from './recorder.ts';
import type { RedirectSource } from './redirect.ts';
import { recordableFields, requestFields } from './request.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { Target } from './target.ts';
import { type OpenConnection, observeEnd } from './tcp.ts';
import { observeLateAlert } from './tls.ts';
import { type WalkContext, waitOf } from './walk-context.ts';

/** A body that keeps arriving is read for this many timeouts at most. */
const contentTimeouts = 3;

/** A response whose header arrived completely. */
export interface HttpAnswer extends RedirectSource {
  /** Decoded content; null when it could not be decoded or did not arrive completely enough to be looked at. */
  body: Uint8Array | null;
  /** Bytes behind the header of a switch of protocols (101). */
  leftover?: Uint8Array;
}

/** One request over an open connection, and its answer; null when no complete response header came. */
export async function probeHttp(
  context: WalkContext,
  target: Target,
  method: string,
  opened: OpenConnection,
  stopwatch: Stopwatch,
): Promise<HttpAnswer | null> {
  const sent = await sendRequest(context, target, method, opened);
  if (sent === null) return null;
  const exchange = startExchange(context, target, sent, opened, stopwatch);
  stopwatch.requestSent(exchange.sentAtMs);
  await readHeader(exchange);
  if (exchange.head === null) return null;
  const end = await readBody(exchange);
  const decoded = await observeBody(exchange, end);
  if (decoded.kind === 'decoded') {
    const { status, fields: headers } = exchange.head;
    probeExcerpt(context, { connection: opened.id, server: opened.connection.remote, status, headers, body: decoded.bytes });
  }
  return {
    status: exchange.head.status,
    headers: exchange.head.fields,
    connection: opened.id,
    server: opened.connection.remote,
    body: decoded.kind === 'failed' || end.end === 'silent' ? null : decoded.bytes,
    ...(exchange.leftover.length === 0 ? {} : { leftover: concat(exchange.leftover) }),
  };
}

interface SentRequest {
  decoder: ResponseDecoder;
  /** {@link Clock.nowMs} reading. */
  atMs: number;
}

/** Sends the request; null when it could not be sent. */
async function sendRequest(context: WalkContext, target: Target, method: string, opened: OpenConnection): Promise<SentRequest | null> {
  const { recorder, ports } = context;
  const fields = requestFields(context, target);
  const { version, bytes, decoder } = prepareRequest(opened, { method, target: target.requestTarget, headers: fields });
  const startMs = ports.clock.nowMs();
  const writing = opened.connection.write(bytes);
  // A request fits into the send buffer: it is under way now. That it was taken is told later, at times after the answer has come.
  const sentMs = ports.clock.nowMs();
  const failure = await writing;
  if (failure !== null) {
    const phase: ConnectionPhase = target.scheme === 'https' || target.scheme === 'wss' ? 'secured' : 'opened';
    const atMs = ports.clock.nowMs();
    observeEnd(context, opened, phase, failure.name === 'aborted' ? { kind: 'aborted', atMs } : { kind: 'failed', failure, atMs }, 0);
    return null;
  }
  recorder.observe({
    kind: 'http.request-sent',
    checkpoint: 'http',
    atMs: recorder.sinceStart(sentMs),
    durationMs: round(sentMs - startMs),
    connection: opened.id,
    server: opened.connection.remote,
    method,
    url: target.url,
    version,
    headers: recordableFields(fields),
    bytes: bytes.length,
  });
  return { decoder, atMs: sentMs };
}

/** A request in flight: what was read of its answer so far. */
interface Exchange {
  context: WalkContext;
  target: Target;
  opened: OpenConnection;
  stopwatch: Stopwatch;
  decoder: ResponseDecoder;
  /** {@link Clock.nowMs} readings. */
  sentAtMs: number;
  firstByteAtMs: number | null;
  headAtMs: number | null;
  interim: number[];
  head: ResponseHead | null;
  framing: HttpBodyReceived['framing'];
  expectedBytes: number | null;
  body: Uint8Array[];
  leftover: Uint8Array[];
  complete: boolean;
}

function startExchange(context: WalkContext, target: Target, sent: SentRequest, opened: OpenConnection, stopwatch: Stopwatch): Exchange {
  return {
    context,
    target,
    opened,
    stopwatch,
    decoder: sent.decoder,
    sentAtMs: sent.atMs,
    firstByteAtMs: null,
    headAtMs: null,
    interim: [],
    head: null,
    framing: 'none',
    expectedBytes: null,
    body: [],
    leftover: [],
    complete: false,
  };
}

/** Reads up to the end of the final header. Observes the response, or why there is none. */
async function readHeader(exchange: Exchange): Promise<void> {
  const { context, opened, decoder } = exchange;
  const { clock } = context.ports;
  const deadlineMs = exchange.sentAtMs + context.options.timeoutMs;
  while (exchange.head === null) {
    const outcome = await opened.connection.read(waitOf(context, deadlineMs - clock.nowMs()));
    if (outcome.kind !== 'bytes') {
      observeHeaderMissing(exchange, outcome);
      return;
    }
    const events = takeBytes(opened, decoder, outcome.bytes);
    // HTTP/2 begins with settings, which are no answer.
    if (exchange.firstByteAtMs === null && decoder.phase !== 'start') {
      exchange.firstByteAtMs = outcome.atMs;
      exchange.stopwatch.firstByte(outcome.atMs);
    }
    takeEvents(exchange, events, outcome.atMs);
    if (exchange.head !== null) break;
    if (decoder.malformed !== null) {
      observeMalformed(exchange);
      return;
    }
    if (endingOf(decoder) !== null) {
      observeStreamEnded(exchange);
      return;
    }
    // Frames that are no answer may come without end.
    if (clock.nowMs() >= deadlineMs) {
      observeHeaderMissing(exchange, { kind: 'timed-out', atMs: clock.nowMs() });
      return;
    }
  }
  observeResponse(exchange, exchange.head, exchange.firstByteAtMs ?? clock.nowMs());
}

/** The peer gave the stream up, or the connection that carries it. */
function observeStreamEnded(exchange: Exchange): void {
  const { context, opened } = exchange;
  const ending = endingOf(exchange.decoder);
  if (ending === null) return;
  context.recorder.observe({
    kind: 'http.stream-ended',
    checkpoint: 'http',
    atMs: context.recorder.sinceStart(),
    connection: opened.id,
    server: opened.connection.remote,
    ...ending,
    errorName: http2ErrorName(ending.errorCode),
    phase: exchange.head !== null ? 'response-body' : exchange.interim.length > 0 ? 'response-header' : 'request-sent',
  });
}

function takeEvents(exchange: Exchange, events: readonly ResponseEvent[], atMs: number): void {
  for (const event of events) {
    if (event.kind === 'interim') exchange.interim.push(event.head.status);
    else if (event.kind === 'header') {
      exchange.head = event.head;
      exchange.headAtMs = atMs;
      exchange.framing = event.framing;
      exchange.expectedBytes = event.expectedBytes;
    } else if (event.kind === 'body') exchange.body.push(event.bytes);
    else if (event.kind === 'leftover') exchange.leftover.push(event.bytes);
    else if (event.kind === 'complete') {
      exchange.complete = true;
      exchange.stopwatch.lastByte(atMs);
    }
  }
}

function observeHeaderMissing(exchange: Exchange, end: Exclude<ReadOutcome, { kind: 'bytes' }>): void {
  const { context, opened, decoder, target } = exchange;
  if (end.kind === 'failed' && end.failure.name === 'tls-alert') {
    observeLateAlert(context, opened, target, end.failure.alert ?? 0, end.atMs);
    return;
  }
  const phase: ConnectionPhase = decoder.phase === 'start' ? 'request-sent' : 'response-header';
  observeEnd(context, opened, phase, end, end.atMs - exchange.sentAtMs);
}

function observeMalformed(exchange: Exchange): void {
  const { context, opened, decoder } = exchange;
  if (decoder.malformed === null) return;
  const { rule, sample } = decoder.malformed;
  context.recorder.observe({
    kind: 'http.response-malformed',
    checkpoint: 'http',
    atMs: context.recorder.sinceStart(),
    connection: opened.id,
    server: opened.connection.remote,
    // A response has no request line.
    rule: rule === 'request-line' ? 'status-line' : rule,
    sampleHex: toHex(sample),
  });
}

function observeResponse(exchange: Exchange, head: ResponseHead, firstByteAtMs: number): void {
  const { context, opened } = exchange;
  const facts: Pick<HttpResponseReceived, 'status' | 'reason' | 'version' | 'headers' | 'headerBytes' | 'interim'> = {
    status: head.status,
    reason: head.reason,
    version: head.version,
    headers: recordableFields(head.fields),
    headerBytes: head.headerBytes,
    interim: exchange.interim,
  };
  context.recorder.observe({
    kind: 'http.response-received',
    checkpoint: 'http',
    atMs: context.recorder.sinceStart(exchange.headAtMs ?? firstByteAtMs),
    durationMs: round(firstByteAtMs - exchange.sentAtMs),
    connection: opened.id,
    server: opened.connection.remote,
    ...facts,
  });
}

type BodyEnd = Pick<HttpBodyReceived, 'end' | 'endedBy' | 'silentMs'> & { atMs: number };

/** Reads the body to its end, up to the limits of size and time. */
async function readBody(exchange: Exchange): Promise<BodyEnd> {
  const { context, opened, decoder } = exchange;
  const { clock } = context.ports;
  const { timeoutMs, maxBodyBytes } = context.options;
  const deadlineMs = clock.nowMs() + timeoutMs * contentTimeouts;
  let lastByteAtMs = exchange.firstByteAtMs ?? exchange.sentAtMs;
  for (;;) {
    if (exchange.complete) return { end: 'complete', endedBy: null, silentMs: null, atMs: lastByteAtMs };
    if (decoder.malformed !== null) {
      observeMalformed(exchange);
      return { end: 'cut-off', endedBy: null, silentMs: null, atMs: lastByteAtMs };
    }
    if (decoder.phase === 'cut-off') {
      exchange.stopwatch.lastByte(lastByteAtMs);
      observeStreamEnded(exchange);
      return { end: 'cut-off', endedBy: endingOf(decoder) === null ? 'peer-closed' : 'stream-reset', silentMs: null, atMs: lastByteAtMs };
    }
    if (decoder.bodyBytes >= maxBodyBytes || clock.nowMs() >= deadlineMs) return limited(exchange, lastByteAtMs);
    const outcome = await opened.connection.read(waitOf(context));
    if (outcome.kind === 'bytes') {
      lastByteAtMs = outcome.atMs;
      takeEvents(exchange, takeBytes(opened, decoder, outcome.bytes), outcome.atMs);
    } else if (outcome.kind === 'timed-out') {
      exchange.stopwatch.lastByte(lastByteAtMs);
      return { end: 'silent', endedBy: null, silentMs: round(outcome.atMs - lastByteAtMs), atMs: lastByteAtMs };
    } else if (outcome.kind === 'aborted') return limited(exchange, lastByteAtMs);
    else {
      const how = outcome.kind === 'end' ? 'closed' : 'reset';
      takeEvents(exchange, decoder.end(how), outcome.atMs);
      if (!exchange.complete) {
        exchange.stopwatch.lastByte(lastByteAtMs);
        return { end: 'cut-off', endedBy: how === 'closed' ? 'peer-closed' : 'reset', silentMs: null, atMs: outcome.atMs };
      }
    }
  }
}

/** We stop reading: the size, the time, or the user set a limit. */
function limited(exchange: Exchange, lastByteAtMs: number): BodyEnd {
  exchange.stopwatch.lastByte(lastByteAtMs);
  return { end: 'limit', endedBy: null, silentMs: null, atMs: lastByteAtMs };
}

async function observeBody(exchange: Exchange, bodyEnd: BodyEnd): Promise<DecodedContent> {
  const { context, opened, decoder, head } = exchange;
  const { atMs, ...end } = bodyEnd;
  const encodings = encodingsOf(head?.fields ?? []);
  const decoded = await decodeContent(context, encodings, concat(exchange.body), context.options.maxBodyBytes);
  context.recorder.observe({
    kind: 'http.body-received',
    checkpoint: 'http',
    atMs: context.recorder.sinceStart(atMs),
    durationMs: round(Math.max(0, atMs - (exchange.firstByteAtMs ?? atMs))),
    connection: opened.id,
    server: opened.connection.remote,
    framing: exchange.framing,
    ...end,
    bytes: decoder.bodyBytes,
    expectedBytes: exchange.expectedBytes,
    encodings,
    decodedBytes: decoded.kind === 'decoded' && encodings.length > 0 ? decoded.bytes.length : null,
    // Of a body that did not arrive whole, nothing else can be expected.
    decodeFailure: decoded.kind === 'failed' && end.end === 'complete' ? decoded.reason : null,
  });
  return decoded;
}

/** RFC 9110 section 8.4: content codings in the order in which they were applied. */
function encodingsOf(fields: readonly HeaderField[]): string[] {
  return fields
    .filter((field) => field.name === 'content-encoding')
    .flatMap((field) => field.value.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
}
