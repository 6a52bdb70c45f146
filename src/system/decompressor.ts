import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Decompressor } from '../ports/decompressor.ts';
import { bufferOf } from './buffer.ts';
import { scrubText } from './scrub.ts';

type Outcome = Awaited<ReturnType<Decompressor['decompress']>>;

/** Node.js has it from 22.15 on. */
type ZstdFactory = () => Transform;
const createZstdDecompress = (zlib as { createZstdDecompress?: ZstdFactory }).createZstdDecompress;

/** RFC 1950 section 2.2: method 8, and the two header bytes are a multiple of 31. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** Content codings (RFC 9110 section 8.4.1, names in any case) to decoders; null for one that Node.js lacks. */
function decoderFor(encoding: string, bytes: Uint8Array): Transform | null {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip': // RFC 9110 section 8.4.1.3: SHOULD consider "x-gzip" to be equivalent to "gzip"
      return zlib.createGunzip();
    case 'deflate':
      // RFC 9110 section 8.4.1.2: some senders leave the zlib wrapper out; browsers accept both.
      return hasZlibHeader(bytes) ? zlib.createInflate() : zlib.createInflateRaw();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress?.() ?? null;
    default:
      return null;
  }
}

/** `node:zlib`, streaming, so that a bomb costs no more memory than the limit and one chunk. An empty input is a complete empty output. */
export const systemDecompressor: Decompressor = {
  decompress: (encoding, bytes, limitBytes) => {
    const decoder = decoderFor(encoding, bytes);
    if (decoder === null) {
      if (encoding.trim().toLowerCase() !== 'zstd') return Promise.resolve({ kind: 'unsupported' });
      if (bytes.length === 0) return Promise.resolve({ kind: 'decoded', bytes: new Uint8Array(0), complete: true });
      return import('./zstd.ts').then(({ decompressZstd }) => decompressZstd(bytes, limitBytes));
    }
    if (bytes.length === 0) {
      decoder.destroy();
      return Promise.resolve({ kind: 'decoded', bytes: new Uint8Array(0), complete: true });
    }
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let total = 0;
      let settled = false;
      const settle = (outcome: Outcome): void => {
        if (settled) return;
        settled = true;
        decoder.destroy();
        resolve(outcome);
      };
      const decoded = (complete: boolean): void => {
        settle({ kind: 'decoded', bytes: Buffer.concat(chunks, Math.min(total, Math.max(limitBytes, 0))), complete });
      };
      decoder.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        total += chunk.length;
        if (total > limitBytes) decoded(false);
      });
      decoder.on('end', () => decoded(true));
      decoder.on('error', (error: Error & { code?: string }) => {
        // The input ended inside the compressed stream: zlib, brotli and zstd each have a code for it.
        if (error.code === 'Z_BUF_ERROR' || error.code === 'ZSTD_error_srcSize_wrong') return decoded(false);
        settle({ kind: 'failed', reason: scrubText(`${error.code ?? 'error'}: ${error.message}`) });
      });
      decoder.end(bufferOf(bytes));
    });
  },
};
