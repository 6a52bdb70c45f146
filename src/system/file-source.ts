import { readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { ByteIntake, CaptureFileOptions } from '../ports/capture-files.ts';
import type { PipeReader } from './pipe-reader.ts';
import { ReadAhead } from './read-ahead.ts';
import type { ReadPiece } from './shared-pieces.ts';

/** Bytes read before other things of this process get their turn: interrupts, progress. */
const turnBytes = 67_108_864;

/** Why a file cannot be read, in one line. */
export function reasonOf(error: unknown): string {
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

/** Bytes of an open file, and the turns of everybody else in between. */
export class FileSource {
  private readonly file: number;
  private readonly pipe: PipeReader | null;
  private readonly total: number | null;
  private readonly options: CaptureFileOptions;
  private readBytes = 0;
  /** Where to read next; null where the file itself knows. */
  private position: number | null = null;
  private sinceTurn = 0;
  /** Why reading ended before the file did; null where it did not. */
  failure: string | null = null;

  get signal(): AbortSignal {
    return this.options.signal;
  }

  constructor(file: number, pipe: PipeReader | null, total: number | null, options: CaptureFileOptions) {
    this.file = file;
    this.pipe = pipe;
    this.total = total;
    this.options = options;
  }

  /**
   * Reads at least `wanted` bytes, unless the file ends, to the start of `target`. 0 at the end and where reading failed, -1 when aborted. Throws what reading
   * says while there is nothing yet.
   */
  async fill(target: Uint8Array, wanted: number): Promise<number> {
    if (this.failure !== null) return 0;
    let length = 0;
    do {
      if (this.sinceTurn >= turnBytes) await this.turn();
      if (this.options.signal.aborted) return -1;
      const count = await this.readOnce(target, length).catch((error: unknown) => this.fail(error));
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
        const piece = this.nextOf(ahead);
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

  /** Reads from the start again. False for what can be read only once, or was perhaps begun by others. */
  restart(): boolean {
    if (this.total === null || this.file === 0) return false;
    this.position = 0;
    return true;
  }

  private nextOf(ahead: ReadAhead): ReadPiece {
    try {
      return ahead.next();
    } catch (error) {
      return { length: this.fail(error), records: null };
    }
  }

  /** What was read before counts. */
  private fail(error: unknown): number {
    if (this.readBytes === 0) throw error;
    this.failure = reasonOf(error);
    return 0;
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
