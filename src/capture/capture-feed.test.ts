import { describe, expect, it } from 'vitest';
import { CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import type { PacketBatch } from '../wire/packet-batch.ts';
import { CaptureFeed, feedRoomBytes } from './capture-feed.ts';

/** A capture of packets that say which one they are. */
function capture(packets: number): Uint8Array {
  const writer = new CaptureWriter({ format: 'pcap' });
  for (let i = 0; i < packets; i++) writer.frame(i, new Uint8Array(60 + (i % 1400)).fill(i & 0xff));
  return writer.take();
}

/** Every packet as it was told: its length, its first and its last byte. */
function told(bytes: Uint8Array, pieceBytes: number, room: ArrayBufferLike): string[] {
  const packets: string[] = [];
  const feed = new CaptureFeed(
    {
      packets(view: DataView, { count, offset, capturedBytes }: PacketBatch) {
        for (let i = 0; i < count; i++) {
          const [at, length] = [offset[i]!, capturedBytes[i]!];
          packets.push(`${length} ${view.getUint8(at)} ${view.getUint8(at + length - 1)}`);
        }
      },
    },
    room,
  );
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    feed.target.set(piece);
    feed.accept(piece.length);
  }
  feed.finish();
  expect(feed.reader?.damage).toBeNull();
  return packets;
}

describe('the feed of a capture', () => {
  const bytes = capture(3000);
  const whole = told(bytes, 1_048_576, new ArrayBuffer(feedRoomBytes));

  it.each([1000, 4096, 65_537])('puts pieces of %i bytes together, in one place or in several by turns', (pieceBytes) => {
    expect(whole).toHaveLength(3000);
    expect(told(bytes, pieceBytes, new ArrayBuffer(feedRoomBytes))).toEqual(whole);
    expect(told(bytes, pieceBytes, new SharedArrayBuffer(3 * feedRoomBytes))).toEqual(whole);
  });
});
