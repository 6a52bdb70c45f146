import { createHttp1Lines, type Http1Lines } from './http1-lines.ts';
import { fieldList, fieldText, fieldValues, type Http1Field, type Http1Rule, parseFieldLines } from './http1-syntax.ts';

/** How the end of a body is found (RFC 9112 section 6.3). */
export type Http1Framing = 'none' | 'content-length' | 'chunked' | 'until-close';

/** How a message's body is framed, or which rule its header breaks. */
export type Http1FramingDecision =
  | { framing: 'none' | 'chunked' | 'until-close'; expectedBytes: null }
  | { framing: 'content-length'; expectedBytes: number }
  | { framing: null; rule: Http1Rule };

const NO_BODY: Http1FramingDecision = { framing: 'none', expectedBytes: null };
const CHUNKED: Http1FramingDecision = { framing: 'chunked', expectedBytes: null };
const UNTIL_CLOSE: Http1FramingDecision = { framing: 'until-close', expectedBytes: null };

/** A body length; `none` when there is no field; null when it is not a number, or more than one (RFC 9112 section 6.3 item 5). */
function contentLength(fields: readonly Http1Field[]): number | 'none' | null {
  const values = fieldValues(fields, 'content-length').flatMap((value) => value.split(',').map((item) => item.trim()));
  const [first] = values;
  if (first === undefined) return 'none';
  if (!/^\d+$/.test(first) || values.some((value) => value !== first)) return null;
  const length = Number(first);
  return Number.isSafeInteger(length) ? length : null;
}

/** The transfer codings by name, parameters left out; null when the field is not a list of names or applies `chunked` twice. */
function transferCodings(fields: readonly Http1Field[], isResponse: boolean): string[] | null {
  const names = fieldList(fields, 'transfer-encoding').map((item) => item.split(';')[0]!.trim().toLowerCase());
  if (names.some((name) => !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name))) return null;
  // `identity` was removed from HTTP by RFC 7230 and meant nothing before.
  const codings = names.filter((name) => name !== 'identity');
  // A proxy that adds the field of the server to its own says `chunked` twice and applies it once: browsers read it so. In requests it is an attack.
  if (isResponse && codings.length > 1 && codings.every((name) => name === 'chunked')) return ['chunked'];
  return codings.filter((name) => name === 'chunked').length > 1 ? null : codings;
}

/** Framing by the fields alone; what follows without any differs between requests and responses. */
function framingByFields(
  version: '1.0' | '1.1',
  fields: readonly Http1Field[],
  chunkedNotLast: Http1FramingDecision,
  isResponse: boolean,
): Http1FramingDecision | null {
  // Like browsers, transfer codings are not looked at in HTTP/1.0, which has none.
  const codings = version === '1.1' ? transferCodings(fields, isResponse) : [];
  if (codings === null) return { framing: null, rule: 'transfer-encoding' };
  // Section 6.3 item 3: "If a message is received with both [...], the Transfer-Encoding overrides the Content-Length."
  if (codings.length > 0) return codings.at(-1) === 'chunked' ? CHUNKED : chunkedNotLast;
  const length = contentLength(fields);
  if (length === null) return { framing: null, rule: 'content-length' };
  return length === 'none' ? null : { framing: 'content-length', expectedBytes: length };
}

/** Framing of the body of a final response. */
export function http1ResponseFraming(
  requestMethod: string,
  status: number,
  version: '1.0' | '1.1',
  fields: readonly Http1Field[],
): Http1FramingDecision {
  // Section 6.3 items 1 and 2; 101 ends HTTP on the connection (RFC 9110 section 15.2.2).
  if (requestMethod === 'HEAD' || status === 101 || status === 204 || status === 304) return NO_BODY;
  if (requestMethod === 'CONNECT' && status >= 200 && status < 300) return NO_BODY;
  return framingByFields(version, fields, UNTIL_CLOSE, true) ?? UNTIL_CLOSE;
}

/** Framing of the body of a request. */
export function http1RequestFraming(version: '1.0' | '1.1', fields: readonly Http1Field[]): Http1FramingDecision {
  // Section 6.3 item 4: in a request whose last coding is not chunked "the message body length cannot be determined reliably".
  return framingByFields(version, fields, { framing: null, rule: 'transfer-encoding' }, false) ?? NO_BODY;
}

/** What a body reader found in the bytes given to it. */
export type Http1BodyEvent =
  /** Content, chunk framing removed: a view of the bytes pushed. */
  | { kind: 'body'; bytes: Uint8Array }
  /** Fields behind the last chunk; only when there are any. */
  | { kind: 'trailers'; fields: Http1Field[] };

export interface Http1BodyReader {
  /** Reads from `bytes`, adds what it finds to `events`, and returns how many bytes belong to the message. */
  push(bytes: Uint8Array, events: Http1BodyEvent[]): number;
  readonly complete: boolean;
  /** The rule that was broken. */
  readonly fault: Http1Rule | null;
  /** First bytes of the line that broke it. */
  readonly faultSample: Uint8Array;
  /** The chunk of length zero was seen, the end of the trailer section was not. */
  readonly inTrailers: boolean;
}

const NO_BYTES = new Uint8Array(0);

function createSizedBody(expectedBytes: number): Http1BodyReader {
  let left = expectedBytes;
  return {
    push(bytes, events) {
      const part = bytes.subarray(0, left);
      left -= part.length;
      if (part.length > 0) events.push({ kind: 'body', bytes: part });
      return part.length;
    },
    get complete() {
      return left === 0;
    },
    fault: null,
    faultSample: NO_BYTES,
    inTrailers: false,
  };
}

const UNTIL_CLOSE_BODY: Http1BodyReader = {
  push(bytes, events) {
    if (bytes.length > 0) events.push({ kind: 'body', bytes });
    return bytes.length;
  },
  complete: false,
  fault: null,
  faultSample: NO_BYTES,
  inTrailers: false,
};

const LF = 0x0a;
const CR = 0x0d;
/** Chunk extensions may follow the size; no one sends long ones, and a line without end is not to be kept. */
const CHUNK_LINE_LIMIT_BYTES = 4096;
/** 13 hexadecimal digits are 52 bits. */
const CHUNK_SIZE: RegExp = /^0*([0-9a-fA-F]{1,13})[ \t]*(;.*)?\r?\n$/s;

function createChunkedBody(trailerLimitBytes: number): Http1BodyReader {
  let state: 'size' | 'data' | 'data-end' | 'trailers' | 'complete' = 'size';
  let left = 0;
  let line: number[] = [];
  let fault: Http1Rule | null = null;
  let trailers: Http1Lines | null = null;

  const endSizeLine = (): void => {
    const match = CHUNK_SIZE.exec(fieldText(Uint8Array.from(line)));
    if (match === null) {
      fault = 'chunk-size';
      return;
    }
    left = Number.parseInt(match[1]!, 16);
    line = [];
    state = left === 0 ? 'trailers' : 'data';
    if (left === 0) trailers = createHttp1Lines(trailerLimitBytes, false);
  };

  const readSize = (byte: number): void => {
    line.push(byte);
    if (byte === LF) {
      endSizeLine();
      return;
    }
    // The first character decides early whether this can be a size.
    if (line.length > CHUNK_LINE_LIMIT_BYTES || (line.length === 1 && !/[0-9a-fA-F]/.test(String.fromCharCode(byte)))) fault = 'chunk-size';
  };

  const readDataEnd = (byte: number): void => {
    line.push(byte);
    if (byte === LF) {
      line = [];
      state = 'size';
    } else if (byte !== CR || line.length > 1) fault = 'chunk-data';
  };

  const readTrailers = (bytes: Uint8Array, events: Http1BodyEvent[]): number => {
    const taken = trailers!.take(bytes);
    if (taken.state === 'too-large') fault = 'header-too-large';
    if (taken.state === 'section') {
      const parsed = parseFieldLines(trailers!.lines);
      if (parsed === null) fault = 'header-field';
      else {
        state = 'complete';
        if (parsed.fields.length > 0) events.push({ kind: 'trailers', fields: parsed.fields });
      }
    }
    return taken.used;
  };

  const push = (bytes: Uint8Array, events: Http1BodyEvent[]): number => {
    let at = 0;
    while (at < bytes.length && state !== 'complete' && fault === null) {
      if (state === 'size') readSize(bytes[at++]!);
      else if (state === 'data-end') readDataEnd(bytes[at++]!);
      else if (state === 'trailers') at += readTrailers(bytes.subarray(at), events);
      else {
        const part = bytes.subarray(at, at + left);
        events.push({ kind: 'body', bytes: part });
        at += part.length;
        left -= part.length;
        if (left === 0) state = 'data-end';
      }
    }
    return at;
  };

  return {
    push,
    get complete() {
      return state === 'complete';
    },
    get fault() {
      return fault;
    },
    get faultSample() {
      return trailers === null ? Uint8Array.from(line) : trailers.beginning;
    },
    get inTrailers() {
      return state === 'trailers';
    },
  };
}

/** A reader for a body framed so; one without a body is complete at once. */
export function createHttp1BodyReader(framing: Http1Framing, expectedBytes: number | null, trailerLimitBytes: number): Http1BodyReader {
  if (framing === 'chunked') return createChunkedBody(trailerLimitBytes);
  if (framing === 'until-close') return UNTIL_CLOSE_BODY;
  return createSizedBody(expectedBytes ?? 0);
}
