import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { matchesIntegrity } from './integrity.ts';

const content = new TextEncoder().encode('alert(1)');
const hash = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('base64');
const sha256 = `sha256-${hash('sha256', content)}`;
const sha512 = `sha512-${hash('sha512', content)}`;

test.each([
  [sha256, true],
  [`sha256-AAAA ${sha256}`, true],
  ['sha256-AAAA', false],
  // The strongest function alone counts.
  [`${sha256} sha512-AAAA`, false],
  [`sha256-AAAA ${sha512}?opt`, true],
  ['md5-AAAA', true],
  ['', true],
])('%s matches: %j', (integrity, matches) => expect(matchesIntegrity(integrity, content, hash)).toBe(matches));
