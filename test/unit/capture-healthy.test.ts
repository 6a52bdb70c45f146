import { describe, expect, it } from 'vitest';
import { captureOf } from '../../fixtures/captures/make/collection.ts';
import { ack, rst, tcpFrame } from '../../fixtures/captures/make/frame.ts';
import { type Lookup, LookupScene } from '../../fixtures/captures/make/lookups.ts';
import { client, clientV6, host, sceneStartMs, server, serverV6 } from '../../fixtures/captures/make/scenes.ts';
import { type FrameSink, TcpDialogue } from '../../fixtures/captures/make/tcp-dialogue.ts';
import { alert, applicationData, changeCipherSpec, clientHello, serverHello, together } from '../../fixtures/captures/make/tls-bytes.ts';
import { readCaptures } from '../../src/cli/capture-document.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const request = text(`GET /index.html HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
const headRequest = text(`HEAD /index.html HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
const answer = text('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello');
const longAnswer = (bytes: number): Uint8Array =>
  together(text(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${bytes}\r\n\r\n`), new Uint8Array(bytes).fill(0x61));

type Talk = (talk: TcpDialogue, sink: FrameSink) => void;
/** What a capture holds of the frames in order: all of them unless it says otherwise. */
type Tap = (frames: { timeMs: number; frame: Uint8Array }[]) => { timeMs: number; frame: Uint8Array }[];

async function judged(talk: Talk, tap: Tap = (frames) => frames, more: Partial<ConstructorParameters<typeof TcpDialogue>[1]> = {}) {
  const frames: { timeMs: number; frame: Uint8Array }[] = [];
  const all: FrameSink = { frame: (timeMs, frame) => frames.push({ timeMs, frame }) };
  talk(new TcpDialogue(all, { client, server, clientPort: 50_001, serverPort: 80, startMs: sceneStartMs, roundTripMs: 20, ...more }), all);
  const bytes = captureOf({
    name: 'talk',
    status: 'ok',
    cause: null,
    write(sink) {
      for (const { timeMs, frame } of tap(frames)) sink.frame(timeMs, frame);
    },
  });
  const { verdict, exchangeCounts, causeCounts = [] } = await readCaptures([{ name: 'talk.pcap', bytes }], '0');
  return { status: verdict.status, cause: verdict.cause, total: exchangeCounts.total, causes: causeCounts.map((one) => one.cause) };
}

/** Which side a frame is from, by its source address. */
const isFrom = (address: string, frame: Uint8Array): boolean => frame.subarray(26, 30).join('.') === address;

/** The client says how much it takes. */
function window(talk: TcpDialogue, sink: FrameSink, size: number, flags: number = ack): void {
  const { client: from, server: to } = talk;
  sink.frame(
    talk.nowMs,
    tcpFrame(
      from.station,
      to.station,
      { sourcePort: from.port, destinationPort: to.port, sequence: from.next, acknowledgment: to.next, flags, window: size },
      { ttl: 64, identification: from.identification++ },
    ),
  );
}

describe('a connection that is kept', () => {
  const idle = (talk: TcpDialogue): TcpDialogue => talk.open().clientSends(request).serverSends(answer).wait(1000);

  it('may be closed by the server while the next request is on its way: that is sent again', async () => {
    const seen = await judged((talk) => idle(talk).halfClose('server').wait(5).clientSends(request, false).wait(20).reset('server'));
    expect(seen).toMatchObject({ status: 'unclear', causes: [] });
  });

  it('may be closed while the next request is on its way, seen by the client before the close', async () => {
    const seen = await judged((talk) => idle(talk).clientSends(request, false).wait(-15).halfClose('server').wait(20).reset('server'));
    expect(seen).toMatchObject({ status: 'unclear', causes: [] });
  });

  it('fails the request that the server took and did not answer', async () => {
    const seen = await judged((talk) => idle(talk).clientSends(request).wait(15).close('server'));
    expect(seen).toMatchObject({ status: 'failed', cause: 'http.closed' });
  });

  it('may have been given up unseen: its next request is reset by a host that does not know it', async () => {
    const forgotten: Talk = (talk, sink) => {
      idle(talk).clientSends(request, false).wait(20);
      const { client: to, server: from } = talk;
      const segment = { sourcePort: from.port, destinationPort: to.port, sequence: from.next, acknowledgment: 0, flags: rst, window: 0 };
      sink.frame(talk.nowMs, tcpFrame(from.station, to.station, segment, { ttl: 57, identification: 0 }));
    };
    expect(await judged(forgotten)).toMatchObject({ status: 'unclear', causes: [] });
    expect(await judged((talk) => idle(talk).clientSends(request).wait(15).reset('server'))).toMatchObject({ cause: 'http.reset' });
  });

  it('may be closed before all pipelined requests are answered: the rest is sent again', async () => {
    const seen = await judged((talk) =>
      talk
        .open()
        .clientSends(together(request, request, request))
        .serverSends(answer)
        .close('server'),
    );
    expect(seen).toMatchObject({ status: 'unclear', total: 3, causes: [] });
  });
});

describe('a stream of events', () => {
  const beginning = (type: string): Uint8Array =>
    text(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n`);
  const left =
    (type: string, afterMs: number): Talk =>
    (talk) =>
      talk.open().clientSends(request).serverSends(beginning(type)).wait(afterMs).close('client');

  it('is silent as long as nothing happens, however long until the client leaves', async () => {
    expect(await judged(left('text/event-stream', 45_000))).toMatchObject({ status: 'ok', causes: [] });
    expect(await judged(left('text/html', 45_000))).toMatchObject({ cause: 'http.stalled' });
    // Whether what the client left was a pause or the end of it cannot be said.
    expect(await judged(left('text/html', 6000))).toMatchObject({ status: 'unclear' });
    expect(await judged(left('text/html', 100))).toMatchObject({ status: 'ok' });
  });
});

describe('what nobody asked for', () => {
  const timeout = text('HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  const bad = text('HTTP/1.1 400 Bad request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');

  it('is no answer: a spare connection is told that it waited too long', async () => {
    const seen = await judged((talk) => talk.open().wait(3000).serverSends(timeout).close('server'));
    expect(seen).toMatchObject({ total: 0, causes: [] });
  });

  it('is no answer: a health check closes at once', async () => {
    const seen = await judged((talk) => talk.open().halfClose('client').wait(20).serverSends(bad).halfClose('server'));
    expect(seen).toMatchObject({ total: 0, causes: [] });
  });

  it('is an answer where something was asked', async () => {
    expect(await judged((talk) => talk.open().clientSends(request).serverSends(bad).close('server'))).toMatchObject({
      cause: 'http.bad-request',
    });
  });
});

describe('a client that does not take what it is sent', () => {
  const half = 100_000;
  const part = (talk: TcpDialogue): TcpDialogue =>
    talk
      .open()
      .clientSends(request)
      .serverSends(longAnswer(2 * half).subarray(0, half));

  it('makes no server stall', async () => {
    const seen = await judged((talk, sink) => {
      part(talk);
      window(talk, sink, 0);
      talk.wait(4000);
      window(talk, sink, 300, ack | rst);
    });
    expect(seen.causes).toEqual([]);
    expect(await judged((talk) => part(talk).wait(4000).reset('client'))).toMatchObject({ cause: 'http.stalled' });
  });

  it('makes no answer slow', async () => {
    const rest = new Uint8Array(half).fill(0x61);
    const slowly =
      (size: number): Talk =>
      (talk, sink) => {
        part(talk);
        window(talk, sink, size);
        talk.wait(20_000).serverSends(rest).close();
      };
    expect(await judged(slowly(0))).toMatchObject({ causes: [] });
    expect(await judged(slowly(502))).toMatchObject({ cause: 'http.throttled' });
  });
});

describe('a capture that does not hold everything', () => {
  const waits: Talk = (talk) => talk.open().clientSends(request).wait(4000).serverSends(answer).close();

  it('says nothing of answers when it holds one direction alone', async () => {
    expect(await judged(waits, (all) => all.filter(({ frame }) => isFrom(client.address, frame)))).toMatchObject({ causes: [] });
    const begun: Talk = (talk) => talk.open().clientSends(request).serverSends(longAnswer(90_000).subarray(0, 9000)).wait(4000).close();
    expect(await judged(begun, (all) => all.filter(({ frame }) => isFrom(server.address, frame)))).toMatchObject({ causes: [] });
  });

  it('says nothing of an answer that was acknowledged and not captured', async () => {
    const lost: Tap = (all) => all.filter(({ frame }) => !(isFrom(server.address, frame) && frame.length > 100));
    expect(await judged((talk) => talk.open().clientSends(request).serverSends(answer).close('server'), lost)).toMatchObject({
      status: 'unclear',
      causes: [],
    });
  });

  it('does not say that the server closed at once when the client did, unseen', async () => {
    const unseenFin: Tap = (all) => all.filter((_, index) => index !== 3);
    expect(await judged((talk) => talk.open().close('client'), unseenFin)).toMatchObject({ total: 0 });
    expect(await judged((talk) => talk.open().close('server'))).toMatchObject({ cause: 'tcp.closed' });
  });

  it('does not say that the server closed at once when it waited, and the end of the handshake was not captured', async () => {
    const spare: Talk = (talk) => talk.open().wait(1500).close('server');
    expect(await judged(spare, (all) => all.filter((_, index) => index !== 2))).toMatchObject({ total: 0 });
  });

  it('does not call broken what it cannot know to answer HEAD', async () => {
    const talk: Talk = (one) =>
      one
        .open()
        .clientSends(together(headRequest, request, request))
        .serverSends(together(answer.subarray(0, -5), answer, answer))
        .wait(50)
        .close();
    expect(await judged(talk)).toMatchObject({ status: 'ok', total: 3 });
    expect((await judged(talk, (all) => all.slice(4))).causes).toEqual([]);
  });
});

describe('a capture out of order', () => {
  it('may hold an answer before what it answers', async () => {
    const overtaken: Tap = ([syn, synAck, open, sent, taken, answered, ...rest]) => [
      syn!,
      synAck!,
      open!,
      { ...answered!, timeMs: sent!.timeMs - 0.1 },
      sent!,
      taken!,
      ...rest,
    ];
    const talk: Talk = (one) => one.open().clientSends(request).serverSends(answer).close('server');
    expect(await judged(talk, overtaken)).toMatchObject({ status: 'ok', total: 1 });
  });

  it('may hold a SYN twice that was sent once, without a number to know it by', async () => {
    const twice: Tap = (all) => all.flatMap((one) => [one, { ...one, timeMs: one.timeMs + 0.01 }]);
    const talk: Talk = (one) => one.open().clientSends(request).serverSends(answer).close();
    expect(await judged(talk, twice, { client: clientV6, server: serverV6 })).toMatchObject({ status: 'ok', causes: [] });
    const later: Talk = (one) => one.syn([1000]).accept().clientSends(request).serverSends(answer).close();
    expect(await judged(later, (all) => all, { client: clientV6, server: serverV6 })).toMatchObject({ cause: 'tcp.slow' });
  });
});

describe('a lookup of which a capture lost something', () => {
  const name = host;
  const visited = async (lookups: readonly Lookup[], untilMs: number): Promise<string[]> => {
    const scene = new LookupScene();
    for (const lookup of lookups) scene.looksUp(0, lookup);
    scene.gets(5, { host: name }).looksUp(untilMs, { name: 'later.example' });
    const bytes = captureOf({ name: 'lookups', status: 'ok', cause: null, write: (sink) => scene.write(sink) });
    const { causeCounts = [] } = await readCaptures([{ name: 'lookups.pcap', bytes }], '0');
    return causeCounts.map((one) => `${one.status} ${one.cause}`);
  };
  const noIpv6: Lookup = { name, type: 'AAAA', gives: [] };

  it('has no addresses of the newer family, and what of the other is not known', async () => {
    expect(await visited([noIpv6, { name, gives: null }], 4000)).toEqual([]);
    expect(await visited([noIpv6, { name, gives: [] }], 4000)).toEqual(['failed dns.no-data']);
    expect(
      await visited(
        [
          { name, gives: [] },
          { ...noIpv6, gives: null },
        ],
        4000,
      ),
    ).toEqual(['failed dns.no-data']);
  });

  it('is not broken for the newer family when the client connects at once and does not ask again', async () => {
    const silent: Lookup = { name, type: 'AAAA', gives: null, id: 7, port: 40_900 };
    const visit =
      (atMs: number, again: number | null) =>
      (sink: FrameSink): void => {
        const scene = new LookupScene().looksUp(0, { name }).looksUp(0, silent);
        if (again !== null) scene.looksUp(again, silent);
        const talk = scene.connection(atMs, { host: name }, 80).open().clientSends(request).serverSends(longAnswer(9000).subarray(0, 4000));
        talk.wait(5000).serverSends(longAnswer(9000).subarray(4000)).close();
        scene.write(sink);
      };
    const causes = async (write: (sink: FrameSink) => void): Promise<(string | null)[]> => {
      const bytes = captureOf({ name: 'visit', status: 'ok', cause: null, write });
      return ((await readCaptures([{ name: 'visit.pcap', bytes }], '0')).causeCounts ?? []).map((one) => one.cause);
    };
    expect(await causes(visit(5, null))).toEqual([]);
    expect(await causes(visit(3500, 3000))).toEqual(['dns.aaaa-broken']);
  });

  it('says nothing of silence when the capture holds what clients send alone', async () => {
    const scene = new LookupScene()
      .looksUp(0, { name, gives: null })
      .gets(5, { host: name })
      .looksUp(4000, { name: 'later.example', gives: null });
    const write =
      (oneWay: boolean) =>
      (sink: FrameSink): void =>
        scene.write({ frame: (timeMs, frame) => (oneWay && !isFrom(client.address, frame) ? undefined : sink.frame(timeMs, frame)) });
    const causes = async (oneWay: boolean): Promise<string[]> => {
      const bytes = captureOf({ name: 'one-way', status: 'ok', cause: null, write: write(oneWay) });
      return ((await readCaptures([{ name: 'one-way.pcap', bytes }], '0')).causeCounts ?? []).map((one) => one.cause);
    };
    expect(await causes(true)).toEqual([]);
    expect(await causes(false)).toEqual(['dns.timeout']);
  });

  it('fails once, whatever search domains were tried behind the name', async () => {
    const search = (answered: boolean): LookupScene => {
      const scene = new LookupScene()
        .looksUp(0, { name: `${name}.corp.example`, code: 3 })
        .looksUp(10, { name, code: 3, ...(answered ? {} : { gives: null }) });
      return scene.looksUp(400, { name: 'later.example' });
    };
    const causes = async (scene: LookupScene): Promise<(string | null)[]> => {
      const bytes = captureOf({ name: 'search', status: 'ok', cause: null, write: (sink) => scene.write(sink) });
      return ((await readCaptures([{ name: 'search.pcap', bytes }], '0')).causeCounts ?? []).map((one) => `${one.cause} ${one.count}`);
    };
    expect(await causes(search(true))).toEqual(['dns.nxdomain 1']);
    // The capture ends before the last step is answered.
    expect(await causes(search(false))).toEqual([]);
    expect(await causes(new LookupScene().looksUp(0, { name: `${name}.corp.example`, code: 3 }))).toEqual(['dns.nxdomain 1']);
  });
});

describe('a client that gives a handshake up and says why', () => {
  const hello = clientHello({ serverName: host, paddedBytes: 512 });
  const flight = together(serverHello(0x0304, 0x1301), changeCipherSpec(), applicationData(2800));
  const gaveUp = (talk: TcpDialogue): TcpDialogue => talk.open().clientSends(hello).serverSends(flight).clientSends(alert(2, 48));

  it('ended it, whoever closes the connection first', async () => {
    const port = { serverPort: 443 };
    expect(await judged((talk) => gaveUp(talk).close('server'), undefined, port)).toMatchObject({ cause: 'tls.alert' });
    expect(await judged((talk) => gaveUp(talk).close('client'), undefined, port)).toMatchObject({ cause: 'tls.alert' });
    const closing = await judged((talk) => talk.open().clientSends(hello).serverSends(flight).close('server'), undefined, port);
    expect(closing).toMatchObject({ cause: 'tls.closed' });
  });
});

describe('a few slow answers among many', () => {
  it('are counted apart from the others', async () => {
    const slow = 4;
    const bytes = captureOf({
      name: 'many',
      status: 'ok',
      cause: null,
      write(sink) {
        for (let i = 0; i < 240; i++) {
          const startMs = sceneStartMs + 4000 * i;
          const talk = new TcpDialogue(sink, { client, server, clientPort: 20_000 + i, serverPort: 80, startMs, roundTripMs: 1 }).open();
          talk.clientSends(request).serverSends(longAnswer(80_000).subarray(0, 40_000));
          talk
            .wait(i < slow ? 3000 : 3)
            .serverSends(longAnswer(80_000).subarray(40_000))
            .close();
        }
      },
    });
    const { exchangeCounts, causeCounts } = await readCaptures([{ name: 'many.pcap', bytes }], '0');
    expect(exchangeCounts).toMatchObject({ total: 240, degraded: slow, ok: 240 - slow });
    expect(causeCounts).toMatchObject([{ cause: 'http.throttled', count: slow }]);
  });

  it('are told from others of which the handshake was slow', async () => {
    const slow = 4;
    const bytes = captureOf({
      name: 'many-handshakes',
      status: 'unclear',
      cause: null,
      write(sink) {
        for (let i = 0; i < 240; i++) {
          const startMs = sceneStartMs + 4000 * i;
          const talk = new TcpDialogue(sink, { client, server, clientPort: 20_000 + i, serverPort: 443, startMs, roundTripMs: 1 }).open();
          talk.clientSends(clientHello({ serverName: host, paddedBytes: 512 })).wait(i < slow ? 2000 : 3);
          talk.serverSends(together(serverHello(0x0304, 0x1301), changeCipherSpec(), applicationData(2800)));
          talk
            .clientSends(together(changeCipherSpec(), applicationData(58)))
            .clientSends(applicationData(160))
            .serverSends(applicationData(700))
            .close();
        }
      },
    });
    const { exchangeCounts, causeCounts } = await readCaptures([{ name: 'many.pcap', bytes }], '0');
    expect(exchangeCounts).toMatchObject({ total: 240, degraded: slow, failed: 0 });
    expect(causeCounts).toMatchObject([{ cause: 'tls.slow', count: slow }]);
  });
});
