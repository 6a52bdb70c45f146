import { describe, expect, it } from 'vitest';
import { captureOf } from '../../fixtures/captures/make/collection.ts';
import { client, sceneStartMs, server } from '../../fixtures/captures/make/scenes.ts';
import { type FrameSink, TcpDialogue } from '../../fixtures/captures/make/tcp-dialogue.ts';
import { readCaptures } from '../cli/capture-document.ts';
import { ClosingLine } from './closing-line.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const connections = 1500;

/** Frames of many conversations in order of time; what `isRepeated` picks comes once more half a second later. */
class Timeline implements FrameSink {
  private readonly frames: { timeMs: number; frame: Uint8Array }[] = [];

  frame(timeMs: number, frame: Uint8Array): void {
    this.frames.push({ timeMs, frame });
  }

  repeat(from: number): void {
    for (const { timeMs, frame } of this.frames.slice(from)) this.frames.push({ timeMs: timeMs + 500, frame });
  }

  get length(): number {
    return this.frames.length;
  }

  writeTo(sink: FrameSink): void {
    this.frames.sort((one, other) => one.timeMs - other.timeMs);
    for (const { timeMs, frame } of this.frames) sink.frame(timeMs, frame);
  }
}

/** One request: every tenth is reset, every tenth closed without an answer, of every fifth all packets but the first three come a second time. */
function converse(timeline: Timeline, i: number): void {
  const talk = new TcpDialogue(timeline, {
    client,
    server,
    clientPort: 10_000 + i,
    serverPort: 80,
    startMs: sceneStartMs + 2 * i,
    roundTripMs: 20,
  }).open();
  const from = timeline.length;
  talk.clientSends(text('GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n'));
  if (i % 10 === 3) talk.reset('server');
  else if (i % 10 === 4) talk.close('server');
  else talk.serverSends(text('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')).close();
  if (i % 5 === 0) timeline.repeat(from);
}

describe('connections that are over', () => {
  it('are told once each, however many are open and whatever comes late', async () => {
    const timeline = new Timeline();
    for (let i = 0; i < connections; i++) converse(timeline, i);
    const bytes = captureOf({ name: 'many', status: 'failed', cause: null, write: (sink) => timeline.writeTo(sink) });
    const report = await readCaptures([{ name: 'many.pcap', bytes }], '0');
    expect(report.conversationCount).toBe(connections);
    expect(report.exchangeCounts).toEqual({ total: connections, ok: 1200, degraded: 0, failed: 300, unclear: 0 });
  });

  it('wait for their last packets, and no longer than there is room', () => {
    const line = new ClosingLine();
    expect(line.isDue(0)).toBe(false);
    line.add(7, 1, 1000);
    expect(line.isDue(1050)).toBe(false);
    expect(line.isDue(1100)).toBe(true);
    expect(line.isDue(-5000)).toBe(true);
    for (let i = 0; i < 2000; i++) line.add(i, i, 1000);
    expect([line.base, line.number]).toEqual([976, 976]);
    for (let i = 0; i < 1024; i++) line.advance();
    expect(line.isDue(9999)).toBe(false);
  });
});
