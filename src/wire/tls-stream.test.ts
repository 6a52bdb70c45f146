import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { X509CertificateGenerator } from '@peculiar/x509';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeHex } from './byte-text.ts';
import { tlsCipherSuiteName } from './tls-cipher-suites.ts';
import { tlsAlertName, tlsGroupName, tlsHandshakeTypeName } from './tls-names.ts';
import { createTlsStream, type TlsStreamEvent } from './tls-stream.ts';

let key = '';
let certificate = '';

beforeAll(async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({ name: 'CN=test.example', keys, signingAlgorithm: algorithm });
  certificate = made.toString('pem');
  key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
});

/** Two ends of a pipe in memory that keep what the first wrote and what the second wrote. */
function recordingPipe(): { ends: [Duplex, Duplex]; written: [Uint8Array[], Uint8Array[]] } {
  const written: [Uint8Array[], Uint8Array[]] = [[], []];
  const end = (index: 0 | 1): Duplex =>
    new Duplex({
      read() {},
      write(chunk: Uint8Array, _encoding, done) {
        written[index].push(Uint8Array.from(chunk));
        ends[index === 0 ? 1 : 0].push(chunk);
        done();
      },
      final(done) {
        ends[index === 0 ? 1 : 0].push(null);
        done();
      },
    });
  const ends: [Duplex, Duplex] = [end(0), end(1)];
  return { ends, written };
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
}

/** Bytes of both directions of a handshake between two instances of OpenSSL, followed by one message of the client. */
async function recordHandshake(
  client: tls.ConnectionOptions,
  server: tls.TlsOptions,
): Promise<{ fromClient: Uint8Array; fromServer: Uint8Array }> {
  const { ends, written } = recordingPipe();
  const acceptor = new tls.TLSSocket(ends[1], { isServer: true, key, cert: certificate, ...server });
  const connector = tls.connect({ socket: ends[0], rejectUnauthorized: false, servername: 'test.example', ...client });
  await new Promise<void>((resolve) => {
    acceptor.on('error', () => resolve());
    connector.on('error', () => resolve());
    acceptor.on('data', () => resolve());
    connector.on('secureConnect', () => connector.write('hello'));
  });
  // An alert is written after the error that caused it was reported.
  await new Promise((resolve) => setImmediate(resolve));
  connector.destroy();
  acceptor.destroy();
  return { fromClient: join(written[0]), fromServer: join(written[1]) };
}

function readAll(bytes: Uint8Array): { stream: ReturnType<typeof createTlsStream>; events: TlsStreamEvent[] } {
  const stream = createTlsStream();
  return { stream, events: stream.push(bytes) };
}

function messageNames(numbers: readonly number[]): string[] {
  return numbers.map(tlsHandshakeTypeName);
}

describe('createTlsStream', () => {
  it('reads a TLS 1.3 handshake as far as it is in clear', async () => {
    const { fromClient, fromServer } = await recordHandshake(
      { ALPNProtocols: ['h2', 'http/1.1'], minVersion: 'TLSv1.3' },
      { ALPNProtocols: ['h2'] },
    );
    const client = readAll(fromClient).stream.summary;
    const server = readAll(fromServer).stream.summary;
    expect(client.clientHello).toMatchObject({
      serverName: 'test.example',
      alpn: ['h2', 'http/1.1'],
      versions: [0x0304],
      earlyData: false,
    });
    expect(client.clientHello!.keyShareGroups.map(tlsGroupName)).toEqual(['x25519']);
    expect(client.clientHello!.groups.map(tlsGroupName)).toContain('secp256r1');
    expect(server.serverHello).toMatchObject({ version: 0x0304, legacyVersion: 0x0303, helloRetryRequest: false, alpn: null });
    expect(tlsCipherSuiteName(server.serverHello!.cipherSuite)).toBe('TLS_AES_256_GCM_SHA384');
    expect(tlsGroupName(server.serverHello!.keyShareGroup!)).toBe('x25519');
    expect(server.changeCipherSpec).toBe(true);
    expect(server.applicationDataRecords).toBeGreaterThan(0);
    expect(server.certificate).toBeNull();
  });

  it('reads both hellos around a HelloRetryRequest', async () => {
    const { fromClient, fromServer } = await recordHandshake({ minVersion: 'TLSv1.3' }, { ecdhCurve: 'P-384' });
    const client = readAll(fromClient).stream.summary;
    const server = readAll(fromServer).stream.summary;
    expect(server.helloRetryRequest?.keyShareGroup).toBe(24);
    expect(server.serverHello?.keyShareGroup).toBe(24);
    expect(client.secondClientHello?.keyShareGroups).toEqual([24]);
    expect(messageNames(client.messages)).toEqual(['client_hello', 'client_hello']);
    expect(client.malformedMessages + server.malformedMessages).toBe(0);
  });

  it('reads certificates, key exchange and the request for a client certificate in TLS 1.2', async () => {
    const { fromClient, fromServer } = await recordHandshake(
      { maxVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] },
      { requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
    );
    const server = readAll(fromServer).stream.summary;
    const client = readAll(fromClient).stream.summary;
    expect(messageNames(server.messages)).toEqual([
      'server_hello',
      'certificate',
      'server_key_exchange',
      'certificate_request',
      'server_hello_done',
      'new_session_ticket',
    ]);
    expect(messageNames(client.messages)).toEqual(['client_hello', 'certificate', 'client_key_exchange']);
    expect(server.serverHello).toMatchObject({ version: 0x0303, alpn: 'http/1.1', ticket: true, downgradeFrom: 'TLSv1.3' });
    expect(server.certificate!.certificates.map((der) => Buffer.from(der).toString('base64'))).toEqual([
      certificate.trim().split('\n').slice(1, -1).join(''),
    ]);
    expect(tlsGroupName(server.serverKeyExchange!.group!)).toBe('x25519');
    expect(server.certificateRequest!.signatureSchemes).toContain(0x0403);
    expect(server.encryptedHandshakeRecords).toBe(1);
    expect(server.newSessionTicket).toBe(true);
    expect(client.applicationDataBytes).toBeGreaterThan(5);
  });

  it('names the alert when no version is shared', async () => {
    const { fromServer } = await recordHandshake({ maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' });
    const { events } = readAll(fromServer);
    expect(events).toEqual([{ kind: 'alert', level: 'fatal', alert: 70 }]);
    expect(tlsAlertName(70)).toBe('protocol_version');
  });

  it('measures the prime of a finite-field key exchange', async () => {
    const ciphers = 'ADH-AES128-GCM-SHA256:@SECLEVEL=0';
    const { fromServer } = await recordHandshake({ maxVersion: 'TLSv1.2', ciphers }, { ciphers, dhparam: 'auto' });
    const { serverHello, serverKeyExchange } = readAll(fromServer).stream.summary;
    expect(tlsCipherSuiteName(serverHello!.cipherSuite)).toBe('TLS_DH_anon_WITH_AES_128_GCM_SHA256');
    expect(serverKeyExchange!.group).toBeNull();
    // OpenSSL picks one of its own primes by the strength of the suite and its security level.
    expect([1024, 2048, 3072]).toContain(serverKeyExchange!.primeBits);
  });

  it('gives the same events however the bytes are split', async () => {
    const { fromServer } = await recordHandshake({ maxVersion: 'TLSv1.2' }, { requestCert: true, rejectUnauthorized: false });
    const whole = readAll(fromServer).events;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const stream = createTlsStream();
        const events: TlsStreamEvent[] = [];
        for (let at = 0, i = 0; at < fromServer.length; at += sizes[i++ % sizes.length]!) {
          events.push(...stream.push(fromServer.subarray(at, at + sizes[i % sizes.length]!)));
        }
        expect(events).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('never throws, whatever the bytes, and keeps what it holds bounded', async () => {
    const { fromServer } = await recordHandshake({ maxVersion: 'TLSv1.2' }, {});
    const change = fc.tuple(fc.nat(fromServer.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 10 }), fc.uint8Array({ maxLength: 100 }), (changes, tail) => {
        const bytes = Uint8Array.from([...fromServer, ...tail]);
        for (const [at, value] of changes) bytes[at] = value;
        const stream = createTlsStream();
        stream.push(bytes);
        stream.skip(tail.length);
        stream.push(tail);
        expect(stream.summary.messages.length).toBeLessThanOrEqual(64);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        createTlsStream().push(bytes);
      }),
    );
  });

  it('says once that the stream is not TLS and keeps its first bytes', () => {
    const stream = createTlsStream();
    expect(stream.push(new TextEncoder().encode('HTTP/1.1 400 '))).toEqual([{ kind: 'not-tls' }]);
    expect(stream.push(new TextEncoder().encode('Bad Request\r\n'.repeat(10)))).toEqual([]);
    expect(new TextDecoder().decode(stream.foreignBytes!)).toBe(`HTTP/1.1 400 ${'Bad Request\r\n'.repeat(10)}`.slice(0, 64));
    expect(stream.state).toBe('not-tls');
  });

  it('goes on behind bytes missing inside application data, and stops when a boundary is lost', () => {
    const stream = createTlsStream();
    stream.push(decodeHex('1703030100aabb')!);
    expect(stream.skip(200)).toEqual([]);
    expect(stream.push(new Uint8Array(54))).toEqual([{ kind: 'application-data', length: 256 }]);
    expect(stream.push(decodeHex('1503030002')!)).toEqual([]);
    expect(stream.skip(2)).toMatchObject([{ kind: 'lost' }]);
    expect(stream.push(decodeHex('15030300020100')!)).toEqual([]);
  });

  it('refuses a handshake message that claims megabytes', () => {
    expect(createTlsStream().push(decodeHex('16030300040bffffff')!)).toMatchObject([{ kind: 'lost' }]);
  });
});
