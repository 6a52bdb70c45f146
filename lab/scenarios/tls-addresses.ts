import type { CauseCode } from '../../src/model/cause.ts';
import type { ConnectionScript } from '../loopback/connection-script.ts';
import { fatalAlert, resetAfterClientHello, silentAfterClientHello } from '../loopback/misbehaviours.ts';
import type { CertificateSpec, Change } from '../scenario/change.ts';
import type { CertificateFact, Matcher, Scenario } from '../scenario/scenario.ts';
import { addresses } from '../topology/plan.ts';
import { carriedBy, edgeReached, pageArrived, synsAtEdge } from './ingredients.ts';
import { losingFirstSyn } from './tcp.ts';

const pair = 'pair.shop.example';
const renewed: CertificateSpec = { names: [pair] };
const forgotten: CertificateSpec = { names: [pair], notBeforeDays: -90, notAfterDays: -1 };

/** A name with two addresses. SYNs to the second are lost once, so that the first carries the request. */
function twoAddresses(...more: readonly Change[]): readonly Change[] {
  return [
    synsAtEdge,
    { zone: { zone: 'shop.example', add: [`${pair} 300 A ${addresses.edgeA}`, `${pair} 300 A ${addresses.edgeB}`] } },
    losingFirstSyn('late-b', `ip daddr ${addresses.edgeB}`),
    ...more,
  ];
}

function certificates(first: CertificateSpec, second: CertificateSpec): readonly Change[] {
  return twoAddresses({ site: { names: [pair], certificate: first, certificateAt: { [addresses.edgeB]: second } } });
}

/** The first address is well and carries the request; the second has a certificate that is bad in one way. */
function besideOneGood(
  bad: Pick<Scenario, 'id' | 'title' | 'fault' | 'made' | 'naive' | 'nearMissOf' | 'lookAlike'> & {
    cause?: CauseCode;
    second: CertificateSpec;
    /** Fields of the second's certificate evidence. */
    where: Readonly<Record<string, Matcher>>;
    fact: CertificateFact;
  },
): Scenario {
  const { cause = 'tls.address-differs', second, where, fact, ...told } = bad;
  return {
    ...told,
    changes: certificates(renewed, second),
    url: `https://${pair}/`,
    expect: {
      status: 'degraded',
      cause,
      scope: ['address'],
      evidence: [
        carriedBy(addresses.edgeA),
        { kind: 'tls.certificates-received', where: { 'server.address': addresses.edgeB, ...where } },
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { certificate: addresses.edgeB, serverName: pair, fact }],
    captureClient: {
      checkpoint: 'tcp',
      cause: 'tcp.slow',
      why: 'TLS 1.3 encrypts the certificates; that the lab holds back the first packet to one address is seen',
    },
  };
}

/** The second address is an odd server's. */
function oddSecond(steps: ConnectionScript): readonly Change[] {
  return twoAddresses(
    { site: { names: [pair], certificate: renewed, notOn: [addresses.edgeB] } },
    { odd: { name: 'odd-b', at: 'edge', on: [addresses.edgeB], port: 443, behavior: { script: { steps } } } },
  );
}

/** The name's addresses do not behave alike. */
export const tlsAddressScenarios: readonly Scenario[] = [
  {
    id: 'tls-address-differs',
    title: 'One edge was not renewed',
    fault: 'Two addresses; the second still serves the certificate that expired.',
    made: 'The second address has an expired certificate, and opens a second later than the first.',
    naive: '"Works for me", "expired for me".',
    changes: certificates(renewed, forgotten),
    url: `https://${pair}/`,
    expect: {
      status: 'degraded',
      cause: 'tls.address-differs',
      scope: ['address'],
      evidence: [
        carriedBy(addresses.edgeA),
        { kind: 'tls.certificates-received', where: { 'server.address': addresses.edgeB, 'trust.*.code': 'CERT_HAS_EXPIRED' } },
        ...pageArrived(),
      ],
    },
    proof: [
      edgeReached,
      { certificate: addresses.edgeB, serverName: pair, fact: 'expired' },
      { certificate: addresses.edgeA, serverName: pair, fact: 'valid' },
    ],
    captureClient: {
      checkpoint: 'tcp',
      cause: 'tcp.slow',
      why: 'TLS 1.3 encrypts the certificates; that the lab holds back the first packet to one address is seen',
    },
    nearMissOf: ['tls.cert-expired'],
    lookAlike: ['tls-cert-expired', 'tls-address-differs-in-use', 'healthy-addresses-renewed-apart'],
  },
  {
    id: 'tls-address-differs-in-use',
    title: 'The edge in use was not renewed, the other was',
    fault: 'Two addresses; the one that answers first serves the certificate that expired.',
    made: 'The first address has an expired certificate; the second opens a second later.',
    naive: '"The certificate expired": it was renewed, and works for everybody who tries.',
    changes: certificates(forgotten, renewed),
    url: `https://${pair}/`,
    expect: {
      status: 'failed',
      cause: 'tls.address-differs',
      scope: ['address'],
      evidence: [
        carriedBy(addresses.edgeA),
        { kind: 'tls.certificates-received', where: { 'server.address': addresses.edgeA, 'trust.*.code': 'CERT_HAS_EXPIRED' } },
        { kind: 'tls.certificates-received', where: { 'server.address': addresses.edgeB, 'trust.*.trusted': true } },
      ],
    },
    proof: [
      edgeReached,
      { certificate: addresses.edgeA, serverName: pair, fact: 'expired' },
      { certificate: addresses.edgeB, serverName: pair, fact: 'valid' },
    ],
    captureClient: {
      checkpoint: 'tcp',
      cause: 'tcp.slow',
      why: 'TLS 1.3 encrypts the certificates; that the lab holds back the first packet to one address is seen',
    },
    lookAlike: ['tls-cert-expired', 'tls-address-differs'],
  },
  besideOneGood({
    id: 'tls-address-differs-incomplete',
    title: 'One edge does not send the intermediate',
    fault: 'Two addresses; on the second the leaf alone was installed.',
    made: 'The second address sends no intermediate, and opens a second later than the first.',
    naive: '"Works in my browser", "works with curl, sometimes".',
    second: { names: [pair], chain: 'none' },
    where: { 'certificates.length': 1, 'trust.*.trusted': false },
    fact: 'alone',
    nearMissOf: ['tls.missing-intermediate', 'tls.unknown-ca'],
    lookAlike: ['tls-missing-intermediate', 'tls-address-differs'],
  }),
  besideOneGood({
    id: 'tls-address-differs-revoked',
    title: 'One edge still has the revoked certificate',
    fault: 'Two addresses; the authority revoked the old certificate, and the second address still serves it.',
    made: 'The second address staples a response that says revoked, and opens a second later than the first.',
    naive: 'Nothing: dates, name and chain are well everywhere.',
    second: { names: [pair], revoked: true },
    where: { 'trust.*.trusted': true },
    fact: 'revoked',
    nearMissOf: ['tls.revoked'],
    lookAlike: ['tls-revoked', 'healthy-addresses-renewed-apart'],
  }),
  besideOneGood({
    id: 'tls-intercepted-one-address',
    title: 'A firewall reads along on one of two ways',
    fault: 'What goes to the second address passes a firewall that opens TLS; what goes to the first does not.',
    made: "The second address shows a certificate for the name by a firewall vendor's default authority, and opens a second later than the first.",
    naive: '"One edge has a wrong certificate."',
    cause: 'tls.intercepted',
    second: { names: [pair], issuer: 'inspection', chain: 'with-root' },
    where: { 'certificates.0.issuer': { matches: 'FortiGate' } },
    fact: { issuer: 'FortiGate CA' },
    nearMissOf: ['tls.address-differs', 'tls.unknown-ca'],
    lookAlike: ['tls-intercepted', 'tls-address-differs'],
  }),
  {
    id: 'tls-one-address-expires-soon',
    title: 'One edge was not renewed, and has five days left',
    fault: 'Two addresses; the second still serves the certificate of the last quarter, which ends in five days.',
    made: 'The second address has a certificate with five days left of ninety, and opens a second later than the first.',
    naive: '"The certificate was renewed", by whoever asks the first.',
    changes: certificates(renewed, { names: [pair], notBeforeDays: -85, notAfterDays: 5 }),
    url: `https://${pair}/`,
    expect: {
      status: 'degraded',
      cause: 'tls.expires-soon',
      scope: ['address'],
      evidence: [
        carriedBy(addresses.edgeA),
        { kind: 'tls.certificates-received', where: { 'server.address': addresses.edgeB, 'trust.*.trusted': true } },
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { certificate: addresses.edgeB, serverName: pair, fact: { endsWithinDays: 6 } }],
    captureClient: {
      checkpoint: 'tcp',
      cause: 'tcp.slow',
      why: 'TLS 1.3 encrypts the certificates; that the lab holds back the first packet to one address is seen',
    },
    nearMissOf: ['tls.address-differs'],
    lookAlike: ['healthy-addresses-renewed-apart', 'tls-address-differs', 'tls-expires-soon'],
  },
  {
    id: 'healthy-addresses-renewed-apart',
    title: 'Two addresses, two certificates, both valid',
    fault: 'None: renewal is rolled out one edge after the other.',
    made: 'Each address has a certificate of its own.',
    naive: '"The certificates differ!"',
    changes: certificates(renewed, { names: [pair], notBeforeDays: -30 }),
    url: `https://${pair}/`,
    expect: {
      status: 'ok',
      cause: null,
      without: ['tls.address-differs'],
      evidence: [
        { kind: 'tls.certificates-received', where: { 'server.address': addresses.edgeA, 'trust.*.trusted': true } },
        { kind: 'tls.certificates-received', where: { 'server.address': addresses.edgeB, 'trust.*.trusted': true } },
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { certificate: addresses.edgeB, serverName: pair, fact: 'valid' }],
    captureClient: {
      checkpoint: 'tcp',
      cause: 'tcp.slow',
      why: 'TLS 1.3 encrypts the certificates; that the lab holds back the first packet to one address is seen',
    },
    nearMissOf: ['tls.address-differs'],
    lookAlike: ['tls-address-differs'],
  },
  {
    id: 'tls-one-address-resets',
    title: 'One edge resets every handshake',
    fault: 'Two addresses; the second accepts connections and resets them at the ClientHello.',
    made: "A server in nginx's place does so at the second address.",
    naive: '"Works for me", "connection reset for me".',
    changes: oddSecond(resetAfterClientHello),
    url: `https://${pair}/`,
    expect: {
      status: 'degraded',
      cause: 'tls.reset',
      scope: ['address'],
      evidence: [
        carriedBy(addresses.edgeA),
        { kind: 'tls.hello-tried', where: { 'server.address': addresses.edgeB, variant: 'as-walked', outcome: 'reset' } },
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { hits: 'odd-b' }],
    captureClient: { checkpoint: 'tls' },
    lookAlike: ['tls-reset', 'tls-address-differs'],
  },
  {
    id: 'tls-one-address-silent',
    title: 'One edge is stuck',
    fault: 'Two addresses; the second accepts connections and never answers a ClientHello.',
    made: "A server in nginx's place does so at the second address.",
    naive: '"Works for me", "hangs for me".',
    changes: oddSecond(silentAfterClientHello),
    url: `https://${pair}/`,
    expect: {
      status: 'degraded',
      cause: 'tls.timeout',
      scope: ['address'],
      evidence: [
        { kind: 'tls.hello-tried', where: { 'server.address': addresses.edgeB, variant: 'as-walked', outcome: 'silent' } },
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { hits: 'odd-b' }],
    captureClient: { checkpoint: null },
    lookAlike: ['tls-timeout', 'tls-one-address-resets'],
  },
  {
    id: 'tls-one-address-alerts',
    title: 'One edge has no certificate for the name',
    fault: 'Two addresses; the second answers with the alert unrecognized_name.',
    made: "A server in nginx's place does so at the second address.",
    naive: '"Works for me", "SSL error for me".',
    changes: oddSecond(fatalAlert(112)),
    url: `https://${pair}/`,
    expect: {
      status: 'degraded',
      cause: 'tls.unrecognized-name',
      scope: ['address'],
      evidence: [
        { kind: 'tls.hello-tried', where: { 'server.address': addresses.edgeB, outcome: 'alert', alertName: 'unrecognized_name' } },
        ...pageArrived(),
      ],
    },
    proof: [edgeReached, { hits: 'odd-b' }],
    captureClient: { checkpoint: 'tls' },
    lookAlike: ['tls-unrecognized-name', 'tls-one-address-resets'],
  },
];
