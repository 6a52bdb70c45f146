import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureOf } from '../../fixtures/captures/make/collection.ts';
import { client, sceneStartMs, server } from '../../fixtures/captures/make/scenes.ts';
import { TcpDialogue } from '../../fixtures/captures/make/tcp-dialogue.ts';
import { captureOfRecording, recordTls } from '../../fixtures/captures/make/tls-recording.ts';
import { captureContext, captureDocument, createCaptureStudy, feedCapture, readCaptures } from '../cli/capture-document.ts';
import type { ReadReport } from '../model/read-report.ts';
import { encodeWebSocketClose } from '../wire/websocket-encode.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const together = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** The handshake of RFC 6455 section 1.3. */
const opening = text(
  'GET /chat HTTP/1.1\r\nHost: test.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
);
const accepting = (accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='): Uint8Array =>
  text(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\n`,
  );
const greeting = together(Uint8Array.of(0x81, 5), text('hello'));
const close = (code: number, reason = ''): Uint8Array => Uint8Array.of(0x88, 2 + reason.length, code >> 8, code & 0xff, ...text(reason));
const clientClose = encodeWebSocketClose(1000, Uint8Array.of(1, 2, 3, 4));

/** `isMissed`: frames that the capture does not hold. */
function read(talks: (talk: TcpDialogue) => void, isMissed: (frame: Uint8Array) => boolean = () => false): Promise<ReadReport> {
  const write = (tap: ConstructorParameters<typeof TcpDialogue>[0]): void => {
    const sink = { frame: (timeMs: number, frame: Uint8Array): void => (isMissed(frame) ? undefined : tap.frame(timeMs, frame)) };
    talks(new TcpDialogue(sink, { client, server, clientPort: 50_001, serverPort: 80, startMs: sceneStartMs, roundTripMs: 20 }).open());
  };
  return readCaptures([{ name: 'upgrade', bytes: captureOf({ name: 'upgrade', status: 'unclear', cause: null, write }) }], '0');
}

const socketOf = (report: ReadReport) => report.evidence.find((one) => one.kind === 'http.websocket');
const verdictOf = ({ verdict }: ReadReport): string => `${verdict.status} ${verdict.cause ?? ''}`.trim();

describe('a WebSocket in clear', () => {
  const rows: [string, (talk: TcpDialogue) => void, string, object][] = [
    [
      'that works and is closed by the client',
      (talk) => talk.serverSends(greeting).clientSends(clientClose).serverSends(close(1000)).close(),
      'ok',
      { accepted: true, protocol: 'chat', received: 2, closedBy: 'us', closeCode: null },
    ],
    ['that goes on', (talk) => talk.serverSends(greeting), 'ok', { closedBy: null, received: 1 }],
    [
      'that is turned down at once',
      (talk) => talk.serverSends(close(1011, 'no database')).close('server'),
      'failed http.server-error',
      { closedBy: 'close-frame', closeCode: 1011, closeReason: 'no database' },
    ],
    ['that wants credentials', (talk) => talk.serverSends(close(3000)).close('server'), 'failed http.unauthorized', { closeCode: 3000 }],
    ['with a code of its own', (talk) => talk.serverSends(close(4001)).close('server'), 'ok', { closeCode: 4001 }],
    ['that is over in order', (talk) => talk.serverSends(close(1000)).close('server'), 'ok', { closeCode: 1000 }],
    [
      'that is closed after an hour',
      (talk) => talk.serverSends(greeting).wait(3_600_000).serverSends(close(1012)).close('server'),
      'ok',
      { closeCode: 1012 },
    ],
    ['that ends without a word', (talk) => talk.close('server'), 'failed http.closed', { closedBy: 'end' }],
    ['that is reset', (talk) => talk.reset('server'), 'failed http.reset', { closedBy: 'reset' }],
    ['that the client leaves', (talk) => talk.close('client'), 'ok', { closedBy: null }],
    [
      'that ends without a word after a while',
      (talk) => talk.wait(30_000).serverSends(greeting).close('server'),
      'ok',
      { closedBy: 'end' },
    ],
    [
      'of which something else comes',
      (talk) => talk.serverSends(text('<html>')).close('server'),
      'failed http.malformed',
      { closedBy: 'broken' },
    ],
  ];
  it.each(rows)('%s', async (_, goesOn, verdict, socket) => {
    const report = await read((talk) => goesOn(talk.clientSends(opening).serverSends(accepting())));
    expect(report.exchanges.map(({ http }) => http?.status)).toEqual([101]);
    expect(verdictOf(report)).toBe(verdict);
    expect(socketOf(report)).toMatchObject(socket);
  });

  it.each([
    ['frame', greeting, (talk: TcpDialogue) => talk.serverSends(greeting).serverSends(close(1000)).close('server')],
    ['close', close(1000), (talk: TcpDialogue) => talk.serverSends(greeting).serverSends(close(1000)).close('server')],
    ['close before a reset', close(1000), (talk: TcpDialogue) => talk.serverSends(close(1000)).reset('server')],
  ] as const)('whose %s was not captured is not said to have ended without a word', async (_, lost, goesOn) => {
    const isLost = (frame: Uint8Array): boolean => Buffer.from(frame).includes(Buffer.from(lost));
    const report = await read((talk) => goesOn(talk.clientSends(opening).serverSends(accepting())), isLost);
    expect(verdictOf(report)).not.toContain('failed');
  });

  it('whose frames come with the answer is followed', async () => {
    const report = await read((talk) =>
      talk
        .clientSends(opening)
        .serverSends(together(accepting(), close(1013)))
        .close('server'),
    );
    expect(verdictOf(report)).toBe('failed http.unavailable');
  });

  it('that is answered to another key is no WebSocket', async () => {
    const report = await read((talk) => talk.clientSends(opening).serverSends(accepting('AAAA')).close('client'));
    expect(verdictOf(report)).toBe('failed http.malformed');
    expect(socketOf(report)).toMatchObject({ accepted: false });
  });

  it('that differs only in how it ends is judged by itself', async () => {
    const bytes = captureOf({
      name: 'sockets',
      status: 'unclear',
      cause: null,
      write(sink) {
        for (const [index, code] of [1000, 1008, 1011, 1000].entries()) {
          const at = sceneStartMs + index * 1000;
          new TcpDialogue(sink, { client, server, clientPort: 50_001 + index, serverPort: 80, startMs: at, roundTripMs: 20 })
            .open()
            .clientSends(opening)
            .serverSends(together(accepting(), close(code)))
            .close('server');
        }
      },
    });
    const report = await readCaptures([{ name: 'sockets', bytes }], '0');
    expect(report.exchanges.map(({ verdict }) => verdict.cause)).toEqual([null, 'http.forbidden', 'http.server-error', null]);
    expect(report.exchangeCounts).toMatchObject({ total: 4, ok: 2, failed: 2 });
  });

  it('of any bytes throws nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), async (ofServer, ofClient) => {
        const report = await read((talk) => {
          talk.clientSends(opening).serverSends(accepting());
          if (ofClient.length > 0) talk.clientSends(ofClient);
          if (ofServer.length > 0) talk.serverSends(ofServer);
        });
        expect(report.exchanges).toHaveLength(1);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a WebSocket inside TLS', () => {
  it.each([
    ['TLS 1.3', { minVersion: 'TLSv1.3' }, 1011, 'failed http.server-error'],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, 1008, 'failed http.forbidden'],
  ] as const)('is followed with its keys: %s', async (_, options, code, verdict) => {
    const answer = together(accepting(), greeting, close(code, 'said so'));
    const recording = await recordTls(options, new TextDecoder().decode(opening), answer);
    const study = createCaptureStudy(captureContext(), { keyLog: recording.keyLog });
    feedCapture(study, { name: 'tls', bytes: captureOfRecording(recording) });
    const report = captureDocument(study.finish(0), '0');
    expect(verdictOf(report)).toBe(verdict);
    expect(socketOf(report)).toMatchObject({
      accepted: true,
      received: 2,
      closedBy: 'close-frame',
      closeCode: code,
      closeReason: 'said so',
    });
  });
});

describe('HTTP/2 behind an upgrade in clear', () => {
  const upgrade = text(
    'GET /first HTTP/1.1\r\nHost: test.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n',
  );
  const switching = text('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  const frame = (type: number, flags: number, stream: number, body: readonly number[]): Uint8Array =>
    Uint8Array.of(0, 0, body.length, type, flags, 0, 0, 0, stream, ...body);
  const preface = together(text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, []));
  const settings = frame(4, 0, 0, []);
  const response = (stream: number, field: number): Uint8Array => frame(1, 0x05, stream, [field]);
  const request = (stream: number): Uint8Array => frame(1, 0x05, stream, [0x82, 0x84, 0x86]);

  it('answers the first request on stream 1, and further ones on theirs', async () => {
    const report = await read((talk) =>
      talk
        .clientSends(upgrade)
        .serverSends(together(switching, settings))
        .clientSends(preface)
        .serverSends(response(1, 0x8e))
        .clientSends(request(3))
        .serverSends(response(3, 0x88))
        .close(),
    );
    expect(report.exchanges.map(({ http }) => [http?.url, http?.status])).toEqual([
      ['http://test.example/first', 500],
      [expect.stringMatching(/\/$/), 200],
    ]);
    expect(verdictOf(report)).toBe('failed http.server-error');
    expect(report.evidence.find(({ kind }) => kind === 'http.response-received')).toMatchObject({ interim: [101], version: '2' });
  });

  it('that is never answered is an answer that is missing', async () => {
    const report = await read((talk) =>
      talk.clientSends(upgrade).serverSends(together(switching, settings)).clientSends(preface).close('server'),
    );
    expect(verdictOf(report)).toBe('failed http.closed');
  });

  it('that is not taken up is answered in HTTP/1.1', async () => {
    const plain = text('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    const report = await read((talk) => talk.clientSends(upgrade).serverSends(plain).clientSends(upgrade).serverSends(plain).close());
    expect(report.exchanges.map(({ http }) => http?.status)).toEqual([200, 200]);
  });

  it('to anything else is left alone', async () => {
    const other = text('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    const report = await read((talk) => talk.clientSends(upgrade).serverSends(other).serverSends(text('anything')).close('server'));
    expect([report.exchanges.length, verdictOf(report)]).toEqual([1, 'ok']);
  });
});
