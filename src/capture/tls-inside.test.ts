import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { captureOfRecording, recordedHost, recordHttp2, recordTls, type TlsRecording } from '../../fixtures/captures/make/tls-recording.ts';
import { captureContext, captureDocument, createCaptureStudy, feedCapture } from '../cli/capture-document.ts';
import type { ReadReport } from '../model/read-report.ts';
import { systemPacketCrypto } from '../system/packet-crypto.ts';
import { hkdfExpandLabel } from '../wire/tls-key-schedule.ts';

const question = `GET /secret?token=abc HTTP/1.1\r\nHost: ${recordedHost}\r\nCookie: a=b\r\n\r\n`;
const answer = (status: string): string => `HTTP/1.1 ${status}\r\nContent-Length: 40000\r\nSet-Cookie: c=d\r\n\r\n${'x'.repeat(40_000)}`;

const certificateRequired = 116;

/** The server's first record behind its handshake (RFC 8446 section 5.2), with TLS_AES_256_GCM_SHA384. */
function sealedAlert(keyLog: string, description: number): Uint8Array {
  const secret = Buffer.from(/SERVER_TRAFFIC_SECRET_0 \S+ (\S+)/.exec(keyLog)?.[1] ?? '', 'hex');
  const nothing = new Uint8Array(0);
  const key = hkdfExpandLabel(systemPacketCrypto, 'sha384', secret, 'key', nothing, 32);
  const iv = hkdfExpandLabel(systemPacketCrypto, 'sha384', secret, 'iv', nothing, 12);
  const header = Uint8Array.of(23, 3, 3, 0, 19);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(header);
  return Buffer.concat([header, cipher.update(Uint8Array.of(2, description, 21)), cipher.final(), cipher.getAuthTag()]);
}

async function read(bytes: Uint8Array, keyLog?: string): Promise<ReadReport> {
  const study = createCaptureStudy(captureContext(), keyLog === undefined ? {} : { keyLog });
  feedCapture(study, { name: 'tls', bytes });
  return captureDocument(study.finish(0), '0');
}

const statusesOf = (report: ReadReport): (number | null | undefined)[] => report.exchanges.map((exchange) => exchange.http?.status);

let http2Recording: TlsRecording;
let http1Recording: TlsRecording;

beforeAll(async () => {
  http2Recording = await recordHttp2(['/200', '/503', '/404']);
  http1Recording = await recordTls({ minVersion: 'TLSv1.3' }, question, answer('200 OK'));
}, 60_000);

describe('TLS opened with its secrets', () => {
  it.each([
    ['TLS 1.3, AES-128-GCM', { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' }],
    ['TLS 1.3, ChaCha20-Poly1305', { minVersion: 'TLSv1.3', ciphers: 'TLS_CHACHA20_POLY1305_SHA256' }],
    [
      'TLS 1.3, AES-128-CCM with the short tag',
      { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_CCM_8_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0' },
    ],
    ['TLS 1.2, AES-256-GCM', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }],
    ['TLS 1.2, ChaCha20-Poly1305', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' }],
  ] as const)('shows request and response: %s', async (_, options) => {
    const recording = await recordTls({ ...options }, question, answer('503 Service Unavailable'));
    const report = await read(captureOfRecording(recording), recording.keyLog);
    expect(statusesOf(report)).toEqual([503]);
    expect(report.verdict).toMatchObject({ status: 'failed', cause: 'http.unavailable' });
    const received = report.evidence.find(({ kind }) => kind === 'http.body-received');
    expect(received).toMatchObject({ bytes: 40_000, end: 'complete' });
    expect(JSON.stringify(report)).not.toContain('c=d');
  });

  it('uses the secrets that a pcapng carries', async () => {
    expect(statusesOf(await read(captureOfRecording(http1Recording, { embedded: true })))).toEqual([200]);
  });

  it('shows the certificate of TLS 1.3', async () => {
    const report = await read(captureOfRecording(http1Recording), http1Recording.keyLog);
    // The client went on, and what it was content with is judged no further: it is self-signed, and names nothing.
    expect(report.verdict).toMatchObject({ status: 'ok', cause: null });
    expect(report.evidence.find(({ kind }) => kind === 'tls.handshake-completed')).toMatchObject({
      clientCertificateRequested: false,
      clientWentOn: true,
    });
  });

  it('a server that takes its time is told from a client that does', async () => {
    const { writes } = http1Recording;
    const finished = writes.findIndex(({ from }, index) => index > 0 && from === 'client');
    const flight = writes.findIndex(({ from }) => from === 'server');
    const handshakeOf = (report: ReadReport): object | undefined => report.evidence.find(({ kind }) => kind === 'tls.handshake-completed');
    const server = await read(captureOfRecording(http1Recording, { thinks: { before: flight, ms: 1500 } }));
    expect(server.verdict.cause).toBe('tls.slow');
    expect(handshakeOf(server)).not.toHaveProperty('lateMs');
    const client = await read(captureOfRecording(http1Recording, { thinks: { before: finished, ms: 1500 } }));
    expect(client.verdict.cause).toBeNull();
    expect((handshakeOf(client) as { lateMs: number }).lateMs).toBeGreaterThan(1400);
  });

  it('judges no certificate that the client took, when the client says goodbye', async () => {
    const { writes, keyLog } = http1Recording;
    const goodbye = { from: 'client' as const, bytes: Uint8Array.of(23, 3, 3, 0, 19, ...new Uint8Array(19)) };
    const report = await read(captureOfRecording({ writes: [...writes, goodbye], keyLog }), keyLog);
    expect(report.verdict).toMatchObject({ status: 'ok', cause: null });
  });

  it('shows every stream of HTTP/2', async () => {
    const report = await read(captureOfRecording(http2Recording), http2Recording.keyLog);
    expect(statusesOf(report).sort()).toEqual([200, 404, 503]);
    expect(report.exchangeCounts.total).toBe(3);
    expect(report.exchanges.map((one) => one.http?.url).sort()).toEqual(
      ['200', '404', '503'].map((path) => `https://${recordedHost}:443/${path}`),
    );
    expect(report.verdict.cause).toBe('http.unavailable');
    expect(report.evidence.find(({ kind }) => kind === 'http.request-sent')).toMatchObject({ version: '2', method: 'GET' });
    expect(JSON.stringify(report)).not.toContain('secret=1');
  });

  it('names an alert that was encrypted', async () => {
    const recording = await recordTls({ minVersion: 'TLSv1.3' }, question, '', { requestCert: true, rejectUnauthorized: true });
    // OpenSSL has the alert, and Node drops it.
    recording.writes.push({ from: 'server', bytes: sealedAlert(recording.keyLog, certificateRequired) });
    const hidden = await read(captureOfRecording(recording, { closes: 'server' }));
    const opened = await read(captureOfRecording(recording, { closes: 'server' }), recording.keyLog);
    expect(hidden.evidence.filter(({ kind }) => kind === 'tls.alert-received')).toEqual([]);
    expect(opened.evidence.find(({ kind }) => kind === 'tls.alert-received')).toMatchObject({
      encrypted: true,
      alert: certificateRequired,
    });
    expect(opened.verdict).toMatchObject({ checkpoint: 'tls', cause: 'tls.client-cert-required' });
  });

  it('changes nothing without the secrets of the connection', async () => {
    const bytes = captureOfRecording(http1Recording);
    const foreign = `CLIENT_TRAFFIC_SECRET_0 ${'ab'.repeat(32)} ${'cd'.repeat(32)}\n`;
    const plain = await read(bytes);
    expect(await read(bytes, foreign)).toEqual(plain);
    expect(plain.evidence.map(({ kind }) => kind)).toContain('http.hidden');
  });

  it('says nothing of requests behind what could not be opened', async () => {
    const { writes, keyLog } = http1Recording;
    const lastServer = writes.findLastIndex(({ from }) => from === 'server');
    const damaged = writes.map(({ from, bytes }, index) => {
      const copy = bytes.slice();
      if (from === 'server' && index > 3 && index <= lastServer) copy.fill(0x55, 5, Math.min(60, copy.length));
      return { from, bytes: copy };
    });
    const report = await read(captureOfRecording({ writes: damaged, keyLog }), keyLog);
    expect(['ok', 'unclear']).toContain(report.verdict.status);
  });

  it('never throws, whatever the bytes are', async () => {
    const recordings = [http1Recording, http2Recording];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1),
        fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (which, changes, embedded) => {
          const recording = recordings[which]!;
          const bytes = captureOfRecording(recording, { embedded });
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          await read(bytes, embedded ? undefined : recording.keyLog);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
