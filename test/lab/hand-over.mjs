// Stands in for the program in a lab run: walks with the real one, which writes every form of its report, then runs the commands with public tools
// that the report names, as a reader would, and adds all of it to the document.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const built = (path) => fileURLToPath(new URL(`../../dist/src/${path}`, import.meta.url));
const program = process.env.WIREWALK_PROGRAM ?? built('cli/main.js');
const { caseOf } = await import(built('report/case.js'));
const { publicCommands } = await import(built('report/public-commands.js'));
const { unpackArchive } = await import(built('system/zip-archive.js'));
const commandLimitMs = 25_000;

const folder = mkdtempSync(join(tmpdir(), 'wirewalk-hand-over-'));
try {
  const file = (name) => join(folder, name);
  const outputs = [
    '--markdown',
    file('sheet.md'),
    '--note',
    file('note.txt'),
    '--html',
    file('page.html'),
    '--bundle',
    file('evidence.zip'),
  ];
  const walked = spawnSync(process.execPath, [program, ...process.argv.slice(2), ...outputs], { encoding: 'utf8' });
  process.stderr.write(walked.stderr);
  const document = JSON.parse(walked.stdout);
  const text = (name) => readFileSync(file(name), 'utf8');
  const bundle = unpackArchive(readFileSync(file('evidence.zip')));
  document.handedOver = {
    worksheet: text('sheet.md'),
    note: text('note.txt'),
    html: text('page.html'),
    bundle: Object.fromEntries(Object.entries(bundle.files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])),
  };
  document.commandResults = publicCommands(caseOf(document)).map(({ checkpoint, command }) => {
    const { stdout, stderr, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: commandLimitMs });
    return { checkpoint, command, status, output: `${stdout}${stderr}` };
  });
  process.stdout.write(JSON.stringify(document));
  process.exitCode = walked.status ?? 70;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
