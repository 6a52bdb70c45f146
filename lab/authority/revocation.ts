import { createHash, sign } from 'node:crypto';
import type { Certificate } from '../certificates.ts';

/** Object identifiers in DER, tag and length included. */
const identifiers = {
  /** id-pkix-ocsp-basic, RFC 6960 section 4.2.1. */
  basicResponse: Buffer.from('06092b0601050507300101', 'hex'),
  sha1: Buffer.from('06052b0e03021a', 'hex'),
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
} as const;

const hourMs = 3_600_000;

/**
 * A signed OCSP response (RFC 6960) that says the certificate was revoked an hour ago, DER, for a server to staple. `issuerKeyPem` is the key of
 * `issuer`, on P-256.
 */
export function revokedResponse(certificate: Certificate, issuer: Certificate, issuerKeyPem: string): Buffer {
  const now = Date.now();
  const [subject, publicKeyInfo] = [certificateField(issuer.der, 'subject'), certificateField(issuer.der, 'subjectPublicKeyInfo')];
  // The key's bits: the second element of the structure, without tag, length and the count of unused bits.
  const keyBits = elements(content(publicKeyInfo))[1]!;
  const keyHash = sha1(content(keyBits).subarray(1));
  const certId = sequence(
    sequence(identifiers.sha1, der(0x05)),
    der(0x04, sha1(subject)),
    der(0x04, keyHash),
    der(0x02, Buffer.from(certificate.serialHex, 'hex')),
  );
  const revoked = der(0xa1, time(now - hourMs));
  const single = sequence(certId, revoked, time(now - hourMs), der(0xa0, time(now + 24 * 7 * hourMs)));
  const responseData = sequence(der(0xa2, der(0x04, keyHash)), time(now - hourMs), sequence(single));
  const signature = sign('sha256', responseData, issuerKeyPem);
  const basic = sequence(responseData, sequence(identifiers.ecdsaWithSha256), der(0x03, Buffer.from([0]), signature));
  return sequence(der(0x0a, Buffer.from([0])), der(0xa0, sequence(identifiers.basicResponse, der(0x04, basic))));
}

/** A field of tbsCertificate (RFC 5280 section 4.1), complete with tag and length. */
function certificateField(certificate: Uint8Array, name: 'subject' | 'subjectPublicKeyInfo'): Buffer {
  const [toBeSigned] = elements(content(Buffer.from(certificate)));
  // version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
  return elements(content(toBeSigned!))[name === 'subject' ? 5 : 6]!;
}

/** The elements that follow each other in `bytes`, each with tag and length. */
function elements(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + headerBytes(bytes.subarray(at)) + contentBytes(bytes.subarray(at));
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return found;
}

function content(element: Buffer): Buffer {
  return element.subarray(headerBytes(element));
}

function headerBytes(element: Buffer): number {
  return element[1]! < 0x80 ? 2 : 2 + (element[1]! & 0x7f);
}

function contentBytes(element: Buffer): number {
  return element[1]! < 0x80 ? element[1]! : element.readUIntBE(2, element[1]! & 0x7f);
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** GeneralizedTime, in UTC and whole seconds. */
function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`;
  return der(0x18, Buffer.from(text, 'ascii'));
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}
