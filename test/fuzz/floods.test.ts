import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import { ack, arpFrame, ipFrame, psh, type Station, syn, tcpFrame, udpFrame } from '../../fixtures/captures/make/frame.ts';
import { server } from '../../fixtures/captures/make/scenes.ts';
import { clientHello, together } from '../../fixtures/captures/make/tls-bytes.ts';
import { captureContext, captureDocument, createCaptureStudy } from '../../src/cli/capture-document.ts';
import { encodeDnsMessage } from '../../src/wire/dns-encode.ts';

/** Captures made to fill whatever a reader keeps: nothing in them ever ends, and nobody comes twice. */

/** More than any table holds. */
const many = 140_000;
/** What a reading may hold whatever it reads, tables, streams and objects together. */
const mostHeldBytes = 500_000_000;
/** Frames between two looks at the memory. */
const lookEvery = 70_000;
const startMs = Date.UTC(2026, 0, 5, 9, 0, 0);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is in use, garbage left out. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}

const stranger = (i: number): Station => ({ mac: '02:00:00:00:00:01', address: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}` });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const hello = clientHello({ serverName: 'www.shop.example', paddedBytes: 900 });
const longHead = text(`GET / HTTP/1.1\r\nHost: www.shop.example\r\nX: ${'a'.repeat(1200)}`);

function segment(from: Station, to: Station, flags: number, sequence: number, payload?: Uint8Array): Uint8Array {
  const ports = from === server ? { sourcePort: 443, destinationPort: 40_000 } : { sourcePort: 40_000, destinationPort: 443 };
  return tcpFrame(from, to, { ...ports, sequence, acknowledgment: 1, flags, window: 1000, ...(payload === undefined ? {} : { payload }) });
}

/** Frames of the `i`th stranger. */
const floods: Readonly<Record<string, (i: number) => Uint8Array[]>> = {
  'connections that nobody answers': (i) => [segment(stranger(i), server, syn, i)],
  'handshakes of TLS that go no further': (i) => {
    const from = stranger(i);
    const open = [segment(from, server, syn, 1), segment(server, from, syn | ack, 0), segment(from, server, ack, 2)];
    return [...open, segment(from, server, psh | ack, 2, hello.subarray(0, 900))];
  },
  'request headers that never end': (i) => {
    const from = stranger(i);
    return [segment(from, server, syn, 1), segment(server, from, syn | ack, 0), segment(from, server, psh | ack, 2, longHead)];
  },
  'segments behind a hole': (i) => {
    const from = stranger(i);
    return [segment(from, server, syn, 1), segment(from, server, psh | ack, 5000, together(longHead, longHead).subarray(0, 1400))];
  },
  'questions that nobody answers': (i) => {
    const question = encodeDnsMessage({ id: i & 0xffff, recursionDesired: true, questions: [{ name: `n${i}.shop.example`, type: 'A' }] });
    return [udpFrame(stranger(i), server, 40_000, 53, question)];
  },
  'answers with addresses that nobody uses': (i) => {
    const question = { name: `n${i}.shop.example`, type: 'A' };
    const answers = Array.from({ length: 4 }, (_, n) => ({ ...question, ttlSeconds: 1, data: `198.51.${n}.${i & 255}` }));
    const from = stranger(i);
    return [
      udpFrame(from, server, 40_000, 53, encodeDnsMessage({ id: 1, recursionDesired: true, questions: [question] })),
      udpFrame(server, from, 53, 40_000, encodeDnsMessage({ id: 1, response: true, questions: [question], answers })),
    ];
  },
  'fragments without the rest': (i) => [
    ipFrame(stranger(i), server, 17, new Uint8Array(1400), { identification: i & 0xffff, fragment: 0x2000 }),
  ],
  'neighbours that are asked for': (i) => [arpFrame(1, stranger(i), stranger(i + 1))],
};

describe('a capture made to fill the memory', () => {
  it.each(Object.keys(floods))(`of ${many} strangers is read within ${mostHeldBytes / 1e6} MB: %s`, { timeout: 300_000 }, async (name) => {
    const frames = floods[name]!;
    const before = heldBytes();
    const study = createCaptureStudy(captureContext());
    const feed = study.beginFile();
    const writer = new CaptureWriter({ format: 'pcap' });
    let most = 0;
    for (let i = 0; i < many; i++) {
      for (const frame of frames(i)) writer.frame(startMs + i * 0.01, frame);
      if (i % lookEvery === 0) most = Math.max(most, heldBytes() - before);
      if (writer.pendingBytes < 500_000 && i + 1 < many) continue;
      const piece = writer.take();
      for (let at = 0; at < piece.length; at += feed.target.length) {
        const part = piece.subarray(at, at + feed.target.length);
        feed.target.set(part);
        feed.accept(part.length);
      }
    }
    most = Math.max(most, heldBytes() - before);
    study.endFile('flood', feed);
    const report = captureDocument(study.finish(0), '0');
    console.info(`${name}: ${Math.round(most / 1e6)} MB`);
    expect(report.captures[0]?.packets).toBeGreaterThanOrEqual(many);
    expect(most).toBeLessThan(mostHeldBytes);
  });
});
