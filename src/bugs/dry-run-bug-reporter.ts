import type { Logger } from '../runtime/logger.js';
import type { BugReporter } from './bug-reporter.js';
import type { FailureReport } from './failure-report.js';

/** Options of {@link dryRunBugReporter}. */
export interface DryRunBugReporterOptions {
  /** Where it says what it would file, e.g. `console`. */
  readonly logger: Logger;
}

/** What {@link dryRunBugReporter} gives: a reporter that remembers what it was told. */
export interface DryRunBugReporter extends BugReporter {
  /** The reports so far, in order. */
  readonly reports: readonly FailureReport[];
}

/** A reporter that tells nobody: it logs what it would file or send. */
export function dryRunBugReporter({ logger }: DryRunBugReporterOptions): DryRunBugReporter {
  const reports: FailureReport[] = [];
  return {
    reports,
    async report(failure) {
      const { route, title, text, template } = failure;
      reports.push(failure);
      logger.info(`Would ${route === 'bug' ? 'file a bug' : 'send an e-mail'}: ${title}`, { text, template });
      return null;
    },
  };
}
