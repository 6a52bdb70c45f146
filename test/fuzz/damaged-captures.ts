import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ownCaptures } from '../../fixtures/captures/make/collection.ts';
import { feedRoomBytes } from '../../src/capture/capture-feed.ts';
import { defaultBuilderOptions } from '../../src/capture/exchange-builder.ts';
import { defaultReadingOptions } from '../../src/capture/reading.ts';
import { CaptureStudy } from '../../src/capture/study.ts';
import { captureContext, captureDocument } from '../../src/cli/capture-document.ts';
import { renderJson } from '../../src/report/escape.ts';
import { defaultReadTextOptions, renderReadText } from '../../src/report/read-text.ts';
import { certificateFacts, parseCertificate } from '../../src/system/certificate.ts';
import { systemPacketCrypto } from '../../src/system/packet-crypto.ts';
import { damaged } from './mutation.ts';

/** Damaged captures read in all, by all shards together. */
const runs = 208_000;
export const shards = 4;
/** Longest reading of one capture of a few kilobytes: hundreds of times what it takes, for a machine with other work. */
const longestMs = 5000;
/** What the process may hold beyond what it held before: the bounds of the tables are far above what small captures fill. */
const mostHeldBytes = 300_000_000;
/** Larger captures of other projects would take the time of many small ones. */
const largestBytes = 12_000;
const everyText = 16;

const room = new ArrayBuffer(feedRoomBytes);

/** Reads, judges and words one capture. Throws what the reader throws. */
function readWhole(bytes: Uint8Array, withText: boolean): void {
  const study = new CaptureStudy({
    reading: { ...defaultReadingOptions, crypto: systemPacketCrypto },
    builder: {
      ...defaultBuilderOptions,
      readCertificate: (der) => {
        const certificate = parseCertificate(der);
        return certificate === null ? null : certificateFacts(certificate);
      },
    },
    context: captureContext(),
    fewConversations: 200,
    lines: null,
  });
  const feed = study.beginFile(room);
  for (let at = 0; at < bytes.length && feed.readable; at += feed.target.length) {
    const piece = bytes.subarray(at, at + feed.target.length);
    feed.target.set(piece);
    feed.accept(piece.length);
  }
  study.endFile('capture', feed);
  const report = captureDocument(study.finish(0), '0');
  if (!withText) return;
  renderJson(report);
  renderReadText(report, defaultReadTextOptions);
}

/** The project's own captures, and those of other projects where WIREWALK_CORPORA names their folder. */
function allCaptures(): { name: string; bytes: Uint8Array }[] {
  const corpora = process.env.WIREWALK_CORPORA ?? '';
  if (corpora === '') return ownCaptures();
  const folder = join(corpora, 'captures');
  const others = readdirSync(folder)
    .filter((name) => name !== 'index.json' && !name.endsWith('.truth.json') && statSync(join(folder, name)).size <= largestBytes)
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      return { name, bytes: name.endsWith('.gz') ? new Uint8Array(gunzipSync(bytes)) : new Uint8Array(bytes) };
    })
    .filter(({ bytes }) => bytes.length > 0 && bytes.length <= largestBytes);
  return [...ownCaptures(), ...others];
}

/** One part of the runs: shards work at the same time, on every core. A run is named by its number, and the same whenever it is repeated. */
export function fuzzShard(shard: number): void {
  it(`${runs / shards} damaged captures (part ${shard + 1} of ${shards}) are read to their end, in bounded time and memory`, {
    timeout: 600_000,
  }, () => {
    const captures = allCaptures();
    const held = (): number => process.memoryUsage().rss;
    const before = held();
    let slowestMs = 0;
    let most = 0;
    for (let run = shard; run < runs; run += shards) {
      const capture = captures[Math.floor(run / shards) % captures.length]!;
      const other = captures[(run * 7) % captures.length]!;
      const startedMs = performance.now();
      try {
        readWhole(damaged(capture.bytes, other.bytes, run), run % everyText === 0);
      } catch (error) {
        throw new Error(`run ${run} on ${capture.name}`, { cause: error });
      }
      const tookMs = performance.now() - startedMs;
      if (tookMs > slowestMs) slowestMs = tookMs;
      if (tookMs > longestMs) throw new Error(`run ${run} on ${capture.name} took ${tookMs.toFixed(0)} ms`);
      if (run % 1024 < shards) most = Math.max(most, held() - before);
    }
    expect(most).toBeLessThan(mostHeldBytes);
  });
}
