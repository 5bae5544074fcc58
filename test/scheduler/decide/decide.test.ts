import { describe, expect, test } from 'vitest';
import { decide, leaveOutKnown } from '../../../src/scheduler/decide/decide.js';
import { latestKey, type Decision, type DueOccurrence, type LabFacts } from '../../../src/scheduler/decide/facts.js';
import type { Occurrence } from '../../../src/scheduler/events/types.js';
import type { LaunchRecord } from '../../../src/scheduler/ledger/types.js';
import type { SuiteTask } from '../../../src/scheduler/task.js';
import { claimOf } from '../ledger/ledger-data.js';
import { aBuild, anOccurrence, aTask, dayMs, mondayMs, someFacts } from '../support/builders.js';

const r28 = 'lumpy-release/R28-3993.0.0';

function due(tasks: readonly SuiteTask[], occurrence: Partial<Occurrence> = {}): DueOccurrence {
  return {
    event: { keyword: 'nightly', priority: 20, timeoutMins: 1440, skips: () => null },
    occurrence: anOccurrence({ builds: [aBuild(r28)], ...occurrence }),
    settings: {},
    tasks,
  };
}

function decided(tasks: readonly SuiteTask[], occurrence: Partial<Occurrence> = {}, facts: Partial<LabFacts> = {}) {
  return decide([due(tasks, occurrence)], someFacts({ boards: ['lumpy'], ...facts }));
}

/** Task, board and code of each decision. */
function codes(decisions: readonly Decision[]): string[] {
  return decisions.map(({ task, board, reason }) => `${task} ${board ?? '-'} ${reason.code}`);
}

describe('a task on a board', () => {
  test('is started with everything that the task, the event and the build say', () => {
    const task = aTask({ pool: 'bvt', num: 3, fileBugs: true, jobRetry: true, boards: ['lumpy'] });
    expect(decided([task], { pick: 'latest' })).toEqual([
      {
        event: 'nightly',
        occurrence: '2026-01-05 09:00',
        dueMs: mondayMs,
        task: 'Nightly',
        board: 'lumpy',
        reason: { code: 'launch', text: 'it is to be started' },
        launch: {
          key: `bvt lumpy cros-version=${r28}`,
          suite: 'bvt',
          board: 'lumpy',
          builds: { 'cros-version': r28 },
          testSourceBuild: r28,
          pool: 'bvt',
          num: 3,
          priority: 20,
          timeoutMins: 1440,
          fileBugs: true,
          jobRetry: true,
          task: 'Nightly',
          event: 'nightly',
          dueMs: mondayMs,
        },
      },
    ]);
  });

  test('is nothing where the event is not for the task, and no board is looked at', () => {
    const wrongHour = { code: 'wrong-hour', text: 'it is run at 21:00' } as const;
    const one = due([aTask()]);
    const [decision, ...others] = decide([{ ...one, event: { ...one.event, skips: () => wrongHour } }], someFacts());
    expect(decision).toMatchObject({ board: null, reason: wrongHour, launch: null });
    expect(others).toEqual([]);
  });

  test('is on the boards that it names only', () => {
    const builds = [aBuild(r28), aBuild('stumpy-release/R28-3993.0.0')];
    const facts = { boards: ['lumpy', 'stumpy'] };
    expect(codes(decided([aTask()], { builds }, facts))).toEqual(['Nightly lumpy launch', 'Nightly stumpy launch']);
    expect(codes(decided([aTask({ boards: ['stumpy'] })], { builds }, facts))).toEqual(['Nightly stumpy launch']);
  });

  test('is nothing on a board that the lab does not have', () => {
    const [decision] = decided([aTask({ boards: ['parrot'] })]);
    expect(decision?.reason).toEqual({ code: 'no-board', text: 'the lab has no label board:parrot' });
  });

  test('is nothing without a host of the board, or of the board and the pool', () => {
    const hosts = { count: (_board: string, pool: string | null) => (pool === null ? 1 : 0) };
    expect(codes(decided([aTask()], {}, { hosts }))).toEqual(['Nightly lumpy launch']);
    const [inPool] = decided([aTask({ pool: 'bvt' })], {}, { hosts });
    expect(inPool?.reason).toEqual({ code: 'no-hosts', text: 'no host has board:lumpy and pool:bvt' });
    const [anywhere] = decided([aTask()], {}, { hosts: { count: () => 0 } });
    expect(anywhere?.reason).toEqual({ code: 'no-hosts', text: 'no host has board:lumpy' });
  });

  test('is nothing without a build', () => {
    expect(codes(decided([aTask()], { builds: [] }))).toEqual(['Nightly lumpy no-builds']);
  });

  test('is about a new build whenever it is looked at: it is due when the build has passed', () => {
    const builds = [aBuild(r28, mondayMs - 5), aBuild('lumpy-release/R29-1.0.0', null)];
    expect(decided([aTask()], { builds }).map(({ launch }) => launch?.dueMs)).toEqual([mondayMs - 5, mondayMs]);
    const [nightly] = decided([aTask()], { builds, pick: 'latest' });
    expect(nightly?.launch?.dueMs).toBe(mondayMs);
  });

  test('whose name is that of a property of objects is a task like any other', () => {
    const task = aTask({ name: 'constructor' });
    expect(codes(decided([task], { boardsByTask: {} }))).toEqual([]);
    expect(codes(decided([task], { boardsByTask: { constructor: ['lumpy'] } }))).toEqual(['constructor lumpy launch']);
  });

  test('is on the boards that the occurrence is about, for all tasks or for this one', () => {
    const facts = { boards: ['lumpy', 'stumpy', 'link'] };
    const about = (occurrence: Partial<Occurrence>) =>
      decided([aTask()], { builds: [], ...occurrence }, facts).map(({ board }) => board);
    expect(about({})).toEqual(['lumpy', 'stumpy', 'link']);
    expect(about({ boards: ['link', 'unknown'] })).toEqual(['link']);
    expect(about({ boardsByTask: { Nightly: ['link', 'lumpy'] } })).toEqual(['lumpy', 'link']);
    expect(about({ boards: ['link'], boardsByTask: { Nightly: ['link', 'lumpy'] } })).toEqual(['link']);
  });
});

describe('a board whose builds could not be had', () => {
  const unanswered = [{ board: 'lumpy', problem: 'connection refused' }];

  test('is put off, since the latest build is not known', () => {
    const [decision, ...others] = decided([aTask()], { unanswered, pick: 'latest' });
    expect(decision?.reason).toEqual({
      code: 'builds-unknown',
      text: 'the builds of the board could not be had: connection refused',
    });
    expect(others).toEqual([]);
  });

  test('loses none of the new builds that were told, which are not told again', () => {
    expect(codes(decided([aTask()], { unanswered, pick: 'every' }))).toEqual([
      'Nightly lumpy builds-unknown',
      'Nightly lumpy launch',
    ]);
    expect(codes(decided([aTask()], { unanswered, builds: [] }))).toEqual(['Nightly lumpy builds-unknown']);
  });
});

describe('the status of the lab', () => {
  const closed = (message: string, state = 'open') => ({ labStatus: { state, message, problem: null } });
  const everything = { ledger: new Map(), pastJob: () => 7 };

  test('closes everything when the lab is closed', () => {
    const [decision] = decided([aTask()], {}, closed('moving house', 'closed'));
    expect(decision?.reason).toEqual({ code: 'lab-closed', text: 'the lab is closed: moving house' });
    expect(decision?.launch?.testSourceBuild).toBe(r28);
  });

  test('closes the builds that match a pattern, and no others', () => {
    const builds = [aBuild(r28), aBuild('lumpy-release/R29-4000.0.0')];
    expect(codes(decided([aTask()], { builds }, closed('up [lumpy-release/R28.*]')))).toEqual([
      'Nightly lumpy lab-closed',
      'Nightly lumpy launch',
    ]);
  });

  test('is the reason even where the suite has run before: it is asked first', () => {
    const decisions = leaveOutKnown(decided([aTask()], {}, closed('', 'closed')), everything);
    expect(codes(decisions)).toEqual(['Nightly lumpy lab-closed']);
  });

  test('that could not be had closes nothing', () => {
    const labStatus = { state: null, message: '', problem: 'timed out' };
    expect(codes(decided([aTask()], {}, { labStatus }))).toEqual(['Nightly lumpy launch']);
  });
});

describe('firmware', () => {
  const firmware = aBuild('lumpy-firmware/R20-2695.1.0');
  const latest = new Map([[latestKey('lumpy', 'firmware', null), firmware]]);
  const task = aTask({ firmwareRwBuildSpec: 'firmware', testSource: 'firmware_rw' });

  test('goes with the build, and the tests come from where the task says', () => {
    const [decision] = decided([task], {}, { latest });
    expect(decision?.launch).toMatchObject({
      builds: { 'cros-version': r28, 'fwrw-version': firmware.name },
      testSourceBuild: firmware.name,
    });
  });

  test('is looked at by the status of the lab where the tests come from it', () => {
    const labStatus = { state: 'open', message: '[lumpy-firmware.*]', problem: null };
    expect(codes(decided([task], {}, { latest, labStatus }))).toEqual(['Nightly lumpy lab-closed']);
  });

  test('that there is none of skips the board this time', () => {
    expect(codes(decided([task]))).toEqual(['Nightly lumpy no-matching-build']);
  });
});

describe('builds that give way to newer ones', () => {
  test('are told, where every new build could have been tested', () => {
    const builds = [aBuild(r28), aBuild('lumpy-release/R28-3994.0.0', mondayMs + 1)];
    const [older, newer] = decided([aTask({ buildPolicy: 'newest-only' })], { builds });
    expect(older?.reason).toEqual({ code: 'not-newest', text: `${r28} is not the newest build of its branch` });
    expect(newer?.launch?.testSourceBuild).toBe('lumpy-release/R28-3994.0.0');
  });
});

describe('a suite that there is already', () => {
  const [wanted] = decided([aTask()]);
  const key = wanted?.launch?.key ?? '';
  const record = (changes: Partial<LaunchRecord>): LaunchRecord => ({
    ...claimOf(key),
    ...{ state: 'launched', version: 3, changedAtMs: 0, tries: 1, firstTriedAtMs: 0, jobId: 12, problem: null },
    ...changes,
  });
  const reasonOf = (decisions: readonly Decision[], changes: Partial<LaunchRecord>) =>
    leaveOutKnown(decisions, { ledger: new Map([[key, record(changes)]]), pastJob: () => 99 })[0]?.reason;

  test('is not started again, and the reason names the job', () => {
    const reasons = (['launched', 'launching', 'due', 'refused', 'missed'] as const).map((state) =>
      reasonOf(decided([aTask()]), { state, problem: state === 'launched' ? null : 'no such file' }),
    );
    expect(reasons).toEqual([
      { code: 'already-ran', text: 'bvt on x86-mario-release/R19-1998.0.0 is job 12' },
      {
        code: 'already-due',
        text: 'bvt on x86-mario-release/R19-1998.0.0 is about to be started; so far it could not be: no such file',
      },
      {
        code: 'already-due',
        text: 'bvt on x86-mario-release/R19-1998.0.0 is about to be started; so far it could not be: no such file',
      },
      { code: 'refused-before', text: 'bvt on x86-mario-release/R19-1998.0.0 was refused: no such file' },
      { code: 'missed-before', text: 'bvt on x86-mario-release/R19-1998.0.0 was not started in time: no such file' },
    ]);
  });

  test('has a reason even where little is known of it', () => {
    expect(reasonOf(decided([aTask()]), { jobId: null })?.text).toMatch(/ was started$/);
    expect(reasonOf(decided([aTask()]), { state: 'due' })?.text).toMatch(/ is about to be started$/);
    expect(reasonOf(decided([aTask()]), { state: 'refused' })?.text).toMatch(/refused: no reason is known$/);
    expect(reasonOf(decided([aTask()]), { state: 'missed' })?.text).toMatch(/in time: no reason is known$/);
  });

  test('may be a job at the AFE, which the ledger does not know', () => {
    const [decision] = leaveOutKnown(decided([aTask()]), { ledger: new Map(), pastJob: () => 5 });
    expect(decision?.reason).toEqual({ code: 'already-ran', text: `bvt on ${r28} is job 5` });
  });

  test('is asked for by two tasks that differ in their pool only: it is started once', () => {
    const tasks = [aTask({ pool: 'bvt' }), aTask({ name: 'Other', pool: 'cq' })];
    const nothing = { ledger: new Map(), pastJob: () => null };
    const [first, second] = leaveOutKnown(decided(tasks), nothing);
    expect(first?.reason.code).toBe('launch');
    expect(second?.reason).toEqual({
      code: 'same-suite',
      text: 'Nightly asks for the same suite on the same builds',
    });
    // Once it has run, that is the reason for both.
    expect(codes(leaveOutKnown(decided(tasks), { ...nothing, pastJob: () => 5 }))).toEqual([
      'Nightly lumpy already-ran',
      'Other lumpy already-ran',
    ]);
  });

  test('is known by whole names of builds', () => {
    const builds = [aBuild('lumpy-release/R19-1998.0.0-a1-b1135'), aBuild('lumpy-release/R19-1998.0.0')];
    const decisions = decided([aTask()], { builds });
    const pastJob = ({ testSourceBuild }: { readonly testSourceBuild: string }) =>
      testSourceBuild === 'lumpy-release/R19-1998.0.0-a1-b1135' ? 4 : null;
    expect(codes(leaveOutKnown(decisions, { ledger: new Map(), pastJob }))).toEqual([
      'Nightly lumpy already-ran',
      'Nightly lumpy launch',
    ]);
  });
});

test('200 boards, 50 tasks and 3 branches are decided within seconds', () => {
  const boards = Array.from({ length: 200 }, (_, n) => `board${n}`);
  const builds = boards.flatMap((board) => [28, 29, 30].map((r) => aBuild(`${board}-release/R${r}-1.0.0`)));
  const tasks = Array.from({ length: 50 }, (_, n) => aTask({ name: `T${n}`, suite: `s${n}`, branchSpecs: ['>=R29'] }));
  const startedMs = performance.now();
  const decisions = decide([due(tasks, { builds, dueMs: mondayMs + dayMs })], someFacts({ boards }));
  expect(decisions).toHaveLength(200 * 50 * 2);
  expect(performance.now() - startedMs).toBeLessThan(3_000);
});
