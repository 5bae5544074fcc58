import { expect, test } from 'vitest';
import { runRandomSuite } from './run-random-suite.js';

const suites = 1000;

test('1,000 random suites in labs where much goes wrong double, lose and forget nothing', async () => {
  const conclusions: Record<string, number> = {};
  const sums = { jobs: 0, faultyCalls: 0, given_up: 0 };
  const failed: unknown[] = [];
  for (let seed = 1; seed <= suites; seed += 1) {
    const { outcome, jobs, faultyCalls, problems } = await runRandomSuite(seed);
    if (problems.length > 0) {
      failed.push({ seed, problems });
      console.log({ seed, problems });
    }
    sums.jobs += jobs;
    sums.faultyCalls += faultyCalls;
    if (outcome === null) sums.given_up += 1;
    for (const { conclusion } of outcome?.tests ?? []) conclusions[conclusion] = (conclusions[conclusion] ?? 0) + 1;
  }
  console.log({ suites, ...sums, conclusions });
  expect(failed).toEqual([]);
});
