import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { ByteIntake } from '../ports/capture-files.ts';
import { ZstdWalk, zstdDemand } from '../wire/zstd-frame.ts';
import { systemCaptureFiles } from './capture-file.ts';
import { openZstdStream } from './zstd-stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'zstd-stream-'));
afterAll(() => rmSync(folder, { recursive: true }));

const magic = [0x28, 0xb5, 0x2f, 0xfd];
/** A window of 128 KiB. */
const header = [...magic, 0, 0x38];
/** As many blocks of one repeated octet, 128 KiB each, as are asked for: four octets that turn into 131,072. */
const repeated = (blocks: number): number[] => Array.from({ length: blocks }, () => [0x02, 0x00, 0x10, 0x61]).flat();
/** One block of 98,047 sequences, each of which copies 64 KiB: nine bytes that take a decoder half a minute. */
const busy = [...magic, 0, 0x58, 0x4d, 0, 0, 0x00, 0xff, 0xff, 0xff, 0x54, 0x00, 0x00, 0x34, 0x80];
const text = [...magic, 0x24, 5, (5 << 3) | 1, 0, 0, ...new TextEncoder().encode('hello'), 1, 2, 3, 4];

/** Takes everything, and counts it. */
class Counter implements ByteIntake {
  readonly target: Uint8Array = new Uint8Array(65_536);
  readonly targets: readonly Uint8Array[] = [this.target];
  readonly recordWalk = null;
  readable = true;
  taken = 0;
  first = '';
  accept(length: number): void {
    if (this.taken === 0) this.first = String.fromCharCode(...this.target.subarray(0, Math.min(length, 5)));
    this.taken += length;
  }
}

async function read(bytes: readonly number[], signal = new AbortController().signal, onTaken?: (taken: number) => void) {
  const file = join(folder, 'capture.zst');
  writeFileSync(file, Uint8Array.from(bytes));
  const counter = new Counter();
  const accept = counter.accept.bind(counter);
  counter.accept = (length) => {
    accept(length);
    onTaken?.(counter.taken);
  };
  const outcome = await systemCaptureFiles.read(file, counter, { signal, onProgress: () => {} });
  return { outcome, counter };
}

describe('a capture in zstd', () => {
  it('is undone frame by frame', async () => {
    const { outcome, counter } = await read([...text, ...header, ...repeated(3), 0x03, 0x00, 0x00, 0x61]);
    expect(outcome).toEqual({ kind: 'read', compression: 'zstd' });
    expect([counter.first, counter.taken]).toEqual(['hello', 5 + 3 * 131_072]);
  });

  it('that is cut short counts up to there', async () => {
    const { outcome, counter } = await read([...header, ...repeated(2), 0x02]);
    expect(outcome).toMatchObject({ kind: 'damaged', damage: 'bad-compression' });
    expect(counter.taken).toBe(2 * 131_072);
  });

  it('that stands for very much can be interrupted, and is never held at once', async () => {
    const controller = new AbortController();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const startedMs = performance.now();
    // Sixteen gigabytes in half a megabyte.
    const { outcome, counter } = await read([...header, ...repeated(131_072)], controller.signal, (taken) => {
      if (taken > 64 * 1024 * 1024) controller.abort();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    });
    expect(outcome).toEqual({ kind: 'aborted' });
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(counter.taken).toBeLessThan(128 * 1024 * 1024);
    expect(most).toBeLessThan(128 * 1024 * 1024);
  });

  it('is left alone once nothing more is wanted of it', async () => {
    const file = join(folder, 'other.zst');
    writeFileSync(file, Uint8Array.from([...header, ...repeated(100_000)]));
    const counter = new Counter();
    const accept = counter.accept.bind(counter);
    counter.accept = (length) => {
      accept(length);
      counter.readable = false;
    };
    const startedMs = performance.now();
    await systemCaptureFiles.read(file, counter, { signal: new AbortController().signal, onProgress: () => {} });
    expect(counter.taken).toBe(65_536);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  it.each([
    ['at first', [...magic, 0, 0xa8, 1, 0, 0, ...repeated(4)], 0],
    ['later, and what came before counts', [...text, ...magic, 0, 0xa8, 1, 0, 0, ...repeated(4)], 5],
  ])('that needs a window as none does is refused, %s', async (_, bytes, taken) => {
    const { outcome, counter } = await read(bytes);
    expect(outcome).toMatchObject({ kind: 'damaged', reason: expect.stringMatching(/128 MiB/) });
    expect(counter.taken).toBe(taken);
  });

  it('that keeps a decoder busy is given up', async () => {
    const stream = openZstdStream(() => {}, new AbortController().signal, 300)!;
    expect((await stream.push(Uint8Array.from(busy), true))?.reason).toMatch(/longer than 300 ms/);
    expect((await stream.push(Uint8Array.from(text), true))?.reason).toMatch(/longer than 300 ms/);
    stream.close();
  });

  it('that is closed by who takes it waits for nothing more', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const patienceMs = 12_345;
    let taken = 0;
    const stream = openZstdStream(
      () => {
        taken++;
        stream?.close();
      },
      new AbortController().signal,
      patienceMs,
    )!;
    expect(await stream.push(Uint8Array.from([...header, ...repeated(100)]), true)).toBeNull();
    // The rest of what was said when the first block was taken.
    await setTimeout(50);
    expect(taken).toBe(1);
    // One for the piece, and none since.
    expect(timers.mock.calls.filter(([, ms]) => ms === patienceMs)).toHaveLength(1);
    timers.mockRestore();
  });

  it('that was aborted before is not begun', async () => {
    let taken = 0;
    const stream = openZstdStream(() => taken++, AbortSignal.abort())!;
    expect(await stream.push(Uint8Array.from([...header, ...repeated(100)]), true)).toBeNull();
    expect(taken).toBe(0);
  });

  it('or in gzip is not begun either where it is aborted while what undoes it is loaded', async () => {
    const file = join(folder, 'capture.gz');
    for (const bytes of [gzipSync(new Uint8Array(50_000_000)), Uint8Array.from([...header, ...repeated(1000)])]) {
      writeFileSync(file, bytes);
      const counter = new Counter();
      const controller = new AbortController();
      const reading = systemCaptureFiles.read(file, counter, { signal: controller.signal, onProgress: () => {} });
      controller.abort();
      expect(await reading).toEqual({ kind: 'aborted' });
      expect(counter.taken).toBe(0);
    }
  });

  it('or in gzip that is interrupted while the last of it is undone was not read', async () => {
    const file = join(folder, 'interrupted.gz');
    const bytes = 100_000_000;
    writeFileSync(file, gzipSync(new Uint8Array(bytes)));
    const controller = new AbortController();
    const counter = new Counter();
    const accept = counter.accept.bind(counter);
    counter.accept = (length) => {
      accept(length);
      if (counter.taken > 1_000_000) controller.abort();
    };
    expect(await systemCaptureFiles.read(file, counter, { signal: controller.signal, onProgress: () => {} })).toEqual({ kind: 'aborted' });
    expect(counter.taken).toBeLessThan(bytes / 2);
  });

  it('counts up to a frame that is refused, wherever the file is cut into pieces', async () => {
    /** Nine octets that turn into one, and a window of 128 MiB and a little. */
    const small = [...magic, 0x20, 1, 0x09, 0, 0, 0x61];
    const large = [...magic, 0, 0x89, 1, 0, 0, ...repeated(4)];
    // The first piece that is read is as large as the target.
    for (const inFirst of [0, 1, 3, 5, 6, 10]) {
      const skipped = 65_536 - inFirst - small.length - 8 - text.length;
      const skippable = [0x50, 0x2a, 0x4d, 0x18, ...new Uint8Array(Uint32Array.of(skipped).buffer), ...new Uint8Array(skipped)];
      const { outcome, counter } = await read([...text, ...skippable, ...small, ...large, ...small]);
      expect(outcome, `${inFirst} octets of it`).toMatchObject({ kind: 'damaged', reason: expect.stringMatching(/128 MiB/) });
      expect(counter.taken, `${inFirst} octets of it`).toBe(5 + 1);
    }
  });
});

describe('frame headers', () => {
  it('are found wherever the stream is cut', () => {
    const skippable = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 7, 7];
    const bytes = Uint8Array.from([...text, ...skippable, ...header, ...repeated(2), 3, 0, 0, 0, ...magic, 0, 0x58, 1, 0, 0]);
    const whole = zstdDemand(bytes).windowBytes;
    expect(whole).toBe(2 * 1024 * 1024);
    for (const size of [1, 2, 3, 7, 11]) {
      const walk = new ZstdWalk();
      for (let at = 0; at < bytes.length; at += size) walk.push(bytes.subarray(at, at + size));
      expect(walk.windowBytes, `pieces of ${size}`).toBe(whole);
    }
  });
});
