import type { Failure } from '../failure.ts';
import type { Endpoint, Observed } from './base.ts';

/** What every observation of TLS states. */
export interface TlsObserved extends Observed {
  checkpoint: 'tls';
  /** The TCP connection it ran over. */
  connection: string;
  server: Endpoint;
  /** SNI sent (RFC 6066 section 3); null when none was. */
  serverName: string | null;
}

/** `TLSv1.3` and so on, as OpenSSL writes them. */
export type TlsVersion = 'SSLv3' | 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** The handshake ended with both Finished messages. Says nothing about trust. */
export interface TlsHandshakeCompleted extends TlsObserved {
  kind: 'tls.handshake-completed';
  version: TlsVersion;
  /** IANA name. */
  cipher: string;
  /** Key exchange group (`X25519`, `prime256v1`, `X25519MLKEM768`), null when not known. */
  group: string | null;
  alpn: string | null;
  resumed: boolean;
  /** Round trips the handshake took, null when not known. */
  roundTrips: number | null;
  /** The server asked for a client certificate; null when that was not visible. */
  clientCertificateRequested: boolean | null;
  /** What the client offered; absent when its hello was not seen, or when an earlier handshake of the walk offered the same. */
  offered?: HelloOffered;
  /** The server asked for another key share first (RFC 8446 section 4.1.4); absent when not known. */
  retried?: boolean;
  /** Bits of the prime where the key exchange is over a finite field (DHE); null for others, absent when not known. */
  primeBits?: number | null;
  /** The session keys stay secret if the server's key is stolen later; absent when not known. */
  forwardSecret?: boolean;
  /** The key exchange holds against quantum computers, alone or in a hybrid; absent when not known. */
  postQuantum?: boolean;
  /** Bytes of the stapled OCSP response; null when none was stapled, absent when that was not visible. */
  ocspResponseBytes?: number | null;
  /** What somebody on the path could read of this handshake. */
  readable?: ReadableOnWire[];
  /** An HTTPS record offers Encrypted Client Hello (RFC 9848); null when no such record was asked for, absent when that does not apply. */
  encryptedHelloAdvertised?: boolean | null;
  /**
   * How long of it the server waited for: this process got no processor, or, from packets of TLS 1.3, the client had the server's flight and had not
   * answered (at the server, a round trip is in it). Absent below a tenth of a second. No fault of the server's.
   */
  lateMs?: number;
  /** From packets: the client sent something of its own afterwards, so it was content with the server's certificate, visible or not. */
  clientWentOn?: boolean;
}

/** What a ClientHello offers, numbers named as IANA does; values that mean nothing (RFC 8701) left out. */
export interface HelloOffered {
  /** Bytes of its message. */
  helloBytes: number;
  versions: string[];
  cipherSuites: string[];
  groups: string[];
  /** Groups a key share is sent for: any other chosen costs a round trip. */
  keyShareGroups: string[];
  alpn: string[];
  /** A session ticket, or a pre-shared key, from an earlier connection. */
  resumption: boolean;
  /** Data sent before the handshake ends (0-RTT, RFC 8446 section 2.3). */
  earlyData: boolean;
  /** A stapled OCSP response is asked for. */
  statusRequest: boolean;
  /** Encrypted Client Hello (RFC 9849), or a made-up one. */
  encryptedHello: boolean;
}

/** Parts of a handshake in clear on the wire. */
export type ReadableOnWire =
  | 'server-name'
  | 'alpn-offered'
  | 'alpn-chosen'
  | 'version'
  | 'cipher'
  | 'certificates'
  | 'client-certificate-request'
  | 'ocsp-response';

/** One X.509 certificate (RFC 5280), as its own bytes state it. */
export interface CertificateFacts {
  /** RFC 4514 text, most specific first. */
  subject: string;
  issuer: string;
  /** subjectAltName dNSName and iPAddress entries, as text. */
  dnsNames: string[];
  ipAddresses: string[];
  /** ISO 8601, UTC. */
  notBefore: string;
  notAfter: string;
  serialHex: string;
  sha256Hex: string;
  keyType: 'rsa' | 'ec' | 'ed25519' | 'ed448' | 'dsa' | 'other';
  /** RSA or DSA modulus bits, EC field bits. */
  keyBits: number | null;
  /** `sha256WithRSAEncryption` and so on; the OID when unnamed. */
  signatureAlgorithm: string;
  isCa: boolean;
  /** Subject equals issuer and its own key verifies its signature. */
  selfSigned: boolean;
  /** Extended key usage OIDs, null when the extension is absent. */
  extendedKeyUsage: string[] | null;
  /** caIssuers URLs of authority information access. */
  issuerUrls: string[];
  /** It holds timestamps of Certificate Transparency logs (RFC 6962 section 3.3), which take certificates of public authorities alone; else absent. */
  logTimestamps?: true;
}

/** What a certificate store says of the chain, names left out. Times are judged at the walk's wall clock. */
export interface TrustResult {
  /** `system`: this host's, with SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS; `mozilla`: the list Node.js ships; `given`: by --ca. */
  store: 'system' | 'mozilla' | 'given';
  trusted: boolean;
  /** OpenSSL's verify code (`CERT_HAS_EXPIRED`, `UNABLE_TO_GET_ISSUER_CERT_LOCALLY`, ...) when not trusted. */
  code: string | null;
  /** The file named by --ca, for `given`. */
  file?: string;
}

/** The certificates the server sent, leaf first, in the order sent, and what the stores say. */
export interface TlsCertificatesReceived extends TlsObserved {
  kind: 'tls.certificates-received';
  certificates: CertificateFacts[];
  trust: TrustResult[];
  /** Wall clock at which validity was read, ISO 8601. */
  judgedAt: string;
  /** DER of the certificates in base64, in the order sent; absent where another observation of the walk has the same chain. */
  der?: string[];
}

/** A fatal alert came from the peer (RFC 8446 section 6). */
export interface TlsAlertReceived extends TlsObserved {
  kind: 'tls.alert-received';
  level: 'warning' | 'fatal';
  alert: number;
  /** `handshake_failure`, ... or `unknown_123`. */
  alertName: string;
  /** The last handshake message seen before it. */
  after: 'client-hello' | 'server-hello' | 'handshake' | 'finished';
  encrypted: boolean;
  /** The server asked for a client certificate before it; null when that was not visible. */
  clientCertificateRequested: boolean | null;
}

/** The bytes that came back are not TLS. */
export interface TlsNotTls extends TlsObserved {
  kind: 'tls.not-tls';
  looksLike: 'http' | 'ssh' | 'smtp' | 'ftp' | 'imap' | 'pop3' | 'mysql' | 'proxy-protocol' | 'unknown';
  /** First bytes in hex, at most 64 bytes. */
  sampleHex: string;
}

/** We gave up the handshake ourselves, or the library could not say more. */
export interface TlsHandshakeFailed extends TlsObserved {
  kind: 'tls.handshake-failed';
  failure: Failure;
  /** Version chosen by the server when its ServerHello was seen. */
  version: TlsVersion | null;
  /** Cipher suite chosen by then, IANA name; absent when not known. */
  cipher?: string | null;
  /** Bits of the prime of a finite-field key exchange; null for others, absent when not known. */
  primeBits?: number | null;
  /** The fatal alert we sent ourselves; null when none was, absent when not known. */
  alertSent?: { alert: number; alertName: string } | null;
  /** Handshake messages received by then, by name, in order; absent when not known. */
  messagesReceived?: string[];
  /** From packets: who ended it. */
  endedBy?: 'client' | 'server';
}

/**
 * How a trial's ClientHello differs from `small`, which names the target and offers what is current in well under one segment:
 * `large` is the same offer over more than one segment; `small-answer` can be answered in a hundred bytes (no key share is sent, so that a server
 * of TLS 1.3 asks for one and an older one refuses); `without-name` sends no SNI, `other-name` another one; `tls12-only` and `tls13-only` offer one
 * version; `widest` offers every cipher suite that is registered, in versions up to TLS 1.2 and as clients of SSL 3.0 did; `browser` is what a
 * current browser sends, post-quantum key share included. `as-walked` is the walk's own offer.
 */
export type HelloVariant =
  | 'as-walked'
  | 'small'
  | 'large'
  | 'small-answer'
  | 'without-name'
  | 'other-name'
  | 'tls12-only'
  | 'tls13-only'
  | 'widest'
  | 'browser';

/** A session taken up again on a second connection, or why not (RFC 8446 section 2.2, RFC 5077). */
export interface TlsResumptionTried extends TlsObserved {
  kind: 'tls.resumption-tried';
  /** `refused`: the server began anew; `failed`: the second handshake did not come to its end. */
  outcome: 'resumed' | 'refused' | 'no-ticket' | 'failed';
  version: TlsVersion;
  /** How long the server says that the ticket may be used. */
  lifetimeSeconds: number | null;
  /** Bytes it would take before the handshake ends (0-RTT, RFC 8446 section 2.3); null when no ticket came. */
  earlyDataBytes: number | null;
  fullMs: number;
  resumedMs: number | null;
  /** Round trips of the handshake alone; null when nothing was resumed. */
  roundTripsSaved: number | null;
}

/** A ClientHello sent on a connection of its own to learn what comes back first. The handshake is not continued. */
export interface TlsHelloTried extends TlsObserved {
  kind: 'tls.hello-tried';
  variant: HelloVariant;
  /** Bytes of the ClientHello's record, header included; null when not known. */
  helloBytes: number | null;
  /** `hello`: a ServerHello; `retry`: a HelloRetryRequest (RFC 8446 section 4.1.4). */
  outcome: 'hello' | 'retry' | 'alert' | 'not-tls' | 'reset' | 'closed' | 'silent' | 'connect-failed' | 'failed';
  /** From sending the ClientHello until the outcome; for `silent` how long was waited. */
  afterMs: number;
  /** What the server chose; null when it did not say. */
  version: TlsVersion | null;
  cipher: string | null;
  group: string | null;
  /** Of a fatal alert. */
  alert: number | null;
  alertName: string | null;
  /** Bytes of ours the peer acknowledged; null when not known. */
  bytesAcknowledged: number | null;
  bytesReceived: number;
}

export type TlsObservation =
  | TlsHandshakeCompleted
  | TlsCertificatesReceived
  | TlsAlertReceived
  | TlsNotTls
  | TlsHandshakeFailed
  | TlsHelloTried
  | TlsResumptionTried;
