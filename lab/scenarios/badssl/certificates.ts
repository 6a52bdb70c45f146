import type { CauseCode } from '../../../src/model/cause.ts';
import type { CertificateSpec } from '../../scenario/change.ts';
import type { CaptureExpectation, EvidencePattern } from '../../scenario/scenario.ts';
import { addresses } from '../../topology/plan.ts';
import { synsAtEdge } from '../ingredients.ts';
import { authoritysFiles } from '../tls-certificates.ts';
import { anyStrength, type BadsslCase, called, completed } from './case.ts';

const received: EvidencePattern = { kind: 'tls.certificates-received' };
const hiddenCertificate: CaptureExpectation = { checkpoint: 'unclear', why: 'TLS 1.3 encrypts the certificates' };

/** Served with this certificate, and everything else as it should be. */
function good(name: string, title: string, certificate: CertificateSpec, more: Partial<BadsslCase> = {}): BadsslCase {
  return { name, title, made: 'nginx serves such a certificate, issued by the authority clients trust.', site: { certificate }, ...more };
}

/** Served with this certificate, which is refused. */
function bad(name: string, title: string, cause: CauseCode, certificate: CertificateSpec, more: Partial<BadsslCase> = {}): BadsslCase {
  return {
    name,
    title,
    made: 'nginx serves such a certificate.',
    site: { certificate },
    status: 'failed',
    cause,
    evidence: [completed, received],
    captureClient: hiddenCertificate,
    ...more,
  };
}

const manyNames = (count: number): string[] => [
  'www.shop.example',
  ...Array.from({ length: count - 1 }, (_, index) => `name-${index + 1}.shop.example`),
];

/** Certificates of every kind. */
export const badsslCertificates: readonly BadsslCase[] = [
  bad('expired', 'Expired', 'tls.cert-expired', { notBeforeDays: -800, notAfterDays: -400 }),
  {
    ...bad('wrong.host', 'A wildcard covers one label', 'tls.name-mismatch', {}),
    changes: [
      synsAtEdge,
      { zone: { zone: 'shop.example', add: [`wrong.host.shop.example 300 A ${addresses.edgeA}`] } },
      { site: { names: ['wrong.host.shop.example'], certificate: { names: ['*.shop.example', 'shop.example'] } } },
    ],
    url: 'https://wrong.host.shop.example/',
  },
  bad('self-signed', 'Self-signed', 'tls.self-signed', { issuer: 'self' }),
  bad(
    'untrusted-root',
    'A root nobody knows',
    'tls.unknown-ca',
    { authority: 'Practice Untrusted Root', chain: 'with-root' },
    { without: ['tls.self-signed'] },
  ),
  bad('revoked', 'Revoked', 'tls.revoked', { revoked: true }),
  good('pinning-test', 'Valid, and another one is built into a browser', {}),
  good('no-common-name', 'No common name', { subject: 'organization' }),
  good('no-subject', 'No subject', { subject: 'none' }),
  {
    ...bad('incomplete-chain', 'The intermediate is not sent', 'tls.missing-intermediate', {}),
    changes: [
      synsAtEdge,
      authoritysFiles,
      { site: { certificate: { chain: 'none', issuerUrls: ['http://ca.other.example/public-intermediate.cer'] } } },
    ],
  },
  good('reversed-chain', 'The root before the intermediate', { chain: 'reversed' }, { naive: '"Wrong order": clients sort it out.' }),
  bad(
    'sha1-2016',
    'SHA-1, and long expired',
    'tls.weak',
    { hash: 'sha1', notBeforeDays: -4500, notAfterDays: -3700 },
    { site: { certificate: { hash: 'sha1', notBeforeDays: -4500, notAfterDays: -3700 }, ciphers: anyStrength } },
  ),
  bad(
    'sha1-2017',
    'SHA-1, expired a year later',
    'tls.weak',
    {},
    { site: { certificate: { hash: 'sha1', notBeforeDays: -4500, notAfterDays: -3400 }, ciphers: anyStrength } },
  ),
  bad('sha1', 'SHA-1', 'tls.weak', {}, { site: { certificate: { hash: 'sha1' }, ciphers: anyStrength } }),
  bad(
    'sha1-intermediate',
    'An intermediate signed with SHA-1',
    'tls.weak',
    {},
    { site: { certificate: { issuer: 'sha1-intermediate' }, ciphers: anyStrength } },
  ),
  good('sha256', 'SHA-256', { hash: 'sha256' }),
  good('sha384', 'SHA-384', { hash: 'sha384' }),
  good('sha512', 'SHA-512', { hash: 'sha512' }),
  good('1000-sans', 'A thousand names', { names: manyNames(1000) }),
  bad(
    '10000-sans',
    'Ten thousand names',
    'tls.alert',
    { names: manyNames(10_000) },
    {
      evidence: [{ kind: 'tls.handshake-failed' }],
      naive: 'It depends on the client: OpenSSL refuses messages of this size.',
      captureClient: { checkpoint: 'tls', cause: 'tls.alert' },
    },
  ),
  good('ecc256', 'ECDSA, P-256', { key: 'ec-p256' }),
  good('ecc384', 'ECDSA, P-384', { key: 'ec-p384' }),
  good('rsa2048', 'RSA, 2048 bits', { key: 'rsa-2048' }),
  good('rsa3072', 'RSA, 3072 bits', { key: 'rsa-3072' }),
  good('rsa4096', 'RSA, 4096 bits', { key: 'rsa-4096' }),
  good('extended-validation', 'Extended validation', { subject: 'organization' }),
  {
    name: 'ev',
    title: 'A redirect to the page meant',
    made: 'nginx redirects to another path.',
    site: { locations: { '= /': ['return 301 /index.html;'] } },
  },
  good('no-sct', 'No certificate transparency', {}),
  good('invalid-expected-sct', 'No certificate transparency where it was once expected', {}),
  good('preloaded-expect-ct', 'Certificate transparency is expected', {}),
  bad('captive-portal', "A portal's certificate", 'tls.name-mismatch', { names: ['login.captive-portal.example'] }),
  bad('known-interception', 'A known inspection authority', 'tls.intercepted', { issuer: 'inspection' }),
  bad('blocked-interception', 'An inspection authority that browsers block', 'tls.intercepted', { authority: 'mitmproxy' }),
  {
    name: 'xn--n1aae7f7o',
    title: 'A name that is not ASCII',
    made: 'The site has such a name.',
    changes: called('xn--n1aae7f7o'),
    url: 'https://кпфссё.shop.example/'.replace('кпфссё', 'xn--n1aae7f7o'),
  },
  bad(
    'md5',
    'MD5',
    'tls.weak',
    {},
    { site: { certificate: { hash: 'md5', issuer: 'public-rsa', key: 'rsa-2048' }, ciphers: anyStrength } },
  ),
  bad('no-san', 'A common name alone', 'tls.name-mismatch', { names: [], commonName: 'www.shop.example' }),
  bad(
    'rsa512',
    'RSA, 512 bits',
    'tls.weak',
    {},
    {
      site: { certificate: { key: 'rsa-512' }, protocols: 'TLSv1.2', ciphers: '"AES128-SHA:@SECLEVEL=0"' },
      captureClient: { checkpoint: 'tls' },
    },
  ),
  bad('rsa1024', 'RSA, 1024 bits', 'tls.weak', {}, { site: { certificate: { key: 'rsa-1024' }, ciphers: anyStrength } }),
  ...(['Superfish, Inc.', 'eDellRoot', 'DSDTestProvider'] as const).map((authority, index) =>
    bad((['superfish', 'edellroot', 'dsdtestprovider'] as const)[index] ?? '', `Signed by ${authority}`, 'tls.intercepted', { authority }),
  ),
  bad('mitm-software', 'Signed by inspection software', 'tls.intercepted', { authority: 'mitmproxy', key: 'rsa-2048' }),
  bad('preact-cli', "Signed by a development tool's authority", 'tls.unknown-ca', { authority: 'preact-cli', chain: 'with-root' }),
  bad('webpack-dev-server', "A development tool's own certificate", 'tls.self-signed', { issuer: 'self', key: 'rsa-2048' }),
  {
    ...bad('fallback', 'A host nobody configured', 'tls.name-mismatch', {}),
    made: 'nginx answers names it does not know with its default certificate.',
    changes: [synsAtEdge, { zone: { zone: 'shop.example', add: [`unknown.shop.example 300 A ${addresses.edgeA}`] } }],
    url: 'https://unknown.shop.example/',
  },
  {
    ...bad('subdomain.preloaded-hsts', 'Two labels below the wildcard', 'tls.name-mismatch', {}),
    changes: [
      synsAtEdge,
      { zone: { zone: 'shop.example', add: [`subdomain.hsts.shop.example 300 A ${addresses.edgeA}`] } },
      { site: { names: ['subdomain.hsts.shop.example'], certificate: { names: ['*.shop.example'] } } },
    ],
    url: 'https://subdomain.hsts.shop.example/',
  },
];
