import type { ImproperName, PathFault, PathFaultName } from '../../model/observations/certificate-paths.ts';
import type { Certificate } from '../certificate.ts';
import { constraintFault } from '../name-constraints.ts';
import {
  allowsKeyUsage,
  basicConstraintsOf,
  type DecodedCertificate,
  extendedKeyUsageOf,
  extensionOid,
  hasSoundExtensions,
  keyTypeOf,
} from '../x509.ts';
import { improprieties } from './improprieties.ts';

/** A rule broken by the certificate at a place of a path, leaf at 0. */
export interface Fault {
  at: number;
  fault: Exclude<PathFaultName, ImproperName>;
}

/** What the peer is: whose purpose the leaf must serve. */
export type Purpose = 'server' | 'client';

const purposeOid: Readonly<Record<Purpose, string>> = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' };
const anyPurpose = '2.5.29.37.0';
/** Key usage bits (RFC 5280 section 4.2.1.3). */
export const certificateSigning = 5;
/** digitalSignature, keyEncipherment, keyAgreement: at least one is what a server does with its key. */
const serverUsages = [0, 2, 4];

/**
 * Extensions that may be critical: they are honoured, or their being ignored is what TLS clients do (policies, revocation lists). The list is
 * OpenSSL's as far as certificates of the web go.
 */
export const understood: ReadonlySet<string> = new Set([
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

/** Signature algorithms that clients refuse: MD2, MD5 and SHA-1 (CA/B Forum ballot 118), by OID. */
const weakSignatures: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29',
  '1.2.840.10045.4.1',
  '1.2.840.10040.4.3',
]);
/** CA/B Forum baseline requirements, section 6.1.5. */
const leastRsaBits = 2048;
const leastCurveBits = 256;

/**
 * What ordinary clients refuse in a path of certificates whose signatures hold, as RFC 5280 section 6.1 has it (without policies and revocation), and
 * keys and hashes that are too weak. Structure comes first, dates after it: they show in the facts as well. The name of the server is left out.
 * `anchored`: the last certificate is trusted by itself.
 */
export function refusalsOf(path: readonly Certificate[], atMs: number, anchored: boolean, purpose: Purpose = 'server'): Fault[] {
  return [...structureFaults(path, anchored, purpose), ...dateFaults(path, atMs), ...strengthFaults(path, anchored)];
}

/** {@link refusalsOf}, and what most clients overlook. */
export function faultsOf(path: readonly Certificate[], atMs: number, anchored: boolean, purpose: Purpose = 'server'): PathFault[] {
  return [...refusalsOf(path, atMs, anchored, purpose), ...overlooked(path, anchored)];
}

function structureFaults(path: readonly Certificate[], anchored: boolean, purpose: Purpose): Fault[] {
  const faults: Fault[] = [];
  /** Authorities below the one at hand that are not self-issued (RFC 5280 section 4.2.1.9). */
  let authoritiesBelow = 0;
  for (const [at, certificate] of path.entries()) {
    const { decoded } = certificate;
    const found: Fault['fault'][] = [];
    if (!hasSoundExtensions(decoded)) found.push('malformed');
    if (decoded.explicitCurve) found.push('curve-unnamed');
    if ([...decoded.extensions].some(([oid, { critical }]) => critical && !understood.has(oid))) found.push('unknown-critical-extension');
    if (!serves(decoded, purpose)) found.push('not-for-servers');
    if (at === 0) {
      if (!serverUsages.some((bit) => allowsKeyUsage(decoded, bit))) found.push('not-for-servers');
    } else {
      const constraints = basicConstraintsOf(decoded);
      // An anchor is trusted as it is; old ones have no extensions at all. One that says it is no authority is none.
      const oldAnchor = anchored && constraints === null && at === path.length - 1;
      if (constraints?.ca !== true && !oldAnchor) found.push('not-an-authority');
      if (!allowsKeyUsage(decoded, certificateSigning)) found.push('may-not-sign');
      if (constraints?.pathLength != null && authoritiesBelow > constraints.pathLength) found.push('too-long');
      const named = namesFault(path, at);
      if (named !== null) found.push(named);
      if (certificate.subjectName !== certificate.issuerName) authoritiesBelow += 1;
    }
    faults.push(...[...new Set(found)].map((fault) => ({ at, fault })));
  }
  return faults;
}

/** Whether extended key usage, when present, names the purpose. */
export function serves(certificate: DecodedCertificate, purpose: Purpose): boolean {
  const usage = extendedKeyUsageOf(certificate);
  return usage === null || usage.includes(purposeOid[purpose]) || usage.includes(anyPurpose);
}

/** RFC 5280 section 4.2.1.10: constraints bind every certificate below, self-issued ones other than the leaf excepted. */
function namesFault(path: readonly Certificate[], depth: number): Fault['fault'] | null {
  const authority = path[depth];
  if (authority === undefined) return null;
  for (const [below, certificate] of path.slice(0, depth).entries()) {
    const selfIssued = certificate.subjectName === certificate.issuerName;
    const fault = selfIssued && below > 0 ? null : constraintFault(authority.decoded, certificate.decoded);
    if (fault !== null) return constraintNames[fault];
  }
  return null;
}

const constraintNames = {
  PERMITTED_VIOLATION: 'name-not-permitted',
  EXCLUDED_VIOLATION: 'name-excluded',
  UNSUPPORTED_CONSTRAINT_TYPE: 'constraint-unsupported',
} as const;

/** Dates are whole seconds, both included (RFC 5280 section 4.1.2.5). */
function dateFaults(path: readonly Certificate[], atMs: number): Fault[] {
  const secondMs = Math.floor(atMs / 1000) * 1000;
  return path.flatMap(({ decoded: { notBeforeMs, notAfterMs } }, at): Fault[] => {
    if (notBeforeMs === null || notAfterMs === null) return [{ at, fault: 'date-malformed' }];
    if (notBeforeMs > secondMs) return [{ at, fault: 'not-yet-valid' }];
    return notAfterMs < secondMs ? [{ at, fault: 'expired' }] : [];
  });
}

/** Keys of all; signatures of all but the anchor, whose own proves nothing. */
function strengthFaults(path: readonly Certificate[], anchored: boolean): Fault[] {
  return path.flatMap(({ decoded, selfSigned }, at): Fault[] => {
    const signatureCounts = !selfSigned && !(anchored && at === path.length - 1);
    return [
      ...(hasWeakKey(decoded) ? [{ at, fault: 'weak-key' } as const] : []),
      ...(signatureCounts && weakSignatures.has(decoded.signatureOid) ? [{ at, fault: 'weak-signature' } as const] : []),
    ];
  });
}

function hasWeakKey(certificate: DecodedCertificate): boolean {
  const { keyBits } = certificate;
  if (keyBits === null) return false;
  const type = keyTypeOf(certificate);
  return type === 'ec' ? keyBits < leastCurveBits : (type === 'rsa' || type === 'dsa') && keyBits < leastRsaBits;
}

function overlooked(path: readonly Certificate[], anchored: boolean): PathFault[] {
  return path.flatMap((certificate, at) => {
    const place = at === 0 ? 'leaf' : anchored && at === path.length - 1 ? 'anchor' : 'between';
    return improprieties(certificate, place).map((fault): PathFault => ({ at, fault, improper: true }));
  });
}
