import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';

/** What a pipe of Linux holds unless it is told otherwise. */
const pieceBytes = 65_536;

/** Bytes from a pipe or a socket, which may be silent for as long as they like. */
export interface PipeReader {
  /** Bytes in `target`, from its start; 0 at the end, and when aborted. Rejects when reading fails. One call at a time. */
  read(target: Uint8Array): Promise<number>;
  close(): void;
}

/** A reader of an open file that is a pipe or a socket; null for what never keeps anybody waiting. A process that waits in `readSync` hears no signal. */
export function openPipe(file: number, signal: AbortSignal): PipeReader | null {
  const stat = fstatSync(file);
  if (!stat.isFIFO() && !stat.isSocket()) return null;
  const piece = new Uint8Array(pieceBytes);
  /** The part of the piece that nobody has taken. */
  let left = piece.subarray(0, 0);
  let failure: Error | null = null;
  let isOver = false;
  let wake: (() => void) | null = null;
  const tell = (): void => {
    wake?.();
    wake = null;
  };
  const end = (error: Error | null): void => {
    failure ??= error;
    isOver = true;
    tell();
  };
  // `onread` is documented for connecting; the constructor takes it as well, and it saves a buffer for every piece.
  const onread = {
    buffer: piece,
    callback(length: number): boolean {
      left = piece.subarray(0, length);
      tell();
      return false; // no more before it is asked for
    },
  };
  const socket = new Socket({ fd: file, readable: true, writable: false, onread } as ConstructorParameters<typeof Socket>[0]);
  const abort = (): void => void socket.destroy();
  socket
    .on('error', end)
    .on('end', () => end(null))
    .on('close', () => end(null));
  signal.addEventListener('abort', abort);
  return {
    async read(target) {
      while (left.length === 0 && !isOver) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        socket.resume();
        await woken;
      }
      if (left.length === 0 && failure !== null && !signal.aborted) throw failure;
      const part = left.subarray(0, target.length);
      target.set(part);
      left = left.subarray(part.length);
      return part.length;
    },
    close() {
      signal.removeEventListener('abort', abort);
      socket.destroy();
    },
  };
}
