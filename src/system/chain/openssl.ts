import { type Certificate, isSignedBy } from '../certificate.ts';
import { derTag, readElement, readInside, smallInteger } from '../der.ts';
import { commonNamesOf } from '../distinguished-name.ts';
import { constraintFault } from '../name-constraints.ts';
import {
  allowsKeyUsage,
  basicConstraintsOf,
  type DecodedCertificate,
  extendedKeyUsageOf,
  extensionOid,
  type GeneralName,
  generalNameType,
  hasSoundExtensions,
  keyIdentifiersOf,
  keyTypeOf,
  subjectAltNamesOf,
} from '../x509.ts';
import { certificateSigning, type Purpose, understood } from './faults.ts';
import type { TrustAnchors } from './search.ts';

/** How a program uses OpenSSL. */
export interface OpensslSettings {
  purpose: Purpose;
  /** SSL_CTX_set_security_level: 2 in Debian, Ubuntu, Fedora; 1 as OpenSSL itself is built; 0 accepts every key and hash. */
  securityLevel: number;
  /** Authorities between leaf and anchor at most. */
  depth: number;
}

export const usualSettings: OpensslSettings = { purpose: 'server', securityLevel: 2, depth: 100 };

/** What OpenSSL says of a chain: the one path it builds, and its first complaint about it (`code` null when there is none). */
export interface OpensslVerdict {
  path: readonly Certificate[];
  code: string | null;
}

/**
 * What stock OpenSSL 3 says of a chain (X509_verify_cert without partial chains, revocation and the peer's name). It builds one path and never
 * goes back: at each step it prefers trusted issuers to those that were sent, and among candidates the first that is in its time. Signatures are
 * checked only once the path stands. Source: build_chain, check_extensions, internal_verify in OpenSSL's crypto/x509/x509_vfy.c.
 */
export function judgeLikeOpenssl(
  sent: readonly Certificate[],
  anchors: TrustAnchors,
  atMs: number,
  settings: OpensslSettings = usualSettings,
): OpensslVerdict {
  const [leaf, ...others] = sent;
  if (leaf === undefined) return { path: [], code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' };
  const built = buildPath(leaf, others, anchors, atMs, settings);
  const { path } = built;
  if (built.code !== null) return { path, code: built.code };
  return { path, code: extensionFault(path, settings) ?? levelFault(path, settings) ?? signatureFault(path, atMs) ?? namesFault(path) };
}

interface BuiltPath {
  path: Certificate[];
  code: string | null;
}

function buildPath(
  leaf: Certificate,
  others: readonly Certificate[],
  anchors: TrustAnchors,
  atMs: number,
  { depth }: OpensslSettings,
): BuiltPath {
  const path = [leaf];
  const left = [...others];
  let trusted = 0;
  const mostCertificates = depth + 1;
  for (;;) {
    const last = path[path.length - 1]!;
    const issuer =
      path.length > mostCertificates ? null : bestIssuer(last, anchors.withSubject(last.issuerName, last.decoded.issuer), atMs);
    if (issuer !== null) {
      const isSelf = isFlaggedSelfSigned(last);
      // One that was sent and looks like an anchor must be that anchor.
      if (isSelf && last.sha256Hex === issuer.sha256Hex) return { path, code: null };
      if (!isSelf) {
        path.push(issuer);
        trusted += 1;
        if (isFlaggedSelfSigned(issuer)) return { path, code: null };
        continue;
      }
    }
    const next = trusted > 0 || isFlaggedSelfSigned(last) || path.length > mostCertificates ? null : bestIssuer(last, left, atMs);
    if (next === null) return { path, code: buildFault(path, trusted, mostCertificates) };
    left.splice(left.indexOf(next), 1);
    path.push(next);
  }
}

function buildFault(path: readonly Certificate[], trusted: number, mostCertificates: number): string {
  const last = path[path.length - 1]!;
  if (path.length > mostCertificates) return 'CERT_CHAIN_TOO_LONG';
  if (isFlaggedSelfSigned(last)) return path.length === 1 ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'SELF_SIGNED_CERT_IN_CHAIN';
  return trusted > 0 ? 'UNABLE_TO_GET_ISSUER_CERT' : 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
}

/** The first issuer that is in its time; else the one that ends last. */
function bestIssuer(certificate: Certificate, candidates: readonly Certificate[], atMs: number): Certificate | null {
  let best: Certificate | null = null;
  for (const candidate of candidates) {
    if (!looksIssuedBy(certificate, candidate)) continue;
    if (dateFault(candidate.decoded, atMs) === null) return candidate;
    if (best === null || (candidate.decoded.notAfterMs ?? 0) > (best.decoded.notAfterMs ?? 0)) best = candidate;
  }
  return best;
}

/** ossl_x509_likely_issued: names, key identifiers, kind of key; no signature. */
function looksIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return (
    certificate.issuerName === issuer.subjectName &&
    hasSoundExtensions(issuer.decoded) &&
    hasSoundExtensions(certificate.decoded) &&
    matchesAuthorityKey(certificate.decoded, issuer.decoded) &&
    signsWith(certificate.decoded) === keyTypeOf(issuer.decoded)
  );
}

/** X509_check_akid: each field of the identifier that is there must be the issuer's; a serial number or name the issuer's own. */
function matchesAuthorityKey(certificate: DecodedCertificate, issuer: DecodedCertificate): boolean {
  const extension = certificate.extensions.get(extensionOid.authorityKeyIdentifier);
  if (extension === undefined) return true;
  const fields = readInside(readElement(extension.value) ?? undefined, derTag.sequence) ?? [];
  const wanted = keyIdentifiersOf(certificate).authority;
  const offered = keyIdentifiersOf(issuer).subject;
  if (wanted !== null && offered !== null && Buffer.compare(wanted, offered) !== 0) return false;
  const serial = fields.find((field) => field.tag === 0x82)?.content;
  if (serial !== undefined && Buffer.compare(serial, issuer.serial) !== 0) return false;
  const names = fields.find((field) => field.tag === 0xa1);
  const directory = names === undefined ? undefined : readElement(names.content);
  return directory?.tag !== 0xa4 || Buffer.compare(directory.content, issuer.issuer) === 0;
}

function signsWith({ signatureOid }: DecodedCertificate): string {
  if (signatureOid.startsWith('1.2.840.113549.1.1.') || signatureOid === '1.3.14.3.2.29') return 'rsa';
  if (signatureOid.startsWith('1.2.840.10045.4.')) return 'ec';
  if (signatureOid.startsWith('1.2.840.10040.4.') || signatureOid.startsWith('2.16.840.1.101.3.4.3.')) return 'dsa';
  return signatureOid === '1.3.101.112' ? 'ed25519' : signatureOid === '1.3.101.113' ? 'ed448' : 'other';
}

/** EXFLAG_SS: its own issuer by names, identifiers and kind of key; the signature is not looked at. */
function isFlaggedSelfSigned(certificate: Certificate): boolean {
  return looksIssuedBy(certificate, certificate);
}

function isAuthority(certificate: DecodedCertificate, isLast: boolean, selfSigned: boolean): boolean {
  if (!allowsKeyUsage(certificate, certificateSigning)) return false;
  const constraints = basicConstraintsOf(certificate);
  if (constraints !== null) return constraints.ca;
  // Only at the end are those of old forgiven: a root of version 1, or one whose key usage says what it is.
  return isLast && ((certificate.version === 1 && selfSigned) || certificate.extensions.has(extensionOid.keyUsage));
}

const purposeOids: Readonly<Record<Purpose, string>> = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' };
/** Microsoft's and Netscape's server gated cryptography count as server authentication. */
const gated = ['1.3.6.1.4.1.311.10.3.3', '2.16.840.1.113730.4.1'];
const leafUsages: Readonly<Record<Purpose, readonly number[]>> = { server: [0, 2, 4], client: [0, 4] };

/** check_extensions, with check_curve and check_purpose. */
function extensionFault(path: readonly Certificate[], { purpose }: OpensslSettings): string | null {
  let authoritiesBelow = 0;
  for (const [depth, certificate] of path.entries()) {
    const { decoded } = certificate;
    for (const [oid, { critical }] of decoded.extensions) {
      if (critical && !understood.has(oid)) return 'UNHANDLED_CRITICAL_EXTENSION';
    }
    const isLast = depth === path.length - 1;
    if (depth > 0 && !isAuthority(decoded, isLast, isFlaggedSelfSigned(certificate))) return 'INVALID_CA';
    if (path.length > 1 && decoded.explicitCurve) return 'EC_KEY_EXPLICIT_PARAMS';
    const usage = extendedKeyUsageOf(decoded);
    const accepted = purpose === 'server' ? [purposeOids.server, ...gated] : [purposeOids.client];
    if (usage !== null && !usage.some((one) => accepted.includes(one))) return 'INVALID_PURPOSE';
    if (depth === 0 && !leafUsages[purpose].some((bit) => allowsKeyUsage(decoded, bit))) return 'INVALID_PURPOSE';
    const pathLength = pathLengthOf(decoded);
    if (depth > 1 && pathLength !== null && authoritiesBelow > pathLength) return 'PATH_LENGTH_EXCEEDED';
    if (depth > 0 && certificate.subjectName !== certificate.issuerName) authoritiesBelow += 1;
  }
  return null;
}

function pathLengthOf(certificate: DecodedCertificate): number | null {
  const extension = certificate.extensions.get(extensionOid.basicConstraints);
  const fields = extension === undefined ? null : readInside(readElement(extension.value) ?? undefined, derTag.sequence);
  const length = fields?.find((field) => field.tag === derTag.integer);
  return length === undefined ? null : smallInteger(length.content);
}

/** Bits of security by key (NIST SP 800-57 part 1, table 2) and by hash, as OpenSSL counts them. */
const levelBits = [0, 80, 112, 128, 192, 256];

function keyStrength(certificate: DecodedCertificate): number {
  const bits = certificate.keyBits ?? 0;
  switch (keyTypeOf(certificate)) {
    case 'rsa':
    case 'dsa':
      return bits >= 15360 ? 256 : bits >= 7680 ? 192 : bits >= 3072 ? 128 : bits >= 2048 ? 112 : bits >= 1024 ? 80 : 0;
    case 'ec':
      return bits / 2;
    default:
      return 128;
  }
}

/** Hashes of signature algorithms that are weaker than 112 bits. MD5 and SHA-1 count less than half their length since OpenSSL 3. */
const hashStrength: Readonly<Record<string, number>> = {
  '1.2.840.113549.1.1.2': 0,
  '1.2.840.113549.1.1.4': 39,
  '1.2.840.113549.1.1.5': 63,
  '1.3.14.3.2.29': 63,
  '1.2.840.10045.4.1': 63,
  '1.2.840.10040.4.3': 63,
};

/** check_auth_level: keys of all, hashes of all but the last. */
function levelFault(path: readonly Certificate[], { securityLevel }: OpensslSettings): string | null {
  const wanted = levelBits[Math.min(securityLevel, 5)] ?? 0;
  for (const [depth, { decoded }] of path.entries()) {
    if (keyStrength(decoded) < wanted) return depth === 0 ? 'EE_KEY_TOO_SMALL' : 'CA_KEY_TOO_SMALL';
    if (depth < path.length - 1 && (hashStrength[decoded.signatureOid] ?? 256) < wanted) return 'CA_MD_TOO_WEAK';
  }
  return null;
}

/** internal_verify: from the top down, signature, then dates. */
function signatureFault(path: readonly Certificate[], atMs: number): string | null {
  for (let depth = path.length - 1; depth >= 0; depth -= 1) {
    const certificate = path[depth]!;
    const issuer = path[depth + 1];
    if (issuer !== undefined && !isSignedBy(certificate, issuer)) return 'CERT_SIGNATURE_FAILURE';
    const fault = dateFault(certificate.decoded, atMs);
    if (fault !== null) return fault;
  }
  return null;
}

function dateFault({ notBeforeMs, notAfterMs }: DecodedCertificate, atMs: number): string | null {
  if (notBeforeMs === null) return 'ERROR_IN_CERT_NOT_BEFORE_FIELD';
  if (notAfterMs === null) return 'ERROR_IN_CERT_NOT_AFTER_FIELD';
  if (notBeforeMs > atMs) return 'CERT_NOT_YET_VALID';
  return notAfterMs < atMs ? 'CERT_HAS_EXPIRED' : null;
}

/** check_name_constraints. A leaf without DNS names is held to be named by its common names. */
function namesFault(path: readonly Certificate[]): string | null {
  for (let below = path.length - 1; below >= 0; below -= 1) {
    const certificate = path[below]!;
    if (below > 0 && certificate.subjectName === certificate.issuerName) continue;
    const commonNames = below === 0 ? commonNamesAsDns(certificate.decoded) : [];
    for (const { decoded } of path.slice(below + 1).reverse()) {
      const fault = constraintFault(decoded, certificate.decoded) ?? constraintFault(decoded, certificate.decoded, commonNames);
      if (fault !== null) return fault;
    }
  }
  return null;
}

/** NAME_CONSTRAINTS_check_CN: common names that could be a host's. */
function commonNamesAsDns(leaf: DecodedCertificate): GeneralName[] {
  if (subjectAltNamesOf(leaf).some(({ type }) => type === generalNameType.dns)) return [];
  return commonNamesOf(leaf.subject)
    .filter((name) => /^(?=.*\.)[a-z0-9_.-]+$/iu.test(name))
    .map((name) => ({ type: generalNameType.dns, content: Buffer.from(name, 'latin1') }));
}
