import type { ObservationDraft } from '../../src/model/observation.ts';
import type {
  ClientKind,
  ClientView,
  JudgedPath,
  PathCertificate,
  PathFaultName,
  TlsRevocationListed,
  TlsRevocationStated,
} from '../../src/model/observations/certificate-paths.ts';
import type { CertificateFacts } from '../../src/model/observations/tls.ts';
import { certificate, certificates, judgedAt } from './evidence.ts';

/** Builders of what is stated about paths of certificates and about revocation; see `evidence.ts`. */
type Draft = ObservationDraft;

const base = (({ connection, server, serverName }) => ({ checkpoint: 'tls', atMs: 60, connection, server, serverName }) as const)(
  certificates() as Extract<Draft, { kind: 'tls.certificates-received' }>,
);

export function pathCertificate(subject: string, more: Partial<PathCertificate> = {}): PathCertificate {
  const { issuer, notBefore, notAfter, sha256Hex, keyType, keyBits, signatureAlgorithm, selfSigned } = certificate();
  const facts = { issuer, notBefore, notAfter, sha256Hex, keyType, keyBits, signatureAlgorithm, selfSigned };
  return { subject, ...facts, from: 'sent', sentAt: 0, trustedBy: [], ...more };
}

/** A path through the first so many certificates, with faults as `[place, name]`. */
export function path(length: number, end: JudgedPath['end'], faults: readonly [number, PathFaultName][] = []): JudgedPath {
  return {
    certificates: Array.from({ length }, (_, index) => index),
    end,
    stores: end === 'anchor' ? ['system'] : [],
    faults: faults.map(([at, fault]) => ({ at, fault })),
  };
}

/** What every kind of client says: null accepts. */
export function judged(
  clients: Partial<Record<ClientKind, string | null>>,
  paths: JudgedPath[],
  made: PathCertificate[] = [pathCertificate('CN=www.shop.com'), pathCertificate('CN=Middle', { sentAt: 1 }), pathCertificate('CN=Root')],
): Draft {
  return {
    ...base,
    kind: 'tls.paths-judged',
    judgedAt,
    certificates: made,
    paths,
    complete: true,
    inOrder: true,
    unused: [],
    clients: Object.entries(clients).map(([client, code]) => ({ client, accepts: code === null, path: null, code }) as ClientView),
    followUp: 'certificate-paths',
  };
}

export function revocation(more: Partial<TlsRevocationStated> = {}): Draft {
  return {
    ...base,
    kind: 'tls.revocation-stated',
    source: 'stapled',
    sha256Hex: '00',
    response: 'successful',
    status: 'revoked',
    revokedAt: '2026-11-20T00:00:00.000Z',
    reason: 'key-compromise',
    thisUpdate: '2026-11-20T00:00:00.000Z',
    nextUpdate: '2026-11-27T00:00:00.000Z',
    signature: 'valid',
    judgedAt,
    ...more,
  };
}

export function revocationList(more: Partial<TlsRevocationListed> = {}): Draft {
  return {
    ...base,
    kind: 'tls.revocation-listed',
    url: 'http://c.authority.example/7.crl',
    source: { address: '203.0.113.80', port: 80 },
    outcome: 'list',
    failure: null,
    bytes: 90_000,
    sha256Hex: '00',
    status: 'revoked',
    revokedAt: '2026-11-20T00:00:00.000Z',
    reason: 'key-compromise',
    thisUpdate: judgedAt,
    nextUpdate: null,
    signature: 'valid',
    entries: 2400,
    covers: true,
    faults: [],
    judgedAt,
    followUp: 'revocation-check',
    ...more,
  };
}

/** A chain that this host's store believes, and no public list does. */
export function privateCertificates(issuer: string, more: Partial<CertificateFacts> = {}): Draft {
  const trust = [
    { store: 'system', trusted: true, code: null },
    { store: 'mozilla', trusted: false, code: 'SELF_SIGNED_CERT_IN_CHAIN' },
  ];
  return { ...certificates({ issuer, ...more }), trust } as Draft;
}
