import { createHash, X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../model/observations/tls.ts';
import { addressText } from './address-bytes.ts';
import { canonicalName, distinguishedNameText } from './distinguished-name.ts';
import {
  basicConstraintsOf,
  type DecodedCertificate,
  decodeX509,
  extendedKeyUsageOf,
  extensionOid,
  generalNameType,
  issuerUrlsOf,
  keyTypeOf,
  subjectAltNamesOf,
} from './x509.ts';

/** OpenSSL's names of signature algorithms by OID (RFC 8017, RFC 5758, RFC 8410, RFC 3279). */
const signatureNames: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'md2WithRSAEncryption',
  '1.2.840.113549.1.1.4': 'md5WithRSAEncryption',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.3.14.3.2.29': 'sha1WithRSA',
  '1.2.840.113549.1.1.10': 'rsassaPss',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.113549.1.1.14': 'sha224WithRSAEncryption',
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.1': 'ecdsa-with-SHA224',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.2.840.10040.4.3': 'dsaWithSHA1',
  '2.16.840.1.101.3.4.3.2': 'dsa_with_SHA256',
  '1.3.101.112': 'ED25519',
  '1.3.101.113': 'ED448',
};

/** A certificate with what can be asked of it, parsed once. */
export interface Certificate {
  decoded: DecodedCertificate;
  /** Names in canonical form: equal names are equal texts. */
  subjectName: string;
  issuerName: string;
  sha256Hex: string;
  /** Subject equals issuer and its own key verifies its signature. */
  selfSigned: boolean;
  /** OpenSSL's reading of the same bytes, for what takes a public key. */
  openssl: X509Certificate;
}

/** Certificates parsed lately, by their hash: a monitored site presents the same ones again and again. */
const parsed = new Map<string, Certificate>();
const mostParsed = 512;

/** Null when the bytes are no certificate, for this reader or for OpenSSL. */
export function parseCertificate(der: Uint8Array): Certificate | null {
  const sha256Hex = createHash('sha256').update(der).digest('hex');
  const known = parsed.get(sha256Hex);
  if (known !== undefined) return known;
  // A copy: the input may be a view of a large buffer.
  const decoded = decodeX509(der.slice());
  const openssl = decoded === null ? null : opensslCertificate(decoded.der);
  if (decoded === null || openssl === null) return null;
  const subjectName = canonicalName(decoded.subject);
  const issuerName = canonicalName(decoded.issuer);
  const selfSigned = subjectName === issuerName && verifies(openssl, openssl);
  const certificate = { decoded, subjectName, issuerName, sha256Hex, selfSigned, openssl };
  if (parsed.size >= mostParsed) parsed.delete(parsed.keys().next().value ?? '');
  parsed.set(sha256Hex, certificate);
  return certificate;
}

function opensslCertificate(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
}

/** Whether the issuer's key made the certificate's signature. Keys of unknown kinds verify nothing. */
function verifies(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** Signatures checked lately: `sha256 of certificate/sha256 of issuer`. */
const checked = new Map<string, boolean>();
const mostChecked = 2048;

/** Whether the issuer's key made the certificate's signature. Remembered, because public key operations are what a chain costs. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const pair = `${certificate.sha256Hex}/${issuer.sha256Hex}`;
  const known = checked.get(pair);
  if (known !== undefined) return known;
  const signed = verifies(certificate.openssl, issuer.openssl);
  if (checked.size >= mostChecked) checked.delete(checked.keys().next().value ?? '');
  checked.set(pair, signed);
  return signed;
}

function isoTime(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString();
}

const stated = new WeakMap<Certificate, CertificateFacts>();

/** What the certificate's own bytes state; shared by all who ask. A validity date that breaks RFC 5280 is the empty text. */
export function certificateFacts(certificate: Certificate): CertificateFacts {
  const known = stated.get(certificate);
  if (known !== undefined) return known;
  const facts = factsOf(certificate);
  stated.set(certificate, facts);
  return facts;
}

function factsOf(certificate: Certificate): CertificateFacts {
  const { decoded, sha256Hex, selfSigned } = certificate;
  const names = subjectAltNamesOf(decoded);
  const latin1 = (content: Uint8Array): string => Buffer.from(content).toString('latin1');
  return {
    subject: distinguishedNameText(decoded.subject),
    issuer: distinguishedNameText(decoded.issuer),
    dnsNames: names.filter((name) => name.type === generalNameType.dns).map((name) => latin1(name.content)),
    ipAddresses: names
      .filter((name) => name.type === generalNameType.address)
      .map((name) => addressText(name.content))
      .filter((text) => text !== null),
    notBefore: isoTime(decoded.notBeforeMs),
    notAfter: isoTime(decoded.notAfterMs),
    serialHex: Buffer.from(decoded.serial)
      .toString('hex')
      .replace(/^(00)+(?=..)/u, ''),
    sha256Hex,
    keyType: keyTypeOf(decoded),
    keyBits: decoded.keyBits,
    signatureAlgorithm: signatureNames[decoded.signatureOid] ?? decoded.signatureOid,
    isCa: basicConstraintsOf(decoded)?.ca ?? false,
    selfSigned,
    extendedKeyUsage: extendedKeyUsageOf(decoded),
    issuerUrls: issuerUrlsOf(decoded),
    ...(decoded.extensions.has(extensionOid.logTimestamps) ? { logTimestamps: true } : {}),
  };
}
