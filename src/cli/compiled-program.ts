import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

export type Program = typeof import('./process.ts');

/** What `scripts/compiled-program.mjs` makes: the program in one file, and what the engine made of it. */
const sourceFile = 'program.cjs';
/** Captures are read with other parts of it than the network is, and what was compiled is loaded whole. */
const compiledFor = (command: 'read' | 'walk'): string => `program-${command}-${process.versions.v8}-${process.arch}.compiled`;

/**
 * The program as this very engine has compiled it before, which halves what a short run takes; null where the package was built with another one, and for
 * the lab, whose modules are where they are. The engine looks at version and flags itself, and compiles anew where they are others.
 */
export function compiledProgram(args: readonly string[]): Program | null {
  if (args[0] === 'lab') return null;
  let source: string;
  let cachedData: Buffer;
  try {
    cachedData = readFileSync(new URL(compiledFor(args[0] === 'read' ? 'read' : 'walk'), import.meta.url));
    // It is ASCII, which is read the quicker so.
    source = readFileSync(new URL(sourceFile, import.meta.url), 'latin1');
  } catch {
    return null; // not built, or by another engine
  }
  const filename = fileURLToPath(new URL(sourceFile, import.meta.url));
  const wrapper = new Script(source, { filename, cachedData }).runInThisContext() as (
    exports: object,
    require: NodeJS.Require,
    module: { exports: unknown },
    filename: string,
  ) => void;
  const module = { exports: {} };
  wrapper(module.exports, createRequire(filename), module, filename);
  return module.exports as Program;
}
