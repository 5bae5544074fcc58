import { describe, expect, test } from 'vitest';
import { backOffMs } from '../../../src/scheduler/backlog/back-off.js';
import { chooseLaunches, type LaunchLimits } from '../../../src/scheduler/backlog/choose-launches.js';
import type { SuiteLaunch } from '../../../src/scheduler/launch/types.js';
import type { LaunchRecord } from '../../../src/scheduler/ledger/types.js';
import type { SuiteTask } from '../../../src/scheduler/task.js';
import { aLaunch } from '../launch/a-launch.js';
import { aTask, minuteMs } from '../support/builders.js';

function record(key: string, launch: Partial<SuiteLaunch> = {}, changes: Partial<LaunchRecord> = {}): LaunchRecord {
  return {
    launch: aLaunch({ key, ...launch }),
    state: 'due',
    version: 1,
    ...{ claimedAtMs: 0, changedAtMs: 0, expiresAtMs: 1_000, notBeforeMs: 0 },
    ...{ tries: 0, firstTriedAtMs: null, jobId: null, problem: null },
    ...changes,
  };
}

function chosen(due: readonly LaunchRecord[], limits: LaunchLimits = {}, tasks: readonly SuiteTask[] = []) {
  const { now, later, expired, superseded } = chooseLaunches(due, { nowMs: 100, tasks, limits });
  const keys = (records: readonly LaunchRecord[]) => records.map(({ launch }) => launch.key).join(' ');
  return { now: keys(now), later: keys(later), expired: keys(expired), superseded: keys(superseded) };
}

const none = { now: '', later: '', expired: '', superseded: '' };
const build = (version: string, branch = 'release/R28') => ({ testSourceBuild: `lumpy-${branch}-${version}` });

describe('what is started in a turn', () => {
  test('is everything, oldest first, where nothing limits it', () => {
    expect(chosen([record('a'), record('b')])).toEqual({ ...none, now: 'a b' });
    expect(chosen([])).toEqual(none);
  });

  test('is not what has to wait, and not what is too late', () => {
    const due = [
      record('waits', {}, { notBeforeMs: 101 }),
      record('now', {}, { notBeforeMs: 100 }),
      record('late', {}, { expiresAtMs: 100 }),
      record('just', {}, { expiresAtMs: 101 }),
    ];
    expect(chosen(due)).toEqual({ ...none, now: 'now just', later: 'waits', expired: 'late' });
  });

  test('is limited by turn, by board and by pool (C10)', () => {
    const due = [
      record('a', { board: 'lumpy', pool: 'bvt' }),
      record('b', { board: 'lumpy', pool: 'cq' }),
      record('c', { board: 'stumpy', pool: 'bvt' }),
      record('d', { board: 'link', pool: null }),
      record('e', { board: 'parrot', pool: null }),
    ];
    expect(chosen(due, { perTurn: 2 })).toEqual({ ...none, now: 'a b', later: 'c d e' });
    expect(chosen(due, { perBoard: 1 })).toEqual({ ...none, now: 'a c d e', later: 'b' });
    expect(chosen(due, { perPool: 1 })).toEqual({ ...none, now: 'a b d', later: 'c e' });
    expect(chosen(due, { perTurn: 2, perBoard: 1 })).toEqual({ ...none, now: 'a c', later: 'b d e' });
  });

  test('takes nobody’s place while it waits', () => {
    const due = [record('waits', {}, { notBeforeMs: 101 }), record('next')];
    expect(chosen(due, { perTurn: 1 })).toEqual({ ...none, now: 'next', later: 'waits' });
  });
});

describe('a task that wants its newest builds first', () => {
  const tasks = [aTask({ name: 'Newest', buildPolicy: 'newest-first' })];

  test('has them take the places of its older ones on the board, and nobody else’s', () => {
    const due = [
      record('old', { task: 'Newest' }),
      record('other'),
      record('stumpy', { task: 'Newest', board: 'stumpy' }),
      record('middle', { task: 'Newest' }),
      record('new', { task: 'Newest' }),
    ];
    expect(chosen(due, {}, tasks).now).toBe('new other stumpy middle old');
    expect(chosen(due, { perTurn: 1 }, tasks).now).toBe('new');
  });
});

describe('a task that wants its newest builds only', () => {
  const tasks = [aTask({ name: 'Newest', buildPolicy: 'newest-only' })];
  const due = (key: string, launch: Partial<SuiteLaunch>, changes: Partial<LaunchRecord> = {}) =>
    record(key, { task: 'Newest', ...launch }, changes);

  test('gives up the older ones of a board and branch', () => {
    const records = [
      due('old', build('3993.9.0')),
      due('r29', build('1.0.0', 'release/R29')),
      due('paladin', build('1.0.0', 'paladin/R28')),
      due('stumpy', { board: 'stumpy', ...build('3993.8.0') }),
      due('new', build('3993.10.0')),
      record('other', build('3993.1.0')),
    ];
    expect(chosen(records, {}, tasks)).toEqual({
      ...none,
      now: 'r29 paladin stumpy new other',
      superseded: 'old',
    });
  });

  test('knows the newest by its version, not by when it was due', () => {
    expect(chosen([due('new', build('2.0.0')), due('old', build('1.0.0'))], {}, tasks)).toEqual({
      ...none,
      now: 'new',
      superseded: 'old',
    });
  });

  test('has one line of firmware, whatever its milestones', () => {
    const records = [due('new', build('1.0.0', 'firmware/R21')), due('old', build('9.0.0', 'firmware/R20'))];
    expect(chosen(records, {}, tasks)).toEqual({ ...none, now: 'new', superseded: 'old' });
  });

  test('gives up nothing for a build that is too late itself', () => {
    const records = [due('old', build('1.0.0')), due('new', build('2.0.0'), { expiresAtMs: 1 })];
    expect(chosen(records, {}, tasks)).toEqual({ ...none, now: 'old', expired: 'new' });
  });

  test('takes what is no name of a build for a line of its own', () => {
    const records = [due('a', { testSourceBuild: 'odd' }), due('b', { testSourceBuild: 'other' })];
    expect(chosen(records, {}, tasks).now).toBe('a b');
  });
});

test('what fails is tried again after a minute, then after twice as long each time, up to an hour', () => {
  expect([1, 2, 3, 6, 7, 1_000].map((failures) => backOffMs(failures) / minuteMs)).toEqual([1, 2, 4, 32, 60, 60]);
  expect(backOffMs(0)).toBe(minuteMs);
});
