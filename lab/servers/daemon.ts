import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NetNamespaces } from '../kernel/net-namespace.ts';
import type { Place } from '../topology/plan.ts';

/** A real server program and everything it needs. It stays in the foreground and dies with the lab. */
export interface Daemon {
  name: string;
  place: Place;
  command: string;
  arguments: readonly string[];
  /** By absolute path. */
  files: Readonly<Record<string, string | Buffer>>;
  folders?: readonly string[];
  /** It is ready when this many sockets of its place are bound to the port. */
  ready: { protocol: 'tcp' | 'udp'; port: number; sockets: number };
  logFile: string;
  environment?: Readonly<Record<string, string>>;
}

/** Where a lab keeps its servers' files: memory that vanishes with the lab. */
export const stateFolder = '/run/wirewalk-lab';

const startLimitMs = 8_000;

/** Starts a server in its place; resolves when it listens. Rejects with the end of its log when it ends or does not come up. */
export async function startDaemon(namespaces: NetNamespaces, daemon: Daemon): Promise<ChildProcess> {
  for (const folder of daemon.folders ?? []) mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(daemon.files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  mkdirSync(dirname(daemon.logFile), { recursive: true });
  const log = openSync(daemon.logFile, 'a');
  // The child is forked by the calling thread and so born in the namespace the thread is in.
  const child = namespaces.within(daemon.place, () =>
    spawn(daemon.command, daemon.arguments, { stdio: ['ignore', log, log], env: { ...process.env, ...daemon.environment } }),
  );
  let ended: string | null = null;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = `ended with ${signal ?? code}`;
  });
  const deadline = performance.now() + startLimitMs;
  while (boundSockets(namespaces, daemon.place, daemon.ready.protocol, daemon.ready.port) < daemon.ready.sockets) {
    if (ended !== null || performance.now() > deadline) {
      throw new Error(
        `${daemon.name} at ${daemon.place} ${ended ?? 'did not come up'}:\n${readFileSync(daemon.logFile, 'utf8').slice(-2_000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return child;
}

/** Sockets bound to a port (for TCP: listening), both families, read from the place's own tables. */
function boundSockets(namespaces: NetNamespaces, place: Place, protocol: 'tcp' | 'udp', port: number): number {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const state = protocol === 'tcp' ? '0A' : '07';
  const pattern = new RegExp(`^ *\\d+: [0-9A-F]+:${hexPort} [0-9A-F:]+ ${state} `, 'gm');
  return namespaces.within(place, () =>
    [protocol, `${protocol}6`].reduce((sum, table) => sum + (readTable(`/proc/thread-self/net/${table}`).match(pattern)?.length ?? 0), 0),
  );
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
