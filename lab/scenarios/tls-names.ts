import type { Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { edgeReached, pageArrived, synsAtEdge } from './ingredients.ts';

/** Asked by address, no server name is sent (RFC 6066 section 3): the edge's default site answers, with 421. */
const byAddress = `https://${addresses.edgeA}/`;

/** How a site is called, and what its certificate says. */
export const healthyTlsNameScenarios: readonly Scenario[] = [
  {
    id: 'healthy-certificate-for-address',
    title: 'A certificate for an address',
    fault: 'None: the certificate names the address itself, as authorities issue them since 2025 and for public resolvers before.',
    made: 'The certificate for those who name nobody has the address as iPAddress.',
    naive: '"Name mismatch: the certificate has no such name."',
    changes: [synsAtEdge, { site: { defaultCertificate: { names: [], addresses: [addresses.edgeA] } } }],
    url: byAddress,
    options: ['--expect-status', '421'],
    expect: {
      status: 'ok',
      cause: null,
      without: ['tls.name-mismatch'],
      evidence: [{ kind: 'tls.certificates-received', where: { 'certificates.0.ipAddresses.*': addresses.edgeA } }, ...pageArrived(421)],
    },
    proof: [edgeReached],
    nearMissOf: ['tls.name-mismatch'],
    lookAlike: ['tls-name-mismatch-address'],
  },
  {
    id: 'healthy-name-with-dot',
    title: 'The name with the dot of the root',
    fault: 'None: www.shop.example. is the same name, written in full.',
    made: 'The URL ends the name in a dot; the certificate does not, and servers are asked for the name without.',
    naive: '"Name mismatch", or the default certificate for a server name nobody knows.',
    changes: [synsAtEdge],
    url: 'https://www.shop.example./',
    expect: {
      status: 'ok',
      cause: null,
      without: ['tls.name-mismatch', 'tls.unrecognized-name'],
      evidence: [{ kind: 'tls.certificates-received', where: { serverName: 'www.shop.example' } }, ...pageArrived()],
    },
    proof: [edgeReached],
    nearMissOf: ['tls.name-mismatch'],
    lookAlike: ['tls-name-mismatch'],
  },
];

export const tlsNameScenarios: readonly Scenario[] = [
  {
    id: 'tls-name-mismatch-address',
    title: 'Opened by address, with a certificate for the name',
    fault: 'Somebody uses the address in place of the name; the certificate is for names.',
    made: "Nobody is named, so the edge's default certificate comes: it has names, and not the address.",
    naive: '"The site\'s certificate is broken."',
    changes: [synsAtEdge],
    url: byAddress,
    expect: {
      status: 'failed',
      cause: 'tls.name-mismatch',
      evidence: [{ kind: 'tls.certificates-received', where: { serverName: null, 'trust.*.trusted': true } }],
    },
    proof: [edgeReached],
    captureClient: { checkpoint: 'unclear', why: 'TLS 1.3 encrypts the certificate' },
    nearMissOf: ['tls.unknown-ca'],
    lookAlike: ['healthy-certificate-for-address'],
  },
];
