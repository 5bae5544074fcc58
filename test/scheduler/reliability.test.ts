import { afterEach, describe, expect, test } from 'vitest';
import { memoryLease, StaleLeaseError, type Ledger } from '../../src/index.js';
import { faultProxy } from '../../src/testing/index.js';
import { HttpAfeClient } from '../../src/index.js';
import { faultyLedger, slowLedger } from '../support/scheduler/ledgers.js';
import { storyBench, takeTurns, type StoryBench } from '../support/scheduler/in-process.js';
import { expectedJobs, hourMs, storyOf } from '../support/scheduler/week.js';

const benches: StoryBench[] = [];
afterEach(async () => {
  await Promise.all(benches.splice(0).map(({ lab }) => lab.close()));
});

const story = storyOf({ days: 3, turnMs: hourMs });
const expected = expectedJobs(story);

async function bench(): Promise<StoryBench> {
  const made = await storyBench(story);
  benches.push(made);
  return made;
}

test('a story without trouble has each suite once', async () => {
  const made = await bench();
  const scheduler = made.scheduler();
  await takeTurns(made, story, () => scheduler.turn());
  expect(made.jobs()).toEqual(expected);
});

describe('two schedulers', () => {
  test.each([1, 2, 3])('on one ledger, without a lease, start each suite once: interleaving %i (C1)', async (seed) => {
    const made = await bench();
    const schedulers = [1, 2].map((number) => made.scheduler({ ledger: slowLedger(made.ledger, seed * 10 + number) }));
    await takeTurns(made, story, () => Promise.all(schedulers.map((scheduler) => scheduler.turn())));
    expect(made.jobs()).toEqual(expected);
  });
});

describe('an answer of create_suite_job that is lost', () => {
  test('in one of five calls doubles and loses nothing (C1)', async () => {
    const made = await bench();
    const fault = made.lab.faults.add({ method: 'create_suite_job', kind: 'lose-answer', probability: 0.2 });
    const scheduler = made.scheduler();
    await takeTurns(made, story, () => scheduler.turn());
    expect(fault.hits).toBeGreaterThan(5);
    expect(made.jobs()).toEqual(expected);
  });

  test('on a bad network doubles and loses nothing (C1)', async () => {
    const made = await bench();
    const { lab, clock } = made;
    const proxy = await faultProxy({ target: (await lab.listen()).afe, clock, seed: 7 });
    proxy.add({
      kind: ['drop-after', 'status-504', 'truncate', 'corrupt', 'reset-after', 'drop-before'],
      probability: 0.2,
    });
    const scheduler = made.scheduler({ lab: { afe: proxy.url } });
    await takeTurns(made, story, () => scheduler.turn());
    await scheduler.close();
    await proxy.close();
    expect(made.jobs()).toEqual(expected);
  });
});

describe('a ledger that fails', () => {
  test.each([1, 2, 3, 4])('now and then loses and doubles nothing: seed %i (C9)', async (seed) => {
    const made = await bench();
    const { ledger, failures } = faultyLedger(made.ledger, { share: 0.04, seed });
    const scheduler = made.scheduler({ ledger });
    await takeTurns(made, story, async () => {
      // As `run` does, only without the wait.
      for (let isTaken = false; !isTaken;) {
        isTaken = await scheduler.turn().then(
          () => true,
          () => false,
        );
      }
    });
    expect(failures()).toBeGreaterThan(50);
    expect(made.jobs()).toEqual(expected);
  });
});
