import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDynamicSuiteError } from '../../../src/errors.js';
import { parseSchedulerConfig } from '../../../src/scheduler/config/parse-scheduler-config.js';

const required = 'suite: bvt\nrun_on: nightly\n';

/** The one task of a section with these lines beside the required ones. */
function task(lines: string, events?: readonly string[]) {
  const { tasks, problems } = parseSchedulerConfig(`[T]\n${lines}`, { events });
  expect(problems).toEqual([]);
  return tasks[0];
}

function problem(lines: string) {
  const { tasks, problems } = parseSchedulerConfig(`[T]\n${lines}`);
  expect(tasks).toEqual([]);
  return problems[0];
}

describe('a section', () => {
  test('that says only what it must is a task with all defaults', () => {
    expect(task(required)).toEqual({
      name: 'T',
      suite: 'bvt',
      runOn: 'nightly',
      branchSpecs: [],
      buildTypes: ['release'],
      pool: null,
      boards: [],
      num: null,
      hour: null,
      day: null,
      fileBugs: false,
      jobRetry: false,
      crosBuildSpec: null,
      firmwareRwBuildSpec: null,
      testSource: null,
      buildPolicy: 'oldest-first',
      line: 1,
    });
  });

  test('may say all the rest', () => {
    const text = `${required}branch_specs: >=R18, <=tot-1\nbuild_types: release, paladin\nbuild_policy: newest-only
pool: suites\nboards: x86-alex, lumpy,\n  lumpy\nnum: 3\nhour: 0\nfile_bugs: Yes\njob_retry: on
firmware_rw_build_spec: cros\ntest_source: firmware_rw\n`;
    expect(task(text)).toMatchObject({
      branchSpecs: ['>=R18', '<=tot-1'],
      buildTypes: ['release', 'paladin'],
      buildPolicy: 'newest-only',
      pool: 'suites',
      boards: ['x86-alex', 'lumpy'],
      num: 3,
      // C7: midnight is an hour.
      hour: 0,
      fileBugs: true,
      jobRetry: true,
      firmwareRwBuildSpec: 'cros',
      testSource: 'firmware_rw',
    });
  });

  test('may have a day, a ChromeOS build for its firmware, and a hyphen in its event', () => {
    expect(task('suite: s\nrun_on: weekly\nday: 6\n')).toMatchObject({ runOn: 'weekly', day: 6 });
    expect(task('suite: s\nrun_on: new-build\n')).toMatchObject({ runOn: 'new_build' });
    const firmware = 'branch: firmware\ncros_build_spec: R50\ntest_source: cros\n';
    expect(task(`${required}${firmware}`)).toMatchObject({ branchSpecs: ['firmware'], crosBuildSpec: 'R50' });
  });

  test('may run on an event of somebody’s own', () => {
    expect(task('suite: s\nrun_on: lab-idle\n', ['lab_idle'])).toMatchObject({ runOn: 'lab_idle' });
  });

  test('never sends another job_retry than true or false (C12)', () => {
    expect(task(required)?.jobRetry).toBe(false);
  });

  test.each([
    ['bords: lumpy', 4, 'unknown key "bords"; did you mean "boards"?'],
    ['priority: 3', 4, /^unknown key "priority"; known are suite, run_on, /],
    ['branch: factory\nbranch_specs: factory', 4, '"branch": is another name of "branch_specs", which is there, too'],
    ['boards:', 4, '"boards": expected boards, separated by commas, such as "x86-alex, lumpy", found ""'],
    ['boards: a\n  b', 4, /^"boards": expected boards, separated by commas/],
    ['pool: b\u00fct', 4, /^"pool": expected the name of a pool/],
    ['build_types: ,', 4, /^"build_types": expected types of builds/],
    ['build_types: release, firmware', 4, /^"build_types": "firmware" is a branch/],
    [
      'build_policy: newest',
      4,
      /^"build_policy": expected "oldest-first" or "newest-first" or "newest-only", found "newest"/,
    ],
    ['num: 1.5', 4, /^"num": expected a whole number/],
    ['hour: 24', 4, '"hour": expected an hour from 0 (midnight) to 23, found 24'],
    ['day: 3', 4, '"day": is for weekly tasks only, and this one is of nightly'],
    ['job_retry: maybe', 4, '"job_retry": expected yes or no (true, false, on, off, 1, 0), found "maybe"'],
    ['branch_specs: R18', 4, /^"branch_specs": expected "factory", .*did you mean "==R18"\?$/],
    ['branch_specs: >=R20, <=R18', 4, '"branch_specs": no milestone satisfies all of >=R20, <=R18'],
    ['cros_build_spec: ==tot', 4, /^"cros_build_spec": expected "tot", "tot-2" or a milestone/],
    [
      'cros_build_spec: tot\ntest_source: cros',
      4,
      '"cros_build_spec": goes with a firmware build: "branch_specs" must name "firmware"',
    ],
    [
      'branch: firmware\nfirmware_rw_build_spec: cros\ntest_source: cros',
      5,
      '"firmware_rw_build_spec": goes with a ChromeOS build, but "branch" names "firmware"',
    ],
    [
      'branch: firmware\nfirmware_rw_build_spec: cros\ncros_build_spec: tot\ntest_source: cros',
      5,
      '"firmware_rw_build_spec": cannot be together with "cros_build_spec"',
    ],
    [
      'firmware_rw_build_spec: cros',
      1,
      '"test_source": is missing: with "firmware_rw_build_spec" it must be "firmware_rw" or "cros"',
    ],
    ['test_source: both', 4, '"test_source": expected "firmware_rw" or "cros", found "both"'],
    ['pool: %(no)s', 4, '"pool": "%(no)s" stands for no key of the section or of [DEFAULT]'],
  ])('with "%s" is malformed, and the line and the reason are told', (lines, line, reason) => {
    const found = problem(`${required}${lines}\n`);
    expect(found).toMatchObject({ section: 'T', line });
    if (typeof reason === 'string') expect(found?.reason).toBe(reason);
    else expect(found?.reason).toMatch(reason);
  });

  test.each([
    ['suite: s\n', 1, '"run_on": is missing'],
    ['run_on: nightly\nsuite:\n', 3, '"suite": is missing'],
    ['suite: a/../b\nrun_on: nightly\n', 2, /^"suite": expected the name of a suite/],
    ['suite: bvt # daily\nrun_on: nightly\n', 2, /^"suite": expected the name of a suite/],
    ['suite: s\nrun_on: nightley\n', 3, /^"run_on": expected an event \(nightly, .* did you mean "nightly"\?$/],
    [
      'suite: s\nrun_on: sunrise\n',
      3,
      '"run_on": expected an event (nightly, weekly, new_build, new_chrome), found "sunrise"',
    ],
    ['suite: s\nrun_on: new_build\nhour: 0\n', 4, '"hour": is for nightly tasks only, and this one is of new_build'],
  ])('%j is malformed, too', (lines, line, reason) => {
    const found = problem(lines);
    expect(found).toMatchObject({ section: 'T', line });
    expect(found?.reason).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });

  test('that has several faults is one problem, which tells them with their lines', () => {
    expect(problem('run_on: nightly\nhour: x\nbords: a\n')).toEqual({
      section: 'T',
      line: 1,
      reason:
        '"suite": is missing; line 3: "hour": expected an hour from 0 (midnight) to 23, found "x"; ' +
        'line 4: unknown key "bords"; did you mean "boards"?',
    });
  });

  test('that has very many faults tells the first ones', () => {
    const keys = Array.from({ length: 30 }, (_, index) => `zz${index}: 1\n`).join('');
    const reason = problem(`${required}${keys}`)?.reason;
    expect(reason).toMatch(/unknown key "zz4".*; and 25 more$/);
    expect(reason?.length).toBeLessThan(1_500);
  });

  test('with a name that would move a terminal’s cursor is malformed and cannot', () => {
    const { problems } = parseSchedulerConfig(`[\u001B[2J]\n${required}`);
    expect(problems).toEqual([
      { section: '[2J', line: 1, reason: expect.stringMatching(/^"name": expected a name of 1 to 200 printable/) },
    ]);
  });

  test('that is malformed keeps no other from running', () => {
    const { tasks, problems } = parseSchedulerConfig(`[A]\n${required}[B]\nsuite: s\n[C]\n${required}pool: x\n`);
    expect(tasks.map(({ name }) => name)).toEqual(['A', 'C']);
    expect(problems.map(({ section }) => section)).toEqual(['B']);
  });

  test('that takes a key from [DEFAULT] may give it another name, which is its own', () => {
    const text = `[DEFAULT]\nbranch: factory\n[T]\n${required}branch_specs: ==R18\n`;
    expect(parseSchedulerConfig(text).tasks[0]?.branchSpecs).toEqual(['==R18']);
  });
});

describe('a section that does the same as an earlier one', () => {
  test('is left out and told, whatever the order of its lists (C6)', () => {
    const text = `[A]\n${required}boards: a, b\n[B]\n${required}boards: b,a\n`;
    const { tasks, problems } = parseSchedulerConfig(text);
    expect(tasks.map(({ name }) => name)).toEqual(['A']);
    expect(problems).toEqual([{ section: 'B', line: 5, reason: 'does the same as [A] in line 1' }]);
  });

  test.each(['pool: p', 'num: 1', 'hour: 3', 'file_bugs: on', 'job_retry: on', 'build_types: pgo', 'boards: a'])(
    'is another one if but "%s" is (C6)',
    (key) => {
      expect(parseSchedulerConfig(`[A]\n${required}[B]\n${required}${key}\n`).tasks).toHaveLength(2);
    },
  );
});

describe('the settings of an event', () => {
  test('are those of its section', () => {
    const text = `[nightly_params]\nhour: 0\n[weekly_params]\nday: 6\nhour: 22\nalways_handle: yes\n[new_build_params]\n`;
    expect(parseSchedulerConfig(text)).toEqual({
      tasks: [],
      problems: [],
      events: { nightly: { hour: 0 }, weekly: { day: 6, hour: 22, alwaysHandle: true }, new_build: {} },
    });
  });

  test('of an event of one’s own may be any', () => {
    const { events } = parseSchedulerConfig('[lab-idle_params]\nhour: 1\nday: 2\n', { events: ['lab_idle'] });
    expect(events).toEqual({ lab_idle: { hour: 1, day: 2 } });
  });

  test('take from [DEFAULT] what is meant for them', () => {
    const text = `[DEFAULT]\npool: p\nhour: 4\n[nightly_params]\n[new_chrome_params]\n`;
    expect(parseSchedulerConfig(text)).toMatchObject({
      problems: [],
      events: { nightly: { hour: 4 }, new_chrome: {} },
    });
  });

  test.each([
    ['[nightley_params]\n', 1, /expected an event .*did you mean "nightly"\?$/],
    ['[nightly_params]\nday: 3\n', 2, /^unknown key "day"; known are hour, always_handle$/],
    ['[nightly_params]\nhour: 25\n', 2, /^"hour": expected an hour from 0 \(midnight\) to 23, found 25$/],
    [
      '[weekly_params]\nday: mon\nalways_handle: %\n',
      2,
      /^"day": expected a day .*; line 3: "always_handle": "%" must be/,
    ],
  ])('%j are malformed and left out', (text, line, reason) => {
    const { events, problems } = parseSchedulerConfig(text);
    expect(events).toEqual({});
    expect(problems).toEqual([{ section: expect.any(String), line, reason: expect.stringMatching(reason) }]);
  });
});

describe('any text', () => {
  const part = fc.constantFrom(
    ...[
      '[T]\n',
      '[U]\n',
      '[nightly_params]\n',
      '[DEFAULT]\n',
      'suite: ',
      'run_on: ',
      'nightly\n',
      'hour: ',
      '3\n',
      '\n',
    ],
    ...['branch_specs: ', '>=R18', ',', 'tot-', 'boards: ', 'a', '%(suite)s', '%', ' ; x\n', 'job_retry: on\n', ' '],
  );

  test('gives tasks and problems that are well-formed, or the one error there is', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        try {
          const text = `[T]\n${required}${parts.join('')}`;
          const lines = text.split('\n').length;
          const { tasks, problems } = parseSchedulerConfig(text);
          for (const { suite, runOn } of tasks) expect([suite, runOn]).not.toContain('');
          for (const { line, reason } of problems) {
            expect(line).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(lines);
            expect(reason).not.toBe('');
          }
        } catch (error) {
          if (!isDynamicSuiteError(error, 'ERR_SCHEDULER_CONFIG')) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });

  test('with faults by the thousand is read in its time', () => {
    const section = (n: number) => `[s${n}]\nsuite: s\nrun_on: nightle\nbords: x\nzzzzzzzzzzzzzzzzzzzzzzzzzzzz: 1\n`;
    const { problems } = parseSchedulerConfig(Array.from({ length: 1_500 }, (_, n) => section(n)).join(''));
    expect(problems).toHaveLength(1_500);
  });
});
