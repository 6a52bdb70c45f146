import { readFileSync } from 'node:fs';
import type { Failure } from '../model/failure.ts';
import { fileFailureOf } from './errno.ts';

/** The built package lies one folder deeper than the sources. */
const folders = ['../../data/', '../../../data/'];

/** A file of this package's data, in one piece: by pieces, as reading in the background does it, it takes three times as long. */
export function readDataFile(name: string): Uint8Array | Failure {
  let last: Failure = { name: 'unknown', raw: `no ${name}` };
  for (const folder of folders) {
    try {
      return readFileSync(new URL(`${folder}${name}`, import.meta.url));
    } catch (error) {
      last = fileFailureOf(error);
    }
  }
  return last;
}
