import type { CertificateSpec } from '../scenario/change.ts';

/** A certificate chain and its key, PEM. */
export interface ServedCertificate {
  certificatePem: string;
  keyPem: string;
  /** A revocation response to staple, DER in base64. */
  stapleBase64?: string;
  /** The same for the authority's responder to give, DER in base64. */
  responderBase64?: string;
  /** The authority's revocation list, DER in base64. */
  listBase64?: string;
}

/** Authorities by name; PEM and DER (base64) of each one's own certificate. */
export type AuthorityName = 'public' | 'public-intermediate' | 'renewed-intermediate' | 'private' | 'inspection' | 'new-root' | 'old-root';

/** Every certificate of every scenario, and the authorities behind them. Plain data: it is kept for a day in a file. */
export interface CertificateSet {
  served: Record<string, ServedCertificate>;
  authorities: Record<AuthorityName, { pem: string; derBase64: string }>;
}

/** The same specification always has the same key. */
export function specificationKey(spec: CertificateSpec): string {
  return JSON.stringify(Object.entries(spec).sort(([left], [right]) => (left < right ? -1 : 1)));
}
