import { describe, expect, test } from 'vitest';
import { schedulerConfig } from '../../../src/scheduler/config/scheduler-config.js';
import { suiteTask, type SuiteTaskOptions } from '../../../src/scheduler/config/suite-task.js';
import { parseSchedulerConfig } from '../../../src/scheduler/config/parse-scheduler-config.js';

const bvt: SuiteTaskOptions = { name: 'Bvt', suite: 'bvt', runOn: 'nightly' };

/** What a caller without types may give. */
function untyped(fields: object): SuiteTaskOptions {
  return { ...bvt, ...fields };
}

describe('suiteTask', () => {
  test('fills in what a section would have', () => {
    const [fromFile] = parseSchedulerConfig('[Bvt]\nsuite: bvt\nrun_on: nightly\n').tasks;
    expect({ ...suiteTask(bvt), line: 1 }).toEqual(fromFile);
  });

  test('takes a task for what it is made of', () => {
    const task = suiteTask({ ...bvt, boards: ['lumpy'], hour: 0, branchSpecs: ['>=R18'] });
    expect(suiteTask(task)).toEqual(task);
  });

  test('takes an event of one’s own that it is told of', () => {
    expect(suiteTask({ ...bvt, runOn: 'lab-idle' }, { events: ['lab_idle'] }).runOn).toBe('lab_idle');
  });

  test.each([
    [{ name: '' }, 'name', '"name": expected a name of 1 to 200 printable characters, found ""'],
    [{ suite: undefined }, 'suite', '"suite": is missing'],
    [{ suite: 7 }, 'suite', /found 7$/],
    [{ runOn: 'lab_idle' }, 'runOn', /^"runOn": expected an event \(nightly, weekly, new_build, new_chrome\)/],
    [{ runOn: 7 }, 'runOn', '"runOn": expected the keyword of an event, found 7'],
    [{ hour: '3' }, 'hour', '"hour": expected an hour from 0 (midnight) to 23, found "3"'],
    [{ day: 3 }, 'day', '"day": is for weekly tasks only, and this one is of nightly'],
    [{ boards: 'lumpy' }, 'boards', /^"boards": expected boards/],
    [{ branchSpecs: '>=R18' }, 'branchSpecs', /^"branchSpecs": expected a list of branches/],
    [{ branchSpecs: ['R18'] }, 'branchSpecs', /did you mean "==R18"\?$/],
    [{ fileBugs: 'no' }, 'fileBugs', /^"fileBugs": expected yes or no/],
    [{ crosBuildSpec: 'tot', testSource: 'cros' }, 'crosBuildSpec', /"branchSpecs" must name "firmware"$/],
    [{ firmwareRwBuildSpec: 'cros' }, 'testSource', /^"testSource": is missing: with "firmwareRwBuildSpec"/],
    [{ run_on: 'nightly' }, 'run_on', '"run_on": is not known; did you mean "runOn"?'],
    [{ zzz: 1 }, 'zzz', /^"zzz": is not known; known are name, suite, runOn, /],
  ])('refuses %j and names the field', (fields, field, message) => {
    const expected = { name: 'SchedulerConfigError', code: 'ERR_SCHEDULER_CONFIG', field, file: null, line: null };
    expect(() => suiteTask(untyped(fields))).toThrow(message);
    expect(() => suiteTask(untyped(fields))).toThrow(expect.objectContaining(expected));
  });

  test('refuses what is no task at all', () => {
    expect(() => suiteTask(JSON.parse('null'))).toThrow('"task": expected a task, found null');
  });
});

describe('schedulerConfig', () => {
  test('takes tasks and what they are made of', () => {
    const config = schedulerConfig({
      tasks: [suiteTask(bvt), { name: 'Idle', suite: 'idle', runOn: 'lab_idle' }],
      events: { lab_idle: { hour: 3, day: 1 }, nightly: { hour: 22, alwaysHandle: true }, weekly: {} },
    });
    expect(config.tasks.map(({ name, runOn }) => [name, runOn])).toEqual([
      ['Bvt', 'nightly'],
      ['Idle', 'lab_idle'],
    ]);
    expect(config.events).toEqual({
      lab_idle: { hour: 3, day: 1 },
      nightly: { hour: 22, alwaysHandle: true },
      weekly: {},
    });
    expect(config.problems).toEqual([]);
    expect(config.reread).toBeUndefined();
  });

  test.each([
    [{ tasks: [bvt, { ...bvt, suite: 'x' }] }, '"tasks[1].name": must be unique, but tasks[0] has it, too'],
    [{ tasks: [bvt, { ...bvt, name: 'Other' }] }, '"tasks[1]": does the same as tasks[0]'],
    [{ tasks: [bvt, { ...bvt, name: 'B', hour: 24 }] }, '"tasks[1].hour": expected an hour'],
    [{ tasks: [{ ...bvt, runOn: 'lab_idle' }] }, '"tasks[0].runOn": expected an event'],
    [{ tasks: [null] }, '"tasks[0]": expected a task, found null'],
    [{ tasks: 'x' }, '"tasks": expected a list of tasks, found "x"'],
    [{ tasks: [], events: { nightley: {} } }, '"events.nightley": no task runs on it; expected an event'],
    [
      { tasks: [], events: { nightly: { day: 3 } } },
      '"events.nightly.day": is not known; known are hour, alwaysHandle',
    ],
    [{ tasks: [], events: { nightly: { hour: 24 } } }, '"events.nightly.hour": expected an hour'],
    [{ tasks: [], events: { weekly: null } }, '"events.weekly": expected settings, found null'],
  ])('refuses %j', (options, message) => {
    expect(() => schedulerConfig(JSON.parse(JSON.stringify(options)))).toThrow(message);
  });
});
