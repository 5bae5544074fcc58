import { describe, expect, test } from 'vitest';
import { Backlog, type BacklogOptions, type LaunchNews } from '../../../src/scheduler/backlog/backlog.js';
import type { LaunchLimits } from '../../../src/scheduler/backlog/choose-launches.js';
import { memoryLedger } from '../../../src/scheduler/ledger/memory-ledger.js';
import type { LaunchClaim } from '../../../src/scheduler/ledger/types.js';
import { VirtualClock } from '../../../src/testing/virtual-clock.js';
import { aLaunch } from '../launch/a-launch.js';
import { everyItem } from '../ledger/ledger-data.js';
import { aTask, hourMs, minuteMs, mondayMs } from '../support/builders.js';
import { fakeLauncher, type Fate } from '../support/fake-launcher.js';

const settleMs = 45 * minuteMs;

function bench({
  fates = [],
  limits = {},
  ...more
}: { readonly fates?: Fate[]; readonly limits?: LaunchLimits } & Partial<BacklogOptions> = {}) {
  const clock = new VirtualClock({ startMs: mondayMs, autoAdvance: false });
  const ledger = memoryLedger();
  const launcher = fakeLauncher(...fates);
  const backlog = new Backlog({ ledger, launcher, clock, limits, settleMs, concurrency: 8, ...more });
  const told: LaunchNews[] = [];
  const hear = (news: LaunchNews) => void told.push(news);
  return {
    ...{ clock, ledger, launcher, backlog, told, hear },
    async claim(keys: readonly string[], changes: Partial<LaunchClaim> = {}) {
      const times = { claimedAtMs: mondayMs, expiresAtMs: mondayMs + 24 * hourMs, notBeforeMs: 0 };
      await ledger.claim(keys.map((key) => ({ launch: aLaunch({ key }), ...times, ...changes })));
    },
    /** A turn; what was told in it. */
    async work(options: { readonly signal?: AbortSignal } = {}) {
      told.length = 0;
      await backlog.work([aTask()], hear, options);
      return told.map(({ type, record }) => `${record.launch.key} ${type}`);
    },
    async states() {
      const states = ['due', 'launching', 'launched', 'refused', 'missed'] as const;
      const records = await everyItem(ledger.launches({ states }));
      return records.map(({ launch, state }) => `${launch.key} ${state}`);
    },
    record: async (key: string) => (await ledger.find([key])).get(key),
  };
}

describe('a suite that is due', () => {
  test('is started, and its job is kept', async () => {
    const { claim, work, record, told } = bench();
    await claim(['a']);
    expect(await work()).toEqual(['a launched']);
    expect(await record('a')).toMatchObject({ state: 'launched', jobId: 100, tries: 1, firstTriedAtMs: mondayMs });
    expect(told[0]).toMatchObject({ problem: null, record: { jobId: 100 } });
    expect(await work()).toEqual([]);
  });

  test('that can never be started is refused, once', async () => {
    const { claim, work, record, told } = bench({ fates: ['refused'] });
    await claim(['a']);
    expect(await work()).toEqual(['a refused']);
    expect(told[0]?.problem).toBe('suite bvt cannot be run on lumpy: no such file');
    expect(await record('a')).toMatchObject({ state: 'refused', jobId: null, problem: told[0]?.problem });
    expect(await work()).toEqual([]);
  });

  test('that fails is tried again, each time later', async () => {
    const { claim, work, record, clock, launcher } = bench({ fates: ['failed', 'failed'] });
    await claim(['a']);
    expect(await work()).toEqual(['a failed']);
    expect(await record('a')).toMatchObject({
      state: 'due',
      notBeforeMs: mondayMs + minuteMs,
      problem: 'the AFE is away',
    });
    expect(await work()).toEqual([]);
    await clock.advance(minuteMs);
    expect(await work()).toEqual(['a failed']);
    await clock.advance(minuteMs);
    expect(await work()).toEqual([]);
    await clock.advance(minuteMs);
    expect(await work()).toEqual(['a launched']);
    expect(await record('a')).toMatchObject({ tries: 3, firstTriedAtMs: mondayMs, problem: null });
    expect(launcher.started).toEqual(['a']);
  });

  test('whose time is over is missed, with the reason why it had not been started', async () => {
    const { claim, work, clock, told } = bench({ fates: ['failed'] });
    await claim(['a', 'b'], { expiresAtMs: mondayMs + minuteMs });
    await claim(['c'], { expiresAtMs: mondayMs + minuteMs, notBeforeMs: mondayMs + minuteMs });
    await work();
    await clock.advance(minuteMs);
    expect(await work()).toEqual(['a missed', 'c missed']);
    expect(told.map(({ problem }) => problem)).toEqual(['the AFE is away', 'its time is over']);
  });

  test('gives way to a newer build where the task wants the newest only', async () => {
    const { ledger, backlog, told, hear } = bench();
    const tasks = [aTask({ buildPolicy: 'newest-only' })];
    const times = { claimedAtMs: mondayMs, expiresAtMs: mondayMs + hourMs, notBeforeMs: 0 };
    const launches = ['1.0.0', '2.0.0'].map((version) =>
      aLaunch({ key: version, testSourceBuild: `lumpy-release/R28-${version}` }),
    );
    await ledger.claim(launches.map((launch) => ({ launch, ...times })));
    await backlog.work(tasks, hear);
    expect(told.map(({ type, record, problem }) => [record.launch.key, type, problem])).toEqual([
      ['1.0.0', 'missed', 'a newer build is tested in its place'],
      ['2.0.0', 'launched', null],
    ]);
  });

  test('waits when there are too many, and comes in a later turn', async () => {
    const { claim, work } = bench({ limits: { perTurn: 2 } });
    await claim(['a', 'b', 'c']);
    expect(await work()).toEqual(['a launched', 'b launched']);
    expect(await work()).toEqual(['c launched']);
  });

  test('fails alone', async () => {
    const { claim, work } = bench({ fates: ['failed', 'refused', 'in-doubt'] });
    await claim(['a', 'b', 'c', 'd']);
    expect((await work()).sort()).toEqual(['a failed', 'b refused', 'c in-doubt', 'd launched']);
  });
});

describe('a launch of which nobody knows', () => {
  test('is looked for, and adopted when it is there', async () => {
    const { claim, work, record, launcher, told } = bench({ fates: ['started-in-doubt'] });
    await claim(['a']);
    expect(await work()).toEqual(['a in-doubt']);
    expect(told[0]?.problem).toBe('it is not known whether suite bvt was started on lumpy');
    expect(await work()).toEqual(['a adopted']);
    expect(await record('a')).toMatchObject({ state: 'launched', jobId: 100, problem: null });
    expect(launcher.started).toEqual(['a']);
  });

  test('is started again when it is not there and no request can be under way any more', async () => {
    const { claim, work, clock, launcher } = bench({ fates: ['in-doubt'] });
    await claim(['a']);
    await work();
    await clock.advance(settleMs - 1);
    expect(await work()).toEqual(['a in-doubt']);
    await clock.advance(1);
    expect(await work()).toEqual(['a launched']);
    expect(launcher.started).toEqual(['a']);
  });

  test('stays as it is while it cannot be looked for', async () => {
    const { claim, work, clock, launcher, told } = bench({ fates: ['started-in-doubt'] });
    await claim(['a']);
    await work();
    launcher.findProblem = new Error('the AFE is away');
    await clock.advance(settleMs);
    expect(await work()).toEqual(['a in-doubt']);
    expect(told[0]?.problem).toBe('it cannot be looked for: the AFE is away');
    launcher.findProblem = null;
    expect(await work()).toEqual(['a adopted']);
  });

  test('that was never started is missed when its time is over', async () => {
    const { claim, work, clock } = bench({ fates: ['in-doubt'] });
    await claim(['a'], { expiresAtMs: mondayMs + minuteMs });
    await work();
    await clock.advance(settleMs);
    expect(await work()).toEqual(['a missed']);
  });

  test('may have been left by a process that was killed in the middle', async () => {
    const abort = new AbortController();
    const { claim, work, states, launcher, told } = bench();
    await claim(['a', 'b']);
    launcher.during = async () => abort.abort(new Error('killed'));
    await expect(work({ signal: abort.signal })).rejects.toThrow('killed');
    expect(await states()).toEqual(['a launching', 'b launching']);
    launcher.during = async () => {};
    launcher.started.pop();
    expect((await work()).sort()).toEqual(['a adopted', 'b in-doubt']);
    expect(told.map(({ problem }) => problem)).toContain('the scheduler was stopped while it was started');
  });

  test('is left alone when the work is aborted while it is looked for', async () => {
    const { claim, work, states, launcher } = bench({ fates: ['in-doubt'] });
    await claim(['a']);
    await work();
    const abort = new AbortController();
    launcher.find = async () => {
      abort.abort(new Error('killed'));
      throw new Error('aborted');
    };
    await expect(work({ signal: abort.signal })).rejects.toThrow('killed');
    expect(await states()).toEqual(['a launching']);
  });
});

describe('a ledger that fails', () => {
  test('after a launch never has it started twice', async () => {
    const { claim, work, ledger, launcher, states, clock } = bench();
    await claim(['a']);
    const { mark } = ledger;
    launcher.during = async () => {
      ledger.mark = () => {
        ledger.mark = mark;
        return Promise.reject(new Error('disk full'));
      };
    };
    await expect(work()).rejects.toThrow('disk full');
    expect(await states()).toEqual(['a launching']);
    await clock.advance(settleMs);
    expect(await work()).toEqual(['a adopted']);
    expect(launcher.started).toEqual(['a']);
  });
});

describe('two schedulers on one ledger', () => {
  test('start a suite once: who is slower finds it taken', async () => {
    const one = bench();
    const other = bench({ ledger: one.ledger, launcher: one.launcher, clock: one.clock });
    await one.claim(['a', 'b', 'c']);
    const told = await Promise.all([one.work(), other.work()]);
    expect(told.flat().filter((news) => news.endsWith('launched'))).toHaveLength(3);
    expect(one.launcher.started.sort()).toEqual(['a', 'b', 'c']);
  });

  test.each(['refused', 'in-doubt', 'failed', 'started'] as const)(
    'one that is found by the other meanwhile is not changed any more (%s)',
    async (fate) => {
      const { claim, work, ledger, launcher, record } = bench({ fates: [fate] });
      await claim(['a']);
      launcher.during = async () => {
        const taken = await record('a');
        await ledger.mark('a', taken?.version ?? 0, { state: 'launched', jobId: 5, changedAtMs: mondayMs });
      };
      expect(await work()).toEqual([]);
      expect(await record('a')).toMatchObject({ state: 'launched', jobId: 5 });
    },
  );
});

describe('work on some suites only', () => {
  test('starts them now, whatever the limits and however shortly before they were tried', async () => {
    const { claim, backlog, hear, told, launcher } = bench({ limits: { perTurn: 1 }, fates: ['failed'] });
    await claim(['a', 'b', 'c']);
    await backlog.workOn(new Set(['a', 'b']), hear);
    await backlog.workOn(new Set(['a', 'b']), hear);
    expect(told.map(({ type, record }) => `${record.launch.key} ${type}`)).toEqual([
      'a failed',
      'b launched',
      'a launched',
    ]);
    expect(launcher.started).toEqual(['b', 'a']);
  });

  test('looks for those of them that are in doubt, and for no others', async () => {
    const { claim, work, backlog, hear, told } = bench({ fates: ['started-in-doubt', 'started-in-doubt'] });
    await claim(['a', 'b']);
    await work();
    told.length = 0;
    await backlog.workOn(new Set(['b']), hear);
    expect(told.map(({ type, record }) => `${record.launch.key} ${type}`)).toEqual(['b adopted']);
  });
});
