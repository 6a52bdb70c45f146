import type { Failure } from '../failure.ts';
import type { AddressFamily, Endpoint, Observed } from './base.ts';

/** What the kernel, or the packets, say about a connection. Every field null when not known. */
export interface TcpFacts {
  rttMs: number | null;
  synRetransmissions: number | null;
  retransmissions: number | null;
  mssBytes: number | null;
  bytesAcknowledged: number | null;
  /** What only the kernel of this host counts; absent in captures and where it cannot be asked. */
  kernel?: KernelTcpFacts;
}

/** A connection as the kernel sees it (Linux `struct tcp_info`). Every field null where the kernel is too old to tell. */
export interface KernelTcpFacts {
  /** The shortest round trip seen. */
  minRttMs: number | null;
  /** The largest IP packet the kernel believes to pass. */
  pathMtuBytes: number | null;
  /** The largest segment it has received: what the peer sends at once. */
  receivedMssBytes: number | null;
  /** Segments sent that are not acknowledged yet. */
  unacknowledgedSegments: number | null;
  /** Segments sent and acknowledged. */
  deliveredSegments: number | null;
  /** Bytes written that are not acknowledged: in flight, lost, or not yet sent. */
  bytesUnacknowledged: number | null;
  /** Segments received ahead of a gap: something before them was lost or overtaken. */
  outOfOrderSegments: number | null;
  /** Segments received, with and without data. */
  receivedSegments: number | null;
}

/** How far a connection had come when something happened to it; see RFC 9293 for the states. */
export type ConnectionPhase =
  | 'opened' // handshake done, nothing sent by the client
  | 'hello-sent' // ClientHello sent, no byte of the server's flight seen
  | 'handshaking' // part of the server's flight seen
  | 'secured' // TLS done, request not sent
  | 'request-sent' // request sent, no byte of the response seen
  | 'response-header' // part of the response header seen
  | 'response-body' // header complete, body incomplete
  | 'answered'; // response complete

interface Tcp extends Observed {
  checkpoint: 'tcp';
  /** Which connection: `c0`, `c1`, ... in the order of their SYNs. */
  connection: string;
  server: Endpoint;
  family: AddressFamily;
}

/** SYN answered by SYN-ACK. `durationMs` is the connect time, one round trip when nothing was lost. */
export interface TcpConnected extends Tcp {
  kind: 'tcp.connected';
  client: Endpoint | null;
  facts: TcpFacts;
  /** True for the connection that carried the request. */
  carried: boolean;
  /** Set when the first attempt stayed silent and this one was made beside it, from another source port; `durationMs` counts from the first. */
  again?: true;
}

/** SYN sent, nothing came back while we waited. */
export interface TcpSynUnanswered extends Tcp {
  kind: 'tcp.syn-unanswered';
  waitedMs: number;
  synRetransmissions: number | null;
}

/** From packets near the server: it answered the SYN, again and again, and the client sent its SYN again as if nothing had come. */
export interface TcpSynAckUnheard extends Tcp {
  kind: 'tcp.syn-ack-unheard';
  waitedMs: number;
  synRetransmissions: number;
  /** SYN-ACKs sent. */
  synAcks: number;
}

/**
 * From packets near the server: a large segment of it was sent again and again and never acknowledged, although the client was there, and nothing as large
 * had been acknowledged before.
 */
export interface TcpSegmentNeverArrived extends Tcp {
  kind: 'tcp.segment-never-arrived';
  /** Payload. */
  segmentBytes: number;
  sentTimes: number;
}

/** SYN answered by RST. */
export interface TcpSynRefused extends Tcp {
  kind: 'tcp.syn-refused';
  /** Time to live of the RST, from packets; null when not known. */
  ttl: number | null;
}

/** The connection attempt failed otherwise (unreachable, not permitted, no ports left). */
export interface TcpConnectFailed extends Tcp {
  kind: 'tcp.connect-failed';
  failure: Failure;
}

/** An attempt was given up because the walk no longer needed it or was interrupted; says nothing about the address. */
export interface TcpConnectAbandoned extends Tcp {
  kind: 'tcp.connect-abandoned';
  afterMs: number;
}

interface TcpAfterOpen extends Tcp {
  phase: ConnectionPhase;
  /** Milliseconds since the connection opened. */
  sinceOpenMs: number;
  bytesSent: number;
  bytesReceived: number;
  facts: TcpFacts;
}

/** The peer (or something between) reset an open connection. */
export interface TcpResetReceived extends TcpAfterOpen {
  kind: 'tcp.reset-received';
  /** From packets: time to live of the reset, and of the server's first packet. The same way from the same place takes the same number of hops. */
  ttl?: number;
  serverTtl?: number;
}

/** The peer closed an open connection (FIN) where more was due. */
export interface TcpClosedByPeer extends TcpAfterOpen {
  kind: 'tcp.closed-by-peer';
}

/** An open connection stayed silent where bytes were due. */
export interface TcpPeerSilent extends TcpAfterOpen {
  kind: 'tcp.peer-silent';
  waitedMs: number;
}

/** What the kernel said of a connection at the end of a phase. */
export interface TcpMeasured extends Tcp {
  kind: 'tcp.measured';
  phase: ConnectionPhase;
  bytesSent: number;
  bytesReceived: number;
  facts: TcpFacts;
}

/** The exchange of this request once more, with segments of a chosen size in both directions. */
export interface TcpSegmentsTried extends Tcp {
  kind: 'tcp.segments-tried';
  /** Largest segment either side might send; null for the system's own, which the others are compared with. */
  maxSegmentBytes: number | null;
  /** What it was watched for: the end of the TLS handshake, the header of the response, the end of its content. */
  stage: 'handshake' | 'response' | 'body';
  /** `went-on`: that came, or another answer; `stalled`: silence where bytes were due; `ended`: reset or closed; `not-opened`: no connection. */
  outcome: 'went-on' | 'stalled' | 'ended' | 'not-opened';
  phase: ConnectionPhase;
  sinceOpenMs: number;
  bytesSent: number;
  bytesReceived: number;
  facts: TcpFacts;
}

/** Another port of an address that did not answer: is somebody there at all? */
export interface TcpPortTried extends Tcp {
  kind: 'tcp.port-tried';
  /** `refused`: RST, as far as the system can tell it from an ICMP error; see `errorsKnown`. */
  outcome: 'opened' | 'refused' | 'unanswered' | 'failed';
  afterMs: number;
  /** Whether an ICMP error would have been told from a reset. */
  errorsKnown: boolean;
  /** Who sent the ICMP error, for `failed`; absent where none came or it is not known. */
  errorFrom?: string;
}

/** The bytes that a reset answered once more, in packets whose time to live ends before the server. */
export interface TcpShortReachTried extends Tcp {
  kind: 'tcp.short-reach-tried';
  hopLimit: number;
  /** The least time to live with which the port opens. */
  serverDistance: number;
  outcome: 'reset' | 'closed' | 'silent' | 'answered';
  afterMs: number;
  facts: TcpFacts;
}

/** A connection was used, left alone and used again. */
export interface TcpIdleReused extends Tcp {
  kind: 'tcp.idle-reused';
  idleMs: number;
  /**
   * Of the request after the pause: `answered`, `silent`, `reset`, `closed`. `ended-while-idle`: the peer ended the connection during the pause,
   * and said so; `not-kept`: it was not to be reused at all.
   */
  outcome: 'answered' | 'silent' | 'reset' | 'closed' | 'ended-while-idle' | 'not-kept';
  afterMs: number;
  /** What a new connection gave at the same time; null when none was made. */
  fresh: 'answered' | 'failed' | null;
  facts: TcpFacts;
}

/** One attempt from a chosen source port: packets of one flow take one of several parallel paths. */
export interface TcpFlowTried extends Tcp {
  kind: 'tcp.flow-tried';
  sourcePort: number;
  /** 1, 2, ...: each source port is tried once in each. */
  round: number;
  /** `refused`: RST. */
  outcome: 'opened' | 'unanswered' | 'refused' | 'failed';
  afterMs: number;
  /** Who sent the ICMP error, for `failed`; absent where none came or it is not known. */
  errorFrom?: string;
}

/** A second connection on which nothing was sent, to learn what the peer does unprovoked. */
export interface TcpSilentConnection extends Tcp {
  kind: 'tcp.silent-connection';
  outcome: 'stayed-open' | 'reset' | 'closed' | 'spoke' | 'connect-failed';
  /** How long it was watched, or after which time the outcome came. */
  afterMs: number;
  /** How long connecting took; absent when it failed. */
  connectMs?: number;
  /** For `spoke`: first bytes in hex, at most 64 bytes. */
  sampleHex?: string;
}

export type TcpObservation =
  | TcpConnected
  | TcpSynUnanswered
  | TcpSynAckUnheard
  | TcpSegmentNeverArrived
  | TcpSynRefused
  | TcpConnectFailed
  | TcpConnectAbandoned
  | TcpResetReceived
  | TcpClosedByPeer
  | TcpPeerSilent
  | TcpMeasured
  | TcpSegmentsTried
  | TcpPortTried
  | TcpFlowTried
  | TcpShortReachTried
  | TcpIdleReused
  | TcpSilentConnection;
