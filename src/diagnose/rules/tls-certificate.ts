import type { CauseCode } from '../../model/cause.ts';
import type { Detail } from '../../model/finding.ts';
import type { ObservationOf } from '../../model/observation.ts';
import type { CertificateFacts } from '../../model/observations/tls.ts';
import { decidingTrust } from '../../model/trust.ts';
import { besideCertificates, isProof, scopeOf } from '../address-evidence.ts';
import { pathsOf, weakOnEveryPath } from '../chain-evidence.ts';
import type { Facts } from '../facts.ts';
import { carriedCertificates, leafNamesHost } from '../progress.ts';
import type { Claim, Rule } from '../rule.ts';
import { failure, impairment, none } from '../rule.ts';

type Received = ObservationOf<'tls.certificates-received'>;

const dayMs = 86_400_000;
/** The notice that the vocabulary gives: 14 days, or a tenth of the certificate's life where that is short. */
const noticeMs = 14 * dayMs;
/** Certificates are renewed when about a third of their life is left (certbot, Caddy, lego): of a life this long, six days before the notice begins. */
const shortLifeMs = 60 * dayMs;
/** id-kp-serverAuth and anyExtendedKeyUsage, RFC 5280 section 4.2.1.12. */
const serverUsages: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']);
/** Verification found a usage or a constraint of the chain that forbids it (RFC 5280 sections 4.2.1.3, 4.2.1.9, 4.2.1.10 and 4.2.1.12). */
const forbiddenByConstraint: ReadonlySet<string> = new Set([
  'INVALID_PURPOSE',
  'INVALID_CA',
  'KEYUSAGE_NO_CERTSIGN',
  'PATH_LENGTH_EXCEEDED',
  'PERMITTED_VIOLATION',
  'EXCLUDED_VIOLATION',
  'UNSUPPORTED_CONSTRAINT_TYPE',
  'UNHANDLED_CRITICAL_EXTENSION',
  'INVALID_EXTENSION',
  'EC_KEY_EXPLICIT_PARAMS',
]);
const weakSignature = /md2|md5|sha-?1(?!\d)/i;

/** A rule about the certificates of the connection that carried the request. */
export function certificateRule(
  cause: CauseCode,
  judge: (received: Received, leaf: CertificateFacts, facts: Facts) => readonly Claim[],
  supersedes: readonly CauseCode[] = [],
): Rule {
  return {
    cause,
    supersedes,
    judge(facts) {
      const received = carriedCertificates(facts);
      const leaf = received?.certificates[0];
      return received === null || leaf === undefined ? none() : judge(received, leaf, facts);
    },
  };
}

export function describeLeaf(received: Received, leaf: CertificateFacts): Detail {
  return {
    host: received.serverName ?? received.server.address,
    subject: leaf.subject,
    issuer: leaf.issuer,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
  };
}

export function daysBetween(earlier: string, later: string): number {
  return Math.floor((Date.parse(later) - Date.parse(earlier)) / dayMs);
}

export function isExpired(certificate: CertificateFacts, at: string): boolean {
  return Date.parse(certificate.notAfter) < Date.parse(at);
}

export const tlsCertificateRules: readonly Rule[] = [
  certificateRule('tls.cert-expired', (received, leaf) => {
    if (!isExpired(leaf, received.judgedAt)) return none();
    return failure([received], { ...describeLeaf(received, leaf), days: daysBetween(leaf.notAfter, received.judgedAt) });
  }),
  certificateRule('tls.cert-not-yet-valid', (received, leaf) => {
    const isEarly = ({ notBefore }: CertificateFacts): boolean => Date.parse(notBefore) > Date.parse(received.judgedAt);
    if (isEarly(leaf))
      return failure([received], { ...describeLeaf(received, leaf), days: daysBetween(received.judgedAt, leaf.notBefore) });
    // The vocabulary has no word for an authority that is not valid yet; to a client it is the same date error.
    const above = received.certificates.slice(1).find(isEarly);
    if (above === undefined || decidingTrust(received.trust)?.code !== 'CERT_NOT_YET_VALID') return none();
    const { subject, notBefore } = above;
    return failure(
      [received],
      { ...describeLeaf(received, leaf), subject, notBefore, above: true, days: daysBetween(received.judgedAt, notBefore) },
      { confidence: 'likely' },
    );
  }),
  certificateRule('tls.name-mismatch', (received, leaf, facts) => {
    if (facts.target === null || leafNamesHost(received, facts.target.host)) return none();
    return failure([received], {
      ...describeLeaf(received, leaf),
      host: facts.target.host,
      names: [...leaf.dnsNames, ...leaf.ipAddresses],
    });
  }),
  certificateRule(
    'tls.self-signed',
    (received, leaf) => {
      if (decidingTrust(received.trust)?.trusted !== false || !leaf.selfSigned) return none();
      return failure([received], describeLeaf(received, leaf));
    },
    ['tls.unknown-ca', 'tls.missing-intermediate'],
  ),
  certificateRule('tls.weak', (received, leaf, facts) => {
    const weakKey = (leaf.keyType === 'rsa' || leaf.keyType === 'dsa') && leaf.keyBits !== null && leaf.keyBits < 2048;
    const isWeak = weakKey || weakSignature.test(leaf.signatureAlgorithm);
    const paths = pathsOf(facts, received);
    const above = isWeak || paths === null ? null : weakOnEveryPath(paths, decidingTrust(received.trust)?.store ?? null);
    const weak = isWeak ? { ...leaf, weakKey } : above;
    if (weak === null) return none();
    const { subject, keyType, keyBits, signatureAlgorithm } = weak;
    return failure([received, isWeak ? null : paths], {
      ...describeLeaf(received, leaf),
      subject,
      keyType,
      keyBits,
      signatureAlgorithm,
      weakKey: weak.weakKey,
      above: !isWeak,
    });
  }),
  certificateRule('tls.wrong-usage', (received, leaf) => {
    const usages = leaf.extendedKeyUsage;
    const code = decidingTrust(received.trust)?.code ?? null;
    const forServers = usages === null || usages.some((usage) => serverUsages.has(usage));
    if (forServers && !forbiddenByConstraint.has(code ?? '')) return none();
    return failure([received], { ...describeLeaf(received, leaf), usages: usages ?? [], code });
  }),
  certificateRule('tls.expires-soon', (received, leaf, facts) => {
    if (isExpired(leaf, received.judgedAt)) return none();
    const shown = [received, ...besideCertificates(facts).filter((one) => isProof(one, facts))];
    const ending = shown.filter(endsSoon).sort((one, other) => endOf(one) - endOf(other));
    const [first] = ending;
    const soonest = first?.certificates[0];
    if (first === undefined || soonest === undefined) return none();
    const leftMs = endOf(first) - Date.parse(first.judgedAt);
    const addressesOf = (list: readonly Received[]): string[] => list.map(({ server }) => server.address);
    const later = addressesOf(shown.filter((one) => !ending.includes(one)));
    const detail = {
      ...describeLeaf(first, soonest),
      address: first.server.address,
      port: first.server.port,
      days: Math.floor(leftMs / dayMs),
      hours: Math.floor(leftMs / 3_600_000),
    };
    if (later.length === 0) return impairment(ending, detail);
    const addresses = addressesOf(ending);
    const evidence = [...ending, ...shown.filter((one) => !ending.includes(one))];
    return impairment(evidence, { ...detail, addresses, later }, { scope: scopeOf(addresses, later) });
  }),
];

/** The end of the leaf, in milliseconds since 1970. */
function endOf({ certificates }: Received): number {
  return Date.parse(certificates[0]?.notAfter ?? '');
}

function endsSoon(received: Received): boolean {
  const leftMs = endOf(received) - Date.parse(received.judgedAt);
  const lifeMs = endOf(received) - Date.parse(received.certificates[0]?.notBefore ?? '');
  return leftMs >= 0 && leftMs < (lifeMs < shortLifeMs ? lifeMs / 10 : noticeMs);
}
