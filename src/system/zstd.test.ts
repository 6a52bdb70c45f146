import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { zstdDemand } from '../wire/zstd-frame.ts';
import { decompressZstd } from './zstd.ts';

const magic = [0x28, 0xb5, 0x2f, 0xfd];
/** A frame with a checksum, whose content is not looked at: its own size in one byte, one raw block. */
const raw = (text: string): number[] => [
  ...magic,
  0x24,
  text.length,
  (text.length << 3) | 1,
  0,
  0,
  ...Buffer.from(text, 'latin1'),
  1,
  2,
  3,
  4,
];
const skippable = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 7, 7];
/** One block of 98,047 sequences, each of which copies 64 KiB: nine bytes that take a decoder half a minute. */
const busy = [...magic, 0, 0x58, 0x4d, 0, 0, 0x00, 0xff, 0xff, 0xff, 0x54, 0x00, 0x00, 0x34, 0x80];

const undone = async (bytes: readonly number[], limitBytes = 1000, patienceMs = 3000): Promise<string> => {
  const outcome = await decompressZstd(Uint8Array.from(bytes), limitBytes, patienceMs);
  if (outcome.kind !== 'decoded') return outcome.kind === 'failed' ? `failed: ${outcome.reason}` : outcome.kind;
  return `${Buffer.from(outcome.bytes).toString('latin1')}${outcome.complete ? '' : '…'}`;
};

describe('zstd', () => {
  it('undoes frames one after the other, and passes over what is skippable', async () => {
    expect(await undone([...raw('hello '), ...skippable, ...raw('world')])).toBe('hello world');
  });

  it('keeps no more than the limit, and says what is cut off', async () => {
    expect(await undone(raw('hello world'), 5)).toBe('hello…');
    expect(await undone(raw('hello world').slice(0, 14))).toBe('…');
  });

  it('refuses a window that content may not need', async () => {
    expect(await undone([...magic, 0, 0xa8, 1, 0, 0])).toMatch(/^failed: .*8 MiB/);
    expect(await undone([...raw('a'), ...magic, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0])).toMatch(/^failed: .*8 MiB/);
  });

  it('does not go on for ever', async () => {
    const startedMs = performance.now();
    expect(await undone(busy, 1e6, 300)).toMatch(/^failed: .*longer than 300 ms/);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  it('gives what came before the input ends too early', async () => {
    expect(await undone([...raw('hello '), ...raw('world').slice(0, 11)])).toBe('hello …');
    expect(await undone([...raw('hello '), 1, 2, 3, 4, 5, 6, 7, 8])).toMatch(/^failed: /);
  });

  it('is unsupported where the decoder is missing, in captures as well', async () => {
    const actual = await vi.importActual<typeof import('node:module')>('node:module');
    vi.resetModules();
    vi.doMock('node:module', () => ({ ...actual, createRequire: () => actual.createRequire('file:///nowhere/module.js') }));
    try {
      const absent = await import('./zstd.ts');
      expect(await absent.decompressZstd(Uint8Array.from(raw('hello')), 1000)).toEqual({ kind: 'unsupported' });
      const { systemCaptureFiles } = await import('./capture-file.ts');
      const file = join(mkdtempSync(join(tmpdir(), 'zstd-')), 'capture.zst');
      writeFileSync(file, Uint8Array.from(raw('hello')));
      const target = new Uint8Array(1000);
      const intake = { target, targets: [target], recordWalk: null, readable: true, accept: () => expect.unreachable('nothing undoes it') };
      const outcome = await systemCaptureFiles.read(file, intake, { signal: new AbortController().signal, onProgress: () => {} });
      rmSync(dirname(file), { recursive: true });
      expect(outcome).toEqual({ kind: 'unreadable', reason: expect.stringContaining('fzstd') });
    } finally {
      vi.doUnmock('node:module');
      vi.resetModules();
    }
  });

  it('takes any bytes without a throw', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((some) => Uint8Array.from([...magic, ...some]));
    await fc.assert(
      fc.asyncProperty(bytes, async (some) => {
        zstdDemand(some);
        const outcome = await decompressZstd(some, 1000, 300);
        if (outcome.kind === 'decoded') expect(outcome.bytes.length).toBeLessThanOrEqual(1000);
      }),
      { numRuns: 25 },
    );
  });

  it('reads what frames demand without a throw, in time', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (some) => zstdDemand(Uint8Array.from([...magic, ...some])).windowBytes >= 0));
    const blocks = Uint8Array.from([...magic, 0, 0, ...Array.from({ length: 300_000 }, () => 0)]);
    const startedMs = performance.now();
    expect(zstdDemand(blocks).windowBytes).toBe(1024);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});
