import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import type { Datagrams } from '../../src/ports/datagram.ts';
import { systemDatagrams } from '../../src/system/datagram.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function answering(
  answer: (socket: Socket, message: Buffer, port: number) => void,
  host = '127.0.0.1',
): Promise<{ address: string; port: number }> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => answer(socket, message, from.port));
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  open.push(() => socket.close());
  return { address: host, port: socket.address().port };
}

async function opened(remote: { address: string; port: number }): Promise<Datagrams> {
  const datagrams = await systemDatagrams.open(remote);
  if (!('send' in datagrams)) throw new Error(datagrams.name);
  open.push(() => datagrams.close());
  return datagrams;
}

describe('connected datagrams', () => {
  it.each(['127.0.0.1', '::1'])('go to %s and come back, one per outcome, empty ones too', async (host) => {
    const datagrams = await opened(
      await answering((socket, message, port) => {
        socket.send(message, port, host);
        socket.send(new Uint8Array(0), port, host);
      }, host),
    );
    expect(await datagrams.send(Buffer.from('query'))).toBeNull();
    expect(await datagrams.receive({ timeoutMs: 2000 })).toMatchObject({ kind: 'bytes', bytes: Buffer.from('query') });
    expect(await datagrams.receive({ timeoutMs: 2000 })).toMatchObject({ kind: 'bytes', bytes: Buffer.alloc(0) });
  });

  it('a closed port is a failure of the receive or of the next send', async () => {
    const remote = await answering(() => undefined);
    for (const close of open.splice(0)) close();
    const datagrams = await opened(remote);
    expect(await datagrams.send(Buffer.from('x'))).toBeNull();
    expect(await datagrams.receive({ timeoutMs: 2000 })).toMatchObject({ kind: 'failed', failure: { name: 'connection-refused' } });
  });

  it('strangers are not heard', async () => {
    const remote = await answering((_, message, port) => {
      const stranger = createSocket('udp4');
      stranger.send(message, port, '127.0.0.1', () => stranger.close());
    });
    const datagrams = await opened(remote);
    await datagrams.send(Buffer.from('x'));
    expect((await datagrams.receive({ timeoutMs: 100 })).kind).toBe('timed-out');
  });

  it('silence, an abort and a close end a receive', async () => {
    const datagrams = await opened(await answering(() => undefined));
    expect((await datagrams.receive({ timeoutMs: 10 })).kind).toBe('timed-out');
    expect((await datagrams.receive({ timeoutMs: 10, signal: AbortSignal.abort() })).kind).toBe('aborted');
    const receiving = datagrams.receive({ timeoutMs: 5000 });
    datagrams.close();
    datagrams.close();
    expect((await receiving).kind).toBe('aborted');
    expect((await datagrams.receive({ timeoutMs: 10 })).kind).toBe('aborted');
    expect(await datagrams.send(Buffer.from('x'))).toEqual({ name: 'aborted' });
  });

  it('too long a message is not sent', async () => {
    const datagrams = await opened(await answering(() => undefined));
    expect(await datagrams.send(Buffer.alloc(70_000))).toMatchObject({ name: 'message-too-long' });
  });

  it.each([
    { address: 'localhost', port: 53 },
    { address: '127.0.0.1', port: 0 },
    { address: '127.0.0.1', port: 65_536 },
  ])('$address port $port is an invalid argument', async (remote) => {
    expect(await systemDatagrams.open(remote)).toEqual({ name: 'invalid-argument' });
  });
});
