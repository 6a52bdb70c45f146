import type { Decompressor } from '../ports/decompressor.ts';
import { zstdDemand } from '../wire/zstd-frame.ts';
import { openZstdStream } from './zstd-stream.ts';

type Outcome = Awaited<ReturnType<Decompressor['decompress']>>;

/** RFC 9659 section 3: as a content coding, no frame may need a larger window. */
const largestWindowBytes = 8 * 1024 * 1024;
/** Far more than the largest body that is read takes; bytes made to keep a decoder busy take hours. */
const usualPatienceMs = 3000;

/** Undoes zstd (RFC 8878) where Node.js does not (before 22.15), up to the limit, and in the time there is for all of it. */
export async function decompressZstd(bytes: Uint8Array, limitBytes: number, patienceMs: number = usualPatienceMs): Promise<Outcome> {
  const { windowBytes } = zstdDemand(bytes);
  if (windowBytes > largestWindowBytes) return { kind: 'failed', reason: 'a frame needs a window of more than 8 MiB' };
  const chunks: Uint8Array[] = [];
  let total = 0;
  const outOfTime = AbortSignal.timeout(patienceMs);
  const stream = openZstdStream((block) => {
    chunks.push(block);
    total += block.length;
    if (total > limitBytes) stream?.close();
  }, outOfTime);
  if (stream === null) return { kind: 'unsupported' };
  const failure = await stream.push(bytes.slice(), true);
  stream.close();
  const isCutShort = total > limitBytes || failure?.isCutShort === true;
  if (!isCutShort && failure !== null) return { kind: 'failed', reason: failure.reason };
  if (!isCutShort && outOfTime.aborted) return { kind: 'failed', reason: `undoing it takes longer than ${patienceMs} ms` };
  return { kind: 'decoded', bytes: Buffer.concat(chunks, Math.min(total, Math.max(limitBytes, 0))), complete: !isCutShort };
}
