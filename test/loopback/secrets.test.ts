import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BundleManifest } from '../../src/model/bundle-manifest.ts';
import type { ReadReport } from '../../src/model/read-report.ts';
import { unpackArchive } from '../../src/system/zip-archive.ts';
import { runCommand } from './command.ts';

/** Each secret by where it is. None has a part in common with another, or with anything else. */
const secrets = {
  password: 'Rotkehlchen-4711',
  token: 'Zaunkoenig-2718',
  apiKey: 'Kleiber-31415',
  authorization: 'Bachstelze-1618',
  cookie: 'Gimpel-112358',
  setCookie: 'Stieglitz-8128',
  session: 'Wiedehopf-6174',
  csrf: 'Neuntoeter-1729',
  echoed: 'Bachstelze-1618',
  member: 'Mauersegler-2357',
  nested: 'Kernbeisser-8675',
  said: 'Pirol-5040302',
} as const;

/** A site that repeats everything it is told, as careless ones do: in headers, redirects, titles, errors. */
function careless(): Server {
  return createServer((request, response) => {
    const echo = `${request.headers.authorization ?? ''} ${request.headers.cookie ?? ''} ${request.url ?? ''}`;
    response.setHeader('Set-Cookie', [`sid=${secrets.setCookie}; Path=/`, `csrf_token=${secrets.csrf}`]);
    response.setHeader('X-Debug', echo.replaceAll(/[^ -~]/g, ''));
    if (!request.url?.startsWith('/next')) {
      response.statusCode = 302;
      response.setHeader('Location', `/next?session_id=${secrets.session}&back=${encodeURIComponent(request.url ?? '')}`);
      response.end();
      return;
    }
    response.statusCode = 500;
    response.setHeader(
      'X-Trace',
      `${Buffer.from(secrets.token).toString('base64')}.${Buffer.from(secrets.authorization).toString('base64url')}`,
    );
    if (request.url.includes('json')) {
      response.setHeader('Content-Type', 'application/json');
      const more = JSON.stringify({ refreshToken: secrets.nested });
      response.end(JSON.stringify({ error: 'no stock', access_token: secrets.member, more, config: `db_password: ${secrets.said}` }));
      return;
    }
    response.setHeader('Content-Type', 'text/html');
    response.end(`<html><head><title>Error for ${echo}</title></head><body>stack trace: ${echo} session ${secrets.session}</body></html>`);
  });
}

describe('a walk with secrets in URL, headers, cookies and body', () => {
  let folder = '';
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewalk-secrets-'));
    server = careless();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string): string => join(folder, name);
  const outputs = ['sheet.md', 'note.txt', 'page.html', 'evidence.zip'] as const;

  it.each([['--json'], ['-v', '--explain'], ['-q'], ['--json', '--redact', 'strict'], ['json', '-v'], ['json', '--json']])(
    'none of them is anywhere in any output: %s %s %s',
    async (...mode) => {
      const url = `http://ann:${secrets.password}@127.0.0.1:${port}/start?access_token=${secrets.token}&api_key=${secrets.apiKey}&page=2`;
      const result = await runCommand([
        `${url}${mode.includes('json') ? '&as=json' : ''}`,
        ...mode.filter((word) => word !== undefined && word !== 'json'),
        '--header',
        `Authorization: Bearer ${secrets.authorization}`,
        '--header',
        `Cookie: sid=${secrets.cookie}`,
        '--symptom',
        `the page shows ${secrets.token}`,
        '--markdown',
        file('sheet.md'),
        '--note',
        file('note.txt'),
        '--html',
        file('page.html'),
        '--bundle',
        file('evidence.zip'),
      ]);
      const all: [string, Uint8Array][] = [
        ['standard output', Buffer.from(result.stdout)],
        ['standard error', Buffer.from(result.stderr)],
        ...outputs.map((name): [string, Uint8Array] => [name, readFileSync(file(name))]),
      ];
      const bundle = unpackArchive(readFileSync(file('evidence.zip')));
      if (bundle.kind === 'unusable') throw new Error(bundle.reason);
      all.push(...Object.entries(bundle.files).map(([name, bytes]): [string, Uint8Array] => [`evidence.zip ${name}`, bytes]));
      expect(Object.keys(bundle.files).length).toBeGreaterThanOrEqual(8);
      for (const [name, bytes] of all) {
        for (const [place, secret] of Object.entries(secrets)) {
          for (const form of formsOf(secret)) expect(Buffer.from(bytes).includes(form), `${place} as ${form} in ${name}`).toBe(false);
        }
      }
      // Something was there to be removed, and what is no secret stayed.
      const report = Buffer.from(bundle.files['report.json']!).toString();
      expect(report).toContain('page=2');
      expect(report).toContain('***');
      expect(Buffer.from(bundle.files['removed.txt']!).toString()).toMatch(/target\.url/);
    },
  );
});

const { uid } = userInfo();
const mayRecord = process.platform === 'linux' && uid === 0;
if (!mayRecord && process.env.CI) throw new Error('recording packets needs Linux and root: run this test as root');

describe.skipIf(!mayRecord)(`the packets of a walk with secrets${mayRecord ? '' : ' (skipped: recording needs Linux and root)'}`, () => {
  it.each([[], ['--redact', 'strict']])('none of them is in the bundle: %s %s', async (...mode) => {
    const folder = mkdtempSync(join(tmpdir(), 'wirewalk-secrets-'));
    const server = careless();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const [archive, capture] = [join(folder, 'evidence.zip'), join(folder, 'walk.pcap')];
      const result = await runCommand([
        `http://ann:${secrets.password}@127.0.0.1:${port}/start?access_token=${secrets.token}&api_key=${secrets.apiKey}`,
        '--header',
        `Authorization: Bearer ${secrets.authorization}`,
        '--header',
        `Cookie: sid=${secrets.cookie}`,
        '--capture',
        capture,
        '--bundle',
        archive,
        ...mode.filter((word) => word !== undefined),
      ]);
      expect(result.stderr).toMatch(/packets of this walk are in/);
      // What was recorded has them: the search finds what is there.
      const recorded = readFileSync(capture);
      for (const secret of [secrets.token, secrets.cookie, secrets.session, secrets.setCookie])
        expect(recorded.includes(secret)).toBe(true);
      const bundle = unpackArchive(readFileSync(archive));
      if (bundle.kind === 'unusable') throw new Error(bundle.reason);
      for (const [name, bytes] of Object.entries(bundle.files)) {
        for (const [place, secret] of Object.entries(secrets)) {
          for (const form of formsOf(secret)) expect(Buffer.from(bytes).includes(form), `${place} as ${form} in ${name}`).toBe(false);
        }
      }
      const manifest = JSON.parse(Buffer.from(bundle.files['manifest.json']!).toString()) as BundleManifest;
      expect(manifest.files.map(({ name }) => name)).toContain('capture.pcap');
      expect(manifest.removed.find(({ where }) => where === 'capture.pcap: payloads')?.count).toBeGreaterThanOrEqual(4);
      expect(manifest.changed?.join(' ')).toMatch(/Cut off: .*Made zero, never computed anew: /);
      expect(Buffer.from(bundle.files['removed.txt']!).toString()).toContain('Changed in capture.pcap:');
      // The packets are as many and as long as they were, for this program and for the bundle's reader.
      const [whole, cut] = [recorded, bundle.files['capture.pcap']!].map((bytes) => lengthsOf(bytes));
      expect(cut!.length).toBeGreaterThan(10);
      expect(cut).toEqual(whole);
      expect((await runCommand(['read', archive, '-q'])).stdout).toMatch(/^FAILED/);
      const extracted = join(folder, 'capture.pcap');
      writeFileSync(extracted, bundle.files['capture.pcap']!);
      expect((JSON.parse((await runCommand(['read', extracted, '--json'])).stdout) as ReadReport).captures[0]).toMatchObject({
        packets: cut!.length,
      });
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Original lengths of the packets in a little-endian pcap file. */
function lengthsOf(file: Uint8Array): number[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const lengths: number[] = [];
  for (let at = 24; at < file.length; at += 16 + view.getUint32(at + 8, true)) lengths.push(view.getUint32(at + 12, true));
  return lengths;
}

/** A secret as it could be written: plain, percent-encoded, in base64, in hex. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    [...bytes].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('hex'),
    secret.toLowerCase(),
  ];
}
