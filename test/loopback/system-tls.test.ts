import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority, type Leaf } from '../../lab/certificates.ts';
import type { Connection, Wait } from '../../src/ports/connection.ts';
import type { HandshakeOutcome, HandshakeRecord, HandshakeWire, TlsOffer } from '../../src/ports/tls-client.ts';
import { systemTcpDialer } from '../../src/system/tcp-dialer.ts';
import { systemTlsClient } from '../../src/system/tls-client.ts';

const client = systemTlsClient(() => []);
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

let root: CertificateAuthority;
let leaf: Leaf;
beforeAll(async () => {
  root = await CertificateAuthority.createRoot({ commonName: 'Test Root' });
  const intermediate = await root.createIntermediate({ commonName: 'Test Intermediate' });
  leaf = await intermediate.issue({ names: ['site.example'] });
});

async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
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

async function openTo(server: Server): Promise<Connection> {
  const outcome = await systemTcpDialer.dial({ address: '127.0.0.1', port: await portOf(server) }, { timeoutMs: 2000 });
  if (outcome.kind !== 'connected') throw new Error(outcome.kind);
  closers.push(() => outcome.connection.destroy());
  return outcome.connection;
}

const offer: TlsOffer = { serverName: 'site.example', alpn: ['http/1.1'] };

async function shake(server: Server, offered: TlsOffer = offer, wait: Wait = { timeoutMs: 3000 }): Promise<HandshakeOutcome> {
  return client.handshake(await openTo(server), offered, wait);
}

/** A server that answers the first bytes with `reply` and then does `then`. */
function rawServer(reply: Uint8Array | string, then: (socket: Socket) => void = () => undefined): Server {
  return createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (reply.length > 0) socket.write(reply, () => then(socket));
      else then(socket);
    });
  });
}

function tlsServer(options: TlsOptions = {}, serve: (socket: TLSSocket) => void = (socket) => socket.resume()): Server {
  const server = createTlsServer({ cert: leaf.chainPem, key: leaf.key.pem, ...options }, (socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.on('tlsClientError', () => undefined);
  return server;
}

function completed(outcome: HandshakeOutcome): { connection: Connection; record: HandshakeRecord; wire: HandshakeWire } {
  if (outcome.kind !== 'completed') throw new Error(JSON.stringify(outcome));
  closers.push(() => outcome.connection.destroy());
  return outcome;
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('a handshake that completes', () => {
  it.each([
    ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
    ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
    ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
    ['TLSv1.3', 'TLS_AES_128_CCM_SHA256'],
    ['TLSv1.3', 'TLS_AES_128_CCM_8_SHA256'],
    ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    ['TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ] as const)('%s with %s: versions, names, and the certificates exactly as sent', async (version, ciphers) => {
    const { record, wire } = completed(
      await shake(
        tlsServer({ minVersion: version, maxVersion: version, ciphers: `${ciphers}:DEFAULT:@SECLEVEL=0`, ALPNProtocols: ['http/1.1'] }),
      ),
    );
    expect(record).toMatchObject({ version, group: 'x25519', alpn: 'http/1.1', resumed: false });
    expect(record.cipher).toMatch(/^TLS_/u);
    expect(record.certificates.map((one) => one.subject)).toEqual(['CN=site.example', 'CN=Test Intermediate,O=wirewalk practice lab']);
    expect(record.certificatesDer.map((der) => Buffer.from(der))).toEqual([leaf, ...leaf.chain].map((one) => Buffer.from(one.der)));
    expect(wire).toMatchObject({ version, helloRetried: false, clientCertificateRequested: false, foreignBytes: null, alerts: [] });
    expect(wire.messagesReceived[0]).toBe(2);
    expect(wire.messagesReceived).toContain(11);
  });

  it('the order sent is kept, and what does not belong is shown', async () => {
    const other = await CertificateAuthority.createRoot({ commonName: 'Stray Root' });
    for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
      const cert = [leaf.pem, other.certificate.pem, root.certificate.pem, ...leaf.chain.map((one) => one.pem)].join('\n');
      const { record } = completed(await shake(tlsServer({ cert, minVersion: version, maxVersion: version })));
      expect(record.certificates.map((one) => one.subject)).toEqual([
        'CN=site.example',
        'CN=Stray Root,O=wirewalk practice lab',
        'CN=Test Root,O=wirewalk practice lab',
        'CN=Test Intermediate,O=wirewalk practice lab',
      ]);
    }
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: a request for a client certificate is seen', async (version) => {
    const server = tlsServer({ requestCert: true, rejectUnauthorized: false, minVersion: version, maxVersion: version });
    expect(completed(await shake(server)).wire).toMatchObject({ clientCertificateRequested: true });
  });

  it('a hello that is sent back for another group is seen', async () => {
    const { record, wire } = completed(await shake(tlsServer({ ecdhCurve: 'P-384', minVersion: 'TLSv1.3' })));
    expect(wire).toMatchObject({ helloRetried: true, version: 'TLSv1.3' });
    expect(record).toMatchObject({ group: 'secp384r1' });
    expect(record.certificates).toHaveLength(2);
  });

  it('old versions and weak keys are recorded, not refused', async () => {
    const weak = await root.issue({ names: ['site.example'], key: 'rsa-1024', hash: 'sha1' });
    const server = tlsServer({
      cert: weak.chainPem,
      key: weak.key.pem,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    const { record } = completed(await shake(server));
    expect(record.version).toBe('TLSv1');
    expect(record.certificates[0]).toMatchObject({ keyBits: 1024, keyType: 'rsa' });
  });

  it('versions are offered as told', async () => {
    expect(completed(await shake(tlsServer(), { ...offer, maxVersion: 'TLSv1.2' })).record.version).toBe('TLSv1.2');
    expect(completed(await shake(tlsServer(), { ...offer, minVersion: 'TLSv1.3' })).record.version).toBe('TLSv1.3');
  });

  it('a server name is sent as told: a name, none, and never an address', async () => {
    for (const [serverName, seen] of [
      ['site.example', 'site.example'],
      [null, false],
      ['127.0.0.1', false],
    ] as const) {
      const name = new Promise((resolve) => {
        const server = tlsServer({}, (socket) => resolve(socket.servername));
        void shake(server, { serverName, alpn: [] }).then(completed);
      });
      expect(await name).toBe(seen);
    }
  });

  it('carries data both ways, and knows an end from a reset', async () => {
    const { connection } = completed(await shake(tlsServer({}, (socket) => socket.on('data', (bytes) => socket.end(bytes)))));
    expect(await connection.write(Buffer.from('hello'))).toBeNull();
    expect(await connection.read({ timeoutMs: 2000 })).toMatchObject({ kind: 'bytes', bytes: Buffer.from('hello') });
    expect((await connection.read({ timeoutMs: 2000 })).kind).toBe('end');
    expect(connection.bytesSent).toBeGreaterThan(200);
    const transports: Socket[] = [];
    const server = tlsServer({}, (socket) => {
      socket.write('x');
      setTimeout(() => transports[0]?.resetAndDestroy(), 30);
    });
    server.on('connection', (socket) => transports.push(socket));
    const { connection: doomed } = completed(await shake(server));
    expect((await doomed.read({ timeoutMs: 2000 })).kind).toBe('bytes');
    expect(await doomed.read({ timeoutMs: 2000 })).toMatchObject({ kind: 'failed', failure: { name: 'connection-reset' } });
    expect(await doomed.write(Buffer.from('x'))).not.toBeNull();
  });

  it('TLS inside TLS works: any connection will do', async () => {
    const inner = tlsServer({}, (socket) => socket.end('inside'));
    const outer = tlsServer({}, (socket) => {
      inner.emit('connection', socket);
    });
    const outside = completed(await shake(outer)).connection;
    const { connection, record } = completed(await client.handshake(outside, offer, { timeoutMs: 3000 }));
    expect(record.certificates).toHaveLength(2);
    expect(await connection.read({ timeoutMs: 2000 })).toMatchObject({ kind: 'bytes', bytes: Buffer.from('inside') });
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('%s: a client certificate that is demanded ends it, with the alert', async (version) => {
    const outcome = await shake(tlsServer({ requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version }));
    if (version === 'TLSv1.2') {
      expect(outcome).toMatchObject({
        kind: 'failed',
        failure: { name: 'tls-alert', alert: 40 },
        wire: { clientCertificateRequested: true },
      });
      return;
    }
    // In TLS 1.3 the client is done before the server has seen that there is no certificate.
    const { connection, wire } = completed(outcome);
    expect(wire.clientCertificateRequested).toBe(true);
    expect(await connection.read({ timeoutMs: 2000 })).toMatchObject({ kind: 'failed', failure: { name: 'tls-alert', alert: 116 } });
  });
});

describe('a handshake that does not complete', () => {
  const nothing = { messagesReceived: [], alerts: [], foreignBytes: null, version: null, helloRetried: false };

  it('silence', async () => {
    const outcome = await shake(rawServer(''), offer, { timeoutMs: 100 });
    expect(outcome).toMatchObject({ kind: 'timed-out', wire: nothing });
    expect(outcome.atMs - outcome.startMs).toBeGreaterThan(99);
  });

  it('an abort, before and while', async () => {
    expect(await shake(rawServer(''), offer, { timeoutMs: 3000, signal: AbortSignal.abort() })).toMatchObject({
      kind: 'aborted',
      wire: nothing,
    });
    expect(await shake(rawServer(''), offer, { timeoutMs: 3000, signal: AbortSignal.timeout(50) })).toMatchObject({ kind: 'aborted' });
  });

  it('reset and close after the hello', async () => {
    expect(await shake(rawServer('', (socket) => socket.resetAndDestroy()))).toMatchObject({ kind: 'reset', wire: nothing });
    expect(await shake(rawServer('', (socket) => socket.end()))).toMatchObject({ kind: 'closed', wire: nothing });
  });

  it("reset and close in the middle of the server's flight", async () => {
    const half = (end: (socket: Socket) => void): Server =>
      createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.write(serverHello, () => end(socket)));
      });
    expect(await shake(half((socket) => setTimeout(() => socket.resetAndDestroy(), 20)))).toMatchObject({
      kind: 'reset',
      wire: { messagesReceived: [2], version: 'TLSv1.2' },
    });
    expect(await shake(half((socket) => socket.end()))).toMatchObject({
      kind: 'closed',
      wire: { messagesReceived: [2], version: 'TLSv1.2' },
    });
  });

  it.each([
    [40, 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'],
    [70, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
    [112, 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'],
    [80, 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'],
    [120, 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'],
  ])('alert %i, whether the connection is then closed, reset or kept', async (alert, code) => {
    const record = Buffer.concat([hex('150303000202'), Buffer.from([alert])]);
    for (const then of [
      (socket: Socket) => socket.end(),
      (socket: Socket) => setTimeout(() => socket.resetAndDestroy(), 5),
      () => undefined,
    ]) {
      const outcome = await shake(rawServer(record, then));
      expect(outcome).toMatchObject({
        kind: 'failed',
        failure: { name: 'tls-alert', code, alert },
        wire: { alerts: [{ level: 'fatal', alert, encrypted: false, sentBy: 'peer' }] },
      });
    }
  });

  it('plain HTTP, and other protocols that do not speak TLS', async () => {
    for (const greeting of ['HTTP/1.1 400 Bad Request\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', '220 mail.example ESMTP\r\n']) {
      const outcome = await shake(rawServer(greeting, (socket) => socket.end()));
      expect(outcome).toMatchObject({ kind: 'failed', failure: { name: 'tls-wrong-version-number' } });
      expect(outcome.kind !== 'completed' && Buffer.from(outcome.wire.foreignBytes ?? []).toString('latin1')).toBe(greeting);
    }
  });

  it('a server that speaks first is heard although its bytes came before the hello', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('SSH-2.0-first\r\n');
    });
    const connection = await openTo(server);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const outcome = await client.handshake(connection, offer, { timeoutMs: 500 });
    expect(outcome.kind !== 'completed' && Buffer.from(outcome.wire.foreignBytes ?? []).toString('latin1')).toBe('SSH-2.0-first\r\n');
  });

  it('one byte that is no record, and then nothing', async () => {
    const outcome = await shake(rawServer('H'), offer, { timeoutMs: 100 });
    expect(outcome).toMatchObject({ kind: 'timed-out' });
    expect(outcome.kind !== 'completed' && Buffer.from(outcome.wire.foreignBytes ?? []).toString()).toBe('H');
  });

  it('a message that breaks the protocol', async () => {
    // A record of handshake type whose message is Finished: nothing of the kind is due.
    expect(await shake(rawServer(hex('16030300041400000012'.slice(0, 18))))).toMatchObject({
      kind: 'failed',
      failure: { name: 'tls-bad-peer-message' },
    });
  });

  it('no version in common', async () => {
    const outcome = await shake(tlsServer({ maxVersion: 'TLSv1.2' }), { ...offer, minVersion: 'TLSv1.3' });
    expect(outcome).toMatchObject({ kind: 'failed', failure: { name: 'tls-alert', alert: 70 } });
  });

  it('the connection below is released whatever happens', async () => {
    const connection = await openTo(rawServer('', (socket) => socket.end()));
    await client.handshake(connection, offer, { timeoutMs: 500 });
    expect((await connection.read({ timeoutMs: 10 })).kind).not.toBe('timed-out');
    expect(await connection.write(Buffer.from('x'))).not.toBeNull();
  });
});

/** A ServerHello for TLS 1.2 as a record, with the first cipher suite that every client here offers; nothing follows it. */
const serverHello: Buffer = Buffer.concat([hex('160303002a' + '02000026' + '0303'), Buffer.alloc(32, 7), hex('00' + 'c02b' + '00')]);
