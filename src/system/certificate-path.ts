import { type Certificate, isSignedBy } from './certificate.ts';
import { constraintFault } from './name-constraints.ts';
import { allowsKeyUsage, basicConstraintsOf, extendedKeyUsageOf, extensionOid, hasSoundExtensions, keyIdentifiersOf } from './x509.ts';

/** Certificates trusted by themselves, found by the name they issue under. */
export interface TrustAnchors {
  /** Those whose subject is the name, given in canonical form and as DER. */
  withSubject(canonical: string, der: Uint8Array): readonly Certificate[];
}

/** What a store says of a chain: trusted, or OpenSSL's word for the fault of the best path there is. */
export type PathVerdict = { trusted: true; code: null } | { trusted: false; code: string };

/** Certificates of one path, leaf and anchor included; OpenSSL's default depth is 100, no honest chain is longer than 6. */
const longestPath = 12;
/** Signatures looked at per chain; a hostile one can have more candidates than atoms. */
const mostSignatures = 200;

const serverAuthentication = '1.3.6.1.5.5.7.3.1';
const anyPurpose = '2.5.29.37.0';
/** Key usage bits (RFC 5280 section 4.2.1.3). */
const certificateSigning = 5;
/** digitalSignature, keyEncipherment, keyAgreement: at least one is what a server does with its key. */
const serverUsages = [0, 2, 4];

/**
 * Extensions that may be critical: they are honoured, or their being ignored is what TLS clients do (policies, revocation lists). The list is
 * OpenSSL's as far as certificates of the web go.
 */
const understood: ReadonlySet<string> = new Set([
  extensionOid.keyUsage,
  extensionOid.subjectAltName,
  extensionOid.basicConstraints,
  extensionOid.nameConstraints,
  extensionOid.extendedKeyUsage,
  extensionOid.crlDistributionPoints,
  extensionOid.certificatePolicies,
  extensionOid.policyMappings,
  extensionOid.policyConstraints,
  extensionOid.inhibitAnyPolicy,
]);

/**
 * Whether a server's chain leads to an anchor at a moment (RFC 5280 section 6.1, without policies and revocation). `sent` is leaf first; the
 * rest may come in any order and hold what does not belong. The name of the server is left out. All paths are tried, trusted anchors first,
 * so an expired cross-signed certificate does not hide a path around it. Keys and signatures that are weak are not a fault here.
 */
export function judgePath(sent: readonly Certificate[], anchors: TrustAnchors, atMs: number): PathVerdict {
  const [leaf, ...others] = sent;
  if (leaf === undefined) return { trusted: false, code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' };
  const search = new PathSearch(others, anchors, atMs);
  return search.extend([leaf]) ? { trusted: true, code: null } : { trusted: false, code: search.fault ?? deadEnd(leaf, search.longest) };
}

/** Why no path reached an anchor. */
function deadEnd(leaf: Certificate, longest: readonly Certificate[]): string {
  if (leaf.selfSigned) return 'DEPTH_ZERO_SELF_SIGNED_CERT';
  return longest.at(-1)?.selfSigned === true ? 'SELF_SIGNED_CERT_IN_CHAIN' : 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
}

class PathSearch {
  /** Fault of the first path that reached an anchor, or of a signature that ended one. */
  fault: string | null = null;
  longest: readonly Certificate[] = [];
  #signatures = 0;
  readonly #sent: readonly Certificate[];
  readonly #anchors: TrustAnchors;
  readonly #atMs: number;

  constructor(sent: readonly Certificate[], anchors: TrustAnchors, atMs: number) {
    this.#sent = sent;
    this.#anchors = anchors;
    this.#atMs = atMs;
  }

  /** True when some continuation of the path is without fault. */
  extend(path: readonly Certificate[]): boolean {
    const last = path.at(-1);
    if (last === undefined) return false;
    if (path.length > this.longest.length) this.longest = path;
    const anchored = this.#anchors
      .withSubject(last.subjectName, last.decoded.subject)
      .some((anchor) => anchor.sha256Hex === last.sha256Hex);
    if (anchored && this.#complete(path)) return true;
    // A path that visits an authority twice, as itself or under another cross-signature of the same key, leads nowhere new.
    if (last.selfSigned || path.length >= longestPath) return false;
    for (const anchor of this.#anchors.withSubject(last.issuerName, last.decoded.issuer)) {
      if (this.#issued(last, anchor) && this.#complete([...path, anchor])) return true;
    }
    for (const issuer of this.#sent) {
      const visited = path.some((one) => one.sha256Hex === issuer.sha256Hex);
      if (!visited && this.#issued(last, issuer) && this.extend([...path, issuer])) return true;
    }
    return false;
  }

  #issued(certificate: Certificate, issuer: Certificate): boolean {
    if (certificate.issuerName !== issuer.subjectName) return false;
    const wanted = keyIdentifiersOf(certificate.decoded).authority;
    const offered = keyIdentifiersOf(issuer.decoded).subject;
    if (wanted !== null && offered !== null && Buffer.compare(wanted, offered) !== 0) return false;
    if (this.#signatures >= mostSignatures) {
      this.fault ??= 'CERT_CHAIN_TOO_LONG';
      return false;
    }
    this.#signatures += 1;
    return isSignedBy(certificate, issuer);
  }

  #complete(path: readonly Certificate[]): boolean {
    const fault = pathFault(path, this.#atMs);
    this.fault ??= fault;
    return fault === null;
  }
}

/** The fault of a path from leaf to anchor whose signatures hold; null when there is none. Dates come last: they show in the facts as well. */
function pathFault(path: readonly Certificate[], atMs: number): string | null {
  return structureFault(path) ?? dateFault(path, atMs);
}

function structureFault(path: readonly Certificate[]): string | null {
  /** Authorities below the one at hand that are not self-issued (RFC 5280 section 4.2.1.9). */
  let authoritiesBelow = 0;
  for (const [depth, certificate] of path.entries()) {
    const { decoded } = certificate;
    if (!hasSoundExtensions(decoded)) return 'INVALID_EXTENSION';
    if (decoded.explicitCurve) return 'EC_KEY_EXPLICIT_PARAMS';
    for (const [oid, extension] of decoded.extensions) {
      if (extension.critical && !understood.has(oid)) return 'UNHANDLED_CRITICAL_EXTENSION';
    }
    const usage = extendedKeyUsageOf(decoded);
    if (usage !== null && !usage.includes(serverAuthentication) && !usage.includes(anyPurpose)) return 'INVALID_PURPOSE';
    if (depth === 0) {
      if (!serverUsages.some((bit) => allowsKeyUsage(decoded, bit))) return 'INVALID_PURPOSE';
      continue;
    }
    const constraints = basicConstraintsOf(decoded);
    // An anchor is trusted as it is; old ones have no extensions at all. One that says it is no authority is none.
    const oldAnchor = constraints === null && depth === path.length - 1;
    if (constraints?.ca !== true && !oldAnchor) return 'INVALID_CA';
    if (!allowsKeyUsage(decoded, certificateSigning)) return 'KEYUSAGE_NO_CERTSIGN';
    if (constraints?.pathLength != null && authoritiesBelow > constraints.pathLength) return 'PATH_LENGTH_EXCEEDED';
    const constrained = namesFault(path, depth);
    if (constrained !== null) return constrained;
    if (certificate.subjectName !== certificate.issuerName) authoritiesBelow += 1;
  }
  return null;
}

/** RFC 5280 section 4.2.1.10: constraints bind every certificate below, self-issued ones other than the leaf excepted. */
function namesFault(path: readonly Certificate[], depth: number): string | null {
  const authority = path[depth];
  if (authority === undefined) return null;
  for (const [below, certificate] of path.slice(0, depth).entries()) {
    const selfIssued = certificate.subjectName === certificate.issuerName;
    const fault = selfIssued && below > 0 ? null : constraintFault(authority.decoded, certificate.decoded);
    if (fault !== null) return fault;
  }
  return null;
}

function dateFault(path: readonly Certificate[], atMs: number): string | null {
  for (const { decoded } of path) {
    if (decoded.notBeforeMs === null) return 'ERROR_IN_CERT_NOT_BEFORE_FIELD';
    if (decoded.notAfterMs === null) return 'ERROR_IN_CERT_NOT_AFTER_FIELD';
    if (decoded.notBeforeMs > atMs) return 'CERT_NOT_YET_VALID';
    if (decoded.notAfterMs < atMs) return 'CERT_HAS_EXPIRED';
  }
  return null;
}
