import { loadCLibrary } from './foreign-functions.ts';
import { pendingLookups } from './name-lookup.ts';

/**
 * Ends this process with `code` without waiting for threads. `process.exit` joins the thread pool, so a name lookup that a silent resolver
 * keeps would hold the exit for up to ten seconds; then libc's `_exit` is called instead, where koffi loads. Standard output and standard
 * error are flushed first. 'exit' listeners run in either case.
 */
export async function exitNow(code: number): Promise<never> {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  if (pendingLookups() > 0) {
    const library = await loadCLibrary();
    if ('function' in library) {
      process.exitCode = code;
      process.emit('exit', code);
      library.function('void _exit(int code)')(code);
    }
  }
  process.exit(code);
}

/** Resolves when everything written so far was handed to the kernel, or can no longer be (a reader that went away). */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded || stream.writableLength === 0) return resolve();
    stream.once('error', () => resolve());
    stream.once('close', () => resolve());
    stream.write('', () => resolve());
  });
}
