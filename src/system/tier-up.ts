import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode a function runs through before V8 takes it for hot; V8 11 itself says 135,168. */
const budget = 400_000;

/**
 * Optimizes later what is hot: for a process that spends its time in a few loops over hundreds of megabytes, and runs everything else a few hundred times.
 * Those loops are optimized all the same; for the rest, the compiler costs more than it ever saves. Does nothing where the engine is not the one this was
 * measured on.
 */
export function optimizeLoopsOnly(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${budget}`);
}
