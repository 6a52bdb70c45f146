import type { HpackField } from './hpack-static-table.ts';
import {
  encodeHttp2PingAcknowledgement,
  encodeHttp2Request,
  encodeHttp2SettingsAcknowledgement,
  encodeHttp2WindowUpdate,
  type Http2RequestOffer,
} from './http2-encode.ts';
import { createHttp2Reader, type Http2Event, type Http2Reader } from './http2-stream.ts';

/** Status and fields of a response (RFC 9113 section 8.3.2); there is no reason phrase. */
export interface Http2ResponseHead {
  version: '2';
  status: number;
  reason: '';
  fields: HpackField[];
  /** Bytes of connection up to and with the header. */
  headerBytes: number;
}

/** The same events as of an HTTP/1.1 response. */
export type Http2ResponseEvent =
  | { kind: 'interim'; head: Http2ResponseHead }
  | { kind: 'header'; head: Http2ResponseHead; framing: 'stream' | 'none'; expectedBytes: number | null }
  | { kind: 'body'; bytes: Uint8Array }
  | { kind: 'complete' };

/** How the peer ended the stream or the connection in place of an answer. */
export interface Http2Ending {
  how: 'stream-reset' | 'goaway';
  /** See http2ErrorName. */
  errorCode: number;
  /** Additional debug data of GOAWAY. */
  debug: string;
}

export interface Http2ResponseDecoder {
  /** Takes the next bytes from the server, which stay the caller's. */
  push(bytes: Uint8Array): Http2ResponseEvent[];
  /** The connection ended: what was not complete is cut off. */
  end(): Http2ResponseEvent[];
  readonly phase: 'start' | 'header' | 'body' | 'complete' | 'malformed' | 'cut-off';
  readonly bodyBytes: number;
  readonly malformed: { rule: 'h2-frame' | 'h2-stream'; sample: Uint8Array } | null;
  /** Set when the peer gave the request up. Nothing follows. */
  readonly ending: Http2Ending | null;
  /** Acknowledgements to be sent; null when there are none. Each is given once. */
  takeReplies(): Uint8Array[];
}

/** The client's side of one connection that carries one request after the other. */
export interface Http2Session {
  /** The next request: what to send, and the decoder of its answer. The one before it has to be complete. */
  request(offer: Http2RequestOffer): { bytes: Uint8Array; decoder: Http2ResponseDecoder };
}

const SAMPLE_BYTES = 64;
/** Content after which the peer is told that it may go on; a sixteenth of the window. */
const UPDATE_BYTES = 0x100000;
/** Of a server that only pings, or announces that it will answer, no more is taken: each costs it a few bytes, and us an answer or a note. */
const MOST_ACKNOWLEDGEMENTS = 1000;
const MOST_INTERIM = 100;
/** Section 8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields". */
const FORBIDDEN: ReadonlySet<string> = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

function isForbidden({ name }: HpackField): boolean {
  return FORBIDDEN.has(name) || /[A-Z]/.test(name);
}

/** Never throws; holds one field section, one frame and the dynamic table. */
export function createHttp2Session(): Http2Session {
  const reader = createHttp2Reader({ side: 'server', keepContent: true });
  let nextStream = 1;
  let consumedBytes = 0;
  let acknowledged = 0;

  /** What is answered whatever stream it is about. */
  const replyTo = (event: Http2Event): Uint8Array[] => {
    if (event.kind === 'settings' || event.kind === 'ping') {
      if (event.acknowledgement || acknowledged >= MOST_ACKNOWLEDGEMENTS) return [];
      acknowledged += 1;
      return [event.kind === 'ping' ? encodeHttp2PingAcknowledgement(event.opaque) : encodeHttp2SettingsAcknowledgement()];
    }
    if (event.kind !== 'data') return [];
    consumedBytes += event.bytes;
    if (consumedBytes < UPDATE_BYTES) return [];
    const update = encodeHttp2WindowUpdate(consumedBytes);
    consumedBytes = 0;
    return [update];
  };

  return {
    request(offer) {
      const streamId = nextStream;
      nextStream += 2;
      return { bytes: encodeHttp2Request(offer, streamId), decoder: createDecoder(reader, streamId, offer.method, replyTo) };
    },
  };
}

function createDecoder(
  reader: Http2Reader,
  streamId: number,
  requestMethod: string,
  replyTo: (event: Http2Event) => Uint8Array[],
): Http2ResponseDecoder {
  let phase: Http2ResponseDecoder['phase'] = 'start';
  let bodyBytes = 0;
  let receivedBytes = 0;
  let expected: number | null = null;
  let beginning: Uint8Array = new Uint8Array(0);
  let malformed: Http2ResponseDecoder['malformed'] = null;
  let ending: Http2Ending | null = null;
  let replies: Uint8Array[] = [];
  let interim = 0;

  const isOver = (): boolean => phase === 'complete' || phase === 'malformed' || phase === 'cut-off';

  const breakRule = (rule: 'h2-frame' | 'h2-stream'): void => {
    phase = 'malformed';
    malformed = { rule, sample: beginning };
  };

  const endStream = (events: Http2ResponseEvent[]): void => {
    // Section 8.1.1: a content-length that does not equal the sum of the DATA frames makes the message malformed; to a reader it is cut off.
    if (expected !== null && bodyBytes < expected) phase = 'cut-off';
    else {
      phase = 'complete';
      events.push({ kind: 'complete' });
    }
  };

  const takeHead = (events: Http2ResponseEvent[], fields: HpackField[], isEnd: boolean): void => {
    const status = Number(fields.find((field) => field.name === ':status')?.value ?? Number.NaN);
    const rest = fields.filter((field) => !field.name.startsWith(':'));
    if (!(status >= 100 && status <= 999) || rest.some(isForbidden)) {
      breakRule('h2-stream');
      return;
    }
    const head: Http2ResponseHead = { version: '2', status, reason: '', fields: rest, headerBytes: receivedBytes };
    if (status < 200) {
      interim += 1;
      if (interim > MOST_INTERIM) {
        breakRule('h2-stream');
        return;
      }
      phase = 'header';
      events.push({ kind: 'interim', head });
      return;
    }
    const length = rest.find((field) => field.name === 'content-length')?.value;
    const hasBody = requestMethod !== 'HEAD' && status !== 204 && status !== 304;
    expected = hasBody && length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null;
    phase = 'body';
    events.push({ kind: 'header', head, framing: hasBody ? 'stream' : 'none', expectedBytes: expected });
    if (isEnd || !hasBody) endStream(events);
  };

  const take = (events: Http2ResponseEvent[], event: Http2Event): void => {
    switch (event.kind) {
      case 'headers':
        if (event.streamId !== streamId) break;
        if (event.fieldsError !== null) breakRule('h2-stream');
        else if (phase !== 'body') takeHead(events, event.fields, event.endStream);
        else if (event.endStream) endStream(events);
        break;
      case 'data':
        if (event.streamId !== streamId) break;
        if (phase !== 'body') breakRule('h2-stream');
        else {
          bodyBytes += event.bytes;
          if (event.content !== undefined && event.bytes > 0) events.push({ kind: 'body', bytes: event.content });
          if (event.endStream) endStream(events);
        }
        break;
      case 'reset':
        if (event.streamId !== streamId) break;
        ending = { how: 'stream-reset', errorCode: event.errorCode, debug: '' };
        phase = 'cut-off';
        break;
      case 'goaway':
        // Section 6.8: streams up to the last one named are still answered.
        if (event.lastStreamId >= streamId && event.errorCode === 0) break;
        ending = { how: 'goaway', errorCode: event.errorCode, debug: event.debug };
        phase = 'cut-off';
        break;
      case 'malformed':
        breakRule('h2-frame');
        break;
    }
  };

  return {
    push(bytes) {
      const events: Http2ResponseEvent[] = [];
      receivedBytes += bytes.length;
      if (beginning.length < SAMPLE_BYTES) {
        const more = bytes.subarray(0, SAMPLE_BYTES - beginning.length);
        const grown = new Uint8Array(beginning.length + more.length);
        grown.set(beginning);
        grown.set(more, beginning.length);
        beginning = grown;
      }
      for (const event of reader.push(bytes)) {
        replies.push(...replyTo(event));
        if (!isOver()) take(events, event);
      }
      return events;
    },
    end() {
      if (!isOver()) phase = 'cut-off';
      return [];
    },
    get phase() {
      return phase;
    },
    get bodyBytes() {
      return bodyBytes;
    },
    get malformed() {
      return malformed;
    },
    get ending() {
      return ending;
    },
    takeReplies() {
      const taken = replies;
      replies = [];
      return taken;
    },
  };
}
