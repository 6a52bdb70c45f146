import type { CauseCode } from '../../src/model/cause.ts';
import type { CertificateSpec, Change } from '../scenario/change.ts';
import type { CertificateFact, Matcher, Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { chose, edgeReached, pageArrived, synsAtEdge, trustedCertificate } from './ingredients.ts';

interface BadCertificate {
  id: string;
  title: string;
  fault: string;
  made: string;
  naive: string;
  spec: CertificateSpec;
  cause: CauseCode;
  /** Fields of the certificate evidence. */
  where: Readonly<Record<string, Matcher>>;
  fact: CertificateFact;
  more?: Partial<Scenario>;
  changes?: readonly Change[];
}

/** A site whose chain is bad in one way, served by nginx as a careless operator would. */
function badCertificate({ id, title, fault, made, naive, spec, cause, where, fact, more, changes = [] }: BadCertificate): Scenario {
  return {
    id,
    title,
    fault,
    made,
    naive,
    changes: [synsAtEdge, { site: { certificate: spec } }, ...changes],
    url: 'https://www.shop.example/',
    expect: { status: 'failed', cause, evidence: [{ kind: 'tls.handshake-completed' }, { kind: 'tls.certificates-received', where }] },
    proof: [edgeReached, { certificate: addresses.edgeA, fact }],
    captureClient: { checkpoint: 'unclear', why: 'TLS 1.3 encrypts the certificate' },
    ...more,
  };
}

/** The authority's files are to be had by name. */
export const authoritysFiles: Change = { zone: { zone: 'other.example', add: [`ca.other.example 300 A ${addresses.edgeA}`] } };

/** A weak chain has to come from a server that still agrees to serve it. */
const weakEdge = (spec: CertificateSpec): readonly Change[] => [
  { stop: 'edge' },
  {
    odd: {
      name: 'weak-edge',
      at: 'edge',
      port: 443,
      behavior: {
        script: {
          secure: spec,
          steps: [
            { await: 'request' },
            {
              send: 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 46\r\n\r\n<!doctype html><title>Shop</title><h1>Open</h1>',
            },
            { finish: 'close' },
          ],
        },
      },
    },
  },
];

/** The certificates a site sends, and who believes them. */
export const tlsCertificateScenarios: readonly Scenario[] = [
  badCertificate({
    id: 'tls-cert-expired',
    title: 'The certificate expired three days ago',
    fault: 'Nobody renewed it.',
    made: 'notAfter lies three days back.',
    naive: '"SSL error", without a word about the date.',
    spec: { notBeforeDays: -93, notAfterDays: -3 },
    cause: 'tls.cert-expired',
    where: { 'trust.*.code': 'CERT_HAS_EXPIRED' },
    fact: 'expired',
    more: { nearMissOf: ['local.clock-wrong', 'tls.chain-expired'], lookAlike: ['local-clock-wrong', 'tls-chain-expired'] },
  }),
  badCertificate({
    id: 'tls-not-yet-valid',
    title: 'The certificate starts tomorrow',
    fault: "Issued with a start in the future, and installed too early; this host's clock is right.",
    made: 'notBefore lies two days ahead.',
    naive: '"Your clock is wrong."',
    spec: { notBeforeDays: 2, notAfterDays: 92 },
    cause: 'tls.cert-not-yet-valid',
    where: { 'trust.*.code': 'CERT_NOT_YET_VALID' },
    fact: 'early',
    more: { nearMissOf: ['local.clock-wrong', 'tls.cert-expired'], lookAlike: ['local-clock-wrong'] },
  }),
  badCertificate({
    id: 'tls-name-mismatch',
    title: 'A certificate for another name',
    fault: "The certificate names somebody else's site.",
    made: 'Its only name is www.neighbour.example.',
    naive: '"Untrusted certificate."',
    spec: { names: ['www.neighbour.example'] },
    cause: 'tls.name-mismatch',
    where: { 'trust.*.trusted': true, 'certificates.0.dnsNames.*': 'www.neighbour.example' },
    fact: 'other-name',
    more: { nearMissOf: ['tls.unknown-ca'], lookAlike: ['healthy-other-default-certificate', 'dns-search-domain'] },
  }),
  badCertificate({
    id: 'tls-name-mismatch-wildcard',
    title: 'A wildcard one level too high',
    fault: '*.example does not cover www.shop.example: a star stands for one label.',
    made: "The certificate's only name is *.example.",
    naive: '"It has a wildcard, it matches."',
    spec: { names: ['*.example'] },
    cause: 'tls.name-mismatch',
    where: { 'certificates.0.dnsNames.*': '*.example' },
    fact: 'other-name',
    more: { lookAlike: ['healthy-wildcard-certificate'] },
  }),
  badCertificate({
    id: 'tls-self-signed',
    title: 'A certificate that vouches for itself',
    fault: 'The default certificate of an installation.',
    made: 'The leaf is its own issuer.',
    naive: '"Unknown authority."',
    spec: { issuer: 'self' },
    cause: 'tls.self-signed',
    where: { 'certificates.0.selfSigned': true, 'trust.*.code': 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    fact: 'self-signed',
    more: { nearMissOf: ['tls.unknown-ca'], lookAlike: ['tls-unknown-ca', 'healthy-chain-with-root'] },
  }),
  badCertificate({
    id: 'tls-unknown-ca',
    title: 'An authority nobody here knows',
    fault: "The chain is complete up to a company's own root, which this host does not trust.",
    made: 'Issued by a private root, which is sent along.',
    naive: '"Self-signed certificate."',
    spec: { issuer: 'private', chain: 'with-root' },
    cause: 'tls.unknown-ca',
    where: { 'certificates.0.issuer': { matches: 'Shop Ltd' }, 'trust.*.trusted': false },
    fact: { issuer: 'Shop Ltd Internal CA' },
    more: {
      nearMissOf: ['tls.missing-intermediate', 'tls.self-signed', 'tls.intercepted'],
      lookAlike: ['tls-missing-intermediate', 'tls-intercepted', 'healthy-private-authority'],
    },
  }),
  badCertificate({
    id: 'tls-missing-intermediate',
    title: 'The intermediate is not sent: works in browsers, fails in others',
    fault: 'The server sends its own certificate alone; browsers fetch the intermediate or remember it, others fail.',
    made: 'The chain file holds the leaf only; its issuer, certified by a trusted root, lies where the leaf says.',
    naive: '"Unknown authority", and "works in my browser".',
    spec: { chain: 'none', issuerUrls: ['http://ca.other.example/public-intermediate.cer'] },
    cause: 'tls.missing-intermediate',
    where: {
      'certificates.length': 1,
      'trust.*.code': { oneOf: ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'] },
    },
    fact: 'alone',
    changes: [authoritysFiles],
    more: {
      expect: {
        status: 'failed',
        cause: 'tls.missing-intermediate',
        evidence: [
          { kind: 'tls.issuer-fetched', where: { outcome: 'certificates', 'source.port': 80 } },
          {
            kind: 'tls.paths-judged',
            where: {
              'clients.0.client': 'openssl',
              'clients.0.accepts': false,
              'clients.3.client': 'fetching',
              'clients.3.accepts': true,
              'certificates.*.from': 'fetched',
            },
          },
        ],
      },
      nearMissOf: ['tls.unknown-ca', 'tls.self-signed'],
      lookAlike: ['tls-unknown-ca', 'tls-intercepted', 'tls-unknown-ca-root-not-sent'],
    },
  }),
  badCertificate({
    id: 'tls-missing-intermediate-unfetchable',
    title: 'The intermediate is not sent, and cannot be fetched',
    fault: 'The server sends its own certificate alone, and the place where the issuer should be does not answer either.',
    made: "The chain file holds the leaf only; the host of its issuer's certificate does not exist.",
    naive: '"Unknown authority."',
    spec: { chain: 'none', issuerUrls: ['http://gone.other.example/public-intermediate.cer'] },
    cause: 'tls.missing-intermediate',
    where: { 'certificates.length': 1, 'trust.*.trusted': false },
    fact: 'alone',
    more: {
      expect: {
        status: 'failed',
        cause: 'tls.missing-intermediate',
        alternatives: ['tls.unknown-ca'],
        evidence: [
          { kind: 'tls.certificates-received', where: { 'certificates.length': 1, 'trust.*.trusted': false } },
          { kind: 'tls.issuer-fetched', where: { outcome: 'no-answer' } },
        ],
      },
      nearMissOf: ['tls.unknown-ca', 'tls.self-signed'],
      lookAlike: ['tls-unknown-ca'],
      // The certificate is encrypted; what can be seen of the fetch is that its host does not exist.
      captureClient: { checkpoint: 'dns', cause: 'dns.nxdomain' },
    },
  }),
  badCertificate({
    id: 'tls-unknown-ca-root-not-sent',
    title: 'An authority nobody here knows, which is not sent',
    fault: "A company's own root issued the certificate; nothing is missing in between, and this host does not trust the root.",
    made: 'Issued by a private root; the leaf is sent alone and says where the root is to be had.',
    naive: '"Incomplete chain: add the intermediate."',
    spec: { issuer: 'private', chain: 'none', issuerUrls: ['http://ca.other.example/private.cer'] },
    cause: 'tls.unknown-ca',
    where: { 'certificates.length': 1, 'trust.*.trusted': false },
    fact: { issuer: 'Shop Ltd Internal CA' },
    changes: [authoritysFiles],
    more: {
      expect: {
        status: 'failed',
        cause: 'tls.unknown-ca',
        evidence: [
          { kind: 'tls.issuer-fetched', where: { outcome: 'certificates' } },
          { kind: 'tls.paths-judged', where: { 'paths.*.end': 'root' } },
        ],
      },
      nearMissOf: ['tls.missing-intermediate', 'tls.self-signed'],
      lookAlike: ['tls-missing-intermediate'],
    },
  }),
  badCertificate({
    id: 'tls-given-authority-refuses',
    title: 'The authority given is another one',
    fault: "The site's certificate is well; --ca names a root that has nothing to do with it.",
    made: 'The walk is given an old root of another authority, which alone counts then.',
    naive: '"The site has a bad certificate."',
    spec: { chain: 'with-root' },
    cause: 'tls.unknown-ca',
    where: { 'trust.0.store': 'given', 'trust.0.trusted': false },
    fact: 'valid',
    more: { options: ['--ca', '/run/wirewalk-lab/authorities/old-root.pem'], lookAlike: ['healthy-authority-by-option'] },
  }),
  badCertificate({
    id: 'tls-wrong-intermediate',
    title: 'Another intermediate is sent',
    fault: 'After a change of authority the old chain file was kept: the intermediate sent did not sign the leaf.',
    made: 'The chain file holds the leaf and an unrelated root.',
    naive: '"Unknown authority."',
    spec: { chain: 'unrelated', issuerUrls: ['http://ca.other.example/public-intermediate.cer'] },
    cause: 'tls.missing-intermediate',
    where: { 'certificates.length': 2, 'trust.*.trusted': false },
    fact: { certificates: 1 },
    changes: [authoritysFiles],
    more: {
      proof: [edgeReached, { certificate: addresses.edgeA, fact: { issuer: 'Practice Public CA 1' } }],
      lookAlike: ['tls-unknown-ca'],
    },
  }),
  badCertificate({
    id: 'tls-chain-expired',
    title: 'The intermediate expired',
    fault: 'The leaf is fresh; the certificate above it ended five days ago.',
    made: 'Issued by an intermediate whose own certificate has expired.',
    naive: '"Certificate expired": and the operator looks at the leaf, which is fine.',
    spec: { issuer: 'expired-intermediate' },
    cause: 'tls.chain-expired',
    where: { 'trust.*.code': 'CERT_HAS_EXPIRED' },
    fact: 'valid',
    more: { nearMissOf: ['tls.cert-expired', 'tls.missing-intermediate'], lookAlike: ['tls-cert-expired', 'healthy-expired-cross-sign'] },
  }),
  badCertificate({
    id: 'tls-chain-expired-renewed',
    title: 'The intermediate expired, and was renewed: browsers fetch the new one',
    fault: 'The authority has a new certificate with the same key; the server still sends the old one.',
    made: 'The expired intermediate is sent; the renewed one lies where the leaf says.',
    naive: '"Works for me", in a browser.',
    spec: { issuer: 'expired-intermediate', issuerUrls: ['http://ca.other.example/renewed-intermediate.cer'] },
    cause: 'tls.chain-expired',
    where: { 'trust.*.code': 'CERT_HAS_EXPIRED' },
    fact: 'valid',
    changes: [authoritysFiles],
    more: {
      expect: {
        status: 'failed',
        cause: 'tls.chain-expired',
        evidence: [
          { kind: 'tls.issuer-fetched', where: { outcome: 'certificates' } },
          {
            kind: 'tls.paths-judged',
            where: { 'clients.0.code': 'CERT_HAS_EXPIRED', 'clients.3.client': 'fetching', 'clients.3.accepts': true },
          },
        ],
      },
      nearMissOf: ['tls.cert-expired', 'tls.missing-intermediate'],
      lookAlike: ['tls-chain-expired', 'tls-missing-intermediate'],
    },
  }),
  badCertificate({
    id: 'tls-chain-expired-old-client',
    title: 'May 2020, old client: only the expired root is known here',
    fault: 'The chain leads to an old root that has expired; modern clients know the newer root, this one does not.',
    made: "The same chain as for the modern client; the client's store has the old root and not the new one.",
    naive: '"Works for me", "their certificate has expired".',
    spec: { issuer: 'cross-expired', chain: 'with-root' },
    cause: 'tls.chain-expired',
    where: { 'trust.*.code': 'CERT_HAS_EXPIRED' },
    fact: 'valid',
    changes: [{ trust: { add: ['old-root'], without: ['new-root'] } }],
    more: {
      expect: {
        status: 'failed',
        cause: 'tls.chain-expired',
        scope: ['old-clients'],
        evidence: [
          { kind: 'tls.certificates-received', where: { 'trust.*.code': 'CERT_HAS_EXPIRED' } },
          {
            kind: 'tls.paths-judged',
            where: { 'clients.0.client': 'openssl', 'clients.0.code': 'CERT_HAS_EXPIRED', 'paths.0.faults.*.fault': 'expired' },
          },
        ],
      },
      lookAlike: ['healthy-expired-cross-sign', 'tls-cert-expired'],
    },
  }),
  badCertificate({
    id: 'tls-intercepted',
    title: 'A firewall reads along',
    fault: 'The certificate was made on the fly by an inspection box that this host does not trust.',
    made: "Issued by a firewall vendor's default inspection authority.",
    naive: '"The site has a self-signed certificate."',
    spec: { issuer: 'inspection', chain: 'with-root' },
    cause: 'tls.intercepted',
    where: { 'certificates.0.issuer': { matches: 'FortiGate' } },
    fact: { issuer: 'FortiGate CA' },
    more: {
      lookAlike: ['tls-unknown-ca', 'tls-missing-intermediate'],
    },
  }),
  badCertificate({
    id: 'tls-revoked',
    title: 'The certificate was revoked',
    fault: 'The key leaked, the authority revoked the certificate, the server still serves it, with the response that says so.',
    made: 'nginx staples a signed response with the status revoked.',
    naive: 'Nothing: dates, name and chain are well.',
    spec: { revoked: true },
    cause: 'tls.revoked',
    where: { 'certificates.0.dnsNames.*': 'www.shop.example' },
    fact: 'revoked',
    more: {
      nearMissOf: ['tls.cert-expired', 'tls.unknown-ca'],
      lookAlike: ['healthy', 'tls-wrong-usage'],
    },
  }),
  badCertificate({
    id: 'tls-revoked-not-stapled',
    title: 'Revoked, and the server does not say so',
    fault: 'The authority revoked the certificate; the server staples nothing, and only who asks the authority learns of it.',
    made: "The authority's responder answers that the certificate is revoked; everything is measured.",
    naive: 'Nothing: dates, name and chain are well, and most programs do not ask.',
    spec: { revoked: 'asked', ocspUrls: ['http://ca.other.example/ocsp/'] },
    cause: 'tls.revoked',
    where: { 'trust.*.trusted': true },
    fact: 'valid',
    changes: [authoritysFiles],
    more: {
      options: ['--thorough'],
      expect: {
        status: 'failed',
        cause: 'tls.revoked',
        evidence: [{ kind: 'tls.revocation-stated', where: { source: 'fetched', status: 'revoked', signature: 'valid' } }],
      },
      proof: [edgeReached, { certificate: addresses.edgeA, fact: 'valid' }, { log: 'edge', matches: 'GET /ocsp/' }],
      lookAlike: ['healthy', 'tls-revoked'],
      captureClient: { checkpoint: null },
    },
  }),
  badCertificate({
    id: 'tls-wrong-usage',
    title: 'A certificate for clients',
    fault: 'Its extended key usage is client authentication alone.',
    made: 'Issued so.',
    naive: '"Untrusted certificate."',
    spec: { usage: 'client' },
    cause: 'tls.wrong-usage',
    where: { 'certificates.0.extendedKeyUsage.*': '1.3.6.1.5.5.7.3.2', 'trust.*.code': 'INVALID_PURPOSE' },
    fact: 'valid',
    more: { nearMissOf: ['tls.unknown-ca', 'tls.name-mismatch'], lookAlike: ['tls-unknown-ca'] },
  }),
  badCertificate({
    id: 'tls-constrained',
    title: 'An authority that may not sign for this name',
    fault: 'The intermediate is limited to another domain.',
    made: 'Issued by an intermediate with a name constraint.',
    naive: '"Untrusted certificate."',
    spec: { issuer: 'constrained' },
    cause: 'tls.wrong-usage',
    where: { 'trust.*.trusted': false },
    fact: { issuer: 'Practice Constrained CA' },
    more: {
      lookAlike: ['tls-unknown-ca', 'tls-name-mismatch'],
    },
  }),
  {
    id: 'tls-weak-key',
    title: 'A key of 1,024 bits',
    fault: 'The key is too short to be accepted.',
    made: 'The leaf has an RSA key of 1,024 bits; a server that still agrees serves it.',
    naive: '"Handshake failure."',
    changes: [synsAtEdge, ...weakEdge({ key: 'rsa-1024' })],
    url: 'https://www.shop.example/',
    expect: {
      status: 'failed',
      cause: 'tls.weak',
      evidence: [{ kind: 'tls.certificates-received', where: { 'certificates.0.keyType': 'rsa', 'certificates.0.keyBits': 1024 } }],
    },
    proof: [{ hits: 'weak-edge' }, { certificate: addresses.edgeA, fact: 'weak-key' }],
    captureClient: { checkpoint: 'unclear', why: 'TLS 1.3 encrypts the certificate' },
    nearMissOf: ['tls.cipher', 'tls.unknown-ca'],
    lookAlike: ['tls-cipher'],
  },
  {
    id: 'tls-expires-soon',
    title: 'Five days left',
    fault: 'The certificate works and ends in five days: renewal has failed.',
    made: 'notAfter lies five days ahead, after 85 of 90 days.',
    naive: 'Nothing: it works. Until Thursday.',
    changes: [synsAtEdge, { site: { certificate: { notBeforeDays: -85, notAfterDays: 5 } } }],
    url: 'https://www.shop.example/',
    expect: { status: 'degraded', cause: 'tls.expires-soon', evidence: [trustedCertificate, ...chose(addresses.edgeA), ...pageArrived()] },
    proof: [edgeReached, { certificate: addresses.edgeA, fact: { endsWithinDays: 6 } }],
    captureClient: { checkpoint: null },
    nearMissOf: ['tls.cert-expired'],
    lookAlike: ['healthy-short-lived-certificate'],
  },
];
