import { createHash } from 'node:crypto';
import type { RevocationFacts } from '../../model/observations/certificate-paths.ts';
import { type Certificate, isSignedBy, parseCertificate } from '../certificate.ts';
import { type DerElement, derTag, objectIdentifierText, readElement, readElements, readInside } from '../der.ts';
import { extendedKeyUsageOf } from '../x509.ts';
import { enumerated, isoTime, reasonOf, signatureBy } from './revocation-statement.ts';

/** id-pkix-ocsp-basic. */
const basicResponse = '1.3.6.1.5.5.7.48.1.1';
/** id-kp-OCSPSigning: the issuer appointed this certificate to answer (RFC 6960 section 4.2.2.2). */
const responderPurpose = '1.3.6.1.5.5.7.3.9';

/** RFC 6960 section 4.2.1; 4 is not used. */
const responseNames: Readonly<Record<number, RevocationFacts['response']>> = {
  0: 'successful',
  1: 'malformed-request',
  2: 'internal-error',
  3: 'try-later',
  5: 'sig-required',
  6: 'unauthorized',
};

const digestNames: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Answers about different certificates, and appointed responders, that are looked at. */
const mostAnswers = 64;
const mostResponders = 8;

const nothing = { status: null, revokedAt: null, reason: null, thisUpdate: null, nextUpdate: null, signature: 'unchecked' } as const;

/** Of bytes that are no response. */
export const unreadableResponse: RevocationFacts = { response: 'unreadable', ...nothing };

/**
 * What an OCSP response (RFC 6960 section 4.2.1, DER) says of a certificate. Never throws; bounded by the input's length.
 *
 * @param issuers certificates of authorities that may have issued it
 */
export function readOcspResponse(response: Uint8Array, leaf: Certificate, issuers: readonly Certificate[]): RevocationFacts {
  const [status, bytes] = readInside(readElement(response) ?? undefined, derTag.sequence) ?? [];
  const named = status?.tag === enumerated ? responseNames[status.content[0] ?? -1] : undefined;
  if (named === undefined) return unreadableResponse;
  if (named !== 'successful') return { response: named, ...nothing };
  const [type, octets] = readInside(explicit(bytes, 0xa0), derTag.sequence) ?? [];
  if (type === undefined || objectIdentifierText(type.content) !== basicResponse || octets?.tag !== derTag.octetString)
    return unreadableResponse;
  const basic = readInside(readElement(octets.content) ?? undefined, derTag.sequence);
  const [data, algorithm, signature, certificates] = basic ?? [];
  const answers = answersOf(data);
  if (data === undefined || signature?.tag !== derTag.bitString || answers === null) return unreadableResponse;
  const issuer = issuers.find((one) => isSignedBy(leaf, one)) ?? null;
  const answer = answers.slice(0, mostAnswers).find((one) => isAbout(one, leaf, issuer));
  if (answer === undefined) return { response: 'successful', ...nothing };
  return { response: 'successful', ...stated(answer), signature: judgeSignature(data, algorithm, signature, certificates, issuer) };
}

function explicit(element: DerElement | undefined, tag: number): DerElement | undefined {
  return element?.tag === tag ? (readElement(element.content) ?? undefined) : undefined;
}

/** SingleResponse elements of ResponseData: the SEQUENCE that follows producedAt. */
function answersOf(data: DerElement | undefined): readonly DerElement[][] | null {
  const fields = readInside(data, derTag.sequence) ?? [];
  const produced = fields.findIndex((field) => field.tag === derTag.generalizedTime);
  const list = produced < 0 ? null : readInside(fields[produced + 1], derTag.sequence);
  return list?.map((single) => readInside(single, derTag.sequence) ?? []) ?? null;
}

/** CertID: serial number, and hashes of the issuer's name and key. Without the issuer at hand its key cannot be compared. */
function isAbout([id]: readonly DerElement[], leaf: Certificate, issuer: Certificate | null): boolean {
  const [algorithm, nameHash, keyHash, serial] = readInside(id, derTag.sequence) ?? [];
  const [oid] = readInside(algorithm, derTag.sequence) ?? [];
  const digest = oid === undefined ? undefined : digestNames[objectIdentifierText(oid.content)];
  if (digest === undefined || nameHash === undefined || keyHash === undefined || serial?.tag !== derTag.integer) return false;
  const is = (hash: DerElement, bytes: Uint8Array): boolean => createHash(digest).update(bytes).digest().equals(hash.content);
  if (Buffer.compare(serial.content, leaf.decoded.serial) !== 0 || !is(nameHash, leaf.decoded.issuer)) return false;
  return issuer === null || is(keyHash, keyBitsOf(issuer));
}

/** The bits of subjectPublicKey, which OCSP hashes without tag, length and count of unused bits. */
export function keyBitsOf({ openssl }: Certificate): Uint8Array {
  try {
    const [, bits] = readInside(readElement(openssl.publicKey.export({ type: 'spki', format: 'der' })) ?? undefined, derTag.sequence) ?? [];
    return bits?.content.subarray(1) ?? new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}

/** CertStatus by its tag. */
const statusNames: Readonly<Record<number, RevocationFacts['status']>> = { 128: 'good', 161: 'revoked', 130: 'unknown' };

function stated([, status, thisUpdate, ...rest]: readonly DerElement[]): Omit<RevocationFacts, 'response' | 'signature'> {
  const nextUpdate = explicit(rest[0], 0xa0);
  const dates = { thisUpdate: isoTime(thisUpdate), nextUpdate: isoTime(nextUpdate) };
  const kind = statusNames[status?.tag ?? -1] ?? null;
  if (kind !== 'revoked') return { status: kind, revokedAt: null, reason: null, ...dates };
  const [revokedAt, reason] = readElements(status?.content ?? new Uint8Array()) ?? [];
  const number = explicit(reason, 0xa0);
  return {
    status: 'revoked',
    revokedAt: isoTime(revokedAt),
    reason: reasonOf(number),
    ...dates,
  };
}

/** By the issuer itself, or by a certificate in the response that the issuer made for this purpose. */
function judgeSignature(
  data: DerElement,
  algorithm: DerElement | undefined,
  signature: DerElement,
  certificates: DerElement | undefined,
  issuer: Certificate | null,
): RevocationFacts['signature'] {
  if (issuer === null) return 'unchecked';
  const appointed = (readInside(explicit(certificates, 0xa0), derTag.sequence) ?? [])
    .slice(0, mostResponders)
    .map(({ whole }) => parseCertificate(whole))
    .filter((one): one is Certificate => one !== null)
    .filter((one) => extendedKeyUsageOf(one.decoded)?.includes(responderPurpose) === true && isSignedBy(one, issuer));
  return signatureBy([issuer, ...appointed], { data, algorithm, signature });
}
