import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'adapters/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 15_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
    maxWorkers: 2,
  },
});
