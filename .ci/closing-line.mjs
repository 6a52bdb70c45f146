// Prints `N passed, N failed[, N skipped]` from Vitest's JSON report (first argument) and the exit status of the command that ran it (second).
// Exit 0 only when something ran and nothing failed.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * Counts of one report. A file that failed without a failed test (it did not load, or a hook broke) counts as one failure, and so does a command
 * that failed without one: an unhandled error, which the report does not tell, or a step before the tests.
 *
 * @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @param {number} exitStatus
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function countsOf(report, exitStatus) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    let failedHere = 0;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') counts.passed += 1;
      else if (status === 'failed') failedHere += 1;
      else counts.skipped += 1;
    }
    counts.failed += file.status === 'failed' ? Math.max(failedHere, 1) : failedHere;
  }
  if (exitStatus !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @param {string} file */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(report.testResults)) return report;
    console.error(`${file} is no report of tests`);
  } catch (error) {
    console.error(`the tests left no report: ${error instanceof Error ? error.message : error}`);
  }
  return { testResults: [] };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , file = '', exitStatus = '0'] = process.argv;
  const counts = countsOf(readReport(file), Number(exitStatus));
  console.log(closingLine(counts));
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}
