import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareContext } from '../../../test/unit/bare-context.ts';
import type { Connection, ReadOutcome } from '../../ports/connection.ts';
import { encodeHpack } from '../../wire/hpack-encode.ts';
import { encodeHttp2Frame } from '../../wire/http2-encode.ts';
import { HTTP2_FRAME } from '../../wire/http2-names.ts';
import { createHttp2Reader } from '../../wire/http2-stream.ts';
import { type HttpAnswer, probeHttp } from '../http.ts';
import { parseUrl, type Target } from '../target.ts';
import type { OpenConnection } from '../tcp.ts';
import type { WalkContext } from '../walk-context.ts';
import { noStopwatch } from './no-stopwatch.ts';
import { type SharedConnection, type SharedStream, shareConnection } from './shared-connection.ts';

const END_STREAM = 1;
const END_HEADERS = 4;
const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const settings = (...values: [id: number, value: number][]): Uint8Array =>
  encodeHttp2Frame(HTTP2_FRAME.settings, 0, 0, Uint8Array.from(values.flatMap(([id, value]) => [id >> 8, id & 0xff, ...u32(value)])));
const headers = (stream: number, status = '200', flags = END_HEADERS): Uint8Array =>
  encodeHttp2Frame(HTTP2_FRAME.headers, flags, stream, encodeHpack([{ name: ':status', value: status }]));
const data = (stream: number, content: string, flags = 0): Uint8Array => encodeHttp2Frame(HTTP2_FRAME.data, flags, stream, text(content));
const reset = (stream: number, code: number): Uint8Array => encodeHttp2Frame(HTTP2_FRAME.rstStream, 0, stream, Uint8Array.from(u32(code)));
const goaway = (last: number, code = 0): Uint8Array =>
  encodeHttp2Frame(HTTP2_FRAME.goaway, 0, 0, Uint8Array.from([...u32(last), ...u32(code)]));

const target = parseUrl('https://shop.test/a.png') as Target;

/** A connection whose other end does what the test says. */
class Peer {
  readonly sent: Uint8Array[] = [];
  isClosed = false;
  readonly #outcomes: ReadOutcome[] = [];
  #wake: (() => void) | null = null;

  say(...parts: Uint8Array[]): void {
    for (const bytes of parts) this.end({ kind: 'bytes', bytes, atMs: 1 });
  }

  end(outcome: ReadOutcome = { kind: 'end', atMs: 1 }): void {
    this.#outcomes.push(outcome);
    this.#wake?.();
  }

  /** What was received of the client, by the reader of captures. */
  get received(): string[] {
    const reader = createHttp2Reader({ side: 'client' });
    return this.sent
      .flatMap((part) => reader.push(part))
      .map((event) => ('streamId' in event ? `${event.kind} ${event.streamId}` : event.kind));
  }

  get connection(): Connection {
    return {
      local: { address: '127.0.0.1', port: 1 },
      remote: { address: '127.0.0.1', port: 443 },
      write: async (bytes: Uint8Array) => {
        this.sent.push(bytes);
        return null;
      },
      read: async (): Promise<ReadOutcome> => {
        while (this.#outcomes.length === 0)
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        return this.#outcomes.shift() as ReadOutcome;
      },
      facts: () => null,
      measure: async () => ({ name: 'aborted' }),
      bytesSent: 0,
      bytesReceived: 0,
      destroy: () => {
        this.isClosed = true;
        this.end({ kind: 'aborted', atMs: 1 });
      },
    };
  }
}

interface Asked {
  answer: HttpAnswer | null;
  kinds: string[];
  body: string | null;
}

interface Situation {
  peer: Peer;
  shared: SharedConnection;
  context: WalkContext;
  changes: number;
}

function situation(patienceMs = 60_000): Situation {
  const peer = new Peer();
  const context = bareContext();
  // Time stands still but for waits, which end when the test's patience does.
  context.ports.clock.nowMs = () => 0;
  context.ports.clock.sleep = (_ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  const opened: OpenConnection = { connection: peer.connection, id: 'c1', dialedAtMs: 0, openedAtMs: 0, alpn: 'h2' };
  const made: Situation = { peer, context, changes: 0, shared: null as unknown as SharedConnection };
  made.shared = shareConnection(context, opened, () => {
    made.changes += 1;
  });
  return made;
}

function open({ shared }: Situation): SharedStream {
  const stream = shared.open();
  if (stream === null) throw new Error('there is no room');
  return stream;
}

async function ask({ context }: Situation, stream: SharedStream): Promise<Asked> {
  const { recorder } = context.recorder.aside();
  const seen: string[] = [];
  const noted = {
    ...recorder,
    observe: (draft: Parameters<typeof recorder.observe>[0]) => {
      seen.push(draft.kind);
      recorder.observe(draft);
    },
  };
  const answer = await probeHttp({ ...context, recorder: noted }, target, 'GET', stream.opened, noStopwatch);
  stream.release();
  return { answer, kinds: seen, body: answer?.body === null || answer === null ? null : new TextDecoder().decode(answer.body) };
}

const askMany = (made: Situation, count: number): { streams: SharedStream[]; asked: Promise<Asked>[] } => {
  const streams = Array.from({ length: count }, () => open(made));
  return { streams, asked: streams.map((stream) => ask(made, stream)) };
};

describe('requests side by side', () => {
  it('get the answers that are theirs, however these are interleaved', async () => {
    const made = situation();
    const { asked } = askMany(made, 3);
    made.peer.say(
      settings(),
      headers(5),
      headers(1),
      data(5, 'fi'),
      data(1, 'one', END_STREAM),
      headers(3, '404'),
      data(5, 've', END_STREAM),
    );
    made.peer.say(data(3, 'three', END_STREAM));
    const answers = await Promise.all(asked);
    expect(answers.map(({ body, answer }) => `${answer?.status} ${body}`)).toEqual(['200 one', '404 three', '200 five']);
    expect(made.peer.received).toEqual(['preface', 'settings', 'window-update 0', 'headers 1', 'headers 3', 'headers 5', 'settings']);
    expect([made.shared.answered, made.shared.active, made.shared.isOver]).toEqual([3, 0, false]);
  });

  it('are as many as the peer allows', async () => {
    const made = situation();
    const { asked } = askMany(made, 1);
    made.peer.say(settings([3, 2]), headers(1, '204', END_HEADERS | END_STREAM));
    await asked[0];
    open(made);
    open(made);
    expect(made.shared.open()).toBeNull();
    expect(made.changes).toBeGreaterThan(0);
  });

  it('say that they use no table where the peer takes it away', async () => {
    const made = situation();
    const first = ask(made, open(made));
    made.peer.say(settings([1, 0]), headers(1, '204', END_HEADERS | END_STREAM));
    await first;
    const second = ask(made, open(made));
    made.peer.say(headers(3, '204', END_HEADERS | END_STREAM));
    await second;
    // Behind the nine bytes of the frame's header.
    expect(made.peer.sent.at(-1)?.[9]).toBe(0x20);
  });

  it('fail alone where a stream is reset or breaks a rule', async () => {
    const made = situation();
    const { streams, asked } = askMany(made, 3);
    made.peer.say(settings(), headers(1), data(3, 'no header'), reset(5, 2), data(1, 'ok', END_STREAM));
    const [well, broken, stopped] = await Promise.all(asked);
    expect(well?.body).toBe('ok');
    expect([broken?.answer, broken?.kinds.at(-1)]).toEqual([null, 'http.response-malformed']);
    expect([stopped?.answer, stopped?.kinds.at(-1)]).toEqual([null, 'http.stream-ended']);
    expect(streams.map(({ fate }) => fate)).toEqual(['own', 'own', 'own']);
    expect(made.shared.isOver).toBe(false);
  });

  it('tell the peer when they are given up', async () => {
    const made = situation(20);
    made.peer.say(settings());
    const { kinds } = await ask(made, open(made));
    expect(kinds.at(-1)).toBe('tcp.peer-silent');
    expect(made.peer.received.at(-1)).toBe('reset 1');
  });

  it.each([
    ['refused', [reset(1, 7)], 'unanswered', false],
    ['wanted over HTTP/1.1', [reset(1, 13)], 'http11-required', false],
    ['behind the last that is answered', [goaway(0)], 'unanswered', true],
    ['on a connection that ends for an error', [goaway(1, 2)], 'unanswered', true],
    ['on a connection that stops to be HTTP/2', [text('HTTP/1.1 400 Bad Request\r\n\r\n')], 'unanswered', true],
  ] as const)('%s', async (_, parts, fate, isOver) => {
    const made = situation();
    const stream = open(made);
    const asked = ask(made, stream);
    made.peer.say(settings(), ...parts);
    expect([(await asked).answer, stream.fate, made.shared.isOver]).toEqual([null, fate, isOver]);
    expect(made.shared.answered).toBe(0);
  });

  it('are answered to the end behind a goodbye, and no other is made', async () => {
    const made = situation();
    const { streams, asked } = askMany(made, 2);
    made.peer.say(settings(), headers(1), goaway(1), data(1, 'ok', END_STREAM));
    const [first, second] = await Promise.all(asked);
    expect([first?.body, second?.answer]).toEqual(['ok', null]);
    expect(streams.map(({ fate }) => fate)).toEqual(['own', 'unanswered']);
    expect([made.shared.isOver, made.shared.open(), made.peer.isClosed]).toEqual([true, null, true]);
  });

  it('all end with the connection', async () => {
    const made = situation();
    const { streams, asked } = askMany(made, 4);
    made.peer.say(settings(), headers(1));
    made.peer.end({ kind: 'failed', failure: { name: 'connection-reset' }, atMs: 1 });
    const answers = await Promise.all(asked);
    expect(answers.slice(1).map(({ kinds }) => kinds.at(-1))).toEqual(Array.from({ length: 3 }, () => 'tcp.reset-received'));
    expect(streams.slice(1).every(({ fate }) => fate === 'unanswered')).toBe(true);
    expect(made.shared.isOver).toBe(true);
  });

  it('end when the page is done with', async () => {
    const made = situation();
    const { asked } = askMany(made, 2);
    made.shared.close();
    expect((await Promise.all(asked)).map(({ answer }) => answer)).toEqual([null, null]);
    expect(made.peer.isClosed).toBe(true);
  });

  it('that are asked for when the connection just ended are unanswered', async () => {
    const made = situation();
    const stream = open(made);
    made.peer.say(settings(), goaway(0));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([(await ask(made, stream)).answer, stream.fate]).toEqual([null, 'unanswered']);
  });

  it('of whatever peer end, and nothing is thrown', async () => {
    const stream = fc.constantFrom(0, 1, 2, 3, 5, 7, 0x7fffffff);
    const frame = fc
      .tuple(fc.nat(12), fc.nat(255), stream, fc.uint8Array({ maxLength: 40 }))
      .map(([type, flags, id, payload]) => encodeHttp2Frame(type, flags, id, payload));
    const proper = fc.constantFrom(
      headers(1),
      headers(3),
      data(1, 'a'),
      data(3, 'b', END_STREAM),
      goaway(1),
      reset(5, 1),
      settings([3, 0]),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(frame, proper), { maxLength: 12 }), async (parts) => {
        const made = situation();
        const { asked } = askMany(made, 3);
        made.peer.say(settings(), ...parts);
        made.peer.end();
        await Promise.all(asked);
        expect(made.shared.active).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
