import { readSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';

/** A file's bytes from one place on, in pieces of one size that go to places by turns. */
interface Plan {
  file: number;
  position: number;
  pieceBytes: number;
  /** Memory of all places, and where each begins. */
  memory: SharedArrayBuffer;
  starts: readonly number[];
  /** Words: see {@link claimed} and those behind it. */
  state: SharedArrayBuffer;
}

/** Pieces that somebody reads or has read; those that were taken; then for each place the length of what it holds, plus 1. */
const claimed = 0;
const taken = 1;
const lengths = 2;
/** Claims of a reading that is over. */
const allClaimed = 0x7fff_ffff;

/** Ordinal of the first place that holds a piece, from 0: the piece in hand when reading begins lies in the place before. */
const firstPlace = 1;

/**
 * Reads a file with a thread beside this one. Whoever comes first to a piece reads it, so that nothing waits for the thread to start, and everything is
 * read where it never does.
 */
export class ReadAhead {
  private readonly plan: Plan;
  private readonly targets: readonly Uint8Array[];
  private readonly words: Int32Array;
  private piece = 0;

  private constructor(plan: Plan, targets: readonly Uint8Array[], worker: Worker) {
    this.plan = plan;
    this.targets = targets;
    this.words = new Int32Array(plan.state);
    // Who cannot start leaves every piece to this thread.
    worker.on('error', () => {});
    worker.unref();
  }

  /** Null for a file of which no more than a few pieces are left, where all places are one or not memory that threads share, and where there are no threads. */
  static async start(file: number, position: number, total: number, targets: readonly Uint8Array[]): Promise<ReadAhead | null> {
    const first = targets[0];
    if (first === undefined || targets.length < 2 || !(first.buffer instanceof SharedArrayBuffer)) return null;
    const pieceBytes = first.length;
    if (total - position < targets.length * pieceBytes) return null;
    const starts = targets.map((target) => target.byteOffset);
    const state = new SharedArrayBuffer((lengths + targets.length) * 4);
    const plan: Plan = { file, position, pieceBytes, memory: first.buffer, starts, state };
    // A thread of one function needs no file of its own, wherever this one is bundled to.
    const code = `(${readPieces})(require('node:fs').readSync, require('node:worker_threads').workerData)`;
    const { Worker: Thread } = await import('node:worker_threads');
    try {
      return new ReadAhead(plan, targets, new Thread(code, { eval: true, workerData: plan, stdin: false, execArgv: [], env: {} }));
    } catch {
      // Threads are not permitted.
      return null;
    }
  }

  get pieceBytes(): number {
    return this.plan.pieceBytes;
  }

  /** The next piece is in its place: its length, 0 at the end of the file. What was given before may be written over from now on. */
  next(): number {
    const { words, plan } = this;
    const piece = this.piece++;
    const place = (piece + firstPlace) % this.targets.length;
    Atomics.store(words, taken, piece);
    Atomics.notify(words, taken);
    if (Atomics.compareExchange(words, claimed, piece, piece + 1) !== piece) {
      const length = this.lengthIn(place);
      if (length >= 0) return length;
    }
    return readSync(plan.file, this.targets[place]!, 0, plan.pieceBytes, plan.position + piece * plan.pieceBytes);
  }

  /** Length of the piece that the thread has claimed for a place, once it is there; less than 0 when it could not be read. */
  private lengthIn(place: number): number {
    const { words } = this;
    while (Atomics.load(words, lengths + place) === 0) Atomics.wait(words, lengths + place, 0);
    return Atomics.exchange(words, lengths + place, 0) - 1;
  }

  /** The thread ends. Once this returns it writes nowhere any more, and the file may be closed. */
  stop(): void {
    const { words } = this;
    const end = Atomics.exchange(words, claimed, allClaimed);
    Atomics.notify(words, taken);
    for (let piece = this.piece; piece < end; piece++) this.lengthIn((piece + firstPlace) % this.targets.length);
  }
}

/** Runs in the thread, where nothing of this module exists but this function. */
function readPieces(read: typeof readSync, plan: Plan): void {
  const words = new Int32Array(plan.state);
  const [claimed, taken, lengths, allClaimed] = [0, 1, 2, 0x7fff_ffff];
  const places = plan.starts.length;
  for (;;) {
    const piece = Atomics.load(words, claimed);
    if (piece === allClaimed) return;
    const done = Atomics.load(words, taken);
    // Every place holds a piece that was not taken yet, or may be in hand.
    if (piece - done >= places - 2) {
      Atomics.wait(words, taken, done, 1000);
      continue;
    }
    if (Atomics.compareExchange(words, claimed, piece, piece + 1) !== piece) continue;
    const place = (piece + 1) % places;
    const target = new Uint8Array(plan.memory, plan.starts[place], plan.pieceBytes);
    // Who meets an error leaves the piece, and the error, to the other thread.
    let length = -2;
    try {
      length = read(plan.file, target, 0, plan.pieceBytes, plan.position + piece * plan.pieceBytes);
    } catch {}
    Atomics.store(words, lengths + place, length + 1);
    Atomics.notify(words, lengths + place);
    if (length < plan.pieceBytes) return;
  }
}
