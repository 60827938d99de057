import { defineConfig } from 'vitest/config';

/** They measure time while they load the machine, or load it so much that others could not. */
const ALONE = [
  'tests/runtime-node/cache-faults.test.ts',
  'tests/runtime-node/limits-cluster.test.ts',
  'tests/deploy/compose-live.test.ts',
];
const ALL = ['src/**/*.test.ts', 'adapters/**/*.test.ts', 'tests/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 15_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
    // Where the tests of two files share a small machine, a deadline of the gateway's own (50 ms for Redis) passes by chance now and
    // then. A test that fails twice is wrong; the report says which were run again.
    retry: process.env.CI === undefined ? 0 : 1,
    projects: [
      {
        extends: true,
        test: { name: 'together', include: ALL, exclude: ALONE, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
