import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['server/**/*.test.ts', 'src/**/*.test.ts', 'labs/**/*.test.ts'],
    testTimeout: 20_000,
  },
});
