import { Resolver } from 'node:dns/promises';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../lab/certificates.ts';
import type { ConnectionScript } from '../../lab/loopback/connection-script.ts';
import { startDnsServer } from '../../lab/loopback/dns-server.ts';
import {
  closeAfterClientHello,
  closeAfterRequest,
  closeOnAccept,
  plainHttp,
  resetAfterClientHello,
  resetAfterCompleteBody,
  resetAfterRequest,
  resetInBody,
  resetOnAccept,
  silentAfterAccept,
  silentAfterRequest,
  sshBanner,
  stalledBody,
  truncatedByLength,
} from '../../lab/loopback/misbehaviours.ts';
import { startProxy } from '../../lab/loopback/proxy.ts';
import { startSilentListener } from '../../lab/loopback/silent-listener.ts';
import { startSite } from '../../lab/loopback/site.ts';
import { closedPort, startScriptedServer } from '../../lab/loopback/tcp-server.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function started<T extends { stop(): Promise<void> }>(server: Promise<T>): Promise<T> {
  const done = await server;
  running.push(done);
  return done;
}

/** What a plain client meets: it connects, says its piece, and waits for the end. */
function meets(port: number, address = '127.0.0.1', says = '', waitMs = 300): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    let opened = false;
    const socket: Socket = connect({ host: address, port });
    const end = (how: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(`${received}|${how}`);
    };
    const timer = setTimeout(() => end(opened ? 'silent' : 'unanswered'), waitMs);
    socket.on('connect', () => {
      opened = true;
      if (says) socket.write(says);
    });
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
    });
    socket.on('end', () => end('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

const hello = '\x16\x03\x01\x00\x05hello';
const request = 'GET / HTTP/1.1\r\nhost: site.test\r\n\r\n';

describe('the scripted server', () => {
  const says = { nothing: '', hello, request } as const;
  const rows: [string, ConnectionScript, keyof typeof says, string | RegExp][] = [
    ['reset on accept', resetOnAccept, 'nothing', '|ECONNRESET'],
    ['close on accept', closeOnAccept, 'nothing', '|end'],
    ['silence', silentAfterAccept, 'hello', '|silent'],
    ['reset after the ClientHello', resetAfterClientHello, 'nothing', '|silent'],
    ['reset after the ClientHello', resetAfterClientHello, 'hello', '|ECONNRESET'],
    ['close after the ClientHello', closeAfterClientHello, 'nothing', '|silent'],
    ['close after the ClientHello', closeAfterClientHello, 'hello', '|end'],
    ['reset after the request', resetAfterRequest, 'request', '|ECONNRESET'],
    ['close after the request', closeAfterRequest, 'request', '|end'],
    ['silence after the request', silentAfterRequest, 'request', '|silent'],
    ['SSH banner', sshBanner, 'nothing', 'SSH-2.0-OpenSSH_9.6p1\r\n|silent'],
    ['plain HTTP', plainHttp, 'hello', /^HTTP\/1\.1 400 Bad Request\r\n.*\|end$/s],
    ['body cut short', truncatedByLength, 'request', /Half a page<\/h1>\|end$/],
    ['stalled body', stalledBody, 'request', /Half a page<\/h1>\|silent$/],
    ['reset in the body', resetInBody, 'request', /Half a page<\/h1>\|ECONNRESET$/],
    ['reset after the whole body', resetAfterCompleteBody, 'request', /A whole page<\/h1>\|ECONNRESET$/],
  ];
  it.each(rows)('$0, after the client said $2', async (_, script, said, outcome) => {
    const server = await started(startScriptedServer({ script, address: '127.0.3.1' }));
    const met = await meets(server.port, server.address, says[said]);
    if (typeof outcome === 'string') expect(met).toBe(outcome);
    else expect(met).toMatch(outcome);
    expect(server.connections).toBe(1);
  });

  it('plays inside TLS: a reset after the request reaches the client as a reset', async () => {
    const root = await CertificateAuthority.createRoot({ commonName: 'Root' });
    const tls = await root.issue({ names: ['site.test'] });
    const server = await started(startScriptedServer({ script: resetAfterRequest, tls }));
    const code = await new Promise((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port: server.port, servername: 'site.test', ca: root.certificate.pem }, () => {
        socket.write(request);
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      socket.on('end', () => resolve('end'));
    });
    expect(code).toBe('ECONNRESET');
  });
});

describe('addresses nobody answers on', () => {
  it('a silent listener swallows every SYN, a closed port refuses', async () => {
    const silent = await started(startSilentListener('127.0.3.2'));
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => meets(silent.port, silent.address, '', 1500)));
    expect(new Set(outcomes)).toEqual(new Set(['|unanswered']));
    expect(await meets(await closedPort())).toBe('|ECONNREFUSED');
  });

  it('two silent addresses share one port', async () => {
    const first = await started(startSilentListener('127.0.3.3'));
    const second = await started(startSilentListener('127.0.3.4', first.port));
    expect(second.port).toBe(first.port);
    await expect(startSilentListener('127.0.3.4', first.port)).rejects.toThrow('EADDRINUSE');
  });
});

describe('the DNS server, asked by a resolver library', () => {
  it('answers, denies, fails and stays silent as told', async () => {
    const server = await started(
      startDnsServer({
        zone: {
          'site.test': { records: { A: ['127.0.0.5', '127.0.0.6'], AAAA: ['::1'] } },
          'alias.test': { records: { CNAME: ['site.test'] } },
          'bare.test': { records: { TXT: ['"text only"'] } },
          'fail.test': { rcode: 'SERVFAIL' },
          'no.test': { rcode: 'REFUSED' },
          'quiet.test': { fault: 'silent' },
          'large.test': { records: { A: ['127.0.0.7'] }, fault: 'truncated' },
        },
      }),
    );
    const resolver = new Resolver({ timeout: 200, tries: 1 });
    resolver.setServers([server.endpoint]);
    const outcome = (name: string): Promise<unknown> => resolver.resolve4(name).catch((error: NodeJS.ErrnoException) => error.code);
    expect(await outcome('site.test')).toEqual(['127.0.0.5', '127.0.0.6']);
    expect(await resolver.resolve6('site.test')).toEqual(['::1']);
    expect(await outcome('alias.test')).toEqual(['127.0.0.5', '127.0.0.6']);
    expect(await outcome('bare.test')).toBe('ENODATA');
    expect(await outcome('missing.test')).toBe('ENOTFOUND');
    expect(await outcome('fail.test')).toBe('ESERVFAIL');
    expect(await outcome('no.test')).toBe('EREFUSED');
    expect(await outcome('quiet.test')).toBe('ETIMEOUT');
    expect(await outcome('large.test')).toEqual(['127.0.0.7']);
    expect(server.queries.filter(({ name }) => name === 'large.test').map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
  });
});

describe('sites and proxies', () => {
  interface Answer {
    status: number | undefined;
    headers: NodeJS.Dict<string | string[]>;
    body: Buffer;
  }

  function get(port: number, path: string, ca?: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, agent: false, ...(ca ? { ca, servername: 'site.test' } : {}) };
      const sent = (ca ? httpsGet : httpGet)(options, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
        response.on('error', reject);
      });
      sent.on('error', reject);
    });
  }

  it('a site serves its pages over TLS', async () => {
    const root = await CertificateAuthority.createRoot({ commonName: 'Root' });
    const tls = await root.issue({ names: ['site.test'] });
    const pages = { '/': {}, '/moved': { status: 302, headers: { location: '/' }, body: null }, '/small': { gzip: true, chunks: 3 } };
    const site = await started(startSite({ tls, pages }));
    const home = await get(site.port, '/', root.certificate.pem);
    expect([home.status, home.body.toString().includes('It works')]).toEqual([200, true]);
    const moved = await get(site.port, '/moved', root.certificate.pem);
    expect([moved.status, moved.headers.location, moved.body.length]).toEqual([302, '/', 0]);
    const small = await get(site.port, '/small', root.certificate.pem);
    expect([small.headers['content-encoding'], small.headers['transfer-encoding']]).toEqual(['gzip', 'chunked']);
    expect((await get(site.port, '/other', root.certificate.pem)).status).toBe(404);
    expect(site.requests).toEqual(['GET /', 'GET /moved', 'GET /small', 'GET /other']);
  });

  it('a proxy says 502, 503 and 504 about an upstream that fails, and passes on one that works', async () => {
    const upstream = await started(startSite());
    const silent = await started(startScriptedServer({ script: silentAfterRequest }));
    const resetting = await started(startScriptedServer({ script: resetAfterRequest }));
    const dead = { address: '127.0.0.1', port: await closedPort() };
    const status = async (options: Parameters<typeof startProxy>[0]): Promise<number | undefined> =>
      (await get((await started(startProxy(options))).port, '/')).status;
    expect(await status({ upstream })).toBe(200);
    expect(await status({ upstream: dead })).toBe(502);
    expect(await status({ upstream: resetting })).toBe(502);
    expect(await status({ upstream: dead, healthChecked: true })).toBe(503);
    expect(await status({ upstream, healthChecked: true })).toBe(200);
    expect(await status({ upstream: silent, upstreamTimeoutMs: 100 })).toBe(504);
  });
});
