import { type Certificate, isSignedBy } from '../certificate.ts';
import { keyIdentifiersOf } from '../x509.ts';

/** Certificates trusted by themselves, found by the name they issue under. */
export interface TrustAnchors {
  /** Those whose subject is the name, given in canonical form and as DER. */
  withSubject(canonical: string, der: Uint8Array): readonly Certificate[];
}

/**
 * How a way from the leaf upwards ended: at an anchor; at a certificate that is its own issuer; where no issuer is at hand; or at an issuer that has
 * the right name and key identifier and did not make the signature.
 */
export type PathEnd = 'anchor' | 'root' | 'open' | 'signature-wrong';

export interface SearchLimits {
  /**
   * Certificates of one path, leaf and anchor included, self-issued ones between them not counted (RFC 5280 section 4.2.1.9); OpenSSL's default
   * depth is 100, no honest chain is longer than 6.
   */
  longestPath: number;
  /** Signatures looked at per chain; a hostile one can have more candidates than atoms. */
  mostSignatures: number;
}

export const defaultLimits: SearchLimits = { longestPath: 12, mostSignatures: 200 };

/**
 * Walks every path from the leaf through `others`, in any order of theirs, to anchors, trusted ones first, so that an expired cross-signed
 * certificate does not hide a path around it. `visit` is told of every end and stops the search by answering true.
 *
 * @returns whether all was seen that was to be seen: false when a limit cut the search short
 */
export function searchPaths(
  leaf: Certificate,
  others: readonly Certificate[],
  anchors: TrustAnchors,
  visit: (path: readonly Certificate[], end: PathEnd) => boolean,
  limits: SearchLimits = defaultLimits,
): boolean {
  const search = new PathSearch(others, anchors, visit, limits);
  search.extend([leaf]);
  return search.complete;
}

class PathSearch {
  complete = true;
  #signatures = 0;
  readonly #others: readonly Certificate[];
  readonly #anchors: TrustAnchors;
  readonly #visit: (path: readonly Certificate[], end: PathEnd) => boolean;
  readonly #limits: SearchLimits;

  constructor(
    others: readonly Certificate[],
    anchors: TrustAnchors,
    visit: (path: readonly Certificate[], end: PathEnd) => boolean,
    limits: SearchLimits,
  ) {
    this.#others = others;
    this.#anchors = anchors;
    this.#visit = visit;
    this.#limits = limits;
  }

  /** True when the search is over. */
  extend(path: readonly Certificate[]): boolean {
    const last = path.at(-1);
    if (last === undefined) return false;
    const anchored = this.#anchors
      .withSubject(last.subjectName, last.decoded.subject)
      .some((anchor) => anchor.sha256Hex === last.sha256Hex);
    if (anchored && this.#visit(path, 'anchor')) return true;
    // What is its own issuer leads nowhere new.
    if (last.selfSigned) return !anchored && this.#visit(path, 'root');
    if (lengthOf(path) >= this.#limits.longestPath || path.length >= 2 * this.#limits.longestPath) {
      this.complete = false;
      return this.#visit(path, 'open');
    }
    let ended = anchored;
    const above = new Set<string>();
    for (const anchor of this.#anchors.withSubject(last.issuerName, last.decoded.issuer)) {
      // The same authority by two stores, or by a store and by the server, is one.
      if (above.has(anchor.sha256Hex)) continue;
      above.add(anchor.sha256Hex);
      const issued = this.#issued(last, anchor);
      if (issued === null) continue;
      ended ||= issued;
      if (this.#visit([...path, anchor], issued ? 'anchor' : 'signature-wrong')) return true;
    }
    for (const issuer of this.#others) {
      if (above.has(issuer.sha256Hex) || path.some((one) => one.sha256Hex === issuer.sha256Hex)) continue;
      const issued = this.#issued(last, issuer);
      if (issued === null) continue;
      above.add(issuer.sha256Hex);
      ended ||= issued;
      if (issued ? this.extend([...path, issuer]) : this.#visit([...path, issuer], 'signature-wrong')) return true;
    }
    return !ended && this.#visit(path, 'open');
  }

  /** Whether the issuer made the certificate's signature; null when its name or key identifier says that it is another. */
  #issued(certificate: Certificate, issuer: Certificate): boolean | null {
    if (certificate.issuerName !== issuer.subjectName) return null;
    const wanted = keyIdentifiersOf(certificate.decoded).authority;
    const offered = keyIdentifiersOf(issuer.decoded).subject;
    if (wanted !== null && offered !== null && Buffer.compare(wanted, offered) !== 0) return null;
    if (this.#signatures >= this.#limits.mostSignatures) {
      this.complete = false;
      return null;
    }
    this.#signatures += 1;
    return isSignedBy(certificate, issuer);
  }
}

function lengthOf(path: readonly Certificate[]): number {
  return path.filter((one, index) => index === 0 || one.subjectName !== one.issuerName).length;
}
