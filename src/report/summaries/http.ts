import { clipped, duration, grouped, plural } from '../wording.ts';
import type { Seen } from './seen.ts';

const reasonLimit = 40;

/** Status, size and version, or how the exchange ended. Null when nothing is known yet. */
export function summarizeHttp(seen: Seen): string | null {
  const received = seen.first('http.response-received');
  if (received === null) return withoutResponse(seen);
  const status = `${received.status}${received.reason === '' ? '' : ` ${clipped(received.reason, reasonLimit)}`}`;
  const redirected = seen.first('http.redirected');
  if (redirected !== null)
    return `${status}${redirected.location === null ? ' without a Location' : `, to ${clipped(redirected.location, 100)}`}`;
  const body = seen.first('http.body-received');
  const malformed = seen.first('http.response-malformed');
  if (malformed !== null) return `${status}, then not valid HTTP (${malformed.rule.replaceAll('-', ' ')})`;
  if (body === null) return `${status}, HTTP/${received.version}`;
  const size = `${grouped(body.bytes)}${body.expectedBytes === null || body.end === 'complete' ? '' : ` of ${grouped(body.expectedBytes)}`} ${body.bytes === 1 ? 'byte' : 'bytes'}`;
  switch (body.end) {
    case 'cut-off':
      return `${status}, cut off after ${size}`;
    case 'silent':
      return `${status}, stopped after ${size}`;
    default:
      return `${status}, ${size}${body.decodeFailure === null ? '' : ' that cannot be decoded'}, HTTP/${received.version}`;
  }
}

function withoutResponse(seen: Seen): string | null {
  const malformed = seen.first('http.response-malformed');
  if (malformed !== null) return `the answer is not valid HTTP (${malformed.rule.replaceAll('-', ' ')})`;
  if (seen.first('http.request-sent') === null) return null;
  const afterRequest = (observation: { phase: string }): boolean =>
    observation.phase === 'request-sent' || observation.phase === 'response-header' || observation.phase === 'secured';
  if (seen.all('tcp.reset-received').some(afterRequest)) return 'request sent, then reset';
  if (seen.all('tcp.closed-by-peer').some(afterRequest)) return 'request sent, then closed without an answer';
  const silent = seen.all('tcp.peer-silent').find(afterRequest);
  return silent === undefined ? 'request sent, no answer yet' : `request sent, no answer in ${duration(silent.waitedMs)}`;
}

/** What the document consists of. Null when there was none. */
export function summarizePage(seen: Seen): string | null {
  const document = seen.first('page.document');
  if (document === null) return null;
  if (document.textCharacters === null) return `${document.mediaType ?? 'no media type'}, not a page`;
  const title = document.title === null || document.title === '' ? '' : `, "${clipped(document.title, 40)}"`;
  return `HTML with ${plural(document.textCharacters, 'character')} of text${title}`;
}
