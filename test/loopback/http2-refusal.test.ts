import { mkdtempSync, rmSync } from 'node:fs';
import { constants, createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemPorts } from '../../src/system/ports.ts';
import { readAuthorities } from '../../src/system/trust-store.ts';
import { authorityFile } from './scenario-arguments.ts';
import { expectSound } from './sound-record.ts';
import { Stage } from './stage.ts';

const directory = mkdtempSync(join(tmpdir(), 'wirewalk-http2-refusal-'));
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.strike());
afterAll(() => rmSync(directory, { recursive: true }));

type Treatment = (stream: ServerHttp2Stream, nth: number) => boolean;

const refuse = (stream: ServerHttp2Stream): boolean => {
  stream.close(constants.NGHTTP2_REFUSED_STREAM);
  return true;
};

/** A server that treats the nth request over HTTP/2 so, true when it did something else than to answer; with HTTP/1.1 beside it, or without. */
async function walkOver(treat: Treatment, allowHTTP1: boolean): Promise<{ verdict: string; version: string | null; requests: number }> {
  const leaf = await stage.leaf({ names: ['site.test'] });
  const page = '<!doctype html><title>Shop</title><h1>The shop is open</h1>';
  const sessions = new Set<ServerHttp2Session>();
  let requests = 0;
  const server = createSecureServer({ cert: leaf.chainPem, key: leaf.keyPem, allowHTTP1 });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('request', (request, response) => {
    if (request.httpVersion !== '1.1') return;
    response.setHeader('content-type', 'text/html');
    response.end(page);
  });
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    requests += 1;
    if (treat(stream, requests)) return;
    stream.respond({ ':status': 200, 'content-type': 'text/html' });
    stream.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await stage.start(
    Promise.resolve({
      stop: async () => {
        for (const session of sessions) session.destroy();
        server.close();
      },
    }),
  );
  const bound = server.address();
  const [address = '', port = ''] = (await stage.resolver({ 'site.test': { records: { A: ['127.0.0.1'] } } })).split(':');
  const authorities = readAuthorities(authorityFile(stage.root.certificate.pem, directory));
  if (authorities.kind === 'unusable') throw new Error(authorities.reason);
  const record = await walk(
    `https://site.test:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`,
    { proxy: 'none', resolvers: [{ address, port: Number(port) }], page: 'none', trace: 'never', timeoutMs: 3000 },
    systemPorts({ authorities: authorities.store }),
  );
  const diagnosis = diagnose(record.observations, record.context);
  expectSound(record, diagnosis);
  const received = record.observations.find((one) => one.kind === 'http.response-received' && one.followUp === undefined);
  const version = received?.kind === 'http.response-received' ? received.version : null;
  return { verdict: `${diagnosis.verdict.status} ${diagnosis.verdict.cause}`, version, requests };
}

describe('a server of HTTP/2 that does not take the request', () => {
  test('once: it is asked again over the same version, as browsers do', async () => {
    const refusesFirst: Treatment = (stream, nth) => nth === 1 && refuse(stream);
    expect(await walkOver(refusesFirst, false)).toEqual({ verdict: 'ok null', version: '2', requests: 2 });
    expect(await walkOver(refusesFirst, true)).toEqual({ verdict: 'ok null', version: '2', requests: 2 });
  });

  test('ever, and takes it over HTTP/1.1', async () => {
    expect(await walkOver(refuse, true)).toEqual({ verdict: 'degraded http.h2-failed', version: '1.1', requests: 2 });
  });

  test('ever, and speaks nothing else: it is the request that fails, not TLS', async () => {
    expect(await walkOver(refuse, false)).toMatchObject({ verdict: 'failed http.reset', version: null });
  });
});
