import { describe, expect, test } from 'vitest';
import type { SchedulerEvent } from '../../../src/scheduler/events/types.js';
import { requestEvent } from '../../../src/scheduler/events/request-event.js';
import { everyItem, contentOf } from '../ledger/ledger-data.js';
import { anOccurrence, dayMs, hourMs, minuteMs, mondayMs } from '../support/builders.js';
import { aSuiteJob } from '../support/memory-afe.js';
import { schedulerBench } from '../support/scheduler-bench.js';

const lumpy = 'lumpy-release/R28-3993.0.0';
const lumpyBvt = `bvt lumpy cros-version=${lumpy}`;
const newBuild = { name: 'New', suite: 'bvt', runOn: 'new_build' } as const;
const nightly = { name: 'Nightly', suite: 'bvt', runOn: 'nightly' } as const;

/** An event of one's own that is due in every turn. */
function ownEvent(changes: Partial<SchedulerEvent> = {}): SchedulerEvent {
  return {
    keyword: 'own_event',
    priority: 40,
    timeoutMins: 60,
    catchUpMs: dayMs,
    look: async ({ nowMs, builds, boards }) => {
      const { builds: found } = await builds.passedBetween({ boards, afterMs: 0, upToMs: nowMs });
      return { occurrences: [anOccurrence({ builds: found, dueMs: nowMs })], missed: [], state: 'seen' };
    },
    skips: () => null,
    ...changes,
  };
}
const own = { name: 'Own', suite: 'own', runOn: 'own_event' } as const;

describe('a warm turn', () => {
  test('in which nothing is due asks the AFE once, and one in which something is three times more (C4)', async () => {
    const { afe, builds, scheduler, turns, launcher } = schedulerBench([newBuild]);
    await turns(2);
    expect(afe.calls).toEqual(['getLabels', 'getLabels']);
    afe.calls.length = 0;
    builds.add(lumpy);
    await scheduler.turn();
    expect(afe.calls).toEqual(['getLabels', 'getHosts', 'getJobs']);
    expect(launcher.started).toEqual([lumpyBvt]);
  });
});

describe('a suite that somebody else has had run', () => {
  test('is not run again', async () => {
    const { afe, builds, launcher, scheduler } = schedulerBench([newBuild]);
    await scheduler.turn();
    builds.add(lumpy);
    afe.jobs.push(aSuiteJob(7, lumpy, { createdOnMs: mondayMs - dayMs }));
    const { decisions } = await scheduler.turn();
    expect(decisions.map(({ reason }) => reason.text)).toEqual([`bvt on ${lumpy} is job 7`]);
    expect(launcher.started).toEqual([]);
  });
});

describe('the AFE that is away', () => {
  test('loses no build, and is told of once', async () => {
    const { afe, builds, launcher, turns, told, scheduler } = schedulerBench([newBuild]);
    await turns(1);
    builds.add(lumpy);
    afe.problem = new Error('connection refused');
    await turns(3);
    expect(told('problem')).toMatchObject([{ where: 'AFE', message: 'connection refused' }]);
    expect((await scheduler.status()).problems).toMatchObject([{ where: 'AFE', failures: 3 }]);
    afe.problem = null;
    await turns(1);
    expect(told('mended')).toMatchObject([{ where: 'AFE' }]);
    expect(launcher.started).toEqual([lumpyBvt]);
  });

  test('in the middle of a turn is the same', async () => {
    const { afe, builds, launcher, turns, told } = schedulerBench([newBuild]);
    await turns(1);
    builds.add(lumpy);
    const { getHosts } = afe;
    afe.getHosts = () => Promise.reject(new Error('connection reset'));
    await turns(1);
    expect(told('problem')).toMatchObject([{ where: 'AFE', message: 'connection reset' }]);
    afe.getHosts = getHosts;
    await turns(1);
    expect(launcher.started).toEqual([lumpyBvt]);
  });
});

describe('an event that fails', () => {
  const fails = () => {
    throw new Error('out of order');
  };

  test.each([
    ['look', { look: async () => fails() }],
    ['skips', { skips: fails }],
    ['settle', { settle: fails }],
  ])('in its %s does not stop the others', async (_, changes) => {
    const { builds, launcher, turns, told } = schedulerBench([newBuild, own], { events: [ownEvent(changes)] });
    await turns(1);
    builds.add(lumpy);
    await turns(2);
    expect(launcher.started).toContain(lumpyBvt);
    expect(told('problem')).toMatchObject([{ where: 'event own_event', message: 'out of order' }]);
  });

  test('is tried again less and less often, and its state is not moved', async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return fails();
    };
    const { ledger, turns } = schedulerBench([own], { events: [ownEvent({ look })] });
    await turns(12);
    expect(looks).toBeLessThan(8);
    expect(await ledger.watermark('event own_event')).toBeNull();
  });
});

describe('a ledger that fails', () => {
  test('is not taken for the AFE, and has the turn reject', async () => {
    const { ledger, scheduler } = schedulerBench([newBuild]);
    ledger.watermark = () => Promise.reject(new Error('disk on fire'));
    await expect(scheduler.turn()).rejects.toThrow('disk on fire');
    expect((await scheduler.status()).problems).toEqual([]);
  });
});

describe('a source of builds that is away', () => {
  const night = async (awayTurns: number) => {
    const bench = schedulerBench([nightly]);
    const { builds, turns, clock, scheduler } = bench;
    await scheduler.turn();
    builds.add(lumpy);
    await clock.advance(12 * hourMs);
    const { refresh } = builds;
    builds.refresh = () => Promise.reject(new Error('no route'));
    await turns(awayTurns);
    return { ...bench, back: () => (builds.refresh = refresh) };
  };

  test('puts nightly suites off until it answers', async () => {
    const { launcher, turns, told, back } = await night(6);
    expect(launcher.started).toEqual([]);
    expect(told('problem').map(({ where }) => where)).toEqual(['builds', 'event nightly']);
    back();
    await turns(1);
    expect(launcher.started).toEqual([lumpyBvt]);
    expect(
      told('mended')
        .map(({ where }) => where)
        .sort(),
    ).toEqual(['builds', 'event nightly']);
  });

  test('is waited for for an hour, and then what is known has to do', async () => {
    const { launcher } = await night(30);
    expect(launcher.started).toEqual([lumpyBvt]);
  });
});

describe('the top of the tree', () => {
  const tot = { ...newBuild, branchSpecs: ['==tot'] };

  test('that cannot be read is what it was, even after a restart', async () => {
    const { builds, another, launcher, turns, told } = schedulerBench([tot]);
    await turns(1);
    builds.add('lumpy-release/R30-1.0.0');
    await turns(1);
    expect(launcher.started).toHaveLength(1);
    builds.topOfTree = () => Promise.reject(new Error('404'));
    builds.add('lumpy-release/R30-2.0.0');
    await another().turn();
    expect(launcher.started).toHaveLength(2);
    expect(told('problem')).toMatchObject([{ where: 'top of tree', message: '404' }]);
  });

  test('that was never known is no reason to stop the tasks that do without it', async () => {
    const { builds, launcher, turns } = schedulerBench([tot, { ...newBuild, suite: 'smoke', name: 'Smoke' }]);
    builds.topOfTree = () => Promise.reject(new Error('404'));
    await turns(1);
    builds.add(lumpy);
    await turns(1);
    expect(launcher.started).toEqual([`smoke lumpy cros-version=${lumpy}`]);
  });
});

describe('firmware that goes with a build', () => {
  const task = { ...newBuild, firmwareRwBuildSpec: 'firmware', testSource: 'firmware_rw' } as const;

  test('is asked for, once a board', async () => {
    const { builds, launcher, turns } = schedulerBench([task, { ...task, name: 'B', suite: 'b', boards: ['stumpy'] }]);
    const asked: unknown[] = [];
    const { latest } = builds;
    builds.latest = (request, options) => {
      asked.push(request);
      return latest.call(builds, request, options);
    };
    builds.add('lumpy-firmware/R20-1.0.0');
    await turns(1);
    builds.add(lumpy);
    builds.add('lumpy-release/R28-3994.0.0');
    await turns(1);
    expect(asked).toEqual([{ board: 'lumpy', type: 'firmware', milestone: undefined }]);
    expect(launcher.started).toContain(`bvt lumpy cros-version=${lumpy} fwrw-version=lumpy-firmware/R20-1.0.0`);
  });

  test('that cannot be asked for puts the event off', async () => {
    const { builds, launcher, turns, told } = schedulerBench([task]);
    const { latest } = builds;
    builds.add('lumpy-firmware/R20-1.0.0');
    await turns(1);
    builds.latest = () => Promise.reject(new Error('no route'));
    builds.add(lumpy);
    await turns(1);
    expect(told('problem')).toMatchObject([{ where: 'event new_build', message: 'no route' }]);
    builds.latest = latest;
    await turns(1);
    expect(launcher.started).toHaveLength(1);
  });
});

describe('the status of the lab', () => {
  test('that cannot be had, or read, is told and closes nothing', async () => {
    let report = { state: null as string | null, message: '', problem: 'timed out' as string | null };
    const bench = schedulerBench([newBuild], { labOptions: { labStatus: { read: async () => report } } });
    await bench.turns(1);
    bench.builds.add(lumpy);
    await bench.turns(1);
    expect(bench.launcher.started).toEqual([lumpyBvt]);
    report = { state: 'open', message: '[stumpy-(]', problem: null };
    bench.builds.add('lumpy-release/R28-3994.0.0');
    await bench.turns(1);
    report = { state: 'open', message: '', problem: null };
    bench.builds.add('lumpy-release/R28-3995.0.0');
    await bench.turns(1);
    expect(bench.told('problem')).toMatchObject([{ where: 'lab status', message: 'timed out' }]);
    expect(bench.told('mended')).toMatchObject([{ where: 'lab status' }]);
    expect(bench.launcher.started).toHaveLength(3);
  });
});

describe('boards', () => {
  test('that could not be those of a build are left out', async () => {
    const { afe, builds, scheduler } = schedulerBench([newBuild]);
    afe.labels.push('board:', 'board:two words', `board:${'x'.repeat(300)}`, 'board:lumpy');
    await scheduler.turn();
    builds.add(lumpy);
    const { decisions } = await scheduler.turn();
    expect(decisions.map(({ board }) => board)).toEqual(['lumpy']);
  });

  test('without hosts in the pool bvt are worth a warning', async () => {
    const { afe, builds, turns, told } = schedulerBench([
      { ...newBuild, pool: 'bvt' },
      { ...newBuild, name: 'Other', pool: 'cq' },
    ]);
    afe.hosts = [];
    await turns(1);
    builds.add(lumpy);
    builds.add('stumpy-release/R28-3993.0.0');
    await turns(1);
    expect(told('warning').map(({ message }) => message)).toEqual([
      'no host has board:lumpy and pool:bvt',
      'no host has board:stumpy and pool:bvt',
    ]);
  });
});

describe('suites that are due at once', () => {
  test('are spread over a time, each always at the same moment', async () => {
    const tasks = Array.from({ length: 20 }, (_, n) => ({ ...newBuild, name: `T${n}`, suite: `s${n}` }));
    const { builds, turns, launcher } = schedulerBench(tasks, { spreadMs: hourMs });
    await turns(1);
    builds.add(lumpy);
    await turns(1);
    expect(launcher.started.length).toBeLessThan(10);
    await turns(12);
    expect(launcher.started).toHaveLength(20);
  });

  test('are never spread beyond the time in which they are worth starting', async () => {
    const event = requestEvent({ keyword: 'own_event', catchUpMs: hourMs });
    const { builds, turns, launcher, scheduler } = schedulerBench([own], { events: [event], spreadMs: 30 * dayMs });
    builds.add(lumpy, mondayMs - 1);
    await scheduler.request('own-event');
    await turns(7);
    expect(launcher.started).toEqual([`own lumpy cros-version=${lumpy}`]);
  });
});

describe('after a stop', () => {
  test('what was missed is told, with the tasks, and kept as a reason', async () => {
    const { clock, turns, told, ledger } = schedulerBench([nightly]);
    await turns(1);
    await clock.advance(3 * dayMs);
    await turns(1);
    expect(told('missed').map(({ event, occurrence, tasks }) => [event, occurrence, tasks])).toEqual([
      ['nightly', '2026-01-05 21:00', ['Nightly']],
      ['nightly', '2026-01-06 21:00', ['Nightly']],
    ]);
    const notes = await everyItem(ledger.notes());
    expect(notes.map(({ code, text }) => `${code}: ${text}`)).toEqual([
      'not-running: the scheduler took no turns from 2026-01-05 09:00 to 2026-01-08 09:05',
      'missed: 2026-01-05 21:00 was due too long ago',
      'missed: 2026-01-06 21:00 was due too long ago',
      'no-builds: no build of the board passed in the 24 hours before',
      'no-builds: no build of the board passed in the 24 hours before',
    ]);
  });

  test('a long turn is no stop', async () => {
    const { builds, clock, turns, launcher, ledger } = schedulerBench([newBuild]);
    await turns(1);
    builds.add(lumpy);
    launcher.during = () => clock.advance(hourMs);
    await turns(2);
    expect((await everyItem(ledger.notes())).map(({ code }) => code)).toEqual(['launch', 'launched']);
  });
});

describe('what the ledger keeps', () => {
  test('is forgotten when it is too old', async () => {
    const { builds, turns, clock, ledger } = schedulerBench([newBuild], { keepReasonsMs: dayMs });
    await turns(1);
    builds.add(lumpy);
    await turns(1);
    expect((await contentOf(ledger)).launches).toHaveLength(1);
    await clock.advance(15 * dayMs);
    await turns(1);
    // Only now, when two turns agree on how late it is: a clock may be wrong for one.
    await clock.advance(15 * dayMs);
    await turns(1);
    const { launches, notes } = await contentOf(ledger);
    expect(launches).toEqual([]);
    expect(notes.map(({ code }) => code)).toEqual(['not-running', 'not-running']);
  });

  test('says of each launch what became of it', async () => {
    const { builds, turns, launcher, ledger } = schedulerBench([newBuild]);
    await turns(1);
    launcher.fates.push('failed', 'started-in-doubt', 'refused');
    for (const n of [0, 1, 2]) builds.add(`lumpy-release/R28-${n}.0.0`);
    await turns(2);
    const notes = await everyItem(ledger.notes());
    expect(notes.filter(({ code }) => code !== 'launch').map(({ code, text }) => `${code}: ${text}`)).toEqual([
      'launch-failed: bvt on lumpy-release/R28-0.0.0 could not be started and is tried again: the AFE is away',
      'launch-failed: it is not known whether bvt on lumpy-release/R28-1.0.0 was started: it is not known whether suite bvt was started on lumpy',
      'refused: bvt on lumpy-release/R28-2.0.0 was refused: suite bvt cannot be run on lumpy: no such file',
      'launched: bvt on lumpy-release/R28-1.0.0 had been started as job 100',
      'launched: bvt on lumpy-release/R28-0.0.0 was started as job 101',
    ]);
  });
});

describe('a plan', () => {
  test('says what a turn would do, and keeps and starts nothing', async () => {
    const { builds, turns, scheduler, ledger, launcher } = schedulerBench([newBuild, nightly]);
    await turns(1);
    launcher.fates.push('failed');
    builds.add('stumpy-release/R28-3993.0.0');
    await turns(1);
    builds.add(lumpy);
    const watermarks = ['event new_build', 'event nightly', 'last turn', 'top of tree'];
    const before = await contentOf(ledger, watermarks);
    const plan = await scheduler.plan();
    expect(await contentOf(ledger, watermarks)).toEqual(before);
    expect(launcher.started).toEqual([]);
    expect(plan.toString().split('\n')).toEqual([
      'A turn at 2026-01-05 09:10 would start 2 suites:',
      '  bvt  on stumpy-release/R28-3993.0.0  any pool  (New, due since before)',
      `  bvt  on ${lumpy}   any pool  (New)`,
    ]);
    await scheduler.turn();
    expect(launcher.started).toHaveLength(2);
  });

  test('says what would not be started and why, and what does not work', async () => {
    const { afe, builds, turns, scheduler, told } = schedulerBench([newBuild, own], {
      events: [ownEvent({ look: () => Promise.reject(new Error('out of order')) })],
    });
    await turns(1);
    builds.add(lumpy);
    afe.jobs.push(aSuiteJob(7, lumpy, { createdOnMs: mondayMs }));
    const failures = (await scheduler.status()).problems[0]?.failures;
    const plan = await scheduler.plan();
    expect(plan.toString().split('\n').slice(1)).toEqual([
      'It would not start:',
      `  New on lumpy: bvt on ${lumpy} is job 7`,
      'event own_event does not work: out of order',
    ]);
    expect(plan.decisions.map(({ reason }) => reason.code)).toEqual(['already-ran']);
    // Its tries are not those of the turns.
    expect((await scheduler.status()).problems[0]?.failures).toBe(failures);
    expect(told('problem')).toHaveLength(1);
  });

  test('cannot be made without the AFE', async () => {
    const { afe, scheduler } = schedulerBench([newBuild]);
    afe.problem = new Error('connection refused');
    await expect(scheduler.plan()).rejects.toThrow('connection refused');
    expect((await scheduler.status()).problems).toEqual([]);
  });
});

test('an aborted turn rejects with the reason, wherever it is', async () => {
  const reason = new Error('enough');
  for (const where of ['getLabels', 'getHosts', 'getJobs'] as const) {
    const { afe, builds, turns, scheduler } = schedulerBench([newBuild]);
    await turns(1);
    builds.add(lumpy);
    const abort = new AbortController();
    afe[where] = async () => {
      abort.abort(reason);
      throw new Error('aborted');
    };
    await expect(scheduler.turn({ signal: abort.signal })).rejects.toBe(reason);
  }
  for (const part of ['refresh', 'passedSince', 'topOfTree'] as const) {
    const { builds, turns, scheduler } = schedulerBench([newBuild]);
    await turns(1);
    builds.add(lumpy);
    const abort = new AbortController();
    const fail = (): Promise<never> => {
      abort.abort(reason);
      return Promise.reject(new Error('aborted'));
    };
    Object.assign(builds, { [part]: fail });
    await expect(scheduler.turn({ signal: abort.signal })).rejects.toBe(reason);
  }
});

test('a turn every five minutes for a day is quick, and leaves few notes', async () => {
  const { turns, ledger, builds } = schedulerBench([nightly, newBuild]);
  await turns(1);
  builds.add(lumpy);
  await turns((24 * hourMs) / (5 * minuteMs));
  expect((await everyItem(ledger.notes())).length).toBeLessThan(8);
});
