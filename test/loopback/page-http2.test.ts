import { mkdtempSync, rmSync } from 'node:fs';
import { constants, createSecureServer, type ServerHttp2Session, type ServerHttp2Stream, type Settings } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startSite } from '../../lab/loopback/site.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { WalkRecord } from '../../src/model/walk-record.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { readAuthorities } from '../../src/system/trust-store.ts';
import { authorityFile } from './scenario-arguments.ts';
import { expectSound } from './sound-record.ts';
import { Stage } from './stage.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirewalk-page-http2-'));
const things = 30;
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.strike());
afterAll(() => rmSync(directory, { recursive: true }));

interface Server {
  /** How it treats a request for a picture, the nth of all; true when it did something else than to answer it. */
  treat?: (stream: ServerHttp2Stream, path: string, nth: number, dropAll: () => void) => boolean;
  settings?: Settings;
  /** The document is another server's, which speaks HTTP/1.1 alone. */
  documentElsewhere?: boolean;
  count?: number;
}

interface Walked {
  record: WalkRecord;
  verdict: string;
  /** HTTP/2 connections that were opened, requests that were received, and most of those that were open at once on one of them. */
  sessions: number;
  requests: number;
  atOnce: number;
  over1: number;
  outcomes: Record<string, number>;
}

/** Walks a page whose pictures are half its own host's, half another's, both served by one server. */
async function walkPage({ treat = () => false, settings = {}, documentElsewhere = false, count = things }: Server): Promise<Walked> {
  const leaf = await stage.leaf({ names: ['site.test', 'static.site.test'] });
  let sessions = 0;
  let requests = 0;
  let atOnce = 0;
  let over1 = 0;
  const open = new Set<ServerHttp2Session>();
  const perSession = new Map<ServerHttp2Stream['session'], number>();
  const server = createSecureServer({
    cert: leaf.chainPem,
    key: leaf.keyPem,
    allowHTTP1: true,
    settings,
  });
  const document = (port: number): string =>
    `<!doctype html><title>Shop</title><body><p>Open${Array.from({ length: count }, (_, n) => `<img src="https://${n % 2 === 0 && !documentElsewhere ? '' : 'static.'}site.test:${port}/${n}.png">`).join('')}`;
  const portOf = (): number => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket) => sockets.add(socket));
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  server.on('session', (session) => {
    sessions += 1;
    open.add(session);
    session.on('error', () => undefined);
    session.on('close', () => open.delete(session));
  });
  server.on('request', (request, response) => {
    if (request.httpVersion !== '1.1') return;
    over1 += 1;
    const isPage = request.url === '/';
    response.setHeader('content-type', isPage ? 'text/html' : 'image/png');
    response.end(isPage ? document(portOf()) : 'a picture');
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const path = headers[':path'] ?? '';
    if (path === '/') {
      stream.respond({ ':status': 200, 'content-type': 'text/html' });
      stream.end(document(portOf()));
      return;
    }
    requests += 1;
    const { session } = stream;
    const now = (perSession.get(session) ?? 0) + 1;
    perSession.set(session, now);
    atOnce = Math.max(atOnce, now);
    stream.on('close', () => perSession.set(session, (perSession.get(session) ?? 1) - 1));
    if (treat(stream, path, requests, dropAll)) return;
    // A while later, so that others are on their way; and in two pieces, so that answers interleave.
    setTimeout(() => {
      if (stream.destroyed) return;
      stream.respond({ ':status': 200, 'content-type': 'image/png', 'content-length': 20_000 });
      stream.write(Buffer.alloc(10_000));
      setTimeout(() => stream.destroyed || stream.end(Buffer.alloc(10_000)), 10);
    }, 30);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await stage.start(
    Promise.resolve({
      stop: async () => {
        for (const session of open) session.destroy();
        server.close();
      },
    }),
  );
  const A = { records: { A: ['127.0.0.1'] } };
  const [address = '', port = ''] = (await stage.resolver({ 'site.test': A, 'static.site.test': A })).split(':');
  const authorities = readAuthorities(authorityFile(stage.root.certificate.pem, directory));
  if (authorities.kind === 'unusable') throw new Error(authorities.reason);
  const pages = { '/': { body: document(portOf()), contentType: 'text/html' } };
  const port1 = documentElsewhere ? (await stage.start(startSite({ tls: leaf, pages }))).port : portOf();
  const record = await walk(
    `https://site.test:${port1}/`,
    { proxy: 'none', resolvers: [{ address, port: Number(port) }], page: 'all', timeoutMs: 3000 },
    systemPorts({ authorities: authorities.store }),
  );
  const diagnosis = diagnose(record.observations, record.context);
  expectSound(record, diagnosis);
  const outcomes: Record<string, number> = {};
  for (const one of record.observations) if (one.kind === 'page.resource') outcomes[one.outcome] = (outcomes[one.outcome] ?? 0) + 1;
  const { status, cause } = diagnosis.verdict;
  return { record, verdict: `${status} ${cause}`, sessions, requests, atOnce, over1, outcomes };
}

describe('a page whose hosts choose HTTP/2', () => {
  test('is examined over one connection to each, with requests side by side', async () => {
    const walked = await walkPage({});
    expect(walked).toMatchObject({ verdict: 'ok null', sessions: 2, requests: things, over1: 0, outcomes: { received: things } });
    expect(walked.atOnce).toBe(things / 2);
  });

  test('and let few requests be open at once', async () => {
    const walked = await walkPage({ settings: { maxConcurrentStreams: 3, headerTableSize: 0 } });
    expect(walked).toMatchObject({ verdict: 'ok null', over1: 0, outcomes: { received: things } });
    expect(walked.atOnce).toBeLessThanOrEqual(3);
  });

  test('and say goodbye in between, is examined over the next connections', async () => {
    const walked = await walkPage({
      treat: (stream, _path, nth) => {
        if (nth === 3) stream.session?.goaway(constants.NGHTTP2_NO_ERROR, (stream.id ?? 1) - 2);
        return false;
      },
    });
    expect(walked).toMatchObject({ verdict: 'ok null', over1: 0, outcomes: { received: things } });
    expect(walked.sessions).toBe(3);
  });

  test('and drop a connection with all that is on it, is examined over the next', async () => {
    const walked = await walkPage({
      treat: (_stream, _path, nth, dropAll) => {
        if (nth === 3) dropAll();
        return nth === 3;
      },
    });
    expect(walked).toMatchObject({ verdict: 'ok null', outcomes: { received: things } });
  });

  test('and want HTTP/1.1 for what is asked, is examined over that', async () => {
    const walked = await walkPage({
      treat: (stream) => {
        stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED);
        return true;
      },
    });
    expect(walked).toMatchObject({ verdict: 'ok null', over1: things, outcomes: { received: things } });
  });

  test('and refuse requests for now, is asked again', async () => {
    const refused = new Set<string>();
    const walked = await walkPage({
      treat: (stream, path) => {
        if (refused.has(path)) return false;
        refused.add(path);
        stream.close(constants.NGHTTP2_REFUSED_STREAM);
        return true;
      },
    });
    expect(walked).toMatchObject({ verdict: 'ok null', requests: 2 * things, outcomes: { received: things } });
  });

  test('and break one stream: that resource alone fails, with a verdict of its own', async () => {
    const { record, verdict, outcomes } = await walkPage({
      treat: (stream, path) => {
        if (path !== '/5.png') return false;
        stream.close(constants.NGHTTP2_INTERNAL_ERROR);
        return true;
      },
    });
    expect([verdict, outcomes]).toEqual(['degraded page.subresource-failed', { received: things - 1, failed: 1 }]);
    const failed = record.observations.find((one) => one.kind === 'page.resource' && one.outcome === 'failed');
    const kept = record.observations.filter(
      (one) => one.resource !== undefined && one.resource === (failed as { reference: string }).reference,
    );
    expect(kept.find((one) => one.kind === 'http.stream-ended')).toMatchObject({ how: 'stream-reset', errorName: 'INTERNAL_ERROR' });
  });

  test('and never answer one request: the others do not wait for it', async () => {
    const { outcomes, verdict } = await walkPage({ treat: (_stream, path) => path === '/7.png' });
    expect([verdict, outcomes]).toEqual(['degraded page.subresource-failed', { received: things - 1, failed: 1 }]);
  });

  test('is examined over HTTP/2 where the document came over HTTP/1.1', async () => {
    const walked = await walkPage({ documentElsewhere: true });
    expect(walked).toMatchObject({ verdict: 'ok null', requests: things, over1: 0, outcomes: { received: things } });
    expect(walked.atOnce).toBe(things);
  });

  test('and break it whatever is asked: what was asked fails, the rest is asked for over HTTP/1.1', async () => {
    const count = 130;
    const { outcomes, over1, verdict, atOnce } = await walkPage({
      documentElsewhere: true,
      count,
      treat: (stream) => {
        stream.session?.destroy();
        return true;
      },
    });
    const { received = 0, failed = 0 } = outcomes;
    expect([verdict, received + failed, over1]).toEqual(['degraded page.subresource-failed', count, received]);
    expect(Math.min(received, failed)).toBeGreaterThan(0);
    expect(atOnce).toBeLessThanOrEqual(100);
  });
});
