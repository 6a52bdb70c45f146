import type { Environment } from '../environment.ts';
import { exitCodes } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';

export interface LabOptions {
  quiz?: boolean;
  keep?: string;
  jobs?: number;
  engine?: string;
}

/** `wirewalk lab list | up | run | shell | down`. Resolves to the exit code; rejects with {@link UsageError} for what cannot be done as asked. */
export async function runLabCommand(words: readonly string[], options: LabOptions, environment: Environment): Promise<number> {
  const lab = await import('../../../lab/command.ts');
  const output = { out: (text: string) => environment.stdout.write(text), err: (text: string) => environment.stderr.write(text) };
  const [action, ...names] = words;
  try {
    switch (action) {
      case 'list':
        lab.listScenarios(output);
        return exitCodes.ok;
      case 'run':
        return await runScenarios(lab, names, options, environment);
      case 'up':
        if (options.quiz) await lab.quiz(names[0], output);
        else await lab.raiseLab(required(names[0]), output);
        return exitCodes.ok;
      case 'shell':
        return await lab.openShell(names[0]);
      case 'down':
        lab.endLabs(names[0], output);
        return exitCodes.ok;
      default:
        throw new UsageError(`lab ${action ?? ''}`.trim(), 'no such action', 'list, up, run, shell or down; see wirewalk lab --help');
    }
  } catch (error) {
    if (error instanceof lab.LabRefusal) throw new UsageError('lab', error.message, error.hint);
    throw error;
  }
}

async function runScenarios(
  lab: typeof import('../../../lab/command.ts'),
  patterns: readonly string[],
  { keep, jobs, engine }: LabOptions,
  environment: Environment,
): Promise<number> {
  const stop = new AbortController();
  const stopListening = environment.onInterrupt(() => stop.abort());
  const output = { out: (text: string) => environment.stdout.write(text), err: (text: string) => environment.stderr.write(text) };
  const request = {
    patterns,
    ...(keep !== undefined && { keepFolder: keep }),
    ...(jobs !== undefined && { jobs }),
    ...(engine !== undefined && { engine }),
  };
  try {
    const good = await lab.runLab(request, output, stop.signal);
    if (stop.signal.aborted) return exitCodes.interrupted;
    return good ? exitCodes.ok : exitCodes.failed;
  } finally {
    stopListening();
  }
}

function required(name: string | undefined): string {
  if (name === undefined) throw new UsageError('lab up', 'no scenario was given', 'see wirewalk lab list');
  return name;
}
