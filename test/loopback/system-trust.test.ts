import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority, issueSelfSigned, keyPurposes } from '../../lab/certificates.ts';
import { parseCertificate } from '../../src/system/certificate.ts';
import { readAuthorities, type TrustStore } from '../../src/system/trust-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirewalk-authority-'));
afterAll(() => rmSync(folder, { recursive: true }));

const past = (days: number): Date => new Date(Date.now() - days * 86_400_000);
const future = (days: number): Date => past(-days);

let files = 0;
function storeWith(...authorities: readonly Certificate[]): TrustStore {
  files += 1;
  const file = join(folder, `ca-${files}.pem`);
  writeFileSync(file, authorities.map((one) => one.pem).join('\n'));
  const read = readAuthorities(file);
  if (read.kind !== 'read') throw new Error(read.reason);
  return read.store;
}

function judge(store: TrustStore, ...sent: readonly Certificate[]): string {
  const chain = sent.map((one) => parseCertificate(one.der)).filter((one) => one !== null);
  expect(chain).toHaveLength(sent.length);
  const verdict = store.judge(chain, Date.now());
  return verdict.trusted ? 'trusted' : verdict.code;
}

let root: CertificateAuthority;
let intermediate: CertificateAuthority;
let store: TrustStore;
beforeAll(async () => {
  root = await CertificateAuthority.createRoot({ commonName: 'Root' });
  intermediate = await root.createIntermediate({ commonName: 'Intermediate' });
  store = storeWith(root.certificate);
});

describe('what a store says of a chain', () => {
  it('complete: trusted, with or without the root, in any order, with strangers between', async () => {
    const leaf = await intermediate.issue({ names: ['a.example'] });
    const stranger = await CertificateAuthority.createRoot({ commonName: 'Stranger' });
    expect(judge(store, leaf, intermediate.certificate)).toBe('trusted');
    expect(judge(store, leaf, intermediate.certificate, root.certificate)).toBe('trusted');
    expect(judge(store, leaf, root.certificate, stranger.certificate, intermediate.certificate)).toBe('trusted');
  });

  it('an intermediate is missing', async () => {
    const leaf = await intermediate.issue({ names: ['a.example'] });
    expect(judge(store, leaf)).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  });

  it('self-signed: not trusted, unless it is in the store itself', async () => {
    const leaf = await issueSelfSigned({ names: ['a.example'] });
    expect(judge(store, leaf)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(judge(storeWith(leaf), leaf)).toBe('trusted');
  });

  it('an unknown root, sent or not', async () => {
    const other = await CertificateAuthority.createRoot({ commonName: 'Other' });
    const leaf = await other.issue({ names: ['a.example'] });
    expect(judge(store, leaf, other.certificate)).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    expect(judge(store, leaf)).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  });

  it('a root of the same name and another key is not the root', async () => {
    const twin = await CertificateAuthority.createRoot({ commonName: 'Root' });
    const leaf = await twin.issue({ names: ['a.example'] });
    expect(judge(store, leaf)).not.toBe('trusted');
    expect(judge(storeWith(root.certificate, twin.certificate), leaf)).toBe('trusted');
  });

  it('dates: leaf, intermediate, and not yet', async () => {
    const expired = await intermediate.issue({ names: ['a.example'], notBefore: past(90), notAfter: past(3) });
    expect(judge(store, expired, intermediate.certificate)).toBe('CERT_HAS_EXPIRED');
    const early = await intermediate.issue({ names: ['a.example'], notBefore: future(3), notAfter: future(90) });
    expect(judge(store, early, intermediate.certificate)).toBe('CERT_NOT_YET_VALID');
    const old = await root.createIntermediate({ commonName: 'Old', notBefore: past(900), notAfter: past(3) });
    const below = await old.issue({ names: ['a.example'] });
    expect(judge(store, below, old.certificate)).toBe('CERT_HAS_EXPIRED');
  });

  it('an expired leaf of an unknown root: the missing trust is told, the date shows in the facts', async () => {
    const other = await CertificateAuthority.createRoot({ commonName: 'Other' });
    const leaf = await other.issue({ names: ['a.example'], notBefore: past(90), notAfter: past(3) });
    expect(judge(store, leaf)).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  });

  it('an expired cross-signed root in the chain, as in May 2020: a path around it is found where the store has one', async () => {
    const old = await CertificateAuthority.createRoot({ commonName: 'Old Root', notBefore: past(9000), notAfter: past(3) });
    const modern = await CertificateAuthority.createRoot({ commonName: 'Modern Root' });
    const cross = await old.crossSign(modern, { notBefore: past(3000), notAfter: past(3) });
    const leaf = await modern.issue({ names: ['a.example'] });
    expect(judge(storeWith(old.certificate, modern.certificate), leaf, cross.certificate)).toBe('trusted');
    expect(judge(storeWith(old.certificate), leaf, cross.certificate)).toBe('CERT_HAS_EXPIRED');
  });

  it('usage and constraints', async () => {
    const clientOnly = await intermediate.issue({ names: ['a.example'], extendedKeyUsage: [keyPurposes.clientAuth] });
    expect(judge(store, clientOnly, intermediate.certificate)).toBe('INVALID_PURPOSE');
    const noAuthority = await root.createIntermediate({ commonName: 'None', basicConstraints: { ca: false } });
    expect(judge(store, await noAuthority.issue({ names: ['a.example'] }), noAuthority.certificate)).toBe('INVALID_CA');
    const bounded = await root.createIntermediate({ commonName: 'Bounded', basicConstraints: { ca: true, pathLength: 0 } });
    const tooDeep = await bounded.createIntermediate({ commonName: 'Too deep' });
    expect(judge(store, await tooDeep.issue({ names: ['a.example'] }), tooDeep.certificate, bounded.certificate)).toBe(
      'PATH_LENGTH_EXCEEDED',
    );
    expect(judge(store, await bounded.issue({ names: ['a.example'] }), bounded.certificate)).toBe('trusted');
    const narrow = await root.createIntermediate({
      commonName: 'Narrow',
      nameConstraints: { permitted: ['b.example'], excluded: ['x.b.example'] },
    });
    expect(judge(store, await narrow.issue({ names: ['a.example'] }), narrow.certificate)).toBe('PERMITTED_VIOLATION');
    expect(judge(store, await narrow.issue({ names: ['www.b.example'] }), narrow.certificate)).toBe('trusted');
    expect(judge(store, await narrow.issue({ names: ['www.x.b.example'] }), narrow.certificate)).toBe('EXCLUDED_VIOLATION');
  });

  it('an intermediate given as the authority is one, as in curl', async () => {
    const leaf = await intermediate.issue({ names: ['a.example'] });
    expect(judge(storeWith(intermediate.certificate), leaf)).toBe('trusted');
  });

  it('a hundred certificates of one name end in bounded time', async () => {
    const key = (await CertificateAuthority.createRoot({ commonName: 'Loop' })).key;
    const many = await Promise.all(Array.from({ length: 100 }, () => CertificateAuthority.createRoot({ commonName: 'Loop', key })));
    const leaf = await many[0]?.issue({ names: ['a.example'] });
    if (leaf === undefined) throw new Error('no leaf');
    const startMs = performance.now();
    expect(judge(store, leaf, ...many.map((one) => one.certificate))).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});
