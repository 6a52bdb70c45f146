import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemDecompressor } from './decompressor.ts';

const { decompress } = systemDecompressor;
const plain = Buffer.from('wirewalk '.repeat(5000));
/** The same by `zstd --no-check` of zstd 1.5. */
const zstdOfPlain = Buffer.from('KLUv/QBYjQAASHdpcmV3YWxrIAEAvC/q5Qg=', 'base64');
const encoded: readonly (readonly [encoding: string, bytes: Buffer])[] = [
  ['gzip', gzipSync(plain)],
  ['X-GZIP', gzipSync(plain)],
  ['deflate', deflateSync(plain)],
  ['deflate', deflateRawSync(plain)],
  ['br', brotliCompressSync(plain)],
  ['zstd', zstdOfPlain],
];

describe('decompress', () => {
  it.each(encoded)('%s', async (encoding, bytes) => {
    const outcome = await decompress(encoding, bytes, 1e6);
    expect(outcome).toMatchObject({ kind: 'decoded', complete: true });
    expect(outcome.kind === 'decoded' && plain.equals(outcome.bytes)).toBe(true);
  });

  it.each(encoded)('%s cut off: what came before, and that it is not all', async (encoding, bytes) => {
    const outcome = await decompress(encoding, bytes.subarray(0, Math.floor(bytes.length * 0.8)), 1e6);
    expect(outcome).toMatchObject({ kind: 'decoded', complete: false });
  });

  it.each(encoded)('%s beyond the limit', async (encoding, bytes) => {
    const outcome = await decompress(encoding, bytes, 100);
    expect(outcome).toMatchObject({ kind: 'decoded', complete: false });
    expect(outcome.kind === 'decoded' && outcome.bytes.length).toBe(100);
  });

  it('exactly as long as the limit is complete', async () => {
    expect(await decompress('gzip', gzipSync(plain), plain.length)).toMatchObject({ kind: 'decoded', complete: true });
  });

  it('says why damaged input fails', async () => {
    const damaged = Buffer.from(gzipSync(plain));
    damaged.fill(0xff, 20, 60);
    expect(await decompress('gzip', damaged, 1e6)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^Z_DATA_ERROR/u) });
    expect(await decompress('gzip', Buffer.from('<html>plain text</html>'), 1e6)).toMatchObject({ kind: 'failed' });
    expect((await decompress('br', Buffer.from('<html>plain text that is no brotli</html>'), 1e6)).kind).toBe('failed');
  });

  it('an empty body is complete, an unknown coding unsupported', async () => {
    expect(await decompress('gzip', new Uint8Array(0), 10)).toMatchObject({ kind: 'decoded', complete: true });
    expect(await decompress('compress', plain, 10)).toEqual({ kind: 'unsupported' });
    expect(await decompress('identity', plain, 10)).toEqual({ kind: 'unsupported' });
  });

  it('takes any bytes without a throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('gzip', 'deflate', 'br', 'zstd'), fc.uint8Array({ maxLength: 200 }), async (encoding, bytes) => {
        const outcome = await decompress(encoding, bytes, 1000);
        if (outcome.kind === 'decoded') expect(outcome.bytes.length).toBeLessThanOrEqual(1000);
      }),
    );
  });
});
