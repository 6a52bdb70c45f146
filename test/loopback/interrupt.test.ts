import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ownCaptures } from '../../fixtures/captures/make/collection.ts';
import type { ReadReport } from '../../src/model/read-report.ts';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { type CommandRun, runCommand } from './command.ts';
import { commandLine } from './scenario-arguments.ts';
import { Stage } from './stage.ts';

const stage = await Stage.open();
afterEach(() => stage.strike());

/** Runs the command and interrupts it a second after its process started, which then ends at once. */
async function interrupted(args: readonly string[], input?: Uint8Array): Promise<CommandRun> {
  let sentAtMs = 0;
  const run = await runCommand(args, {
    ...(input === undefined ? {} : { input }),
    onStart: (child) => {
      setTimeout(() => {
        sentAtMs = performance.now();
        child.kill('SIGINT');
      }, 1000);
    },
  });
  expect(performance.now() - sentAtMs).toBeLessThan(500);
  return run;
}

/** A walk to a silent address, interrupted. */
async function interruptedWalk(...more: string[]): Promise<CommandRun> {
  const listener = await stage.silent();
  const walked = { url: `https://site.test:${listener.port}/`, resolvers: [await stage.resolver()], timeoutSeconds: 20 };
  return interrupted([...commandLine(walked, ''), ...more]);
}

it('Ctrl-C in the middle of a silent connect prints what was learned and exits 130', async () => {
  const run = await interruptedWalk('--json');
  expect(run.exitCode).toBe(130);
  const report = JSON.parse(run.stdout) as WalkReport;
  expect(report.checkpoints.map(({ id, status }) => [id, status]).slice(0, 3)).toContainEqual(['dns', 'ok']);
  expect(report.checkpoints.find(({ id }) => id === 'tcp')?.status).toBe('unknown');
  expect(report.evidence.map(({ kind }) => kind)).toContain('tcp.connect-abandoned');
  expect(report.verdict.status).toBe('unclear');
});

it('the same without --json prints it as text', async () => {
  const run = await interruptedWalk();
  expect(run.exitCode).toBe(130);
  expect(run.stdout).toMatch(/dns.*127\.0\.0\.1/);
});

it('Ctrl-C while a pipe is silent prints what was read from it and exits 130', async () => {
  const run = await interrupted(['read', '-', '--json'], ownCaptures()[0]!.bytes);
  expect(run.exitCode).toBe(130);
  const report = JSON.parse(run.stdout) as ReadReport;
  expect(report.captures.map(({ file }) => file)).toEqual(['standard input']);
  expect(report.captures[0]?.packets).toBeGreaterThan(0);
});

describe('a named pipe that nobody writes to yet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'named-pipe-'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Resolves once somebody has the pipe open to read from it, with an end to write to. */
  async function opened(): Promise<number> {
    for (;;) {
      try {
        return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  it.each([
    ['alone', []],
    ['after a file', ['capture.pcap']],
  ])('does not keep Ctrl-C from being heard: %s', async (_, before) => {
    writeFileSync(join(folder, 'capture.pcap'), ownCaptures()[0]!.bytes);
    let sentAtMs = 0;
    const run = await runCommand(['read', ...before, pipe, '--json'], {
      directory: folder,
      onStart: async (child) => {
        const end = await opened();
        sentAtMs = performance.now();
        child.kill('SIGINT');
        child.on('close', () => closeSync(end));
      },
    });
    expect(performance.now() - sentAtMs).toBeLessThan(1000);
    expect(run.exitCode).toBe(130);
    const report = JSON.parse(run.stdout) as ReadReport;
    expect(report.captures.map(({ file }) => file)).toEqual(before);
  });

  it('is waited for, and read when somebody does', async () => {
    const { bytes } = ownCaptures()[0]!;
    const run = await runCommand(['read', pipe, '--json'], {
      onStart: async () => {
        const end = await opened();
        await new Promise((resolve) => setTimeout(resolve, 300));
        writeSync(end, bytes);
        closeSync(end);
      },
    });
    const report = JSON.parse(run.stdout) as ReadReport;
    expect(report.captures[0]?.packets).toBeGreaterThan(0);
    expect(report.captures[0]?.damage).toBeNull();
  });

  it('as a key log ends with the process', async () => {
    writeFileSync(join(folder, 'capture.pcap'), ownCaptures()[0]!.bytes);
    const run = await runCommand(['read', 'capture.pcap', '--keylog', pipe], {
      directory: folder,
      onStart: (child) => void setTimeout(() => child.kill('SIGINT'), 1000),
    });
    expect([null, 130]).toContain(run.exitCode);
    expect(run.durationMs).toBeLessThan(5000);
  });
});
