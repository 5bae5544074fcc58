import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^dynamic-suite$/, replacement: source('index.ts') },
      { find: /^dynamic-suite\/testing$/, replacement: source('testing/index.ts') },
      { find: /^dynamic-suite\/testing\/msw$/, replacement: source('testing-msw/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    testTimeout: 20_000,
    // Modules of this package keep no state, so test files can share them: to load them anew for each takes twice as long.
    isolate: false,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90, functions: 90, branches: 85, statements: 90 },
    },
  },
});
