import type { Endpoint, Observed } from './base.ts';

interface Http extends Observed {
  checkpoint: 'http';
  connection: string;
  server: Endpoint;
}

/** One header field, name in lower case, value as sent; values of secret-bearing fields are replaced before they are recorded. */
export interface HeaderField {
  name: string;
  value: string;
}

/** The request left this host completely. */
export interface HttpRequestSent extends Http {
  kind: 'http.request-sent';
  method: string;
  url: string;
  version: '1.0' | '1.1' | '2' | '3';
  headers: HeaderField[];
  bytes: number;
}

/** A complete final response header arrived. `durationMs` is from the request's last byte to the response's first (time to first byte). */
export interface HttpResponseReceived extends Http {
  kind: 'http.response-received';
  status: number;
  reason: string;
  version: '1.0' | '1.1' | '2' | '3';
  headers: HeaderField[];
  headerBytes: number;
  /** Interim responses before it (100, 103), by status. */
  interim: number[];
}

/** The answer breaks the syntax of HTTP/1.1 (RFC 9112) or is something else. */
export interface HttpResponseMalformed extends Http {
  kind: 'http.response-malformed';
  /** Which rule of the syntax was broken. */
  rule:
    | 'status-line'
    | 'header-field'
    | 'content-length'
    | 'transfer-encoding'
    | 'chunk-size'
    | 'chunk-data'
    | 'header-too-large'
    | 'h2-frame'
    | 'h2-stream';
  sampleHex: string;
}

/** How the body ended. `durationMs` is from the first byte of the response to the end of the body. */
export interface HttpBodyReceived extends Http {
  kind: 'http.body-received';
  /** RFC 9112 section 6.3. */
  framing: 'none' | 'content-length' | 'chunked' | 'until-close' | 'stream';
  /** `complete`: as framed; `cut-off`: the connection ended before the framing said so; `limit`: we stopped reading, enough was seen; `silent`: it stopped arriving. */
  end: 'complete' | 'cut-off' | 'limit' | 'silent';
  /** Body bytes as transferred, after chunk framing was removed. */
  bytes: number;
  /** Content-Length where it was given. */
  expectedBytes: number | null;
  /** For `cut-off`: by FIN or RST, or by the end of an HTTP/2 stream alone. */
  endedBy: 'peer-closed' | 'reset' | 'stream-reset' | null;
  /** Content-Encoding list in order of application, empty when none. */
  encodings: string[];
  /** Bytes after decoding; null when there was nothing to decode or it failed. */
  decodedBytes: number | null;
  /** Why decoding failed; null when it did not. */
  decodeFailure: string | null;
  /** For `silent`: how long nothing came. */
  silentMs: number | null;
  /** From packets: at some time the client let the server send no more, as it did not take what it was sent. Absent otherwise. */
  clientWasFull?: true;
}

/** The response pointed elsewhere and the walk looked at where. */
export interface HttpRedirected extends Http {
  kind: 'http.redirected';
  status: number;
  /** The document that came sends browsers on, in place of the status. Absent otherwise. */
  by?: 'refresh';
  /** Location as sent; null when missing. */
  location: string | null;
  /** Resolved against the request URL; null when that failed. */
  url: string | null;
  /** It leads from https down to http: what follows can be read and changed on the way. Absent otherwise. */
  downgrade?: true;
  /** It leads to the same origin and the answer left the connection open: a browser goes on over it. A walk opens a new one. Absent otherwise. */
  reusesConnection?: true;
  /**
   * It leads back to a URL that was asked already, and answers set cookies that browsers send there: `sent-now`, when it is asked with them for the
   * first time; `sent-before`, when that led round once more. Absent otherwise.
   */
  cookies?: 'sent-now' | 'sent-before';
  /** What the walk did with it. `not-followed` covers methods and limits by option. */
  outcome: 'followed' | 'not-followed' | 'missing-location' | 'invalid-location' | 'forbidden-scheme' | 'visited-before' | 'too-many';
}

/**
 * HTTP/2: the peer ended the stream, or announced the end of the connection, in place of the rest of the answer (RFC 9113 sections 5.4 and 6.8).
 */
export interface HttpStreamEnded extends Http {
  kind: 'http.stream-ended';
  how: 'stream-reset' | 'goaway';
  errorCode: number;
  /** `PROTOCOL_ERROR`, ... or `0x1234`. */
  errorName: string;
  /** Additional debug data of GOAWAY: text for people. */
  debug: string;
  phase: 'request-sent' | 'response-header' | 'response-body';
}

/** The one thing in which a request beside the walk's own differs from it. */
export type HttpVariation = 'origin' | 'health-path' | 'past-cache' | 'other-host' | 'again' | 'http-1.1';

/**
 * The walk's request made again with one thing changed, on a connection of its own: another address with Host and SNI kept, another path, past
 * the cache, another Host, nothing at all, or an older version of HTTP. `durationMs` is from dialing to the end.
 */
export interface HttpVariationTried extends Observed {
  kind: 'http.variation-tried';
  checkpoint: 'http';
  variation: HttpVariation;
  server: Endpoint;
  url: string;
  /** As sent in Host or `:authority`. */
  host: string;
  /**
   * `answered`: a whole answer, whatever its status; `broken`: part of one; `refused`, `unreachable`, `tls-failed`: no request was made; `reset`,
   * `closed`, `silent`: no answer came.
   */
  outcome: 'answered' | 'broken' | 'refused' | 'unreachable' | 'tls-failed' | 'reset' | 'closed' | 'silent';
  status: number | null;
  /** The certificate proves the name; null without TLS. */
  proven: boolean | null;
  /** From the request to the first byte; absent without an answer. */
  firstByteMs?: number | null;
}

/**
 * HTTP/3 was offered, and a first packet of QUIC with a whole ClientHello was sent there (RFC 9000 section 17.2.2), several times when nothing came.
 */
export interface HttpQuicTried extends Observed {
  kind: 'http.quic-tried';
  checkpoint: 'http';
  server: Endpoint;
  /** SNI sent; null when none. */
  serverName: string | null;
  /** Who offers it: the Alt-Svc field (RFC 7838) or the HTTPS record (RFC 9460). `client`: packets show that a client tried, and not what led it to. */
  advertisedBy: 'alt-svc' | 'https-record' | 'client';
  /** Datagrams sent. */
  attempts: number;
  /**
   * `handshake`: the server goes on; `retry`: it wants the address proved, and is there; `version-negotiation`: it speaks other versions; `closed`:
   * it refuses, see `errorName`; `refused`: nothing listens there (ICMP); `silent`: nothing came back.
   */
  outcome: 'handshake' | 'retry' | 'version-negotiation' | 'closed' | 'refused' | 'silent';
  /** For `closed`: RFC 9000 section 20.1, `CRYPTO_ERROR_120`, ... */
  errorName?: string;
  /** For `version-negotiation`: what it speaks. */
  versions?: string[];
}

/** A WebSocket was opened (RFC 6455): whether it is the answer to our handshake, and how it went on. */
export interface HttpWebSocket extends Http {
  kind: 'http.websocket';
  /** Sec-WebSocket-Accept answers our key. */
  accepted: boolean;
  /** Sec-WebSocket-Protocol as the server chose; null without. */
  protocol: string | null;
  /** Frames of the WebSocket protocol received. */
  received: number;
  /** Who ended it first: `us` after all was well, with a closing handshake; null when the peer did not answer our close. */
  closedBy: 'us' | 'close-frame' | 'end' | 'reset' | 'broken' | null;
  /** Code and reason of the peer's close frame (RFC 6455 section 7.4); null when it sent none. */
  closeCode: number | null;
  closeReason: string;
  /** How long it was watched, or how long it lasted. */
  openMs: number;
}

/**
 * What the content of an answer says of itself, after decoding: stated for answers of status 400 and above, and for pages with a known mark.
 */
export interface HttpExcerpt extends Http {
  kind: 'http.excerpt';
  /** Of an HTML document; null without one. */
  title: string | null;
  /** What a reader would see of the beginning, white space folded, at most 300 characters. */
  text: string;
  /** Texts in the content by which products are known, see model/answerers. */
  marks: string[];
}

/** What was said on a connection whose handshake of TLS is complete is encrypted, and no secrets are at hand: only its amount is known. */
export interface HttpHidden extends Http {
  kind: 'http.hidden';
  /** Bytes of encrypted records behind the handshake, in either direction. */
  bytesSent: number;
  bytesReceived: number;
}

/** The same request made once more on the connection that was kept. `durationMs` is from its first byte to the end of the answer's content. */
export interface HttpWarmRun extends Http {
  kind: 'http.warm-run';
  version: '1.0' | '1.1' | '2' | '3';
  /** Null when no header came. */
  status: number | null;
  firstByteMs: number | null;
  /** `ended`: the connection ended first; `silent`: nothing came, or not all. */
  outcome: 'answered' | 'ended' | 'silent';
  /** Of the content, as transferred. */
  bytes: number;
  /** How long looking the name up once more took, when caches on the way may have it. Absent when there is no name, or the system did not find it. */
  lookupMs?: number;
}

export type HttpObservation =
  | HttpRequestSent
  | HttpResponseReceived
  | HttpResponseMalformed
  | HttpBodyReceived
  | HttpStreamEnded
  | HttpVariationTried
  | HttpQuicTried
  | HttpWebSocket
  | HttpExcerpt
  | HttpRedirected
  | HttpHidden
  | HttpWarmRun;
