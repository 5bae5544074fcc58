import { describe, expect, test } from 'vitest';
import {
  consoleReporter,
  dryRunBugReporter,
  memoryControlFiles,
  planSuite,
  reimageAndRun,
  silentLogger,
  Suite,
  SuiteArgumentError,
  type BugReporter,
  type ControlFileFields,
  type FailureReport,
  type FiledReport,
  type ReimageAndRunOptions,
  type ReportOptions,
  type SuiteEvent,
} from '../../src/index.js';
import type { EmbeddedLab, TestScript } from '../../src/testing/index.js';
import { controlFile, marioBuild, marioLab } from '../support/labs.js';

const minute = 60_000;

/** A reporter that keeps what it is told and answers as it is told. */
function reporterThat(answer: (failure: FailureReport, options: ReportOptions) => Promise<FiledReport | null>) {
  const reports: FailureReport[] = [];
  const reporter: BugReporter = {
    report(failure, options) {
      reports.push(failure);
      return answer(failure, options);
    },
  };
  return { reports, reporter };
}

interface RunSetting {
  readonly suite?: string;
  readonly files?: Readonly<Record<string, Partial<ControlFileFields>>>;
  readonly scripts: Readonly<Record<string, TestScript>>;
  readonly answer?: (failure: FailureReport, options: ReportOptions, lab: EmbeddedLab) => Promise<FiledReport | null>;
  readonly options?: Partial<ReimageAndRunOptions>;
}

/** Runs the tests that have scripts, with a reporter. */
async function run({ suite = 'bvt', files = {}, scripts, answer = () => Promise.resolve({}), options }: RunSetting) {
  const controlFiles = Object.keys(scripts).map((name) => controlFile(name, { suites: [suite], ...files[name] }));
  const lab = await marioLab(Object.assign({}, ...controlFiles) as Record<string, string>, scripts);
  const given = lab.suiteArguments(suite, 'x86-mario');
  const events: SuiteEvent[] = [];
  const { reports, reporter } = reporterThat((failure, about) => answer(failure, about, lab));
  const outcome = await reimageAndRun({
    ...given,
    fileBugs: true,
    bugReporter: reporter,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const warnings = events.flatMap((event) =>
    event.type === 'warning' ? [{ code: event.code, message: event.message }] : [],
  );
  const reported = events.flatMap((event) => (event.type === 'failure-reported' ? [event] : []));
  const bugs = Object.fromEntries(given.job.keyvals.filter(([key]) => key.includes('-Bug_')));
  return { lab, outcome, reports, events, warnings, reported, bugs };
}

const broken = { status: 'FAIL', reason: 'Timeout after 30 s on x86-mario' } as const;

describe('a failure', () => {
  test('is reported with what failed where, and what became of it is noted and told', async () => {
    const { reports, reported, bugs, warnings } = await run({
      scripts: { a: broken, b: 'good' },
      answer: () => Promise.resolve({ bugId: 'LAB-7', count: 3 }),
    });
    const anchor = 'TestFailure{bvt,a,Timeout after # s on BOARD}';
    expect(reports).toMatchObject([
      { suite: 'bvt', test: 'a', jobId: 2, build: marioBuild, board: 'x86-mario', attempt: 1, route: 'bug', anchor },
    ]);
    expect(reported).toMatchObject([{ test: 'a', attempt: 1, bugId: 'LAB-7', count: 3, route: 'bug', anchor }]);
    expect(bugs).toEqual({ '2_a-Bug_Id': 'LAB-7', '2_a-Bug_Count': '3' });
    expect(warnings).toEqual([]);
  });

  test('of a suite that files no bugs is sent by e-mail, and leaves no keyvals', async () => {
    const { reports, reported, bugs } = await run({ suite: 'regression', scripts: { a: broken } });
    expect(reports).toMatchObject([{ route: 'mail' }]);
    expect(reported).toMatchObject([{ route: 'mail', bugId: null, count: null }]);
    expect(bugs).toEqual({});
  });

  test('is told on the console', async () => {
    let text = '';
    const stream = { write: (part: string) => (text += part) };
    const answer = (failure: FailureReport) => Promise.resolve(failure.test === 'a' ? { bugId: '7', count: 2 } : {});
    await run({ scripts: { a: broken, b: broken }, answer, options: { onEvent: consoleReporter({ stream }) } });
    expect(text).toMatch(/ bug 7, seen 2 times: a\n/u);
    expect(text).toMatch(/ reported: b\n/u);
  });

  test('that a retry follows is not reported, and that of the last try is', async () => {
    const { reports } = await run({
      files: { a: { jobRetries: 1 }, b: { jobRetries: 1 } },
      scripts: { a: [broken, 'good'], b: [broken, { status: 'FAIL', reason: 'again' }] },
      options: { jobRetry: true },
    });
    expect(reports.map(({ test: name, attempt, reason }) => [name, attempt, reason])).toEqual([['b', 2, 'again']]);
  });

  test('of one result of a job is not reported when another result has the job tried again', async () => {
    const twice = {
      subtests: [
        { name: 'first', status: 'WARN' },
        { name: 'second', status: 'FAIL' },
      ],
    } as const;
    const { reports } = await run({
      files: { a: { jobRetries: 1 } },
      scripts: { a: [twice, 'good'] },
      options: { jobRetry: true },
    });
    expect(reports).toEqual([]);
  });

  test('of an experimental test is reported only when asked for', async () => {
    const setting = { files: { a: { experimental: true } }, scripts: { a: broken } };
    expect((await run(setting)).reports).toEqual([]);
    const asked = await run({ ...setting, options: { fileExperimentalBugs: true } });
    expect(asked.reports).toMatchObject([{ test: expect.stringContaining('a') as string, experimental: true }]);
  });

  test('of a machine is known by an anchor that no build is in', async () => {
    const { reports } = await run({ scripts: { a: 'machine-failure' } });
    expect(reports.map(({ anchor }) => anchor)).toEqual([
      expect.stringMatching(/^TestFailure\{bvt,BUILD\/bvt\/a_SERVER_JOB,/u),
    ]);
  });

  test('is reported to nobody unless that is asked for', async () => {
    const { reports, warnings } = await run({ scripts: { a: broken }, options: { fileBugs: false } });
    expect(reports).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('of a dry run leaves no trace but the log', async () => {
    const bugReporter = dryRunBugReporter({ logger: silentLogger });
    const { reported, bugs } = await run({ scripts: { a: broken }, options: { bugReporter } });
    expect(bugReporter.reports).toHaveLength(1);
    expect(reported).toEqual([]);
    expect(bugs).toEqual({});
  });
});

describe('templates', () => {
  const bugTemplate = { owner: 'suite@lab.example', labels: ['suite'] };

  test('the test’s goes over the suite’s', async () => {
    const { reports, warnings } = await run({
      files: { a: { bugTemplate: { owner: 'test@lab.example', labels: ['test'], cc: [] } } },
      scripts: { a: broken, b: broken },
      options: { bugTemplate },
    });
    const byTest = Object.fromEntries(reports.map(({ test: name, template }) => [name, template]));
    expect(byTest).toEqual({ a: { owner: 'test@lab.example', labels: ['test', 'suite'] }, b: bugTemplate });
    expect(warnings).toEqual([]);
  });

  test('one that breaks the rules counts as empty, with one warning', async () => {
    const { reports, warnings } = await run({
      files: { a: { jobRetries: 1, bugTemplate: { owner: 'nobody', labels: ['test'] } } },
      scripts: {
        a: {
          subtests: [
            { name: 'x', ...broken },
            { name: 'y', ...broken },
          ],
        },
      },
      options: { bugTemplate },
    });
    expect(reports.map(({ template }) => template)).toEqual([bugTemplate, bugTemplate]);
    expect(warnings.map(({ code }) => code)).toEqual(['bad-bug-template']);
    expect(warnings[0]?.message).toContain('The BUG_TEMPLATE of a counts as empty: its owner holds "nobody"');
  });

  test('and so does the suite’s', async () => {
    const wrong = { labels: 'a, b' } as unknown as ReimageAndRunOptions['bugTemplate'];
    const { reports, warnings } = await run({ scripts: { a: broken }, options: { bugTemplate: wrong } });
    expect(reports).toMatchObject([{ template: {} }]);
    expect(warnings.map(({ code }) => code)).toEqual(['bad-bug-template']);
  });
});

describe('a reporter that fails never fails the suite', () => {
  const failing: readonly [string, () => unknown, string][] = [
    ['rejects', () => Promise.reject(new Error('no disk')), 'no disk'],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      'broken',
    ],
    [
      'throws nothing that can be read',
      () => {
        throw Object.create(null);
      },
      'unknown failure',
    ],
    [
      'throws a novel',
      () => {
        throw new Error('x\u0000\n'.repeat(1e6));
      },
      'x x x',
    ],
    ['answers nonsense', () => Promise.resolve('done'), 'neither an object nor null'],
    ['answers with a bug id that is none', () => Promise.resolve({ bugId: 'a\nb=c' }), 'bugId'],
    ['never answers', () => new Promise(() => undefined), 'longer than 60 s'],
  ];

  test.each(failing)('one that %s', async (_what, answer, problem) => {
    const { outcome, reported, bugs, warnings } = await run({
      scripts: { a: broken, b: 'good' },
      answer: answer as () => Promise<FiledReport>,
    });
    expect(outcome.test('b').conclusion).toBe('passed');
    expect(outcome.verdict).toBe('ERROR');
    expect(reported).toEqual([]);
    expect(bugs).toEqual({});
    expect(warnings.map(({ code }) => code)).toEqual(['report-failed']);
    expect(warnings[0]?.message).toContain(problem);
    expect(warnings[0]?.message).toMatch(/^\P{C}{0,700}$/u);
  });

  test('one that hangs is told to stop', async () => {
    const signals: AbortSignal[] = [];
    await run({
      scripts: { a: broken },
      answer: (_failure, { signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('one that fails again and again is not asked any more', async () => {
    const scripts = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, broken]));
    const { reports, warnings } = await run({ scripts, answer: () => Promise.reject(new Error('away')) });
    expect(reports).toHaveLength(3);
    expect(warnings.map(({ code }) => code)).toEqual([
      ...Array<string>(3).fill('report-failed'),
      'failures-not-reported',
    ]);
    expect(warnings.at(-1)?.message).toContain('2 since 3 in a row failed');
  });
});

describe('reports are bounded', () => {
  test('in number, which is told once', async () => {
    const scripts = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, broken]));
    const { reports, warnings } = await run({ scripts, options: { reportLimits: { maxReports: 2 } } });
    expect(reports).toHaveLength(2);
    expect(warnings).toEqual([
      { code: 'failures-not-reported', message: 'Failures that are not reported: 2 beyond 2 in a suite' },
    ]);
  });

  test('by kind', async () => {
    const subtests = Array.from(
      { length: 5 },
      (_each, at) => ({ name: 'a', status: 'FAIL', reason: `${at} of 5` }) as const,
    );
    const { reports, warnings } = await run({ scripts: { a: { subtests } } });
    expect(reports).toHaveLength(3);
    expect(warnings.map(({ message }) => message)).toEqual(['Failures that are not reported: 2 beyond 3 of one kind']);
  });

  test('in time, each and all together', async () => {
    const scripts = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, broken]));
    const startMs: number[] = [];
    const { lab, reports, warnings } = await run({
      scripts,
      options: { reportLimits: { timePerReportMs: 5 * minute, timeAtEndMs: 10 * minute } },
      answer: async (_failure, { clock }, { clock: labClock }) => {
        startMs.push(labClock.now());
        await clock.sleep(4 * minute);
        return {};
      },
    });
    expect(lab.clock.now() - (startMs[0] ?? 0)).toBeLessThan(25 * minute);
    expect(reports.length).toBeLessThan(6);
    expect(warnings.at(-1)?.message).toMatch(/\d since the suite could wait no longer/u);
  });

  test('a slow reporter holds up no result', async () => {
    const { events } = await run({
      scripts: { a: broken, b: { status: 'GOOD', durationMs: 40 * minute } },
      options: { reportLimits: { timePerReportMs: 90 * minute } },
      answer: async (_failure, { clock }) => {
        await clock.sleep(80 * minute);
        return {};
      },
    });
    const types = events
      .map(({ type }) => type)
      .filter((type) => type === 'test-result' || type === 'failure-reported');
    expect(types).toEqual(['test-result', 'test-result', 'failure-reported']);
  });

  test('and end at once with the suite, when that is stopped', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborted: boolean[] = [];
    const running = run({
      scripts: { a: broken, b: broken },
      options: { signal: stop.signal },
      answer: (_failure, { signal }) => {
        stop.abort(reason);
        aborted.push(signal.aborted);
        return new Promise(() => undefined);
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(aborted).toEqual([true]);
  });
});

test('a wait that was stopped and goes on says what was not reported meanwhile', async () => {
  const files = { ...controlFile('a'), ...controlFile('b') };
  const lab = await marioLab(files, { a: broken, b: { ...broken, durationMs: 30 * minute } });
  const stop = new AbortController();
  const { reports, reporter } = reporterThat(() => {
    if (reports.length > 1) return Promise.resolve({});
    stop.abort(new Error('enough'));
    return new Promise(() => undefined);
  });
  const warnings: string[] = [];
  const suite = await Suite.createFromName({
    name: 'bvt',
    board: 'x86-mario',
    builds: { 'cros-version': marioBuild },
    controlFiles: memoryControlFiles(files),
    fileBugs: true,
    bugReporter: reporter,
    onEvent: (event) => event.type === 'warning' && warnings.push(event.message),
    clock: lab.clock,
    lab,
  });
  const wait = async (signal?: AbortSignal) => {
    for await (const _result of suite.results({ signal }));
  };
  await expect(wait(stop.signal)).rejects.toThrow('enough');
  await wait();
  expect(reports.map((report) => report.test)).toEqual(['a', 'b']);
  expect(warnings).toEqual(['Failures that are not reported: 1 since the wait was stopped']);
});

describe('the options', () => {
  test('fileBugs without a reporter is a warning', async () => {
    const lab = await marioLab(controlFile('a'), { a: broken });
    const codes: string[] = [];
    await reimageAndRun({
      ...lab.suiteArguments('bvt', 'x86-mario'),
      fileBugs: true,
      onEvent: (event) => event.type === 'warning' && codes.push(event.code),
    });
    expect(codes).toEqual(['no-bug-reporter']);
  });

  test.each([
    ['fileBugs', 'yes'],
    ['fileExperimentalBugs', 1],
    ['bugReporter', {}],
    ['bugReporter', null],
    ['reportLimits', { maxReports: -1 }],
    ['reportLimits', { maxReports: Number.NaN }],
  ])('%s: %j is refused', async (argument, value) => {
    const lab = await marioLab(controlFile('a'));
    const options = { ...lab.suiteArguments('bvt', 'x86-mario'), [argument]: value };
    const error = await planSuite(options).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SuiteArgumentError);
    expect(error).toMatchObject({ argument: expect.stringContaining(argument) as string });
  });
});

test('what a hostile test says cannot get out of its line', async () => {
  const reason = 'bad\r\nBcc: all@lab.example\r\n\r\n.\r\nQUIT\u0000\u202E';
  const { reports, bugs } = await run({
    scripts: { a: { subtests: [{ name: 'a\r\nX-Evil: 1', status: 'FAIL', reason }] } },
    answer: () => Promise.resolve({ bugId: '7' }),
  });
  expect(reports[0]?.title).toMatch(/^\P{C}+$/u);
  expect(reports[0]?.anchor).toBe('TestFailure{bvt,a X-Evil: 1,bad Bcc: all@lab.example . QUIT}');
  for (const key of Object.keys(bugs)) expect(key).toMatch(/^\P{Cc}+$/u);
});
