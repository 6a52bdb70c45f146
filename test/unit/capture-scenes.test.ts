import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import { captureOf } from '../../fixtures/captures/make/collection.ts';
import { encapsulations } from '../../fixtures/captures/make/encapsulation.ts';
import { client, sceneStartMs, scenes, server } from '../../fixtures/captures/make/scenes.ts';
import { TcpDialogue } from '../../fixtures/captures/make/tcp-dialogue.ts';
import { clientHello } from '../../fixtures/captures/make/tls-bytes.ts';
import { readCaptures } from '../../src/cli/capture-document.ts';
import type { ReadReport } from '../../src/model/read-report.ts';
import { defaultReadTextOptions, renderReadText } from '../../src/report/read-text.ts';
import { schemaErrors } from './schema.ts';

const read = (bytes: Uint8Array): Promise<ReadReport> => readCaptures([{ name: 'scene.pcap', bytes }], '0');

describe('a capture of one happening', () => {
  it.each(scenes.map((scene) => [scene.name, scene] as const))('is judged: %s', async (_, scene) => {
    const report = await read(captureOf(scene));
    const { status, cause, confidence } = report.verdict;
    expect({ status, cause, confidence }, JSON.stringify(report.exchanges.map((exchange) => exchange.verdict))).toEqual({
      status: scene.status,
      cause: scene.cause,
      confidence: scene.confidence ?? confidence,
    });
    expect(schemaErrors('read', report)).toEqual([]);
    expect(report.captures[0]?.malformedPackets).toBe(0);
    expect(renderReadText(report, defaultReadTextOptions)).toContain(scene.status.toUpperCase());
  });

  it.each(scenes.map((scene) => [scene.name, scene] as const))('is the same in every format: %s', async (_, scene) => {
    const verdicts = await Promise.all(
      [
        captureOf(scene),
        captureOf(scene, { format: 'pcap', byteOrder: 'big', resolution: 9 }),
        captureOf(scene, { format: 'pcapng' }),
        captureOf(scene, { format: 'pcapng', byteOrder: 'big', resolution: 9 }),
      ].map(read),
    );
    const shown = verdicts.map(({ verdict, exchanges, protocols }) => ({ cause: verdict.cause, exchanges: exchanges.length, protocols }));
    expect(shown).toEqual(shown.map(() => shown[0]));
  });

  it.each(encapsulations.map((one) => [one.name, one] as const))('is the same however it is carried: %s', async (_, encapsulation) => {
    for (const scene of scenes.filter(({ name }) => !name.startsWith('links'))) {
      const report = await read(captureOf(scene, { format: 'pcap' }, encapsulation));
      expect([scene.name, report.verdict.status, report.verdict.cause]).toEqual([scene.name, scene.status, scene.cause]);
    }
  });

  it.each(scenes.map((scene) => [scene.name, scene] as const))('is not taken for another when it is given twice: %s', async (_, scene) => {
    const once = await read(captureOf(scene));
    const bytes = captureOf(scene);
    const twice = await readCaptures(
      [1, 2].map((number) => ({ name: `${number}.pcap`, bytes })),
      '0',
    );
    expect([twice.verdict.status, twice.verdict.cause]).toEqual([once.verdict.status, once.verdict.cause]);
    expect(twice.exchangeCounts.total).toBe(2 * once.exchangeCounts.total);
    expect(twice.conversationCount).toBe(2 * once.conversationCount);
  });

  it.each(scenes.map((scene) => [scene.name, scene] as const))('is one, however many files it lies in: %s', async (_, scene) => {
    const frames: [number, Uint8Array][] = [];
    scene.write({ frame: (timeMs, frame) => frames.push([timeMs, frame.slice()]) });
    frames.sort(([one], [other]) => one - other);
    const files = [0, 1, 2].map((part) => {
      const writer = new CaptureWriter({ format: 'pcap' });
      for (const [timeMs, frame] of frames.filter((_, index) => Math.floor((3 * index) / frames.length) === part))
        writer.frame(timeMs, frame);
      return { name: `${part}.pcap`, bytes: writer.take().slice() };
    });
    const once = await read(captureOf(scene));
    const report = await readCaptures(files, '0');
    expect([report.verdict.status, report.verdict.cause]).toEqual([once.verdict.status, once.verdict.cause]);
    expect(report.exchangeCounts).toEqual(once.exchangeCounts);
    expect(report.conversationCount).toBe(once.conversationCount);
  });

  it('is read together with others of its kind', async () => {
    const report = await readCaptures(
      scenes.map((scene) => ({ name: scene.name, bytes: captureOf(scene) })),
      '0',
    );
    expect(report.captures.map(({ file }) => file)).toEqual(scenes.map(({ name }) => name));
    expect(report.verdict.status).toBe('failed');
    const { total, ok, degraded, failed, unclear } = report.exchangeCounts;
    expect(ok + degraded + failed + unclear).toBe(total);
    expect(failed).toBeGreaterThan(0);
    const { causeCounts = [] } = report;
    const countOf = (status: string): number => causeCounts.filter((one) => one.status === status).reduce((sum, one) => sum + one.count, 0);
    expect([countOf('failed'), countOf('degraded')]).toEqual([failed, degraded]);
    expect(renderReadText(report)).toContain('By cause: ');
    // The filter shows the packets of the request that the verdict is about, wherever it stands among those that failed.
    const about = report.exchanges.find(({ verdict }) => verdict.summary === report.verdict.summary)!;
    const others = report.exchanges.filter(({ displayFilter }) => displayFilter !== about.displayFilter);
    expect(others.filter(({ verdict }) => verdict.status === 'failed').length).toBeGreaterThan(0);
    expect(renderReadText({ ...report, exchanges: [...others, about] })).toContain(`Filter    ${about.displayFilter}`);
  });
});

describe('a request in plain http', () => {
  const request = (host: string): Promise<ReadReport> =>
    read(
      captureOf({
        name: 'plain',
        status: 'ok',
        cause: null,
        write(sink) {
          new TcpDialogue(sink, { client, server, clientPort: 50_001, serverPort: 80, startMs: sceneStartMs, roundTripMs: 20 })
            .open()
            .clientSends(new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`))
            .serverSends(new TextEncoder().encode('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
            .close();
        },
      }),
    );

  it.each([
    ['www.paypal.com', 1],
    ['WWW.PAYPAL.COM', 1],
    ['shop.dev', 1],
    ['www.shop.example', 0],
    ['203.0.113.10', 0],
    ['dev', 0],
  ])('to %s says whether browsers would send it so', async (host, times) => {
    const report = await request(host);
    expect(report.evidence.filter((one) => one.kind === 'target.preload')).toHaveLength(times);
    expect(report.verdict.status).toBe('ok');
    expect(schemaErrors('read', report)).toEqual([]);
  });
});

describe('what a capture says of itself and its connections', () => {
  it('counts the packets that the capturing system dropped', async () => {
    const writer = new CaptureWriter({ format: 'pcapng' });
    scenes[0]!.write({ frame: (timeMs, frame) => writer.frame(timeMs, frame) });
    const statistics = (dropped: number): Uint8Array => {
      const body = new Uint8Array(12 + 12 + 12 + 4);
      const view = new DataView(body.buffer);
      for (const [index, code] of [5, 7].entries()) {
        view.setUint16(12 + index * 12, code, true);
        view.setUint16(14 + index * 12, 8, true);
        view.setBigUint64(16 + index * 12, BigInt(dropped), true);
      }
      return body;
    };
    // Counted from the start each time: the last one says it all.
    writer.block(5, statistics(10));
    writer.block(5, statistics(600));
    const report = await read(writer.take().slice());
    expect(report.captures[0]?.interfaces).toMatchObject([{ droppedPackets: 1200 }]);
    expect(renderReadText(report, { ...defaultReadTextOptions, columns: 140 })).toContain('1,200 dropped while capturing');
    expect(schemaErrors('read', report)).toEqual([]);
  });

  it('says nothing of what it does not know', async () => {
    const report = await read(captureOf(scenes[0]!));
    expect(report.captures[0]?.interfaces).toMatchObject([{ droppedPackets: null }]);
    expect(renderReadText(report)).not.toContain('dropped');
  });

  it('says what a handshake shows of ALPN, resumption and an encrypted hello', async () => {
    const tlsOf = async (name: string) => (await read(captureOf(scenes.find((scene) => scene.name === name)!))).exchanges[0]?.tls;
    expect(await tlsOf('tls12-works-as-far-as-seen')).toMatchObject({ completed: true, resumed: false, encryptedClientHello: false });
    expect(await tlsOf('tls-silence')).toMatchObject({ completed: false, resumed: null, alpn: null });
    const report = await read(
      captureOf({
        name: 'encrypted-hello',
        status: 'unclear',
        cause: null,
        write(sink) {
          new TcpDialogue(sink, { client, server, clientPort: 50_001, serverPort: 443, startMs: sceneStartMs, roundTripMs: 20 })
            .open()
            .clientSends(clientHello({ serverName: 'provider.example', encryptedHello: true }))
            .close('server');
        },
      }),
    );
    expect(report.exchanges[0]).toMatchObject({ host: 'provider.example', tls: { encryptedClientHello: true } });
    expect(schemaErrors('read', report)).toEqual([]);
  });

  it.each([
    ['http-works', { state: 'SF', resetBy: null, resetAfterMs: null }],
    ['tcp-refused', { state: 'REJ', resetBy: 'server', resetAfterMs: expect.any(Number) }],
    ['tcp-unanswered', { state: 'S0', resetBy: null, synRetransmissions: expect.any(Number) }],
    ['tls-reset-by-server', { state: 'RSTR', resetBy: 'server', resetAfterMs: expect.any(Number) }],
  ])("says in Zeek's words how a connection went, and who reset it: %s", async (name, expected) => {
    const report = await read(captureOf(scenes.find((scene) => scene.name === name)!));
    expect(report.conversations.find(({ protocol }) => protocol === 'tcp')).toMatchObject(expected);
  });
});
