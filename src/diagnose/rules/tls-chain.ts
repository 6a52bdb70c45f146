import type { ObservationOf } from '../../model/observation.ts';
import type { ClientView, JudgedPath, PathCertificate } from '../../model/observations/certificate-paths.ts';
import { decidingTrust, isPrivatelyTrusted, isTrustedByThisHostAlone, listsRevoked, provesRevoked } from '../../model/trust.ts';
import { authorityAbove, clientsOf, type Paths, pathsOf, reachesUntrustedRoot, signedPaths, viewOf } from '../chain-evidence.ts';
import type { Facts } from '../facts.ts';
import { inspectionProductOf } from '../inspection-authorities.ts';
import { publicIssuancePolicy } from '../issuance-policy.ts';
import { leafNamesHost } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, none } from '../rule.ts';
import { certificateRule, daysBetween, describeLeaf, isExpired } from './tls-certificate.ts';

type Received = ObservationOf<'tls.certificates-received'>;

/** Verification failed for want of an issuer, in one of OpenSSL's words for it. */
const wantsIssuer: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);

function lacksIssuer(received: Received): boolean {
  const trust = decidingTrust(received.trust);
  return trust?.trusted === false && wantsIssuer.has(trust.code ?? '');
}

/**
 * The leaf's issuer was not sent, and the leaf says where it can be fetched: the server forgot it. Whether the fetched issuer really completes the
 * chain takes a fetch. (Above an authority, what is missing is nearly always the root, which is never sent.)
 */
function omitsFetchableIssuer(received: Received, paths: Paths | null): boolean {
  const [leaf] = received.certificates;
  if (leaf === undefined || leaf.selfSigned || leaf.issuerUrls.length === 0) return false;
  if (paths === null) return received.certificates.length === 1;
  return !reachesUntrustedRoot(received, paths) && signedPaths(paths).every((path) => isIssuerOmitted(paths, path));
}

/** What follows the leaf was not sent, and is no root, which servers need not send. */
function isIssuerOmitted(paths: Paths, { certificates, end }: JudgedPath): boolean {
  const isRootNext = end === 'anchor' && certificates.length === 2;
  return !isRootNext && paths.certificates[certificates[1] ?? -1]?.from !== 'sent';
}

/** What the fetch of issuers came to. */
function fetchesOf(facts: Facts): readonly ObservationOf<'tls.issuer-fetched'>[] {
  return facts.of('tls.issuer-fetched').filter(({ outcome }) => outcome === 'certificates');
}

function lacksIntermediate(received: Received, paths: Paths | null): boolean {
  return viewOf(paths, 'fetching')?.accepts === true || omitsFetchableIssuer(received, paths);
}

/** The certificate of a path that has expired, the leaf aside; of paths to the deciding store's anchors first. */
function expiredAbove(received: Received, paths: Paths | null): { subject: string; notAfter: string; path: JudgedPath | null } | null {
  const sent = received.certificates.slice(1).find((certificate) => isExpired(certificate, received.judgedAt));
  for (const path of paths === null ? [] : signedPaths(paths)) {
    const fault = path.faults.find(({ at, fault: name }) => at > 0 && name === 'expired');
    const certificate = fault === undefined ? undefined : certificateAt(paths, path, fault.at);
    if (certificate !== undefined) return { subject: certificate.subject, notAfter: certificate.notAfter, path };
  }
  return sent === undefined ? null : { subject: sent.subject, notAfter: sent.notAfter, path: null };
}

function certificateAt(paths: Paths | null, path: JudgedPath, at: number): PathCertificate | undefined {
  return paths?.certificates[path.certificates[at] ?? -1];
}

/** The authority that this host trusts and that has itself expired, by name: a store that is kept up to date has it no more. Null when it has not. */
function expiredAnchor(paths: Paths | null, path: JudgedPath | null): string | null {
  if (path?.end !== 'anchor') return null;
  const last = path.certificates.length - 1;
  const isExpired = path.faults.some(({ at, fault }) => at === last && fault === 'expired');
  return isExpired ? (certificateAt(paths, path, last)?.subject ?? null) : null;
}

function judgeExpired(received: Received, leaf: Received['certificates'][number], paths: Paths | null): readonly Claim[] {
  const trust = decidingTrust(received.trust);
  const expired = expiredAbove(received, paths);
  if (trust === null || expired === null || isExpired(leaf, received.judgedAt)) return none();
  const detail = {
    ...describeLeaf(received, leaf),
    subject: expired.subject,
    notAfter: expired.notAfter,
    days: daysBetween(expired.notAfter, received.judgedAt),
    ...clientsOf(paths),
  };
  if (trust.trusted) {
    const old = viewOf(paths, 'old-root');
    const openssl = viewOf(paths, 'openssl');
    const refuses = (view: ClientView | null): boolean => view?.accepts === false && view.code === 'CERT_HAS_EXPIRED';
    if (paths === null || !(refuses(old) || refuses(openssl))) return none();
    return [{ severity: 'note', confidence: 'proven', detail, evidence: [received, paths], scope: ['old-clients'] }];
  }
  if (trust.code !== 'CERT_HAS_EXPIRED') return none();
  // One that fetches a renewed certificate needs no newer store.
  const others = clientsOf(paths).accepting.some((client) => client !== 'fetching');
  const oldRoot = expiredAnchor(paths, expired.path);
  const scope = others || oldRoot !== null ? { scope: ['old-clients'] as const } : {};
  return failure([received, paths], oldRoot === null ? detail : { ...detail, oldRoot }, scope);
}

/** Rules about the way from the leaf to an authority. */
export const tlsChainRules: readonly Rule[] = [
  certificateRule('tls.unknown-ca', (received, leaf, facts) => {
    const paths = pathsOf(facts, received);
    if (!lacksIssuer(received) || leaf.selfSigned || lacksIntermediate(received, paths)) return none();
    const detail = {
      ...describeLeaf(received, leaf),
      issuer: authorityAbove(received, paths) ?? leaf.issuer,
      count: received.certificates.length,
      ...clientsOf(paths),
    };
    // Browsers know the root and this host does not: its store is older than the root.
    const isKnownToBrowsers = viewOf(paths, 'mozilla')?.accepts === true;
    const isStoreOld = isKnownToBrowsers && decidingTrust(received.trust)?.store === 'system';
    // Without the root in hand, an issuer that is unknown and one that was left out look alike.
    return failure([received, paths], detail, {
      confidence: isKnownToBrowsers || reachesUntrustedRoot(received, paths) ? 'proven' : 'likely',
      ...(isStoreOld ? { scope: ['old-clients'] } : {}),
    });
  }),
  certificateRule(
    'tls.missing-intermediate',
    (received, leaf, facts) => {
      const paths = pathsOf(facts, received);
      if (!lacksIssuer(received) || leaf.selfSigned || !lacksIntermediate(received, paths)) return none();
      const isProven = viewOf(paths, 'fetching')?.accepts === true;
      const detail = {
        ...describeLeaf(received, leaf),
        count: received.certificates.length,
        url: leaf.issuerUrls[0] ?? null,
        ...clientsOf(paths),
      };
      return failure([received, paths, ...(isProven ? fetchesOf(facts) : [])], detail, { confidence: isProven ? 'proven' : 'likely' });
    },
    ['tls.unknown-ca'],
  ),
  certificateRule('tls.chain-expired', (received, leaf, facts) => judgeExpired(received, leaf, pathsOf(facts, received))),
  certificateRule(
    'tls.intercepted',
    (received, leaf, facts) => {
      // A device's own page has a certificate for the device; one made on the fly is for the site.
      if (leaf.selfSigned || facts.target === null || !leafNamesHost(received, facts.target.host)) return none();
      const known = inspectionProductOf(received.certificates);
      const detail = { ...describeLeaf(received, leaf), ...(known === null ? {} : { product: known.product, source: known.source }) };
      // Every name can be written into a certificate: it is likely, and a fact only for who asks that product.
      if (lacksIssuer(received))
        return known === null ? none() : failure([received, pathsOf(facts, received)], detail, { confidence: 'likely' });
      if (!isPrivatelyTrusted(received.trust)) return none();
      // An authority that this host alone knows is the company's, for its own sites or for everybody's: what their owners say of it decides.
      const isPublics = leaf.logTimestamps === true || !isTrustedByThisHostAlone(received.trust);
      const policy = isPublics ? null : publicIssuancePolicy(facts);
      if (known === null && policy === null) return none();
      const allowed = policy === null ? {} : { allowed: policy.authorities };
      return [
        {
          severity: 'note',
          confidence: 'likely',
          detail: { ...detail, ...allowed },
          evidence: [received, ...(policy === null ? [] : [policy.answer])],
        },
      ];
    },
    ['tls.unknown-ca', 'tls.missing-intermediate'],
  ),
  certificateRule('tls.revoked', (received, leaf, facts) => {
    const isAbout = (one: { connection: string; sha256Hex: string }): boolean =>
      one.connection === received.connection && one.sha256Hex === leaf.sha256Hex;
    const stated = facts.of('tls.revocation-stated').find((one) => isAbout(one) && provesRevoked(one));
    const listed = facts.of('tls.revocation-listed').find((one) => isAbout(one) && listsRevoked(one));
    const shown = stated ?? listed;
    if (shown === undefined) return none();
    const { reason, revokedAt } = shown;
    return failure([received, shown], { ...describeLeaf(received, leaf), reason, revokedAt, source: stated?.source ?? 'list' });
  }),
];
