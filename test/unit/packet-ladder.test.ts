import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CaptureWriter } from '../../fixtures/captures/make/capture-writer.ts';
import { TcpDialogue } from '../../fixtures/captures/make/tcp-dialogue.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { ReadReport } from '../../src/model/read-report.ts';
import { caseOf } from '../../src/report/case.ts';
import { ladderOf } from '../../src/report/html/ladder.ts';
import { unpackArchive } from '../../src/system/zip-archive.ts';
import { testEnvironment } from './cli-environment.ts';
import { expectValid } from './schema.ts';

// What a command needs is loaded when it runs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewalk-ladder-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const client = { mac: '02:00:00:00:00:42', address: '192.168.1.42' };
const server = { mac: '02:00:00:00:00:01', address: '203.0.113.10' };
const startMs = Date.UTC(2026, 10, 21);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A capture of one plain request, with another conversation in between, and secrets in clear. */
function captured(answer: string): string {
  const writer = new CaptureWriter({ format: 'pcap' });
  const other = new TcpDialogue(writer, {
    client,
    server: { ...server, address: '203.0.113.99' },
    clientPort: 50_002,
    serverPort: 443,
    startMs,
    roundTripMs: 20,
  });
  const dialogue = new TcpDialogue(writer, { client, server, clientPort: 50_001, serverPort: 80, startMs: startMs + 5, roundTripMs: 20 });
  other.open();
  dialogue
    .open()
    .clientSends(bytes('GET /?token=swordfish-4711 HTTP/1.1\r\nHost: www.shop.com\r\nCookie: sid=hunter2-0815\r\n\r\n'))
    .serverSends(bytes(answer));
  const file = join(folder, 'request.pcap');
  writeFileSync(file, writer.take());
  return file;
}

async function read(file: string, ...more: string[]): Promise<ReadReport> {
  const environment = testEnvironment();
  await runProgram(['read', file, '--json', ...more], environment);
  const report = JSON.parse(environment.stdout.text) as ReadReport;
  expectValid('read', report);
  return report;
}

describe('the ladder of a capture', () => {
  it('has the packets of the worst exchange alone, with their frames', async () => {
    const report = await read(captured('HTTP/1.1 502 Bad Gateway\r\nSet-Cookie: sid=abcdef-99\r\nContent-Length: 0\r\n\r\n'));
    expect(report.verdict.cause).toBe('http.bad-gateway');
    const packets = report.packets!;
    expect(packets.slice(0, 3).map(({ label }) => label)).toEqual(['SYN', 'SYN-ACK', 'ACK']);
    expect(packets.map(({ label }) => label)).toEqual(expect.arrayContaining(['HTTP GET', 'HTTP/1.1 502']));
    expect(new Set(packets.flatMap(({ from, to }) => [from.address, to.address]))).toEqual(new Set([client.address, server.address]));
    expect(packets[0]).toMatchObject({ frame: 4, from: { address: client.address, port: 50_001 }, ttl: 64, sequence: 0 });
    expect(packets[1]).toMatchObject({ acknowledgment: 1, ttl: 57 });
    const ladder = ladderOf(caseOf(report));
    expect(ladder.of).toBe('packets');
    expect(ladder.parties.map(({ role }) => role)).toEqual(['host', 'server']);
    expect(ladder.steps.some(({ evidence }) => evidence !== null)).toBe(true);
  });

  it('holds nothing of what request and answer say', async () => {
    const repeated = 'X-Debug: hunter2-0815 and abcdef-99\r\n';
    const file = captured(`HTTP/1.1 500 Oops\r\nSet-Cookie: sid=abcdef-99\r\n${repeated}Content-Length: 9\r\n\r\nsecret-77`);
    const [html, zip] = [join(folder, 'page.html'), join(folder, 'evidence.zip')];
    const environment = testEnvironment();
    await runProgram(['read', file, '-v', '--html', html, '--bundle', zip], environment);
    const json = JSON.stringify(await read(file));
    const unpacked = unpackArchive(readFileSync(zip));
    if (unpacked.kind === 'unusable') throw new Error(unpacked.reason);
    expect(Object.keys(unpacked.files)).toContain('packets.txt');
    const texts = [
      environment.stdout.text,
      json,
      readFileSync(html, 'utf8'),
      ...Object.values(unpacked.files).map((file) => Buffer.from(file).toString()),
    ];
    for (const secret of ['swordfish', 'hunter2', 'abcdef-99', 'secret-77']) for (const text of texts) expect(text).not.toContain(secret);
  });

  it('replaces internal addresses when asked to', async () => {
    const report = await read(captured('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'), '--redact', 'strict');
    expect(JSON.stringify(report)).not.toContain('192.168.');
    expect(report.packets![0]!.from.address).toMatch(/^240\./);
  });

  it('says of a capture nothing that is true of walks alone', async () => {
    const writer = new CaptureWriter({ format: 'pcap' });
    const dialogue = new TcpDialogue(writer, { client, server, clientPort: 50_001, serverPort: 80, startMs, roundTripMs: 20 });
    dialogue.open().clientSends(bytes('GET / HTTP/1.1\r\nHost: www.shop.com\r\n\r\n'));
    dialogue.reset('server');
    const [file, page] = [join(folder, 'unanswered.pcap'), join(folder, 'unanswered.html')];
    writeFileSync(file, writer.take());
    const environment = testEnvironment();
    await runProgram(['read', file, '--markdown', '-', '--html', page], environment);
    const [worksheet, html] = [environment.stdout.text, readFileSync(page, 'utf8')];
    expect(worksheet).toContain('No answer was captured.');
    expect(html).toMatch(/\d packets, as captured\. /);
    for (const text of [worksheet, html]) expect(text).not.toMatch(/until the verdict|this walk|the kernel measured/);
  });

  it('goes with what was reported, without secrets', async () => {
    const environment = testEnvironment();
    const file = captured('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
    await runProgram(
      ['read', file, '--markdown', '-', '--reporter', 'Ann', '--reported-url', 'https://h/?token=swordfish-4711'],
      environment,
    );
    expect(environment.stdout.text).toContain('| Reported by | `Ann` |');
    expect(environment.stdout.text).not.toContain('swordfish');
  });
});
