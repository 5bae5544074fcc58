import { reimageAndRun, type Clock, type SuiteOutcome } from '../index.js';
import type { LabHappening } from './lab/lab-events.js';
import type { LabState } from './lab/lab-state.js';
import type { LabJob } from './lab/model.js';
import { isComplete } from './lab/model.js';
import type { Simulation } from './lab/simulation.js';
import { readInjectedArguments } from './services/suite-control-file.js';
import type { LabSuiteArguments } from './suite-arguments.js';
import type { LabSuiteRun, LabSuiteState, RunSuite } from './suite-run.js';
import { suiteRunOptions } from './suite-run-options.js';
import { SuiteRunState } from './suite-run-state.js';

/**
 * The suites that run in the lab's suite jobs.
 *
 * The lab has no timers, and a suite job may be all that goes on in it. So each is watched: somebody sleeps on the lab's
 * clock and looks at the lab from time to time, until the job is over.
 */
export class SuiteRuns {
  readonly #parts: SuiteRunsParts;
  readonly #runs = new Map<number, SuiteRunState>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #problems: unknown[] = [];
  #closed = false;

  constructor(parts: SuiteRunsParts) {
    this.#parts = parts;
  }

  /** Hears what happens in the lab, in the middle of it: nothing may look at the lab before the next turn. */
  hear(happening: LabHappening): void {
    if (this.#closed || !('jobId' in happening)) return;
    const job = this.#parts.state.jobs.underWay(happening.jobId);
    if (job?.suite === undefined) return;
    const run = this.#runs.get(job.id);
    if (happening.type === 'job-queued') this.#follow(job, new SuiteRunState(job.id, job.testName, job.suite));
    if (happening.type === 'job-running' && run !== undefined) this.#keep(this.#run(job, run));
    if (happening.type === 'job-aborted') run?.abort(new Error(`the suite job ${job.id} was aborted`));
  }

  get(jobId: number): LabSuiteState | undefined {
    return this.#runs.get(jobId);
  }

  all(): readonly LabSuiteState[] {
    return [...this.#runs.values()];
  }

  /**
   * Resolves when no suite job waits or runs any more. Rejects with what went wrong in the lab itself meanwhile, e.g. the
   * error of a script, when nobody else has been told.
   */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    if (this.#problems.length > 0) throw this.#problems.shift();
  }

  /** Aborts what is under way, and resolves when it has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    const reason = new Error('the lab was closed');
    for (const run of this.#runs.values()) {
      run.abort(reason);
      run.watch.abort(reason);
    }
    await this.settled();
  }

  #follow(job: LabJob, run: SuiteRunState): void {
    this.#runs.set(job.id, run);
    this.#keep(this.#watch(job, run.watch.signal));
  }

  async #watch(job: LabJob, signal: AbortSignal): Promise<void> {
    const { clock, schedulerMs } = this.#parts;
    const isOver = () => signal.aborted || job.entries.every(isComplete);
    for (let waitMs = schedulerMs; !isOver(); waitMs = Math.max(schedulerMs, shortestWaitMs)) {
      try {
        await clock.sleep(waitMs, { signal });
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      this.#look();
    }
  }

  /** What goes wrong in the lab is told to whoever looks at it; here that is nobody who could be told at once. */
  #look(): void {
    const { clock, simulation } = this.#parts;
    try {
      simulation.catchUp(clock.now());
    } catch (error) {
      this.#problems.push(error);
    }
  }

  async #run(job: LabJob, run: SuiteRunState): Promise<void> {
    run.begin();
    // The lab is in the middle of what made the job begin.
    await Promise.resolve();
    await run.carryOut((signal) => this.#callFunction(job, run, signal));
    if (run.state !== 'finished' && run.state !== 'failed') return;
    const { simulation, clock } = this.#parts;
    run.recordVerdict(clock.now());
    this.#look();
    simulation.endSuite(job, run.state === 'failed' ? { status: 'FAIL', reason: messageOf(run.error) } : 'good');
  }

  async #callFunction(job: LabJob, run: SuiteRunState, signal: AbortSignal): Promise<SuiteOutcome | undefined> {
    const { runSuite = runByDefault, optionsFor } = this.#parts;
    const { jobId, tag, suite } = run;
    const about = { jobId, tag, suite, args: readInjectedArguments(job.controlFile), signal };
    const options = suiteRunOptions(about, { ...optionsFor(), job: run.job });
    return (await runSuite({ ...about, options })) ?? undefined;
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((error: unknown) => void this.#problems.push(error))
      .finally(() => this.#underWay.delete(kept));
    this.#underWay.add(kept);
  }
}

/** What the suites of a lab run on. */
interface SuiteRunsParts {
  readonly state: LabState;
  readonly simulation: Simulation;
  readonly clock: Clock;
  /** How often the lab's scheduler looks for something to do. */
  readonly schedulerMs: number;
  readonly runSuite: RunSuite | undefined;
  readonly optionsFor: () => Pick<LabSuiteArguments, 'lab' | 'resultFiles' | 'clock'>;
}

function runByDefault({ options }: LabSuiteRun): Promise<SuiteOutcome> {
  return reimageAndRun(options);
}

/** A watch that never waits would be busy for ever. */
const shortestWaitMs = 1000;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
