import { isIpv6 } from '../model/address.ts';
import type { ScopeWord } from '../model/finding.ts';
import type { ObservationOf } from '../model/observation.ts';
import { decidingTrust, provesRevoked } from '../model/trust.ts';
import type { Facts } from './facts.ts';
import { inspectionProductOf } from './inspection-authorities.ts';
import { leafNamesHost } from './progress.ts';

/** What the addresses that did not carry the request show. */

type Received = ObservationOf<'tls.certificates-received'>;

/** What they presented. */
export function besideCertificates(facts: Facts): readonly Received[] {
  return facts.of('tls.certificates-received').filter((received) => received.followUp === 'every-address');
}

/** The chain is trusted, names the host, and is not shown to be revoked. */
export function isProof(received: Received, facts: Facts): boolean {
  const isNamed = leafNamesHost(received, facts.target?.host ?? '');
  return decidingTrust(received.trust)?.trusted === true && isNamed && !isRevoked(received, facts);
}

/** A stapled response says that the leaf is revoked, whichever address stapled it. What was asked for is known of the request's own leaf alone. */
export function isRevoked({ certificates: [leaf] }: Received, facts: Facts): boolean {
  return facts
    .of('tls.revocation-stated')
    .some((one) => one.source === 'stapled' && one.sha256Hex === leaf?.sha256Hex && provesRevoked(one));
}

/** Made for the site by a product that reads along. */
export function isInspected(received: Received, facts: Facts): boolean {
  const { certificates } = received;
  const isForSite = certificates[0]?.selfSigned === false && leafNamesHost(received, facts.target?.host ?? '');
  return isForSite && !isProof(received, facts) && inspectionProductOf(certificates) !== null;
}

/** The scope of what fails at the address in use: `address` where another one proves to be the site. */
export function addressScope(facts: Facts): { scope?: readonly ScopeWord[] } {
  return besideCertificates(facts).some((received) => isProof(received, facts)) ? { scope: ['address'] } : {};
}

/** `address`, and the family where it is one family that fails and the other that does not. */
export function scopeOf(bad: readonly string[], good: readonly string[]): ScopeWord[] {
  const families = (list: readonly string[]): ScopeWord[] => [...new Set(list.map((one) => (isIpv6(one) ? 'ipv6' : 'ipv4')))];
  const [family, ...more] = families(bad);
  const isOne = family !== undefined && more.length === 0 && !families(good).includes(family);
  return isOne ? ['address', family] : ['address'];
}
