import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { checked, mountCall } from './libc.ts';

const bindFlag = 4096;

/** A memory file system, seen by this lab only: the process lives in its own mount namespace. */
export function mountMemory(folder: string): void {
  checked('mount', mountCall('lab', folder, 'tmpfs', 0, 'mode=755'));
}

/** The sysfs of the network namespace the thread is in. Returns false where the kernel does not allow it (masked /sys of a container). */
export function mountSysfs(): boolean {
  return mountCall('lab', '/sys', 'sysfs', 0, null) === 0;
}

/** What a path really is, before anything is mounted; null when it does not exist. */
export function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/**
 * Shows `content` at `path` within this lab: a bind mount over the real file, or, where the file lived below a folder that the lab has covered,
 * a file put there. `realFile` is what {@link realPath} said before.
 */
export function standIn(path: string, realFile: string | null, content: string, storeFile: string): void {
  writeFileSync(storeFile, content);
  if (realFile?.startsWith('/run/')) {
    mkdirSync(dirname(realFile), { recursive: true });
    writeFileSync(realFile, content);
    return;
  }
  if (realFile !== null) checked(`mount over ${path}`, mountCall(storeFile, realFile, null, bindFlag, null));
}
