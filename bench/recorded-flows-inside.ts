import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { clientLink, serverAddress, serverAddress6, zoneName } from './flow-plan.ts';

/** The first process of the sandbox: stands a client and a server, makes the client ask, and records it. Arguments: own folder, capture file, requests. */
const [folder = '', captureFile = '', countText = '0'] = process.argv.slice(2);
const count = Number(countText);
const askers = 3;

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: 'inherit' });
}

function start(place: 'client' | 'server', command: string, ...words: string[]): ChildProcess {
  return spawn('ip', ['netns', 'exec', place, command, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
}

execFileSync('mount', ['-t', 'tmpfs', 'flows', '/run']);
for (const place of ['client', 'server']) ip('netns', 'add', place);
ip('-n', 'client', 'link', 'add', clientLink, 'type', 'veth', 'peer', 'name', 'wire1', 'netns', 'server');
for (const [place, link, address, address6] of [
  ['client', clientLink, '10.9.0.2', 'fd09::2'],
  ['server', 'wire1', serverAddress, serverAddress6],
] as const) {
  ip('-n', place, 'addr', 'add', `${address}/24`, 'dev', link);
  ip('-n', place, 'addr', 'add', `${address6}/64`, 'dev', link, 'nodad');
  ip('-n', place, 'link', 'set', link, 'up');
}
// Every port may serve again soon: a host that asks a thousand times a second has used them all within a minute.
for (const setting of ['ip_local_port_range=1024 65000', 'tcp_tw_reuse=1'])
  execFileSync('ip', [
    'netns',
    'exec',
    'client',
    'sh',
    '-c',
    `echo "${setting.split('=')[1]}" > /proc/sys/net/ipv4/${setting.split('=')[0]}`,
  ]);

const loss = 'numgen random mod 1000 < 2 drop';
const rules = [
  'table inet loss {',
  'chain in {',
  'type filter hook input priority 0',
  'tcp dport 10 drop',
  `tcp dport {80,443} ${loss}`,
  '}',
  'chain out {',
  'type filter hook output priority 0',
  `tcp sport {80,443} ${loss}`,
  '}',
  '}',
];
execFileSync('ip', ['netns', 'exec', 'server', 'nft', '-f', '-'], {
  input: `${rules.join('\n')}\n`,
  stdio: ['pipe', 'inherit', 'inherit'],
});

mkdirSync(join(folder, 'temp'));
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/temp/${kind};`);
const locations = [`location / { return 200 "${'x'.repeat(200)}"; }`, 'location /bad { return 502; }'];
writeFileSync(
  join(folder, 'nginx.conf'),
  [
    'user root root;',
    'daemon off;',
    'master_process off;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr crit;',
    'events { worker_connections 8192; }',
    'http {',
    'access_log off;',
    ...temporary,
    'server { listen 80 backlog=4096; listen [::]:80 backlog=4096;',
    ...locations,
    '}',
    'server { listen 443 ssl backlog=4096; listen [::]:443 ssl backlog=4096;',
    `ssl_certificate ${folder}/chain.pem;`,
    `ssl_certificate_key ${folder}/key.pem;`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
    ...locations,
    '}',
    '}',
  ].join('\n'),
);
writeFileSync(
  join(folder, 'zone'),
  [
    `$ORIGIN ${zoneName}.`,
    '@ 300 IN SOA ns hostmaster 1 3600 600 86400 60',
    '@ 300 IN NS ns',
    `ns 300 IN A ${serverAddress}`,
    `*.ok 300 IN A ${serverAddress}`,
    `*.ok 300 IN AAAA ${serverAddress6}`,
    '',
  ].join('\n'),
);
writeFileSync(
  join(folder, 'knot.conf'),
  [
    'server:',
    `  listen: [${serverAddress}@53, ${serverAddress6}@53]`,
    `  rundir: ${folder}`,
    'database:',
    `  storage: ${folder}`,
    'zone:',
    `  - domain: ${zoneName}`,
    `    file: ${folder}/zone`,
    '',
  ].join('\n'),
);
const servers = [
  start('server', 'nginx', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')),
  start('server', 'knotd', '-c', join(folder, 'knot.conf')),
];
const recorder = start('client', 'tcpdump', '-i', clientLink, '-B', '65536', '-Z', 'root', '-w', captureFile);
await wait(1500);
if ([...servers, recorder].some(({ exitCode }) => exitCode !== null)) throw new Error('a server or the recorder did not start');

const client = fileURLToPath(new URL('flow-client.js', import.meta.url));
const share = Math.ceil(count / askers);
const clients = Array.from({ length: askers }, (_, i) =>
  start('client', process.execPath, client, `${i * share}`, `${Math.min(share, count - i * share)}`),
);
const codes = await Promise.all(clients.map(ended));
await wait(500);
const recorded = ended(recorder);
// `ip netns exec` becomes the program that it starts.
recorder.kill('SIGINT');
await recorded;
for (const server of servers) server.kill('SIGKILL');
if (codes.some((code) => code !== 0) || readFileSync(captureFile).length < 1000) process.exitCode = 1;
