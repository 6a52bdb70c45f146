import { execFile } from 'node:child_process';
import type { Failure } from '../model/failure.ts';
import { fileFailureOf } from './errno.ts';

export interface CommandResult {
  status: number;
  output: string;
  errors: string;
}

const longestRunMs = 3000;
const mostOutputBytes = 8 * 1024 * 1024;

/** How long a command may take. What one printed that did not end in time is a result when `partial` is set, its status -1. */
export interface CommandLimits {
  longestMs: number;
  partial?: true;
  signal?: AbortSignal;
}

/**
 * Runs one of the system's own commands to its end, without a shell, in the C locale. A non-zero status is a result; a command that is
 * missing, takes longer than its limit (3 s unless said otherwise) or prints more than 8 MiB is a failure.
 */
export function runCommand(
  file: string,
  parameters: readonly string[],
  limits: CommandLimits = { longestMs: longestRunMs },
): Promise<CommandResult | Failure> {
  return new Promise<CommandResult | Failure>((resolve) => {
    execFile(
      file,
      parameters,
      {
        // Whole milliseconds: a fraction is refused by a throw.
        timeout: Math.ceil(limits.longestMs),
        maxBuffer: mostOutputBytes,
        windowsHide: true,
        env: { ...process.env, LC_ALL: 'C', LANG: 'C' },
        ...(limits.signal === undefined ? {} : { signal: limits.signal }),
      },
      (error, output, errors) => {
        if (error === null) return resolve({ status: 0, output, errors });
        if (limits.partial === true && output !== '') return resolve({ status: -1, output, errors });
        if (error.killed === true) return resolve({ name: 'timed-out', raw: file });
        // `code` is the exit status for a program that ran, and the errno's name for one that could not be started.
        if (typeof error.code === 'number') return resolve({ status: error.code, output, errors });
        resolve(fileFailureOf(error));
      },
    );
    // Errors that Node.js does not expect of a start are thrown: EPERM, for a program whose capabilities this process may not have.
  }).catch(fileFailureOf);
}
