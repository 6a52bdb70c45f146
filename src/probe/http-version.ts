import { encodeHttp1Request, type Http1RequestOffer } from '../wire/http1-request.ts';
import {
  createHttp1ResponseDecoder,
  type Http1ResponseDecoder,
  type Http1ResponseEvent,
  type Http1ResponseHead,
} from '../wire/http1-response.ts';
import type { Http2ResponseDecoder, Http2ResponseEvent, Http2ResponseHead } from '../wire/http2-response.ts';
import { createHttp2Session } from '../wire/http2-session.ts';
import type { OpenConnection } from './tcp.ts';

/** The answer to one request, in whatever version of HTTP the connection speaks. */
export type ResponseDecoder = Http1ResponseDecoder | Http2ResponseDecoder;
export type ResponseEvent = Http1ResponseEvent | Http2ResponseEvent;
export type ResponseHead = Http1ResponseHead | Http2ResponseHead;

/** The next request on a connection, in the version that TLS negotiated for it. */
export function prepareRequest(
  opened: OpenConnection,
  request: Http1RequestOffer,
): { version: '1.1' | '2'; bytes: Uint8Array; decoder: ResponseDecoder } {
  if (opened.alpn !== 'h2') {
    const decoder = createHttp1ResponseDecoder({ requestMethod: request.method });
    return { version: '1.1', bytes: encodeHttp1Request(request), decoder };
  }
  opened.http2 ??= createHttp2Session();
  return { version: '2', ...opened.http2.request({ ...request, scheme: 'https' }) };
}

/** Decodes bytes, and sends what they have to be answered with. A failure to send shows in the next read. */
export function takeBytes(opened: OpenConnection, decoder: ResponseDecoder, bytes: Uint8Array): readonly ResponseEvent[] {
  const events = decoder.push(bytes);
  if ('takeReplies' in decoder) for (const reply of decoder.takeReplies()) void opened.connection.write(reply);
  return events;
}

/** How the peer gave the request up; null when it did not, or the version has no word for it. */
export function endingOf(decoder: ResponseDecoder): Http2ResponseDecoder['ending'] {
  return 'ending' in decoder ? decoder.ending : null;
}
