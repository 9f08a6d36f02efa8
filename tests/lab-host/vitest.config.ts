import { defineConfig } from 'vitest/config';

/** On the real lab host; needs root. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    globalSetup: ['./setup.ts'],
    // Vitest sets MODE for itself; ours has another meaning.
    env: { MODE: '' },
    testTimeout: 90_000,
    hookTimeout: 90_000,
    fileParallelism: false,
  },
});
