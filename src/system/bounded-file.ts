import { closeSync, openSync, readSync } from 'node:fs';
import type { Failure } from '../model/failure.ts';
import { fileFailureOf } from './errno.ts';

/**
 * The text of a small system file (Latin-1, so that no byte is lost), read at once on this thread: such files live in memory, and the thread
 * pool may be full of name lookups. A file longer than `limitBytes` is a failure, not a part.
 */
export function readBoundedFile(path: string, limitBytes: number): { text: string } | Failure {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return fileFailureOf(error);
  }
  try {
    const chunks: Buffer[] = [];
    let total = 0;
    while (total <= limitBytes) {
      const chunk = Buffer.allocUnsafe(Math.min(65_536, limitBytes + 1));
      const length = readSync(descriptor, chunk, 0, chunk.length, null);
      if (length === 0) return { text: Buffer.concat(chunks).toString('latin1') };
      chunks.push(chunk.subarray(0, length));
      total += length;
    }
    return { name: 'unknown', code: 'EFBIG', raw: `${path} is longer than ${limitBytes} bytes` };
  } catch (error) {
    return fileFailureOf(error);
  } finally {
    closeSync(descriptor);
  }
}
