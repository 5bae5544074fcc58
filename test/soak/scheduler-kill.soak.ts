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

test.each([
  { what: 'a scheduler', sharers: [null] },
  { what: 'two schedulers that share a lease', sharers: ['a', 'b'] },
])('$what, killed by SIGKILL 200 times in a week: every suite is started once (C1, C2)', async ({ sharers }) => {
  const folder = await temporaryFolder('scheduler-kill');
  const story = storyOf({ days: 7, turnMs: hourMs / 2 });
  const outcome = await killedScheduler(folder.path, story, kills(200, 90), sharers);
  await folder.remove();
  const expected = expectedJobs(story);
  const doubled = outcome.jobs.length - new Set(outcome.jobs).size;
  const lost = expected.filter((name) => !outcome.jobs.includes(name)).length;
  console.log(
    `${outcome.kills} kills, ${outcome.turns} turns, ${expected.length} suites: ${doubled} doubled, ${lost} lost`,
  );
  expect(outcome.jobs).toEqual(expected);
  expect(outcome.kills).toBe(200);
});
