import { http1ResponseFraming } from './http1-body.ts';
import { createHttp1Decoder, type Http1Decoder, type Http1Event, type Http1HeadBase } from './http1-message.ts';
import { fieldText } from './http1-syntax.ts';

/** Status line and fields of a response (RFC 9112 section 4). */
export interface Http1ResponseHead extends Http1HeadBase {
  status: number;
  /** May be empty or missing on the wire. */
  reason: string;
}

export type Http1ResponseEvent = Http1Event<Http1ResponseHead>;
export type Http1ResponseDecoder = Http1Decoder<Http1ResponseHead>;

const PROTOCOL = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e] as const; // HTTP/1.

function parseStatusLine(line: Uint8Array): Pick<Http1ResponseHead, 'version' | 'status' | 'reason'> | null {
  // The space before an empty reason is often missing.
  const match = /^HTTP\/1\.(\d) +(\d{3})(?: +(.*)| *)$/is.exec(fieldText(line));
  if (match === null) return null;
  const status = Number(match[2]);
  if (status < 100) return null;
  const reason = (match[3] ?? '').replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim();
  return { version: match[1] === '0' ? '1.0' : '1.1', status, reason };
}

/**
 * Decodes the answer to one request: interim responses, the final header, the content and the trailers.
 * A later minor version than 1 counts as 1 (RFC 9110 section 2.5). Never throws.
 */
export function createHttp1ResponseDecoder(options: { requestMethod: string }): Http1ResponseDecoder {
  return createHttp1Decoder<Http1ResponseHead>({
    startLineRule: 'status-line',
    canBegin: (bytes) =>
      PROTOCOL.every((byte, index) => index >= bytes.length || byte === bytes[index] || (byte >= 0x41 && (byte | 0x20) === bytes[index])),
    parseHead: (startLine, rest) => {
      const parsed = parseStatusLine(startLine);
      return parsed === null ? null : { ...parsed, ...rest };
    },
    isInterim: ({ status }) => status < 200 && status !== 101,
    framing: ({ status, version, fields }) => http1ResponseFraming(options.requestMethod, status, version, fields),
  });
}
