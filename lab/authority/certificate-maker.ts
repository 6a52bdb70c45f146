import { createSign } from 'node:crypto';
import {
  type Certificate,
  CertificateAuthority,
  issueSelfSigned,
  type KeyMaterial,
  keyPurposes,
  type Leaf,
  type LeafRequest,
} from '../certificates.ts';
import type { CertificateSpec } from '../scenario/change.ts';
import { siteNames } from '../servers/nginx.ts';
import { type AuthorityName, type CertificateSet, type ServedCertificate, specificationKey } from './authorities.ts';
import { revokedResponse } from './revocation.ts';
import { listUrl, revocationList } from './revocation-list.ts';

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
  /** The same authority, certified anew. */
  renewedIntermediate: CertificateAuthority;
  constrained: CertificateAuthority;
  /** An intermediate with an RSA key, and one certified with SHA-1. */
  publicRsa: CertificateAuthority;
  sha1Intermediate: CertificateAuthority;
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
    'renewed-intermediate': authorities.renewedIntermediate.certificate,
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
  const expiredIntermediate = await publicRoot.createIntermediate({
    commonName: 'Practice Public CA 0',
    organization: 'Practice Trust Services',
    notBefore: daysFromNow(-1500),
    notAfter: daysFromNow(-5),
  });
  return {
    publicRoot,
    publicIntermediate: await publicRoot.createIntermediate({
      commonName: 'Practice Public CA 1',
      organization: 'Practice Trust Services',
    }),
    privateRoot: await CertificateAuthority.createRoot({ commonName: 'Shop Ltd Internal CA', organization: 'Shop Ltd' }),
    inspection: await CertificateAuthority.createRoot({ commonName: 'FortiGate CA', organization: 'Fortinet' }),
    expiredIntermediate,
    renewedIntermediate: await publicRoot.crossSign(expiredIntermediate),
    constrained: await publicRoot.createIntermediate({
      commonName: 'Practice Constrained CA',
      organization: 'Practice Trust Services',
      nameConstraints: { permitted: ['elsewhere.example'] },
    }),
    publicRsa: await publicRoot.createIntermediate({
      commonName: 'Practice Public CA 2',
      organization: 'Practice Trust Services',
      key: 'rsa-2048',
    }),
    sha1Intermediate: await publicRoot.createIntermediate({
      commonName: 'Practice Public CA 3',
      organization: 'Practice Trust Services',
      hash: 'sha1',
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
    ...(spec.subject && { subject: spec.subject }),
    ...(spec.key && { key: spec.key }),
    ...(spec.hash && spec.hash !== 'md5' && { hash: spec.hash }),
    ...(spec.usage === 'client' && { extendedKeyUsage: [keyPurposes.clientAuth] }),
    ...(spec.usage === 'none' && { extendedKeyUsage: null }),
    ...(spec.issuerUrls && { issuerUrls: spec.issuerUrls }),
    ...(spec.ocspUrls && { ocspUrls: spec.ocspUrls }),
    ...(spec.list && { listUrls: [listUrl] }),
  };
  const issued =
    spec.authority === undefined ? await issueBy(spec.issuer ?? 'public', request, authorities) : await issueAs(spec.authority, request);
  const { root } = issued;
  const leaf = spec.hash === 'md5' ? resignedWithMd5(issued.leaf, authorities.publicRsa.key) : issued.leaf;
  const chain = chainOf(spec.chain ?? 'full', leaf, root, authorities);
  const { publicIntermediate } = authorities;
  return {
    certificatePem: [leaf, ...chain].map(({ pem }) => pem).join(''),
    keyPem: leaf.keyPem,
    ...(spec.revoked && {
      [spec.revoked === 'asked' ? 'responderBase64' : 'stapleBase64']: revokedResponse(
        leaf,
        publicIntermediate.certificate,
        publicIntermediate.key.pem,
      ).toString('base64'),
    }),
    ...(spec.list && {
      listBase64: (await revocationList(spec.list, leaf, publicIntermediate, authorities.privateRoot)).toString('base64'),
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
    case 'public-rsa':
      return from(authorities.publicRsa, publicRoot);
    case 'sha1-intermediate':
      return from(authorities.sha1Intermediate, publicRoot);
    case 'cross-expired':
      return from(crossed, oldRoot);
    case 'self': {
      const leaf = await issueSelfSigned(request);
      return { leaf, root: leaf };
    }
  }
}

/** A root of this name, made for the occasion. */
async function issueAs(commonName: string, request: LeafRequest): Promise<{ leaf: Leaf; root: Certificate }> {
  const authority = await CertificateAuthority.createRoot({ commonName, organization: commonName });
  return { leaf: await authority.issue(request), root: authority.certificate };
}

/**
 * The certificate with its signature made anew over MD5, which WebCrypto does not know. The two algorithm identifiers differ from those of SHA-256
 * in their last octet alone (RFC 8017 appendix A.2.4), so that no length changes.
 */
function resignedWithMd5(leaf: Leaf, issuer: KeyMaterial): Leaf {
  const der = Buffer.from(leaf.der);
  const sha256 = Buffer.from('06092a864886f70d01010b', 'hex');
  for (let at = der.indexOf(sha256); at >= 0; at = der.indexOf(sha256, at)) der[at + sha256.length - 1] = 4;
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING } with two octets of length each.
  const tbs = der.subarray(4, 8 + der.readUInt16BE(6));
  const signature = createSign('RSA-MD5').update(tbs).sign(issuer.pem);
  signature.copy(der, der.length - signature.length);
  const pem = `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
  return { ...leaf, der, pem };
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
