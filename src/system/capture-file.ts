import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { ByteIntake, CaptureFileOptions, CaptureFileOutcome, CaptureFiles } from '../ports/capture-files.ts';
import { ZstdWalk } from '../wire/zstd-frame.ts';
import { FileSource, reasonOf } from './file-source.ts';
import { openPipe, type PipeReader } from './pipe-reader.ts';
import { prepareReadAhead } from './read-ahead.ts';

const gzipMagic = 0x1f8b;
const zstdMagic = 0x28b52ffd;
/** What is undone at once where damage is known to be near, by turns nearer. */
const smallSteps = [4096, 1];
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
  return length < 0 ? { kind: 'aborted' } : outcomeOf(source, 'none', null);
}

/** How reading to the end went: with `failure` where what undoes the compression found damage. */
function outcomeOf(source: FileSource, compression: 'none' | 'gzip' | 'zstd', failure: string | null): CaptureFileOutcome {
  if (source.failure !== null) return { kind: 'damaged', damage: 'unreadable', reason: source.failure };
  return failure === null ? { kind: 'read', compression } : { kind: 'damaged', damage: 'bad-compression', reason: failure };
}

/** Undoes gzip (RFC 1952) while reading. Damage ends the data; what came before it counts. */
async function inflate(source: FileSource, intake: ByteIntake, first: number): Promise<CaptureFileOutcome> {
  let givenBytes = 0;
  let passedBytes = 0;
  const give = (piece: Uint8Array): void => {
    const rest = piece.subarray(Math.min(piece.length, givenBytes - passedBytes));
    passedBytes += piece.length;
    givenBytes += rest.length;
    giveTo(intake, rest);
  };
  const wanted = (): boolean => intake.readable;
  const end = await gunzip(source, intake.target.slice(0, first), give, wanted);
  // What was undone in one step with the damage is lost: it is come to again in smaller ones.
  let { damagedFrom } = end;
  for (const stepBytes of smallSteps) {
    if (damagedFrom === null || source.failure !== null || !source.restart()) break;
    passedBytes = 0;
    ({ damagedFrom } = await gunzip(source, new Uint8Array(0), give, wanted, damagedFrom, stepBytes));
  }
  return source.signal.aborted ? { kind: 'aborted' } : outcomeOf(source, 'gzip', end.failure);
}

/**
 * Undoes `start` and what the source holds behind it, from byte `steppingFrom` on in steps of `stepBytes`. Returns why that ended too early, null where it
 * did not, and the first byte of the step that met damage, null where none did.
 */
async function gunzip(
  source: FileSource,
  start: Uint8Array,
  give: (piece: Uint8Array) => void,
  wanted: () => boolean,
  steppingFrom = Number.POSITIVE_INFINITY,
  stepBytes = 0,
): Promise<{ failure: string | null; damagedFrom: number | null }> {
  const { createGunzip } = await import('node:zlib');
  if (source.signal.aborted) return { failure: null, damagedFrom: null };
  const stream = createGunzip({ chunkSize: 262_144 });
  const compressed = new Uint8Array(1_048_576);
  let failure: string | null = null;
  let takenBytes = 0;
  let damagedFrom: number | null = null;
  stream.on('data', give);
  const ended = new Promise<void>((resolve) => {
    stream.on('end', resolve);
    stream.on('close', resolve);
    stream.on('error', (error) => {
      failure = reasonOf(error);
      resolve();
    });
  });
  const abort = (): void => void stream.destroy();
  source.signal.addEventListener('abort', abort);
  try {
    let piece: Uint8Array | null = start;
    while (piece !== null && failure === null && wanted() && !stream.destroyed) {
      const step = piece.subarray(0, takenBytes < steppingFrom ? steppingFrom - takenBytes : stepBytes);
      await Promise.race([ended, new Promise<void>((resolve) => stream.write(step, () => resolve()))]);
      if (failure !== null) damagedFrom = takenBytes;
      takenBytes += step.length;
      piece = piece.subarray(step.length);
      if (piece.length > 0) continue;
      const length = await source.fill(compressed, 1);
      piece = length > 0 ? compressed.slice(0, length) : null;
    }
    if (failure === null && piece === null && !source.signal.aborted) {
      stream.end();
      await ended;
    }
  } finally {
    source.signal.removeEventListener('abort', abort);
    stream.destroy();
  }
  return { failure, damagedFrom };
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
  return outcomeOf(source, 'zstd', failure);
}
