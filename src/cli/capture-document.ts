import type { ConversationLines } from '../capture/conversation-lines.ts';
import { defaultBuilderOptions } from '../capture/exchange-builder.ts';
import type { FindPreload } from '../capture/exchange-writer.ts';
import { defaultReadingOptions } from '../capture/reading.ts';
import { CaptureStudy } from '../capture/study.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { defaultBudgets, type JudgementContext } from '../model/expectation.ts';
import type { CertificateFacts } from '../model/observations/tls.ts';
import type { ReadExchange, ReadRecord } from '../model/read-record.ts';
import type { ReadReport } from '../model/read-report.ts';
import { type JudgedExchange, renderReadReport, worstOf } from '../report/read-document.ts';
import { certificateFacts, parseCertificate } from '../system/certificate.ts';
import { systemPacketCrypto } from '../system/packet-crypto.ts';
import { systemPreloadTable } from '../system/preload-table.ts';

/** Conversations are listed without being asked for as long as there are no more than this. */
const fewConversations = 200;

export interface CaptureStudyOptions {
  /** Conversations to make room for. */
  expectedConversations?: number;
  /** Keep every conversation, however many there are. */
  everyConversation?: boolean;
  /** Lines of a key log with the secrets of TLS connections. */
  keyLog?: string;
  /** Every conversation is written there as it leaves, in place of keeping any. */
  lines?: ConversationLines;
}

/** What a capture is judged by: nothing is expected of anybody else's requests. */
export function captureContext(): JudgementContext {
  return { expect: {}, budgets: defaultBudgets, interrupted: false };
}

/** A reading of captures as `wirewalk read` makes it. */
export function createCaptureStudy(context: JudgementContext, options: CaptureStudyOptions = {}): CaptureStudy {
  const expectedConversations = options.expectedConversations ?? defaultReadingOptions.expectedConversations;
  const study = new CaptureStudy({
    reading: { ...defaultReadingOptions, expectedConversations, crypto: systemPacketCrypto },
    builder: { ...defaultBuilderOptions, readCertificate, findPreload },
    context,
    fewConversations: options.everyConversation === true ? Number.POSITIVE_INFINITY : fewConversations,
    lines: options.lines ?? null,
  });
  if (options.keyLog !== undefined) study.reading.secrets?.add(options.keyLog);
  return study;
}

/** The table is opened when the first name is asked for in plain http. */
function findPreload(host: string): ReturnType<FindPreload> {
  const table = systemPreloadTable();
  if (!('find' in table)) return null;
  const entry = table.find(host)?.name ?? null;
  return entry === null ? null : { entry, list: table.title, listDate: table.date };
}

function readCertificate(der: Uint8Array): CertificateFacts | null {
  const certificate = parseCertificate(der);
  return certificate === null ? null : certificateFacts(certificate);
}

/** The document of a reading that is over, and the exchange whose verdict it has; null when there was none. */
export function judgedCapture(record: ReadRecord, version: string): { report: ReadReport; worst: ReadExchange | null } {
  const judged = record.exchanges.map(
    (exchange): JudgedExchange => ({ exchange, diagnosis: diagnose(exchange.observations, record.context) }),
  );
  return {
    report: renderReadReport(record, judged, diagnose(record.link, record.context), version),
    worst: worstOf(judged)?.exchange ?? null,
  };
}

/** The document of a reading that is over. */
export function captureDocument(record: ReadRecord, version: string): ReadReport {
  return judgedCapture(record, version).report;
}

/** A capture that is in memory. */
export interface CaptureBytes {
  name: string;
  bytes: Uint8Array;
}

/** Gives a study a capture that is in memory, uncompressed. False when it was none. */
export function feedCapture(study: CaptureStudy, { name, bytes }: CaptureBytes): boolean {
  const feed = study.beginFile();
  for (let at = 0; at < bytes.length && feed.readable; at += feed.target.length) {
    const piece = bytes.subarray(at, at + feed.target.length);
    feed.target.set(piece);
    feed.accept(piece.length);
  }
  return study.endFile(name, feed);
}

/** Reads captures that are in memory, uncompressed, one after the other, and judges them. Those that are no captures are passed over. */
export async function readCaptures(captures: readonly CaptureBytes[], version: string): Promise<ReadReport> {
  const startedMs = performance.now();
  const study = createCaptureStudy(captureContext());
  for (const capture of captures) feedCapture(study, capture);
  return captureDocument(study.finish(Math.round(performance.now() - startedMs)), version);
}
