import { feedRoomBytes } from '../../capture/capture-feed.ts';
import type { CaptureStudy } from '../../capture/study.ts';
import type { Intake } from '../../model/intake.ts';
import type { ReadExchange } from '../../model/read-record.ts';
import type { ReadReport } from '../../model/read-report.ts';
import type { CaptureFileOptions } from '../../ports/capture-files.ts';
import { escapeForTerminal } from '../../report/escape.ts';
import { createRedactor } from '../../report/redact.ts';
import { redactedReport } from '../../report/redacted-report.ts';
import { readBoundedFile } from '../../system/bounded-file.ts';
import { systemCaptureFiles } from '../../system/capture-file.ts';
import { isWorthReadThread } from '../../system/read-thread.ts';
import { createTlsKeyLog } from '../../wire/tls-keylog.ts';
import { captureContext, createCaptureStudy, judgedCapture } from '../capture-document.ts';
import type { Environment } from '../environment.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { intakeFor } from '../intake-for.ts';
import { printReport } from '../print-report.ts';
import type { ReadArguments } from '../read-arguments.ts';
import { isReportFile } from '../report-file.ts';
import { checkReportFiles, writeReportFiles } from '../report-files.ts';
import { UsageError } from '../usage-error.ts';
import { JsonStream } from './json-stream.ts';

/** A conversation takes about this much of a capture: how many to make room for. */
const bytesPerConversation = 900;
/** A second pass over files of this size costs nothing that matters. */
const smallBytes = 16_777_216;
/** Progress is shown for files larger than this. */
const largeBytes = 268_435_456;
/** Pieces of a large file that may be read before they are looked at. */
const piecesAhead = 8;
const largestKeyLogBytes = 268_435_456;

/** `wirewalk read FILE...`: the diagnosis from captures. Rejects with {@link UsageError} for what cannot be read. */
export async function runRead(given: ReadArguments, environment: Environment): Promise<number> {
  checkReportFiles(given.outputs);
  if (given.files.some(isReportFile)) return (await import('./saved.ts')).runSaved(given, environment);
  const intake = await intakeFor(given, environment);
  // Read before interrupts are listened for: a pipe without a writer keeps this thread, and Ctrl-C then ends the process.
  const keyLog = given.keylog === null ? null : keyLogText(given.keylog);
  const startedMs = performance.now();
  if (given.files.some(isWorthReadThread)) await systemCaptureFiles.prepare();
  const controller = new AbortController();
  const stop = environment.onInterrupt(() => {
    if (controller.signal.aborted) void environment.exitNow(exitCodes.interrupted);
    else controller.abort();
  });
  const stream = given.json && given.conversations ? new JsonStream(environment.stdout) : null;
  const context = captureContext();
  const study = createCaptureStudy(context, {
    expectedConversations: expectedConversations(given.files),
    everyConversation: given.conversations,
    ...(keyLog === null ? {} : { keyLog }),
    ...(stream === null ? {} : { lines: stream.lines }),
  });
  try {
    for (const file of given.files) await readFile(file, study, controller.signal, environment);
  } finally {
    stop();
  }
  context.interrupted = controller.signal.aborted;
  const { report: judged, worst } = judgedCapture(study.finish(Math.round(performance.now() - startedMs)), environment.version);
  const report = worst === null ? judged : await withPackets(judged, worst, given, controller.signal);
  const redacted = redactedReport(withIntake(report, intake), given.redaction);
  if (stream !== null) stream.end(report);
  else await printReport(redacted.report, given, environment);
  if (!(await writeReportFiles(redacted, given.outputs, environment))) return exitCodes.internal;
  return controller.signal.aborted ? exitCodes.interrupted : exitCodeOf(report, given.strict);
}

/** What somebody reported may hold secrets: a URL as it was sent around. */
function withIntake(report: ReadReport, intake: Intake | null): ReadReport {
  return intake === null ? report : { ...report, intake: createRedactor([intake]).document(intake) };
}

/** The packets of the worst exchange take a second pass: made for the documents that show them, where the files can be read twice. */
async function withPackets(report: ReadReport, worst: ReadExchange, given: ReadArguments, signal: AbortSignal): Promise<ReadReport> {
  const { files, outputs, json } = given;
  const bytes = files.reduce((sum, file) => sum + (systemCaptureFiles.size(file) ?? Number.POSITIVE_INFINITY), 0);
  const isShown = outputs.html !== null || outputs.bundle !== null || (json && bytes <= smallBytes);
  if (!isShown || !Number.isFinite(bytes) || signal.aborted) return report;
  const { listPackets } = await import('../packet-listing.ts');
  const { packets, omitted } = await listPackets(files, worst, signal);
  return { ...report, packets, ...(omitted === 0 ? {} : { packetsOmitted: omitted }) };
}

/** The lines of a key log. Throws {@link UsageError} for a file that holds no secret. */
function keyLogText(file: string): string {
  const what = `--keylog ${file}`;
  const hint = 'give a key log, as browsers and curl write it where SSLKEYLOGFILE is set';
  const read = readBoundedFile(file, largestKeyLogBytes);
  if (!('text' in read)) {
    if (read.code === 'EFBIG') throw new UsageError(what, 'it is larger than 256 MB', 'give the part with the secrets of these captures');
    throw new UsageError(what, 'it cannot be read', hint);
  }
  if (createTlsKeyLog().add(read.text).secrets === 0) throw new UsageError(what, 'it holds no secret', hint);
  return read.text;
}

function expectedConversations(files: readonly string[]): number {
  const bytes = files.reduce((sum, file) => sum + (systemCaptureFiles.size(file) ?? 0), 0);
  return Math.max(64, Math.floor(bytes / bytesPerConversation));
}

async function readFile(file: string, study: CaptureStudy, signal: AbortSignal, environment: Environment): Promise<void> {
  const name = file === '-' ? 'standard input' : file;
  const feed = study.beginFile(isWorthReadThread(file) ? new SharedArrayBuffer(piecesAhead * feedRoomBytes) : undefined);
  const options: CaptureFileOptions = { signal, onProgress: progressTo(environment, name) };
  const outcome = await systemCaptureFiles.read(file, feed, options);
  if (outcome.kind === 'unreadable') throw new UsageError(name, outcome.reason, 'give a capture file, as in wirewalk read FILE.pcap');
  const damage = outcome.kind === 'damaged' ? outcome.damage : null;
  if (!study.endFile(name, feed, damage) && !signal.aborted) {
    throw new UsageError(name, 'it is no capture', 'give a file in pcap, pcapng or snoop format, plain, gzip or zstd');
  }
  if (outcome.kind === 'damaged') {
    const what = outcome.damage === 'unreadable' ? 'reading it failed' : 'the compressed data are damaged';
    environment.stderr.write(`${escapeForTerminal(`wirewalk: ${name}: ${what}: ${outcome.reason}; what came before was read`)}\n`);
  }
}

function progressTo(environment: Environment, name: string): CaptureFileOptions['onProgress'] {
  const { stderr } = environment;
  return (readBytes, totalBytes) => {
    if (!stderr.isTerminal || (totalBytes !== null && totalBytes < largeBytes)) return;
    const share = totalBytes === null ? `${Math.round(readBytes / 1e6)} MB` : `${Math.floor((100 * readBytes) / totalBytes)} %`;
    stderr.write(`\r${escapeForTerminal(`reading ${name}: ${share}`)}\u001b[K${readBytes === totalBytes ? '\r\u001b[K' : ''}`);
  };
}
