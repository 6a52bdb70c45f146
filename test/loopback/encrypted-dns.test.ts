import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Leaf } from '../../lab/certificates.ts';
import { answerQuery, type DnsZone } from '../../lab/loopback/dns-zone.ts';
import { stopped } from '../../lab/loopback/tcp-server.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { ObservationOf } from '../../src/model/observation.ts';
import { walk } from '../../src/probe/walk.ts';
import type { NamedResolver } from '../../src/probe/walk-options.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { readAuthorities } from '../../src/system/trust-store.ts';
import { decodeDnsMessage } from '../../src/wire/dns-message.ts';
import { authorityFile } from './scenario-arguments.ts';
import { Stage } from './stage.ts';

const zone: DnsZone = { 'site.test': { records: { A: ['127.0.0.1'] } } };
const folder = mkdtempSync(join(tmpdir(), 'wirewalk-encrypted-'));
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.strike());
afterAll(() => rmSync(folder, { recursive: true }));

function answerTo(bytes: Uint8Array): Uint8Array | null {
  const { message } = decodeDnsMessage(bytes);
  return message === null || message.questions.length !== 1 ? null : answerQuery(zone, message, 'tcp').bytes;
}

/** Starts a server of TLS on a port of its own; stopped with the stage. */
async function started(server: Server): Promise<number> {
  const sockets = new Set<import('node:net').Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await stage.start(Promise.resolve({ stop: () => stopped(server, sockets) }));
  return (server.address() as AddressInfo).port;
}

/** DNS over TLS (RFC 7858): messages with their length in front. */
async function overTls(leaf: Leaf, received: string[] = []): Promise<number> {
  const server = createTlsServer({ key: leaf.key.pem, cert: leaf.pem, ALPNProtocols: ['dot'] }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      const query = bytes.subarray(2, 2 + bytes.readUInt16BE(0));
      received.push(decodeDnsMessage(query).message?.questions[0]?.name ?? 'nothing');
      const reply = answerTo(query);
      if (reply !== null) socket.write(Buffer.concat([Buffer.from([reply.length >> 8, reply.length & 0xff]), reply]));
    });
  });
  server.on('tlsClientError', () => {});
  return started(server);
}

/** DNS over HTTPS (RFC 8484), HTTP/1.1. */
async function overHttps(leaf: Leaf): Promise<number> {
  const server = createHttpsServer({ key: leaf.key.pem, cert: leaf.pem }, (request, response) => {
    const body: Buffer[] = [];
    request.on('data', (bytes: Buffer) => body.push(bytes));
    request.on('end', () => {
      const isProper =
        request.method === 'POST' && request.url === '/dns-query' && request.headers['content-type'] === 'application/dns-message';
      const reply = isProper ? answerTo(Buffer.concat(body)) : null;
      if (reply === null) response.writeHead(400).end();
      else response.writeHead(200, { 'content-type': 'application/dns-message' }).end(reply);
    });
  });
  return started(server);
}

async function verdictWith(
  resolver: NamedResolver,
): Promise<{ verdict: string; answers: ObservationOf<'dns.answered'>[]; failures: string[] }> {
  const site = await stage.site({ '/': { body: '<h1>Open</h1>' } });
  const read = readAuthorities(authorityFile(stage.root.certificate.pem, folder));
  if (read.kind === 'unusable') throw new Error(read.reason);
  const record = await walk(site.url, { resolvers: [resolver], timeoutMs: 2000 }, systemPorts({ authorities: read.store }));
  const { verdict } = diagnose(record.observations, record.context);
  return {
    verdict: verdict.cause === null ? verdict.status : `${verdict.status} ${verdict.cause}`,
    answers: record.observations.filter((one): one is ObservationOf<'dns.answered'> => one.kind === 'dns.answered'),
    failures: record.observations.flatMap((one) => (one.kind === 'dns.undeliverable' ? [one.failure.name] : [])),
  };
}

describe('a resolver over TLS', () => {
  it('answers by its address on the certificate', async () => {
    const port = await overTls(await stage.leaf({ names: [], addresses: ['127.0.0.1'] }));
    const { verdict, answers } = await verdictWith({ address: '127.0.0.1', port, transport: 'tls' });
    expect(verdict).toBe('ok');
    expect(answers.map((answer) => answer.resolver.transport)).toEqual(['tls', 'tls']);
  });

  it('is told nothing when its certificate is for somebody else', async () => {
    const received: string[] = [];
    const port = await overTls(await stage.leaf({ names: ['other.test'] }), received);
    const { verdict, failures } = await verdictWith({ address: '127.0.0.1', port, transport: 'tls', serverName: 'dns.test' });
    expect(verdict).toBe('failed dns.resolver-unreachable');
    expect(new Set(failures)).toEqual(new Set(['certificate-rejected']));
    expect(received).toEqual([]);
  });
});

describe('a resolver over HTTPS', () => {
  it('answers by its name', async () => {
    const port = await overHttps(await stage.leaf({ names: ['dns.test'] }));
    const { verdict, answers } = await verdictWith({ address: '127.0.0.1', port, transport: 'https', serverName: 'dns.test' });
    expect(verdict).toBe('ok');
    expect(answers[0]?.resolver).toMatchObject({ transport: 'https', serverName: 'dns.test' });
  });

  it('that serves another path is said so', async () => {
    const port = await overHttps(await stage.leaf({ names: ['dns.test'] }));
    const { verdict } = await verdictWith({ address: '127.0.0.1', port, transport: 'https', serverName: 'dns.test', path: '/elsewhere' });
    expect(verdict).toBe('failed dns.resolver-unreachable');
  });
});
