import { type Certificate, CertificateAuthority, issueSelfSigned, keyPurposes, type Leaf, type LeafRequest } from '../certificates.ts';
import type { CertificateSpec } from '../scenario/change.ts';
import { siteNames } from '../servers/nginx.ts';
import { type AuthorityName, type CertificateSet, type ServedCertificate, specificationKey } from './authorities.ts';
import { revokedResponse } from './revocation.ts';

const dayMs = 86_400_000;

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * dayMs);
}

interface Authorities {
  publicRoot: CertificateAuthority;
  publicIntermediate: CertificateAuthority;
  privateRoot: CertificateAuthority;
  inspection: CertificateAuthority;
  expiredIntermediate: CertificateAuthority;
  constrained: CertificateAuthority;
  newRoot: CertificateAuthority;
  oldRoot: CertificateAuthority;
  /** The new root certified by the old one, whose path runs to the old root. */
  crossed: CertificateAuthority;
}

/** Makes the authorities and every chain asked for. */
export async function makeCertificateSet(specs: readonly CertificateSpec[]): Promise<CertificateSet> {
  const authorities = await makeAuthorities();
  const served: Record<string, ServedCertificate> = {};
  for (const spec of specs) served[specificationKey(spec)] ??= await makeServed(spec, authorities);
  const own: Record<AuthorityName, Certificate> = {
    public: authorities.publicRoot.certificate,
    'public-intermediate': authorities.publicIntermediate.certificate,
    private: authorities.privateRoot.certificate,
    inspection: authorities.inspection.certificate,
    'new-root': authorities.newRoot.certificate,
    'old-root': authorities.oldRoot.certificate,
  };
  const entries = Object.entries(own).map(([name, { pem, der }]) => [name, { pem, derBase64: Buffer.from(der).toString('base64') }]);
  return { served, authorities: Object.fromEntries(entries) as CertificateSet['authorities'] };
}

async function makeAuthorities(): Promise<Authorities> {
  const publicRoot = await CertificateAuthority.createRoot({ commonName: 'Practice Public Root', organization: 'Practice Trust Services' });
  const newRoot = await CertificateAuthority.createRoot({ commonName: 'Practice New Root', organization: 'Practice Trust Services' });
  // As in May 2020: the older root ended on the day its cross-sign ended.
  const oldRoot = await CertificateAuthority.createRoot({
    commonName: 'Practice Old Root',
    organization: 'Practice Trust Services',
    notBefore: daysFromNow(-7300),
    notAfter: daysFromNow(-2),
  });
  return {
    publicRoot,
    publicIntermediate: await publicRoot.createIntermediate({
      commonName: 'Practice Public CA 1',
      organization: 'Practice Trust Services',
    }),
    privateRoot: await CertificateAuthority.createRoot({ commonName: 'Shop Ltd Internal CA', organization: 'Shop Ltd' }),
    inspection: await CertificateAuthority.createRoot({ commonName: 'FortiGate CA', organization: 'Fortinet' }),
    expiredIntermediate: await publicRoot.createIntermediate({
      commonName: 'Practice Public CA 0',
      organization: 'Practice Trust Services',
      notBefore: daysFromNow(-1500),
      notAfter: daysFromNow(-5),
    }),
    constrained: await publicRoot.createIntermediate({
      commonName: 'Practice Constrained CA',
      organization: 'Practice Trust Services',
      nameConstraints: { permitted: ['elsewhere.example'] },
    }),
    newRoot,
    oldRoot,
    crossed: await oldRoot.crossSign(newRoot, { notBefore: daysFromNow(-3000), notAfter: daysFromNow(-2) }),
  };
}

async function makeServed(spec: CertificateSpec, authorities: Authorities): Promise<ServedCertificate> {
  const request: LeafRequest = {
    names: spec.names ?? siteNames,
    ...(spec.addresses && { addresses: spec.addresses }),
    ...(spec.commonName && { commonName: spec.commonName }),
    ...(spec.notBeforeDays !== undefined && { notBefore: daysFromNow(spec.notBeforeDays) }),
    ...(spec.notAfterDays !== undefined && { notAfter: daysFromNow(spec.notAfterDays) }),
    ...(spec.key && { key: spec.key }),
    ...(spec.hash && { hash: spec.hash }),
    ...(spec.usage === 'client' && { extendedKeyUsage: [keyPurposes.clientAuth] }),
    ...(spec.usage === 'none' && { extendedKeyUsage: null }),
    ...(spec.issuerUrls && { issuerUrls: spec.issuerUrls }),
  };
  const { leaf, root } = await issueBy(spec.issuer ?? 'public', request, authorities);
  const chain = chainOf(spec.chain ?? 'full', leaf, root, authorities);
  const { publicIntermediate } = authorities;
  return {
    certificatePem: [leaf, ...chain].map(({ pem }) => pem).join(''),
    keyPem: leaf.keyPem,
    ...(spec.revoked && {
      stapleBase64: revokedResponse(leaf, publicIntermediate.certificate, publicIntermediate.key.pem).toString('base64'),
    }),
  };
}

async function issueBy(
  issuer: NonNullable<CertificateSpec['issuer']>,
  request: LeafRequest,
  authorities: Authorities,
): Promise<{ leaf: Leaf; root: Certificate }> {
  const { publicRoot, publicIntermediate, privateRoot, inspection, expiredIntermediate, constrained, crossed, oldRoot } = authorities;
  const from = async (authority: CertificateAuthority, root: CertificateAuthority): Promise<{ leaf: Leaf; root: Certificate }> => ({
    leaf: await authority.issue(request),
    root: root.certificate,
  });
  switch (issuer) {
    case 'public':
      return from(publicIntermediate, publicRoot);
    case 'public-direct':
      return from(publicRoot, publicRoot);
    case 'private':
      return from(privateRoot, privateRoot);
    case 'inspection':
      return from(inspection, inspection);
    case 'expired-intermediate':
      return from(expiredIntermediate, publicRoot);
    case 'constrained':
      return from(constrained, publicRoot);
    case 'cross-expired':
      return from(crossed, oldRoot);
    case 'self': {
      const leaf = await issueSelfSigned(request);
      return { leaf, root: leaf };
    }
  }
}

function chainOf(
  kind: NonNullable<CertificateSpec['chain']>,
  leaf: Leaf,
  root: Certificate,
  authorities: Authorities,
): readonly Certificate[] {
  const others = [
    authorities.constrained,
    authorities.expiredIntermediate,
    authorities.privateRoot,
    authorities.inspection,
    authorities.newRoot,
  ];
  switch (kind) {
    case 'full':
      return leaf.chain;
    case 'none':
      return [];
    case 'with-root':
      return [...leaf.chain, root];
    case 'reversed':
      return [root, ...[...leaf.chain].reverse()];
    case 'unrelated':
      return [authorities.privateRoot.certificate];
    case 'long':
      // Many certificates nobody needs: the flight grows beyond the first congestion window's comfortable part.
      return [...leaf.chain, root, ...Array.from({ length: 4 }, () => others.map(({ certificate }) => certificate)).flat()];
  }
}
