import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { caseOf } from '../report/case.ts';
import { renderHtml } from '../report/html/page.ts';
import { renderNote } from '../report/note.ts';
import type { RedactedReport } from '../report/redacted-report.ts';
import { renderWorksheet } from '../report/worksheet/worksheet.ts';
import type { Output } from './environment.ts';
import type { OutputFiles } from './options/output-files.ts';
import { UsageError } from './usage-error.ts';

/** Throws {@link UsageError} for a file that cannot be written, before anything is sent. */
export function checkReportFiles(files: OutputFiles): void {
  for (const [name, file] of Object.entries(files) as [string, string | null][]) {
    if (file === null || file === '-') continue;
    const problem = writingProblem(file);
    if (problem !== null) throw new UsageError(`--${name} ${file}`, problem, 'give a file in a folder that exists and can be written');
  }
}

function writingProblem(file: string): string | null {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) return 'it is a folder';
  try {
    accessSync(dirname(file), constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'its folder does not exist' : 'its folder cannot be written';
  }
}

/** Writes every form of the report that was asked for. */
export async function writeReportFiles(redacted: RedactedReport, files: OutputFiles, stdout: Output): Promise<void> {
  const { report } = redacted;
  const write = (file: string | null, text: () => string): void => {
    if (file === '-') stdout.write(text());
    else if (file !== null) writeFileSync(file, text());
  };
  write(files.markdown, () => renderWorksheet(report));
  write(files.html, () => renderHtml(report));
  write(files.note, () => renderNote(caseOf(report)));
  if (files.bundle !== null) {
    const { packBundle } = await import('./bundle-archive.ts');
    writeFileSync(files.bundle, packBundle(redacted));
  }
}
