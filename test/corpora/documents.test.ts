import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { captureContext, captureDocument, createCaptureStudy } from '../../src/cli/capture-document.ts';
import type { ReadReport } from '../../src/model/read-report.ts';
import { defaultReadTextOptions, renderReadText } from '../../src/report/read-text.ts';
import { schemaErrors } from '../unit/schema.ts';

const corpora = process.env.WIREWALK_CORPORA ?? '';

/** The document of a capture as `wirewalk read --conversations` makes it; null when it is no capture. */
async function reportOf(file: string): Promise<ReadReport | null> {
  let bytes: Uint8Array = readFileSync(file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  const study = await createCaptureStudy(captureContext(), { everyConversation: true });
  const feed = study.beginFile();
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + feed.target.length);
    feed.target.set(piece);
    feed.accept(piece.length);
    at += piece.length;
  }
  if (!study.endFile('capture', feed)) return null;
  return captureDocument(study.finish(1), '0');
}

describe.runIf(corpora !== '')('documents of captures of other projects', () => {
  const folder = join(corpora, 'captures');
  const captures = corpora === '' ? [] : readdirSync(folder).filter((name) => name !== 'index.json' && !name.endsWith('.truth.json'));

  it('are valid, whole, and put into words', { timeout: 180_000 }, async () => {
    const wrong: Record<string, string[]> = {};
    for (const capture of captures) {
      const report = await reportOf(join(folder, capture));
      if (report === null) continue;
      const complaints = schemaErrors('read', report);
      const { total, ok, degraded, failed, unclear } = report.exchangeCounts;
      if (ok + degraded + failed + unclear !== total) complaints.push('exchange counts do not add up');
      if (report.conversationCount !== report.conversations.length) complaints.push('conversations are missing');
      if (renderReadText(report, defaultReadTextOptions) === '') complaints.push('no text');
      if (complaints.length > 0) wrong[capture] = complaints;
    }
    expect(wrong).toEqual({});
  });
});
