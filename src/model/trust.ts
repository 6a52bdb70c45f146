import type { RevocationFacts, RevocationListFacts } from './observations/certificate-paths.ts';
import type { TrustResult } from './observations/tls.ts';

/**
 * Which store's word decides: the one the user named, else this host's, else, on a host without any (a slim container), the list that
 * comes with the platform. Null when no store was asked.
 */
export function decidingTrust(results: readonly TrustResult[]): TrustResult | null {
  for (const store of ['given', 'system', 'mozilla'] as const) {
    const result = results.find((one) => one.store === store);
    if (result !== undefined) return result;
  }
  return null;
}

/** Believed by the store that decides, and by no public list: somebody installed the authority here, or named it. */
export function isPrivatelyTrusted(results: readonly TrustResult[]): boolean {
  return decidingTrust(results)?.trusted === true && results.some(({ store, trusted }) => store === 'mozilla' && !trusted);
}

/** The same of this host's own store, where it was not the user who named the authority just now. */
export function isTrustedByThisHostAlone(results: readonly TrustResult[]): boolean {
  return isPrivatelyTrusted(results) && decidingTrust(results)?.store === 'system';
}

/** Whether a response shows that the certificate is revoked: it says so, and its issuer signed it. One that is out of date is not taken back. */
export function provesRevoked({ status, signature, reason }: RevocationFacts): boolean {
  return status === 'revoked' && signature === 'valid' && reason !== 'remove-from-crl';
}

/**
 * Whether a list shows that the certificate is revoked: it is its issuer's, in force, and lists it. From one that is out of date, a certificate on hold
 * may have been taken off, and clients that read it do not rely on it.
 */
export function listsRevoked(list: RevocationListFacts & { judgedAt: string }): boolean {
  const { status, signature, reason, faults, nextUpdate, judgedAt } = list;
  const isSound = faults.every((fault) => fault === 'number-missing' || fault === 'number-critical');
  const isInForce = nextUpdate === null || Date.parse(judgedAt) <= Date.parse(nextUpdate);
  return status === 'revoked' && signature === 'valid' && reason !== 'remove-from-crl' && isSound && isInForce;
}
