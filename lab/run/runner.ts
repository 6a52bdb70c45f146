import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import type { CertificateSet } from '../authority/authorities.ts';
import { loadCertificateSet } from '../authority/certificate-set.ts';
import type { Job, WalkRun } from '../inside.ts';
import type { CheckedProof } from '../proof/check.ts';
import { certificateSpecs } from '../scenario/certificates.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { faultsOf } from '../scenario/validation.ts';
import { allScenarios } from '../scenarios/registry.ts';
import { captureDifferences } from './capture-judge.ts';
import { differences, expectedCheckpoint } from './judge.ts';
import { spawnSandboxed } from './sandbox.ts';

/**
 * What became of one scenario. `passed`: as expected. `awaited`: not yet as expected, and listed as such. `failed`: not as expected.
 * `error`: the network could not be built, the fault was not met, or a scenario listed as failing passes.
 */
export interface Outcome {
  scenario: Scenario;
  result: 'passed' | 'awaited' | 'failed' | 'error';
  /** Why it is not `passed`, one line each. */
  reasons: string[];
  expected: string;
  got: string;
  /** The walk itself. */
  seconds: number;
  /** Milliseconds until the network stood. */
  upMs: number;
  run: WalkRun | null;
}

export interface RunOptions {
  /** The program to judge, a JavaScript file; default the command line of this package. What packets show of another program's doings is not judged. */
  engine?: string;
  /** Captures, logs and documents are kept below this folder. */
  keepFolder?: string;
  /** Scenarios at a time; default 2. */
  jobs?: number;
  signal?: AbortSignal;
  onOutcome?: (outcome: Outcome) => void;
}

/** The compiled file of this package, or its source where that runs directly. */
export function packageFile(path: string): string {
  const compiled = fileURLToPath(new URL(path.replace(/\.ts$/, '.js'), import.meta.url));
  return existsSync(compiled) ? compiled : fileURLToPath(new URL(path, import.meta.url));
}

/** Starts the first process of a sandbox with its job. */
export function startInside(job: Job, options: { stdio: 'inherit' | 'pipe'; survives?: boolean }): ChildProcess {
  const output = options.stdio === 'inherit' ? 'inherit' : 'pipe';
  const child = spawnSandboxed([process.execPath, packageFile('../inside.ts')], {
    stdio: [options.stdio === 'inherit' ? 'inherit' : 'ignore', output, output, 'pipe'],
    ...(options.survives && { survives: true, detached: true }),
  });
  const input = child.stdio[3] as NodeJS.WritableStream;
  // A sandbox that cannot start closes its end: its own words say why.
  input.on('error', () => {});
  input.end(serialize(job));
  return child;
}

/** The certificates of every scenario there is, so that one day's file serves all. */
export function certificatesForAll(): Promise<CertificateSet> {
  return loadCertificateSet(certificateSpecs(allScenarios));
}

/** Runs scenarios, some at a time, in order. Resolves when all are done; never rejects for what a scenario does. */
export async function runScenarios(scenarios: readonly Scenario[], options: RunOptions = {}): Promise<Outcome[]> {
  const certificates = await loadCertificateSet(
    certificateSpecs([...allScenarios, ...scenarios.filter((scenario) => !allScenarios.includes(scenario))]),
  );
  const engine = options.engine ?? packageFile('../../src/cli/main.ts');
  const outcomes: Outcome[] = new Array(scenarios.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < scenarios.length && !options.signal?.aborted) {
      const index = next;
      next += 1;
      const scenario = scenarios[index]!;
      const outcome = await runOne(scenario, certificates, engine, options);
      if (options.signal?.aborted) return;
      outcomes[index] = outcome;
      options.onOutcome?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: options.jobs ?? 2 }, worker));
  return outcomes.filter((outcome) => outcome !== undefined);
}

async function runOne(scenario: Scenario, certificates: CertificateSet, engine: string, options: RunOptions): Promise<Outcome> {
  const expected = verdictText(scenario.expect.status, expectedCheckpoint(scenario.expect), scenario.expect.cause);
  const base = { scenario, expected, seconds: 0, upMs: 0, run: null };
  const faults = faultsOf(scenario);
  if (faults.length > 0) return { ...base, result: 'error', reasons: faults, got: 'no scenario' };
  const child = startInside({ scenario, certificates, task: 'walk', engine, keepFolder: options.keepFolder ?? null }, { stdio: 'pipe' });
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  const { code, stdout, stderr } = await ended(child);
  options.signal?.removeEventListener('abort', stop);
  if (code !== 0) return { ...base, result: 'error', reasons: [`the network could not be built: ${stderr.trim()}`], got: 'no network' };
  return judgeRun(scenario, JSON.parse(stdout) as WalkRun, options.engine === undefined);
}

/** Compares what happened with what the scenario promises. `byPackets`: what the packets alone are judged as counts as well. */
export function judgeRun(scenario: Scenario, run: WalkRun, byPackets: boolean): Outcome {
  const document = parsed(run.stdout);
  const live = differences(scenario, { exitCode: run.exitCode, document });
  const different = [...live, ...(byPackets ? captureDifferences(scenario, run.captures) : [])];
  const unmet = run.proofs.filter(({ held }) => !held).map(describeUnmet);
  const verdict = (document as { verdict?: { status?: string; checkpoint?: string | null; cause?: string | null } } | null)?.verdict;
  const outcome = {
    scenario,
    expected: verdictText(scenario.expect.status, expectedCheckpoint(scenario.expect), scenario.expect.cause),
    got: verdict ? verdictText(String(verdict.status), verdict.checkpoint ?? null, verdict.cause ?? null) : lastLine(run.stderr),
    seconds: run.seconds,
    upMs: run.upMs,
    run,
  };
  const { expectedToFail } = scenario;
  const silent = document === null ? [`the walk printed no document: ${lastLine(run.stderr)}`] : [];
  if (unmet.length > 0) return { ...outcome, result: 'error', reasons: [...silent, ...unmet] };
  if (expectedToFail && live.length === 0)
    return { ...outcome, result: 'error', reasons: ['listed as expected to fail, and passes: take it off the list'] };
  if (expectedToFail)
    return { ...outcome, result: 'awaited', reasons: [`awaits issue ${expectedToFail.issue}: ${expectedToFail.why}`, ...different] };
  return { ...outcome, result: different.length === 0 ? 'passed' : 'failed', reasons: different };
}

function describeUnmet({ proof, seen }: CheckedProof): string {
  return `the fault was not met: ${JSON.stringify(proof)}, seen: ${seen.slice(0, 200)}`;
}

function verdictText(status: string, checkpoint: string | null, cause: string | null): string {
  if (cause !== null) return `${status} ${cause}`;
  return checkpoint === null ? status : `${status} ${checkpoint}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 60) ?? '';
}

function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', (error) => {
      stderr += error.message;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
