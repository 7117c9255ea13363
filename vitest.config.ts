import { defineConfig } from 'vitest/config';

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
          // No test asserts on speed, and machines are shared: a test ends by what it waits for.
          testTimeout: 60_000,
        },
      },
      { test: { name: 'simulation', include: ['src/**/*.simulation.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'conformance',
          include: ['conformance/**/*.test.ts'],
          globalSetup: ['conformance/global-setup.ts'],
          testTimeout: 60_000,
        },
      },
      { test: { name: 'e2e', include: ['e2e/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 } },
    ],
  },
});
