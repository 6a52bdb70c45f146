import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtLab, commandFile, missingHere } from './built-lab.ts';

const missing = await missingHere();
const isRoot = process.getuid?.() === 0;
const nobody = 65534;

/** In the environment of everything this file starts, so that it is told from labs of others on this machine. */
const mark = `WIREWALK_TEST_MARK=${randomUUID()}`;
const markedEnvironment: NodeJS.ProcessEnv = { ...process.env, [mark.split('=')[0]!]: mark.split('=')[1] };

interface MarkedProcess {
  command: string;
  /** Inode of its network namespace. */
  namespace: number;
}

/** Living processes with the mark, anywhere on this machine. */
function markedProcesses(): MarkedProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) return [];
        return [
          { command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '), namespace: statSync(`/proc/${pid}/ns/net`).ino },
        ];
      } catch {
        return []; // It has ended, or is of another user.
      }
    });
}

async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

describe.skipIf(missing.length > 0)('the lab as a process', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wirewalk-lab-test-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('leaves nothing behind when it is killed in the middle, and runs again', async () => {
    const child = spawn(process.execPath, [commandFile, 'lab', 'run', 'dns-timeout', 'tcp-timeout'], {
      stdio: 'ignore',
      env: markedEnvironment,
    });
    expect(await until(() => markedProcesses().filter(({ command }) => /^(knotd|nginx)/.test(command)).length >= 6, 20_000)).toBe(true);
    expect(new Set(markedProcesses().map(({ namespace }) => namespace)).size).toBeGreaterThan(6);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await until(() => markedProcesses().length === 0, 5_000), JSON.stringify(markedProcesses())).toBe(true);
    // Names are bound in the lab's own mounts: this host never had any.
    expect(existsSync('/run/netns/edge')).toBe(false);
    const again = spawnSync(process.execPath, [commandFile, 'lab', 'run', 'healthy'], { encoding: 'utf8' });
    expect(again.stdout).toMatch(/^pass {4}healthy /m);
    expect(again.status).toBe(0);
  }, 60_000);

  it.skipIf(!isRoot)(
    'runs for an ordinary user, or says which setting of the kernel forbids it',
    () => {
      const words = [
        `--reuid=${nobody}`,
        `--regid=${nobody}`,
        '--clear-groups',
        process.execPath,
        commandFile,
        'lab',
        'run',
        'healthy',
        'local-proxy-works',
      ];
      const run = spawnSync('setpriv', words, { encoding: 'utf8', env: { ...process.env, HOME: folder, TMPDIR: '/tmp' }, cwd: '/' });
      if (run.status === 2) expect(run.stderr).toMatch(/the lab cannot run here: .*\/proc\/sys\//);
      else expect(run.stdout, run.stderr).toMatch(/^pass {4}healthy /m);
    },
    60_000,
  );

  it('judges any program: one that always says ok, and one that always says failed', async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const some = allScenarios.filter(({ id }) => ['healthy', 'healthy-no-content', 'tcp-refused', 'tls-cert-expired'].includes(id));
    const checkpoints =
      '["target","local","dns","route","tcp","tls","http","page"].map((id) => ({ id, status: "ok", findings: [], evidence: [] }))';
    const engine = (name: string, verdict: object, exitCode: number): string => {
      const file = join(folder, `${name}.mjs`);
      const document = `{ schema: "wirewalk.walk/1", verdict: ${JSON.stringify(verdict)}, checkpoints: ${checkpoints}, findings: [], evidence: [] }`;
      writeFileSync(file, `process.stdout.write(JSON.stringify(${document}));\nprocess.exitCode = ${exitCode};\n`);
      return file;
    };
    for (const file of [
      engine('always-ok', { status: 'ok', checkpoint: null, cause: null }, 0),
      engine('always-failed', { status: 'failed', checkpoint: 'tcp', cause: 'tcp.refused' }, 1),
    ]) {
      const outcomes = await runScenarios(some, { engine: file });
      expect(outcomes.map(({ result }) => result).filter((result) => result === 'passed')).toEqual([]);
      // An engine that sends nothing does not meet the faults either.
      expect(outcomes.every(({ reasons }) => reasons.length > 0)).toBe(true);
    }
  }, 60_000);

  it('keeps captures, logs and the report when asked', async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const [outcome] = await runScenarios(
      allScenarios.filter(({ id }) => id === 'healthy-plain-http'),
      { keepFolder: folder },
    );
    expect(outcome!.result, outcome!.reasons.join('\n')).toBe('passed');
    const kept = join(folder, 'healthy-plain-http');
    expect(readdirSync(kept)).toEqual(expect.arrayContaining(['client.pcap', 'edge.pcap', 'walk.json', 'origin.log', 'resolver.log']));
    // Nanosecond pcap, Ethernet; the request in clear is in both.
    for (const name of ['client.pcap', 'edge.pcap']) {
      const bytes = readFileSync(join(kept, name));
      expect(bytes.readUInt32LE(0)).toBe(0xa1b23c4d);
      expect(bytes.includes('GET / HTTP/1.1')).toBe(true);
    }
    expect(outcome!.run!.recordings.every(({ packets, lost }) => packets > 10 && lost === 0)).toBe(true);
  }, 30_000);

  it('stands until it is told to go', async () => {
    const lab = (...words: string[]): string =>
      execFileSync(process.execPath, [commandFile, 'lab', ...words], { encoding: 'utf8', env: markedEnvironment });
    expect(lab('up', 'tcp-refused')).toContain('tcp-refused stands');
    try {
      expect(lab('list')).toMatch(/standing: .*tcp-refused/);
      const inside = spawnSync(process.execPath, [commandFile, 'lab', 'shell', 'tcp-refused'], {
        input: 'dig +short v4.shop.example; curl -sS https://v4.shop.example/; ip -br link; exit 7\n',
        encoding: 'utf8',
        env: markedEnvironment,
      });
      expect(inside.stdout).toContain('203.0.113.10');
      expect(inside.stderr).toMatch(/refused|Couldn't connect|Failed to connect/);
      expect(inside.stdout).toContain('eth0');
      expect(inside.status).toBe(7);
    } finally {
      expect(lab('down', 'tcp-refused')).toContain('tcp-refused is gone');
    }
    expect(await until(() => markedProcesses().length === 0, 5_000), JSON.stringify(markedProcesses())).toBe(true);
  }, 30_000);

  it('says what is wrong with a request it cannot fulfil, in one line', () => {
    for (const [words, said] of [
      [['up'], 'no scenario was given'],
      [['up', 'nonsense'], 'no scenario is called nonsense'],
      [['run', 'nonsense'], 'no scenario is called nonsense'],
      [['down', 'nonsense'], 'does not stand'],
      [['dance'], 'no such action'],
    ] as const) {
      const run = spawnSync(process.execPath, [commandFile, 'lab', ...words], { encoding: 'utf8' });
      expect(run.stderr.trim().split('\n')).toHaveLength(1);
      expect(run.stderr).toContain(said);
      expect(run.status).toBe(2);
    }
  }, 30_000);

  it('stands in under a second', async () => {
    const { runScenarios, allScenarios } = await builtLab();
    const healthy = allScenarios.filter(({ id }) => id === 'healthy');
    let bestMs = Number.POSITIVE_INFINITY;
    // Other work on this machine is no fault of the lab's: the best of a few counts.
    for (let attempt = 0; attempt < 6 && bestMs >= 1000; attempt += 1) {
      const [outcome] = await runScenarios(healthy, { jobs: 1 });
      bestMs = Math.min(bestMs, outcome!.upMs);
    }
    expect(bestMs).toBeLessThan(1000);
  }, 60_000);
});
