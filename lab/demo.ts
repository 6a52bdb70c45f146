import { processEnvironment, wantsColour } from '../src/cli/environment.ts';
import { packageVersion } from '../src/cli/version.ts';
import { colourStyle, plainStyle } from '../src/report/style.ts';
import { acts, demonstrate } from './loopback/demonstration.ts';

/**
 * `npm run demo`: a site on loopback with a real resolver, TLS and HTTP, healthy first and then broken in five ways, each walked by the real engine over
 * real sockets. Needs neither a network nor privileges. Exits 1 when a verdict is not what was broken. `--full` shows of every walk what a user sees.
 */
const { stdout } = processEnvironment(packageVersion());
const wrong = await demonstrate(acts, {
  write: (text) => stdout.write(text),
  style: wantsColour(stdout, process.env, false) ? colourStyle : plainStyle,
  columns: stdout.columns,
  showsAll: process.argv.includes('--full'),
});
process.exitCode = wrong === 0 ? 0 : 1;
