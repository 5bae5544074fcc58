import { bugIdKey, bugKeyvals } from '../bugs/bug-keyvals.js';
import { checkBugTemplate, mergeBugTemplates, type BugTemplate } from '../bugs/bug-template.js';
import { failureReport, type FailureReport } from '../bugs/failure-report.js';
import { checkFiledReport, type BugReporter, type FiledReport } from '../bugs/bug-reporter.js';
import { ReportBudget } from '../bugs/report-budget.js';
import { isReportable } from '../bugs/reportable.js';
import { problemOf } from '../crashes/problem.js';
import type { TestResult } from '../results/test-result.js';
import { onAbort } from '../runtime/abort.js';
import type { Clock } from '../runtime/clock.js';
import type { Announcer } from './announcer.js';
import type { ResolvedFailureReports } from './failure-report-options.js';
import { buildUnderTest, type JobTemplate } from './job-request.js';
import type { LedgerJob, LedgerTest } from './job-ledger.js';
import type { Recorder } from './recorder.js';

/**
 * Has the failures of finished jobs reported, one after the other, beside the wait for the other jobs: a slow or broken
 * reporter holds up no result.
 */
export class FailureWatch {
  readonly #options: ResolvedFailureReports;
  readonly #jobs: JobTemplate;
  readonly #recorder: Recorder;
  readonly #announcer: Announcer;
  readonly #clock: Clock;
  readonly #budget: ReportBudget;
  readonly #testsWarnedOf = new Set<LedgerTest>();
  readonly #pending: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();
  #endMs = Number.POSITIVE_INFINITY;

  constructor(
    options: ResolvedFailureReports,
    parts: {
      readonly jobs: JobTemplate;
      readonly recorder: Recorder;
      readonly announcer: Announcer;
      readonly clock: Clock;
    },
  ) {
    this.#options = options;
    this.#jobs = parts.jobs;
    this.#recorder = parts.recorder;
    this.#announcer = parts.announcer;
    this.#clock = parts.clock;
    this.#budget = new ReportBudget(options.limits);
    this.#tellAboutOptions();
  }

  /** Takes the results of a job that has finished, once it is known whether it is tried again. */
  watch(job: LedgerJob, results: readonly TestResult[], signal: AbortSignal | undefined): void {
    const { fileBugs, fileExperimentalBugs, reporter } = this.#options;
    if (!fileBugs || reporter === null) return;
    const retryToCome = job.test.jobs.some(({ attempt }) => attempt > job.attempt);
    const { experimental } = job.test;
    for (const result of results) {
      if (!isReportable(result, { retryToCome, experimental, fileExperimentalBugs })) continue;
      const report = this.#compose(job, result);
      if (!this.#budget.take(report.anchor)) continue;
      // In turn, so that two failures with one anchor do not become two bugs.
      const pending = this.#last.then(() => this.#report(reporter, job, report, result, signal));
      this.#pending.push(pending);
      // Whoever waits for all of them hears of a failure to record; the next in turn goes ahead whatever became of it.
      this.#last = pending.catch(() => undefined);
    }
  }

  /**
   * Resolves when every failure so far has been reported, or the suite can wait no longer.
   *
   * @throws the signal's reason when aborted
   */
  async settled(signal: AbortSignal | undefined): Promise<void> {
    this.#endMs = this.#clock.now() + this.#options.limits.timeAtEndMs;
    try {
      await Promise.all(this.#pending.splice(0));
    } finally {
      this.#endMs = Number.POSITIVE_INFINITY;
      const leftOut = this.#budget.tellLeftOut();
      if (leftOut !== null) this.#announcer.warn('failures-not-reported', leftOut);
    }
    signal?.throwIfAborted();
  }

  async #report(
    reporter: BugReporter,
    job: LedgerJob,
    report: FailureReport,
    result: TestResult,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (isAborted(signal)) return this.#budget.stopped();
    // It has its bug from before the suite was killed and started again, and counts for the budget as it did then.
    if (await this.#recorder.wasNotedBefore(bugIdKey(result.jobId, result.testName))) return;
    if (!this.#budget.mayTry()) return;
    const { timePerReportMs } = this.#options.limits;
    const leftMs = Math.min(timePerReportMs, this.#endMs - this.#clock.now());
    if (leftMs <= 0) return this.#budget.outOfTime();
    let filed: FiledReport | null;
    try {
      filed = checkFiledReport(
        await withinTime(leftMs, this.#clock, signal, (own) =>
          reporter.report(report, { signal: own, clock: this.#clock }),
        ),
      );
    } catch (error) {
      if (isAborted(signal)) return this.#budget.stopped();
      this.#budget.failed();
      const message = `The failure of ${report.test} in job ${String(report.jobId)} is not reported: ${problemOf(error)}`;
      return this.#announcer.warn('report-failed', message);
    }
    this.#budget.succeeded();
    if (filed === null) return;
    await this.#recorder.keyvals(bugKeyvals(result.jobId, result.testName, filed));
    const { anchor, route } = report;
    const { bugId = null, count = null } = filed;
    const about = { test: job.test.name, attempt: job.attempt, result };
    this.#announcer.tell({ type: 'failure-reported', ...about, route, anchor, bugId, count });
  }

  #compose(job: LedgerJob, result: TestResult): FailureReport {
    const { suite, builds, board, parentJobId, testSourceBuild } = this.#jobs;
    return failureReport({
      ...{ suite, builds, testSourceBuild, result },
      suiteJobId: parentJobId,
      board: board.slice('board:'.length),
      build: buildUnderTest(builds),
      attempt: job.attempt,
      experimental: job.test.experimental || result.experimental,
      template: this.#templateOf(job.test),
    });
  }

  #templateOf(test: LedgerTest): BugTemplate {
    const { template, problem } = checkBugTemplate(test.control?.bugTemplate);
    if (problem !== null && !this.#testsWarnedOf.has(test)) {
      this.#testsWarnedOf.add(test);
      this.#announcer.warn('bad-bug-template', `The BUG_TEMPLATE of ${test.name} counts as empty: ${problem}`);
    }
    return mergeBugTemplates(template, this.#options.template);
  }

  #tellAboutOptions(): void {
    const { fileBugs, reporter, templateProblem } = this.#options;
    if (templateProblem !== null) {
      this.#announcer.warn('bad-bug-template', `The suite's bug template counts as empty: ${templateProblem}`);
    }
    if (fileBugs && reporter === null) {
      this.#announcer.warn('no-bug-reporter', 'Failures are to be reported, but "bugReporter" is missing: none is');
    }
  }
}

/** Asked anew each time: a signal changes while something is waited for. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

/** The outcome of work that may ignore its signal; rejects when it takes longer than it may, or the signal aborts. */
async function withinTime<T>(
  ms: number,
  clock: Clock,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const stopListening = onAbort(signal, () => own.abort(signal?.reason));
  const over = clock.sleep(ms, { signal: own.signal }).then(() => {
    throw new Error(`the reporter took longer than ${String(Math.round(ms / 1000))} s`);
  });
  // When the work is done first, this is how the sleep hears of it.
  over.catch(() => undefined);
  try {
    return await Promise.race([over, work(own.signal)]);
  } finally {
    stopListening();
    own.abort(new Error('The report is over'));
  }
}
