import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { killedStory } from '../support/killed-child.js';
import { undisturbed } from '../support/killable-suite.js';

// 200 kills, each in a lab of its own: npm run test:soak

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('a process killed by SIGKILL again and again leaves nothing doubled, lost or torn when it ends (S2)', async () => {
  const { gist, kills, problems } = await killedStory(folder, [
    { at: 12, when: 'after' },
    { at: 16, when: 'before' },
    { at: 22, when: 'torn' },
  ]);
  expect(kills).toBe(3);
  expect(gist).toEqual(undisturbed);
  expect(problems).toEqual([]);
});
