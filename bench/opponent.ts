import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The site and resolver to measure against, in another process. */
export interface Opponent {
  sitePort: number;
  /** `address:port`. */
  resolver: string;
  /** Path of the authority's PEM, and its text. */
  caFile: string;
  ca: string;
  stop(): void;
}

/** Starts it and waits until it serves. Rejects when it ends before. */
export async function startOpponent(): Promise<Opponent> {
  const directory = mkdtempSync(join(tmpdir(), 'wirewalk-bench-'));
  const caFile = join(directory, 'authority.pem');
  const script = fileURLToPath(new URL('./site-process.js', import.meta.url));
  const child = spawn(process.execPath, [script, caFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the site process ended with ${code}`)));
  });
  const ports = JSON.parse(line) as Pick<Opponent, 'sitePort' | 'resolver'>;
  return {
    ...ports,
    caFile,
    ca: readFileSync(caFile, 'utf8'),
    stop: () => {
      child.removeAllListeners('exit');
      child.stdin.end();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Runs a program to its end. Throws unless it exits with 0: a run that failed measures nothing. */
export function runToEnd(file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${file} ${args.join(' ')}: exit ${code}`))));
  });
}

/** First line of a program's `--version`; null when it is not installed. */
export function versionOf(file: string): string | null {
  const run = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return run.status === 0 ? (run.stdout.split('\n')[0] ?? null) : null;
}
