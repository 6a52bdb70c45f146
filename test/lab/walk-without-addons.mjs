// Stands in for the program in a lab run: walks with the real one where no native addon can be loaded, as on a machine without koffi.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const walked = spawnSync(process.execPath, ['--no-addons', program, ...process.argv.slice(2)], { stdio: ['ignore', 'inherit', 'inherit'] });
process.exitCode = walked.status ?? 70;
