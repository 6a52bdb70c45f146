import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokedResponse } from '../../../lab/authority/revocation.ts';
import { CertificateAuthority, createKey, keyPurposes, type Leaf, type Certificate as Made } from '../../../lab/certificates.ts';
import type { ChainJudgement } from '../../ports/chain-judge.ts';
import { parseCertificate } from '../certificate.ts';
import { readAuthorities, type TrustStore } from '../trust-store.ts';
import { certificatesInFile } from './certificate-file.ts';
import { judgeChain, systemChainJudge } from './judge.ts';
import { readOcspResponse } from './ocsp.ts';
import { ocspQuestion } from './ocsp-request.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirewalk-chain-'));
afterAll(() => rmSync(folder, { recursive: true }));

const days = (count: number): Date => new Date(Date.now() + count * 86_400_000);
let files = 0;

function trusting(...authorities: readonly CertificateAuthority[]): TrustStore {
  const file = join(folder, `${files++}.pem`);
  writeFileSync(file, authorities.map(({ certificate }) => certificate.pem).join(''));
  const read = readAuthorities(file);
  if (read.kind !== 'read') throw new Error(read.reason);
  return read.store;
}

function judged(store: TrustStore, sent: readonly Made[], fetched: readonly Made[] = [], atMs = Date.now()): ChainJudgement {
  const der = (list: readonly Made[]): Uint8Array[] => list.map((one) => one.der);
  const judgement = judgeChain([store], der(sent), der(fetched), atMs);
  if (judgement === null) throw new Error('not judged');
  return judgement;
}

const views = ({ clients }: ChainJudgement): Record<string, string> =>
  Object.fromEntries(clients.map(({ client, accepts, code }) => [client, accepts ? 'accepts' : (code ?? '?')]));
/** Faults of the first path, `at fault`, what most clients overlook left out. */
const faults = ({ paths }: ChainJudgement): string[] =>
  (paths[0]?.faults ?? []).filter(({ improper }) => improper !== true).map(({ at, fault }) => `${at} ${fault}`);

let root: CertificateAuthority;
let middle: CertificateAuthority;
let leaf: Leaf;
let store: TrustStore;

beforeAll(async () => {
  root = await CertificateAuthority.createRoot({ commonName: 'Root' });
  middle = await root.createIntermediate({ commonName: 'Middle' });
  leaf = await middle.issue({ names: ['a.example'], issuerUrls: ['http://ca.example/middle.cer'] });
  store = trusting(root);
});

describe('the paths of a chain', () => {
  it('hold when it is as it should be', () => {
    const judgement = judged(store, [leaf, middle.certificate]);
    expect(judgement.paths).toMatchObject([{ certificates: [0, 1, 2], end: 'anchor', stores: ['given'] }]);
    expect(faults(judgement)).toEqual([]);
    expect(judgement.certificates.map(({ from, sentAt }) => [from, sentAt])).toEqual([
      ['sent', 0],
      ['sent', 1],
      ['store', null],
    ]);
    expect(judgement).toMatchObject({ complete: true, inOrder: true, unused: [], issuerUrls: [], accepted: true });
    expect(views(judgement)).toEqual({ openssl: 'accepts', 'any-path': 'accepts' });
  });

  it('hold whatever the order, and with what does not belong: both are told', async () => {
    const other = await CertificateAuthority.createRoot({ commonName: 'Other' });
    const lower = await middle.createIntermediate({ commonName: 'Lower' });
    const below = await lower.issue({ names: ['a.example'] });
    const judgement = judged(store, [below, middle.certificate, other.certificate, lower.certificate, middle.certificate]);
    expect(judgement).toMatchObject({ inOrder: false, unused: [2, 4], accepted: true });
    expect(views(judgement).openssl).toBe('accepts');
  });

  it('end where an intermediate is missing, and say where it is to be had', () => {
    const judgement = judged(store, [leaf]);
    expect(judgement.paths).toMatchObject([{ certificates: [0], end: 'open' }]);
    expect(judgement).toMatchObject({ issuerUrls: ['http://ca.example/middle.cer'], accepted: false });
    const code = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
    expect(views(judgement)).toEqual({ openssl: code, 'any-path': code });
    const completed = judged(store, [leaf], [middle.certificate]);
    expect(completed.accepted).toBe(true);
    expect(views(completed)).toEqual({ openssl: code, 'any-path': code, fetching: 'accepts' });
  });

  it('end at a root that nobody trusts', async () => {
    const unknown = trusting(await CertificateAuthority.createRoot({ commonName: 'Elsewhere' }));
    const judgement = judged(unknown, [leaf, middle.certificate, root.certificate]);
    expect(judgement.paths).toMatchObject([{ end: 'root', stores: [] }]);
    expect(views(judgement).openssl).toBe('SELF_SIGNED_CERT_IN_CHAIN');
  });

  it("lead to a root that another store has, and are told as that store's", async () => {
    const elsewhere = await CertificateAuthority.createRoot({ commonName: 'Elsewhere' });
    const mozilla: TrustStore = { ...store, store: 'mozilla' };
    const der = [leaf, middle.certificate].map((one) => one.der);
    const judgement = judgeChain([{ ...trusting(elsewhere), store: 'system' }, mozilla], der, [], Date.now())!;
    expect(judgement).toMatchObject({
      accepted: false,
      issuerUrls: [],
      paths: [{ certificates: [0, 1, 2], end: 'anchor', stores: ['mozilla'] }],
    });
    const code = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
    expect(views(judgement)).toEqual({ openssl: code, 'any-path': code, mozilla: 'accepts' });
  });

  it('lead around an expired cross-sign for those who know the newer root, and not for others', async () => {
    const oldRoot = await CertificateAuthority.createRoot({ commonName: 'Old', notBefore: days(-900), notAfter: days(-2) });
    const newRoot = await CertificateAuthority.createRoot({ commonName: 'New' });
    const crossed = await oldRoot.crossSign(newRoot, { notBefore: days(-900), notAfter: days(-2) });
    const site = await crossed.issue({ names: ['a.example'] });
    const sent = [site, crossed.certificate, oldRoot.certificate];
    const modern = judged(trusting(newRoot), sent);
    expect(modern).toMatchObject({ accepted: true, paths: [{ end: 'anchor' }, { end: 'root' }] });
    expect(views(modern)).toEqual({ openssl: 'accepts', 'any-path': 'accepts', 'old-root': 'CERT_HAS_EXPIRED' });
    const old = judged(trusting(oldRoot), sent);
    expect(old.accepted).toBe(false);
    expect(faults(old)).toEqual(['1 expired', '2 expired']);
    expect(views(old)).toEqual({ openssl: 'CERT_HAS_EXPIRED', 'any-path': 'CERT_HAS_EXPIRED' });
    // A year ago nobody saw anything.
    expect(views(judged(trusting(newRoot), sent, [], days(-365).getTime()))['old-root']).not.toBe('accepts');
  });

  it('hold again with a renewed certificate in place of one that has expired', async () => {
    const expired = await root.createIntermediate({ commonName: 'Short', notBefore: days(-9), notAfter: days(-1) });
    const renewed = await root.crossSign(expired);
    const site = await expired.issue({ names: ['a.example'], issuerUrls: ['http://ca.example/short.cer'] });
    const before = judged(store, [site, expired.certificate]);
    expect(before).toMatchObject({ accepted: false, issuerUrls: ['http://ca.example/short.cer'] });
    const after = judged(store, [site, expired.certificate], [renewed.certificate]);
    expect(views(after)).toEqual({ openssl: 'CERT_HAS_EXPIRED', 'any-path': 'CERT_HAS_EXPIRED', fetching: 'accepts' });
  });

  it('are many where authorities certify each other, and do not go in circles', async () => {
    const [one, other] = await Promise.all(['One', 'Other'].map((commonName) => CertificateAuthority.createRoot({ commonName })));
    const [oneByOther, otherByOne] = await Promise.all([other!.crossSign(one!), one!.crossSign(other!)]);
    const site = await one!.issue({ names: ['a.example'] });
    const judgement = judged(trusting(other!), [site, oneByOther.certificate, otherByOne.certificate, one!.certificate]);
    expect(judgement.accepted).toBe(true);
    expect(judgement.paths.length).toBeLessThan(5);
  });

  it.each<[string, string[], () => Promise<{ leaf: Leaf; authority: CertificateAuthority }>]>([
    ['a limit to other names', ['1 name-not-permitted'], () => below({ nameConstraints: { permitted: ['b.example'] } })],
    ['an excluded name', ['1 name-excluded'], () => below({ nameConstraints: { excluded: ['a.example'] } })],
    ['an issuer that is no authority', ['1 not-an-authority'], () => below({ basicConstraints: { ca: false } })],
    ['an issuer that has expired', ['1 expired'], () => below({ notBefore: days(-9), notAfter: days(-1) })],
    ['an issuer that is not valid yet', ['1 not-yet-valid'], () => below({ notBefore: days(1), notAfter: days(9) })],
    ['a weak key', ['1 weak-key'], () => below({ key: 'rsa-1024' })],
    ['a leaf for clients', ['0 not-for-servers'], () => below({}, { extendedKeyUsage: [keyPurposes.clientAuth] })],
    ['a leaf signed over SHA-1', ['0 weak-signature'], () => below({ key: 'rsa-2048' }, { hash: 'sha1' })],
  ])('break for %s', async (_, expected, make) => {
    const { leaf: site, authority } = await make();
    expect(faults(judged(store, [site, authority.certificate]))).toEqual(expected);
  });

  async function below(
    authority: Omit<Parameters<CertificateAuthority['createIntermediate']>[0], 'commonName'>,
    more: Parameters<CertificateAuthority['issue']>[0] = {},
  ): Promise<{ leaf: Leaf; authority: CertificateAuthority }> {
    const made = await root.createIntermediate({ commonName: 'Bad', ...authority });
    return { leaf: await made.issue({ names: ['a.example'], ...more }), authority: made };
  }

  it('break for more authorities than one allows below itself', async () => {
    const narrow = await root.createIntermediate({ commonName: 'Narrow', basicConstraints: { ca: true, pathLength: 0 } });
    const lower = await narrow.createIntermediate({ commonName: 'Lower' });
    const site = await lower.issue({ names: ['a.example'] });
    expect(faults(judged(store, [site, lower.certificate, narrow.certificate]))).toEqual(['2 too-long']);
  });

  it("break for a signature that is not the issuer's", () => {
    const forged = Uint8Array.from(leaf.der);
    forged[forged.length - 5] = (forged[forged.length - 5] ?? 0) ^ 0xff;
    const judgement = judged(store, [{ ...leaf, der: forged }, middle.certificate]);
    // Another of the same name may have signed it: it is asked for.
    expect(judgement.paths).toMatchObject([{ end: 'open' }, { end: 'open', faults: [{ at: 0, fault: 'signature-wrong' }] }]);
    expect(judgement.issuerUrls).toEqual(['http://ca.example/middle.cer']);
    expect(judgement.accepted).toBe(false);
    expect(views(judgement).openssl).toBe('CERT_SIGNATURE_FAILURE');
  });

  it('are bounded, and take no time, however many there could be', async () => {
    const key = await createKey('ec-p256');
    const same = await CertificateAuthority.createRoot({ commonName: 'Same', key });
    const crossed = await Promise.all(
      Array.from({ length: 30 }, async (_, serial) => (await same.crossSign(same, { notAfter: days(100 + serial) })).certificate),
    );
    const site = await same.issue({ names: ['a.example'] });
    const startMs = performance.now();
    const judgement = judged(store, [site, ...crossed]);
    expect(performance.now() - startMs).toBeLessThan(1000);
    expect(judgement.paths.length).toBeLessThanOrEqual(16);
  });

  it('are none without a leaf that can be read, and nothing throws for any bytes', () => {
    expect(judgeChain([store], [], [], 0)).toBeNull();
    expect(judgeChain([store], [new Uint8Array([0x30, 0])], [], 0)).toBeNull();
    fc.assert(
      fc.property(fc.nat(leaf.der.length - 1), fc.nat(255), (place, octet) => {
        const changed = Uint8Array.from(leaf.der);
        changed[place] = octet;
        judgeChain([store], [changed, middle.certificate.der], [], Date.now());
        systemChainJudge(() => [store]).facts(changed);
      }),
      { numRuns: 200 },
    );
  });
});

describe('files of authorities', () => {
  it('are DER, PEM, or PKCS #7', () => {
    const der = middle.certificate.der;
    expect(certificatesInFile(der)).toEqual([der]);
    expect(certificatesInFile(Buffer.from(`text before\n${middle.certificate.pem}${root.certificate.pem}`)).length).toBe(2);
    expect(certificatesInFile(Buffer.from(messageOf([middle.certificate.der, root.certificate.der]), 'hex')).length).toBe(2);
    expect(certificatesInFile(Buffer.from('<html>not found</html>'))).toEqual([]);
    expect(certificatesInFile(new Uint8Array())).toEqual([]);
  });

  it('are any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(certificatesInFile(bytes)).toEqual([]);
      }),
    );
  });
});

/** A certs-only message (RFC 5652), as `openssl crl2pkcs7 -nocrl` writes it, in hex. */
function messageOf(certificates: readonly Uint8Array[]): string {
  const element = (tag: string, content: string): string => {
    const bytes = content.length / 2;
    const length = bytes < 0x80 ? bytes.toString(16).padStart(2, '0') : `82${bytes.toString(16).padStart(4, '0')}`;
    return `${tag}${length}${content}`;
  };
  const list = element('a0', certificates.map((der) => Buffer.from(der).toString('hex')).join(''));
  const signed = element('30', `020101${element('31', '')}${element('30', '06092a864886f70d010701')}${list}${element('31', '')}`);
  return element('30', `06092a864886f70d010702${element('a0', signed)}`);
}

describe('an OCSP response', () => {
  const parsed = (one: Made): NonNullable<ReturnType<typeof parseCertificate>> => parseCertificate(one.der)!;

  it('that says revoked, signed by the issuer', () => {
    const response = revokedResponse(leaf, middle.certificate, middle.key.pem);
    const read = readOcspResponse(response, parsed(leaf), [parsed(root.certificate), parsed(middle.certificate)]);
    expect(read).toMatchObject({ response: 'successful', status: 'revoked', signature: 'valid', reason: null });
    expect(Math.abs(Date.now() - Date.parse(read.revokedAt ?? ''))).toBeLessThan(2 * 3_600_000);
    expect(Date.parse(read.nextUpdate ?? '')).toBeGreaterThan(Date.now());
  });

  it('signed by somebody else proves nothing', () => {
    const response = revokedResponse(leaf, middle.certificate, root.key.pem);
    expect(readOcspResponse(response, parsed(leaf), [parsed(middle.certificate)])).toMatchObject({ status: 'revoked', signature: 'wrong' });
  });

  it('is asked for with the hashes that it is found by', async () => {
    const asked = await middle.issue({ names: ['a.example'], ocspUrls: ['http://ocsp.example/'] });
    const question = ocspQuestion(parsed(asked), [parsed(root.certificate), parsed(middle.certificate)]);
    const [url = ''] = question?.urls ?? [];
    expect(url).toMatch(/^http:\/\/ocsp\.example\/MF/u);
    const request = Buffer.from(decodeURIComponent(url.slice('http://ocsp.example/'.length)), 'base64');
    // The CertID of a response to it is the one of the request.
    const response = revokedResponse(asked, middle.certificate, middle.key.pem);
    const id = request.subarray(8);
    expect(response.includes(id.subarray(id.length - 60))).toBe(true);
    expect(ocspQuestion(parsed(asked), [parsed(root.certificate)])).toBeNull();
    expect(ocspQuestion(parsed(leaf), [parsed(middle.certificate)])).toBeNull();
  });

  it('without the issuer at hand stays unchecked', () => {
    const response = revokedResponse(leaf, middle.certificate, middle.key.pem);
    expect(readOcspResponse(response, parsed(leaf), [])).toMatchObject({ status: 'revoked', signature: 'unchecked' });
  });

  it('about another certificate says nothing of this one', async () => {
    const other = await middle.issue({ names: ['b.example'] });
    const response = revokedResponse(other, middle.certificate, middle.key.pem);
    expect(readOcspResponse(response, parsed(leaf), [parsed(middle.certificate)])).toMatchObject({ response: 'successful', status: null });
  });

  it('that is an error says which', () => {
    expect(readOcspResponse(Uint8Array.of(0x30, 3, 0x0a, 1, 3), parsed(leaf), []).response).toBe('try-later');
    expect(readOcspResponse(Uint8Array.of(0x30, 3, 0x0a, 1, 6), parsed(leaf), []).response).toBe('unauthorized');
    expect(readOcspResponse(Uint8Array.of(0x30, 3, 0x0a, 1, 4), parsed(leaf), []).response).toBe('unreadable');
  });

  it('with any octet changed is never taken for a valid other answer, and nothing throws', () => {
    const response = revokedResponse(leaf, middle.certificate, middle.key.pem);
    const issuers = [parsed(middle.certificate)];
    fc.assert(
      fc.property(fc.nat(response.length - 1), fc.nat(255), (place, octet) => {
        const changed = Uint8Array.from(response);
        changed[place] = octet;
        const read = readOcspResponse(changed, parsed(leaf), issuers);
        if (read.signature === 'valid') expect(read.status).toBe('revoked');
      }),
      { numRuns: 400 },
    );
  });
});
