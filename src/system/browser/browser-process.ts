import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A browser that runs, and where it listens for whoever drives it. */
export interface BrowserProcess {
  port: number;
  /** Settles when it has ended by itself. */
  ended: Promise<void>;
  /** Ends it and removes its profile. */
  stop(): Promise<void>;
}

export interface BrowserStart {
  program: string;
  arguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  timeoutMs: number;
  signal: AbortSignal | null;
}

/** Switches that keep a browser from doing anything but what the page makes it do, and from asking or storing anything. */
const quietSwitches = [
  '--headless=new',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-domain-reliability',
  '--disable-client-side-phishing-detection',
  '--disable-breakpad',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-features=OptimizationHints,MediaRouter,Translate,CertificateTransparencyComponentUpdater,AutofillServerCommunication',
  '--metrics-recording-only',
  '--mute-audio',
  '--hide-scrollbars',
  '--password-store=basic',
  '--use-mock-keychain',
  '--window-size=1280,720',
] as const;

const pollMs = 20;
/** How long a browser that was told to end may take before it is made to. */
const goodbyeMs = 2000;
const messageLimit = 4000;

/** Starts a browser with an empty profile. Rejects, in a few words, when it does not come up. */
export async function startBrowser(start: BrowserStart): Promise<BrowserProcess> {
  const profile = mkdtempSync(join(tmpdir(), 'wirewalk-browser-'));
  // Its own sandbox does not work for root; everybody else keeps it.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const words = [...quietSwitches, ...asRoot, `--user-data-dir=${profile}`, ...start.arguments, 'about:blank'];
  const child = spawn(start.program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: start.environment,
    // A group of its own, so that all its processes end together.
    detached: process.platform !== 'win32',
  });
  let message = '';
  child.stderr.on('data', (chunk: Buffer) => {
    message = (message + chunk.toString()).slice(-messageLimit);
  });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      message += error.message;
      hasEnded = true;
      resolve();
    });
    child.once('exit', () => {
      hasEnded = true;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    if (!hasEnded) signalGroup(child, 'SIGTERM');
    await Promise.race([ended, sleep(goodbyeMs, undefined, { ref: false })]);
    signalGroup(child, 'SIGKILL');
    await ended;
    removeProfile(profile);
  };
  const overMs = performance.now() + start.timeoutMs;
  for (;;) {
    const port = portOf(profile);
    if (port !== null) return { port, ended, stop };
    if (hasEnded || start.signal?.aborted || performance.now() > overMs) {
      await stop();
      throw new Error(hasEnded ? lastWords(message) : 'it did not come up in time');
    }
    await sleep(pollMs);
  }
}

/** The port it chose, which it writes into its profile once it listens. */
function portOf(profile: string): number | null {
  try {
    const port = Number(readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n', 1)[0]);
    return Number.isInteger(port) && port > 0 ? port : null;
  } catch {
    return null;
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // It is gone.
  }
}

function removeProfile(profile: string): void {
  try {
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A temporary folder that cannot be removed is the system's to clear.
  }
}

function lastWords(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim().slice(0, 200) ?? 'it ended at once';
}
