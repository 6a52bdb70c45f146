import type { ObservationKind, ObservationOf } from '../../model/observation.ts';
import { phases } from '../connection-words.ts';
import { clip, endpoint, words } from '../fact-words.ts';
import { sampleText } from '../sentences/detail-facts.ts';
import { duration, grouped, listed, plural } from '../wording.ts';
import type { LinesOf } from './lines.ts';

/** What was asked for and what came back. */
export const httpLines: LinesOf<Extract<ObservationKind, `http.${string}`>> = {
  'http.request-sent': (stated) => `${stated.method} ${clip(stated.url)} sent over HTTP/${stated.version} to ${endpoint(stated.server)}`,
  'http.response-received': (stated) => {
    const server = stated.headers.find((header) => header.name === 'server')?.value;
    return `${stated.status}${stated.reason === '' ? '' : ` ${clip(stated.reason)}`}${server === undefined ? '' : ` from "${clip(server)}"`}, HTTP/${stated.version}${stated.durationMs === undefined ? '' : `, first byte after ${duration(stated.durationMs)}`}`;
  },
  'http.response-malformed': (stated) => {
    const sample = sampleText(stated.sampleHex);
    return `the answer of ${endpoint(stated.server)} breaks HTTP (${words(stated.rule)})${sample === null ? '' : `: "${sample}"`}`;
  },
  'http.body-received': (stated) => {
    const of = stated.expectedBytes === null ? '' : ` of ${grouped(stated.expectedBytes)}`;
    const decoding = stated.decodeFailure === null ? '' : `, cannot be decoded (${clip(stated.decodeFailure)})`;
    return `body: ${grouped(stated.bytes)}${of} bytes, ${bodyEnds[stated.end]}${stated.endedBy === null ? '' : ` (${words(stated.endedBy)})`}${decoding}`;
  },
  'http.stream-ended': (stated) =>
    `${endpoint(stated.server)} ${stated.how === 'goaway' ? 'gave the HTTP/2 connection up' : 'reset the HTTP/2 stream'} ${phases[stated.phase]}: ${stated.errorName}${stated.debug === '' ? '' : ` "${clip(stated.debug)}"`}`,
  'http.quic-tried': (stated) =>
    `${stated.advertisedBy === 'client' ? 'the client tried HTTP/3' : `HTTP/3 is offered (${words(stated.advertisedBy)})`}; QUIC to ${endpoint(stated.server)}: ${quicOutcomes[stated.outcome]}${stated.errorName === undefined ? '' : `, ${stated.errorName}`}${stated.versions === undefined ? '' : ` (${listed(stated.versions, 4)})`}${stated.attempts > 1 ? `, sent ${plural(stated.attempts, 'time')}` : ''}`,
  'http.websocket': (stated) =>
    `WebSocket with ${endpoint(stated.server)}: ${stated.accepted ? 'accepted' : 'Sec-WebSocket-Accept does not answer our key'}, ${plural(stated.received, 'frame')}, ${stated.closedBy === null ? 'our close was not answered' : `ended by ${words(stated.closedBy)}`}${stated.closeCode === null ? '' : `, code ${stated.closeCode}${stated.closeReason === '' ? '' : ` "${clip(stated.closeReason)}"`}`}`,
  'http.variation-tried': (stated) =>
    `${variations[stated.variation]} (${clip(stated.url)} at ${endpoint(stated.server)}${stated.variation === 'other-host' ? `, Host ${clip(stated.host)}` : ''}): ${stated.status === null ? words(stated.outcome) : `${stated.status}${stated.outcome === 'answered' ? '' : `, ${words(stated.outcome)}`}`}${stated.proven === false ? '; its certificate does not prove the name' : ''}`,
  'http.excerpt': (stated) => {
    const title = stated.title === null || stated.title === '' ? '' : `, titled "${clip(stated.title)}"`;
    const marks =
      stated.marks.length === 0
        ? ''
        : `, with ${listed(
            stated.marks.map((mark) => `"${clip(mark)}"`),
            3,
          )}`;
    return `the content says ${stated.text === '' ? 'nothing' : `"${clip(stated.text)}"`}${title}${marks}`;
  },
  'http.warm-run': (stated) =>
    `the same request on the kept connection: ${stated.outcome === 'answered' ? `${stated.status ?? 'no status'} in ${stated.durationMs === undefined ? 'an unknown time' : duration(stated.durationMs)}` : stated.outcome === 'silent' ? 'no answer' : 'the connection ended'}`,
  'http.redirected': (stated) =>
    `${stated.by === 'refresh' ? 'the document sends browsers on' : stated.status} to ${stated.location === null ? 'nowhere (no Location)' : clip(stated.location)}${stated.downgrade === true ? ', from https down to http' : ''}${stated.reusesConnection === true ? ', where a browser goes on over the same connection' : ''}${stated.cookies === 'sent-now' ? ', asked before and now with the cookies that were set, as browsers do' : ''}${stated.outcome === 'followed' ? '' : `: ${words(stated.outcome)}`}`,
  'http.hidden': (stated) =>
    `what was said is encrypted: ${plural(stated.bytesSent, 'byte')} to ${endpoint(stated.server)}, ${plural(stated.bytesReceived, 'byte')} from it`,
};

const variations: Readonly<Record<ObservationOf<'http.variation-tried'>['variation'], string>> = {
  origin: 'the origin asked directly',
  'health-path': 'another path',
  'past-cache': 'asked past the cache',
  'other-host': 'asked for another host',
  again: 'asked once more',
  'http-1.1': 'asked over HTTP/1.1',
};

const quicOutcomes: Readonly<Record<ObservationOf<'http.quic-tried'>['outcome'], string>> = {
  handshake: 'the server answers',
  retry: 'the server answers and wants the address proved',
  'version-negotiation': 'the server speaks other versions',
  closed: 'the server refuses',
  refused: 'nothing listens there',
  silent: 'no answer',
};

const bodyEnds: Readonly<Record<ObservationOf<'http.body-received'>['end'], string>> = {
  complete: 'complete',
  'cut-off': 'cut off',
  limit: 'not read further',
  silent: 'then silence',
};
