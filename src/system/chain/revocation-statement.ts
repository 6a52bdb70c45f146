import { verify } from 'node:crypto';
import type { RevocationFacts, RevocationReason } from '../../model/observations/certificate-paths.ts';
import type { Certificate } from '../certificate.ts';
import { type DerElement, derTag, objectIdentifierText, readInside, timeMs } from '../der.ts';

/** What responses about one certificate (RFC 6960) and lists of many (RFC 5280 section 5) have in common. */

export const enumerated = 0x0a;

/** CRLReason (RFC 5280 section 5.3.1); 7 is not used. */
const reasonNames: Readonly<Record<number, RevocationReason>> = {
  0: 'unspecified',
  1: 'key-compromise',
  2: 'ca-compromise',
  3: 'affiliation-changed',
  4: 'superseded',
  5: 'cessation-of-operation',
  6: 'certificate-hold',
  8: 'remove-from-crl',
  9: 'privilege-withdrawn',
  10: 'aa-compromise',
};

/** Hashes of signature algorithms; null where the algorithm has its own. */
const signatureDigests: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
  '1.3.101.113': null,
};

/** Null for one that is not stated or not known. */
export function reasonOf(element: DerElement | undefined): RevocationReason | null {
  return element?.tag === enumerated ? (reasonNames[element.content[0] ?? -1] ?? null) : null;
}

/** ISO 8601; null when it is no time. */
export function isoTime(element: DerElement | undefined): string | null {
  const ms = timeMs(element);
  return ms === null ? null : new Date(ms).toISOString();
}

/** What was signed, how, and the BIT STRING of the signature. */
export interface SignedStatement {
  data: DerElement;
  algorithm: DerElement | undefined;
  signature: DerElement;
}

/** Whether one of the certificates' keys made the signature; `unchecked` for algorithms that are not known, and for no certificates. */
export function signatureBy(
  signers: readonly Certificate[],
  { data, algorithm, signature }: SignedStatement,
): RevocationFacts['signature'] {
  const [oid] = readInside(algorithm, derTag.sequence) ?? [];
  const digest = oid === undefined ? undefined : signatureDigests[objectIdentifierText(oid.content)];
  if (digest === undefined || signers.length === 0) return 'unchecked';
  const bits = signature.content.subarray(1);
  return signers.some((signer) => isMadeBy(signer, digest, data.whole, bits)) ? 'valid' : 'wrong';
}

function isMadeBy({ openssl }: Certificate, digest: string | null, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(digest, data, openssl.publicKey, signature);
  } catch {
    return false;
  }
}
