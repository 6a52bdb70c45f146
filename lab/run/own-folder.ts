import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of this user's own below the temporary folder; null when somebody else has put one there. */
export function ownFolder(): string | null {
  const user = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `wirewalk-lab-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  return uid === user && (mode & 0o022) === 0 ? folder : null;
}
