import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { encodeName, uint16 } from '../dns/wire-form.ts';

/** RFC 8624: ECDSAP256SHA256. */
export const algorithmNumber = 13;

/** A zone's one key, used for both roles (a combined signing key: flags 257). */
export interface ZoneKey {
  /** PKCS #8, PEM. */
  privatePem: string;
  /** Public key field of the DNSKEY record: x and y, 64 octets (RFC 6605 section 4). */
  publicBytes: Buffer;
  /** RFC 4034 appendix B. */
  tag: number;
}

export function createZoneKey(): ZoneKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return readZoneKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

export function readZoneKey(privatePem: string): ZoneKey {
  const { x, y } = createPrivateKey(privatePem).export({ format: 'jwk' });
  const publicBytes = Buffer.concat([Buffer.from(x ?? '', 'base64url'), Buffer.from(y ?? '', 'base64url')]);
  return { privatePem, publicBytes, tag: keyTag(dnskeyBytes(publicBytes)) };
}

/** The DNSKEY record's data in presentation form. */
export function dnskeyData(key: ZoneKey): string {
  return `257 3 ${algorithmNumber} ${key.publicBytes.toString('base64')}`;
}

/** The DS record's data for the parent (RFC 4034 section 5.1.4, digest type 2: SHA-256). */
export function dsData(zone: string, key: ZoneKey): string {
  const digest = createHash('sha256').update(encodeName(zone)).update(dnskeyBytes(key.publicBytes)).digest('hex');
  return `${key.tag} ${algorithmNumber} 2 ${digest}`;
}

/** The signature field of an RRSIG: r and s, 64 octets. */
export function signBytes(key: ZoneKey, bytes: Buffer): Buffer {
  return sign('sha256', bytes, { key: keyObject(key), dsaEncoding: 'ieee-p1363' });
}

const parsedKeys = new Map<string, KeyObject>();

function keyObject(key: ZoneKey): KeyObject {
  const known = parsedKeys.get(key.privatePem);
  if (known) return known;
  const parsed = createPrivateKey(key.privatePem);
  parsedKeys.set(key.privatePem, parsed);
  return parsed;
}

function dnskeyBytes(publicBytes: Buffer): Buffer {
  return Buffer.concat([uint16(257), Buffer.from([3, algorithmNumber]), publicBytes]);
}

function keyTag(data: Buffer): number {
  let sum = 0;
  for (const [index, octet] of data.entries()) sum += index & 1 ? octet : octet << 8;
  return (sum + ((sum >> 16) & 0xffff)) & 0xffff;
}
