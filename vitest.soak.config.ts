import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Tests that take minutes, and so are not in the gate: `npm run test:soak`. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({ test: { include: ['test/**/*.soak.ts'], testTimeout: 30 * 60_000, disableConsoleIntercept: true } }),
);
