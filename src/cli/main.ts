#!/usr/bin/env node
import { isWorthReadThread, startReadThread } from '../system/read-thread.ts';
import { compiledProgram, type Program } from './compiled-program.ts';
import { exitCodes } from './exit-code.ts';
import { packageVersion } from './version.ts';

/**
 * The command. Answers `--version` before anything else is loaded; loads what a command needs when it runs. Nothing gets out of here as a
 * stack trace.
 */
async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--version' || args[0] === '-V') {
    process.stdout.on('error', () => {}); // the reader went away
    process.stdout.write(`${packageVersion()}\n`);
    return;
  }
  process.on('uncaughtException', (error) => void fail(error));
  process.on('unhandledRejection', (error) => void fail(error));
  try {
    // It starts while the program is loaded, which leaves a processor idle.
    const readThread = args[0] === 'read' && args.some(isWorthReadThread) ? await startReadThread() : null;
    program = compiledProgram(args) ?? (await import('./process.ts'));
    await program.runInProcess(args, packageVersion(), readThread);
  } catch (error) {
    await fail(error);
  }
}

/** What runs the command, once it is loaded. */
let program: Program | null = null;
let isFailing = false;

/**
 * Says in one line what went wrong, and ends with the exit code for it. Only the first error is said: others follow from it. Never rejects: a
 * rejection would come back here without end.
 */
async function fail(error: unknown): Promise<void> {
  if (isFailing) return;
  isFailing = true;
  try {
    // The errors it knows are those of the program that ran.
    const { describeError, exitNow } = program ?? (await import('./process.ts'));
    const { text, exitCode } = describeError(error, process.env.WIREWALK_DEBUG === '1');
    process.stderr.write(text);
    await exitNow(exitCode);
  } catch {
    process.stderr.write('wirewalk: internal error: this installation is damaged; install it again\n');
    process.exit(exitCodes.internal);
  }
}

await main(process.argv.slice(2));
