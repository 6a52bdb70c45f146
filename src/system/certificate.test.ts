import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateFacts, isSignedBy, parseCertificate } from './certificate.ts';
import { timeMs } from './der.ts';
import { canonicalName, distinguishedNameText } from './distinguished-name.ts';
import { certificatesInPem } from './pem.ts';
import { allowsKeyUsage, decodeX509, hasSoundExtensions, subjectOfDer } from './x509.ts';

const roots = rootCertificates.flatMap(certificatesInPem);

/** OpenSSL's one line per attribute, first one first, to the attribute texts of RFC 4514, last one first. */
function attributesOf(text: string): string[] {
  return text.split('\n').toReversed();
}

describe('certificates, compared with OpenSSL on every root that Node.js ships', () => {
  it('finds them all', () => {
    expect(roots.length).toBe(rootCertificates.length);
    expect(roots.length).toBeGreaterThan(100);
  });

  it.each(roots.map((der, index) => [index, der] as const))('root %i', (_, der) => {
    const openssl = new X509Certificate(der);
    const certificate = parseCertificate(der);
    expect(certificate).not.toBeNull();
    if (certificate === null) return;
    const facts = certificateFacts(certificate);
    expect(facts.sha256Hex).toBe(openssl.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(facts.serialHex).toBe(openssl.serialNumber.toLowerCase().padStart(2, '0'));
    expect(Date.parse(facts.notBefore)).toBe(Date.parse(openssl.validFrom));
    expect(Date.parse(facts.notAfter)).toBe(Date.parse(openssl.validTo));
    expect(facts.isCa).toBe(openssl.ca);
    expect(facts.selfSigned).toBe(true);
    expect(facts.keyType).toBe(openssl.publicKey.asymmetricKeyType);
    const details = openssl.publicKey.asymmetricKeyDetails;
    expect(facts.keyBits).toBe(details?.modulusLength ?? { prime256v1: 256, secp384r1: 384, secp521r1: 521 }[details?.namedCurve ?? '']);
    // Commas and plus signs inside values are escaped in one form and not in the other: compared where there are none.
    if (!/[,+"\\#;<>]|^\s/mu.test(openssl.subject)) expect(facts.subject.split(',')).toEqual(attributesOf(openssl.subject));
    expect(facts.subject).toBe(facts.issuer);
    expect(subjectOfDer(der)).toEqual(certificate.decoded.subject);
    expect(hasSoundExtensions(certificate.decoded)).toBe(true);
    expect(allowsKeyUsage(certificate.decoded, 5)).toBe(true);
    expect(isSignedBy(certificate, certificate)).toBe(true);
  });
});

/** Made with OpenSSL 3.0: subjectAltName, extended key usage, authority information access, and a subject that needs escaping. */
const leafPem = `-----BEGIN CERTIFICATE-----
MIICgzCCAimgAwIBAgIUNC/g3+fY2Xp5wgsPSMLKuvkpyQswCgYIKoZIzj0EAwIw
SDELMAkGA1UEBhMCREUxDjAMBgNVBAoMBSNoYXNoMQwwCgYDVQQLDAN4PXkxGzAZ
BgNVBAMMElpvw6sgIloiICsgQ28sIEx0ZDAgFw0yNjExMjEwNDQ5MzZaGA8yMTI2
MTAyODA0NDkzNlowSDELMAkGA1UEBhMCREUxDjAMBgNVBAoMBSNoYXNoMQwwCgYD
VQQLDAN4PXkxGzAZBgNVBAMMElpvw6sgIloiICsgQ28sIEx0ZDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABKn73/zqXVm8z3sFajDh+gVVeWMlALpJYyWZFuq+gY9G
qmBoRVzO6Kqhe+UtmXUcma19DzpBgKNvMz049qG/oiqjge4wgeswQQYDVR0RBDow
OIIPd3d3LmV4YW1wbGUuY29tgg0qLmV4YW1wbGUuY29thwTAAAIHhxAgAQ24AAAA
AAAAAAAAAAAHMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjAMBgNVHRMB
Af8EAjAAMFoGCCsGAQUFBwEBBE4wTDAoBggrBgEFBQcwAoYcaHR0cDovL2NhLmV4
YW1wbGUvaXNzdWVyLmRlcjAgBggrBgEFBQcwAYYUaHR0cDovL29jc3AuZXhhbXBs
ZS8wHQYDVR0OBBYEFB49jO7jHFJCc6ZESNSvL7NfVCBcMAoGCCqGSM49BAMCA0gA
MEUCIFPgP8k4u82nkU0c09QrfslKZSaGvOWUsd4sRDQc9k26AiEA+vYpzDAUcDq2
uUtAoTQDtJDf1u9Xrb0DRGq/lp0fP/Q=
-----END CERTIFICATE-----`;

describe('a server certificate', () => {
  it('states names, usage and where its issuer is', () => {
    const [der = new Uint8Array(0)] = certificatesInPem(leafPem);
    const certificate = parseCertificate(der);
    expect(certificate && certificateFacts(certificate)).toMatchObject({
      subject: 'CN=Zoë \\"Z\\" \\+ Co\\, Ltd,OU=x=y,O=\\#hash,C=DE',
      dnsNames: ['www.example.com', '*.example.com'],
      ipAddresses: ['192.0.2.7', '2001:db8::7'],
      keyType: 'ec',
      keyBits: 256,
      signatureAlgorithm: 'ecdsa-with-SHA256',
      isCa: false,
      selfSigned: true,
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
      issuerUrls: ['http://ca.example/issuer.der'],
    });
  });
});

describe('names', () => {
  const name = (type: number, text: string): Uint8Array => {
    const value = Buffer.from(text);
    const attribute = Buffer.concat([Buffer.from('0603550403', 'hex'), Buffer.from([type, value.length]), value]);
    const wrap = (tag: number, inner: Buffer): Buffer => Buffer.concat([Buffer.from([tag, inner.length]), inner]);
    return wrap(0x30, wrap(0x31, wrap(0x30, attribute)));
  };

  it('are equal whatever their string type, case and spaces', () => {
    expect(canonicalName(name(0x13, 'Example  CA'))).toBe(canonicalName(name(0x0c, ' example ca')));
    expect(canonicalName(name(0x13, 'Example CA 2'))).not.toBe(canonicalName(name(0x13, 'Example CA')));
  });

  it('have a text even when their value has none', () => {
    expect(distinguishedNameText(name(0x04, 'ab'))).toBe('CN=#04026162');
    expect(distinguishedNameText(new Uint8Array(0))).toBe('');
  });
});

describe('times', () => {
  const time = (tag: number, text: string): number | null => timeMs({ tag, content: Buffer.from(text), whole: new Uint8Array(0) });

  it.each([
    [0x17, '491231235959Z', '2049-12-31T23:59:59.000Z'],
    [0x17, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [0x18, '20500101000000Z', '2050-01-01T00:00:00.000Z'],
    [0x18, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
  ])('%i %s', (tag, text, iso) => expect(new Date(time(tag, text) ?? 0).toISOString()).toBe(iso));

  it.each([
    [0x17, '490230000000Z'],
    [0x17, '4912312359Z'],
    [0x17, '491231235959+0100'],
    [0x18, '20501301000000Z'],
    [0x04, '491231235959Z'],
  ])('%i %s is none', (tag, text) => expect(time(tag, text)).toBeNull());
});

describe('hostile bytes', () => {
  it('never throw, whether random or a certificate that was damaged', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...roots), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat())
      .map(([der, changes, cut]) => {
        const bytes = Uint8Array.from(der);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes.subarray(0, cut % 4 === 0 ? cut % bytes.length : bytes.length);
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const decoded = decodeX509(bytes);
        if (decoded !== null) {
          distinguishedNameText(decoded.subject);
          canonicalName(decoded.issuer);
          hasSoundExtensions(decoded);
        }
        const certificate = parseCertificate(bytes);
        if (certificate !== null) certificateFacts(certificate);
      }),
      { numRuns: 500 },
    );
  });
});
