import type { Worker } from 'node:worker_threads';
import type { ByteIntake } from '../ports/capture-files.ts';
import { packetBatchBytes } from '../wire/packet-batch.ts';
import { startReadThread } from './read-thread.ts';
import { type PiecesPlan, piecesStateBytes, type ReadPiece, SharedPieces } from './shared-pieces.ts';

/** Packets for which there is room in a piece: the smallest that captures are full of, records' headers included. Where more are smaller, nothing is walked ahead. */
const leastRecordBytes = 64;

/** The thread that reads files ahead, once there is one. */
let prepared: Worker | null = null;

/** Has a thread that was started serve {@link ReadAhead}. */
export function adoptReadThread(thread: Worker): void {
  prepared = thread;
  thread.on('exit', () => {
    if (prepared === thread) prepared = null;
  });
}

/** Starts a thread for {@link ReadAhead}, unless there is one. Where there are none, nothing happens. */
export async function prepareReadAhead(): Promise<void> {
  const thread = prepared === null ? await startReadThread() : null;
  if (thread !== null) adoptReadThread(thread);
}

/**
 * Reads a file with a thread beside this one, which walks the records of what it reads as well. Whoever comes first to a piece does it, so that nothing waits
 * for the thread to start, and everything is done here where it never does.
 */
export class ReadAhead {
  readonly pieceBytes: number;
  private readonly pieces: SharedPieces;
  private piece = 0;

  private constructor(plan: PiecesPlan) {
    this.pieceBytes = plan.pieceBytes;
    this.pieces = new SharedPieces(plan);
  }

  /**
   * Null for a file of which no more than a few pieces are left, and where all places are one or not memory that threads share. Where only the intake itself
   * can tell records apart, they are not walked.
   */
  static async start(file: number, position: number, total: number, intake: ByteIntake): Promise<ReadAhead | null> {
    const { targets, recordWalk } = intake;
    const first = targets[0];
    if (first === undefined || targets.length < 2 || !(first.buffer instanceof SharedArrayBuffer)) return null;
    const pieceBytes = first.length;
    if (total - position < targets.length * pieceBytes) return null;
    const packetsPerPiece = pieceBytes / leastRecordBytes;
    const plan: PiecesPlan = {
      file,
      position,
      pieceBytes,
      memory: first.buffer,
      starts: targets.map((target) => target.byteOffset),
      layout: recordWalk?.layout ?? null,
      pendingBytes: recordWalk?.pendingBytes ?? 0,
      batches: new SharedArrayBuffer(targets.length * packetBatchBytes(packetsPerPiece)),
      packetsPerPiece,
      state: new SharedArrayBuffer(piecesStateBytes(targets.length)),
    };
    await prepareReadAhead();
    prepared?.postMessage(plan);
    return new ReadAhead(plan);
  }

  /** The next piece is in its place. What was given before may be written over from now on. Throws what the file says. */
  next(): ReadPiece {
    return this.pieces.take(this.piece++);
  }

  /** The thread lets go of the file. Once this returns it writes nowhere any more, and the file may be closed. */
  stop(): void {
    this.pieces.stop();
  }
}
