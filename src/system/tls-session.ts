import type { TlsSession } from '../ports/tls-client.ts';
import { readElement, readElements } from './der.ts';

/** EXPLICIT tags of OpenSSL's SSL_SESSION (ssl/ssl_asn1.c): how long the ticket holds, and how many bytes of early data it admits. */
const lifetimeTag = 0xa9;
const earlyDataTag = 0xaf;
const integerTag = 0x02;

/** A session as the library serializes it, with what it says about itself. Never throws: what cannot be read is not known. */
export function readTlsSession(bytes: Uint8Array): TlsSession {
  const outer = readElement(bytes);
  const fields = outer === null ? null : readElements(outer.content);
  const number = (tag: number): number | null => {
    const field = fields?.find((element) => element.tag === tag);
    const inner = field === undefined ? null : readElement(field.content);
    if (inner === null || inner.tag !== integerTag || inner.content.length > 6) return null;
    return inner.content.reduce((value, octet) => value * 0x100 + octet, 0);
  };
  return { bytes, lifetimeSeconds: number(lifetimeTag), earlyDataBytes: number(earlyDataTag) ?? 0 };
}
