import { createHash } from 'node:crypto';
import { type Certificate, isSignedBy } from '../certificate.ts';
import { ocspUrlsOf } from '../x509.ts';
import { keyBitsOf } from './ocsp.ts';

/** AlgorithmIdentifier of SHA-1 (RFC 5019 section 2.1.1: what every responder knows). */
const sha1Algorithm = Buffer.from('300906052b0e03021a0500', 'hex');

/** Where a certificate's revocation is to be asked for, with the question in the URL (RFC 6960 appendix A.1); null without issuer or responder. */
export function ocspQuestion(leaf: Certificate, issuers: readonly Certificate[]): { urls: string[] } | null {
  const issuer = issuers.find((one) => isSignedBy(leaf, one));
  const responders = ocspUrlsOf(leaf.decoded);
  // RFC 5280 section 4.1.2.2: 20 octets at most.
  if (issuer === undefined || responders.length === 0 || leaf.decoded.serial.length > 21) return null;
  const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();
  const id = sequence(
    sha1Algorithm,
    element(0x04, sha1(leaf.decoded.issuer)),
    element(0x04, sha1(keyBitsOf(issuer))),
    element(0x02, Buffer.from(leaf.decoded.serial)),
  );
  // OCSPRequest { tbsRequest { requestList { Request { reqCert } } } }
  const request = sequence(sequence(sequence(sequence(id))));
  const question = encodeURIComponent(request.toString('base64'));
  return { urls: responders.map((url) => `${url.replace(/\/$/u, '')}/${question}`) };
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

/** Serial numbers have 20 octets at most, hashes 20: no element here reaches 128, the outer ones aside. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
