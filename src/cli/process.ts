import type { Worker } from 'node:worker_threads';
import { adoptReadThread } from '../system/read-ahead.ts';
import { processEnvironment } from './environment.ts';
import { exitCodes } from './exit-code.ts';
import { runProgram } from './program.ts';

export { exitNow } from '../system/process-exit.ts';
export { describeError } from './error-line.ts';

/** Runs the command in this process, and ends the process with its exit code. `readThread` was started for files that the command reads. */
export async function runInProcess(args: readonly string[], version: string, readThread: Worker | null = null): Promise<never> {
  if (readThread !== null) adoptReadThread(readThread);
  const environment = processEnvironment(version);
  const exitCode = await runProgram(args, environment);
  const unwritten = await environment.stdoutFailure();
  if (unwritten !== null) process.stderr.write(`wirewalk: standard output: ${unwritten}; the report is incomplete\n`);
  return environment.exitNow(unwritten === null ? exitCode : exitCodes.internal);
}
