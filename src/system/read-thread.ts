import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';

/** As the modules and what is bundled of them find it: they lie in neighbouring folders. */
const threadFile = new URL('../system/read-ahead-thread.cjs', import.meta.url);
/** Below this a second thread costs more than it saves. */
const leastBytes = 134_217_728;

/** Whether a file is read faster with a thread beside the main one. */
export function isWorthReadThread(path: string): boolean {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size >= leastBytes && availableParallelism() > 1;
  } catch {
    return false;
  }
}

/** Starts the thread, which takes as long as to read some ten megabytes. Null where threads are not permitted. */
export async function startReadThread(file: URL = threadFile): Promise<Worker | null> {
  const { Worker: Thread } = await import('node:worker_threads');
  try {
    const thread = new Thread(file, { stdin: false, execArgv: [], env: {} });
    // Who cannot start, or fails, leaves everything to the main thread.
    thread.on('error', () => {});
    thread.unref();
    return thread;
  } catch {
    return null;
  }
}
