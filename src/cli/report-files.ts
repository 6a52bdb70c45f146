import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ReadReport } from '../model/read-report.ts';
import type { WalkReport } from '../model/walk-report.ts';
import { caseOf } from '../report/case.ts';
import { renderHtml } from '../report/html/page.ts';
import { renderNote } from '../report/note.ts';
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
export function writeReportFiles(report: WalkReport | ReadReport, files: OutputFiles, stdout: Output): void {
  const write = (file: string | null, text: () => string): void => {
    if (file === '-') stdout.write(text());
    else if (file !== null) writeFileSync(file, text());
  };
  write(files.markdown, () => renderWorksheet(report));
  write(files.html, () => renderHtml(report));
  write(files.note, () => renderNote(caseOf(report)));
}
