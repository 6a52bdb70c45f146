import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built command, as the package's `bin` names it. */
export const commandFile: string = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** What one run of the command left. */
export interface CommandRun {
  /** Null when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  durationMs: number;
}

export interface CommandOptions {
  /** Default: this process's own environment without proxies and colours. */
  environment?: NodeJS.ProcessEnv;
  directory?: string;
  /** Called when the process runs: for signals. */
  onStart?: (child: ChildProcessWithoutNullStreams) => void;
  /** Written to standard input, which then stays open. Default: nothing, and its end. */
  input?: Uint8Array;
  /** Default: {@link commandFile}. */
  file?: string;
}

/** Runs the command to its end. Rejects when it was never built. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandRun> {
  const file = options.file ?? commandFile;
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first`);
  const startedMs = performance.now();
  const child = spawn(process.execPath, [file, ...args], { cwd: options.directory, env: options.environment ?? plainEnvironment() });
  if (options.input === undefined) child.stdin.end();
  else child.stdin.write(options.input);
  options.onStart?.(child);
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr, durationMs: performance.now() - startedMs }));
  });
}

/** This process's environment without what would change a walk or its looks. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/proxy|^SSL_CERT|^NODE_|COLOR$|^VITEST/i.test(name));
  return Object.fromEntries(kept);
}
