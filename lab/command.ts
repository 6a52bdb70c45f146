import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { checkpointIds } from '../src/model/checkpoint.ts';
import type { WalkReport } from '../src/model/walk-report.ts';
import { expectedCheckpoint } from './run/judge.ts';
import { certificatesForAll, runScenarios, startInside } from './run/runner.ts';
import { missingPrerequisites, sandboxEnvironment } from './run/sandbox.ts';
import { scenarioById, selectScenarios } from './run/selection.ts';
import { endStanding, innerPid, recordStanding, type StandingLab, standingLabs } from './run/standing.ts';
import { tableFoot, tableHead, tableLine } from './run/table.ts';
import type { Scenario } from './scenario/scenario.ts';
import { allScenarios, scenarioGroups } from './scenarios/registry.ts';

/** Where a lab command writes. */
export interface LabOutput {
  out(text: string): void;
  err(text: string): void;
}

/** What cannot be done as asked: one line for the user. */
export class LabRefusal extends Error {
  /** What to do instead. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'LabRefusal';
    this.hint = hint;
  }
}

/** What the lab knows, and what stands now. */
export function listScenarios(output: LabOutput): void {
  for (const [group, scenarios] of Object.entries(scenarioGroups)) {
    output.out(`${group}\n`);
    for (const { id, title, expectedToFail } of scenarios)
      output.out(`  ${id.padEnd(38)} ${title}${expectedToFail ? ' (diagnosis to come)' : ''}\n`);
  }
  const standing = standingLabs();
  if (standing.length > 0) output.out(`standing: ${standing.map(({ scenario, pid }) => `${scenario} (pid ${pid})`).join(', ')}\n`);
}

export interface RunRequest {
  patterns: readonly string[];
  keepFolder?: string;
  jobs?: number;
  engine?: string;
}

/** Runs scenarios and prints the table. Returns true when every one is as it should be. */
export async function runLab({ patterns, ...options }: RunRequest, output: LabOutput, signal: AbortSignal): Promise<boolean> {
  const scenarios = selectScenarios(patterns);
  if (scenarios.length === 0)
    throw new LabRefusal(`no scenario is called ${patterns.join(' ')}`, 'see wirewalk lab list; * stands for anything');
  await demandPrerequisites();
  const startedMs = performance.now();
  output.out(`${tableHead()}\n`);
  const outcomes = await runScenarios(scenarios, { ...options, signal, onOutcome: (outcome) => output.out(`${tableLine(outcome)}\n`) });
  output.out(`${tableFoot(outcomes, (performance.now() - startedMs) / 1000)}\n`);
  return outcomes.length === scenarios.length && outcomes.every(({ result }) => result === 'passed' || result === 'awaited');
}

/** Leaves a scenario's network standing and says how to get in. */
export async function raiseLab(id: string, output: LabOutput): Promise<void> {
  const scenario = demandScenario(id);
  await demandPrerequisites();
  const child = startInside({ scenario, certificates: await certificatesForAll(), task: 'hold' }, { stdio: 'pipe', survives: true });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [line] = (await Promise.race([once(child.stdout!, 'data'), once(child, 'close').then(() => [null])])) as [Buffer | null];
  if (line === null) throw new Error(`the network could not be built: ${said.trim()}`);
  recordStanding(id, child.pid!);
  child.unref();
  (child.stdout as unknown as { unref(): void }).unref();
  (child.stderr as unknown as { unref(): void }).unref();
  output.out(
    [
      `${id} stands: ${scenario.title}`,
      `  ${scenario.fault}`,
      `  what to try:  wirewalk ${scenario.url}`,
      `  get in:       wirewalk lab shell ${id}   (other machines: ip netns exec edge tcpdump -ni eth0)`,
      `  end it:       wirewalk lab down ${id}`,
      '',
    ].join('\n'),
  );
}

/** Ends standing labs: the one of this scenario, or all. */
export function endLabs(id: string | undefined, output: LabOutput): void {
  const chosen = standingLabs().filter(({ scenario }) => id === undefined || scenario === id);
  if (chosen.length === 0) throw new LabRefusal(id === undefined ? 'nothing stands' : `${id} does not stand`, 'see wirewalk lab list');
  for (const lab of chosen) {
    endStanding(lab);
    output.out(`${lab.scenario} is gone\n`);
  }
}

/** A shell on the client of a standing lab, or of one that stands as long as the shell. Returns the shell's exit code. */
export async function openShell(id: string | undefined): Promise<number> {
  const standing = standingLabs();
  const entered = id === undefined ? (standing.length === 1 ? standing[0] : undefined) : standing.find(({ scenario }) => scenario === id);
  if (entered) return enter(entered);
  if (id === undefined) throw new LabRefusal('which network?', 'give a scenario, as in wirewalk lab shell healthy');
  return shellIn(demandScenario(id));
}

async function shellIn(scenario: Scenario): Promise<number> {
  await demandPrerequisites();
  const child = startInside({ scenario, certificates: await certificatesForAll(), task: 'shell' }, { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function enter(lab: StandingLab): Promise<number> {
  const pid = innerPid(lab);
  if (pid === null) throw new LabRefusal(`${lab.scenario} has just ended`, 'start it again with wirewalk lab up');
  const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
  const words = ['--target', String(pid), ...user, '--net', '--mount', '--pid', '--', 'bash', '--norc', '-i'];
  const trustFile = '/run/wirewalk-lab/trusted.pem';
  const env = { ...sandboxEnvironment(), SSL_CERT_FILE: trustFile, CURL_CA_BUNDLE: trustFile, PS1: 'client# ' };
  const child = spawn('nsenter', words, { stdio: 'inherit', env });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

/** The practice lab: a network nobody describes, a shell in it, a question, the truth, and what wirewalk says. */
export async function quiz(id: string | undefined, output: LabOutput): Promise<void> {
  const scenario = id === undefined ? allScenarios[Math.floor(Math.random() * allScenarios.length)]! : demandScenario(id);
  const options = Object.entries(scenario.environment ?? {})
    .map(([name, value]) => `${name}=${value} `)
    .join('');
  output.out(
    `A network stands. Somebody says that ${options}${scenario.url} does not work. Look around with your own tools; leave with "exit".\n`,
  );
  await shellIn(scenario);
  const answer = await ask(`Which checkpoint fails first (${checkpointIds.join(', ')}), or none? `);
  const truth = expectedCheckpoint(scenario.expect) ?? 'none';
  output.out(
    `${answer === truth ? 'Right' : 'No'}: ${truth}${scenario.expect.cause ? `, ${scenario.expect.cause}` : ''}. ${scenario.title}: ${scenario.fault}\n`,
  );
  output.out(`How it was made: ${scenario.made}\nWhat a naive tool says: ${scenario.naive}\n`);
  const [outcome] = await runScenarios([scenario], { jobs: 1 });
  const report = JSON.parse(outcome?.run?.stdout || 'null') as WalkReport | null;
  output.out(
    report
      ? `wirewalk says: ${outcome!.got}: ${report.verdict.summary}\n`
      : 'wirewalk says nothing: its own network could not be built again\n',
  );
}

/** One line from whoever sits there; empty when nobody does. */
async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  const nobody = once(reader, 'close').then(() => '');
  const answer = await Promise.race([reader.question(question), nobody]);
  reader.close();
  return answer.trim().toLowerCase();
}

function demandScenario(id: string): Scenario {
  const scenario = scenarioById(id);
  if (!scenario) throw new LabRefusal(`no scenario is called ${id}`, 'see wirewalk lab list');
  return scenario;
}

async function demandPrerequisites(): Promise<void> {
  const missing = await missingPrerequisites();
  if (missing.length > 0) throw new LabRefusal(`the lab cannot run here: ${missing.join('; ')}`, 'put that right and try again');
}
