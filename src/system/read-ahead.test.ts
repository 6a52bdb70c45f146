import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ReadAhead } from './read-ahead.ts';

const pieceBytes = 4096;
const folder = mkdtempSync(join(tmpdir(), 'wirewalk-ahead-'));
let file = -1;

afterEach(() => {
  if (file >= 0) closeSync(file);
  file = -1;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(bytes: Uint8Array, flags = 'r'): number {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  file = openSync(path, flags);
  return file;
}

/** Numbers, so that a piece in the wrong place shows. */
function numbered(bytes: number): Uint8Array {
  return new Uint8Array(Uint32Array.from({ length: Math.ceil(bytes / 4) }, (_, i) => i * 2_654_435_761).buffer).subarray(0, bytes);
}

function places(count: number): Uint8Array[] {
  const memory = new SharedArrayBuffer(count * 2 * pieceBytes);
  return Array.from({ length: count }, (_, i) => new Uint8Array(memory, i * 2 * pieceBytes + 48, pieceBytes));
}

/** All of the file from `position` on, as the places hold it by turns. */
async function readAll(ahead: ReadAhead, targets: readonly Uint8Array[], pause: (piece: number) => Promise<void>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let piece = 0; ; piece++) {
    await pause(piece);
    const length = ahead.next();
    pieces.push(targets[(piece + 1) % targets.length]!.slice(0, length));
    if (length < pieceBytes) break;
  }
  ahead.stop();
  return Buffer.concat(pieces);
}

describe('reading ahead', () => {
  it.each([
    ['goes on beside a reader that is in no hurry', 1],
    ['leaves pieces to a reader that does not wait', 0],
  ])('%s', async (_, pauseMs) => {
    const bytes = numbered(100 * pieceBytes + 123);
    const targets = places(5);
    const ahead = (await ReadAhead.start(open(bytes), 100, bytes.length, targets))!;
    const read = await readAll(ahead, targets, async (piece) => {
      if (piece % 7 === 0) await setTimeout(pauseMs);
    });
    expect(Buffer.compare(read, bytes.subarray(100))).toBe(0);
  });

  it('ends with a file that ends with a piece', async () => {
    const bytes = numbered(32 * pieceBytes);
    const targets = places(4);
    const read = await readAll((await ReadAhead.start(open(bytes), 0, bytes.length, targets))!, targets, async () => setTimeout(1));
    expect(Buffer.compare(read, bytes)).toBe(0);
  });

  it('writes nowhere once it was stopped', async () => {
    const bytes = numbered(1000 * pieceBytes);
    const targets = places(8);
    const ahead = (await ReadAhead.start(open(bytes), 0, bytes.length, targets))!;
    for (let piece = 0; piece < 20; piece++) {
      ahead.next();
      await setTimeout(3);
    }
    ahead.stop();
    for (const target of targets) target.fill(0);
    await setTimeout(50);
    expect(targets.every((target) => target.every((byte) => byte === 0))).toBe(true);
  });

  it('throws what the file says', async () => {
    const bytes = numbered(100 * pieceBytes);
    const ahead = (await ReadAhead.start(open(bytes, 'a'), 0, bytes.length, places(4)))!;
    expect(() => {
      for (let piece = 0; piece < 100; piece++) ahead.next();
    }).toThrow(/EBADF/);
    ahead.stop();
  });

  it('is not begun for little, for one place, and for memory that is not shared', async () => {
    const bytes = numbered(100 * pieceBytes);
    const descriptor = open(bytes);
    expect(await ReadAhead.start(descriptor, 98 * pieceBytes, bytes.length, places(4))).toBeNull();
    expect(await ReadAhead.start(descriptor, 0, bytes.length, places(1))).toBeNull();
    expect(await ReadAhead.start(descriptor, 0, bytes.length, [new Uint8Array(pieceBytes), new Uint8Array(pieceBytes)])).toBeNull();
  });
});
