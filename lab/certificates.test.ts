import { X509Certificate } from 'node:crypto';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { CertificateAuthority, createKey, issueSelfSigned, keyPurposes, type Leaf } from './certificates.ts';

/** Hands the chain to a real client and returns OpenSSL's verify code, null when it trusts it. */
async function verifyWith(leaf: Leaf, roots: string, serverName = 'site.test'): Promise<string | null> {
  const server = createServer({ cert: leaf.chainPem, key: leaf.keyPem });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    return await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, servername: serverName, ca: roots, rejectUnauthorized: false };
      const socket: TLSSocket = connect(options, () => {
        // Declared an Error, in fact the code's name.
        const code = socket.authorizationError as unknown as string | null;
        socket.destroy();
        resolve(code);
      });
      socket.on('error', reject);
    });
  } finally {
    server.close();
  }
}

describe('certificates made on the spot', () => {
  it('verify through an intermediate up to the root', async () => {
    const root = await CertificateAuthority.createRoot({ commonName: 'Root' });
    const intermediate = await root.createIntermediate({ commonName: 'Intermediate' });
    const leaf = await intermediate.issue({ names: ['site.test', '*.cdn.test'], addresses: ['127.0.0.9', '::1'] });
    const parsed = new X509Certificate(leaf.pem);
    expect(parsed.subjectAltName).toBe('DNS:site.test, DNS:*.cdn.test, IP Address:127.0.0.9, IP Address:0:0:0:0:0:0:0:1');
    expect(parsed.ca).toBe(false);
    expect(parsed.keyUsage).toEqual([keyPurposes.serverAuth]);
    expect(leaf.chain.map(({ subject }) => subject)).toEqual(['O=wirewalk practice lab, CN=Intermediate']);
    expect(await verifyWith(leaf, root.certificate.pem)).toBeNull();
    expect(await verifyWith({ ...leaf, chainPem: leaf.pem }, root.certificate.pem)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await verifyWith(leaf, root.certificate.pem, 'other.test')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('carry the dates asked for', async () => {
    const root = await CertificateAuthority.createRoot({ commonName: 'Root' });
    const at = (days: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000);
    const expired = await root.issue({ names: ['site.test'], notBefore: at(-30), notAfter: at(-3) });
    expect(expired.notAfter).toEqual(at(-3));
    expect(await verifyWith(expired, root.certificate.pem)).toBe('CERT_HAS_EXPIRED');
    const early = await root.issue({ names: ['site.test'], notBefore: at(2), notAfter: at(30) });
    expect(await verifyWith(early, root.certificate.pem)).toBe('CERT_NOT_YET_VALID');
  });

  it('can be their own issuer', async () => {
    const leaf = await issueSelfSigned({ names: ['site.test'] });
    const other = await CertificateAuthority.createRoot({ commonName: 'Other' });
    expect(leaf.issuer).toBe(leaf.subject);
    expect(await verifyWith(leaf, other.certificate.pem)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await verifyWith(leaf, leaf.pem)).toBeNull();
  });

  it('reach a second root by a cross-sign of the same authority', async () => {
    const older = await CertificateAuthority.createRoot({ commonName: 'Older root' });
    const newer = await CertificateAuthority.createRoot({ commonName: 'Newer root' });
    const crossed = await older.crossSign(newer);
    expect(crossed.certificate.subject).toBe(newer.certificate.subject);
    expect(crossed.certificate.issuer).toBe(older.certificate.subject);
    const leaf = await crossed.issue({ names: ['site.test'] });
    expect(await verifyWith(leaf, older.certificate.pem)).toBeNull();
    expect(await verifyWith(leaf, newer.certificate.pem)).toBeNull();
  });

  it('state weak keys, weak hashes, wrong usage, and where the issuer is found', async () => {
    const root = await CertificateAuthority.createRoot({ commonName: 'Root', key: 'rsa-2048' });
    const weak = await root.issue({ names: ['site.test'], key: 'rsa-1024' });
    expect(new X509Certificate(weak.pem).publicKey.asymmetricKeyDetails?.modulusLength).toBe(1024);
    // sha1WithRSAEncryption, RFC 8017 appendix C.
    const sha1 = await root.issue({ names: ['site.test'], hash: 'sha1', issuerUrls: ['http://ca.test/root.der'] });
    expect(Buffer.from(sha1.der).includes(Buffer.from('2a864886f70d010105', 'hex'))).toBe(true);
    expect(new X509Certificate(sha1.pem).verify(new X509Certificate(root.certificate.pem).publicKey)).toBe(true);
    expect(new X509Certificate(sha1.pem).infoAccess).toContain('CA Issuers - URI:http://ca.test/root.der');
    const client = await root.issue({ names: ['site.test'], extendedKeyUsage: [keyPurposes.clientAuth] });
    expect(await verifyWith(client, root.certificate.pem)).toBe('INVALID_PURPOSE');
    const edwards = await root.issue({ names: ['site.test'], key: 'ed25519' });
    expect(await verifyWith(edwards, root.certificate.pem)).toBeNull();
  });

  it('are held to name constraints by a real verifier', async () => {
    const root = await CertificateAuthority.createRoot({ commonName: 'Root' });
    const narrow = await root.createIntermediate({ commonName: 'Narrow', nameConstraints: { permitted: ['allowed.test'] } });
    const outside = await narrow.issue({ names: ['site.test'] });
    // OpenSSL says X509_V_ERR_PERMITTED_VIOLATION (47), for which Node.js has no name.
    expect(await verifyWith(outside, root.certificate.pem)).toBe('UNSPECIFIED');
    const inside = await narrow.issue({ names: ['www.allowed.test'] });
    expect(await verifyWith(inside, root.certificate.pem, 'www.allowed.test')).toBeNull();
  });

  it('keep a key over renewals', async () => {
    const root = await CertificateAuthority.createRoot({ commonName: 'Root' });
    const key = await createKey('ec-p256');
    const [first, second] = [await root.issue({ names: ['site.test'], key }), await root.issue({ names: ['site.test'], key })];
    expect(first.keyPem).toBe(second.keyPem);
    expect(first.serialHex).not.toBe(second.serialHex);
    expect(await verifyWith({ ...second, keyPem: first.keyPem }, root.certificate.pem)).toBeNull();
  });
});
