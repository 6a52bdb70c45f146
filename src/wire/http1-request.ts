import { http1RequestFraming } from './http1-body.ts';
import { createHttp1Decoder, type Http1Decoder, type Http1Event, type Http1HeadBase } from './http1-message.ts';
import { fieldText, HTTP_TOKEN } from './http1-syntax.ts';

/** Request line and fields of a request (RFC 9112 section 3). */
export interface Http1RequestHead extends Http1HeadBase {
  method: string;
  /** As sent: origin form, absolute form, authority form or `*`. */
  target: string;
}

export type Http1RequestEvent = Http1Event<Http1RequestHead>;
export type Http1RequestDecoder = Http1Decoder<Http1RequestHead>;

function parseRequestLine(line: Uint8Array): Pick<Http1RequestHead, 'version' | 'method' | 'target'> | null {
  const match = /^(\S+) +(\S+) +HTTP\/1\.(\d) *$/.exec(fieldText(line));
  if (match === null || !HTTP_TOKEN.test(match[1]!) || /[\u0000-\u001f\u007f]/.test(match[2]!)) return null;
  return { method: match[1]!, target: match[2]!, version: match[3] === '0' ? '1.0' : '1.1' };
}

/** A method is a token, and is followed by a space. No registered one has more than 17 characters. */
function canBeginRequest(bytes: Uint8Array): boolean {
  const text = fieldText(bytes);
  const space = text.indexOf(' ');
  const method = space < 0 ? text.replace(/\r$/, '') : text.slice(0, space);
  return (method === '' && space < 0) || (method.length <= 32 && HTTP_TOKEN.test(method));
}

/** Decodes one request. Never throws. */
export function createHttp1RequestDecoder(): Http1RequestDecoder {
  return createHttp1Decoder<Http1RequestHead>({
    startLineRule: 'request-line',
    canBegin: canBeginRequest,
    parseHead: (startLine, rest) => {
      const parsed = parseRequestLine(startLine);
      return parsed === null ? null : { ...parsed, ...rest };
    },
    isInterim: () => false,
    framing: ({ version, fields }) => http1RequestFraming(version, fields),
  });
}

/** A request to send. */
export interface Http1RequestOffer {
  method: string;
  target: string;
  /** Sent in this order, names as given. */
  headers: readonly { name: string; value: string }[];
  body?: Uint8Array;
}

/**
 * Encodes a request of HTTP/1.1. Content-Length is added when there is a body and no field says how long it is.
 * Throws RangeError when method, target or a field would break the syntax: they are the caller's own.
 */
export function encodeHttp1Request(request: Http1RequestOffer): Uint8Array {
  const { method, target, headers, body } = request;
  if (!HTTP_TOKEN.test(method)) throw new RangeError(`not a method: ${method}`);
  if (!/^[^\s\u0000-\u001f\u007f]+$/.test(target)) throw new RangeError(`not a request target: ${target}`);
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (const { name, value } of headers) {
    if (!HTTP_TOKEN.test(name) || /[\r\n\u0000]/.test(value)) throw new RangeError(`not a header field: ${name}`);
    text += `${name}: ${value}\r\n`;
  }
  const framed = headers.some(({ name }) => /^(content-length|transfer-encoding)$/i.test(name));
  if (body !== undefined && !framed) text += `Content-Length: ${body.length}\r\n`;
  const header = new TextEncoder().encode(`${text}\r\n`);
  if (body === undefined) return header;
  const bytes = new Uint8Array(header.length + body.length);
  bytes.set(header);
  bytes.set(body, header.length);
  return bytes;
}
