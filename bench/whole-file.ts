import { existsSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Makes a file unless it is there. It has its name only once it is whole: what a run leaves that fails, or is interrupted, no later run takes for it. Its
 * name's ending it has from the beginning: AppArmor lets tcpdump write to files that end in `.pcap`.
 */
export async function wholeFile(path: string, make: (path: string) => void | Promise<void>): Promise<void> {
  if (existsSync(path)) return;
  const part = join(dirname(path), `part-${basename(path)}`);
  await make(part);
  renameSync(part, path);
}
