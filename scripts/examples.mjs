// Runs every example as a user would, and the examples that are tests.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { report, root, run } from './run.mjs';

const limitMs = 60_000;
const files = await readdir(join(root, 'examples'));
const tests = [...files.filter((name) => name.endsWith('.test.ts')), 'recipes'];
const programs = files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort();

await report([
  ...programs.map((name) => ({
    name,
    check: () => run('tsx', ['--tsconfig', 'tsconfig.json', join('examples', name)], { timeoutMs: limitMs }),
  })),
  ...tests.map((name) => ({
    name,
    check: () => run('vitest', ['run', join('examples', name)], { timeoutMs: limitMs }),
  })),
]);
