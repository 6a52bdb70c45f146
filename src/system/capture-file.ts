import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Gunzip } from 'node:zlib';
import type { ByteIntake, CaptureFileOptions, CaptureFileOutcome, CaptureFiles } from '../ports/capture-files.ts';
import { ZstdWalk } from '../wire/zstd-frame.ts';
import { openPipe, type PipeReader } from './pipe-reader.ts';
import { prepareReadAhead, ReadAhead } from './read-ahead.ts';

/** Bytes read before other things of this process get their turn: interrupts, progress. */
const turnBytes = 67_108_864;
const gzipMagic = 0x1f8b;
const zstdMagic = 0x28b52ffd;
/** What the `zstd` command takes without being told to (`--memory`), and makes with `--long`. */
const largestWindowBytes = 134_217_728;

/** Captures from the file system and standard input. Files are read in large pieces into one place, synchronously: nothing else is as fast. */
export const systemCaptureFiles: CaptureFiles = {
  size(path) {
    if (path === '-') return null;
    try {
      const stat = statSync(path);
      return stat.isFile() ? stat.size : null;
    } catch {
      return null;
    }
  },
  prepare: prepareReadAhead,
  async read(path, intake, options) {
    let file: number;
    try {
      // A named pipe is open at once, whether somebody writes to it yet or not: a process that waits in `open` hears no signal.
      file = path === '-' ? 0 : openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      return { kind: 'unreadable', reason: reasonOf(error) };
    }
    let pipe: PipeReader | null = null;
    try {
      pipe = openPipe(file, options.signal);
      if (fstatSync(file).isDirectory()) return { kind: 'unreadable', reason: 'it is a directory' };
      if (isatty(file)) return { kind: 'unreadable', reason: 'it is a terminal, and no capture comes from there' };
      return await readOpen(file, pipe, intake, options);
    } catch (error) {
      return { kind: 'unreadable', reason: reasonOf(error) };
    } finally {
      if (pipe !== null) pipe.close();
      else if (file !== 0) closeSync(file);
    }
  },
};

function reasonOf(error: unknown): string {
  const code = (error as { code?: string }).code ?? '';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'reading it is not permitted',
    EPERM: 'reading it is not permitted',
    EISDIR: 'it is a directory',
    ENOTDIR: 'there is no such folder',
    EIO: 'the device failed',
    ERR_INVALID_FD_TYPE: 'it is neither a file nor a stream',
  };
  return known[code] ?? (error instanceof Error ? (error.message.split('\n', 1)[0] ?? 'it cannot be read') : 'it cannot be read');
}

async function readOpen(
  file: number,
  pipe: PipeReader | null,
  intake: ByteIntake,
  options: CaptureFileOptions,
): Promise<CaptureFileOutcome> {
  const stat = fstatSync(file);
  const total = stat.isFile() ? stat.size : null;
  const source = new FileSource(file, pipe, total, options);
  const first = await source.fill(intake.target, 4);
  if (first < 0) return { kind: 'aborted' };
  const { target } = intake;
  const magic = first >= 4 ? ((target[0]! << 24) | (target[1]! << 16) | (target[2]! << 8) | target[3]!) >>> 0 : 0;
  if (magic >>> 16 === gzipMagic) return inflate(source, intake, first);
  if (magic === zstdMagic) return decompressZstd(source, intake, first);
  if (total !== null && !(await source.readAhead(intake, first))) return { kind: 'aborted' };
  let length = total === null ? first : await source.fill(intake.target, 1);
  while (length > 0 && intake.readable) {
    intake.accept(length);
    length = await source.fill(intake.target, 1);
  }
  return length < 0 ? { kind: 'aborted' } : { kind: 'read', compression: 'none' };
}

/** Bytes of an open file, and the turns of everybody else in between. */
class FileSource {
  private readonly file: number;
  private readonly pipe: PipeReader | null;
  private readonly total: number | null;
  private readonly options: CaptureFileOptions;
  private readBytes = 0;
  /** Where to read next; null where the file itself knows. */
  private position: number | null = null;
  private sinceTurn = 0;

  get signal(): AbortSignal {
    return this.options.signal;
  }

  constructor(file: number, pipe: PipeReader | null, total: number | null, options: CaptureFileOptions) {
    this.file = file;
    this.pipe = pipe;
    this.total = total;
    this.options = options;
  }

  /** Reads at least `wanted` bytes, unless the file ends, to the start of `target`. 0 at the end, -1 when aborted. */
  async fill(target: Uint8Array, wanted: number): Promise<number> {
    let length = 0;
    do {
      if (this.sinceTurn >= turnBytes) await this.turn();
      if (this.options.signal.aborted) return -1;
      const count = await this.readOnce(target, length);
      if (count === 0) break;
      length += count;
      this.readBytes += count;
      this.sinceTurn += count;
    } while (length < wanted);
    return length;
  }

  /**
   * Takes the `first` bytes that are in the target already, and reads on from there, with a thread that reads ahead where there are places for that. False
   * when aborted; else what is left is for {@link fill}.
   */
  async readAhead(intake: ByteIntake, first: number): Promise<boolean> {
    if (first === 0) return true;
    intake.accept(first);
    const ahead = await ReadAhead.start(this.file, this.readBytes, this.total ?? 0, intake);
    if (ahead === null) return true;
    try {
      for (let length = ahead.pieceBytes; length === ahead.pieceBytes && intake.readable; ) {
        if (this.sinceTurn >= turnBytes) await this.turn();
        if (this.options.signal.aborted) return false;
        const piece = ahead.next();
        length = piece.length;
        if (length === 0) break;
        intake.accept(length, piece.records);
        this.readBytes += length;
        this.sinceTurn += length;
      }
    } finally {
      ahead.stop();
    }
    this.position = this.readBytes;
    return true;
  }

  private async turn(): Promise<void> {
    this.sinceTurn = 0;
    this.options.onProgress(this.readBytes, this.total);
    await setImmediate();
  }

  private async readOnce(target: Uint8Array, offset: number): Promise<number> {
    if (this.pipe !== null) return this.pipe.read(offset === 0 ? target : target.subarray(offset));
    for (;;) {
      try {
        const count = readSync(this.file, target, offset, target.length - offset, this.position);
        if (this.position !== null) this.position += count;
        return count;
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'EOF') return 0;
        if (code !== 'EINTR') throw error;
      }
    }
  }
}

/** Undoes gzip (RFC 1952) while reading. Damage ends the data; what came before it counts. */
async function inflate(source: FileSource, intake: ByteIntake, first: number): Promise<CaptureFileOutcome> {
  const { createGunzip } = await import('node:zlib');
  if (source.signal.aborted) return { kind: 'aborted' };
  const gunzip = createGunzip({ chunkSize: 262_144 });
  const compressed = new Uint8Array(1_048_576);
  compressed.set(intake.target.subarray(0, first));
  let failure: string | null = null;
  const drained = drain(gunzip, intake).catch((error: unknown) => {
    failure = reasonOf(error);
  });
  const abort = (): void => void gunzip.destroy();
  source.signal.addEventListener('abort', abort);
  try {
    let length = first;
    while (length > 0 && failure === null && intake.readable) {
      if (!gunzip.write(compressed.slice(0, length)))
        await Promise.race([drained, new Promise((resolve) => gunzip.once('drain', resolve))]);
      length = await source.fill(compressed, 1);
    }
    if (length >= 0) {
      gunzip.end();
      await drained;
    }
  } finally {
    source.signal.removeEventListener('abort', abort);
    gunzip.destroy();
  }
  if (source.signal.aborted) return { kind: 'aborted' };
  return failure === null ? { kind: 'read', compression: 'gzip' } : { kind: 'damaged', compression: 'gzip', reason: failure };
}

async function drain(gunzip: Gunzip, intake: ByteIntake): Promise<void> {
  for await (const piece of gunzip as AsyncIterable<Uint8Array>) giveTo(intake, piece);
}

function giveTo(intake: ByteIntake, piece: Uint8Array): void {
  for (let at = 0; at < piece.length && intake.readable; ) {
    const { target } = intake;
    const part = piece.subarray(at, at + target.length);
    target.set(part);
    intake.accept(part.length);
    at += part.length;
  }
}

/** Undoes zstd (RFC 8878), which Node.js has of its own only from version 22 on. Damage ends the data; what came before it counts. */
async function decompressZstd(source: FileSource, intake: ByteIntake, first: number): Promise<CaptureFileOutcome> {
  const { openZstdStream } = await import('./zstd-stream.ts');
  const compressed = new Uint8Array(1_048_576);
  compressed.set(intake.target.subarray(0, first));
  const walk = new ZstdWalk(largestWindowBytes);
  const stream = openZstdStream((block) => {
    giveTo(intake, block);
    if (!intake.readable) stream?.close();
  }, source.signal);
  if (stream === null) return { kind: 'unreadable', reason: 'it is compressed with zstd, and what undoes that (fzstd) is not installed' };
  let length = first;
  let held = 0;
  let failure: string | null = null;
  try {
    while (length > 0 && failure === null && intake.readable) {
      const end = held + length;
      walk.push(compressed.subarray(held, end));
      held = walk.heldBytes;
      const piece = compressed.slice(0, end);
      // The decoder is given a frame once its header was looked at.
      compressed.copyWithin(0, end - held, end);
      length = walk.isRefused ? 0 : await source.fill(compressed.subarray(held), 1);
      const isLast = length <= 0;
      const given = isLast && !walk.isRefused ? piece : piece.subarray(0, end - held);
      failure = (await stream.push(given, isLast))?.reason ?? null;
      if (walk.isRefused) failure ??= 'a frame needs a window of more than 128 MiB';
    }
  } finally {
    stream.close();
  }
  if (length < 0 || source.signal.aborted) return { kind: 'aborted' };
  return failure === null ? { kind: 'read', compression: 'zstd' } : { kind: 'damaged', compression: 'zstd', reason: failure };
}
