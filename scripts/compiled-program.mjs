/**
 * Puts the command into one file, has this engine compile it by running it, and keeps what was compiled beside it: dist/src/cli/program.cjs and
 * program-<read or walk>-<version of V8>-<architecture>.compiled, which src/cli/compiled-program.ts loads. Where another engine runs the command, it does
 * without.
 *
 *   node scripts/compiled-program.mjs
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { rolldown } from 'rolldown';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const folder = path('dist/src/cli/');
const sourceFile = `${folder}program.cjs`;
const compiledFor = (command) => `${folder}program-${command}-${process.versions.v8}-${process.arch}.compiled`;
const [role, ...args] = process.argv.slice(2);

if (role === 'run') run(...args);
else await make();

async function make() {
  // The engine takes what was compiled for any source of the same length.
  for (const name of readdirSync(folder)) if (name.endsWith('.compiled')) rmSync(`${folder}${name}`);
  const { output } = await bundle(path('src/cli/process.ts'), {
    format: 'cjs',
    dynamicImportInCjs: false,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    comments: { legal: false },
  });
  writeFileSync(sourceFile, `(function (exports, require, module, __filename) {${plain(output[0].code)}\n})`);
  const work = mkdtempSync(join(tmpdir(), 'wirewalk-build-'));
  const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>a page</title>'));
  try {
    const captures = await ownCaptures(work);
    await compileBy('read', ['read', ...captures]);
    await compileBy('read', ['read', '--json', ...captures]);
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    const url = `http://127.0.0.1:${site.address().port}/`;
    await compileBy('walk', [url]);
    await compileBy('walk', [url, '--json']);
  } finally {
    site.close();
    rmSync(work, { recursive: true });
  }
}

/** The same source in ASCII, which is quicker to read: half as much memory, and nothing to decode. */
function plain(code) {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code)) throw new Error('what is taken raw cannot be escaped');
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function bundle(input, output) {
  const build = await rolldown({
    input,
    platform: 'node',
    checks: { ineffectiveDynamicImport: false },
    external: /^(koffi|chrome-remote-interface|node:.*)$|\/lab\/command\.ts$/,
  });
  try {
    return await build.generate({ codeSplitting: false, ...output });
  } finally {
    await build.close();
  }
}

/** Captures of many happenings, so that what reads and judges them gets compiled. */
async function ownCaptures(work) {
  const { output } = await bundle(path('fixtures/captures/make/collection.ts'), { format: 'esm' });
  writeFileSync(join(work, 'captures.mjs'), output[0].code);
  const { ownCaptures } = await import(join(work, 'captures.mjs'));
  return ownCaptures().map(({ name, bytes }) => {
    writeFileSync(join(work, name), bytes);
    return join(work, name);
  });
}

/** Runs the command once in a process of its own, which adds what it compiled. Whatever the command says: it is not for its verdict. */
async function compileBy(command, words) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'run', compiledFor(command), ...words], { stdio: 'ignore' });
  await once(child, 'exit');
}

function run(compiledFile, ...words) {
  let cachedData;
  try {
    cachedData = readFileSync(compiledFile);
  } catch {
    // the first run
  }
  const script = new Script(readFileSync(sourceFile, 'latin1'), { filename: sourceFile, cachedData });
  // Else the engine forgets what was not run for a while, and how much that is depends on the machine.
  setFlagsFromString('--no-flush-bytecode');
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(sourceFile), module, sourceFile);
  process.on('exit', () => {
    // What was compiled with other flags is not taken.
    setFlagsFromString('--flush-bytecode');
    writeFileSync(`${compiledFile}.new`, script.createCachedData());
    renameSync(`${compiledFile}.new`, compiledFile);
  });
  module.exports.runInProcess(words, '0');
}
