import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { allRules } from '../../src/diagnose/rules.ts';
import type { Observation, ObservationDraft } from '../../src/model/observation.ts';
import type { CertificateFacts } from '../../src/model/observations/tls.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { commandFactsOf } from '../../src/report/command-facts.ts';
import { sentenceFor } from '../../src/report/sentences/all-sentences.ts';
import {
  alert,
  body,
  certificate,
  certificates,
  contextOf,
  ended,
  handshake,
  judgedAt,
  notTls,
  numbered,
  page,
  requestSent,
  responded,
  segmentsTried,
  silent,
  upTo,
} from './evidence.ts';
import { revocation } from './evidence-chain.ts';
import { addressFails, addressShows, everyTrial, finished, gaveUp, tried } from './evidence-tls.ts';

/** What happened after the connection opened, and the verdict: status, cause, scope. */
type Row = [sentence: string, evidence: (ObservationDraft | ObservationDraft[])[], verdict: string];

/** Another size of segments, tried at an address beside the one in use. */
function sizeAt(address: string, bytes: number | null, outcome: 'went-on' | 'stalled', outOfOrder = 0): ObservationDraft {
  const drafted = segmentsTried(bytes, outcome, outOfOrder);
  return { ...drafted, server: { address, port: 443 }, family: 'ipv6', followUp: 'small-segments-beside' } as ObservationDraft;
}

const reset = ended('tcp.reset-received', 'hello-sent');
const closed = ended('tcp.closed-by-peer', 'hello-sent');
const silence = silent('hello-sent', 300);

const rows: Row[] = [
  ['only this name is reset', [reset, ...everyTrial('reset', { 'other-name': 'hello' })], 'failed tls.sni-filtered'],
  ['only this name is closed', [closed, ...everyTrial('closed', { 'other-name': 'hello' })], 'failed tls.sni-filtered'],
  ['only this name is swallowed', [silence, ...everyTrial('silent', { 'other-name': 'retry' })], 'failed tls.sni-filtered'],
  [
    'only this name is swallowed, and no name works as well',
    [silence, ...everyTrial('silent', { 'other-name': 'hello', 'without-name': 'hello' })],
    'failed tls.sni-filtered',
  ],
  ['every name is reset', [reset, ...everyTrial('reset')], 'failed tls.reset'],
  ['every name is closed', [closed, ...everyTrial('closed')], 'failed tls.closed'],
  ['every name is swallowed', [silence, ...everyTrial('silent')], 'failed tls.timeout'],
  [
    'another name has a short chain, and long answers get lost on the way',
    [silence, ...everyTrial('silent', { 'other-name': 'hello', 'small-answer': 'retry' })],
    'failed tls.timeout',
  ],
  ['the name is reset now and then', [reset, ...everyTrial('reset', { 'other-name': 'hello', 'tls13-only': 'hello' })], 'failed tls.reset'],
  ['the trials could not be made', [reset, ...everyTrial('connect-failed')], 'failed tls.reset'],
  ['only the other name was tried', [reset, tried('other-name', 'hello')], 'failed tls.reset'],

  [
    'a small hello is answered and a large one is not',
    [silence, ...everyTrial('hello', { large: 'silent', browser: 'silent', widest: 'silent' })],
    'failed tls.large-hello large',
  ],
  [
    'a small hello is answered and a large one is reset',
    [reset, ...everyTrial('hello', { large: 'reset' })],
    'failed tls.large-hello large',
  ],
  [
    'some hellos of any size are answered and some are not',
    [silence, ...everyTrial('hello', { large: 'silent', browser: 'hello', 'tls12-only': 'silent', widest: 'silent' })],
    'failed tls.timeout',
  ],
  ['a small hello is answered and so is a large one', [silence, ...everyTrial('hello')], 'failed tls.timeout'],
  ['a small hello is answered and a large one refused', [silence, ...everyTrial('hello', { large: 'alert' })], 'failed tls.timeout'],

  [
    'no name works, any name does not',
    [alert(80), ...everyTrial('alert', { 'without-name': 'hello' })],
    'failed tls.unrecognized-name no-sni',
  ],
  [
    'no name works, any name is closed',
    [closed, ...everyTrial('closed', { 'without-name': 'hello' })],
    'failed tls.unrecognized-name no-sni',
  ],
  [
    'the name is rejected and no name works',
    [alert(112), ...everyTrial('alert', { 'without-name': 'hello' })],
    'failed tls.unrecognized-name no-sni',
  ],
  ['the name is rejected, whatever is offered', [alert(112), ...everyTrial('alert')], 'failed tls.unrecognized-name'],
  [
    'the name is rejected, another is not',
    [alert(112), ...everyTrial('alert', { 'other-name': 'hello', 'without-name': 'hello' })],
    'failed tls.unrecognized-name',
  ],
  ['the alert comes with and without a name', [alert(80), ...everyTrial('alert')], 'failed tls.alert'],
  [
    'the alert comes for this name alone',
    [alert(80), ...everyTrial('alert', { 'other-name': 'hello', 'without-name': 'hello' })],
    'failed tls.alert',
  ],
];

const refusedEverything = everyTrial('alert');
const krsa = 'TLS_RSA_WITH_AES_128_CBC_SHA';
const dhe = 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384';
const expired = { notAfter: '2026-11-20T12:00:00.000Z' };

const edwards = certificates({ keyType: 'ed25519', keyBits: null });

const offerRows: Row[] = [
  ['handshake_failure, nothing tried', [alert(40)], 'failed tls.cipher'],
  ['handshake_failure, an old cipher would do', [alert(40), ...everyTrial('alert', { widest: 'hello' })], 'failed tls.cipher'],
  ['handshake_failure, a post-quantum group would do', [alert(40), ...everyTrial('alert', { browser: 'hello' })], 'failed tls.cipher'],
  ['handshake_failure, whatever is offered', [alert(40), ...refusedEverything], 'failed tls.alert'],
  [
    'handshake_failure, whatever is offered with this name, and another name is answered',
    [alert(40), ...everyTrial('alert', { 'other-name': 'hello' })],
    'failed tls.unrecognized-name',
  ],
  [
    'handshake_failure, another name is answered, and an old cipher would do',
    [alert(40), ...everyTrial('alert', { 'other-name': 'hello', widest: 'hello' })],
    'failed tls.cipher',
  ],
  [
    'handshake_failure, another name is answered, and not every offer was made',
    [alert(40), tried('small', 'alert'), tried('other-name', 'hello')],
    'failed tls.cipher',
  ],
  [
    'handshake_failure, and a trial that could not be made',
    [alert(40), ...everyTrial('alert', { widest: 'connect-failed' })],
    'failed tls.cipher',
  ],
  ['handshake_failure, SSL 3.0 would do', [alert(40), sslThree(), ...everyTrial('alert')], 'failed tls.version'],
  ['protocol_version, whatever is offered', [alert(70), ...refusedEverything], 'failed tls.version'],
  ['insufficient_security', [alert(71)], 'failed tls.cipher'],
  ['a client certificate was asked for before handshake_failure', [alert(40, 'client-hello', true)], 'failed tls.client-cert-required'],

  ['the server speaks SSL 3.0', [gaveUp({ version: 'SSLv3', failure: { name: 'unknown' } })], 'failed tls.version'],
  ['we refuse the version', [gaveUp({ alertSent: { alert: 70, alertName: 'protocol_version' } })], 'failed tls.version'],
  [
    'the prime is too short',
    [gaveUp({ failure: { name: 'tls-dh-key-too-small' }, primeBits: 512, alertSent: { alert: 40, alertName: 'handshake_failure' } })],
    'failed tls.cipher',
  ],
  ['we refuse as insecure', [gaveUp({ alertSent: { alert: 71, alertName: 'insufficient_security' } })], 'failed tls.cipher'],
  ['the signature is wrong', [gaveUp({ alertSent: { alert: 51, alertName: 'decrypt_error' } })], 'failed tls.alert'],
];

function sslThree(): ObservationDraft {
  return tried('tls12-only', 'hello', { version: 'SSLv3', cipher: 'TLS_RSA_WITH_RC4_128_SHA' });
}

const proven = certificates();
const ageRows: Row[] = [
  ['TLS 1.0', [handshake('TLSv1'), proven], 'degraded tls.legacy'],
  [
    'a key that browsers do not know',
    [handshake(), edwards, tried('small', 'alert'), tried('browser', 'alert')],
    'degraded tls.cipher browser',
  ],
  ['such a key beside one that browsers know', [handshake(), edwards, tried('small', 'hello'), tried('browser', 'hello')], 'ok'],
  ['such a key, and a browser that was refused for something else', [handshake(), edwards, tried('browser', 'alert', { alert: 80 })], 'ok'],
  ['such a key, and nothing tried', [handshake(), edwards], 'ok'],
  [
    'CBC that browsers have given up',
    [finished({ cipher: 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384' }), proven, tried('small', 'alert'), tried('browser', 'alert')],
    'degraded tls.cipher browser',
  ],
  ['TLS 1.0, a browser refused', [handshake('TLSv1'), proven, tried('browser', 'alert')], 'degraded tls.legacy browser'],
  ['RSA key exchange and nothing better', [finished({ cipher: krsa }), proven, tried('small', 'alert')], 'degraded tls.legacy'],
  ['RSA key exchange, nothing known of better', [finished({ cipher: krsa }), proven], 'degraded tls.legacy'],
  ['RSA key exchange chosen where better is accepted', [finished({ cipher: krsa }), proven, tried('small', 'hello')], 'ok'],
  ['RC4', [finished({ cipher: 'TLS_ECDHE_RSA_WITH_RC4_128_SHA' }), proven], 'degraded tls.legacy'],
  ['3DES', [finished({ cipher: 'TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA' }), proven], 'degraded tls.legacy'],
  [
    'a prime of 1024 bits',
    [finished({ cipher: dhe, primeBits: 1024 }), proven, tried('small', 'alert'), tried('browser', 'alert')],
    'degraded tls.legacy browser',
  ],
  [
    'a prime of 2048 bits that browsers are refused',
    [finished({ cipher: dhe, primeBits: 2048 }), proven, tried('small', 'alert'), tried('browser', 'alert')],
    'degraded tls.legacy browser',
  ],
  ['a prime of 2048 bits, nothing known of browsers', [finished({ cipher: dhe, primeBits: 2048 }), proven], 'ok'],
  [
    'a prime of 2048 bits where a curve is accepted',
    [finished({ cipher: dhe, primeBits: 2048 }), proven, tried('small', 'hello'), tried('browser', 'hello')],
    'ok',
  ],
  ['CBC with a curve', [finished({ cipher: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256' }), proven, tried('small', 'alert')], 'ok'],
  ['TLS 1.2 with a curve and GCM', [finished({ cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' }), proven], 'ok'],
  ['TLS 1.3', [handshake('TLSv1.3'), proven], 'ok'],
  ['the server took its time', [finished({ version: 'TLSv1.3', durationMs: 1700 }), proven], 'degraded tls.slow'],
  ['this host took its time', [finished({ version: 'TLSv1.3', durationMs: 1700, lateMs: 900 }), proven], 'ok'],
];

const largeRows: Row[] = [
  [
    'browsers send two packets, and are not answered',
    [handshake(), proven, ...everyTrial('hello', { large: 'silent', browser: 'silent' })],
    'degraded tls.large-hello large browser',
  ],
  [
    'browsers send two packets, and are reset',
    [handshake(), proven, ...everyTrial('hello', { large: 'reset', browser: 'reset' })],
    'degraded tls.large-hello large browser',
  ],
  [
    'a server under load forgets some, whatever their size',
    [handshake(), proven, ...everyTrial('hello', { large: 'silent', browser: 'silent', 'small-answer': 'silent' })],
    'ok',
  ],
  ['only padding is not answered', [handshake(), proven, ...everyTrial('hello', { large: 'silent' })], 'ok'],
  ['every hello is answered', [handshake(), proven, ...everyTrial('hello')], 'ok'],
  ['no trial is answered, and the site works', [handshake(), proven, ...everyTrial('silent')], 'ok'],
];

/** Days after the certificates of these tests are judged. */
const inDays = (days: number): string => new Date(Date.parse(judgedAt) + days * 86_400_000).toISOString();
const besideRevoked = (sha256Hex: string): ObservationDraft =>
  ({ ...revocation({ sha256Hex }), connection: 'c5', followUp: 'every-address' }) as ObservationDraft;
const wellSo = [handshake(), proven];
const addressRows: Row[] = [
  [
    'another address has an expired certificate',
    [...wellSo, ...addressShows('203.0.113.11', expired, 'CERT_HAS_EXPIRED')],
    'degraded tls.address-differs address',
  ],
  [
    'another address has a certificate for another name',
    [...wellSo, ...addressShows('203.0.113.11', { dnsNames: ['other.com'] })],
    'degraded tls.address-differs address',
  ],
  [
    'the IPv6 address has an untrusted certificate',
    [...wellSo, ...addressShows('2001:db8::10', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT')],
    'degraded tls.address-differs address ipv6',
  ],
  [
    'another address staples a response that says revoked',
    [...wellSo, ...addressShows('203.0.113.11', { sha256Hex: '11' }), besideRevoked('11')],
    'degraded tls.address-differs address',
  ],
  [
    'the authority says when asked that the certificate in use is revoked',
    [...wellSo, ...addressShows('203.0.113.11'), revocation({ source: 'fetched' })],
    'failed tls.revoked',
  ],
  [
    'another address staples a response that says good',
    [
      ...wellSo,
      ...addressShows('203.0.113.11'),
      { ...revocation({ status: 'good' }), connection: 'c5', followUp: 'every-address' } as ObservationDraft,
    ],
    'ok',
  ],
  [
    'somebody reads along over IPv6 alone',
    [...wellSo, ...addressShows('2001:db8::10', { issuer: 'CN=FortiGate CA,O=Fortinet' }, 'SELF_SIGNED_CERT_IN_CHAIN')],
    'degraded tls.intercepted address ipv6',
  ],
  [
    'another address is a device of a maker of such products, which shows its own page',
    [
      ...wellSo,
      ...addressShows('203.0.113.11', { issuer: 'CN=FortiGate CA,O=Fortinet', dnsNames: ['fw.corp'] }, 'SELF_SIGNED_CERT_IN_CHAIN'),
    ],
    'degraded tls.address-differs address',
  ],
  [
    'another address has another good certificate',
    [...wellSo, ...addressShows('203.0.113.11', { sha256Hex: '11', serialHex: '02' })],
    'ok',
  ],
  [
    'another address has a certificate that ends in five days',
    [...wellSo, ...addressShows('203.0.113.11', { notAfter: inDays(5) })],
    'degraded tls.expires-soon address',
  ],
  [
    'the address in use alone has a certificate that ends in five days',
    [handshake(), certificates({ notAfter: inDays(5) }), ...addressShows('203.0.113.11')],
    'degraded tls.expires-soon address',
  ],
  [
    'all addresses have a certificate that ends in five days',
    [handshake(), certificates({ notAfter: inDays(5) }), ...addressShows('203.0.113.11', { notAfter: inDays(5) })],
    'degraded tls.expires-soon',
  ],
  [
    'another address has a certificate that ends in five days, and nobody trusts it',
    [...wellSo, ...addressShows('203.0.113.11', { notAfter: inDays(5) }, 'DEPTH_ZERO_SELF_SIGNED_CERT')],
    'degraded tls.address-differs address',
  ],
  ['another address shows the same', [...wellSo, ...addressShows('203.0.113.11')], 'ok'],
  ['another address resets', [...wellSo, ...addressFails('203.0.113.11', 'reset')], 'degraded tls.reset address'],
  [
    'another address is silent, and small segments heal it',
    [
      ...wellSo,
      ...addressFails('2001:db8::11', 'silent'),
      sizeAt('2001:db8::11', 1220, 'went-on'),
      sizeAt('2001:db8::11', null, 'stalled', 1),
    ],
    'degraded route.mtu-black-hole large address ipv6',
  ],
  [
    'another address is silent, whatever the size',
    [
      ...wellSo,
      ...addressFails('2001:db8::11', 'silent'),
      sizeAt('2001:db8::11', 1220, 'stalled'),
      sizeAt('2001:db8::11', null, 'stalled'),
    ],
    'degraded tls.timeout address ipv6',
  ],
  [
    'another address is silent, and other sizes were tried elsewhere',
    [...wellSo, ...addressFails('2001:db8::11', 'silent'), segmentsTried(536, 'went-on'), segmentsTried(null, 'stalled', 1)],
    'degraded tls.timeout address ipv6',
  ],
  ['another address closes', [...wellSo, ...addressFails('203.0.113.11', 'closed')], 'degraded tls.closed address'],
  ['another address is silent', [...wellSo, ...addressFails('203.0.113.11', 'silent')], 'degraded tls.timeout address'],
  ['another address is far, and given up on its way', [...wellSo, ...addressFails('203.0.113.11', 'silent', { afterMs: 1200 }, 900)], 'ok'],
  [
    'another address is silent, and its first SYN was lost',
    [...wellSo, ...addressFails('203.0.113.11', 'silent', { afterMs: 1200 }, 1014)],
    'degraded tls.timeout address',
  ],
  ['another address is silent for too short a time to say', [...wellSo, ...addressFails('203.0.113.11', 'silent', { afterMs: 900 })], 'ok'],
  [
    'another address does not know the name',
    [...wellSo, ...addressFails('203.0.113.11', 'alert', { alert: 112 })],
    'degraded tls.unrecognized-name address',
  ],
  ['another address speaks no TLS', [...wellSo, ...addressFails('203.0.113.11', 'not-tls')], 'degraded tls.not-tls address'],
];

const wholePage = [requestSent(), responded(200), body(), page()];

describe('what is negotiated', () => {
  test.each(offerRows)('%s', (_, evidence, expected) => {
    expect(summary(judged(evidence).verdict)).toBe(expected);
  });

  test.each(ageRows)('%s', (_, evidence, expected) => {
    expect(summary(judged([...evidence, ...wholePage]).verdict)).toBe(expected);
  });

  test.each(largeRows)('%s', (_, evidence, expected) => {
    expect(summary(judged([...evidence, ...wholePage]).verdict)).toBe(expected);
  });

  test('is noted where it is old and does no harm', () => {
    const { findings } = diagnose(
      numbered(upTo.connection(), finished({ cipher: krsa }), proven, tried('small', 'hello'), wholePage),
      contextOf(),
    );
    expect(findings.map((finding) => [finding.cause, finding.severity])).toEqual([['tls.legacy', 'note']]);
  });
});

describe('a version that is not taken', () => {
  const outcomes = (except: Parameters<typeof everyTrial>[1]): string => {
    const { observations } = judged([silence, ...everyTrial('silent', except)]);
    const { verdict, findings } = diagnose(observations, contextOf());
    return `${summary(verdict)}: ${sentenceFor(findings[0]!.cause, findings[0]!.detail)}`;
  };

  test('is told where TLS 1.2 alone is answered', () => {
    expect(outcomes({ 'tls12-only': 'hello', widest: 'hello' })).toMatch(
      /^failed tls\.timeout: .* a greeting of TLSv1\.\d alone is answered: something on the way, or the server itself, cannot take TLS 1\.3\.$/,
    );
  });

  test.each([
    ['nothing is answered', {}],
    ['one of the newer ones is answered as well', { 'tls12-only': 'hello', small: 'hello' }],
    ['one of the newer ones got an alert', { 'tls12-only': 'hello', 'tls13-only': 'alert' }],
  ] as const)('is not told where %s', (_, except) => {
    expect(outcomes(except)).not.toContain('cannot take TLS 1.3');
  });
});

describe('addresses of one name', () => {
  test.each(addressRows)('%s', (_, evidence, expected) => {
    expect(summary(judged([...evidence, ...wholePage]).verdict)).toBe(expected);
  });

  test('of which one leaves out what another sends are told so', () => {
    const middle = certificate({ subject: 'CN=Middle', issuer: 'CN=Root', isCa: true });
    const said = (chain: CertificateFacts[]): string => {
      const carried = certificates({ issuer: 'CN=Middle' }, null, chain);
      const beside = addressShows('203.0.113.11', { issuer: 'CN=Middle' }, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
      const { observations } = judged([handshake(), carried, ...beside, ...wholePage]);
      const [first] = diagnose(observations, contextOf()).findings;
      return sentenceFor(first!.cause, first!.detail);
    };
    expect(said([middle])).toBe(
      '203.0.113.11 shows its certificate without the intermediate that the others send; 203.0.113.10 has a good one.',
    );
    expect(said([])).toBe('203.0.113.11 shows a certificate that is not trusted; 203.0.113.10 has a good one.');
  });

  test('of which one ends soon: it is named, and the command asks it', () => {
    const [, evidence] = addressRows.find(([sentence]) => sentence.startsWith('another address has a certificate that ends'))!;
    const { observations } = judged([...evidence, ...wholePage]);
    const [first] = diagnose(observations, contextOf()).findings;
    expect(sentenceFor(first!.cause, first!.detail)).toBe(
      'The certificate of 203.0.113.11 expires in 5 days (2026-11-26); 203.0.113.10 has one that lasts.',
    );
    expect(commandFactsOf(first!, observations).address).toBe('203.0.113.11');
  });

  test('of which the one in use is bad and another is good fail for that', () => {
    const { verdict } = judged([handshake(), certificates(expired, 'CERT_HAS_EXPIRED'), ...addressShows('203.0.113.11')]);
    expect(summary(verdict)).toBe('failed tls.address-differs address');
  });

  test('say nothing of a certificate that is demanded after the handshake: theirs ended before', () => {
    const { verdict } = judged([...wellSo, ...addressShows('203.0.113.11'), requestSent(), alert(116, 'finished')]);
    expect(summary(verdict)).toBe('failed tls.client-cert-required');
  });

  test('of which one proves itself narrow what the other refuses in place of a hello', () => {
    const { verdict } = judged([alert(80, 'client-hello'), ...everyTrial('alert'), ...addressShows('203.0.113.11')]);
    expect(summary(verdict)).toBe('failed tls.alert address');
  });

  test('that are all bad differ in nothing that matters', () => {
    const { verdict } = judged([
      handshake(),
      certificates(expired, 'CERT_HAS_EXPIRED'),
      ...addressShows('203.0.113.11', { ...expired, sha256Hex: '11' }, 'CERT_HAS_EXPIRED'),
    ]);
    expect(summary(verdict)).toBe('failed tls.cert-expired');
  });

  test('of which one works narrow what fails to an address', () => {
    expect(summary(judged([reset, ...addressShows('203.0.113.11')]).verdict)).toBe('failed tls.reset address');
    expect(summary(judged([silence, ...addressShows('203.0.113.11')]).verdict)).toBe('failed tls.timeout address');
    expect(summary(judged([alert(80), ...addressShows('203.0.113.11')]).verdict)).toBe('failed tls.alert address');
    expect(summary(judged([notTls(), ...addressShows('203.0.113.11')]).verdict)).toBe('failed tls.not-tls address');
    expect(summary(judged([reset, ...addressFails('203.0.113.11', 'reset')]).verdict)).toBe('failed tls.reset');
  });
});

function judged(evidence: (ObservationDraft | ObservationDraft[])[]): { verdict: Verdict; observations: Observation[] } {
  const observations = numbered(upTo.connection(), ...evidence);
  return { verdict: diagnose(observations, contextOf()).verdict, observations };
}

function summary({ status, cause, scope }: Verdict): string {
  return [status, cause, ...scope].filter((word) => word !== null).join(' ');
}

describe('a handshake that fails, and what other hellos show', () => {
  test.each(rows)('%s', (_, evidence, expected) => {
    expect(summary(judged(evidence).verdict)).toBe(expected);
  });

  test.each(rows)('%s: in any order of the rules, with evidence and a sentence', (_, evidence, expected) => {
    const { observations } = judged(evidence);
    fc.assert(
      fc.property(fc.shuffledSubarray([...allRules], { minLength: allRules.length }), (rules) => {
        expect(summary(diagnose(observations, contextOf(), rules).verdict)).toBe(expected);
      }),
      { numRuns: 20 },
    );
    for (const finding of diagnose(observations, contextOf()).findings) {
      expect(finding.evidence.length).toBeGreaterThan(0);
      expect(sentenceFor(finding.cause, finding.detail)).not.toMatch(/undefined|null|\[object/);
    }
  });
});

describe('what silence could be besides', () => {
  const others = (evidence: (ObservationDraft | ObservationDraft[])[]): { open: string[]; out: string[] } => {
    const { alternatives, ruledOut } = judged(evidence).verdict;
    return { open: alternatives.map((one) => one.cause), out: ruledOut.map((one) => one.cause) };
  };

  test('is open while nothing was tried', () => {
    expect(others([silence])).toEqual({ open: ['route.mtu-black-hole', 'tls.large-hello', 'tls.sni-filtered'], out: ['tcp.stall'] });
  });

  test('is excluded by hellos that stay as silent', () => {
    expect(others([silence, ...everyTrial('silent')])).toEqual({
      open: [],
      out: ['route.mtu-black-hole', 'tls.large-hello', 'tls.sni-filtered', 'tcp.stall'],
    });
  });

  test('stays open where an answer of a hundred bytes comes through', () => {
    expect(others([silence, ...everyTrial('silent', { 'small-answer': 'retry' })]).open).toEqual(['route.mtu-black-hole']);
  });
});
