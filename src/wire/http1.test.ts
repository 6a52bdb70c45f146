import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Http1Event, Http1HeadBase } from './http1-message.ts';
import { createHttp1RequestDecoder, encodeHttp1Request } from './http1-request.ts';
import { createHttp1ResponseDecoder, type Http1ResponseEvent } from './http1-response.ts';

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Events with views copied and neighbouring content joined, so that they can be compared. */
function normalised<Head extends Http1HeadBase>(events: readonly Http1Event<Head>[]): unknown[] {
  const out: { kind: string; text?: string }[] = [];
  for (const event of events) {
    if (event.kind !== 'body' && event.kind !== 'leftover') out.push(event);
    else if (out.at(-1)?.kind === event.kind) out.at(-1)!.text += textOf(event.bytes);
    else out.push({ kind: event.kind, text: textOf(event.bytes) });
  }
  return out;
}

function briefly(event: Http1ResponseEvent & { text?: string }): string {
  if (event.kind === 'interim') return `interim ${event.head.status}`;
  if (event.kind === 'header') return `header ${event.head.status} ${event.framing} ${event.expectedBytes}`;
  if (event.kind === 'trailers') return `trailers ${event.fields.map(({ name, value }) => `${name}=${value}`).join()}`;
  if (event.kind === 'complete') return `complete ${event.bodyBytes}`;
  if (event.kind === 'malformed') return `malformed ${event.rule}`;
  if (event.kind === 'cut-off') return `cut-off ${event.by} ${event.during} ${event.bodyBytes}`;
  return `${event.kind} ${event.text}`;
}

function decode(
  text: string,
  end: 'closed' | 'reset' | null = null,
  requestMethod = 'GET',
): { events: Http1ResponseEvent[]; brief: string[] } {
  const decoder = createHttp1ResponseDecoder({ requestMethod });
  const events = [...decoder.push(bytesOf(text)), ...(end === null ? [] : decoder.end(end))];
  return { events, brief: (normalised(events) as Http1ResponseEvent[]).map(briefly) };
}

const OK = 'HTTP/1.1 200 OK\r\n';

describe('createHttp1ResponseDecoder', () => {
  it('gives the header as sent, names in lower case', () => {
    const { events } = decode(`HTTP/1.1 404 Not Found\r\nServer:nginx\r\nX-Two:  a \r\nX-TWO: b\r\nContent-Length: 2\r\n\r\nhi`);
    expect(events[0]).toEqual({
      kind: 'header',
      framing: 'content-length',
      expectedBytes: 2,
      head: {
        version: '1.1',
        status: 404,
        reason: 'Not Found',
        fields: [
          { name: 'server', value: 'nginx' },
          { name: 'x-two', value: 'a' },
          { name: 'x-two', value: 'b' },
          { name: 'content-length', value: '2' },
        ],
        ignoredLines: 0,
        headerBytes: 81,
      },
    });
  });

  it.each<[what: string, text: string, end: 'closed' | 'reset' | null, brief: string[]]>([
    [
      'content by length, and bytes behind it',
      `${OK}Content-Length: 5\r\n\r\nhelloHTTP/1.1`,
      'closed',
      ['header 200 content-length 5', 'body hello', 'complete 5', 'leftover HTTP/1.1'],
    ],
    ['length zero', `${OK}Content-Length: 0\r\n\r\n`, null, ['header 200 content-length 0', 'complete 0']],
    [
      'equal lengths',
      `${OK}Content-Length: 1, 1\r\nContent-Length: 1\r\n\r\nx`,
      null,
      ['header 200 content-length 1', 'body x', 'complete 1'],
    ],
    ['different lengths', `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`, null, ['malformed content-length']],
    ['a length that is no number', `${OK}Content-Length: five\r\n\r\n`, null, ['malformed content-length']],
    ['content until close', `${OK}\r\nhello`, 'closed', ['header 200 until-close null', 'body hello', 'complete 5']],
    ['content until close, reset', `${OK}\r\nhello`, 'reset', ['header 200 until-close null', 'body hello', 'cut-off reset body 5']],
    [
      'too little content',
      `${OK}Content-Length: 5\r\n\r\nhell`,
      'closed',
      ['header 200 content-length 5', 'body hell', 'cut-off closed body 4'],
    ],
    [
      'interim responses',
      `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100\r\n\r\nHTTP/1.1 204\r\n\r\n`,
      null,
      ['interim 103', 'interim 100', 'header 204 none null', 'complete 0'],
    ],
    [
      'a switch of protocol',
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00`,
      null,
      ['header 101 none null', 'complete 0', 'leftover \x81\x00'],
    ],
    ['nothing modified', `HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n`, null, ['header 304 none null', 'complete 0']],
    [
      'chunks, an extension and trailers',
      `${OK}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1 \r\n!\r\n0\r\nExpires: never\r\n\r\nmore`,
      null,
      ['header 200 chunked null', 'body hello!', 'trailers expires=never', 'complete 6', 'leftover more'],
    ],
    [
      'chunks cut off',
      `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`,
      'closed',
      ['header 200 chunked null', 'body hel', 'cut-off closed body 3'],
    ],
    [
      'chunks without the last empty line',
      `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n`,
      'closed',
      ['header 200 chunked null', 'body x', 'cut-off closed trailers 1'],
    ],
    [
      'a chunk size that is none',
      `${OK}Transfer-Encoding: chunked\r\n\r\nhello`,
      null,
      ['header 200 chunked null', 'malformed chunk-size'],
    ],
    [
      'a chunk longer than it says',
      `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhello`,
      null,
      ['header 200 chunked null', 'body he', 'malformed chunk-data'],
    ],
    [
      'a chunk size beyond 2^52',
      `${OK}Transfer-Encoding: chunked\r\n\r\n1ffffffffffffff\r\n`,
      null,
      ['header 200 chunked null', 'malformed chunk-size'],
    ],
    [
      'chunked with a length',
      `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      null,
      ['header 200 chunked null', 'complete 0'],
    ],
    [
      'chunked not last',
      `${OK}Transfer-Encoding: chunked, gzip\r\n\r\nxx`,
      'closed',
      ['header 200 until-close null', 'body xx', 'complete 2'],
    ],
    [
      'chunked said twice',
      `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      null,
      ['header 200 chunked null', 'complete 0'],
    ],
    ['chunked around another coding', `${OK}Transfer-Encoding: chunked, gzip, chunked\r\n\r\n`, null, ['malformed transfer-encoding']],
    [
      'chunked in HTTP/1.0',
      'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx',
      'closed',
      ['header 200 until-close null', 'body x', 'complete 1'],
    ],
    ['bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 1\n\nx', null, ['header 200 content-length 1', 'body x', 'complete 1']],
    ['empty lines before', `\r\n\r\n${OK}Content-Length: 0\r\n\r\n`, null, ['header 200 content-length 0', 'complete 0']],
    ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', null, ['header 200 content-length 0', 'complete 0']],
    ['another protocol', 'SSH-2.0-OpenSSH', null, ['malformed status-line']],
    ['HTTP/2 as text', 'HTTP/2 200\r\n\r\n', null, ['malformed status-line']],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', null, ['malformed status-line']],
    ['a control character in a field', `${OK}A: b\0c\r\n\r\n`, null, ['malformed header-field']],
    ['nothing', '', 'closed', ['cut-off closed start 0']],
    ['half a header', 'HTTP/1.1 200 OK\r\nA:', 'reset', ['cut-off reset header 0']],
  ])('%s', (_, text, end, brief) => {
    expect(decode(text, end).brief).toEqual(brief);
  });

  it('knows that some requests have no content in the answer', () => {
    expect(decode(`${OK}Content-Length: 9\r\n\r\n`, null, 'HEAD').brief).toEqual(['header 200 none null', 'complete 0']);
    expect(decode(`${OK}\r\ntunnel`, null, 'CONNECT').brief).toEqual(['header 200 none null', 'complete 0', 'leftover tunnel']);
  });

  it('skips the field lines that browsers skip, and folds', () => {
    const { events } = decode(`${OK}no colon here\r\nbad name: x\r\nX: a\r\n\t b\r\nSpace : c\r\n\r\n`);
    expect(events[0]).toMatchObject({
      head: {
        ignoredLines: 2,
        fields: [
          { name: 'x', value: 'a b' },
          { name: 'space', value: 'c' },
        ],
      },
    });
  });

  it('reads field values as UTF-8 or else ISO-8859-1', () => {
    const { events } = decode(`${OK}A: \xc3\xa9\r\nB: \xe9\r\n\r\n`);
    expect(events[0]).toMatchObject({ head: { fields: [{ value: 'é' }, { value: 'é' }] } });
  });

  it('gives up a header after 256 KiB, over all interim responses', () => {
    expect(decode(`${OK}${'A: b\r\n'.repeat(50_000)}`).brief).toEqual(['malformed header-too-large']);
    expect(decode('HTTP/1.1 100 Continue\r\n\r\n'.repeat(20_000)).brief.at(-1)).toBe('malformed header-too-large');
    expect(decode('HTTP/1.1'.padEnd(300_000, ' ')).brief).toEqual(['malformed header-too-large']);
  });

  it('takes no longer for the worst headers than for others', () => {
    const started = performance.now();
    expect(decode(`${OK}A: b\n${' c\n'.repeat(80_000)}\n`).brief).toEqual(['header 200 until-close null']);
    expect(decode(`${OK}${'\r'.repeat(200_000)}\n\n`).brief).toHaveLength(1);
    const decoder = createHttp1ResponseDecoder({ requestMethod: 'GET' });
    for (const byte of bytesOf(`${OK}${'a:b\n'.repeat(50_000)}`)) decoder.push(Uint8Array.of(byte));
    expect(performance.now() - started).toBeLessThan(10_000);
  }, 20_000);

  it('keeps the first bytes of what is malformed, also those that come later', () => {
    const decoder = createHttp1ResponseDecoder({ requestMethod: 'GET' });
    decoder.push(bytesOf('S'));
    decoder.push(bytesOf('SH-2.0-OpenSSH\r\n'.repeat(9)));
    expect(textOf(decoder.malformed!.sample)).toBe(`S${'SH-2.0-OpenSSH\r\n'.repeat(9)}`.slice(0, 64));
    const chunked = createHttp1ResponseDecoder({ requestMethod: 'GET' });
    chunked.push(bytesOf(`${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n5x\r\nrest`));
    expect(textOf(chunked.malformed!.sample)).toBe('5x\r\nrest');
  });
});

describe('createHttp1RequestDecoder', () => {
  const decodeRequest = (text: string): unknown[] => normalised(createHttp1RequestDecoder().push(bytesOf(text)));

  it('reads a request with content', () => {
    const encoded = encodeHttp1Request({ method: 'POST', target: '/a?b', headers: [{ name: 'Host', value: 'x' }], body: bytesOf('hi') });
    expect(textOf(encoded)).toBe('POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi');
    expect(decodeRequest(textOf(encoded))).toMatchObject([
      {
        kind: 'header',
        head: { method: 'POST', target: '/a?b', version: '1.1', fields: [{ name: 'host', value: 'x' }, { name: 'content-length' }] },
      },
      { kind: 'body', text: 'hi' },
      { kind: 'complete', bodyBytes: 2 },
    ]);
  });

  it('needs no length where there is no content', () => {
    expect(decodeRequest('GET / HTTP/1.1\r\nHost: x\r\n\r\nGET')).toMatchObject([
      { kind: 'header' },
      { kind: 'complete' },
      { kind: 'leftover', text: 'GET' },
    ]);
  });

  it.each([
    ['GET /\r\n\r\n', 'request-line'],
    ['\x16\x03\x01\x02\0\x01', 'request-line'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'request-line'],
    ['POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n', 'transfer-encoding'],
    ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n\r\n', 'transfer-encoding'],
  ])('refuses %j', (text, rule) => {
    expect(decodeRequest(text)).toEqual([{ kind: 'malformed', rule }]);
  });

  it('does not send what would break the syntax', () => {
    const headers = [{ name: 'A', value: 'b\r\nC: d' }];
    expect(() => encodeHttp1Request({ method: 'GET', target: '/', headers })).toThrow(RangeError);
    expect(() => encodeHttp1Request({ method: 'GET', target: '/ HTTP/1.1\r\n', headers: [] })).toThrow(RangeError);
  });
});

describe('both decoders', () => {
  const chunk = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 })
    .map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
  const message = fc.oneof(
    fc.array(chunk, { maxLength: 5 }).map((chunks) => `${OK}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\nA: b\r\n\r\nleft`),
    fc
      .string({ unit: 'grapheme-ascii' })
      .map((text) => `\r\nHTTP/1.1 100\r\n\r\n${OK}Content-Length: ${text.length}\nX: y\n z\r\n\r\n${text}over`),
    fc.string({ unit: 'grapheme-ascii' }).map((text) => `POST / HTTP/1.1\r\nContent-Length: ${text.length}\r\n\r\n${text}GET /`),
  );
  const changes = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
  const input = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(message, changes).map(([text, edits]) => {
      const bytes = bytesOf(text);
      for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
      return bytes;
    }),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });

  it.each([
    ['response', () => createHttp1ResponseDecoder({ requestMethod: 'GET' })],
    ['request', () => createHttp1RequestDecoder()],
  ])('give the same %s events however the bytes are split', (_, create) => {
    fc.assert(
      fc.property(input, sizes, fc.constantFrom<'closed' | 'reset'>('closed', 'reset'), (bytes, parts, how) => {
        const whole = create();
        const expected = normalised<Http1HeadBase>([...whole.push(bytes), ...whole.end(how)]);
        const split = create();
        const events: Http1Event<Http1HeadBase>[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = parts[i % parts.length]!;
          events.push(...split.push(bytes.subarray(at, at + size)));
          at += size;
        }
        events.push(...split.end(how));
        expect(normalised(events)).toEqual(expected);
        expect(split.malformed).toEqual(whole.malformed);
        expect(split.phase).toBe(whole.phase);
      }),
      { numRuns: 1000 },
    );
  });
});
