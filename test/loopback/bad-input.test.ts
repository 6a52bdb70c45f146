import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDnsServer } from '../../lab/loopback/dns-server.ts';
import { silentAfterAccept } from '../../lab/loopback/misbehaviours.ts';
import { startScriptedServer } from '../../lab/loopback/tcp-server.ts';
import { commandFile, plainEnvironment, runCommand } from './command.ts';

type Started<F extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<F>>;

const directory = mkdtempSync(join(tmpdir(), 'wirewalk-input-'));
const notPem = join(directory, 'not-pem.txt');
writeFileSync(notPem, 'certainly no certificate\n');

let dns: Started<typeof startDnsServer>;
let site: Started<typeof startScriptedServer>;
beforeAll(async () => {
  dns = await startDnsServer({ zone: { '*': { records: { A: ['127.0.0.1'] } } } });
  site = await startScriptedServer({ script: silentAfterAccept });
});
afterAll(async () => {
  await Promise.all([dns.stop(), site.stop()]);
  rmSync(directory, { recursive: true });
});

/** Input that cannot be understood, and a word that the one line about it must hold. `URL` stands for a target that would be reached. */
const rows: [string, string[], RegExp][] = [
  ['no target', [], /url|target|argument/i],
  ['an empty target', [''], /url|target|host/i],
  ['two targets', ['URL', 'http://127.0.0.1/'], /argument|target|url/i],
  ['a space in the host', ['https://si te.test/'], /si te\.test/],
  ['a port beyond 65535', ['https://site.test:70000/'], /70000/],
  ['a port that is a word', ['site.test:https'], /site\.test:https/],
  ['an IPv4 address with five parts', ['http://1.2.3.4.5/'], /1\.2\.3\.4\.5/],
  ['an IPv6 address without its bracket', ['http://[::1/'], /\[::1/],
  ['no host', ['https://'], /https:\/\//],
  ['a scheme that is not walked', ['ftp://site.test/'], /ftp/],
  ['a scheme that runs code', ['javascript:alert(1)'], /javascript/],
  ['an unknown option', ['URL', '--frobnicate'], /--frobnicate/],
  ['a timeout that is a word', ['URL', '--timeout', 'soon'], /soon/],
  ['a timeout of zero', ['URL', '--timeout', '0'], /timeout/],
  ['a negative timeout', ['URL', '--timeout=-1'], /-1/],
  ['a timeout without a value', ['URL', '--timeout'], /--timeout/],
  ['a CA file that does not exist', ['URL', '--ca', join(directory, 'absent.pem')], /absent\.pem/],
  ['a CA file that is a directory', ['URL', '--ca', directory], /wirewalk-input-/],
  ['a CA file without a certificate', ['URL', '--ca', notPem], /not-pem\.txt/],
  ['a resolver that is a name', ['URL', '--resolver', 'dns.example'], /dns\.example/],
  ['a resolver with a bad port', ['URL', '--resolver', '127.0.0.1:99999'], /99999/],
  ['an address to connect to that is none', ['URL', '--connect-to', '1.2.3'], /1\.2\.3/],
  ['an expected status that is none', ['URL', '--expect-status', '2000'], /2000/],
  ['an expected network that is none', ['URL', '--expect-address', '10.0.0.0/99'], /10\.0\.0\.0\/99/],
  ['a header without a colon', ['URL', '--header', 'no colon here'], /no colon here/],
  ['a header that smuggles a line', ['URL', '--header', 'X-A: b\r\nX-C: d'], /header/i],
  ['a method that is no token', ['URL', '--method', 'GET /'], /GET \//],
];

describe('bad input', () => {
  it.each(rows)('%s is one line on standard error, exit 2, and nothing is sent', async (_, args, word) => {
    const before = dns.queries.length;
    const target = `http://site.test:${site.port}/`;
    const known = args.includes('--resolver') ? [] : ['--resolver', dns.endpoint];
    const run = await runCommand([...args.map((arg) => (arg === 'URL' ? target : arg)), ...known]);
    expect(run.stderr).toMatch(word);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([run.exitCode, run.stdout]).toEqual([2, '']);
    expect([dns.queries.length - before, site.connections]).toEqual([0, 0]);
  });

  it('standard input that is neither a file nor a stream cannot be read', () => {
    const words = ['-c', 'exec "$0" "$1" read - < /dev/udp/127.0.0.1/9', process.execPath, commandFile];
    const { status, stdout, stderr } = spawnSync('bash', words, { encoding: 'utf8', env: plainEnvironment() });
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/standard input.*neither a file nor a stream/)]);
    expect([status, stdout]).toEqual([2, '']);
  });

  it('a cause with a wrong letter is one that was meant', async () => {
    const { exitCode, stderr } = await runCommand(['explain', 'tls.chain-expird']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('did you mean tls.chain-expired?');
  });

  it('the same resolver and port are reached when the input is good', async () => {
    const run = await runCommand([`http://site.test:${site.port}/`, '--resolver', dns.endpoint, '--timeout', '1']);
    expect(run.exitCode).toBe(1);
    expect(dns.queries.length).toBeGreaterThan(0);
    expect(site.connections).toBeGreaterThan(0);
  });
});
