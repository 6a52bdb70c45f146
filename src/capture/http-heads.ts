import { createHttp1RequestDecoder, type Http1RequestHead } from '../wire/http1-request.ts';
import { createHttp1ResponseDecoder, type Http1ResponseHead } from '../wire/http1-response.ts';
import type { ByteArena } from './byte-arena.ts';
import type { HttpExchange, SeenRequestHead, SeenResponseHead } from './http-exchange.ts';

/** The headers of an exchange. */
export function headsOf(exchange: HttpExchange, arena: ByteArena): { request: SeenRequestHead | null; response: SeenResponseHead | null } {
  const { requestFields, responseFields } = exchange;
  if (requestFields !== null) return { request: requestFields, response: responseFields };
  return decodeHeads(arena.read(exchange.requestHead), arena.read(exchange.responseHead), exchange.isHeadMethod);
}

/** Decodes kept header bytes. */
export function decodeHeads(
  requestBytes: Uint8Array,
  responseBytes: Uint8Array,
  isHeadMethod: boolean,
): { request: Http1RequestHead | null; response: Http1ResponseHead | null } {
  let request: Http1RequestHead | null = null;
  let response: Http1ResponseHead | null = null;
  for (const event of createHttp1RequestDecoder().push(requestBytes)) if (event.kind === 'header') request = event.head;
  for (const event of createHttp1ResponseDecoder({ requestMethod: isHeadMethod ? 'HEAD' : 'GET' }).push(responseBytes)) {
    if (event.kind === 'header') response = event.head;
  }
  return { request: request ?? requestLineOf(requestBytes), response };
}

/** What a header section that breaks the rules still asks for: servers go by the request line, and answer it. */
function requestLineOf(bytes: Uint8Array): Http1RequestHead | null {
  const end = bytes.indexOf(0x0a);
  if (end < 0 || bytes.length === 0) return null;
  const line = bytes.subarray(0, end + 1);
  const alone = new Uint8Array(line.length + 2);
  alone.set(line);
  alone.set([0x0d, 0x0a], line.length);
  for (const event of createHttp1RequestDecoder().push(alone)) if (event.kind === 'header') return event.head;
  return null;
}
