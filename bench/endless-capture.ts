import { once } from 'node:events';
import { CaptureWriter } from '../fixtures/captures/make/capture-writer.ts';
import type { FrameSink } from '../fixtures/captures/make/tcp-dialogue.ts';
import { download, shortFlow } from './capture-files.ts';

/**
 * Writes a capture of as many bytes as asked for to standard output, so that reading it can be measured without a disk that holds it:
 * `node dist/bench/endless-capture.js 10e9 downloads | wirewalk read -`. One block of requests, or of downloads, is made, and repeated with other clients at
 * later times.
 */

const wantedBytes = Number(process.argv[2] ?? '1e9');
const makesDownloads = process.argv[3] === 'downloads';
const flowsPerBlock = makesDownloads ? 8 : 4000;
const blockMs = 8000;
const headerBytes = 24;
const recordBytes = 16;

const writer = new CaptureWriter({ format: 'pcap' });
const sink: FrameSink = { frame: (timeMs, frame) => writer.frame(timeMs, frame) };
for (let i = 0; i < flowsPerBlock; i++) (makesDownloads ? download : shortFlow)(sink, i);
const made = writer.take().slice();
const header = made.subarray(0, headerBytes);
const block = made.subarray(headerBytes);
const view = new DataView(block.buffer, block.byteOffset, block.length);

/** Puts the block later, and its clients (198.51.0.0/16 and 2001:db8:2::/48) somewhere else. */
function advance(round: number): void {
  for (let at = 0; at < block.length; ) {
    const captured = view.getUint32(at + 8, true);
    view.setUint32(at, view.getUint32(at, true) + blockMs / 1000, true);
    const frame = at + recordBytes;
    const isIpv4 = view.getUint16(frame + 12) === 0x0800;
    for (const address of isIpv4 ? [frame + 26, frame + 30] : [frame + 22, frame + 38]) {
      if (isIpv4 && block[address] === 198) block[address + 1] = (51 + round) & 0xff;
      if (!isIpv4 && view.getUint16(address + 4) === 2) view.setUint16(address + 6, round & 0xffff);
    }
    at = frame + captured;
  }
}

async function write(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

await write(header);
for (let sent = header.length, round = 1; sent < wantedBytes; round++) {
  await write(block.slice());
  sent += block.length;
  advance(round);
}
