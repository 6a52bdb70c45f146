import { createHash } from 'node:crypto';
import type { Hasher } from '../ports/hasher.ts';

export const systemHasher: Hasher = {
  base64: (algorithm, content) => createHash(algorithm).update(content).digest('base64'),
};
