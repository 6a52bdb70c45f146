import { existsSync, renameSync } from 'node:fs';

/** Makes a file unless it is there. It has its name only once it is whole: what a run leaves that fails, or is interrupted, no later run takes for it. */
export async function wholeFile(path: string, make: (path: string) => void | Promise<void>): Promise<void> {
  if (existsSync(path)) return;
  const part = `${path}.part`;
  await make(part);
  renameSync(part, path);
}
