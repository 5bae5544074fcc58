import { describe, expect, test } from 'vitest';
import { parseSchedulerConfig } from '../../../src/scheduler/config/parse-scheduler-config.js';
import { dayMs, hourMs, minuteMs, mondayMs } from '../support/builders.js';
import { schedulerBench } from '../support/scheduler-bench.js';

const build = 'lumpy-release/R28-3993.0.0';
const nightly = { name: 'Nightly', suite: 'bvt', runOn: 'nightly' } as const;

/** It is Tuesday, 09:00; the nights' turns have been taken, the morning's last one just now. */
async function nextMorning(
  tasks: Parameters<typeof schedulerBench>[0],
  {
    before = async () => {},
    ...options
  }: Parameters<typeof schedulerBench>[1] & {
    readonly before?: (bench: ReturnType<typeof schedulerBench>) => Promise<void>;
  } = {},
) {
  const bench = schedulerBench(tasks, { intervalMs: hourMs, ...options });
  await bench.scheduler.turn();
  await before(bench);
  for (let hour = 0; hour < 24; hour += 1) {
    await bench.clock.advance(hourMs);
    await bench.scheduler.turn();
  }
  const why = async (request: Parameters<typeof bench.scheduler.explain>[0]) =>
    (await bench.scheduler.explain(request)).toString().split('\n');
  return { ...bench, why };
}

const withBuild = async ({ builds }: ReturnType<typeof schedulerBench>) => builds.add(build);
const lumpy = { task: 'Nightly', board: 'lumpy' };
const head = 'Nightly on lumpy: suite bvt, run on nightly, every milestone';

describe('why did a suite not run on a board last night', () => {
  test('it did', async () => {
    const { why } = await nextMorning([nightly], { before: withBuild });
    expect(await why(lumpy)).toEqual([
      head,
      '  since 2026-01-05 09:00:',
      `    2026-01-05 21:00  launched  bvt on ${build} was started as job 100`,
      '  due next: 2026-01-06 21:00',
    ]);
  });

  test('it was not its hour', async () => {
    const { why } = await nextMorning([
      { ...nightly, hour: 9 },
      { ...nightly, name: 'Other', suite: 'x' },
    ]);
    expect(await why({ ...lumpy, sinceMs: 13 * hourMs })).toContain(
      '    2026-01-05 21:00  wrong-hour  it is run at 09:00',
    );
  });

  test('the branch did not fit', async () => {
    const { why } = await nextMorning([{ ...nightly, branchSpecs: ['>=R29'], pool: 'bvt' }], { before: withBuild });
    const lines = await why(lumpy);
    expect(lines[0]).toBe('Nightly on lumpy: suite bvt, run on nightly, >=R29, pool bvt');
    expect(lines[2]).toBe(
      '    2026-01-05 21:00  branch-does-not-fit  it tests release builds of >=R29; there were only R28 release builds',
    );
  });

  test('no host was there', async () => {
    const { why } = await nextMorning([{ ...nightly, pool: 'cq' }], { before: withBuild });
    expect((await why(lumpy))[2]).toBe('    2026-01-05 21:00  no-hosts  no host has board:lumpy and pool:cq');
  });

  test('another task had run it already', async () => {
    const { why } = await nextMorning([nightly, { ...nightly, name: 'New', runOn: 'new_build' }], {
      before: withBuild,
    });
    expect((await why(lumpy))[2]).toBe(`    2026-01-05 21:00  already-ran  bvt on ${build} is job 100`);
  });

  test('the lab was closed', async () => {
    const labStatus = { read: async () => ({ state: 'closed', message: 'power cut', problem: null }) };
    const { why } = await nextMorning([nightly], { before: withBuild, labOptions: { labStatus } });
    expect((await why(lumpy))[2]).toBe('    2026-01-05 21:00  lab-closed  the lab is closed: power cut');
  });

  test('the section is malformed', async () => {
    const config = parseSchedulerConfig(
      '[Nightly]\nsuite: bvt\nrun_on: nightly\nhour: 25\n[Good]\nsuite: x\nrun_on: weekly\n',
    );
    const { why } = await nextMorning([], { config });
    expect(await why(lumpy)).toEqual([
      'Nightly on lumpy: not in the configuration',
      expect.stringMatching(
        /^\[Nightly\] in line 4 of the configuration is malformed and does nothing: "hour": expected/,
      ),
    ]);
  });

  test('something did not work', async () => {
    const { why } = await nextMorning([nightly], {
      async before({ clock, afe, scheduler }) {
        await clock.advance(10 * hourMs);
        await scheduler.turn();
        afe.problem = new Error('connection refused');
      },
    });
    const lines = await why(lumpy);
    expect(lines).toContain('  2026-01-05 20:00  AFE did not work: connection refused');
    expect(lines).toContain('  nothing was decided about it since 2026-01-05 19:00');
    expect(lines.at(-1)).toBe('AFE has not worked since 2026-01-05 20:00: connection refused');
  });

  test('what did not work for a while works again', async () => {
    const { why } = await nextMorning([nightly], {
      buildsPatienceMs: dayMs,
      async before({ clock, builds, scheduler, launcher }) {
        builds.add(build);
        await clock.advance(10 * hourMs);
        await scheduler.turn();
        launcher.fates.push('failed');
        const { refresh } = builds;
        let failures = 3;
        builds.refresh = (options) => {
          failures -= 1;
          return failures < 0 ? refresh.call(builds, options) : Promise.reject(new Error('no route'));
        };
      },
    });
    const lines = await why(lumpy);
    expect(lines).toContain('  2026-01-05 20:00  builds did not work: no route');
    expect(lines).toContain('  2026-01-05 23:00  builds worked again');
    expect(lines.filter((line) => / launch/.test(line)).map((line) => line.slice(4, 35).trim())).toEqual([
      '2026-01-05 23:00  launch-failed',
      '2026-01-06 00:00  launched',
    ]);
  });

  test('the scheduler was not running, or is not', async () => {
    const bench = schedulerBench([nightly]);
    await bench.scheduler.turn();
    await bench.clock.advance(14 * hourMs);
    const before = (await bench.scheduler.explain(lumpy)).toString();
    expect(before).toContain('The scheduler has taken no turn since 2026-01-05 09:00');
    await bench.scheduler.turn();
    const after = await bench.scheduler.explain(lumpy);
    expect(after.toString()).toContain(
      '2026-01-05 23:00  the scheduler took no turns from 2026-01-05 09:00 to 2026-01-05 23:00',
    );
    expect(after.stoppedSinceMs).toBeNull();
  });

  test('it waits for its turn', async () => {
    const tasks = [nightly, { ...nightly, name: 'B', suite: 'b' }];
    const { why, scheduler, clock, builds, launcher } = await nextMorning(tasks, { limits: { perTurn: 1 } });
    builds.add(build);
    launcher.fates.push('failed');
    await clock.advance(12 * hourMs);
    await scheduler.turn();
    expect(await why(lumpy)).toContain(`  bvt on ${build} is still to be started`);
    expect(await why({ task: 'B' })).toContain(`  b on ${build} is still to be started: the AFE is away`);
    launcher.fates.push('in-doubt');
    await clock.advance(minuteMs);
    await scheduler.turn();
    expect(await why({ task: 'B' })).toContainEqual(
      expect.stringContaining(`it is not known yet whether b on ${build} was started`),
    );
  });

  test('the task is not for the board, or for an event that nobody tells', async () => {
    const { why } = await nextMorning([
      { ...nightly, boards: ['stumpy', 'link'] },
      { name: 'Chrome', suite: 'c', runOn: 'new_chrome' },
    ]);
    expect(await why(lumpy)).toContain('  never: it is not for lumpy, only for stumpy, link');
    expect(await why({ task: 'Chrome' })).toEqual([
      'Chrome: suite c, run on new_chrome, every milestone',
      '  never: nobody tells this scheduler of the event new_chrome',
    ]);
  });
});

describe('what is asked about', () => {
  test('may be a suite, on every board', async () => {
    const { why } = await nextMorning([nightly, { ...nightly, name: 'New', runOn: 'new_build' }], {
      before: withBuild,
    });
    expect(await why({ suite: 'bvt' })).toEqual([
      'Nightly: suite bvt, run on nightly, every milestone',
      '  since 2026-01-05 09:00:',
      `    2026-01-05 21:00  already-ran  lumpy: bvt on ${build} is job 100`,
      '    2026-01-05 21:00  no-builds    stumpy: no build of the board passed in the 24 hours before',
      '  due next: 2026-01-06 21:00',
      'New: suite bvt, run on new_build, every milestone',
      '  since 2026-01-05 09:00:',
      `    2026-01-05 10:00  launched  lumpy: bvt on ${build} was started as job 100`,
    ]);
  });

  test('may be longer ago; what held before is told with its time', async () => {
    const { why, clock } = await nextMorning([nightly], { before: withBuild });
    expect(await why({ ...lumpy, sinceMs: hourMs })).toEqual([
      head,
      '  before:',
      `    2026-01-05 21:00  launched  bvt on ${build} was started as job 100`,
      '  since 2026-01-06 08:00: nothing has changed',
      '  due next: 2026-01-06 21:00',
    ]);
    await clock.advance(dayMs);
    expect((await why({ ...lumpy, sinceMs: Infinity }))[2]).toMatch(/^ {4}2026-01-05 21:00 {2}launched /);
  });

  test('may have left the configuration', async () => {
    const { another } = await nextMorning([nightly], { before: withBuild });
    const gone = another({ config: parseSchedulerConfig('') });
    expect((await gone.explain(lumpy)).toString()).toMatch(/^Nightly on lumpy: not in the configuration\n/);
  });

  test.each([
    [{}, 'task: expected the name of a task, or of a suite'],
    [{ task: 'Nightlly' }, /^task: no task "Nightlly" was ever heard of; is one of these meant: Nightly\?$/],
    [{ suite: 'bvtt' }, /^suite: no task runs the suite "bvtt"; is one of these meant: bvt\?$/],
    [{ task: 'Nightly', sinceMs: -1 }, /^sinceMs: expected a number of at least 0/],
  ])('%j is refused', async (request, message) => {
    await expect(schedulerBench([nightly]).scheduler.explain(request)).rejects.toThrow(message);
  });

  test('may be hidden in a section that is malformed', async () => {
    const config = parseSchedulerConfig('[Broken]\nsuite: smoke\n');
    await expect(schedulerBench([], { config }).scheduler.explain({ suite: 'smoke' })).rejects.toThrow(
      /; sections that are malformed were not looked at: \[Broken\]$/,
    );
  });
});

describe('a forecast', () => {
  test('is a calendar of what will be due, on the boards that have hosts', async () => {
    const { scheduler } = schedulerBench([
      { ...nightly, boards: ['lumpy', 'link'] },
      { name: 'Weekly', suite: 'w', runOn: 'weekly', day: 0 },
      { ...nightly, name: 'Nowhere', suite: 'n', pool: 'cq' },
      { name: 'New', suite: 'new', runOn: 'new_build' },
    ]);
    const forecast = await scheduler.forecast(1);
    expect(forecast.toString().split('\n')).toEqual([
      'Monday 2026-01-05',
      '  21:00  nightly  Nightly  bvt  lumpy',
      '  21:00  nightly  Nowhere  n    no board has hosts for it',
      '  23:00  weekly   Weekly   w    lumpy, stumpy',
      'Whenever it comes about',
      '  new_build  New  new',
    ]);
    expect(forecast).toMatchObject({ atMs: mondayMs, days: 1 });
    expect((await scheduler.forecast(7)).entries).toHaveLength(15);
  });

  test('needs a number of days that can be looked ahead', async () => {
    const { scheduler } = schedulerBench([]);
    for (const days of [0, -1, 367, Number.NaN]) {
      await expect(scheduler.forecast(days)).rejects.toThrow(/^days: expected a number above 0, up to 366/);
    }
    expect((await scheduler.forecast(0.5)).toString()).toBe('Nothing is due by the time of day within 0.5 days.');
  });
});
