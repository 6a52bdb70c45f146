import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { defaultBuilderOptions } from '../../src/capture/exchange-builder.ts';
import { defaultReadingOptions } from '../../src/capture/reading.ts';
import { CaptureStudy } from '../../src/capture/study.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { defaultBudgets, type JudgementContext } from '../../src/model/expectation.ts';
import type { ReadReport } from '../../src/model/read-report.ts';
import { renderReadReport } from '../../src/report/read-document.ts';
import { defaultReadTextOptions, renderReadText } from '../../src/report/read-text.ts';
import { certificateFacts, parseCertificate } from '../../src/system/certificate.ts';
import { schemaErrors } from '../unit/schema.ts';

const corpora = process.env.WIREWALK_CORPORA ?? '';
const context: JudgementContext = { expect: {}, budgets: defaultBudgets, interrupted: false };

/** The document of a capture as `wirewalk read --conversations` makes it; null when it is no capture. */
function reportOf(file: string): ReadReport | null {
  let bytes: Uint8Array = readFileSync(file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  const study = new CaptureStudy({
    reading: defaultReadingOptions,
    builder: {
      ...defaultBuilderOptions,
      readCertificate: (der) => {
        const certificate = parseCertificate(der);
        return certificate === null ? null : certificateFacts(certificate);
      },
    },
    context,
    fewConversations: Number.POSITIVE_INFINITY,
    onConversation: null,
  });
  const feed = study.beginFile();
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + feed.target.length);
    feed.target.set(piece);
    feed.accept(piece.length);
    at += piece.length;
  }
  if (!study.endFile('capture', feed)) return null;
  const record = study.finish(1);
  const judged = record.exchanges.map((exchange) => ({ exchange, diagnosis: diagnose(exchange.observations, record.context) }));
  return renderReadReport(record, judged, '0');
}

describe.runIf(corpora !== '')('documents of captures of other projects', () => {
  const folder = join(corpora, 'captures');
  const captures = corpora === '' ? [] : readdirSync(folder).filter((name) => name !== 'index.json' && !name.endsWith('.truth.json'));

  it('are valid, whole, and put into words', { timeout: 180_000 }, () => {
    const wrong: Record<string, string[]> = {};
    for (const capture of captures) {
      const report = reportOf(join(folder, capture));
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
