// Stands in for the program in a lab run: walks with the real one, then runs the commands that its verdict recommends, as a reader would, and
// adds what they print to the document.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = process.env.WIREWALK_PROGRAM ?? fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const commandLimitMs = 20_000;

const walked = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { encoding: 'utf8' });
process.stderr.write(walked.stderr);
const document = JSON.parse(walked.stdout);
const commands = document.verdict.next.flatMap(({ command }) => (command === undefined ? [] : [command]));
document.commandResults = commands.map((command) => {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: commandLimitMs });
  return { command, status, output: `${stdout}${stderr}` };
});
process.stdout.write(JSON.stringify(document));
process.exitCode = walked.status ?? 70;
