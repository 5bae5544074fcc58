import { afterEach, describe, expect, test } from 'vitest';
import { labStatusPage } from '../../src/index.js';
import { faultProxy } from '../../src/testing/index.js';
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

describe('an AFE that is away', () => {
  test('for hours, over a night too, loses and doubles nothing, and can be asked about (C2, C3)', async () => {
    const made = await bench();
    const scheduler = made.scheduler();
    // From 18:30 to 00:30 of the first day.
    made.lab.faults.add({ service: 'afe', kind: '503', fromMs: 9.5 * hourMs, untilMs: 15.5 * hourMs });
    const problems = new Set<string>();
    await takeTurns(made, story, async () => {
      await scheduler.turn();
      for (const { where } of (await scheduler.status()).problems) problems.add(where);
    });
    const seen = story.turns.filter((_, hour) => hour < 10 || hour > 15);
    expect(made.jobs()).toEqual(expectedJobs({ ...story, turns: seen }));
    expect([...problems]).toEqual(['AFE']);
    const said = await scheduler.explain({ task: 'Nightly', board: 'lumpy-x', sinceMs: 80 * hourMs });
    expect(said.toString()).toMatch(/AFE did not work: .*\n(.*\n)*.*AFE worked again/);
    const told = made.news.flatMap((one) => ('where' in one ? [`${one.type} ${one.where}`] : []));
    expect(told).toEqual(['problem AFE', 'mended AFE']);
  });

  test('when the scheduler is first started loses nothing of what comes meanwhile (C2)', async () => {
    const made = await bench();
    const scheduler = made.scheduler();
    made.lab.faults.add({ service: 'afe', kind: 'refuse', untilMs: 15.5 * hourMs });
    await takeTurns(made, story, () => scheduler.turn());
    const [first = 0, ...turns] = story.turns;
    // Chrome is seen as it is when it can first be decided what waits for it.
    const later = { ...story, turns: [first, ...turns.filter((_, at) => at >= 15)] };
    const isNotOfChrome = (name: string) => !name.endsWith('.chrome');
    expect(made.jobs().filter(isNotOfChrome)).toEqual(expectedJobs(later).filter(isNotOfChrome));
  });
});

describe('a status page of the lab that is garbage', () => {
  test.each(['garbage', 'truncate', '503'] as const)(
    '%s: the lab counts as open, and it is told (C9)',
    async (kind) => {
      const made = await bench();
      const { afe, transport, urls, clock } = made.lab;
      made.lab.faults.add({ service: 'labStatus', kind, untilMs: 24 * hourMs });
      const scheduler = made.scheduler({
        lab: { afe, labStatus: labStatusPage({ url: urls.labStatus, transport, clock }) },
      });
      await takeTurns(made, story, () => scheduler.turn());
      expect(made.jobs()).toEqual(expected);
      const told = made.news.flatMap((one) => ('where' in one ? [`${one.type} ${one.where}`] : []));
      expect(told).toEqual(['problem lab status', 'mended lab status']);
    },
  );
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
