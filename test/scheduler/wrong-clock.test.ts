import { afterEach, describe, expect, test } from 'vitest';
import { storyBench, takeTurns, wrongClock, type StoryBench } from '../support/scheduler/in-process.js';
import { expectedJobs, hourMs, storyOf } from '../support/scheduler/week.js';

const dayMs = 24 * hourMs;

const benches: StoryBench[] = [];
afterEach(async () => {
  await Promise.all(benches.splice(0).map(({ lab }) => lab.close()));
});

const story = storyOf({ days: 3, turnMs: hourMs });
const expected = expectedJobs(story);

/** What is at the AFE when the clock was wrong by so much in one of every so many turns. */
async function jobsWithClock(wrongByMs: number, isWrong: (at: number) => boolean): Promise<readonly string[]> {
  const made = await storyBench(story);
  benches.push(made);
  const clock = wrongClock(made.clock);
  const scheduler = made.scheduler({ clock });
  await takeTurns(made, story, async (_, at) => {
    clock.set(isWrong(at) ? wrongByMs : 0);
    await scheduler.turn();
  });
  return made.jobs();
}

describe('a clock that is wrong for a turn now and then', () => {
  test.each([
    { what: 'a year ahead', wrongByMs: 365 * dayMs },
    { what: 'an hour behind', wrongByMs: -hourMs },
    { what: 'a day behind', wrongByMs: -dayMs },
    { what: 'a year behind', wrongByMs: -365 * dayMs },
  ])('by $what loses and doubles nothing (C2, C9)', async ({ wrongByMs }) => {
    for (const phase of [1, 4]) {
      const jobs = await jobsWithClock(wrongByMs, (at) => at % 6 === phase);
      expect({ phase, jobs: jobs.filter(isOfTime) }).toEqual({ phase, jobs: expected.filter(isOfTime) });
      expect(new Set(jobs).size).toBe(jobs.length);
    }
  });

  test.each([
    { what: 'an hour', wrongByMs: hourMs },
    { what: 'a day', wrongByMs: dayMs },
    { what: 'ten days', wrongByMs: 10 * dayMs },
  ])('ahead by $what starts some suites of the time early, and loses and doubles no build', async ({ wrongByMs }) => {
    const jobs = await jobsWithClock(wrongByMs, (at) => at % 6 === 1);
    const isOfBuild = (name: string) => name.endsWith('.smoke');
    expect(jobs.filter(isOfBuild)).toEqual(expected.filter(isOfBuild));
    expect(new Set(jobs).size).toBe(jobs.length);
  });
});

/** Which build is the next one after a new Chrome depends on the turn in which either is seen. */
function isOfTime(name: string): boolean {
  return !name.endsWith('.chrome');
}
