import type { BugReporter } from '../bugs/bug-reporter.js';
import { checkBugTemplate, type BugTemplate } from '../bugs/bug-template.js';
import { resolveReportLimits, type ReportLimits } from '../bugs/report-budget.js';

/** Whether, and of what, failures are reported. */
export interface FailureReportArguments {
  /**
   * Report failures: as bugs in the suites that releases depend on (`bvt`, `sanity`, ...), by e-mail in others. Needs a
   * `bugReporter`.
   *
   * @defaultValue false
   */
  readonly fileBugs?: boolean | undefined;
  /**
   * Report failures of experimental tests too.
   *
   * @defaultValue false
   */
  readonly fileExperimentalBugs?: boolean | undefined;
  /**
   * What to write into the reports besides the facts; a test's own BUG_TEMPLATE goes over it. One that breaks the rules
   * counts as empty, with a warning.
   *
   * @defaultValue empty
   */
  readonly bugTemplate?: BugTemplate | undefined;
}

/** Who reports failures, and how much. */
export interface FailureReportOptions {
  /**
   * Tells of failures, beside the wait for the other jobs; see `bugTrackerReporter` and `dryRunBugReporter`. Asked only
   * with `fileBugs`. What it throws is a warning.
   *
   * @defaultValue nobody reports failures
   */
  readonly bugReporter?: BugReporter | undefined;
  /** Bounds of the reports; what is left out keeps its default. */
  readonly reportLimits?: Partial<ReportLimits> | undefined;
}

/** How failures are reported, with the defaults. */
export interface ResolvedFailureReports {
  readonly fileBugs: boolean;
  readonly fileExperimentalBugs: boolean;
  readonly template: BugTemplate;
  /** Why the template that was given counts as empty; null when it does not. */
  readonly templateProblem: string | null;
  readonly reporter: BugReporter | null;
  readonly limits: ReportLimits;
}

/** Fills in the defaults. */
export function resolveFailureReports(options: FailureReportArguments & FailureReportOptions): ResolvedFailureReports {
  const { template, problem } = checkBugTemplate(options.bugTemplate);
  return {
    fileBugs: options.fileBugs ?? false,
    fileExperimentalBugs: options.fileExperimentalBugs ?? false,
    template,
    templateProblem: problem,
    reporter: options.bugReporter ?? null,
    limits: resolveReportLimits(options.reportLimits),
  };
}
