import type { HpackField } from './hpack-static-table.ts';
import type { HttpBeginning, HttpPhase } from './http-message.ts';
import type { Http2Event } from './http2-stream.ts';

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
  | HttpBeginning<Http2ResponseHead, 'stream' | 'none'>
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
  readonly phase: HttpPhase;
  readonly bodyBytes: number;
  readonly malformed: { rule: 'h2-frame' | 'h2-stream'; sample: Uint8Array } | null;
  /** Set when the peer gave the request up. Nothing follows. */
  readonly ending: Http2Ending | null;
  /** Something arrived for it, by way of another stream of the connection, that `push` of nothing takes. */
  readonly hasPending: boolean;
  /** The peer says that it did not look at the request: it may be made again, whatever it is (RFC 9113 section 8.7). */
  readonly isUnprocessed: boolean;
  /** Acknowledgements to be sent, of the whole connection. Each is given once. */
  takeReplies(): Uint8Array[];
  /** Nothing more of it is wanted. Gives what tells the peer so; null where it knows. */
  giveUp(): Uint8Array | null;
}

/** What the stream of one response needs of its connection. */
export interface Http2Stream {
  streamId: number;
  requestMethod: string;
  /** Hands bytes to all streams of the connection, this one's feed among them. */
  receive(bytes: Uint8Array): void;
  takeReplies(): Uint8Array[];
  /** Nothing is to be fed to it any more. */
  leave(): void;
  reset(): Uint8Array;
}

export interface FedHttp2ResponseDecoder extends Http2ResponseDecoder {
  /** Notes bytes that arrived on the connection, before what they say is fed. */
  note(bytes: Uint8Array): void;
  /** Keeps an event about this stream, or the whole connection, for the next `push`. */
  feed(event: Http2Event): void;
}

const SAMPLE_BYTES = 64;
/** Of a server that only announces that it will answer, no more is taken: each costs it a few bytes, and us a note. */
const MOST_INTERIM = 100;
const REFUSED_STREAM = 7;
/** Section 8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields". */
const FORBIDDEN: ReadonlySet<string> = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

function isForbidden({ name }: HpackField): boolean {
  return FORBIDDEN.has(name) || /[A-Z]/.test(name);
}

/** Never throws; holds what arrived and was not taken yet. */
export function createHttp2ResponseDecoder(stream: Http2Stream): FedHttp2ResponseDecoder {
  const { streamId, requestMethod } = stream;
  let phase: HttpPhase = 'start';
  let bodyBytes = 0;
  let receivedBytes = 0;
  let expected: number | null = null;
  let beginning: Uint8Array = new Uint8Array(0);
  let malformed: Http2ResponseDecoder['malformed'] = null;
  let ending: Http2Ending | null = null;
  let interim = 0;
  let isUnprocessed = false;
  let fed: Http2Event[] = [];

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
        if (event.fieldsError !== null) breakRule('h2-stream');
        else if (phase !== 'body') takeHead(events, event.fields, event.endStream);
        else if (event.endStream) endStream(events);
        break;
      case 'data':
        if (phase !== 'body') breakRule('h2-stream');
        else {
          bodyBytes += event.bytes;
          if (event.content !== undefined && event.bytes > 0) events.push({ kind: 'body', bytes: event.content });
          if (event.endStream) endStream(events);
        }
        break;
      case 'reset':
        ending = { how: 'stream-reset', errorCode: event.errorCode, debug: '' };
        isUnprocessed = event.errorCode === REFUSED_STREAM;
        phase = 'cut-off';
        break;
      case 'goaway':
        // Section 6.8: streams up to the last one named are still answered.
        if (event.lastStreamId >= streamId && event.errorCode === 0) break;
        ending = { how: 'goaway', errorCode: event.errorCode, debug: event.debug };
        isUnprocessed = event.lastStreamId < streamId;
        phase = 'cut-off';
        break;
      case 'malformed':
        breakRule('h2-frame');
        break;
    }
  };

  return {
    note(bytes) {
      receivedBytes += bytes.length;
      if (beginning.length >= SAMPLE_BYTES) return;
      const more = bytes.subarray(0, SAMPLE_BYTES - beginning.length);
      const grown = new Uint8Array(beginning.length + more.length);
      grown.set(beginning);
      grown.set(more, beginning.length);
      beginning = grown;
    },
    feed(event) {
      fed.push(event);
    },
    push(bytes) {
      stream.receive(bytes);
      const events: Http2ResponseEvent[] = [];
      const taken = fed;
      fed = [];
      for (const event of taken) if (!isOver()) take(events, event);
      if (isOver()) stream.leave();
      return events;
    },
    end() {
      if (!isOver()) phase = 'cut-off';
      stream.leave();
      return [];
    },
    giveUp() {
      const isOpen = !isOver();
      fed = [];
      stream.leave();
      return isOpen ? stream.reset() : null;
    },
    takeReplies: () => stream.takeReplies(),
    get hasPending() {
      return fed.length > 0;
    },
    get isUnprocessed() {
      return isUnprocessed;
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
  };
}
