import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/git-repository.js';
import { killedScheduler } from '../support/scheduler/killed-scheduler.js';
import type { SchedulerKill } from '../support/scheduler/killable-scheduler.js';
import { expectedJobs, hourMs, storyOf } from '../support/scheduler/week.js';

const whens = ['before', 'torn', 'after'] as const;

/** The same each time, and spread over the effects of a few turns. */
function kills(count: number, most: number): readonly SchedulerKill[] {
  let seed = 20_260_105;
  return Array.from({ length: count }, (_, number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return { at: 1 + (seed % most), when: whens[number % whens.length] ?? 'torn' };
  });
}

test('a scheduler killed by SIGKILL 200 times in a week starts every suite once (C1, C2)', async () => {
  const folder = await temporaryFolder('scheduler-kill');
  const story = storyOf({ days: 7, turnMs: hourMs / 2 });
  const outcome = await killedScheduler(folder.path, story, kills(200, 90));
  await folder.remove();
  const expected = expectedJobs(story);
  console.log(
    `${outcome.kills} kills in ${outcome.turns} turns; ${expected.length} suites were due, ${outcome.jobs.length} jobs`,
  );
  expect(outcome.jobs).toEqual(expected);
  expect(outcome.kills).toBe(200);
});
