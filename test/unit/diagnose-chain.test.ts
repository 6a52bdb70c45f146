import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { ObservationDraft } from '../../src/model/observation.ts';
import type { JudgedPath } from '../../src/model/observations/certificate-paths.ts';
import { evidenceLine } from '../../src/report/evidence-line.ts';
import { sentenceFor } from '../../src/report/sentences/all-sentences.ts';
import { body, certificate, certificates, contextOf, handshake, numbered, page, record, requestSent, responded, upTo } from './evidence.ts';
import { judged, path, pathCertificate, privateCertificates, revocation, revocationList } from './evidence-chain.ts';
import { experiment } from './evidence-dns.ts';

type Row = [sentence: string, evidence: ObservationDraft[], verdict: string];

const lacking = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
const expired = 'CERT_HAS_EXPIRED';
const fetchable = { issuerUrls: ['http://ca.example/middle.cer'] };
const old = { notAfter: '2026-11-18T00:00:00.000Z' };
const middle = certificate({ subject: 'CN=Middle', issuer: 'CN=Root', isCa: true });
const rootSent = certificate({ subject: 'CN=Root', issuer: 'CN=Root', isCa: true, selfSigned: true });

/** A path to a root that Mozilla's list has and this host's store has not. */
const ofMozilla = (length: number): JudgedPath => ({ ...path(length, 'anchor'), stores: ['mozilla'] });
const site = pathCertificate('CN=www.shop.com');
const inStore = pathCertificate('CN=Root', { from: 'store', sentAt: null, trustedBy: ['mozilla'] });
const stored = [site, pathCertificate('CN=Middle', { sentAt: 1 }), inStore];
const givenRefuses = {
  ...certificates(fetchable, lacking, [middle]),
  trust: [{ store: 'given', trusted: false, code: lacking }],
} as ObservationDraft;

/** Verdict: status, cause, confidence, scope. */
const rows: Row[] = [
  [
    'a fetched intermediate completes the chain',
    [certificates(fetchable, lacking), judged({ openssl: lacking, 'any-path': lacking, fetching: null }, [path(3, 'anchor')])],
    'failed tls.missing-intermediate proven',
  ],
  [
    'the intermediate is missing and cannot be had',
    [certificates(fetchable, lacking), judged({ openssl: lacking }, [path(1, 'open')])],
    'failed tls.missing-intermediate likely',
  ],
  [
    'the issuer is missing, and another certificate was sent in its place',
    [certificates(fetchable, lacking, [rootSent]), judged({ openssl: lacking }, [path(1, 'open')])],
    'failed tls.missing-intermediate likely',
  ],
  [
    'nothing says where the issuer could be had',
    [certificates({}, lacking), judged({ openssl: lacking }, [path(1, 'open')])],
    'failed tls.unknown-ca likely',
  ],
  [
    'the fetched issuer is a root that nobody trusts',
    [certificates(fetchable, lacking), judged({ openssl: lacking, fetching: 'SELF_SIGNED_CERT_IN_CHAIN' }, [path(2, 'root')])],
    'failed tls.unknown-ca likely',
  ],
  [
    'the root above a complete chain is not at hand',
    [certificates(fetchable, lacking, [middle]), judged({ openssl: lacking }, [path(2, 'open')])],
    'failed tls.unknown-ca likely',
  ],
  [
    "nothing is missing: the root is on Mozilla's list, and this host's store is too old to have it",
    [certificates(fetchable, lacking, [middle]), judged({ openssl: lacking, 'any-path': lacking, mozilla: null }, [ofMozilla(3)], stored)],
    'failed tls.unknown-ca proven old-clients',
  ],
  [
    "the root that issued the certificate itself is on Mozilla's list alone",
    [certificates(fetchable, lacking), judged({ openssl: lacking, mozilla: null }, [ofMozilla(2)], [site, inStore])],
    'failed tls.unknown-ca proven old-clients',
  ],
  [
    "the intermediate is missing, and the root above is on Mozilla's list alone",
    [
      certificates(fetchable, lacking),
      judged({ openssl: lacking, mozilla: lacking, fetching: lacking }, [ofMozilla(3)], [site, { ...inStore, from: 'fetched' }, inStore]),
    ],
    'failed tls.missing-intermediate likely',
  ],
  [
    "the root is on Mozilla's list, and the user named other authorities",
    [givenRefuses, judged({ openssl: lacking, mozilla: null }, [ofMozilla(3)], stored)],
    'failed tls.unknown-ca proven',
  ],

  [
    'an intermediate has expired and nobody finds another path',
    [
      certificates({}, expired, [{ ...middle, ...old }]),
      judged({ openssl: expired, 'any-path': expired, mozilla: lacking }, [path(3, 'anchor', [[1, 'expired']])]),
    ],
    'failed tls.chain-expired likely',
  ],
  [
    'the old root that this host trusts has expired',
    [
      certificates({}, expired, [{ ...middle, ...old }]),
      judged({ openssl: expired, 'any-path': expired, mozilla: lacking }, [
        path(3, 'anchor', [
          [1, 'expired'],
          [2, 'expired'],
        ]),
      ]),
    ],
    'failed tls.chain-expired likely old-clients',
  ],
  [
    "Mozilla's list has another path",
    [
      certificates({}, expired, [{ ...middle, ...old }]),
      judged({ openssl: expired, mozilla: null }, [path(2, 'anchor'), path(3, 'anchor', [[1, 'expired']])]),
    ],
    'failed tls.chain-expired likely old-clients',
  ],

  [
    'an intermediate has expired, and browsers fetch the renewed one',
    [
      certificates({}, expired, [{ ...middle, ...old }]),
      judged({ openssl: expired, 'any-path': expired, fetching: null }, [path(3, 'anchor'), path(3, 'anchor', [[1, 'expired']])]),
    ],
    'failed tls.chain-expired likely',
  ],
  [
    'an intermediate is not valid yet',
    [certificates({}, 'CERT_NOT_YET_VALID', [{ ...middle, notBefore: '2026-11-25T00:00:00.000Z' }])],
    'failed tls.cert-not-yet-valid likely',
  ],

  ['the stapled response says revoked', [certificates(), revocation()], 'failed tls.revoked proven'],
  ["the authority's list has it", [certificates(), revocationList()], 'failed tls.revoked proven'],
  ['a list without a number has it', [certificates(), revocationList({ faults: ['number-missing'] })], 'failed tls.revoked proven'],
  [
    'a list of some reasons alone has it',
    [certificates(), revocationList({ covers: false, nextUpdate: '2099-01-01T00:00:00.000Z' })],
    'failed tls.revoked proven',
  ],

  ['an inspection product issued it', [certificates({ issuer: 'CN=FortiGate CA,O=Fortinet' }, lacking)], 'failed tls.intercepted likely'],
  [
    'a device has a certificate of its maker for itself, not for the site',
    [certificates({ issuer: 'CN=FG100E4Q17000001,O=Fortinet', dnsNames: ['FG100E4Q17000001'] }, lacking)],
    'failed tls.unknown-ca likely',
  ],
  [
    'a company is called like a product',
    [certificates({ issuer: 'CN=Internal CA,O=Fortiga Ltd' }, lacking)],
    'failed tls.unknown-ca likely',
  ],

  [
    'every path runs through a SHA-1 signature',
    [certificates({}, null, [middle]), judged({ openssl: 'CA_MD_TOO_WEAK' }, [path(3, 'anchor', [[1, 'weak-signature']])])],
    'failed tls.weak proven',
  ],
];

function verdictOf(evidence: readonly ObservationDraft[]): string {
  const { verdict } = diagnose(numbered(upTo.connection(), handshake(), ...evidence), contextOf());
  return [verdict.status, verdict.cause, verdict.confidence, ...verdict.scope].filter((word) => word !== null).join(' ');
}

describe('the chain of certificates', () => {
  test.each(rows)('%s', (_, evidence, expected) => {
    expect(verdictOf(evidence)).toBe(expected);
  });

  test('a store that is too old is told as that of this client, with who accepts the chain all the same', () => {
    const [, evidence] = rows.find(([sentence]) => sentence.startsWith('nothing is missing'))!;
    const { verdict, findings } = diagnose(numbered(upTo.connection(), handshake(), ...evidence), contextOf());
    expect(verdict).toMatchObject({ side: 'client', alternatives: [] });
    expect(verdict.ruledOut.map(({ cause }) => cause)).toEqual(['tls.missing-intermediate', 'tls.intercepted']);
    expect(sentenceFor('tls.unknown-ca', findings[0]!.detail)).toContain("accepted by Mozilla's list (Node.js, certifi); refused by");
  });
});

const wholePage = [requestSent(), responded(200), body(), page()];

const own = 'CN=Internal CA,O=Shop Ltd';

/** Who may issue, by the zone. */
function policy(...authorities: string[]): ObservationDraft {
  const answers = authorities.map((authority) => record('CAA', `0 issue "${authority}"`, 'shop.com'));
  return experiment({ experiment: 'issuance-policy', name: 'shop.com', type: 'CAA', answers });
}

/** What does no harm to a request that works: the findings. */
const harmless: Row[] = [
  ['a response that says good', [certificates(), revocation({ status: 'good' })], ''],
  ['a response that anybody could have made', [certificates(), revocation({ signature: 'wrong' })], ''],
  ['a response whose signature nobody checked', [certificates(), revocation({ signature: 'unchecked' })], ''],
  ["a company's own authority", [privateCertificates(own)], ''],
  ["a company's own authority, which its zone names", [privateCertificates(own), policy('letsencrypt.org', 'pki.shop.com')], ''],
  ["a company's own authority, where the zone forbids all others", [privateCertificates(own), policy(';')], ''],
  ["a company's own authority, and a policy that cannot be read", [privateCertificates(own), policy('letsencrypt.org', '', 'x')], ''],
  [
    'an authority of this host alone, for a site that lets a public one issue',
    [privateCertificates(own), policy('pki.goog; a=b')],
    'tls.intercepted note',
  ],
  [
    'a name nearer than that of the policy, of which nothing is known',
    [
      privateCertificates(own),
      experiment({ experiment: 'issuance-policy', name: 'www.shop.com', type: 'CAA', rcode: 2 }),
      policy('letsencrypt.org'),
    ],
    '',
  ],
  [
    'a nearer name with a policy of its own',
    [
      privateCertificates(own),
      policy('letsencrypt.org'),
      experiment({
        experiment: 'issuance-policy',
        name: 'www.shop.com',
        type: 'CAA',
        answers: [record('CAA', '0 issue "pki.shop.com"', 'www.shop.com')],
      }),
    ],
    '',
  ],
  [
    "a public authority whose root Mozilla's list of this program does not have yet",
    [privateCertificates("CN=YE1,O=Let's Encrypt,C=US", { logTimestamps: true }), policy('letsencrypt.org')],
    '',
  ],
  ['an inspection product that this host trusts', [privateCertificates('CN=FortiGate CA,O=Fortinet')], 'tls.intercepted note'],
  ['a public authority that the policy does not name', [certificates(), policy('pki.goog')], ''],
  ['a list without it', [certificates(), revocationList({ status: 'not-listed' })], ''],
  ['a list of another authority', [certificates(), revocationList({ status: null, faults: ['other-issuer'] })], ''],
  ['a list of several authorities', [certificates(), revocationList({ faults: ['indirect'] })], ''],
  ['a list by who may not make one', [certificates(), revocationList({ faults: ['may-not-sign-lists'] })], ''],
  ['a list that anybody could have made', [certificates(), revocationList({ signature: 'wrong' })], ''],
  ['a list whose signature nobody checked', [certificates(), revocationList({ signature: 'unchecked' })], ''],
  ['a list that is out of date', [certificates(), revocationList({ nextUpdate: '2020-01-01T00:00:00.000Z' })], ''],
  ['a list that takes it back', [certificates(), revocationList({ reason: 'remove-from-crl' })], ''],
  ['a list about another certificate', [certificates(), revocationList({ sha256Hex: '11' })], ''],
  ['a response about another certificate', [certificates(), revocation({ sha256Hex: '11' })], ''],
  [
    'an expired cross-sign that only old clients need',
    [
      certificates({}, null, [{ ...middle, ...old }]),
      judged({ openssl: null, 'any-path': null, 'old-root': expired }, [path(2, 'anchor'), path(3, 'root', [[1, 'expired']])]),
    ],
    'tls.chain-expired note',
  ],
  [
    'a cross-sign for old clients that holds',
    [certificates({}, null, [middle]), judged({ openssl: null, 'any-path': null, 'old-root': null }, [path(2, 'anchor'), path(3, 'root')])],
    '',
  ],
  [
    'a weak certificate around which a path leads',
    [certificates({}, null, [middle]), judged({ openssl: null }, [path(2, 'anchor'), path(3, 'anchor', [[1, 'weak-signature']])])],
    '',
  ],
  [
    'a root of this host with a short key',
    [certificates({}, null, [middle]), judged({ openssl: 'CA_KEY_TOO_SMALL' }, [path(3, 'anchor', [[2, 'weak-key']])])],
    '',
  ],
  [
    'an expired extra certificate of no path',
    [certificates({}, null, [{ ...middle, ...old }]), judged({ openssl: null, 'any-path': null }, [path(2, 'anchor')])],
    '',
  ],
];

test('the authority that is not trusted is the one above the certificate, whatever else was sent', () => {
  const unrelated = certificate({ subject: 'CN=Elsewhere', issuer: 'CN=Elsewhere', isCa: true, selfSigned: true });
  const made = [site, pathCertificate('CN=Private Root', { issuer: 'CN=Private Root', sentAt: 1 })];
  const evidence = [certificates({}, lacking, [unrelated]), judged({ openssl: lacking }, [path(2, 'root')], made)];
  const { findings } = diagnose(numbered(upTo.connection(), handshake(), ...evidence), contextOf());
  expect(findings[0]).toMatchObject({ cause: 'tls.unknown-ca', detail: { issuer: 'CN=Private Root' } });
});

test.each([
  [{ keyType: 'rsa', keyBits: 1024, signatureAlgorithm: 'sha256WithRSAEncryption' } as const, 'RSA key of 1024 bits'],
  [{ keyType: 'ec', keyBits: 256, signatureAlgorithm: 'ecdsa-with-SHA1' } as const, 'signature ecdsa-with-SHA1'],
  [
    { keyType: 'rsa', keyBits: 1024, signatureAlgorithm: 'sha1WithRSAEncryption' } as const,
    'RSA key of 1024 bits, signature sha1WithRSAEncryption',
  ],
])('only what is weak is called weak: %o', (leaf, words) => {
  const { findings } = diagnose(numbered(upTo.connection(), handshake(), certificates(leaf)), contextOf());
  expect(sentenceFor('tls.weak', findings[0]!.detail)).toBe(`The certificate is too weak to be accepted: ${words}.`);
});

test('a statement about revocation that is out of date is called so', () => {
  const good = { status: 'good', revokedAt: null, reason: null } as const;
  const [current, old] = numbered(revocation(good), revocation({ ...good, nextUpdate: '2026-11-19T00:00:00.000Z' }));
  expect(evidenceLine(current!)).toMatch(/says good, signed by its issuer, good until 2026-11-27/);
  expect(evidenceLine(old!)).toMatch(/says good, signed by its issuer, out of date since 2026-11-19/);
});

describe('of a chain that is trusted', () => {
  test.each(harmless)('%s fails nothing', (_, evidence, expected) => {
    const { verdict, findings } = diagnose(numbered(upTo.connection(), handshake(), ...evidence, wholePage), contextOf());
    expect(verdict.status).toBe('ok');
    expect(findings.map(({ cause, severity }) => `${cause} ${severity}`).join()).toBe(expected);
  });

  test('what only old clients see is said with who sees it', () => {
    const [, evidence] = harmless.find(([sentence]) => sentence.startsWith('an expired cross-sign'))!;
    const { findings } = diagnose(numbered(upTo.connection(), handshake(), ...evidence, wholePage), contextOf());
    expect(findings[0]?.scope).toEqual(['old-clients']);
    const sentence = sentenceFor(findings[0]!.cause, findings[0]!.detail);
    expect(sentence).toContain('accepted by');
    expect(sentence).toContain('refused by a client that knows only the old root');
  });
});
