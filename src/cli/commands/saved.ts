import { escapeForTerminal } from '../../report/escape.ts';
import { redactedReport } from '../../report/redacted-report.ts';
import type { Environment } from '../environment.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { damaged, type OpenedReport, openReport } from '../open-report.ts';
import { printReport } from '../print-report.ts';
import type { ReadArguments } from '../read-arguments.ts';
import { writeReportFiles } from '../report-files.ts';
import { UsageError } from '../usage-error.ts';

/** `wirewalk read` of a report or bundle that was handed over: shown as when it was made. */
export async function runSaved(given: ReadArguments, environment: Environment): Promise<number> {
  const [file, ...more] = given.files;
  if (file === undefined || more.length > 0) {
    throw new UsageError(
      given.files.join(' '),
      'reports and bundles are read one at a time',
      'give one; wirewalk compare shows what differs between two',
    );
  }
  const { report } = openWithWarning(file, environment);
  try {
    const redacted = redactedReport(report, given.redaction);
    await printReport(redacted.report, given, environment);
    if (!(await writeReportFiles(redacted, given.outputs, environment))) return exitCodes.internal;
    return exitCodeOf(report, given.strict);
  } catch (error) {
    throw damaged(file, error);
  }
}

/** Opens a report of others, and says when a bundle is not what its manifest says. */
export function openWithWarning(file: string, environment: Environment): OpenedReport {
  const opened = openReport(file);
  if (opened.altered.length > 0) {
    environment.stderr.write(`${escapeForTerminal(`wirewalk: ${file}: altered since it was packed: ${opened.altered.join(', ')}`)}\n`);
  }
  return opened;
}
