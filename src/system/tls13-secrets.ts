import { createDecipheriv, createHmac } from 'node:crypto';
import { TLS_CONTENT_TYPE } from '../wire/tls-names.ts';
import type { TlsRecord } from '../wire/tls-record.ts';

/** Secrets of one connection by their label in the key log format (RFC 9850): `SERVER_HANDSHAKE_TRAFFIC_SECRET`, ... */
export type TrafficSecrets = ReadonlyMap<string, Uint8Array>;

/** Label and secret of one line of the key log; null for anything else. */
export function parseKeyLogLine(line: string): { label: string; secret: Uint8Array } | null {
  const parts = /^([A-Z0-9_]+) [0-9a-f]{64} ([0-9a-f]+)\s*$/iu.exec(line);
  return parts === null ? null : { label: parts[1] ?? '', secret: Buffer.from(parts[2] ?? '', 'hex') };
}

interface Suite {
  cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-ccm';
  keyBytes: number;
  hash: 'sha256' | 'sha384';
  tagBytes: number;
}

/** RFC 8446 appendix B.4. */
const suites: Readonly<Record<number, Suite>> = {
  4865: { cipher: 'aes-128-gcm', keyBytes: 16, hash: 'sha256', tagBytes: 16 },
  4866: { cipher: 'aes-256-gcm', keyBytes: 32, hash: 'sha384', tagBytes: 16 },
  4867: { cipher: 'chacha20-poly1305', keyBytes: 32, hash: 'sha256', tagBytes: 16 },
  4868: { cipher: 'aes-128-ccm', keyBytes: 16, hash: 'sha256', tagBytes: 16 },
  4869: { cipher: 'aes-128-ccm', keyBytes: 16, hash: 'sha256', tagBytes: 8 },
};

const ivBytes = 12;

/** HKDF-Expand-Label with an empty context (RFC 8446 section 7.1), for no more than one block of output. */
function expandLabel(suite: Suite, secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.concat([Buffer.from([length >> 8, length & 0xff, name.length]), name, Buffer.from([0, 1])]);
  return createHmac(suite.hash, secret).update(info).digest().subarray(0, length);
}

/** What a protected record holds. */
export interface OpenedRecord {
  contentType: number;
  fragment: Uint8Array;
}

/** Opens the protected records of one direction under one secret, in order. */
export interface RecordOpener {
  /** Null when the record does not open: other keys are in use, or it was changed. Its number is not used up then. */
  open(record: TlsRecord): OpenedRecord | null;
}

/** For a TLS 1.3 suite and the secret of a direction (RFC 8446 section 5.2); null for a suite that is not of TLS 1.3. */
export function recordOpener(cipherSuite: number, secret: Uint8Array): RecordOpener | null {
  const suite = suites[cipherSuite];
  if (suite === undefined) return null;
  const key = expandLabel(suite, secret, 'key', suite.keyBytes);
  const iv = expandLabel(suite, secret, 'iv', ivBytes);
  let sequence = 0;
  return {
    open: (record) => {
      if (record.fragment === null || record.fragment.length <= suite.tagBytes) return null;
      const plain = decrypt(suite, key, nonceOf(iv, sequence), record, record.fragment);
      if (plain === null) return null;
      sequence += 1;
      // The content type is the last octet that is not padding (RFC 8446 section 5.4).
      const end = plain.findLastIndex((octet) => octet !== 0);
      return end < 0 ? null : { contentType: plain[end] ?? 0, fragment: plain.subarray(0, end) };
    },
  };
}

/** RFC 8446 section 5.3: the record number, exclusive-or the IV. */
function nonceOf(iv: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(ivBytes - 4) ^ sequence) >>> 0, ivBytes - 4);
  return nonce;
}

function decrypt(suite: Suite, key: Buffer, nonce: Buffer, record: TlsRecord, fragment: Uint8Array): Buffer | null {
  const tagAt = fragment.length - suite.tagBytes;
  const header = Buffer.from([
    TLS_CONTENT_TYPE.applicationData,
    record.version >> 8,
    record.version & 0xff,
    record.length >> 8,
    record.length & 0xff,
  ]);
  try {
    // The union of modes has no common signature in @types/node; all of these take a tag length and a plaintext length.
    const decipher = createDecipheriv(suite.cipher as 'aes-128-ccm', key, nonce, { authTagLength: suite.tagBytes });
    decipher.setAuthTag(fragment.subarray(tagAt));
    decipher.setAAD(header, { plaintextLength: tagAt });
    const plain = decipher.update(fragment.subarray(0, tagAt));
    decipher.final();
    return plain;
  } catch {
    // Authentication failed: not the keys of this record.
    return null;
  }
}
