import { processEnvironment } from './environment.ts';
import { exitCodes } from './exit-code.ts';
import { runProgram } from './program.ts';

export { exitNow } from '../system/process-exit.ts';
export { describeError } from './error-line.ts';

/** Runs the command in this process, and ends the process with its exit code. */
export async function runInProcess(args: readonly string[], version: string): Promise<never> {
  const environment = processEnvironment(version);
  const exitCode = await runProgram(args, environment);
  const unwritten = await environment.stdoutFailure();
  if (unwritten !== null) process.stderr.write(`wirewalk: standard output: ${unwritten}; the report is incomplete\n`);
  return environment.exitNow(unwritten === null ? exitCode : exitCodes.internal);
}
