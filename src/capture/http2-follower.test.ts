import { describe, expect, it } from 'vitest';
import { captureOf } from '../../fixtures/captures/make/collection.ts';
import { client, sceneStartMs, server } from '../../fixtures/captures/make/scenes.ts';
import { TcpDialogue } from '../../fixtures/captures/make/tcp-dialogue.ts';
import { readCaptures } from '../cli/capture-document.ts';
import type { ReadReport } from '../model/read-report.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const frame = (type: number, flags: number, stream: number, body: readonly number[]): Uint8Array =>
  Uint8Array.of(0, 0, body.length, type, flags, 0, 0, 0, stream, ...body);
const together = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

const preface = text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const settings = frame(4, 0, 0, []);
const endOfBoth = 0x05;
/** GET / by the static table alone (RFC 7541 appendix A). */
const request = (stream: number): Uint8Array => frame(1, endOfBoth, stream, [0x82, 0x84, 0x86]);
/** The same on a stream whose number takes two octets. */
const wide = (stream: number): Uint8Array => {
  const bytes = request(0);
  bytes[7] = stream >> 8;
  bytes[8] = stream & 0xff;
  return bytes;
};
const statuses = { 200: 0x88, 404: 0x8d, 500: 0x8e } as const;
const response = (stream: number, status: keyof typeof statuses): Uint8Array => frame(1, endOfBoth, stream, [statuses[status]]);
const reset = (stream: number, errorCode = 8): Uint8Array => frame(3, 0, stream, [0, 0, 0, errorCode]);
const goaway = (lastStream: number, errorCode: number, debug = ''): Uint8Array =>
  frame(7, 0, 0, [0, 0, 0, lastStream, 0, 0, 0, errorCode, ...text(debug)]);
/** 200, and a part of a body that does not end. */
const partial = together(frame(1, 0x04, 1, [0x88]), frame(0, 0, 1, [0x61, 0x62]));

function read(talks: (talk: TcpDialogue) => void): Promise<ReadReport> {
  const bytes = captureOf({
    name: 'http2',
    status: 'unclear',
    cause: null,
    write: (sink) =>
      talks(new TcpDialogue(sink, { client, server, clientPort: 50_001, serverPort: 80, startMs: sceneStartMs, roundTripMs: 20 }).open()),
  });
  return readCaptures([{ name: 'http2.pcap', bytes }], '0');
}

const statusesOf = (report: ReadReport): (number | null | undefined)[] => report.exchanges.map((exchange) => exchange.http?.status);

describe('HTTP/2 in clear', () => {
  it('is read with streams that overlap, each with its own answer', async () => {
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, request(1), request(3)))
        .serverSends(together(settings, response(3, 500), response(1, 200)))
        .close(),
    );
    expect(statusesOf(report).sort()).toEqual([200, 500]);
    expect(report.verdict.cause).toBe('http.server-error');
  });

  it('is read where the server speaks first', async () => {
    const report = await read((talk) =>
      talk
        .serverSends(settings)
        .clientSends(together(preface, settings, request(1)))
        .serverSends(response(1, 200))
        .close(),
    );
    expect(statusesOf(report)).toEqual([200]);
  });

  it('makes nothing of an answer that the client no longer wanted', async () => {
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, request(1)))
        .serverSends(settings)
        .clientSends(reset(1))
        .close(),
    );
    expect(report.verdict.status).toBe('unclear');
    expect(report.verdict.cause).toBeNull();
  });

  it('says that a server closed without an answer', async () => {
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, request(1)))
        .serverSends(settings)
        .close('server'),
    );
    expect(report.verdict).toMatchObject({ status: 'failed', cause: 'http.closed' });
  });

  it.each([
    ['resets the stream', reset(1, 2), 'http.reset', 'stream-reset, INTERNAL_ERROR'],
    ['breaks off the connection', goaway(1, 1, 'bad frame'), 'http.closed', 'goaway, PROTOCOL_ERROR'],
  ])('says that a server %s in place of an answer', async (_, ended, cause, failure) => {
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, request(1)))
        .serverSends(together(settings, ended))
        .close(),
    );
    expect(report.verdict).toMatchObject({ status: 'failed', checkpoint: 'http', cause });
    expect(report.findings[0]?.detail.failure).toBe(failure);
    expect(report.evidence.find(({ kind }) => kind === 'http.stream-ended')?.frames?.length).toBe(2);
  });

  it.each([
    ['refuses the stream, to be asked again', reset(1, 7)],
    ['says goodbye before it has looked at the stream', goaway(0, 0)],
    ['says goodbye and answers', together(goaway(1, 0), response(1, 200))],
    ['answers and resets the stream that is over', together(response(1, 200), reset(1, 0))],
  ])('makes no failure of a server that %s', async (_, ended) => {
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, request(1)))
        .serverSends(together(settings, ended))
        .close(),
    );
    expect(report.verdict.cause).toBeNull();
    expect(report.exchangeCounts.failed).toBe(0);
  });

  it('says that an answer was broken off', async () => {
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, request(1)))
        .serverSends(together(settings, partial, reset(1, 2)))
        .close(),
    );
    expect(report.verdict).toMatchObject({ status: 'failed', cause: 'http.truncated' });
  });

  it.each([
    ['the same', '/', 'degraded', 'http.h2-failed'],
    ['something else', '/other', 'failed', 'http.reset'],
  ] as const)('is compared with an older version in which the client then asks for %s', async (_, path, status, cause) => {
    const bytes = captureOf({
      name: 'older',
      status: 'unclear',
      cause: null,
      write: (sink) => {
        const dialogue = (clientPort: number, startMs: number): TcpDialogue =>
          new TcpDialogue(sink, { client, server, clientPort, serverPort: 80, startMs, roundTripMs: 20 }).open();
        dialogue(50_001, sceneStartMs)
          .clientSends(together(preface, settings, request(1)))
          .serverSends(together(settings, reset(1, 13)))
          .close();
        dialogue(50_002, sceneStartMs + 1000)
          .clientSends(text(`GET ${path} HTTP/1.1\r\nHost: ${server.address}\r\n\r\n`))
          .serverSends(text('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
          .close();
      },
    });
    const report = await readCaptures([{ name: 'older.pcap', bytes }], '0');
    expect(report.verdict).toMatchObject({ status, cause });
  });

  it('gives up the oldest of more streams than clients may open', async () => {
    const ids = Array.from({ length: 127 }, (_, i) => 2 * i + 1).filter((id) => id < 256);
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, ...ids.map(request), frame(1, endOfBoth, 255, [0x82, 0x84, 0x86]), wide(257), wide(259)))
        .serverSends(together(settings, response(1, 500), response(5, 200)))
        .close(),
    );
    expect(report.exchangeCounts.total).toBe(130);
    // The answer to the first request belongs to nobody any more.
    expect(statusesOf(report).filter((status) => status !== null)).toEqual([200]);
  });

  it('keeps a part of a header that one octet makes long', async () => {
    const field = [0x40, 1, 0x78, 1, 0x79];
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, request(1)))
        .serverSends(together(settings, frame(1, endOfBoth, 1, [0x88, ...field, ...new Array<number>(200).fill(0xbe)])))
        .close(),
    );
    const received = report.evidence.find(({ kind }) => kind === 'http.response-received');
    expect(received?.kind === 'http.response-received' ? received.headers.length : 0).toBe(96);
  });

  it('makes nothing of what breaks its syntax', async () => {
    const report = await read((talk) =>
      talk
        .clientSends(together(preface, settings, request(1)))
        .serverSends(together(settings, frame(9, 4, 1, [])))
        .close('server'),
    );
    expect(report.verdict.cause).toBeNull();
  });
});
