import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Walked } from './scenario.ts';

/** Writes the authority's certificate into a file of `directory` and returns its path. */
export function authorityFile(pem: string, directory: string): string {
  const file = join(directory, 'authority.pem');
  writeFileSync(file, pem);
  return file;
}

/** The command line of a row; see {@link authorityFile} for `directory`. */
export function commandLine(walked: Walked, directory: string): string[] {
  const args = [walked.url];
  for (const resolver of walked.resolvers ?? []) args.push('--resolver', resolver);
  if (walked.ca !== undefined) args.push('--ca', authorityFile(walked.ca, directory));
  if (walked.proxy !== undefined) args.push('--proxy', walked.proxy);
  if (walked.timeoutSeconds !== undefined) args.push('--timeout', String(walked.timeoutSeconds));
  if (walked.expectStatus !== undefined) args.push('--expect-status', String(walked.expectStatus));
  if (walked.expectText !== undefined) args.push('--expect-text', walked.expectText);
  if (walked.family !== undefined) args.push(`-${walked.family}`);
  return args;
}
