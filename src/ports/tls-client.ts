import type { Failure } from '../model/failure.ts';
import type { RevocationFacts } from '../model/observations/certificate-paths.ts';
import type { CertificateFacts, HelloOffered, ReadableOnWire, TlsVersion, TrustResult } from '../model/observations/tls.ts';
import type { Connection, Wait } from './connection.ts';

export interface TlsOffer {
  /** SNI to send; null for none. Never an address (RFC 6066 section 3). */
  serverName: string | null;
  alpn: readonly string[];
  minVersion?: TlsVersion;
  maxVersion?: TlsVersion;
  /** A session of an earlier connection to take up. */
  resume?: TlsSession;
}

/** What a server gives to take a session up again (RFC 8446 section 4.6.1, RFC 5077). Belongs to the client that got it; never recorded. */
export interface TlsSession {
  bytes: Uint8Array;
  /** How long the server says it may be used; null when it did not say. */
  lifetimeSeconds: number | null;
  /** Bytes the server takes before the handshake ends (0-RTT); 0 for none. */
  earlyDataBytes: number;
}

/** An alert seen on the wire or told by the library. `encrypted`: an onlooker could not have read it. */
export interface SeenAlert {
  level: 'warning' | 'fatal';
  alert: number;
  encrypted: boolean;
  sentBy: 'peer' | 'us';
}

/** What the wire showed, whatever the library says. */
export interface HandshakeWire {
  /** Handshake message types received, in clear or opened with the connection's own keys, in order (RFC 8446 section 4). */
  messagesReceived: number[];
  alerts: SeenAlert[];
  /** First bytes received when they are no TLS record; null otherwise. At most 64. */
  foreignBytes: Uint8Array | null;
  /** Version the ServerHello chose (supported_versions honoured); null before one was seen. */
  version: TlsVersion | null;
  helloRetried: boolean;
  /** A CertificateRequest was seen, in clear or opened with the connection's own keys; null when it would have been hidden (TLS 1.3). */
  clientCertificateRequested: boolean | null;
  /** What our own ClientHello offered; null when nothing was sent. */
  offered: HelloOffered | null;
  /** Cipher suite the ServerHello chose, by number; null before one was seen. */
  cipherSuite: number | null;
  /** Bits of the prime of a finite-field key exchange up to TLS 1.2; null for others. */
  primeBits: number | null;
  /** DER of the OCSP response stapled to the leaf (RFC 6066 section 8, RFC 8446 section 4.4.2.1); null without one. */
  ocspResponse: Uint8Array | null;
  /** What somebody on the path could read of both directions, without keys. */
  readable: ReadableOnWire[];
}

export interface HandshakeRecord {
  version: TlsVersion;
  cipher: string;
  group: string | null;
  alpn: string | null;
  resumed: boolean;
  /** Leaf first, in the order sent. */
  certificates: CertificateFacts[];
  /** DER of the same, in the same order. */
  certificatesDer: Uint8Array[];
  trust: TrustResult[];
  /** What the OCSP response says that the server stapled (RFC 6066 section 8); null when it stapled none. */
  revocation: RevocationFacts | null;
}

export type HandshakeOutcome =
  /** `connection` carries application data; destroying it destroys the transport. */
  | {
      kind: 'completed';
      connection: Connection;
      record: HandshakeRecord;
      wire: HandshakeWire;
      startMs: number;
      atMs: number;
      /** How long of that this process could not attend to it: no time of the peer's. */
      lateMs: number;
      /** The session the server gives, once it came; in TLS 1.3 that is after the handshake. Null when none comes in time. */
      session(wait: Wait): Promise<TlsSession | null>;
    }
  /** `closed` and `reset` are what the transport did without a fatal alert before. */
  | { kind: 'closed' | 'reset' | 'timed-out' | 'aborted'; wire: HandshakeWire; startMs: number; atMs: number }
  | { kind: 'failed'; failure: Failure; wire: HandshakeWire; startMs: number; atMs: number };

/**
 * TLS over a connection that is already open. Certificates are never refused here: what the stores say is a fact in the record, and the rules judge.
 * Names are not compared here either.
 */
export interface TlsClient {
  /** Reads what chains are judged by, which takes some milliseconds once; otherwise that is done when the first handshake is over. */
  prepare(): void;
  handshake(over: Connection, offer: TlsOffer, wait: Wait): Promise<HandshakeOutcome>;
}
