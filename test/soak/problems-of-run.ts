import { experimentalPrefix } from '../../src/results/test-result.js';
import type { Conclusion, StatusEntry, SuiteEvent, SuiteOutcome, TestOutcome, TestView } from '../../src/index.js';
import { LabExpectationError, type LabJobView } from '../../src/testing/index.js';
import type { RandomSuite, RandomTest } from './random-suite.js';

/** A suite that has ended, and what it told and recorded. */
export interface EndedRun {
  readonly suite: RandomSuite;
  readonly outcome: SuiteOutcome;
  readonly events: readonly SuiteEvent[];
  /** Of the suite job's status log. */
  readonly entries: readonly StatusEntry[];
}

/**
 * What should not be so when a suite has ended, a line each: jobs that are doubled or lost, results that are not
 * recorded once, retries that are missing or too many, an outcome that is not what the lab says.
 */
export async function problemsOfRun(run: EndedRun): Promise<readonly string[]> {
  const { suite, outcome } = run;
  const { lab } = suite;
  const views = new Map<number, TestView[]>();
  const jobs = jobsOfTests(suite);
  for (const view of await lab.tko.getDetailedTestViews({ jobIds: jobs.map(({ id }) => id) })) {
    views.set(view.jobId, [...(views.get(view.jobId) ?? []), view]);
  }
  const timedOut = outcome.summary.includes('the time of the suite ran out');
  return [
    ...problemsOfLab(suite, timedOut),
    ...problemsOfTests(suite, outcome),
    ...problemsOfJobs(jobs, outcome),
    ...problemsOfRecord(run),
    ...outcome.tests.flatMap((test) => problemsOfAttempts(test, jobs, views, timedOut)),
    ...problemsOfRetries(run, timedOut),
    ...problemsOfVerdict(outcome, timedOut),
  ];
}

function problemsOfLab({ lab }: RandomSuite, timedOut: boolean): string[] {
  const expectations = [
    () => lab.expectNothingDoubled(),
    () => lab.expectNoHostUsedTwice(),
    () => lab.expectNoUnexpectedCalls(),
    () => (timedOut ? undefined : lab.expectEverythingFinished()),
  ];
  return expectations.flatMap((expectation) => {
    try {
      expectation();
      return [];
    } catch (error) {
      return error instanceof LabExpectationError ? [error.message.split('\n', 3).join(' ')] : [String(error)];
    }
  });
}

/** Every test that the suite should have is in the outcome, once, and no other. */
function problemsOfTests({ tests }: RandomSuite, outcome: SuiteOutcome): string[] {
  const expected = tests.map(({ name }) => name).sort();
  const found = outcome.tests.map(({ name }) => name).sort();
  const problems = isSame(expected, found) ? [] : [`tests are ${found.join(' ')}, expected ${expected.join(' ')}`];
  for (const { name, canRun } of tests) {
    const conclusion = outcome.tests.find((test) => test.name === name)?.conclusion;
    if (!canRun && conclusion !== 'not-applicable' && conclusion !== 'not-scheduled') {
      problems.push(`${name}: ${String(conclusion)}, though no host can run it`);
    }
  }
  return problems;
}

/** Every job that the lab ran is an attempt of its test, once. */
function problemsOfJobs(jobs: readonly LabJobView[], outcome: SuiteOutcome): string[] {
  const attempts = outcome.tests.flatMap(({ name, attempts }) =>
    attempts.map(({ jobId }) => `${String(jobId)} ${name}`),
  );
  const ran = jobs
    .filter(({ entries }) => entries.length > 0)
    .map(({ id, name }) => `${id} ${name.slice(name.lastIndexOf('/') + 1)}`);
  // A test that could not be scheduled as far as its suite can know has no attempt, though its job may be there.
  const unknown = new Set(
    outcome.tests.filter(({ conclusion }) => conclusion === 'not-scheduled').map(({ name }) => name),
  );
  const expected = ran.filter((job) => !unknown.has(job.slice(job.indexOf(' ') + 1)));
  if (isSame(expected.sort(), attempts.sort())) return [];
  return [`attempts are ${attempts.join(', ')}; the lab ran ${expected.join(', ')}`];
}

/** Every result is recorded once: in the status log, as an event and in the outcome. */
function problemsOfRecord({ outcome, events, entries }: EndedRun): string[] {
  const results = outcome.tests.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.results));
  const inOutcome = results.map(({ jobId, testName, status }) => `${jobId} ${testName} ${status}`).sort();
  const told = events.flatMap((event) => {
    if (event.type !== 'test-result') return [];
    const { jobId, testName, status } = event.result;
    return [`${jobId} ${testName} ${status}`];
  });
  const logged = (kind: (code: string) => string | undefined) =>
    entries.flatMap(({ code, operation, fields }) => {
      const status = kind(code);
      const jobId = fields?.['job_id'];
      return status === undefined || jobId === undefined || jobId === ''
        ? []
        : [`${jobId} ${String(operation)} ${status}`];
    });
  const status = logged((code) => (code === 'START' || code === 'INFO' || code.startsWith('END ') ? undefined : code));
  const ends = logged((code) => (code.startsWith('END ') ? code.slice('END '.length) : undefined));
  const starts = logged((code) => (code === 'START' ? '' : undefined)).length;
  const problems: string[] = [];
  if (!isSame(inOutcome, told.sort()))
    problems.push(`told ${told.join(', ')}; the outcome has ${inOutcome.join(', ')}`);
  if (!isSame(inOutcome, status.sort()))
    problems.push(`recorded ${status.join(', ')}; the outcome has ${inOutcome.join(', ')}`);
  if (!isSame(inOutcome, ends.sort()) || starts !== ends.length)
    problems.push(`${starts} STARTs, ENDs ${ends.join(', ')}`);
  const unscheduled = outcome.tests.filter((test) => test.attempts.length === 0);
  for (const { name } of unscheduled) {
    const own = entries.filter(({ operation, fields }) => operation === name && fields?.['job_id'] === undefined);
    if (own.length !== 3) problems.push(`${name} was not scheduled, and has ${own.length} entries of the status log`);
  }
  return problems;
}

/** An attempt says what the lab's results database says of its job. */
function problemsOfAttempts(
  { name, conclusion, attempts, experimental }: TestOutcome,
  jobs: readonly LabJobView[],
  views: ReadonlyMap<number, readonly TestView[]>,
  timedOut: boolean,
): string[] {
  const problems: string[] = [];
  const truths = attempts.map(({ jobId }) => truthOf(views.get(jobId ?? -1) ?? []));
  for (const [index, { jobId, status, number }] of attempts.entries()) {
    const job = jobs.find(({ id }) => id === jobId);
    const before = attempts[index - 1]?.jobId ?? null;
    const retried = job?.keyvals['retry_original_job_id'] ?? null;
    if (job === undefined) problems.push(`${name}: the lab has no job ${String(jobId)}`);
    if (retried !== (before === null ? null : String(before)))
      problems.push(`${name}: attempt ${number} retries ${String(retried)}`);
    if (status === null && timedOut) continue;
    if (status !== truths[index]?.status) {
      problems.push(`${name}: attempt ${number} is ${String(status)}, the lab says ${String(truths[index]?.status)}`);
    }
  }
  if (experimental !== name.startsWith(experimentalPrefix)) problems.push(`${name}: experimental is ${experimental}`);
  const isOpen = attempts.at(-1)?.status === null;
  if (attempts.length > 0 && !isOpen && conclusion !== conclusionOf(truths)) {
    problems.push(`${name}: ${conclusion}, by the lab's rows ${String(conclusionOf(truths))}`);
  }
  return problems;
}

interface Truth {
  readonly status: string;
  readonly ranTest: boolean;
  readonly executed: boolean;
}

const worstFirst = ['TEST_NA', 'ABORT', 'ERROR', 'FAIL', 'WARN', 'GOOD'];

function truthOf(rows: readonly TestView[]): Truth {
  const isOfJob = ({ testName }: TestView) => /^(SERVER|CLIENT)_JOB/u.test(testName);
  const worst = (some: readonly TestView[]) => worstFirst.find((status) => some.some((row) => row.status === status));
  const tests = rows.filter((row) => !isOfJob(row));
  const ofTests = worst(tests);
  const testFailed = ofTests !== undefined && ofTests !== 'GOOD' && ofTests !== 'WARN';
  const counted = testFailed ? tests : rows.filter((row) => !isOfJob(row) || row.status !== 'GOOD');
  const status = worst(counted);
  if (status === undefined) return { status: 'ABORT', ranTest: false, executed: false };
  // Of rows that are equally bad the first decides.
  const decisive = counted.filter((row) => row.status === status);
  const first = decisive.find(({ reason }) => reason !== '') ?? decisive[0];
  return {
    status,
    ranTest: first !== undefined && !isOfJob(first),
    executed: counted.some(({ startedMs }) => startedMs !== null),
  };
}

function conclusionOf(truths: readonly Truth[]): Conclusion | undefined {
  const truth = truths.findLast(({ executed }) => executed) ?? truths.at(-1);
  if (truth === undefined) return undefined;
  if (!truth.executed && !truth.ranTest && truth.status === 'ABORT') return 'aborted';
  if (truth.status === 'GOOD') return truths.length > 1 ? 'flaky' : 'passed';
  if (truth.status === 'WARN') return 'warned';
  if (!truth.ranTest) return 'infrastructure';
  return truth.status === 'TEST_NA' ? 'not-applicable' : 'failed';
}

/** What has failed and may be run again is run again, and nothing else is. */
function problemsOfRetries({ suite, outcome, events }: EndedRun, timedOut: boolean): string[] {
  const { tests, options } = suite;
  const limit = options.maxRetries ?? Number.POSITIVE_INFINITY;
  const retries = outcome.tests.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0);
  const problems = retries > limit ? [`${retries} retries, at most ${limit} are allowed`] : [];
  const retriesOf = new Map(tests.map((test: RandomTest) => [test.name, options.jobRetry ? test.retries : 0]));
  const givenUp = new Set(
    events.flatMap((event) => (event.type === 'test-not-scheduled' && event.attempt > 1 ? [event.test] : [])),
  );
  for (const { name, attempts } of outcome.tests) {
    const allowed = retriesOf.get(name) ?? 0;
    if (attempts.length > allowed + 1)
      problems.push(`${name}: ${attempts.length} attempts, ${allowed} retries are allowed`);
    const last = attempts.at(-1);
    const failed = (last?.results ?? []).some(
      ({ executed, status }) => executed && status !== 'GOOD' && status !== 'WARN' && status !== 'ALERT',
    );
    if (!failed || timedOut || retries >= limit || givenUp.has(name)) continue;
    if (attempts.length <= allowed) problems.push(`${name}: failed ${attempts.length} times, and was not run again`);
  }
  return problems;
}

function problemsOfVerdict({ verdict, tests }: SuiteOutcome, timedOut: boolean): string[] {
  const counted = new Set(tests.filter(({ experimental }) => !experimental).map(({ conclusion }) => conclusion));
  const any = (...conclusions: readonly Conclusion[]) => conclusions.some((conclusion) => counted.has(conclusion));
  const expected = any('failed')
    ? 'ERROR'
    : any('infrastructure', 'not-scheduled')
      ? 'INFRA_FAILURE'
      : any('aborted', 'unfinished') || timedOut
        ? 'SUITE_TIMEOUT'
        : any('warned', 'flaky')
          ? 'WARNING'
          : 'OK';
  if (tests.length === 0) return verdict === 'WARNING' ? [] : [`nothing to run, and the verdict is ${verdict}`];
  return verdict === expected ? [] : [`the verdict is ${verdict}, expected ${expected}`];
}

function jobsOfTests({ lab, hasSuiteJob }: RandomSuite): readonly LabJobView[] {
  const jobs = lab.jobs();
  return hasSuiteJob ? jobs.filter(({ parentId }) => parentId !== null) : jobs;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
