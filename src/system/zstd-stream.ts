import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { scrubText } from './scrub.ts';

/** Blocks under way from the thread to who takes them: the thread waits while there are more. */
const mostUnderWay = 16;
/** A block takes milliseconds. */
const usualPatienceMs = 20_000;

/**
 * The thread's program. A block is at most 128 KiB (RFC 8878 section 3.1.1.2.3), whatever it claims; the decoder keeps what it gives for its window, so that a
 * copy is sent. However much a piece turns into, no more of it is under way than is taken.
 */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { Decompress } = require(workerData.module);
const { underWay, most } = workerData;
const decoder = new Decompress((block) => {
  if (block.length > 131072) throw new Error('a block is too large');
  if (block.length === 0) return;
  const copy = block.slice();
  let count = Atomics.add(underWay, 0, 1) + 1;
  parentPort.postMessage({ kind: 'block', bytes: copy }, [copy.buffer]);
  for (; count >= most; count = Atomics.load(underWay, 0)) Atomics.wait(underWay, 0, count);
});
parentPort.on('message', ({ bytes, isLast }) => {
  try {
    decoder.push(bytes, isLast);
    parentPort.postMessage({ kind: 'done' });
  } catch (error) {
    // Its code for input that ends too early.
    parentPort.postMessage({ kind: 'failed', reason: String(error.message), isCutShort: error.code === 5 });
  }
});
`;

/** Why a stream cannot be undone, or no further. */
export interface ZstdFailure {
  reason: string;
  /** The input ends too early; what is there is sound. */
  isCutShort: boolean;
}

/** Undoes a stream of zstd frames piece by piece. */
export interface ZstdStream {
  /**
   * Gives a piece, which is no longer the caller's. Resolves when all that it turns into was taken: with null, or with why it cannot be undone;
   * and early, with null, when aborted or closed. One call at a time.
   */
  push(bytes: Uint8Array<ArrayBuffer>, isLast: boolean): Promise<ZstdFailure | null>;
  close(): void;
}

type FromThread = { kind: 'block'; bytes: Uint8Array } | { kind: 'done' } | ({ kind: 'failed' } & ZstdFailure);

/**
 * Undoes zstd (RFC 8878) in a thread of its own, so that this one goes on hearing signals whatever the bytes are: the decoder in JavaScript trusts what it is
 * given, and few bytes may stand for very many. `take` is given each block as it comes. The caller sees to the size of windows. Null where
 * the decoder is not installed.
 */
export function openZstdStream(
  take: (block: Uint8Array) => void,
  signal: AbortSignal,
  patienceMs: number = usualPatienceMs,
): ZstdStream | null {
  let module: string;
  try {
    module = createRequire(import.meta.url).resolve('fzstd');
  } catch {
    return null;
  }
  const underWay = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(program, {
    eval: true,
    workerData: { module, underWay, most: mostUnderWay },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
    stdout: true,
    stderr: true,
    env: {},
    execArgv: [],
  });
  let settle: ((failure: ZstdFailure | null) => void) | null = null;
  let ended: { failure: ZstdFailure | null } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const finish = (failure: ZstdFailure | null): void => {
    clearTimeout(timer);
    settle?.(failure);
    settle = null;
  };
  const end = (failure: ZstdFailure | null): void => {
    ended ??= { failure };
    finish(ended.failure);
  };
  const fail = (reason: string, isCutShort = false): void => end({ reason: scrubText(reason), isCutShort });
  const wait = (): void => {
    clearTimeout(timer);
    if (ended === null) timer = setTimeout(() => fail(`undoing a block takes longer than ${patienceMs} ms`), patienceMs);
  };
  const close = (): void => {
    signal.removeEventListener('abort', close);
    end(null);
    void worker.terminate();
  };
  signal.addEventListener('abort', close);
  worker.on('message', (said: FromThread) => {
    if (ended !== null) return;
    if (said.kind === 'failed') return fail(said.reason, said.isCutShort);
    if (said.kind === 'done') return finish(null);
    take(said.bytes);
    Atomics.sub(underWay, 0, 1);
    Atomics.notify(underWay, 0);
    wait();
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => fail('the decoder ended'));
  if (signal.aborted) close();
  return {
    push(bytes, isLast) {
      if (ended !== null) return Promise.resolve(ended.failure);
      return new Promise((resolve) => {
        settle = resolve;
        wait();
        worker.postMessage({ bytes, isLast }, [bytes.buffer]);
      });
    },
    close,
  };
}
