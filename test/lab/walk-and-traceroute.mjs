// Stands in for the program in a lab run: walks with the real one, without any privilege, then traces the same path with traceroute, which needs
// the right to send raw packets, and adds what it prints to the document.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const unprivileged = ['--inh-caps=-all', '--ambient-caps=-all'];

const walked = spawnSync('setpriv', [...unprivileged, process.execPath, program, ...process.argv.slice(2)], { encoding: 'utf8' });
process.stderr.write(walked.stderr);
const document = JSON.parse(walked.stdout);
const path = document.evidence.find(({ kind }) => kind === 'route.path-traced');
const { address, port } = path.destination;
const family = address.includes(':') ? '-6' : '-4';
const traced = spawnSync('traceroute', [family, '-n', '-T', '-p', String(port), '-q', String(path.rounds), address], { encoding: 'utf8' });
document.traceroute = `${traced.stdout}${traced.stderr}`;
process.stdout.write(JSON.stringify(document));
process.exitCode = walked.status ?? 70;
