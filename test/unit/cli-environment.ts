import type { Environment, Output } from '../../src/cli/environment.ts';
import type { Failure } from '../../src/model/failure.ts';
import type { Host } from '../../src/ports/host.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { SystemOptions } from '../../src/system/ports.ts';

/** What a command wrote, and a terminal's size. */
export interface Screen extends Output {
  text: string;
}

export function screen(more: Partial<Output> = {}): Screen {
  return {
    text: '',
    isTerminal: false,
    columns: 80,
    rows: 24,
    ...more,
    write(text) {
      this.text += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
  };
}

export interface TestEnvironment extends Environment {
  stdout: Screen;
  stderr: Screen;
  /** Presses Ctrl-C. */
  interrupt(): void;
  /** Exit codes that the process would have ended with at once. */
  exits: number[];
  /** What the ports were made with. */
  madeWith: SystemOptions[];
}

const notHere: Failure = { name: 'unknown', raw: 'not in this test' };

/** A host that answers these questions, and none of the others. */
function hostThatKnows(answers: Partial<Host>): Host {
  return new Proxy(answers, { get: (known, name) => Reflect.get(known, name) ?? (async () => notHere) }) as Host;
}

/** This test's network: no name resolves, no resolver answers, nothing is open. Lookups of `slow.test` wait for the interruption. */
export function closedNetwork(): Ports {
  const never = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  const known: Partial<Ports> = {
    clock: {
      nowMs: () => performance.now(),
      wallMs: () => Date.UTC(2026, 10, 21),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true) return resolve();
          const timer = setTimeout(resolve, ms);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        }),
    },
    names: {
      async lookup(name, _family, wait) {
        if (name === 'slow.test') {
          await never(wait.signal);
          return { kind: 'aborted' };
        }
        return { kind: 'failed', failure: { name: 'name-not-found', code: 'ENOTFOUND' } };
      },
    },
    datagrams: {
      open: async () => ({
        send: async () => null,
        async receive(wait) {
          await never(wait.signal);
          return { kind: 'aborted', atMs: performance.now() };
        },
        close: () => {},
      }),
    },
    tcp: {
      async prepare() {},
      async dial() {
        const nowMs = performance.now();
        return { kind: 'failed', failure: { name: 'connection-refused', code: 'ECONNREFUSED' }, startMs: nowMs, atMs: nowMs };
      },
    },
    tls: {
      prepare() {},
      handshake: async () => {
        throw new Error('nothing is open in this test');
      },
    },
    host: hostThatKnows({
      vantage: () => ({ host: 'desk', platform: 'linux', addresses: ['192.168.1.42'], privileges: [] }),
      resolvers: async () => ({ source: 'resolv.conf', servers: [{ address: '192.168.1.1', port: 53 }], search: [], ndots: 1 }),
      hostsEntries: async () => ({ file: '/etc/hosts', addresses: [] }),
      proxyFor: () => null,
      knownProxies: async () => [],
    }),
    preloads: { open: async () => ({ name: 'unknown', raw: 'not in this test' }) },
    decompressor: { decompress: async () => ({ kind: 'unsupported' }) },
    randomBytes: (length) => new Uint8Array(length),
  };
  return known as Ports; // a walk here comes no further than these
}

export function testEnvironment(
  more: { stdout?: Partial<Output>; stderr?: Partial<Output>; variables?: Environment['variables'] } = {},
): TestEnvironment {
  const listeners = new Set<() => void>();
  const environment: TestEnvironment = {
    stdout: screen(more.stdout),
    stderr: screen(more.stderr),
    variables: more.variables ?? {},
    version: '1.2.3',
    exits: [],
    madeWith: [],
    async ports(options) {
      environment.madeWith.push(options);
      return closedNetwork();
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    interrupt() {
      for (const listener of listeners) listener();
    },
    async exitNow(code) {
      environment.exits.push(code);
      return new Promise<never>(() => {});
    },
  };
  return environment;
}
