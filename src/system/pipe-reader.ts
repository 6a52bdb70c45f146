import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';

/** Bytes from a pipe or a socket, which may be silent for as long as they like. */
export interface PipeReader {
  /** Bytes in `target`, from its start; 0 at the end, and when aborted. Rejects when reading fails. */
  read(target: Uint8Array): Promise<number>;
  close(): void;
}

/** A reader of an open file that is a pipe or a socket; null for what never keeps anybody waiting. A process that waits in `readSync` hears no signal. */
export function openPipe(file: number, signal: AbortSignal): PipeReader | null {
  const stat = fstatSync(file);
  if (!stat.isFIFO() && !stat.isSocket()) return null;
  const socket = new Socket({ fd: file, readable: true, writable: false });
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let chunk: Uint8Array = new Uint8Array(0);
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop);
  return {
    async read(target) {
      if (chunk.length === 0) {
        try {
          const next = await chunks.next();
          if (next.done === true) return 0;
          chunk = next.value;
        } catch (error) {
          if (signal.aborted) return 0;
          throw error;
        }
      }
      const part = chunk.subarray(0, target.length);
      target.set(part);
      chunk = chunk.subarray(part.length);
      return part.length;
    },
    close() {
      signal.removeEventListener('abort', stop);
      socket.destroy();
    },
  };
}
