import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { ByteIntake, CaptureFileOutcome } from '../ports/capture-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirewalk-device-'));
const file = join(folder, 'capture');
const pieceBytes = 65_536;
const places = 4;

afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.doUnmock('node:fs');
  vi.resetModules();
});

class Counter implements ByteIntake {
  readonly targets: Uint8Array[];
  readonly recordWalk = null;
  readonly readable = true;
  taken = 0;
  private turn = 0;

  constructor(memory: ArrayBufferLike) {
    this.targets = Array.from(
      { length: memory.byteLength / pieceBytes },
      (_, place) => new Uint8Array(memory, place * pieceBytes, pieceBytes),
    );
  }

  get target(): Uint8Array {
    return this.targets[this.turn % this.targets.length]!;
  }

  accept(length: number): void {
    this.taken += length;
    this.turn++;
  }
}

/** Reads `bytes` from a device that fails at the read with this number, from 1. */
async function readFrom(
  bytes: Uint8Array,
  failing: number,
  memory: ArrayBufferLike,
): Promise<{ outcome: CaptureFileOutcome; taken: number }> {
  const actual = await vi.importActual<typeof import('node:fs')>('node:fs');
  let reads = 0;
  const readSync = (...args: Parameters<typeof actual.readSync>): number => {
    reads++;
    if (reads === failing) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', errno: -5 });
    return actual.readSync(...args);
  };
  vi.resetModules();
  vi.doMock('node:fs', () => ({ ...actual, readSync }));
  writeFileSync(file, bytes);
  const { systemCaptureFiles } = await import('./capture-file.ts');
  const intake = new Counter(memory);
  const outcome = await systemCaptureFiles.read(file, intake, { signal: new AbortController().signal, onProgress: () => {} });
  return { outcome, taken: intake.taken };
}

const onePlace = new ArrayBuffer(pieceBytes);
const sharedPlaces = new SharedArrayBuffer(places * pieceBytes);

describe('a file on a device that fails', () => {
  const bytes = new Uint8Array(20 * pieceBytes).fill(1);
  const failed = { kind: 'damaged', damage: 'unreadable', reason: 'the device failed' };

  it.each([
    ['by one thread', onePlace],
    ['piece by piece', sharedPlaces],
  ])('counts up to there, read %s', async (_, memory) => {
    expect(await readFrom(bytes, 6, memory)).toEqual({ outcome: failed, taken: 5 * pieceBytes });
  });

  it('is not readable where nothing came of it', async () => {
    expect(await readFrom(bytes, 1, onePlace)).toEqual({ outcome: { kind: 'unreadable', reason: 'the device failed' }, taken: 0 });
  });

  it('is not taken for damaged compression', async () => {
    const packed = gzipSync(
      Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i * 31) >> 5),
      { level: 0 },
    );
    const { outcome, taken } = await readFrom(packed, 3, onePlace);
    expect(outcome).toEqual(failed);
    expect(taken).toBeGreaterThan(0);
  });

  it('is read to its end where it does not', async () => {
    expect(await readFrom(bytes, 0, onePlace)).toEqual({ outcome: { kind: 'read', compression: 'none' }, taken: bytes.length });
  });
});
