import type { Failure } from '../failure.ts';
import type { Endpoint } from './base.ts';
import type { CertificateFacts, TlsObserved, TrustResult } from './tls.ts';

/**
 * Rules of RFC 5280 (and of the CA/Browser Forum's baseline requirements) that a path of certificates breaks. The first group is what ordinary
 * clients refuse, the second what some clients refuse and most overlook.
 */
export type PathFaultName =
  | 'signature-wrong'
  | 'malformed'
  | 'expired'
  | 'not-yet-valid'
  | 'date-malformed'
  | 'not-an-authority'
  | 'may-not-sign'
  | 'too-long'
  | 'not-for-servers'
  | 'name-not-permitted'
  | 'name-excluded'
  | 'constraint-unsupported'
  | 'unknown-critical-extension'
  | 'curve-unnamed'
  | 'weak-key'
  | 'weak-signature'
  | ImproperName;

/** What breaks a rule and is overlooked by most clients. */
export type ImproperName =
  | 'criticality-wrong'
  | 'key-identifier-missing'
  | 'serial-number-invalid'
  | 'version-old'
  | 'usage-not-stated'
  | 'authority-as-leaf'
  | 'common-name-not-listed'
  | 'name-malformed'
  | 'wildcard-too-wide'
  | 'constraint-malformed'
  | 'issuer-address-malformed'
  | 'key-unusual'
  | 'extension-misplaced';

/** A rule broken by the certificate at a place of a path. `improper`: most clients overlook it. */
export interface PathFault {
  /** Index into the path's `certificates`. */
  at: number;
  fault: PathFaultName;
  improper?: true;
}

/** Where a certificate came from. `store`: a trust store; `fetched`: from the address its subject names as its issuer's. */
export type CertificateOrigin = 'sent' | 'store' | 'fetched';

/** A certificate that paths are made of. */
export interface PathCertificate
  extends Pick<
    CertificateFacts,
    'subject' | 'issuer' | 'notBefore' | 'notAfter' | 'sha256Hex' | 'keyType' | 'keyBits' | 'signatureAlgorithm' | 'selfSigned'
  > {
  from: CertificateOrigin;
  /** Place among the certificates sent, 0 for the leaf; null when it was not sent. */
  sentAt: number | null;
  /** Stores that trust it by itself. */
  trustedBy: TrustResult['store'][];
}

/**
 * One way from the leaf upwards. It ends at an authority that a store trusts (`anchor`), at one that is its own issuer and trusted by none (`root`),
 * or where nobody has the next issuer (`open`).
 */
export interface JudgedPath {
  /** Indices into the observation's `certificates`, leaf first. */
  certificates: number[];
  end: 'anchor' | 'root' | 'open';
  /** Stores that trust its end; empty unless that is an anchor. */
  stores: TrustResult['store'][];
  faults: PathFault[];
}

/**
 * A kind of client, by what it trusts and how it builds paths. `openssl`: this host's store, paths as OpenSSL builds them, which gives up where
 * others go on (curl, wget, Python, PHP, Ruby); `any-path`: this host's store, every path of what was sent is tried (Go, GnuTLS, Java);
 * `mozilla`: Mozilla's list, every path of what was sent; `fetching`: this host's store, and what is missing is fetched (Chrome, Edge, Safari);
 * `old-root`: knows only the authority that the chain as sent ends at.
 */
export type ClientKind = 'openssl' | 'any-path' | 'mozilla' | 'fetching' | 'old-root';

/** Whether a kind of client accepts the chain, names left out. */
export interface ClientView {
  client: ClientKind;
  accepts: boolean;
  /** Index of the path it takes, or, where it accepts none, of the one it stops at; null when that path is not among those listed. */
  path: number | null;
  /** OpenSSL's verify code; null when it accepts. */
  code: string | null;
}

/**
 * Every path from the leaf upwards through the certificates sent, those fetched and the stores' own, why each holds or breaks, and which clients find
 * one that holds. The name of the server is left out.
 */
export interface TlsPathsJudged extends TlsObserved {
  kind: 'tls.paths-judged';
  /** Wall clock at which validity was read, ISO 8601. */
  judgedAt: string;
  certificates: PathCertificate[];
  /** Those that hold come first; 16 at most. */
  paths: JudgedPath[];
  /** False when there were more paths than are looked at. */
  complete: boolean;
  /** The certificates that belong to a path were sent in its order (RFC 8446 section 4.4.2). */
  inOrder: boolean;
  /** Places of certificates that were sent and belong to no path. */
  unused: number[];
  clients: ClientView[];
}

/** An issuer's certificate was asked for where a certificate says that it is to be had (authority information access, RFC 5280 section 4.2.2.1). */
export interface TlsIssuerFetched extends TlsObserved {
  kind: 'tls.issuer-fetched';
  url: string;
  /** Who was asked; null when nobody was. */
  source: Endpoint | null;
  /**
   * `not-asked`: no plain http URL, or one that leads to an inside address; `no-certificate`: an answer that holds none; `no-answer`: see `failure`.
   */
  outcome: 'certificates' | 'no-certificate' | 'no-answer' | 'not-asked';
  status: number | null;
  /** What came, by SHA-256 of its DER. */
  sha256Hex: string[];
  failure: Failure | null;
}

/** Reasons of RFC 5280 section 5.3.1. */
export type RevocationReason =
  | 'unspecified'
  | 'key-compromise'
  | 'ca-compromise'
  | 'affiliation-changed'
  | 'superseded'
  | 'cessation-of-operation'
  | 'certificate-hold'
  | 'remove-from-crl'
  | 'privilege-withdrawn'
  | 'aa-compromise';

/** What an OCSP response says of the leaf (RFC 6960). */
export interface RevocationFacts {
  /** OCSPResponseStatus; `unreadable` when the bytes are no response. */
  response: 'successful' | 'malformed-request' | 'internal-error' | 'try-later' | 'sig-required' | 'unauthorized' | 'unreadable';
  /** Null when the response says nothing of this certificate. */
  status: 'good' | 'revoked' | 'unknown' | null;
  /** ISO 8601; null when not stated. */
  revokedAt: string | null;
  reason: RevocationReason | null;
  thisUpdate: string | null;
  nextUpdate: string | null;
  /** By the issuer, or by a responder it appointed; `unchecked` when the issuer's certificate is not at hand or the algorithm is not known. */
  signature: 'valid' | 'wrong' | 'unchecked';
}

/** A response about revocation that came with the handshake (`stapled`, RFC 6066 section 8) or was asked of the issuer. */
export interface TlsRevocationStated extends TlsObserved, RevocationFacts {
  kind: 'tls.revocation-stated';
  source: 'stapled' | 'fetched';
  /** The certificate it is about. */
  sha256Hex: string;
  /** Wall clock at which it was read, ISO 8601. */
  judgedAt: string;
}

/**
 * Why a revocation list is not to be relied on, or only for what it lists (RFC 5280 section 5): `indirect`, it tells of certificates of several
 * authorities; `may-not-sign-lists`, its issuer's certificate does not allow it. The last two break the standard and change nothing.
 */
export type RevocationListFault =
  | 'unreadable'
  | 'other-issuer'
  | 'indirect'
  | 'may-not-sign-lists'
  | 'unknown-critical-extension'
  | 'number-missing'
  | 'number-critical';

/** What a revocation list says of the leaf (RFC 5280 section 5). */
export interface RevocationListFacts {
  /** Null when the list says nothing of this certificate's issuer, or of an entry that is not understood. */
  status: 'revoked' | 'not-listed' | null;
  /** ISO 8601; null when not stated. */
  revokedAt: string | null;
  reason: RevocationReason | null;
  thisUpdate: string | null;
  nextUpdate: string | null;
  /** By the leaf's issuer; `unchecked` when its certificate is not at hand or the algorithm is not known. */
  signature: 'valid' | 'wrong' | 'unchecked';
  /** Certificates listed; null when it is no list. */
  entries: number | null;
  /** The certificate would be on it if it were revoked: the list is whole, for every reason, and of one of its distribution points. */
  covers: boolean;
  faults: RevocationListFault[];
}

/** The list was asked for on which a certificate says it would be if it were revoked (CRL distribution point, RFC 5280 section 4.2.1.13). */
export interface TlsRevocationListed extends TlsObserved, RevocationListFacts {
  kind: 'tls.revocation-listed';
  url: string;
  /** Who was asked; null when nobody was. */
  source: Endpoint | null;
  /** `not-asked`: no plain http URL, or one that leads to an inside address; `no-list`: an answer that holds none; `too-large`: not read whole. */
  outcome: 'list' | 'no-list' | 'too-large' | 'no-answer' | 'not-asked';
  failure: Failure | null;
  /** Of the content received. */
  bytes: number | null;
  /** The certificate it was asked for. */
  sha256Hex: string;
  /** Wall clock at which it was read, ISO 8601. */
  judgedAt: string;
}

export type CertificatePathObservation = TlsPathsJudged | TlsIssuerFetched | TlsRevocationStated | TlsRevocationListed;
