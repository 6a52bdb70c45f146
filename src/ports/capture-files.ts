import type { RecordWalk, WalkedRecords } from '../wire/record-walk.ts';

/** Takes a capture's bytes in pieces: whoever reads fills `target` from its start, then says how many bytes there are. */
export interface ByteIntake {
  readonly target: Uint8Array;
  /** The memory that becomes the target by turns, with every call of `accept`. */
  readonly targets: readonly Uint8Array[];
  /** `records` are those of the bytes, and of what the bytes before left, where {@link recordWalk} was gone on with. */
  accept(length: number, records?: WalkedRecords | null): void;
  /** How to tell apart the records behind what was accepted; null where only the intake itself can. */
  readonly recordWalk: RecordWalk | null;
  /** False once nothing more is wanted: the first bytes were no capture. */
  readonly readable: boolean;
}

/** How reading a file went. */
export type CaptureFileOutcome =
  | { kind: 'read'; compression: 'none' | 'gzip' | 'zstd' }
  /** The compressed data end early or are damaged, or reading failed on the way; what came before was given. `reason` is one line. */
  | { kind: 'damaged'; damage: 'bad-compression' | 'unreadable'; reason: string }
  /** The file cannot be opened, or nothing can be read of it; `reason` is one line. */
  | { kind: 'unreadable'; reason: string }
  | { kind: 'aborted' };

export interface CaptureFileOptions {
  signal: AbortSignal;
  /** Called now and then with the bytes of the file that were read, and its size; null for what has none. */
  onProgress: (readBytes: number, totalBytes: number | null) => void;
}

/** Where captures come from. */
export interface CaptureFiles {
  /** Size in bytes; null for standard input and what has none. */
  size(path: string): number | null;
  /** A large file is about to be read: what helps with that, and takes time to start, is started. */
  prepare(): Promise<void>;
  /** Reads a file, or standard input for `-`, to its end. Compression is undone. Never rejects. */
  read(path: string, intake: ByteIntake, options: CaptureFileOptions): Promise<CaptureFileOutcome>;
}
