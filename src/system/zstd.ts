import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Decompressor } from '../ports/decompressor.ts';
import { zstdDemand } from '../wire/zstd-frame.ts';
import { scrubText } from './scrub.ts';

type Outcome = Awaited<ReturnType<Decompressor['decompress']>>;

/** RFC 9659 section 3: as a content coding, no frame may need a larger window. */
const largestWindowBytes = 8 * 1024 * 1024;
/** Far more than the largest body that is read takes; bytes made to keep a decoder busy take hours. */
const usualPatienceMs = 3000;

/**
 * The thread's program. It is told of each block, and stops at the limit; a block is at most 128 KiB (RFC 8878 section 3.1.1.2.3), whatever it claims.
 */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { Decompress } = require(workerData.module);
const { bytes, limitBytes } = workerData;
const chunks = [];
let total = 0;
const enough = new Error('enough');
const decoder = new Decompress((chunk) => {
  if (chunk.length > 131072) throw new Error('a block is too large');
  chunks.push(chunk.slice());
  total += chunk.length;
  if (total > limitBytes) throw enough;
});
const decoded = (complete) => {
  const whole = Buffer.concat(chunks).subarray(0, Math.max(0, limitBytes));
  parentPort.postMessage({ kind: 'decoded', bytes: Uint8Array.from(whole), complete });
};
try {
  decoder.push(bytes, true);
  decoded(true);
} catch (error) {
  // Its code for input that ends too early.
  if (error === enough || error.code === 5) decoded(false);
  else parentPort.postMessage({ kind: 'failed', reason: String(error.message) });
}
`;

/**
 * Undoes zstd (RFC 8878) where Node.js does not (before 22.15), in a thread of its own: the decoder in JavaScript trusts what it is given, and hostile
 * bytes can keep it busy without end.
 */
export function decompressZstd(bytes: Uint8Array, limitBytes: number, patienceMs: number = usualPatienceMs): Promise<Outcome> {
  const { windowBytes } = zstdDemand(bytes);
  if (windowBytes > largestWindowBytes) return Promise.resolve({ kind: 'failed', reason: 'a frame needs a window of more than 8 MiB' });
  let module: string;
  try {
    module = createRequire(import.meta.url).resolve('fzstd');
  } catch {
    return Promise.resolve({ kind: 'unsupported' });
  }
  return new Promise((resolve) => {
    const worker = new Worker(program, {
      eval: true,
      workerData: { module, bytes: bytes.slice(), limitBytes },
      resourceLimits: { maxOldGenerationSizeMb: 64 },
      stdout: true,
      stderr: true,
      env: {},
      execArgv: [],
    });
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(outcome);
    };
    const timer = setTimeout(() => settle({ kind: 'failed', reason: `undoing it takes longer than ${patienceMs} ms` }), patienceMs);
    worker.once('message', (outcome: Outcome) =>
      settle(outcome.kind === 'failed' ? { ...outcome, reason: scrubText(outcome.reason) } : outcome),
    );
    worker.once('error', (error) => settle({ kind: 'failed', reason: scrubText(error instanceof Error ? error.message : String(error)) }));
    worker.once('exit', () => settle({ kind: 'failed', reason: 'the decoder ended' }));
  });
}
