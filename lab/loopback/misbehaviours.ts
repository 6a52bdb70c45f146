import { gzipSync } from 'node:zlib';
import type { ConnectionScript, ConnectionStep } from './connection-script.ts';

/** Ways to break a connection that no real server can be configured into, as scripts for `startScriptedServer`. */

/** Before anything was said. */
export const resetOnAccept: ConnectionScript = [{ finish: 'reset' }];
export const closeOnAccept: ConnectionScript = [{ finish: 'close' }];
export const silentAfterAccept: ConnectionScript = [{ finish: 'hold' }];

/** In place of a TLS handshake. */
export const resetAfterClientHello: ConnectionScript = [{ await: 'client-hello' }, { finish: 'reset' }];
export const closeAfterClientHello: ConnectionScript = [{ await: 'client-hello' }, { finish: 'close' }];
export const silentAfterClientHello: ConnectionScript = [{ await: 'client-hello' }, { finish: 'hold' }];
/** What a plain HTTP server says to a ClientHello. */
export const plainHttp: ConnectionScript = [
  { await: 'client-hello' },
  { send: httpResponse('400 Bad Request', '<h1>400 Bad Request</h1>\n', ['content-type: text/html', 'connection: close']) },
  { finish: 'close' },
];
/** A server that speaks first, and not TLS (RFC 4253 section 4.2). */
export const sshBanner: ConnectionScript = [{ send: 'SSH-2.0-OpenSSH_9.6p1\r\n' }, { finish: 'hold' }];
export const garbage: ConnectionScript = [
  { await: 1 },
  { send: Uint8Array.from({ length: 64 }, (_, i) => (i * 97 + 13) % 251) },
  { finish: 'close' },
];

/** A fatal alert in answer to the ClientHello (RFC 8446 section 6), by number. */
export function fatalAlert(alert: number): ConnectionScript {
  return [{ await: 'client-hello' }, { send: Uint8Array.from([21, 3, 3, 0, 2, 2, alert]) }, { finish: 'close' }];
}

/** In place of a response. These run inside TLS or on the bare connection. */
export const resetAfterRequest: ConnectionScript = [{ await: 'request' }, { finish: 'reset' }];
export const closeAfterRequest: ConnectionScript = [{ await: 'request' }, { finish: 'close' }];
export const silentAfterRequest: ConnectionScript = [{ await: 'request' }, { finish: 'hold' }];
export const malformedStatusLine: ConnectionScript = answered('HTTP/banana 200 OK\r\ncontent-length: 2\r\n\r\nok');
/** Two lengths that contradict each other: RFC 9112 section 6.3, an error that cannot be recovered from. */
export const contradictingLengths: ConnectionScript = answered('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 7\r\n\r\nokay ok');
export const malformedChunk: ConnectionScript = answered('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n');

/** Bodies that end early, stall, or lie. */
export const truncatedByLength: ConnectionScript = answered(
  `${header('200 OK', ['content-type: text/html', 'content-length: 5000'])}<h1>Half a page</h1>`,
);
export const truncatedByChunk: ConnectionScript = answered(
  `${header('200 OK', ['content-type: text/html', 'transfer-encoding: chunked'])}14\r\n<h1>Half a page</h1>\r\n`,
);
/** The connection is reset in the middle of the body. */
export const resetInBody: ConnectionScript = [
  { await: 'request' },
  { send: `${header('200 OK', ['content-type: text/html', 'content-length: 5000'])}<h1>Half a page</h1>` },
  { pauseMs: 50 },
  { finish: 'reset' },
];
export const stalledBody: ConnectionScript = [
  { await: 'request' },
  { send: `${header('200 OK', ['content-type: text/html', 'content-length: 5000'])}<h1>Half a page</h1>` },
  { finish: 'hold' },
];
export const badGzip: ConnectionScript = answered(
  httpResponse('200 OK', 'this is not gzip', ['content-type: text/html', 'content-encoding: gzip']),
);
/** A compressed body that ends before its own end, the transfer itself complete. */
export const cutGzip: ConnectionScript = answered(
  httpResponse('200 OK', gzipSync('<h1>A page</h1>'.repeat(50)).subarray(0, 40), ['content-type: text/html', 'content-encoding: gzip']),
);

/** Near misses: odd and correct. */

/** A line that is no header field, which browsers skip. */
export const strayHeaderLine: ConnectionScript = answered(
  'HTTP/1.1 200 OK\r\nthis line has no colon\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok',
);

/** A proxy that adds the server's field to its own. */
export const chunkedSaidTwice: ConnectionScript = answered(
  'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n15\r\n<h1>A whole page</h1>\r\n0\r\n\r\n',
);

/** The body arrives whole, then the server resets instead of closing. */
export const resetAfterCompleteBody: ConnectionScript = [
  { await: 'request' },
  { send: httpResponse('200 OK', '<h1>A whole page</h1>', ['content-type: text/html']) },
  { pauseMs: 50 },
  { finish: 'reset' },
];
/** HTTP/1.0 style: the end of the connection is the end of the body (RFC 9112 section 6.3). */
export const bodyUntilClose: ConnectionScript = answered(`${header('200 OK', ['content-type: text/html'])}<h1>A whole page</h1>`);
/** The same inside TLS without close_notify, as many servers do. */
export const bodyUntilCut: ConnectionScript = [
  { await: 'request' },
  { send: httpResponse('200 OK', '<h1>A whole page</h1>', ['content-type: text/html', 'connection: close']) },
  { finish: 'cut' },
];
/** Every byte of the response in its own segment. */
export const byteByByte: ConnectionScript = [
  { await: 'request' },
  ...inPieces(httpResponse('200 OK', '<h1>A whole page</h1>', ['content-type: text/html']), 1, 2),
  { finish: 'close' },
];
/** A stream of events: one comes, and then nothing happens. */
export const silentEvents: ConnectionScript = [
  { await: 'request' },
  { send: `${header('200 OK', ['content-type: text/event-stream'])}data: hello\n\n` },
  { finish: 'hold' },
];
/** Interim responses before the final one (RFC 9110 section 15.2). */
export const interimResponses: ConnectionScript = answered(
  `HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n${httpResponse('200 OK', '<h1>A whole page</h1>', ['content-type: text/html']).toString()}`,
);

/** One response, then a proper close. */
function answered(response: string | Uint8Array): ConnectionScript {
  return [{ await: 'request' }, { send: response }, { finish: 'close' }];
}

function header(status: string, fields: readonly string[]): string {
  return [`HTTP/1.1 ${status}`, ...fields, '', ''].join('\r\n');
}

/** A complete response with its length stated. */
export function httpResponse(status: string, body: string | Uint8Array, fields: readonly string[]): Buffer {
  const content = Buffer.from(body as string);
  return Buffer.concat([Buffer.from(header(status, [...fields, `content-length: ${content.length}`])), content]);
}

/** The bytes as steps that send `pieceBytes` at a time with a pause in between. */
export function inPieces(bytes: Uint8Array, pieceBytes: number, pauseMs: number): ConnectionStep[] {
  const steps: ConnectionStep[] = [];
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    steps.push({ send: bytes.subarray(offset, offset + pieceBytes) }, { pauseMs });
  }
  return steps;
}
