import { defineConfig } from 'vitest/config';

/** No test asserts on the machine's speed, and neither does this: it ends what hangs. */
const HANGS_AFTER_MS = 120_000;

/**
 * Four projects: `unit` beside the sources, `simulation` on the virtual clock, `conformance` (the statements and the
 * proof that each can fail) and `e2e` (the CLI as a process, the page in Chromium, the packed tarball).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          exclude: ['src/**/*.simulation.test.ts'],
          testTimeout: HANGS_AFTER_MS,
        },
      },
      { test: { name: 'simulation', include: ['src/**/*.simulation.test.ts'], testTimeout: HANGS_AFTER_MS } },
      {
        test: {
          name: 'conformance',
          include: ['conformance/**/*.test.ts'],
          globalSetup: ['conformance/global-setup.ts'],
          testTimeout: HANGS_AFTER_MS,
        },
      },
      { test: { name: 'e2e', include: ['e2e/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 } },
    ],
  },
});
