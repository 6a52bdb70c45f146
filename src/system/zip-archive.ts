import { createHash } from 'node:crypto';
import { unzipSync, zipSync } from 'fflate';

/** Files by their path. */
export type ArchiveFiles = Readonly<Record<string, Uint8Array>>;

/** What an archive may unpack to: a small file can claim to hold a very large one. */
const mostFiles = 200;
const mostBytes = 512_000_000;

/** Packs files into a ZIP archive (APPNOTE.TXT of PKWARE). `modifiedAt` is the time of every file, so that the same files give the same archive. */
export function packArchive(files: ArchiveFiles, modifiedAt: Date): Uint8Array {
  return zipSync({ ...files }, { level: 6, mtime: modifiedAt });
}

export type Unpacked = { kind: 'unpacked'; files: ArchiveFiles } | { kind: 'unusable'; reason: string };

/** Unpacks an archive of others: bounded, and never a throw. */
export function unpackArchive(bytes: Uint8Array): Unpacked {
  let count = 0;
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter(file) {
        count += 1;
        total += file.originalSize;
        if (count > mostFiles || total > mostBytes) throw new RangeError('it holds more than a bundle may');
        return !file.name.endsWith('/');
      },
    });
    return { kind: 'unpacked', files };
  } catch (error) {
    return { kind: 'unusable', reason: error instanceof RangeError ? error.message : 'it is no intact ZIP archive' };
  }
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
