import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureOf } from '../../fixtures/captures/make/collection.ts';
import { udpFrame } from '../../fixtures/captures/make/frame.ts';
import { client, host, sceneStartMs, scenes, server } from '../../fixtures/captures/make/scenes.ts';
import type { FrameSink } from '../../fixtures/captures/make/tcp-dialogue.ts';
import { readCaptures } from '../cli/capture-document.ts';
import type { ReadReport, ReportedConversation } from '../model/read-report.ts';
import { systemPacketCrypto } from '../system/packet-crypto.ts';
import { encodeQuicInitial } from '../wire/quic-encode.ts';

const bytes = new Uint8Array(80).map((_, i) => (i * 41 + 7) & 0xff);

function initial(packetNumber: number): Uint8Array {
  return encodeQuicInitial(systemPacketCrypto, {
    destinationId: bytes.subarray(0, 8),
    sourceId: bytes.subarray(8, 16),
    serverName: host,
    random: bytes.subarray(16, 48),
    keyShare: bytes.subarray(48, 80),
    alpn: ['h3'],
    packetNumber,
  });
}

const silent = scenes.find(({ name }) => name === 'quic-silent-then-tcp')!;

function read(write: (sink: FrameSink) => void): Promise<ReadReport> {
  return readCaptures([{ name: 'quic.pcap', bytes: captureOf({ name: 'quic', status: 'unclear', cause: null, write }) }], '0');
}

function quicOf(report: ReadReport): ReportedConversation[] {
  return report.conversations.filter((one) => one.protocol === 'udp' && one.quicVersion !== null);
}

describe('QUIC in a capture', () => {
  it('is read for server name and version, and an attempt that nothing answers is evidence of the connection in its place', async () => {
    const report = await readCaptures([{ name: 'quic.pcap', bytes: captureOf(silent) }], '0');
    expect(quicOf(report)).toMatchObject([{ sni: host, quicVersion: 'QUICv1', packetsToServer: 3, packetsToClient: 0 }]);
    expect(report.protocols.quic).toBe(3);
    expect(report.verdict.cause).toBeNull();
    expect(report.evidence.find(({ kind }) => kind === 'http.quic-tried')).toMatchObject({
      advertisedBy: 'client',
      attempts: 3,
      outcome: 'silent',
      serverName: host,
    });
  });

  it.each([
    [
      'an answer came',
      (sink: FrameSink) =>
        sink.frame(sceneStartMs + 1400, udpFrame(server, client, 443, 50_900, Uint8Array.of(0xc0, 0, 0, 0, 1, 0, 0, 0, 0))),
    ],
    [
      'it went on as only one does who was answered',
      (sink: FrameSink) => sink.frame(sceneStartMs + 1400, udpFrame(client, server, 50_900, 443, Uint8Array.of(0x41, 2, 3, 4))),
    ],
  ])('is no attempt in vain where %s', async (_, more) => {
    const report = await read((sink) => {
      silent.write(sink);
      more(sink);
    });
    expect(report.evidence.filter(({ kind }) => kind === 'http.quic-tried')).toEqual([]);
  });

  it('is no attempt in vain while an answer may still come', async () => {
    const report = await read((sink) => sink.frame(sceneStartMs, udpFrame(client, server, 50_900, 443, initial(0))));
    expect(quicOf(report)).toHaveLength(1);
    expect(report.evidence).toEqual([]);
  });

  it('never throws, whatever datagrams hold', async () => {
    const good = initial(0);
    const damaged = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
      const datagram = good.slice();
      for (const [at, value] of changes) datagram[at] = value;
      return datagram;
    });
    const foreign = fc.uint8Array({ maxLength: 64 }).map((rest) => Uint8Array.of(0xc3, 0, 0, 0, 1, ...rest));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.oneof(damaged, foreign)), { maxLength: 8 }), async (datagrams) => {
        await read((sink) => {
          for (const [index, [back, datagram]] of datagrams.entries()) {
            sink.frame(
              sceneStartMs + index,
              back ? udpFrame(server, client, 443, 50_900, datagram) : udpFrame(client, server, 50_900, 443, datagram),
            );
          }
        });
      }),
      { numRuns: 60 },
    );
  });
});
