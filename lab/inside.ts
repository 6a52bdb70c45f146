import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { readCaptures } from '../src/cli/capture-document.ts';
import type { CertificateSet } from './authority/authorities.ts';
import { Recorder } from './kernel/recorder.ts';
import { type Laboratory, standUp } from './laboratory.ts';
import { type CheckedProof, checkProofs } from './proof/check.ts';
import type { CapturePlace, CaptureVerdict } from './run/capture-judge.ts';
import type { Scenario } from './scenario/scenario.ts';
import { stateFolder } from './servers/daemon.ts';

/** What the first process of a sandbox is asked to do; it reads this from file descriptor 3. */
export type Job = { scenario: Scenario; certificates: CertificateSet } & (
  | { task: 'walk'; engine: string; keepFolder: string | null }
  | { task: 'hold' }
  | { task: 'shell' }
);

/** What came of a walk in a network. Printed as one line of JSON. */
export interface WalkRun {
  upMs: number;
  seconds: number;
  exitCode: number | null;
  stdout: string;
  stderr: string;
  proofs: CheckedProof[];
  recordings: { place: CapturePlace; packets: number; lost: number }[];
  /** What the recorded packets alone are judged as, by the same rules. */
  captures: CaptureVerdict[];
}

const jobDescriptor = 3;
const walkLimitMs = 60_000;
const defaultTimeoutSeconds = '3';

const job = deserialize(readFileSync(jobDescriptor)) as Job;
const lab = await standUp(job.scenario.changes, job.certificates);
if (job.task === 'walk') {
  writeSync(1, `${JSON.stringify(await walk(job.scenario, job.engine, job.keepFolder, lab))}\n`);
  process.exit(0);
} else if (job.task === 'hold') {
  writeSync(1, 'standing\n');
  setInterval(() => {}, 2 ** 30);
} else {
  const shell = existsSync('/bin/bash') ? ['/bin/bash', '--norc', '-i'] : ['/bin/sh', '-i'];
  const environment = { ...lab.environment, ...job.scenario.environment, PS1: 'client# ' };
  const child = spawn(shell[0]!, shell.slice(1), { stdio: 'inherit', env: environment });
  child.on('close', (code) => process.exit(code ?? 1));
}

/** Runs the command as a program of the client without any privilege but those of the scenario, the wire recorded at both ends, then looks for the fault's traces. */
async function walk(
  scenario: Scenario,
  engine: string,
  keepFolder: string | null,
  { namespaces, environment, records, upMs }: Laboratory,
): Promise<WalkRun> {
  const recorders = (['client', 'edge'] as const).map((place) => ({
    place,
    recorder: namespaces.within(place, () => new Recorder('eth0')),
  }));
  const options = scenario.options ?? [];
  const words = [
    '--inh-caps=-all',
    `--bounding-set=-all${(scenario.privileges ?? []).map((name) => `,+${name}`).join('')}`,
    '--no-new-privs',
    process.execPath,
    engine,
    scenario.url,
    '--json',
    ...(options.includes('--timeout') ? [] : ['--timeout', defaultTimeoutSeconds]),
    ...options,
  ];
  const startedMs = performance.now();
  const { exitCode, stdout, stderr } = await runProgram('setpriv', words, { ...environment, ...scenario.environment });
  const seconds = (performance.now() - startedMs) / 1000;
  const kept = await Promise.all(recorders.map(async ({ place, recorder }) => ({ place, recording: await recorder.stop() })));
  const proofs = await checkProofs(scenario.proof, records);
  if (keepFolder !== null) {
    const folder = join(keepFolder, scenario.id);
    mkdirSync(folder, { recursive: true });
    for (const { place, recording } of kept) writeFileSync(join(folder, `${place}.pcap`), recording.pcap);
    for (const place of lab.daemons.keys()) copyFileSync(`${stateFolder}/${place}/log`, join(folder, `${place}.log`));
    writeFileSync(join(folder, 'walk.json'), stdout);
    writeFileSync(join(folder, 'walk.stderr'), stderr);
  }
  const recordings = kept.map(({ place, recording: { packets, lost } }) => ({ place, packets, lost }));
  const captures = await Promise.all(kept.map(({ place, recording }) => captureVerdict(place, recording.pcap)));
  return { upMs, seconds, exitCode, stdout, stderr, proofs, recordings, captures };
}

/** What the packets alone are judged as. */
async function captureVerdict(place: CapturePlace, pcap: Uint8Array): Promise<CaptureVerdict> {
  const { verdict, exchanges } = await readCaptures([{ name: place, bytes: pcap }], '');
  return {
    place,
    status: verdict.status,
    checkpoint: verdict.checkpoint,
    cause: verdict.cause,
    summary: verdict.summary,
    exchanges: exchanges.map((one) => `${one.id} ${one.host ?? '?'} at ${one.server}: ${one.verdict.cause ?? one.verdict.status}`),
  };
}

function runProgram(
  command: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], env: environment, cwd: '/' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), walkLimitMs);
    child.on('error', reject);
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, stdout, stderr });
    });
  });
}
