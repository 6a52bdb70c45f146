import 'reflect-metadata';
import { type CipherCCMTypes, type CipherGCMTypes, createCipheriv, createDecipheriv, createHmac, KeyObject, webcrypto } from 'node:crypto';
import type * as tls from 'node:tls';
import { X509CertificateGenerator } from '@peculiar/x509';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordTls, type TlsRecording } from '../../fixtures/captures/make/tls-recording.ts';
import { decodeHex, encodeHex } from './byte-text.ts';
import type { TlsAead, TlsCrypto } from './tls-crypto.ts';
import { createTlsDecryptor, type TlsDecryptedEvent, type TlsSide } from './tls-decrypt.ts';
import { concatBytes, hkdfExpandLabel, xorNonce } from './tls-key-schedule.ts';
import { createTlsKeyLog } from './tls-keylog.ts';
import { tlsHandshakeTypeName } from './tls-names.ts';
import { nextTrafficSecret, tlsAeadSuite } from './tls-record-key.ts';

function decipher(
  aead: TlsAead,
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array | null {
  const authTagLength = aead.endsWith('-8') ? 8 : 16;
  const name = aead.replace(/-8$/, '');
  if (ciphertext.length < authTagLength) return null;
  const content = ciphertext.subarray(0, -authTagLength);
  const tag = ciphertext.subarray(-authTagLength);
  try {
    if (name.endsWith('ccm')) {
      const opener = createDecipheriv(name as CipherCCMTypes, key, nonce, { authTagLength }).setAuthTag(tag);
      opener.setAAD(additionalData, { plaintextLength: content.length });
      return Uint8Array.from(opener.update(content));
    }
    const opener = createDecipheriv(name as CipherGCMTypes, key, nonce, { authTagLength })
      .setAAD(additionalData)
      .setAuthTag(tag);
    return Uint8Array.from([...opener.update(content), ...opener.final()]);
  } catch {
    return null;
  }
}

const CRYPTO: TlsCrypto = {
  hmac: (hash, key, data) => createHmac(hash, key).update(data).digest(),
  aes128EcbEncrypt: (key, block) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
  aeadDecrypt: decipher,
};

let key = '';
let certificate = '';

beforeAll(async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({ name: 'CN=test.example', keys, signingAlgorithm: algorithm });
  certificate = made.toString('pem');
  key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
});

const answer = 'answer '.repeat(4000);

function record(client: Parameters<typeof recordTls>[0], server: tls.TlsOptions): Promise<TlsRecording> {
  return recordTls(client, 'question', answer, { key, cert: certificate, ...server });
}

function decrypt({ writes, keyLog }: TlsRecording): Record<TlsSide, TlsDecryptedEvent[]> {
  const log = createTlsKeyLog();
  log.add(keyLog);
  const decryptor = createTlsDecryptor(CRYPTO, log);
  const events: Record<TlsSide, TlsDecryptedEvent[]> = { client: [], server: [] };
  for (const { from, bytes } of writes) events[from].push(...decryptor.push(from, bytes));
  return events;
}

function applicationText(events: readonly TlsDecryptedEvent[]): string {
  return events.map((event) => (event.kind === 'application-data' ? new TextDecoder().decode(event.bytes) : '')).join('');
}

function handshakeNames(events: readonly TlsDecryptedEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'handshake' ? [tlsHandshakeTypeName(event.typeCode)] : []));
}

describe('createTlsDecryptor', () => {
  it.each([
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_CCM_SHA256',
    'TLS_AES_128_CCM_8_SHA256',
  ])('opens TLS 1.3 with %s', async (ciphers) => {
    // OpenSSL counts the short tag as too weak for its default level.
    const options = { ciphers: `${ciphers}:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0`, minVersion: 'TLSv1.3' } as const;
    const { client, server } = decrypt(await record({ ...options, ALPNProtocols: ['h2'] }, { ...options, ALPNProtocols: ['h2'] }));
    expect(applicationText(client)).toBe('question');
    expect(applicationText(server)).toBe(answer);
    expect(handshakeNames(client)).toEqual(['client_hello', 'finished']);
    expect(handshakeNames(server).filter((name) => name !== 'new_session_ticket')).toEqual([
      'server_hello',
      'encrypted_extensions',
      'certificate',
      'certificate_verify',
      'finished',
    ]);
    const contents = server.flatMap((event) => (event.kind === 'handshake' ? [event.content] : []));
    expect(contents[1]).toMatchObject({ type: 'encrypted-extensions', alpn: 'h2' });
    const [leaf] = contents[2]?.type === 'certificate' ? contents[2].certificates : [];
    expect(Buffer.from(leaf!).toString('base64')).toBe(certificate.trim().split('\n').slice(1, -1).join(''));
    expect(contents[3]).toEqual({ type: 'certificate-verify', signatureScheme: 0x0403 });
    expect([...client, ...server].filter(({ kind }) => kind === 'closed-record' || kind === 'lost')).toEqual([]);
    expect(server.at(-1)).toEqual({ kind: 'alert', encrypted: true, level: 'warning', alert: 0 });
  });

  it.each([
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES256-CCM',
    'ECDHE-ECDSA-AES128-CCM8',
  ])('opens TLS 1.2 with %s', async (ciphers) => {
    const { client, server } = decrypt(
      await record({ ciphers: `${ciphers}:@SECLEVEL=0`, maxVersion: 'TLSv1.2' }, { ciphers: `${ciphers}:@SECLEVEL=0` }),
    );
    expect(applicationText(client)).toBe('question');
    expect(applicationText(server)).toBe(answer);
    expect(handshakeNames(server).at(-1)).toBe('finished');
    expect([...client, ...server].filter(({ kind }) => kind === 'closed-record' || kind === 'lost')).toEqual([]);
  });

  it('opens a connection behind a HelloRetryRequest', async () => {
    const { client, server } = decrypt(await record({ minVersion: 'TLSv1.3' }, { ecdhCurve: 'P-384' }));
    expect(handshakeNames(client)).toEqual(['client_hello', 'client_hello', 'finished']);
    expect(applicationText(server)).toBe(answer);
  });

  it('says why records stay closed', async () => {
    const recording = await record({ minVersion: 'TLSv1.3' }, {});
    const reasons = (events: readonly TlsDecryptedEvent[]): Set<string> =>
      new Set(events.flatMap((event) => (event.kind === 'closed-record' ? [event.reason] : [])));
    expect(reasons(decrypt({ ...recording, keyLog: '' }).server)).toEqual(new Set(['no-secret']));
    const wrong = recording.keyLog.replaceAll(/(SECRET\w* \w{64} )\w{4}/g, '$10000');
    expect(reasons(decrypt({ ...recording, keyLog: wrong }).server)).toEqual(new Set(['does-not-open']));
    const ciphers = 'ECDHE-ECDSA-AES128-SHA';
    expect(reasons(decrypt(await record({ ciphers, maxVersion: 'TLSv1.2' }, { ciphers })).server)).toEqual(new Set(['cipher-suite']));
  });

  it('goes on behind a record of which bytes are missing', async () => {
    const { writes, keyLog } = await record({ minVersion: 'TLSv1.3' }, {});
    const log = createTlsKeyLog();
    log.add(keyLog);
    const decryptor = createTlsDecryptor(CRYPTO, log);
    const events: TlsDecryptedEvent[] = [];
    let holes = 0;
    for (const { from, bytes } of writes) {
      // The answer's records are the large ones.
      if (from === 'server' && bytes.length > 10_000 && holes === 0) {
        holes += 1;
        decryptor.push(from, bytes.subarray(0, 100));
        decryptor.skip(from, 50);
        events.push(...decryptor.push(from, bytes.subarray(150)));
      } else events.push(...decryptor.push(from, bytes));
    }
    expect(events.filter((event) => event.kind === 'closed-record').map(({ reason }) => reason)).toEqual(['bytes-missing']);
    expect(applicationText(events).length).toBeGreaterThan(5000);
  });

  it('follows a KeyUpdate', async () => {
    const recording = await record({ minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' }, {});
    const log = createTlsKeyLog();
    log.add(recording.keyLog);
    const suite = tlsAeadSuite(0x1301)!;
    const decryptor = createTlsDecryptor(CRYPTO, log);
    let sent = 0;
    for (const { from, bytes } of recording.writes) {
      for (const event of decryptor.push(from, bytes))
        if (from === 'client' && (event.kind === 'application-data' || event.kind === 'alert')) sent += 1;
    }
    const random = recording.keyLog.split(' ')[1]!;
    const secret = log.secretsOf(decodeHex(random)!)!.get('CLIENT_TRAFFIC_SECRET_0')!;
    const seal = (trafficSecret: Uint8Array, sequence: number, contentType: number, content: Uint8Array): Uint8Array => {
      const header = Uint8Array.of(23, 3, 3, 0, content.length + 17);
      const iv = hkdfExpandLabel(CRYPTO, suite.hash, trafficSecret, 'iv', new Uint8Array(0), 12);
      const writeKey = hkdfExpandLabel(CRYPTO, suite.hash, trafficSecret, 'key', new Uint8Array(0), 16);
      const cipher = createCipheriv('aes-128-gcm', writeKey, xorNonce(iv, sequence)).setAAD(header);
      return concatBytes(header, cipher.update(concatBytes(content, Uint8Array.of(contentType))), cipher.final(), cipher.getAuthTag());
    };
    expect(decryptor.push('client', seal(secret, sent, 22, Uint8Array.of(24, 0, 0, 1, 0)))).toMatchObject([
      { kind: 'handshake', encrypted: true, typeCode: 24 },
    ]);
    const next = nextTrafficSecret(CRYPTO, suite, secret);
    expect(applicationText(decryptor.push('client', seal(next, 0, 23, new TextEncoder().encode('later'))))).toBe('later');
  });

  it('never throws, whatever the bytes', async () => {
    const { writes, keyLog } = await record({ minVersion: 'TLSv1.3' }, {});
    const log = createTlsKeyLog();
    log.add(keyLog);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(2000), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }), (changes) => {
        const damaged = writes.map(({ from, bytes }) => ({ from, bytes: bytes.slice(0, 2500) }));
        for (const [write, at, value] of changes) if (at < (damaged[write]?.bytes.length ?? 0)) damaged[write]!.bytes[at] = value;
        const decryptor = createTlsDecryptor(CRYPTO, log);
        for (const { from, bytes } of damaged) decryptor.push(from, bytes);
      }),
      { numRuns: 100 },
    );
  });
});

describe('hkdfExpandLabel', () => {
  it('gives the server handshake key of RFC 8448 section 3', () => {
    const secret = decodeHex('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38')!;
    const expand = (label: string, length: number): string =>
      encodeHex(hkdfExpandLabel(CRYPTO, 'sha256', secret, label, new Uint8Array(0), length));
    expect(expand('key', 16)).toBe('3fce516009c21727d0f2e4e86ee403bc');
    expect(expand('iv', 12)).toBe('5d313eb2671276ee13000b30');
  });
});

describe('createTlsKeyLog', () => {
  it('reads secrets, and counts lines that are none', () => {
    const log = createTlsKeyLog();
    const random = 'ab'.repeat(32);
    const text = `# made by a test\r\nCLIENT_RANDOM ${random.toUpperCase()} 0102\r\n\r\nEXPORTER_SECRET ${random} 0304\nSERVER_TRAFFIC_SECRET_0 ${random} 05\nnonsense\nCLIENT_RANDOM ${random} 012\n`;
    expect(log.add(text)).toEqual({ secrets: 2, wrongLines: 2 });
    expect(log.connections).toBe(1);
    expect([...log.secretsOf(decodeHex(random)!)!.keys()]).toEqual(['CLIENT_RANDOM', 'SERVER_TRAFFIC_SECRET_0']);
    expect(log.secretsOf(new Uint8Array(32))).toBeNull();
  });
});

describe('tlsAeadSuite', () => {
  it('knows the algorithms of a suite by its name', () => {
    expect(tlsAeadSuite(0xc0af)).toEqual({ aead: 'aes-256-ccm-8', hash: 'sha256', keyBytes: 32 });
    expect(tlsAeadSuite(0xc030)).toEqual({ aead: 'aes-256-gcm', hash: 'sha384', keyBytes: 32 });
    expect(tlsAeadSuite(0x1303)).toEqual({ aead: 'chacha20-poly1305', hash: 'sha256', keyBytes: 32 });
    expect(tlsAeadSuite(0x1305)).toEqual({ aead: 'aes-128-ccm-8', hash: 'sha256', keyBytes: 16 });
    expect(tlsAeadSuite(0xc013)).toBeNull();
  });
});
