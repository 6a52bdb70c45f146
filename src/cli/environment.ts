import type { Ports } from '../ports/ports.ts';
import type { SystemOptions } from '../system/ports.ts';
import { exitNow } from '../system/process-exit.ts';

/** Where a command writes: a terminal, a pipe or a file. */
export interface Output {
  /** Text, or text as UTF-8, which must not change before `written` is called. */
  write(text: string | Uint8Array, written?: () => void): void;
  readonly isTerminal: boolean;
  /** Size of the terminal; 80 by 24 where it does not say. */
  readonly columns: number;
  readonly rows: number;
}

/** Everything a command takes from the process it runs in. */
export interface Environment {
  stdout: Output;
  stderr: Output;
  variables: Readonly<Record<string, string | undefined>>;
  version: string;
  /** Loads and makes the ports of this host. */
  ports(options: SystemOptions): Promise<Ports>;
  /** Calls back for every request to stop (Ctrl-C, termination); returns how to stop listening. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exitNow(code: number): Promise<never>;
}

/** A process, and whether its report got out. */
export interface ProcessEnvironment extends Environment {
  /** Waits until everything was written to standard output; why it was not, or null. A reader that went away is no failure. */
  stdoutFailure(): Promise<string | null>;
}

/** This process. */
export function processEnvironment(version: string): ProcessEnvironment {
  const stdout = outputOf(process.stdout);
  return {
    stdout,
    stdoutFailure: stdout.failure,
    stderr: outputOf(process.stderr),
    variables: process.env,
    version,
    async ports(options) {
      const { systemPorts } = await import('../system/ports.ts');
      return systemPorts(options);
    },
    onInterrupt(listener) {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
    exitNow,
  };
}

/** A stream that may fail: then the rest is written nowhere, and the failure is kept, unless it is that the reader went away. */
function outputOf(stream: NodeJS.WriteStream): Output & { failure(): Promise<string | null> } {
  let failure: NodeJS.ErrnoException | null = null;
  let lastWrite: Promise<void> = Promise.resolve();
  const keep = (error: NodeJS.ErrnoException | null | undefined): void => {
    failure ??= error ?? null;
  };
  stream.on('error', keep);
  return {
    write(text, written) {
      if (failure !== null) return;
      lastWrite = new Promise((resolve) => {
        stream.write(text, (error) => {
          keep(error);
          written?.();
          resolve();
        });
      });
    },
    async failure() {
      await lastWrite;
      return failure === null || failure.code === 'EPIPE' ? null : failure.message;
    },
    get isTerminal() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns > 0 ? stream.columns : 80;
    },
    get rows() {
      return stream.rows > 0 ? stream.rows : 24;
    },
  };
}

/** The style for an output: colours on a terminal only; `--no-color`, NO_COLOR (https://no-color.org), FORCE_COLOR and TERM=dumb are obeyed, in this order. */
export function wantsColour(output: Output, variables: Environment['variables'], noColorOption: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = variables;
  if (noColorOption || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return output.isTerminal && TERM !== 'dumb';
}
