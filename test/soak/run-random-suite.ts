import {
  dryRunBugReporter,
  isDynamicSuiteError,
  reimageAndRun,
  silentLogger,
  type SuiteEvent,
  type SuiteOutcome,
} from '../../src/index.js';
import { MemorySuiteJob } from '../../src/testing/index.js';
import { problemsOfRun } from './problems-of-run.js';
import { board, build, randomSuite, suiteName, type RandomSuite } from './random-suite.js';

/** What became of a random suite. */
export interface RandomRun {
  readonly seed: number;
  /** Null where the suite could not be begun: nothing was staged, or no control file read. */
  readonly outcome: SuiteOutcome | null;
  readonly jobs: number;
  readonly faultyCalls: number;
  /** Everything that should not be so, a line each. */
  readonly problems: readonly string[];
}

/** Runs the suite of a seed, and holds what it tells and records against what the lab has. */
export async function runRandomSuite(seed: number): Promise<RandomRun> {
  const suite = await randomSuite(seed);
  const { lab, options, hasSuiteJob } = suite;
  const job = hasSuiteJob ? lab.suiteArguments(suiteName, board).job : new MemorySuiteJob();
  const events: SuiteEvent[] = [];
  let retries = 0;
  let outcome: SuiteOutcome;
  try {
    outcome = await reimageAndRun({
      ...{ ...options, name: suiteName, board, builds: { 'cros-version': build }, devserverUrl: lab.urls.devServer },
      ...{ job, clock: lab.clock, resultFiles: lab.resultFiles },
      // By URL, so that the run has clients of its own, and what it tells of their calls.
      lab: { afe: lab.urls.afe, tko: lab.urls.tko, transport: lab.transport },
      bugReporter: dryRunBugReporter({ logger: silentLogger }),
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'warning' && event.code === 'no-answer') retries += 1;
      },
    });
  } catch (error) {
    return { seed, outcome: null, jobs: 0, faultyCalls: retries, problems: problemsOfRefusal(error, suite) };
  }
  lab.faults.clear();
  const problems = await problemsOfRun({ suite, outcome, events, entries: job.entries });
  return { seed, outcome, jobs: lab.jobs().length - (hasSuiteJob ? 1 : 0), faultyCalls: retries, problems };
}

/** A suite may give up before its first job, and must say why by an error of the package. */
function problemsOfRefusal(error: unknown, { lab, hasSuiteJob }: RandomSuite): readonly string[] {
  const problems: string[] = [];
  if (!isDynamicSuiteError(error)) problems.push(`rejected with ${String(error)}`);
  const jobs = lab.jobs().length - (hasSuiteJob ? 1 : 0);
  if (jobs > 0) problems.push(`rejected with ${String(error)} though ${jobs} jobs were made`);
  return problems;
}
