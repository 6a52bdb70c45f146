import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHpackDecoder } from './hpack.ts';
import { encodeHpack } from './hpack-encode.ts';
import {
  encodeHttp2Frame,
  encodeHttp2PingAcknowledgement,
  encodeHttp2Request,
  encodeHttp2SettingsAcknowledgement,
} from './http2-encode.ts';
import { HTTP2_FRAME } from './http2-names.ts';
import { createHttp2Session } from './http2-session.ts';
import { createHttp2Reader } from './http2-stream.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nothing = new Uint8Array(0);
const settings = encodeHttp2Frame(HTTP2_FRAME.settings, 0, 0, nothing);
const END_STREAM = 1;
const END_HEADERS = 4;

function headers(fields: Record<string, string>, flags = END_HEADERS, stream = 1): Uint8Array {
  const list = Object.entries(fields).map(([name, value]) => ({ name, value }));
  return encodeHttp2Frame(HTTP2_FRAME.headers, flags, stream, encodeHpack(list));
}

const data = (text: string, flags = 0): Uint8Array => encodeHttp2Frame(HTTP2_FRAME.data, flags, 1, bytes(text));
const reset = (code: number): Uint8Array => encodeHttp2Frame(HTTP2_FRAME.rstStream, 0, 1, Uint8Array.of(0, 0, 0, code));
const goaway = (last: number, code: number, debug = ''): Uint8Array =>
  encodeHttp2Frame(HTTP2_FRAME.goaway, 0, 0, Uint8Array.of(0, 0, 0, last, 0, 0, 0, code, ...bytes(debug)));

function decode(parts: readonly Uint8Array[], method = 'GET') {
  const { decoder } = createHttp2Session().request({ method, scheme: 'https', target: '/', headers: [] });
  const events = parts.flatMap((part) => decoder.push(part));
  const body = events.flatMap((event) => (event.kind === 'body' ? [...event.bytes] : []));
  return { decoder, kinds: events.map((event) => event.kind), events, body: new TextDecoder().decode(Uint8Array.from(body)) };
}

describe('a request', () => {
  it('is read by the reader of captures: preface, settings, window, one section that ends the stream', () => {
    const reader = createHttp2Reader({ side: 'client' });
    const sent = encodeHttp2Request(
      {
        method: 'GET',
        scheme: 'https',
        target: '/a?b=1',
        headers: [
          { name: 'Host', value: 'shop.example' },
          { name: 'User-Agent', value: 'wirewalk' },
          { name: 'Connection', value: 'keep-alive' },
          { name: 'TE', value: 'gzip' },
          { name: 'Cookie', value: 'a=1' },
        ],
      },
      1,
    );
    const events = reader.push(sent);
    expect(events.map((event) => event.kind)).toEqual(['preface', 'settings', 'window-update', 'headers']);
    expect(events.at(-1)).toMatchObject({ streamId: 1, endStream: true, fieldsError: null });
    const section = events.at(-1) as { fields: { name: string; value: string }[] };
    expect(section.fields.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      ':method: GET',
      ':scheme: https',
      ':authority: shop.example',
      ':path: /a?b=1',
      'user-agent: wirewalk',
      'cookie: a=1',
    ]);
  });

  it('of many fields goes on in CONTINUATION', () => {
    const reader = createHttp2Reader({ side: 'client' });
    const large = { name: 'x-large', value: 'v'.repeat(40_000) };
    const events = reader.push(encodeHttp2Request({ method: 'GET', scheme: 'https', target: '/', headers: [large] }, 1));
    expect(events.at(-1)).toMatchObject({ kind: 'headers', endStream: true });
    expect((events.at(-1) as { fields: unknown[] }).fields).toContainEqual(large);
  });

  it('has header blocks that decode to what they were made of', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,200}$/);
    const value = fc.stringMatching(/^[ -~]{0,300}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ name, value }), { maxLength: 20 }), (fields) => {
        expect(createHpackDecoder().decode(encodeHpack(fields))).toEqual({ fields, error: null });
      }),
    );
  });

  it('acknowledges settings and pings', () => {
    const reader = createHttp2Reader({ side: 'server' });
    const opaque = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const events = [settings, encodeHttp2SettingsAcknowledgement(), encodeHttp2PingAcknowledgement(opaque)].flatMap((part) =>
      reader.push(part),
    );
    expect(events.slice(1)).toMatchObject([
      { kind: 'settings', acknowledgement: true },
      { kind: 'ping', acknowledgement: true },
    ]);
  });
});

describe('an answer', () => {
  it('is status, fields and content, and settings are acknowledged once', () => {
    const { decoder, kinds, events, body } = decode([
      settings,
      headers({ ':status': '200', 'content-length': '5' }),
      data('op'),
      data('en!', END_STREAM),
    ]);
    expect(kinds).toEqual(['header', 'body', 'body', 'complete']);
    expect(events[0]).toMatchObject({ framing: 'stream', expectedBytes: 5, head: { version: '2', status: 200 } });
    expect([body, decoder.phase, decoder.bodyBytes]).toEqual(['open!', 'complete', 5]);
    expect(decoder.takeReplies()).toEqual([encodeHttp2SettingsAcknowledgement()]);
    expect(decoder.takeReplies()).toEqual([]);
  });

  it('that is announced without end, or only pinged about, costs no more than a little', () => {
    const announced = decode([settings, ...new Array<Uint8Array>(200).fill(headers({ ':status': '103' }))]);
    expect([announced.decoder.phase, announced.kinds.length]).toEqual(['malformed', 100]);
    const ping = encodeHttp2PingAcknowledgement(new Uint8Array(8));
    ping[4] = 0;
    const pinged = decode([settings, ...new Array<Uint8Array>(5000).fill(ping)]);
    expect([pinged.decoder.phase, pinged.decoder.takeReplies().length]).toEqual(['start', 1000]);
  });

  it.each([
    [
      'interim first',
      [settings, headers({ ':status': '103' }), headers({ ':status': '204' }, END_HEADERS | END_STREAM)],
      ['interim', 'header', 'complete'],
    ],
    [
      'trailers last',
      [settings, headers({ ':status': '200' }), data('a'), headers({ 'grpc-status': '0' }, END_HEADERS | END_STREAM)],
      ['header', 'body', 'complete'],
    ],
    ['of another stream is not ours', [settings, headers({ ':status': '200' }, END_HEADERS, 3)], []],
    [
      'behind GOAWAY that spares it',
      [settings, goaway(1, 0), headers({ ':status': '200' }, END_HEADERS | END_STREAM)],
      ['header', 'complete'],
    ],
  ])('%s', (_, parts, kinds) => {
    expect(decode(parts).kinds).toEqual(kinds);
  });

  it('to HEAD has a length and no content', () => {
    const { decoder, kinds } = decode([settings, headers({ ':status': '200', 'content-length': '5' }, END_HEADERS | END_STREAM)], 'HEAD');
    expect([kinds, decoder.phase]).toEqual([['header', 'complete'], 'complete']);
  });

  it.each([
    ['a reset stream', [settings, reset(7)], { how: 'stream-reset', errorCode: 7, debug: '' }, 'cut-off'],
    [
      'a reset inside the content',
      [settings, headers({ ':status': '200' }), data('a'), reset(2)],
      { how: 'stream-reset', errorCode: 2 },
      'cut-off',
    ],
    ['the end of the connection', [settings, goaway(0, 11, 'calm')], { how: 'goaway', errorCode: 11, debug: 'calm' }, 'cut-off'],
    ['a reset after all was said', [settings, headers({ ':status': '200' }, END_HEADERS | END_STREAM), reset(0)], null, 'complete'],
  ] as const)('ended by %s', (_, parts, ending, phase) => {
    const { decoder } = decode(parts);
    expect(decoder.phase).toBe(phase);
    if (ending === null) expect(decoder.ending).toBeNull();
    else expect(decoder.ending).toMatchObject(ending);
  });

  it.each([
    ['no settings first', [headers({ ':status': '200' })], 'h2-frame'],
    ['HTTP/1.1', [bytes('HTTP/1.1 400 Bad Request\r\n\r\n')], 'h2-frame'],
    ['no status', [settings, headers({ server: 'x' })], 'h2-stream'],
    ['a field of one connection', [settings, headers({ ':status': '200', connection: 'close' })], 'h2-stream'],
    ['a name in capitals', [settings, headers({ ':status': '200', 'X-A': '1' })], 'h2-stream'],
    ['content before the header', [settings, data('a')], 'h2-stream'],
  ] as const)('broken by %s', (_, parts, rule) => {
    const { decoder } = decode(parts);
    expect([decoder.phase, decoder.malformed?.rule]).toEqual(['malformed', rule]);
  });

  it('shorter than its length is cut off, and so is one whose connection ends', () => {
    expect(decode([settings, headers({ ':status': '200', 'content-length': '9' }), data('abc', END_STREAM)]).decoder.phase).toBe('cut-off');
    const { decoder } = decode([settings, headers({ ':status': '200' }), data('abc')]);
    decoder.end();
    expect([decoder.phase, decoder.ending]).toEqual(['cut-off', null]);
  });

  it('may be followed by another on the same connection', () => {
    const session = createHttp2Session();
    const offer = { method: 'GET', scheme: 'https', target: '/', headers: [] } as const;
    const first = session.request(offer);
    first.decoder.push(settings);
    first.decoder.push(headers({ ':status': '200' }, END_HEADERS | END_STREAM));
    const second = session.request(offer);
    expect([new TextDecoder().decode(first.bytes.subarray(0, 3)), second.bytes.length]).toEqual(['PRI', second.bytes.length]);
    expect(second.bytes.length).toBeLessThan(first.bytes.length - 24);
    expect(second.decoder.push(headers({ ':status': '204' }, END_HEADERS | END_STREAM, 3)).map((event) => event.kind)).toEqual([
      'header',
      'complete',
    ]);
  });

  it('of much content lets the peer go on', () => {
    const part = encodeHttp2Frame(HTTP2_FRAME.data, 0, 1, new Uint8Array(0x4000));
    const { decoder } = decode([settings, headers({ ':status': '200' }), ...Array.from({ length: 65 }, () => part)]);
    expect(decoder.takeReplies().map((reply) => reply[3])).toEqual([HTTP2_FRAME.settings, HTTP2_FRAME.windowUpdate]);
  });

  it('in any pieces is the same answer', () => {
    const whole = [settings, headers({ ':status': '200', server: 'x' }), data('abc'), data('def', END_STREAM)].flatMap((part) => [...part]);
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.toSorted((one, other) => one - other), whole.length];
        const parts = at.slice(1).map((end, index) => Uint8Array.from(whole.slice(at[index], end)));
        expect(decode(parts)).toMatchObject({ body: 'abcdef', decoder: { phase: 'complete' } });
      }),
    );
  });

  it('of anybody is decoded without throwing', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), fc.boolean(), (parts, withSettings) => {
        decode(withSettings ? [settings, ...parts] : parts).decoder.end();
      }),
    );
  });
});
