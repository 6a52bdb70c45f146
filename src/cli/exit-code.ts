import type { WalkReport } from '../model/walk-report.ts';

/** Exit codes of every command. `internal` is EX_SOFTWARE of sysexits.h: the fault is this program's, not the network's. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unclear: 3, internal: 70, interrupted: 130 } as const;

/** What each means, for help and manual. */
export const exitMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, 'it works, or works impaired (--strict: impaired is 1)'],
  [exitCodes.failed, 'it fails: the verdict says at which checkpoint, why, and what to do'],
  [exitCodes.usage, 'the input cannot be used: nothing was sent'],
  [exitCodes.unclear, 'not enough evidence for a verdict'],
  [exitCodes.internal, 'wirewalk itself failed, or could not write its report'],
  [exitCodes.interrupted, 'interrupted: what was learned until then is printed'],
];

/** The exit code of a walk that ended by itself. Input that was no target is an input error: nothing was sent. */
export function exitCodeOf(report: Pick<WalkReport, 'verdict' | 'evidence'>, strict: boolean): number {
  if (report.evidence.some((evidence) => evidence.kind === 'target.rejected')) return exitCodes.usage;
  switch (report.verdict.status) {
    case 'ok':
      return exitCodes.ok;
    case 'degraded':
      return strict ? exitCodes.failed : exitCodes.ok;
    case 'failed':
      return exitCodes.failed;
    case 'unclear':
      return exitCodes.unclear;
  }
}
