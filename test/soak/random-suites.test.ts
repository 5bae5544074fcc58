import { expect, test } from 'vitest';
import { runRandomSuite } from './run-random-suite.js';

// 1,000 of them: npm run test:soak

const seeds = Array.from({ length: 15 }, (_, index) => index + 1);

test.each(seeds)(
  'a random suite in a lab where much goes wrong doubles, loses and forgets nothing: seed %i',
  async (seed) => {
    const { problems } = await runRandomSuite(seed);
    expect({ seed, problems }).toEqual({ seed, problems: [] });
  },
);
