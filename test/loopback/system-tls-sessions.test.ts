import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority, type Leaf } from '../../lab/certificates.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { HandshakeOutcome, TlsOffer } from '../../src/ports/tls-client.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { systemTcpDialer } from '../../src/system/tcp-dialer.ts';
import { systemTlsClient } from '../../src/system/tls-client.ts';
import { readTlsSession } from '../../src/system/tls-session.ts';

/** Sessions taken up again, and key exchanges too short, with real sockets. */

const client = systemTlsClient(() => []);
const offer: TlsOffer = { serverName: 'site.example', alpn: ['http/1.1'] };
const wait = { timeoutMs: 3000 };
const closers: (() => void)[] = [];
let leaf: Leaf;
let rsa: Leaf;

beforeAll(async () => {
  const root = await CertificateAuthority.createRoot({ commonName: 'Test Root' });
  leaf = await root.issue({ names: ['site.example'], addresses: ['127.0.0.1'] });
  rsa = await root.issue({ names: ['site.example'], key: 'rsa-2048' });
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function tlsServer(options: TlsOptions = {}): Server {
  const server = createTlsServer({ cert: leaf.chainPem, key: leaf.keyPem, ...options }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\nConnection: close\r\n\r\n<h1>Hi</h1>'),
    );
  });
  server.on('tlsClientError', () => undefined);
  return server;
}

async function shake(port: number, more: Partial<TlsOffer> = {}): Promise<HandshakeOutcome> {
  const dialed = await systemTcpDialer.dial({ address: '127.0.0.1', port }, wait);
  if (dialed.kind !== 'connected') throw new Error(dialed.kind);
  closers.push(() => dialed.connection.destroy());
  return client.handshake(dialed.connection, { ...offer, ...more }, wait);
}

describe('a session', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('of %s is taken up again', async (version) => {
    const port = await listening(tlsServer({ maxVersion: version }));
    const first = await shake(port);
    if (first.kind !== 'completed') throw new Error(first.kind);
    expect(first.record).toMatchObject({ version, resumed: false });
    const session = await first.session({ timeoutMs: 1000 });
    expect(session?.bytes.length).toBeGreaterThan(100);
    expect(session?.lifetimeSeconds).toBeGreaterThan(0);
    expect(session?.earlyDataBytes).toBe(0);
    const second = await shake(port, { resume: session! });
    if (second.kind !== 'completed') throw new Error(second.kind);
    expect(second.record).toMatchObject({ version, resumed: true });
    expect(second.wire.offered?.resumption).toBe(true);
  });

  it('of any bytes is read without harm', () => {
    expect(readTlsSession(new Uint8Array(0))).toMatchObject({ lifetimeSeconds: null, earlyDataBytes: 0 });
    for (let round = 0; round < 300; round++) {
      const noise = createHash('sha512').update(String(round)).digest();
      noise[0] = 0x30;
      noise[1] = 62;
      expect(readTlsSession(noise).earlyDataBytes).toBeGreaterThanOrEqual(0);
    }
    const early = Uint8Array.from([0x30, 14, 0xa9, 4, 2, 2, 0x1c, 0x20, 0xaf, 6, 2, 4, 0, 0, 0x40, 0]);
    expect(readTlsSession(early)).toMatchObject({ lifetimeSeconds: 7200, earlyDataBytes: 16_384 });
  });

  it('is tried by a thorough walk, and by no other', async () => {
    const port = await listening(tlsServer());
    const ports = systemPorts({});
    const options = { publicResolvers: false, page: 'none' } as const;
    const url = `https://127.0.0.1:${port}/`;
    const plain = await walk(url, options, ports);
    expect(plain.observations.some((one) => one.kind === 'tls.resumption-tried')).toBe(false);
    expect(diagnose(plain.observations, plain.context).verdict.checkpoint).toBe('tls');
    const thorough = await walk(url, { ...options, thorough: true }, ports);
    expect(thorough.observations.find((one) => one.kind === 'tls.resumption-tried')).toMatchObject({ outcome: 'resumed' });
  });
});

/** A handshake message: type and three octets of length. */
function message(type: number, body: readonly number[]): number[] {
  return [type, (body.length >> 16) & 0xff, (body.length >> 8) & 0xff, body.length & 0xff, ...body];
}

/** Everything a server of TLS 1.2 sends for DHE with a prime of 512 bits; its signature is never looked at. */
function shortFlight(): Uint8Array {
  const certificate = [...rsa.der];
  const one = [certificate.length >> 16, (certificate.length >> 8) & 0xff, certificate.length & 0xff, ...certificate];
  const prime = [0xff, ...new Array<number>(62).fill(0x5a), 0x0b];
  const share = [0x77, ...new Array<number>(63).fill(0x33)];
  const exchange = [0, 64, ...prime, 0, 1, 2, 0, 64, ...share, 4, 1, 1, 0, ...new Array<number>(256).fill(9)];
  const flight = [
    // TLS_DHE_RSA_WITH_AES_128_CBC_SHA, with an empty renegotiation_info.
    ...message(2, [3, 3, ...new Array<number>(32).fill(1), 0, 0, 0x33, 0, 0, 5, 0xff, 1, 0, 1, 0]),
    ...message(11, [one.length >> 16, (one.length >> 8) & 0xff, one.length & 0xff, ...one]),
    ...message(12, exchange),
    ...message(14, []),
  ];
  return Uint8Array.from([22, 3, 3, flight.length >> 8, flight.length & 0xff, ...flight]);
}

it('a Diffie-Hellman group of 512 bits is refused, and said so', async () => {
  const port = await listening(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(shortFlight()));
    }),
  );
  const outcome = await shake(port);
  expect(outcome).toMatchObject({
    kind: 'failed',
    failure: { name: 'tls-dh-key-too-small' },
    wire: { primeBits: 512, version: 'TLSv1.2' },
  });
  expect(outcome.wire.alerts).toContainEqual(expect.objectContaining({ sentBy: 'us', level: 'fatal' }));
});
