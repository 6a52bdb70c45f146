/**
 * Puts what one command loads into few files: every module less is a file not to open and a link not to make, which is most of what a short run takes.
 * Writes dist/src/cli/main.js and parts beside it, in place of the compiled main.js; the modules that the package offers to programs stay as they are.
 * The lab, and what has native parts, are loaded from where they are. What runs in the thread that reads ahead becomes one file too:
 * dist/src/system/read-ahead-thread.cjs, as a thread starts faster from one file, and from one of this kind.
 *
 *   node scripts/one-file.mjs
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const folder = fileURLToPath(new URL('../dist/src/cli/', import.meta.url));
const entry = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
/** As the parts find it. */
const lab = '../../lab/command.js';
/**
 * One part for reading, which holds what every command shares; one for what walking needs besides; what few runs need stays in parts of its own. What
 * main.js itself needs must be in neither: it waits for them.
 */
const groups = [
  { name: 'start', test: /\/src\/(cli\/(version|exit-code|compiled-program)|system\/read-thread)\.ts$/, priority: 3 },
  { name: 'read', test: /\/src\/cli\/(process|commands\/read)\.ts$/, priority: 2 },
  {
    name: 'walk',
    test: /\/src\/(cli\/commands\/walk|system\/(ports|trust-store)|probe\/page\/(examination|comparison))\.ts$/,
    priority: 1,
  },
];

/** Comments are a third of what would be parsed; names stay, for the stack traces that WIREWALK_DEBUG=1 asks for. */
const small = { minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } }, comments: { legal: false } };

for (const name of readdirSync(folder)) if (name.startsWith('part-')) rmSync(`${folder}${name}`);
const bundle = await rolldown({
  input: { main: entry },
  platform: 'node',
  // A module that one part loads on demand and another always is no mistake.
  checks: { ineffectiveDynamicImport: false },
  external: /^(koffi|chrome-remote-interface|node:.*)$/,
  plugins: [{ name: 'lab', resolveId: (id) => (id.endsWith('/lab/command.ts') ? { id: lab, external: true } : null) }],
});
const { output } = await bundle.write({
  dir: folder,
  cleanDir: false,
  format: 'esm',
  entryFileNames: 'main.js',
  minifyInternalExports: false,
  chunkFileNames: 'part-[name]-[hash].js',
  ...small,
  codeSplitting: { groups },
});
await bundle.close();
const thread = await rolldown({ input: fileURLToPath(new URL('../src/system/read-ahead-thread.ts', import.meta.url)), platform: 'node' });
await thread.write({ file: fileURLToPath(new URL('../dist/src/system/read-ahead-thread.cjs', import.meta.url)), format: 'cjs', ...small });
await thread.close();
writeFileSync(`${folder}LICENSES-OF-PARTS.txt`, licences(output));

/** The licences of the packages that the parts hold code of, as these ask for. */
function licences(chunks) {
  const modules = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []));
  const packages = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []));
  return [...packages]
    .sort()
    .map((place) => {
      const { name, version } = JSON.parse(readFileSync(`${place}/package.json`, 'utf8'));
      const file = readdirSync(place).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`${name} comes without a licence`);
      return `${name} ${version}\n\n${readFileSync(`${place}/${file}`, 'utf8').trim()}\n`;
    })
    .join('\n----\n\n');
}
