import { defineConfig, type ViteUserConfig } from 'vitest/config';

/**
 * `unit` needs nothing but Node; `loopback` opens real sockets on 127.0.0.0/8 and ::1; `browser` opens pages from disk in Chromium; `lab` builds networks in namespaces
 * with real servers and states why when it cannot (a failure where CI is set); `corpora` reads captures of other projects where
 * WIREWALK_CORPORA names their folder, and says so where it does not; `fuzz` reads damaged captures, a few hundred thousand of them.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      // Property tests take seconds where both cores are busy.
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts', 'lab/**/*.test.ts'], testTimeout: 60_000 } },
      // After the others, alone: it keeps both cores busy with real servers, and measures time.
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      { test: { name: 'corpora', include: ['test/corpora/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000 } },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'] } },
      { test: { name: 'loopback', include: ['test/loopback/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 } },
    ],
  },
});

export default config;
