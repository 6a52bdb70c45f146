import { escapeForTerminal } from '../report/escape.ts';
import { createRedactor } from '../report/redact.ts';
import { exitCodes } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

/** What is printed for an error, and the exit code: one line; with `debug`, the stack of an internal error below it. */
export function describeError(error: unknown, debug: boolean): { text: string; exitCode: number } {
  if (error instanceof UsageError) return { text: `wirewalk: ${escapeForTerminal(error.message)}\n`, exitCode: exitCodes.usage };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const line = escapeForTerminal(createRedactor([]).text(message));
  const stack = debug && error instanceof Error ? `${stackOf(error)}\n` : '';
  return {
    text: `wirewalk: internal error: ${line}; please report this with the command and "wirewalk --version" (WIREWALK_DEBUG=1 shows where)\n${stack}`,
    exitCode: exitCodes.internal,
  };
}

function stackOf(error: Error): string {
  const stack = error.stack ?? '';
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack;
}
