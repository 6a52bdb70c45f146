import { readFileSync, statSync } from 'node:fs';
import type { ReadReport } from '../model/read-report.ts';
import type { WalkReport } from '../model/walk-report.ts';
import { reportFrom } from '../report/report-document.ts';
import { openBundle } from './bundle-archive.ts';
import { looksLikeArchive } from './report-file.ts';
import { UsageError } from './usage-error.ts';

/** A report is text of some megabytes at most. */
const mostBytes = 256_000_000;

export interface OpenedReport {
  report: WalkReport | ReadReport;
  /** Files of the bundle that are not what its manifest says. */
  altered: string[];
}

/** Opens a report or the report of a bundle. Throws {@link UsageError} when it is none. */
export function openReport(file: string): OpenedReport {
  const hint = 'give a report of wirewalk --json, or a bundle';
  const bytes = readAll(file, hint);
  const opened = looksLikeArchive(bytes) ? openBundle(bytes) : { kind: 'opened' as const, document: jsonOf(bytes), altered: [] };
  if (opened.kind === 'unusable') throw new UsageError(file, opened.reason, hint);
  const report = readable(file, () => reportFrom(opened.document));
  if (typeof report === 'string') throw new UsageError(file, report, hint);
  return { report, altered: opened.altered };
}

function readAll(file: string, hint: string): Uint8Array {
  try {
    if (statSync(file).size > mostBytes) throw new UsageError(file, 'it is larger than a report can be', hint);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(file, code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? 'unknown'})`, hint);
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return null;
  }
}

/** Runs what reads a report of others: its fields may be of any type, and nested without end. Throws {@link UsageError} when that shows. */
export function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw damaged(file, error);
  }
}

/** What an error over a report of others means; an error that its contents cannot cause stays what it is. */
export function damaged(file: string, error: unknown): unknown {
  const isOfContents = error instanceof TypeError || error instanceof RangeError;
  return isOfContents ? new UsageError(file, 'its report is damaged', 'ask for it again') : error;
}
