import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startSilentListener } from '../../lab/loopback/silent-listener.ts';
import type { Connection } from '../../src/ports/connection.ts';
import { loadCLibrary } from '../../src/system/foreign-functions.ts';
import { systemTcpDialer } from '../../src/system/tcp-dialer.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A server whose connections are given to `serve`; its address. */
async function listen(serve: (socket: Socket) => void, host = '127.0.0.1'): Promise<{ address: string; port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, host, resolve));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { address: host, port: address.port };
}

async function connected(serve: (socket: Socket) => void): Promise<Connection> {
  const outcome = await systemTcpDialer.dial(await listen(serve), { timeoutMs: 2000 });
  if (outcome.kind !== 'connected') throw new Error(outcome.kind);
  open.push(() => outcome.connection.destroy());
  return outcome.connection;
}

const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Everything up to the ending, in one text, and the ending. */
async function readAll(connection: Connection): Promise<{ received: string; ending: string }> {
  let received = '';
  for (;;) {
    const outcome = await connection.read({ timeoutMs: 2000 });
    if (outcome.kind === 'bytes') received += text(outcome.bytes);
    else return { received, ending: outcome.kind === 'failed' ? outcome.failure.name : outcome.kind };
  }
}

describe('dial', () => {
  it('connects, to IPv4, IPv6 and an IPv6 address with a zone', async () => {
    for (const [host, address] of [
      ['127.0.0.1', '127.0.0.1'],
      ['::1', '::1'],
      ['::1', '::1%lo'],
    ] as const) {
      const { port } = await listen((socket) => socket.end(), host);
      const outcome = await systemTcpDialer.dial({ address, port }, { timeoutMs: 2000 });
      expect(outcome.kind).toBe('connected');
      if (outcome.kind !== 'connected') continue;
      expect(outcome.atMs).toBeGreaterThanOrEqual(outcome.startMs);
      expect(outcome.connection.remote).toEqual({ address, port });
      expect(outcome.connection.local.port).toBeGreaterThan(0);
      outcome.connection.destroy();
    }
  });

  it('a closed port refuses', async () => {
    const { address, port } = await listen(() => undefined);
    for (const close of open.splice(0)) close();
    await soon(5);
    expect(await systemTcpDialer.dial({ address, port }, { timeoutMs: 2000 })).toMatchObject({
      kind: 'failed',
      failure: { name: 'connection-refused', code: 'ECONNREFUSED' },
    });
  });

  it('one address that refuses does not hold up another that opens', async () => {
    const remote = await listen((socket) => socket.resume());
    const [refused, opened] = await Promise.all([
      systemTcpDialer.dial({ address: '127.0.0.1', port: 1 }, { timeoutMs: 2000 }),
      systemTcpDialer.dial(remote, { timeoutMs: 2000 }),
    ]);
    expect([refused.kind, opened.kind]).toEqual(['failed', 'connected']);
    expect(opened.atMs - opened.startMs).toBeLessThan(500);
    if (opened.kind === 'connected') opened.connection.destroy();
  });

  it('a reset right after the accept is never a refusal', async () => {
    const outcome = await systemTcpDialer.dial(await listen((socket) => socket.resetAndDestroy()), { timeoutMs: 2000 });
    const name =
      outcome.kind === 'connected' ? (await readAll(outcome.connection)).ending : outcome.kind === 'failed' && outcome.failure.name;
    expect(name).toBe('connection-reset');
  });

  it.each([
    ['a name is not looked up', { address: 'localhost', port: 80 }],
    ['no address', { address: '', port: 80 }],
    ['no such port', { address: '127.0.0.1', port: 70_000 }],
    ['no such zone', { address: 'fe80::1%nosuch0', port: 80 }],
  ])('%s: an invalid argument', async (_, remote) => {
    expect(await systemTcpDialer.dial(remote, { timeoutMs: 2000 })).toMatchObject({
      kind: 'failed',
      failure: { name: 'invalid-argument' },
    });
  });

  it('a backlog that is full is silent: the time is up when it was said, and the SYNs are counted', async () => {
    const silent = await startSilentListener();
    const library = await loadCLibrary();
    const outcome = await systemTcpDialer.dial(silent, { timeoutMs: 1300 });
    await silent.stop();
    expect(outcome).toMatchObject({ kind: 'timed-out', synRetransmissions: 'function' in library ? 1 : null });
    expect(outcome.atMs - outcome.startMs).toBeGreaterThan(1299);
    expect(outcome.atMs - outcome.startMs).toBeLessThan(1800);
  });

  it('stops at once when told, before or while', async () => {
    const remote = await listen(() => undefined);
    expect(await systemTcpDialer.dial(remote, { timeoutMs: 2000, signal: AbortSignal.abort() })).toMatchObject({ kind: 'aborted' });
    const silent = await startSilentListener();
    const controller = new AbortController();
    const outcome = systemTcpDialer.dial(silent, { timeoutMs: 10_000, signal: controller.signal });
    await soon(30);
    controller.abort();
    expect(await outcome).toMatchObject({ kind: 'aborted' });
    await silent.stop();
  });
});

describe('read', () => {
  it('what arrived before anybody asked keeps its order and its time', async () => {
    const connection = await connected((socket) => {
      socket.write('one');
      setTimeout(() => socket.end('two'), 30);
    });
    const askedLateMs = 150;
    await soon(askedLateMs);
    const nowMs = performance.now();
    const first = await connection.read({ timeoutMs: 0 });
    const second = await connection.read({ timeoutMs: 0 });
    const third = await connection.read({ timeoutMs: 0 });
    expect([first.kind === 'bytes' && text(first.bytes), second.kind === 'bytes' && text(second.bytes), third.kind]).toEqual([
      'one',
      'two',
      'end',
    ]);
    expect(first.atMs).toBeLessThan(nowMs - 50);
    expect(second.atMs).toBeGreaterThan(first.atMs);
    expect(await connection.read({ timeoutMs: 0 })).toEqual(third);
  });

  it('an end and a reset are told apart, with or without bytes before', async () => {
    expect(await readAll(await connected((socket) => socket.end('bye')))).toEqual({ received: 'bye', ending: 'end' });
    const silent = await connected((socket) => setTimeout(() => socket.resetAndDestroy(), 20));
    expect(await readAll(silent)).toEqual({ received: '', ending: 'connection-reset' });
    const late = await connected((socket) => {
      socket.write('half');
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    await soon(80);
    expect(await readAll(late)).toEqual({ received: 'half', ending: 'connection-reset' });
  });

  it('silence ends when the time is up, and reading goes on afterwards', async () => {
    const connection = await connected((socket) => setTimeout(() => socket.write('late'), 80));
    expect((await connection.read({ timeoutMs: 20 })).kind).toBe('timed-out');
    expect(await connection.read({ timeoutMs: 2000 })).toMatchObject({ kind: 'bytes' });
  });

  it('stops when told, and again reads on afterwards', async () => {
    const connection = await connected((socket) => setTimeout(() => socket.write('late'), 80));
    const controller = new AbortController();
    const reading = connection.read({ timeoutMs: 2000, signal: controller.signal });
    controller.abort();
    expect((await reading).kind).toBe('aborted');
    expect((await connection.read({ timeoutMs: 2000, signal: controller.signal })).kind).toBe('aborted');
    expect((await connection.read({ timeoutMs: 2000 })).kind).toBe('bytes');
  });

  it('a reader that is slow holds the sender back instead of the memory', async () => {
    const megabytes = 64;
    let written = 0;
    const connection = await connected((socket) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const next = (): void => {
        if (written === megabytes) socket.end();
        else
          socket.write(chunk, () => {
            written += 1;
            next();
          });
      };
      next();
    });
    await soon(300);
    expect(connection.bytesReceived).toBeLessThan(2 * 1024 * 1024);
    let total = 0;
    for (;;) {
      const outcome = await connection.read({ timeoutMs: 5000 });
      if (outcome.kind !== 'bytes') break;
      total += outcome.bytes.length;
    }
    expect(total).toBe(megabytes * 1024 * 1024);
    expect(connection.bytesReceived).toBe(total);
  });
});

describe('write', () => {
  it('resolves when the kernel has the bytes, and the peer gets them', async () => {
    const connection = await connected((socket) => socket.pipe(socket));
    expect(await connection.write(Buffer.from('ping'))).toBeNull();
    expect(await connection.read({ timeoutMs: 2000 })).toMatchObject({ kind: 'bytes', bytes: Buffer.from('ping') });
    expect([connection.bytesSent, connection.bytesReceived]).toEqual([4, 4]);
  });

  it('still works after the peer has ended its own direction', async () => {
    const received: Buffer[] = [];
    const connection = await connected((socket) => {
      socket.on('data', (bytes) => received.push(bytes));
      socket.end();
    });
    expect((await connection.read({ timeoutMs: 2000 })).kind).toBe('end');
    expect(await connection.write(Buffer.from('still here'))).toBeNull();
    await soon(50);
    expect(Buffer.concat(received).toString()).toBe('still here');
  });

  it('says what a reset did to it', async () => {
    const connection = await connected((socket) => setTimeout(() => socket.resetAndDestroy(), 20));
    await soon(80);
    expect(await connection.write(Buffer.from('x'))).toMatchObject({ name: 'connection-reset' });
    const destroyed = await connected(() => undefined);
    destroyed.destroy();
    destroyed.destroy();
    expect(await destroyed.write(Buffer.from('x'))).toEqual({ name: 'aborted' });
    expect((await destroyed.read({ timeoutMs: 10 })).kind).toBe('aborted');
  });

  it('a write that the peer never takes ends when the connection is destroyed', async () => {
    const connection = await connected((socket) => socket.pause());
    const writing = connection.write(Buffer.alloc(64 * 1024 * 1024));
    await soon(50);
    connection.destroy();
    expect(await writing).toMatchObject({ name: 'aborted' });
  });
});

describe('facts', () => {
  it("are the kernel's, once its functions can be called", async () => {
    const library = await loadCLibrary();
    const connection = await connected((socket) => socket.resume());
    await connection.write(Buffer.alloc(1000));
    await soon(50);
    if (!('function' in library) || process.platform !== 'linux') return expect(connection.facts()).toBeNull();
    expect(connection.facts()).toMatchObject({ synRetransmissions: 0, retransmissions: 0, bytesAcknowledged: 1000 });
    expect(connection.facts()?.rttMs).toBeGreaterThan(0);
    expect(connection.facts()?.mssBytes).toBeGreaterThan(500);
    expect(connection.facts()?.kernel).toMatchObject({ unacknowledgedSegments: 0, bytesUnacknowledged: 0, outOfOrderSegments: 0 });
    expect(connection.facts()?.kernel?.pathMtuBytes).toBeGreaterThan(1000);
    expect(connection.facts()?.kernel?.minRttMs).toBeGreaterThan(0);
    expect(await connection.measure()).toMatchObject({ bytesAcknowledged: 1000 });
    connection.destroy();
    expect(connection.facts(), 'what it said last').toMatchObject({ bytesAcknowledged: 1000 });
  });
});
