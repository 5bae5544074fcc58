import type { BugReporter, FiledReport, ReportOptions } from './bug-reporter.js';
import type { FailureReport } from './failure-report.js';

/** A bug, as far as it matters for telling whether it stands for a failure. */
export interface TrackedBug {
  readonly id: string;
  readonly open: boolean;
  /** The bug that it was merged into when it was closed, as a duplicate of it; null for none. */
  readonly mergedInto: string | null;
}

/** Where bugs are kept. Every call may reject; that ends the report with a warning. */
export interface BugTracker {
  /**
   * The bugs that were filed with this anchor, open and closed, the newest first. The anchor is the last line of the
   * text that `create` was given.
   */
  findByAnchor(anchor: string, options: ReportOptions): Promise<readonly TrackedBug[]>;
  /** A bug by its id; null when there is none, or none that may be seen. */
  read(id: string, options: ReportOptions): Promise<TrackedBug | null>;
  /** Files a bug and gives its id. */
  create(failure: FailureReport, options: ReportOptions): Promise<string>;
  /** Notes in a bug that the failure was seen again, and gives how often it has been, this time included. */
  comment(id: string, failure: FailureReport, options: ReportOptions): Promise<number>;
}

/** Sends e-mails. */
export interface FailureMailer {
  /** Sends one about the failure, to the owner and the `cc` of its template or to whom the mailer knows. */
  send(failure: FailureReport, options: ReportOptions): Promise<void>;
}

/** Options of {@link bugTrackerReporter}. */
export interface BugTrackerReporterOptions {
  /** Where the failures of suites that file bugs are kept. */
  readonly tracker: BugTracker;
  /** Who sends e-mails about the failures of the other suites. */
  readonly mailer: FailureMailer;
}

/**
 * A reporter that keeps one bug for one failure: an open bug with the failure's anchor gets a comment; a closed one is
 * followed to the bug that it was merged into, and that one gets it if it is open; else a new one is filed. Suites that
 * file no bugs have an e-mail sent.
 */
export function bugTrackerReporter({ tracker, mailer }: BugTrackerReporterOptions): BugReporter {
  return {
    async report(failure, options): Promise<FiledReport> {
      if (failure.route === 'mail') {
        await mailer.send(failure, options);
        return {};
      }
      const bugId = await findOpenBug(tracker, failure.anchor, options);
      if (bugId === null) return { bugId: await tracker.create(failure, options), count: 1 };
      return { bugId, count: await tracker.comment(bugId, failure, options) };
    },
  };
}

async function findOpenBug(tracker: BugTracker, anchor: string, options: ReportOptions): Promise<string | null> {
  const found = await tracker.findByAnchor(anchor, options);
  const open = found.find((bug) => bug.open);
  if (open !== undefined) return open.id;
  // Bugs may be merged in a circle, and the same one may be reached from several.
  const seen = new Set(found.map(({ id }) => id));
  for (const closed of found.slice(0, maxClosedBugs)) {
    let next = closed.mergedInto;
    while (next !== null && !seen.has(next) && seen.size < found.length + maxMerges) {
      options.signal.throwIfAborted();
      seen.add(next);
      const bug = await tracker.read(next, options);
      if (bug?.open === true) return bug.id;
      next = bug?.mergedInto ?? null;
    }
  }
  return null;
}

const maxClosedBugs = 20;
const maxMerges = 50;
