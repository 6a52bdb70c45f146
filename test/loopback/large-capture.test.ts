import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CaptureFeed, feedRoomBytes } from '../../src/capture/capture-feed.ts';
import { adoptReadThread, ReadAhead } from '../../src/system/read-ahead.ts';
import { isWorthReadThread, startReadThread } from '../../src/system/read-thread.ts';
import { type PiecesPlan, walked } from '../../src/system/shared-pieces.ts';
import { commandFile, runCommand } from './command.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirewalk-large-'));
const capture = join(directory, 'large.pcap');
const records = 1200;
const capturedBytes = 260_000;

/** A capture of 300 MB that takes few blocks: headers of segments, and holes. */
beforeAll(() => {
  const file = openSync(capture, 'w');
  writeSync(file, Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0));
  const record = new Uint8Array(16 + 54);
  const view = new DataView(record.buffer);
  view.setUint32(8, capturedBytes, true);
  view.setUint32(12, capturedBytes, true);
  view.setUint16(16 + 12, 0x0800);
  view.setUint16(16 + 14, 0x4500);
  view.setUint16(16 + 16, 60_040);
  view.setUint16(16 + 22, 0x4006);
  view.setUint32(16 + 26, 0xcb00710a);
  view.setUint32(16 + 30, 0xc6336414);
  view.setUint32(16 + 34, 0xc00001bb);
  view.setUint16(16 + 46, 0x5010);
  for (let i = 0; i < records; i++) {
    view.setUint32(0, 1_780_000_000 + i, true);
    view.setUint32(16 + 38, i * 60_000);
    writeSync(file, record, 0, record.length, 24 + i * (16 + capturedBytes));
  }
  closeSync(file);
  truncateSync(capture, 24 + records * (16 + capturedBytes));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the command says of a capture, without how long that took and what it is called. */
async function told(file: string, onStart: (child: ChildProcessWithoutNullStreams) => void = () => {}): Promise<unknown> {
  const isPiped = file === '-';
  const { exitCode, stdout, stderr } = await runCommand(['read', '--json', file], {
    directory,
    ...(isPiped ? { input: new Uint8Array(), onStart: (child) => createReadStream(capture).pipe(child.stdin) } : { onStart }),
  });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout);
  expect(report.captures[0]).toMatchObject({ packets: records, damage: null });
  delete report.durationMs;
  delete report.packets;
  delete report.captures[0].file;
  return { exitCode, report };
}

/** How many threads of a process have read more than a few pieces so far. Null where nobody says. */
function threadsThatRead(pid: number): number | null {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).filter((task) => Number(/rchar: (\d+)/.exec(readFileSync(`${tasks}/${task}/io`, 'utf8'))?.[1]) > 4e6).length;
  } catch {
    return null;
  }
}

/** Files are read by one thread where there is one processor. */
const isAlone = availableParallelism() === 1;
if (isAlone && process.env.CI) throw new Error('two threads need two processors');

describe('a large capture', () => {
  it.skipIf(isAlone)(`says to two threads what it says to one${isAlone ? ' (skipped: one processor)' : ''}`, async () => {
    expect([isWorthReadThread(capture), isWorthReadThread('-')]).toEqual([true, false]);
    let threads = 0;
    let watching: ReturnType<typeof setInterval> | undefined;
    const byTwo = await told(capture, ({ pid }) => {
      watching = setInterval(() => {
        threads = Math.max(threads, threadsThatRead(pid!) ?? 0);
      }, 2);
    });
    clearInterval(watching);
    expect(byTwo).toEqual(await told('-'));
    if (threadsThatRead(process.pid) !== null) expect(threads).toBe(2);
  });

  it('is read and walked by a thread that is part of the package', async () => {
    const thread = (await startReadThread(pathToFileURL(join(dirname(commandFile), '../system/read-ahead-thread.cjs'))))!;
    adoptReadThread(thread);
    const plans = vi.spyOn(thread, 'postMessage');
    const feed = new CaptureFeed({ packets: () => {} }, new SharedArrayBuffer(8 * feedRoomBytes));
    const file = openSync(capture, 'r');
    const first = readSync(file, feed.target, 0, 4096, 0);
    feed.accept(first);
    // Nobody takes the pieces here: whatever is walked, the thread has walked.
    const ahead = (await ReadAhead.start(file, first, statSync(capture).size, feed))!;
    const words = new Int32Array((plans.mock.calls[0]![0] as PiecesPlan).state);
    for (let tries = 0; Atomics.load(words, walked) === 0 && tries < 1000; tries++) await setTimeout(10);
    expect(Atomics.load(words, walked)).toBeGreaterThan(0);
    ahead.stop();
    closeSync(file);
    await thread.terminate();
  });
});
