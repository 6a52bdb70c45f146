import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemPorts } from '../../src/system/ports.ts';

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
let server: Server | null = null;

afterEach(() => {
  server?.close();
  server = null;
});

/** A server that answers the opening handshake, and then does what it is told. */
async function serve(behave: (socket: Socket, key: string, request: string) => void): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      const request = data.toString('latin1');
      behave(socket, /sec-websocket-key: *(\S+)/i.exec(request)?.[1] ?? '', request);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/chat`;
}

function accept(socket: Socket, key: string, frames: Uint8Array = new Uint8Array(0)): void {
  const answer = createHash('sha1').update(`${key}${guid}`).digest('base64');
  const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${answer}\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head), frames]));
}

const closeFrame = (code: number, reason = ''): Uint8Array =>
  Buffer.concat([Buffer.from([0x88, 2 + reason.length, code >> 8, code & 0xff]), Buffer.from(reason)]);

async function verdictOf(url: string) {
  const record = await walk(url, { proxy: 'none', timeoutMs: 2000 }, systemPorts());
  const { verdict } = diagnose(record.observations, record.context);
  const socket = record.observations.find((one) => one.kind === 'http.websocket') ?? null;
  return { status: verdict.status, cause: verdict.cause, socket };
}

describe('a WebSocket', () => {
  test('that is accepted and stays open is well, and is closed as the protocol says', async () => {
    const sent: Buffer[] = [];
    const url = await serve((socket, key, request) => {
      expect(request).toMatch(/^GET \/chat HTTP\/1\.1\r\n/);
      expect(request).toMatch(/\r\nconnection: upgrade\r\n/i);
      accept(socket, key, Buffer.from([0x81, 2, 0x68, 0x69]));
      socket.on('data', (data) => {
        sent.push(data);
        socket.end(closeFrame(1000));
      });
    });
    expect(await verdictOf(url)).toMatchObject({
      status: 'ok',
      cause: null,
      socket: { accepted: true, received: 2, closedBy: 'us', closeCode: 1000 },
    });
    expect(sent[0]?.[0]).toBe(0x88);
  });

  const rows: [string, Parameters<typeof serve>[0], string][] = [
    ['closed with 1011', (socket, key) => accept(socket, key, closeFrame(1011, 'boom')), 'failed http.server-error'],
    ['closed with 1013', (socket, key) => accept(socket, key, closeFrame(1013)), 'failed http.unavailable'],
    ['closed with 1008', (socket, key) => accept(socket, key, closeFrame(1008)), 'failed http.forbidden'],
    ['closed with 1000 at once, which says that all is done', (socket, key) => accept(socket, key, closeFrame(1000)), 'ok null'],
    [
      'whose connection ends',
      (socket, key) => {
        accept(socket, key);
        socket.end();
      },
      'failed http.closed',
    ],
    ['that answers another key', (socket) => accept(socket, 'another'), 'failed http.malformed'],
    ['whose frames are none', (socket, key) => accept(socket, key, Buffer.from([0xf1, 0])), 'failed http.malformed'],
    ['answered with a page', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 'failed http.unexpected'],
    ['forbidden', (socket) => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'), 'failed http.forbidden'],
  ];
  test.each(rows)('%s', async (_, behave, expected) => {
    const { status, cause } = await verdictOf(await serve(behave));
    expect(`${status} ${cause}`).toBe(expected);
  });
});
