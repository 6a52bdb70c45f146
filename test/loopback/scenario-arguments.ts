import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Walked } from './scenario.ts';

/** The command line of a row; the authority's certificate goes into a file of `directory`. */
export function commandLine(walked: Walked, directory: string): string[] {
  const args = [walked.url];
  for (const resolver of walked.resolvers ?? []) args.push('--resolver', resolver);
  if (walked.ca !== undefined) {
    const file = join(directory, 'authority.pem');
    writeFileSync(file, walked.ca);
    args.push('--ca', file);
  }
  if (walked.timeoutSeconds !== undefined) args.push('--timeout', String(walked.timeoutSeconds));
  if (walked.expectStatus !== undefined) args.push('--expect-status', String(walked.expectStatus));
  if (walked.expectText !== undefined) args.push('--expect-text', walked.expectText);
  if (walked.family !== undefined) args.push(`-${walked.family}`);
  return args;
}
