import type { Ports } from '../ports/ports.ts';
import type { SystemOptions } from '../system/ports.ts';

/** Where a command writes: a terminal, a pipe or a file. */
export interface Output {
  write(text: string): void;
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

/** This process. */
export function processEnvironment(version: string): Environment {
  return {
    stdout: outputOf(process.stdout),
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
    async exitNow(code) {
      const { exitNow } = await import('../system/process-exit.ts');
      return exitNow(code);
    },
  };
}

/** A stream whose reader may go away: then the rest is written nowhere, quietly. */
function outputOf(stream: NodeJS.WriteStream): Output {
  let readerIsGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    readerIsGone = true;
  });
  return {
    write(text) {
      if (!readerIsGone) stream.write(text);
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
