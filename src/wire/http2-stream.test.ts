import * as http2 from 'node:http2';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeHex } from './byte-text.ts';
import { http2ErrorName, http2FrameTypeName, http2SettingName } from './http2-names.ts';
import { createHttp2Reader, type Http2Event } from './http2-stream.ts';

function hex(text: string): Uint8Array {
  return decodeHex(text.replaceAll(/\s/g, ''))!;
}

/** Bytes of both directions of a connection between nghttp2 and itself: a page of 40 kB, a missing one, an abandoned one, and a farewell. */
async function recordConnection(): Promise<{ fromClient: Uint8Array; fromServer: Uint8Array }> {
  const written: [number[], number[]] = [[], []];
  const end = (index: 0 | 1): Duplex =>
    new Duplex({
      read() {},
      write(chunk: Uint8Array, _encoding, done) {
        written[index].push(...chunk);
        ends[index === 0 ? 1 : 0].push(chunk);
        done();
      },
      final(done) {
        ends[index === 0 ? 1 : 0].push(null);
        done();
      },
    });
  const ends: [Duplex, Duplex] = [end(0), end(1)];
  const server = http2.createServer({ paddingStrategy: http2.constants.PADDING_STRATEGY_MAX });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/large') {
      stream.respond({ ':status': 200, server: 'test', 'x-long': 'abc'.repeat(6000) });
      stream.end(Buffer.alloc(40_000, 'x'));
    } else if (headers[':path'] === '/reset') stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    else {
      stream.respond({ ':status': 404 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': 'yes' }));
      stream.end('nothing');
    }
  });
  server.emit('connection', ends[1]);
  const client = http2.connect('http://test.example', { createConnection: () => ends[0], maxSendHeaderBlockLength: 100_000 });
  for (const path of ['/large', '/missing', '/reset']) {
    await new Promise<void>((resolve) => {
      const request = client.request({ ':path': path, 'user-agent': 'test' });
      request.on('error', () => {});
      request.on('close', () => resolve());
      request.resume();
    });
  }
  await new Promise<void>((resolve) => {
    client.on('close', () => resolve());
    client.goaway(http2.constants.NGHTTP2_NO_ERROR, 0, Buffer.from('bye\n'));
    client.close();
  });
  return { fromClient: Uint8Array.from(written[0]), fromServer: Uint8Array.from(written[1]) };
}

let recorded: { fromClient: Uint8Array; fromServer: Uint8Array };
beforeAll(async () => {
  recorded = await recordConnection();
});

describe('createHttp2Reader', () => {
  it('reads what a client sends', () => {
    const events = createHttp2Reader({ side: 'client' }).push(recorded.fromClient);
    expect(events.slice(0, 2).map(({ kind }) => kind)).toEqual(['preface', 'settings']);
    const requests = events.filter((event) => event.kind === 'headers');
    expect(requests.map(({ streamId, endStream, fieldsError }) => ({ streamId, endStream, fieldsError }))).toEqual(
      [1, 3, 5].map((streamId) => ({ streamId, endStream: true, fieldsError: null })),
    );
    expect(requests.map(({ fields }) => fields.find(({ name }) => name === ':path')?.value)).toEqual(['/large', '/missing', '/reset']);
    expect(events.find((event) => event.kind === 'goaway')).toEqual({ kind: 'goaway', lastStreamId: 0, errorCode: 0, debug: 'bye ' });
  });

  it('reads what a server sends: a field section over several frames, padding, trailers, a reset', () => {
    const events = createHttp2Reader({ side: 'server' }).push(recorded.fromServer);
    expect(events.filter(({ kind }) => kind === 'malformed')).toEqual([]);
    const large = events.filter((event) => (event.kind === 'headers' || event.kind === 'data') && event.streamId === 1);
    expect(large[0]).toMatchObject({ kind: 'headers', endStream: false, fieldsError: null });
    const fields = large[0]?.kind === 'headers' ? large[0].fields : [];
    expect(fields.find(({ name }) => name === 'x-long')?.value).toBe('abc'.repeat(6000));
    const bytes = large.reduce((sum, event) => sum + (event.kind === 'data' ? event.bytes : 0), 0);
    expect(bytes).toBe(40_000);
    expect(large.at(-1)).toMatchObject({ kind: 'data', endStream: true });
    const missing = events.filter((event) => event.kind === 'headers' && event.streamId === 3);
    expect(missing).toMatchObject([
      { fields: [{ name: ':status', value: '404' }, { name: 'date' }], endStream: false },
      { fields: [{ name: 'x-trailer', value: 'yes' }], endStream: true },
    ]);
    const reset = events.find((event) => event.kind === 'reset');
    expect(reset).toEqual({ kind: 'reset', streamId: 5, errorCode: 11 });
    expect(http2ErrorName(11)).toBe('ENHANCE_YOUR_CALM');
  });

  it('gives the same events however the bytes are split', () => {
    const whole = createHttp2Reader({ side: 'server' }).push(recorded.fromServer);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const reader = createHttp2Reader({ side: 'server' });
        const events: Http2Event[] = [];
        for (let at = 0, i = 0; at < recorded.fromServer.length; i++) {
          const size = sizes[i % sizes.length]!;
          events.push(...reader.push(recorded.fromServer.subarray(at, at + size)));
          at += size;
        }
        expect(events).toEqual(whole);
        expect(reader.partial).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('goes on behind bytes missing inside content', () => {
    const reader = createHttp2Reader({ side: 'server' });
    reader.push(hex('000000 04 00 00000000  000400 00 00 00000001 aabb'));
    expect(reader.skip(1000)).toEqual([]);
    expect(reader.push(new Uint8Array(22))).toEqual([{ kind: 'data', streamId: 1, bytes: 1024, endStream: false }]);
    reader.push(hex('000008 06 00 00000000'));
    expect(reader.skip(8)).toMatchObject([{ kind: 'malformed', error: { reason: 'bytes of the stream are missing' } }]);
    expect(reader.push(hex('000000 04 00 00000000'))).toEqual([]);
  });

  it.each([
    ['an answer in HTTP/1.1', '485454502f312e3120343030204261640d0a'],
    ['something else than SETTINGS first', '000008 06 00 00000000 0000000000000000'],
    ['an acknowledgement first', '000000 04 01 00000000'],
    ['SETTINGS of five bytes', '000005 04 00 00000000 0000000000'],
    ['SETTINGS on a stream', '000000 04 00 00000001'],
    ['DATA on no stream', '000000 04 00 00000000 000000 00 00 00000000'],
    ['padding longer than the frame', '000000 04 00 00000000 000002 00 08 00000001 0500'],
    ['CONTINUATION alone', '000000 04 00 00000000 000000 09 04 00000001'],
    ['a field section interrupted', '000000 04 00 00000000 000001 01 00 00000001 82 000008 06 00 00000000 0000000000000000'],
    ['a frame of megabytes', '000000 04 00 00000000 ffffff 01 04 00000001'],
  ])('stops at %s', (_, bytes) => {
    const events = createHttp2Reader({ side: 'server' }).push(hex(bytes));
    expect(events.at(-1)?.kind).toBe('malformed');
  });

  it('says that the client did not begin with the preface', () => {
    const [event] = createHttp2Reader({ side: 'client' }).push(new TextEncoder().encode('PRI /'));
    expect(event).toEqual({ kind: 'malformed', error: { offset: 4, reason: 'connection preface is missing' } });
  });

  it('never throws, whatever the bytes', () => {
    const change = fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.boolean(), (changes, fromClient) => {
        const bytes = (fromClient ? recorded.fromClient : recorded.fromServer).slice(0, 2500);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        createHttp2Reader({ side: fromClient ? 'client' : 'server' }).push(bytes);
      }),
      { numRuns: 300 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void createHttp2Reader({ side: 'server' }).push(bytes)));
  });
});

describe('names of HTTP/2 numbers', () => {
  it('are those of the registry', () => {
    expect([0, 7, 9, 200].map(http2FrameTypeName)).toEqual(['DATA', 'GOAWAY', 'CONTINUATION', 'unknown_200']);
    expect([1, 13, 99].map(http2ErrorName)).toEqual(['PROTOCOL_ERROR', 'HTTP_1_1_REQUIRED', '0x63']);
    expect([3, 8, 0x99].map(http2SettingName)).toEqual(['MAX_CONCURRENT_STREAMS', 'ENABLE_CONNECT_PROTOCOL', '0x99']);
  });
});
