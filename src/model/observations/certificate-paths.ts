import type { CertificateFacts, TrustResult } from './tls.ts';

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
 * others go on (curl, wget, Python, PHP, Ruby, Node.js); `any-path`: this host's store, every path of what was sent is tried (Go, GnuTLS, Java);
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
