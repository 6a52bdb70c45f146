import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closedPort } from '../../lab/loopback/tcp-server.ts';
import { loadKernelSockets } from '../../src/system/kernel-socket.ts';
import { systemShapedDialer } from '../../src/system/shaped-dialer.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(onConnection: (socket: Socket) => void = (socket) => socket.resume()): Promise<{ address: string; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const wait = { timeoutMs: 2000 };
const kernel = await loadKernelSockets();
const hasKernel = 'open' in kernel;

describe('connections of a chosen shape', () => {
  it('a source port is kept, and free again at once', async () => {
    const remote = await listening();
    for (let time = 0; time < 3; time++) {
      const dialed = await systemShapedDialer.dial(remote, { localPort: 12_123 }, wait);
      if (!('kind' in dialed) || dialed.kind !== 'connected') throw new Error(JSON.stringify(dialed));
      expect(dialed.connection.local.port).toBe(12_123);
      dialed.connection.destroy();
    }
  });

  it('a closed port refuses, whatever the shape', async () => {
    const remote = { address: '127.0.0.1', port: await closedPort() };
    for (const shape of [{ localPort: 12_124 }, ...(hasKernel ? [{ hopLimit: 5 }, { maxSegmentBytes: 536 }] : [])]) {
      expect(await systemShapedDialer.dial(remote, shape, wait)).toMatchObject({ kind: 'failed', failure: { name: 'connection-refused' } });
    }
  });

  it('small segments are what both sides send', async () => {
    const remote = await listening((socket) => socket.write(Buffer.alloc(5000)));
    const dialed = await systemShapedDialer.dial(remote, { maxSegmentBytes: 536 }, wait);
    if (!hasKernel) return expect(dialed).toMatchObject({ name: 'unknown' });
    if (!('kind' in dialed) || dialed.kind !== 'connected') throw new Error(JSON.stringify(dialed));
    const { connection } = dialed;
    let received = 0;
    while (received < 5000) {
      const read = await connection.read(wait);
      if (read.kind !== 'bytes') throw new Error(read.kind);
      received += read.bytes.length;
    }
    const facts = connection.facts();
    expect(facts?.mssBytes).toBeLessThanOrEqual(536);
    expect(facts?.kernel?.receivedMssBytes).toBeLessThanOrEqual(536);
    connection.destroy();
  });

  it('packets can be told how far to go once the connection is open', async () => {
    const remote = await listening();
    const dialed = await systemShapedDialer.dial(remote, { hopLimit: 64 }, wait);
    if (!hasKernel) return expect(dialed).toMatchObject({ name: 'unknown' });
    if (!('kind' in dialed) || dialed.kind !== 'connected') throw new Error(JSON.stringify(dialed));
    expect(dialed.connection.setHopLimit(1)).toBe(true);
    expect(await dialed.connection.write(Buffer.from('x'))).toBeNull();
    dialed.connection.destroy();
    expect(dialed.connection.setHopLimit(2)).toBe(false);
  });

  it('what cannot be dialled so is said, and sends nothing', async () => {
    expect(await systemShapedDialer.dial({ address: 'name.example', port: 80 }, { hopLimit: 3 }, wait)).toEqual({
      name: 'invalid-argument',
    });
    expect(await systemShapedDialer.dial({ address: '127.0.0.1', port: 80 }, { hopLimit: 3, localPort: 12_000 }, wait)).toEqual({
      name: 'invalid-argument',
    });
    const aborted = AbortSignal.abort();
    expect(
      await systemShapedDialer.dial({ address: '127.0.0.1', port: 80 }, { localPort: 12_125 }, { timeoutMs: 100, signal: aborted }),
    ).toMatchObject({
      kind: 'aborted',
    });
  });
});
