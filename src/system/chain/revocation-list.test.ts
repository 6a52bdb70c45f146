import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { revocationList } from '../../../lab/authority/revocation-list.ts';
import { CertificateAuthority, type Leaf, type Certificate as Made } from '../../../lab/certificates.ts';
import { type Certificate, parseCertificate } from '../certificate.ts';
import { readRevocationList, unreadableList } from './revocation-list.ts';

function parsed(made: Made): Certificate {
  const certificate = parseCertificate(made.der);
  if (certificate === null) throw new Error('no certificate');
  return certificate;
}

describe('a revocation list', () => {
  let issuer: CertificateAuthority;
  let other: CertificateAuthority;
  let leaf: Leaf;
  const list = (kind: Parameters<typeof revocationList>[0]): Promise<Buffer> => revocationList(kind, leaf, issuer, other);
  const read = (bytes: Uint8Array, issuers = [issuer]): ReturnType<typeof readRevocationList> =>
    readRevocationList(
      bytes,
      parsed(leaf),
      issuers.map(({ certificate }) => parsed(certificate)),
    );

  beforeAll(async () => {
    issuer = await CertificateAuthority.createRoot({ commonName: 'One' });
    other = await CertificateAuthority.createRoot({ commonName: 'Other' });
    leaf = await issuer.issue({ names: ['a.example'], listUrls: ['http://ca.example/1.crl'] });
  });

  it('tells since when and why the certificate is on it', async () => {
    const facts = read(await list('listed'));
    expect(facts).toMatchObject({ status: 'revoked', reason: 'key-compromise', signature: 'valid', entries: 1, covers: true, faults: [] });
    expect(Date.parse(facts.revokedAt ?? '')).toBeLessThan(Date.now());
    expect(Date.parse(facts.nextUpdate ?? '')).toBeGreaterThan(Date.now());
  });

  it('tells that the certificate is not on it', async () => {
    expect(read(await list('clean'))).toMatchObject({
      status: 'not-listed',
      revokedAt: null,
      reason: null,
      signature: 'valid',
      covers: true,
    });
  });

  it("of another authority says nothing, and the leaf's issuer did not sign it", async () => {
    expect(read(await list('of-another'))).toMatchObject({ status: null, covers: false, signature: 'wrong', faults: ['other-issuer'] });
  });

  it('is not checked without its issuer, and changed by one bit is signed by nobody', async () => {
    const bytes = await list('listed');
    expect(read(bytes, [])).toMatchObject({ status: 'revoked', signature: 'unchecked' });
    const changed = Buffer.from(bytes);
    // In the serial number of the entry, which is then another certificate's.
    const at = changed.indexOf(Buffer.from(leaf.serialHex, 'hex')) + 3;
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(read(changed)).toMatchObject({ status: 'not-listed', signature: 'wrong' });
  });

  it('cut short, or damaged anywhere, never throws; cut short it is none', async () => {
    const bytes = await list('listed');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(read(bytes.subarray(0, length))).toEqual(unreadableList);
      }),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const { signature, status } = read(damaged);
        expect(signature === 'valid' && status !== 'revoked').toBe(false);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => void read(noise)));
  });

  it('of many thousand entries is read in a moment', async () => {
    const entry = Buffer.from('3020020f0123456789abcdef0123456789abcd170d3236313132303030303030305a'.padEnd(68, '0'), 'hex');
    const entries = Buffer.concat(Array.from({ length: 120_000 }, () => entry));
    const wrap = (tag: number, content: Buffer): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(content.length);
      return Buffer.concat([Buffer.from([tag, 0x84]), length, content]);
    };
    const algorithm = Buffer.from('300a06082a8648ce3d040302', 'hex');
    const time = Buffer.from('170d3236313132303030303030305a', 'hex');
    const data = wrap(
      0x30,
      Buffer.concat([Buffer.from([2, 1, 1]), algorithm, Buffer.from(parsed(leaf).decoded.issuer), time, time, wrap(0x30, entries)]),
    );
    const startMs = performance.now();
    const facts = read(wrap(0x30, Buffer.concat([data, algorithm, Buffer.from([3, 2, 0, 0])])));
    expect(facts).toMatchObject({ status: 'not-listed', entries: 120_000, signature: 'wrong', faults: ['number-missing'] });
    expect(performance.now() - startMs).toBeLessThan(1000);
  });
});
