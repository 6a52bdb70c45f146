import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BundleExtras } from '../report/bundle/bundle-file.ts';
import { escapeForTerminal } from '../report/escape.ts';
import type { RedactedReport } from '../report/redacted-report.ts';
import type { Environment } from './environment.ts';
import type { OutputFiles } from './options/output-files.ts';
import { UsageError } from './usage-error.ts';

type Outputs = Pick<Environment, 'stdout' | 'stderr'>;

/** Throws {@link UsageError} for a file that cannot be written, before anything is sent. */
export function checkReportFiles(files: OutputFiles): void {
  for (const [name, file] of Object.entries(files) as [string, string | null][]) {
    if (file !== null && file !== '-') checkReportFile(`--${name}`, file);
  }
}

/** The same for one file of an option. */
export function checkReportFile(option: string, file: string): void {
  const problem = writingProblem(file);
  if (problem !== null) throw new UsageError(`${option} ${file}`, problem, 'give a file in a folder that exists and can be written');
}

function writingProblem(file: string): string | null {
  const known = statSync(file, { throwIfNoEntry: false });
  if (known?.isDirectory() === true) return 'it is a folder';
  try {
    accessSync(known === undefined ? dirname(file) : file, constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'its folder does not exist' : 'it cannot be written';
  }
}

/** Writes every form of the report that was asked for. Says on `stderr` what could not be written, and whether everything was. */
export async function writeReportFiles(
  redacted: RedactedReport,
  files: OutputFiles,
  { stdout, stderr }: Outputs,
  extras: BundleExtras = {},
): Promise<boolean> {
  const { report } = redacted;
  let isWhole = true;
  const save = (file: string, content: string | Uint8Array): void => {
    try {
      writeFileSync(file, content);
    } catch (error) {
      isWhole = false;
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      stderr.write(`${escapeForTerminal(`wirewalk: ${file}: it could not be written (${code})`)}\n`);
    }
  };
  const write = (file: string, text: string): void => {
    if (file === '-') stdout.write(text);
    else save(file, text);
  };
  // Loaded when they are wanted: most runs write no document.
  if (files.markdown !== null) write(files.markdown, (await import('../report/worksheet/worksheet.ts')).renderWorksheet(report));
  if (files.html !== null) write(files.html, (await import('../report/html/page.ts')).renderHtml(report));
  if (files.note !== null) {
    const [{ renderNote }, { caseOf }] = await Promise.all([import('../report/note.ts'), import('../report/case.ts')]);
    write(files.note, renderNote(caseOf(report)));
  }
  if (files.bundle !== null) {
    const { packBundle } = await import('./bundle-archive.ts');
    save(files.bundle, packBundle(redacted, extras));
  }
  return isWhole;
}
