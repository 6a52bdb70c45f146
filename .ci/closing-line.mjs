// Prints `N passed, N failed[, N skipped]` from Vitest's JSON report. Exit 0 only when something ran and nothing failed.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * Counts of one report. A file that failed without a failed test (it did not load, or a hook broke) counts as one failure, and so does a run that
 * Vitest calls failed for a reason of its own, such as an unhandled error.
 *
 * @param {{ success: boolean, testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function countsOf(report) {
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
  if (!report.success && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = countsOf(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
  } catch (error) {
    console.error(`the tests left no report: ${error instanceof Error ? error.message : error}`);
  }
  console.log(closingLine(counts));
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}
