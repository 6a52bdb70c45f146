import type { HttpBeginning, HttpPhase } from './http-message.ts';
import {
  createHttp1BodyReader,
  type Http1BodyEvent,
  type Http1BodyReader,
  type Http1Framing,
  type Http1FramingDecision,
} from './http1-body.ts';
import { createHttp1Lines } from './http1-lines.ts';
import { type Http1Field, type Http1Rule, parseFieldLines } from './http1-syntax.ts';

/** What both kinds of header have. */
export interface Http1HeadBase {
  version: '1.0' | '1.1';
  /** In the order sent. */
  fields: Http1Field[];
  /** Field lines that are none, and were skipped. */
  ignoredLines: number;
  /** Start line, field lines and the empty line, with their ends. */
  headerBytes: number;
}

/** Events in the order of the message; `Head` is that of a request or response. */
export type Http1Event<Head> =
  | HttpBeginning<Head, Http1Framing>
  | Http1BodyEvent
  | { kind: 'complete'; framing: Http1Framing; bodyBytes: number }
  /** Bytes behind the message: the next one, or another protocol after an upgrade. A view of the bytes pushed. */
  | { kind: 'leftover'; bytes: Uint8Array }
  /** The message breaks its syntax; nothing follows. See `malformed`. */
  | { kind: 'malformed'; rule: Http1Rule }
  /**
   * The connection ended before the message did; nothing follows. `trailers`: all chunks were there, the empty line behind them was not.
   */
  | { kind: 'cut-off'; by: 'closed' | 'reset'; during: 'start' | 'header' | 'body' | 'trailers'; bodyBytes: number };

export interface Http1Decoder<Head> {
  /** Takes the next bytes, which stay the caller's; events hold views of them. */
  push(bytes: Uint8Array): Http1Event<Head>[];
  /** The peer closed, or the connection was reset. */
  end(how: 'closed' | 'reset'): Http1Event<Head>[];
  readonly phase: HttpPhase;
  /** Content bytes so far, chunk framing removed. */
  readonly bodyBytes: number;
  /** The broken rule, and at most 64 bytes from the start of the header, or of the chunk line; they grow with further bytes. */
  readonly malformed: { rule: Http1Rule; sample: Uint8Array } | null;
}

/** What distinguishes requests from responses. */
export interface Http1Dialect<Head extends Http1HeadBase> {
  startLineRule: 'status-line' | 'request-line';
  /** Whether these first bytes can begin a start line. */
  canBegin(bytes: Uint8Array): boolean;
  /** The header, or null when the start line is none. */
  parseHead(startLine: Uint8Array, rest: Omit<Http1HeadBase, 'version'>): Head | null;
  isInterim(head: Head): boolean;
  framing(head: Head): Http1FramingDecision;
}

/** Browsers stop at 256 KiB too. All interim responses count together with the final one. */
const HEADER_LIMIT_BYTES = 0x40000;
const SAMPLE_BYTES = 64;
/** Enough to judge a start line by. */
const BEGINNING_BYTES = 64;

function joined(first: Uint8Array, second: Uint8Array, limit: number): Uint8Array {
  const kept = first.subarray(0, limit);
  const more = second.subarray(0, limit - kept.length);
  const bytes = new Uint8Array(kept.length + more.length);
  bytes.set(kept);
  bytes.set(more, kept.length);
  return bytes;
}

/** Decodes one message. Never throws; holds at most 256 KiB of header or trailers and no content. */
export function createHttp1Decoder<Head extends Http1HeadBase>(dialect: Http1Dialect<Head>): Http1Decoder<Head> {
  let phase: HttpPhase = 'start';
  let lines = createHttp1Lines(HEADER_LIMIT_BYTES, true);
  let headerBytesBefore = 0;
  /** How much of the start line was found to be able to begin one. */
  let judgedBytes = 0;
  let body: Http1BodyReader | null = null;
  let framing: Http1Framing = 'none';
  let bodyBytes = 0;
  let malformed: { rule: Http1Rule; sample: Uint8Array } | null = null;

  const breakRule = (rule: Http1Rule, beginning: Uint8Array, behind: Uint8Array, events: Http1Event<Head>[]): void => {
    phase = 'malformed';
    malformed = { rule, sample: joined(beginning, behind, SAMPLE_BYTES) };
    events.push({ kind: 'malformed', rule });
  };

  const complete = (events: Http1Event<Head>[]): void => {
    phase = 'complete';
    events.push({ kind: 'complete', framing, bodyBytes });
  };

  /** Reads body bytes and returns how many belonged to it. */
  const takeBody = (reader: Http1BodyReader, bytes: Uint8Array, events: Http1Event<Head>[]): number => {
    const found: Http1BodyEvent[] = [];
    const used = reader.push(bytes, found);
    for (const event of found) {
      if (event.kind === 'body') bodyBytes += event.bytes.length;
      events.push(event);
    }
    if (reader.fault !== null) breakRule(reader.fault, reader.faultSample, bytes.subarray(used), events);
    else if (reader.complete) complete(events);
    return used;
  };

  /** The header section is complete; the rule it breaks, if it does. */
  const takeHead = (events: Http1Event<Head>[]): Http1Rule | null => {
    const [startLine, ...fieldLines] = lines.lines as [Uint8Array, ...Uint8Array[]];
    const parsed = parseFieldLines(fieldLines);
    const head = dialect.parseHead(startLine, {
      fields: parsed?.fields ?? [],
      ignoredLines: parsed?.ignoredLines ?? 0,
      headerBytes: lines.length,
    });
    if (head === null) return dialect.startLineRule;
    if (parsed === null) return 'header-field';
    if (dialect.isInterim(head)) {
      events.push({ kind: 'interim', head });
      headerBytesBefore += lines.length;
      lines = createHttp1Lines(Math.max(1, HEADER_LIMIT_BYTES - headerBytesBefore), true);
      judgedBytes = 0;
      return null;
    }
    const decision = dialect.framing(head);
    if (decision.framing === null) return decision.rule;
    framing = decision.framing;
    body = createHttp1BodyReader(framing, decision.expectedBytes, HEADER_LIMIT_BYTES);
    phase = 'body';
    events.push({ kind: 'header', head, framing, expectedBytes: decision.expectedBytes });
    if (body.complete) complete(events);
    return null;
  };

  const takeHeader = (bytes: Uint8Array, events: Http1Event<Head>[]): number => {
    const section = lines;
    const { used, state } = section.take(bytes);
    if (section.length > 0) phase = 'header';
    let rule: Http1Rule | null = null;
    const beginning = section.firstLine.subarray(0, BEGINNING_BYTES);
    const isNew = beginning.length !== judgedBytes;
    judgedBytes = beginning.length;
    if (isNew && !dialect.canBegin(beginning)) rule = dialect.startLineRule;
    else if (state === 'too-large') rule = 'header-too-large';
    else if (state === 'section') rule = takeHead(events);
    if (rule !== null) breakRule(rule, section.beginning, bytes.subarray(used), events);
    return used;
  };

  return {
    push(bytes) {
      const events: Http1Event<Head>[] = [];
      let at = 0;
      if (malformed !== null) malformed.sample = joined(malformed.sample, bytes, SAMPLE_BYTES);
      while (at < bytes.length && (phase === 'start' || phase === 'header' || phase === 'body')) {
        const rest = bytes.subarray(at);
        at += body === null ? takeHeader(rest, events) : takeBody(body, rest, events);
      }
      if (at < bytes.length && phase === 'complete') events.push({ kind: 'leftover', bytes: bytes.subarray(at) });
      return events;
    },
    end(how) {
      const events: Http1Event<Head>[] = [];
      if (phase === 'complete' || phase === 'malformed' || phase === 'cut-off') return events;
      if (phase === 'body' && framing === 'until-close' && how === 'closed') complete(events);
      else {
        const during = phase === 'body' && body?.inTrailers === true ? 'trailers' : phase;
        phase = 'cut-off';
        events.push({ kind: 'cut-off', by: how, during, bodyBytes });
      }
      return events;
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
  };
}
