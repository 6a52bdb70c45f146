import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { type Certificate, type CertificateAuthority, provider } from '../certificates.ts';
import type { CertificateSpec } from '../scenario/change.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Number 1 (RFC 5280 section 5.2.3), which every list must have. */
const firstNumber = new x509.Extension('2.5.29.20', false, Uint8Array.of(2, 1, 1));
const someoneElse = '0123456789abcdef';

/** Where the list of the lab's authority is. */
export const listUrl = 'http://ca.other.example/list.crl';

/** A revocation list (RFC 5280 section 5), DER, as the specification wants it of the authority that issued the certificate. `other` is another one. */
export async function revocationList(
  kind: NonNullable<CertificateSpec['list']>,
  certificate: Certificate,
  issuer: CertificateAuthority,
  other: CertificateAuthority,
): Promise<Buffer> {
  const now = Date.now();
  const maker = kind === 'of-another' ? other : issuer;
  const isOld = kind === 'out-of-date';
  const serialNumber = kind === 'clean' ? someoneElse : certificate.serialHex;
  const list = await x509.X509CrlGenerator.create(
    {
      issuer: maker.certificate.subject,
      thisUpdate: new Date(now - (isOld ? 10 * dayMs : hourMs)),
      nextUpdate: new Date(now + (isOld ? -3 * dayMs : 7 * dayMs)),
      signingKey: maker.key.pair.privateKey,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      entries: [{ serialNumber, revocationDate: new Date(now - 2 * hourMs), reason: x509.X509CrlReason.keyCompromise }],
      extensions: [firstNumber],
    },
    provider,
  );
  return Buffer.from(list.rawData);
}
