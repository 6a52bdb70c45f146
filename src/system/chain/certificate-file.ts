import { derTag, objectIdentifierText, readElement, readElements, readInside } from '../der.ts';
import { certificatesInPem } from '../pem.ts';
import { decodeX509 } from '../x509.ts';

/** id-signedData, PKCS #7 (RFC 5652 section 5.1). */
const signedData = '1.2.840.113549.1.7.2';
/** Certificates of one file that are read. */
const mostCertificates = 16;

/**
 * The certificates in a file as authorities publish theirs (RFC 5280 section 4.2.2.1: one in DER, or several in a "certs-only" PKCS #7 message), or
 * in PEM, which is common as well. DER each; empty when there are none.
 */
export function certificatesInFile(file: Uint8Array): readonly Uint8Array[] {
  if (decodeX509(file) !== null) return [file];
  const text = Buffer.from(file).toString('latin1');
  const found = text.includes('-----BEGIN CERTIFICATE-----') ? certificatesInPem(text) : certificatesInMessage(file);
  return found.filter((der) => decodeX509(der) !== null).slice(0, mostCertificates);
}

/** ContentInfo { contentType, [0] SignedData { version, digestAlgorithms, encapContentInfo, certificates [0] IMPLICIT SET OF } }. */
function certificatesInMessage(file: Uint8Array): readonly Uint8Array[] {
  const [type, content] = readInside(readElement(file) ?? undefined, derTag.sequence) ?? [];
  if (type === undefined || objectIdentifierText(type.content) !== signedData || content?.tag !== 0xa0) return [];
  const fields = readInside(readElement(content.content) ?? undefined, derTag.sequence) ?? [];
  const certificates = fields.find((field) => field.tag === 0xa0);
  return (certificates === undefined ? null : readElements(certificates.content))?.map(({ whole }) => whole) ?? [];
}
