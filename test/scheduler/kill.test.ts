import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../support/git-repository.js';
import { killedScheduler } from '../support/scheduler/killed-scheduler.js';
import { expectedJobs, hourMs, storyOf } from '../support/scheduler/week.js';

// 200 kills over a week: npm run test:soak

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder('scheduler-kill');
});
afterEach(() => folder.remove());

test('a scheduler killed by SIGKILL again and again starts every suite of a day once (C1, C2)', async () => {
  const story = storyOf({ days: 1, turnMs: 3 * hourMs });
  const kills = [7, 22, 45, 60, 75, 90].map((at, number) => ({ at, when: whens[number % 3] ?? 'torn' }));
  const { kills: killed, jobs } = await killedScheduler(folder.path, story, kills);
  expect(jobs).toEqual(expectedJobs(story));
  expect(killed).toBe(kills.length);
});

test('of two processes that share a lease, killed in turns, each suite is started once (C1)', async () => {
  const story = storyOf({ days: 1, turnMs: 4 * hourMs });
  const kills = [30, 55, 40, 35].map((at, number) => ({ at, when: whens[number % 3] ?? 'torn' }));
  const { kills: killed, jobs } = await killedScheduler(folder.path, story, kills, ['a', 'b']);
  expect(jobs).toEqual(expectedJobs(story));
  expect(killed).toBeGreaterThan(1);
});

const whens = ['before', 'torn', 'after'] as const;
