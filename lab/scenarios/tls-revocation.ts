import type { CertificateSpec } from '../scenario/change.ts';
import type { Matcher, Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { edgeReached, synsAtEdge, trustedCertificate } from './ingredients.ts';
import { authoritysFiles } from './tls-certificates.ts';

type Told = Pick<Scenario, 'id' | 'title' | 'fault' | 'made' | 'naive'>;

/** A site whose certificate names no responder, only the authority's list, as most do since 2025. */
function listed(told: Told, list: NonNullable<CertificateSpec['list']>, more: Partial<Scenario> & Pick<Scenario, 'expect'>): Scenario {
  return {
    ...told,
    changes: [synsAtEdge, { site: { certificate: { list } } }, authoritysFiles],
    url: 'https://www.shop.example/',
    options: ['--thorough'],
    proof: [edgeReached, { certificate: addresses.edgeA, fact: 'valid' }, { log: 'edge', matches: 'GET /list.crl' }],
    captureClient: { checkpoint: null },
    ...more,
  };
}

function listSays(where: Readonly<Record<string, Matcher>>): Scenario['expect']['evidence'] {
  return [trustedCertificate, { kind: 'tls.revocation-listed', where: { outcome: 'list', 'source.port': 80, ...where } }];
}

/** Whether somebody's list has the certificate, and whether that means anything. */
export const tlsRevocationScenarios: readonly Scenario[] = [
  listed(
    {
      id: 'tls-revoked-by-list',
      title: "Revoked, and only the authority's list says so",
      fault: 'The authority revoked the certificate and has no responder; its list names the certificate.',
      made: "The authority's list, signed and in force, has the certificate's serial number; everything is measured.",
      naive: 'Nothing: dates, name and chain are well, and most programs read no lists.',
    },
    'listed',
    {
      expect: {
        status: 'failed',
        cause: 'tls.revoked',
        evidence: listSays({ status: 'revoked', signature: 'valid', reason: 'key-compromise' }),
      },
      lookAlike: ['healthy-not-on-the-list', 'healthy-on-an-old-list', 'healthy-on-another-list', 'tls-revoked-not-stapled'],
    },
  ),
  listed(
    {
      id: 'tls-revoked-and-closing',
      title: 'The request is not answered, and the certificate is revoked',
      fault: 'The key leaked: the authority revoked the certificate, and the front end closes what is asked of it.',
      made: 'The handshake ends well, nginx closes the connection in place of an answer; the list names the certificate.',
      naive: '"Empty reply from server."',
    },
    'listed',
    {
      changes: [synsAtEdge, { site: { certificate: { list: 'listed' }, locations: { '/': ['return 444;'] } } }, authoritysFiles],
      options: [],
      expect: { status: 'failed', cause: 'tls.revoked', evidence: listSays({ status: 'revoked', signature: 'valid' }) },
      nearMissOf: ['http.closed'],
      lookAlike: ['tls-revoked-by-list'],
      captureClient: { checkpoint: 'unclear', why: 'TLS 1.3 encrypts what was asked and certified' },
    },
  ),
];

/** Lists that do not speak against the certificate. */
export const healthyRevocationScenarios: readonly Scenario[] = [
  listed(
    {
      id: 'healthy-not-on-the-list',
      title: 'Not on the list',
      fault: 'None: the list names another certificate.',
      made: "The authority's list has one entry, with another serial number; everything is measured.",
      naive: 'None.',
    },
    'clean',
    {
      expect: {
        status: 'ok',
        cause: null,
        without: ['tls.revoked'],
        evidence: listSays({ status: 'not-listed', signature: 'valid', covers: true, entries: 1 }),
      },
      nearMissOf: ['tls.revoked'],
      lookAlike: ['tls-revoked-by-list'],
    },
  ),
  listed(
    {
      id: 'healthy-on-another-list',
      title: 'On the list of another authority',
      fault: 'None: serial numbers are unique for one authority alone.',
      made: "A private authority's list, found where the certificate points, has the same serial number.",
      naive: '"Revoked: the serial number is on the list."',
    },
    'of-another',
    {
      expect: {
        status: 'ok',
        cause: null,
        without: ['tls.revoked'],
        evidence: listSays({ status: null, 'faults.*': 'other-issuer' }),
      },
      nearMissOf: ['tls.revoked'],
      lookAlike: ['tls-revoked-by-list'],
    },
  ),
  listed(
    {
      id: 'healthy-on-an-old-list',
      title: 'On a list that is out of date',
      fault: 'None that can be shown: the list ended three days ago.',
      made: "The authority's list has the certificate, and was to be replaced three days ago.",
      naive: '"Revoked."',
    },
    'out-of-date',
    {
      expect: { status: 'ok', cause: null, without: ['tls.revoked'], evidence: listSays({ status: 'revoked', signature: 'valid' }) },
      nearMissOf: ['tls.revoked'],
      lookAlike: ['tls-revoked-by-list'],
    },
  ),
];
