import { atLeast } from '../../clients/client-options.js';
import type { AfeClient } from '../../clients/afe/types.js';
import type { CallOptions } from '../../clients/call-options.js';
import type { DevServerClient } from '../../clients/dev-server/types.js';
import type { SuiteOutcome } from '../../results/outcome.js';
import { openSuiteJob, type SuiteJob } from '../../results/suite-job.js';
import { onAbort } from '../../runtime/abort.js';
import { holdingClock, systemClock, type Clock } from '../../runtime/clock.js';
import { createLimit, type Limit } from '../../runtime/limit.js';
import { silentLogger, type Logger } from '../../runtime/logger.js';
import type { Lab } from '../../suite/lab.js';
import { reimageAndRun } from '../../suite/reimage-and-run.js';
import { splitRunOptions, type ReimageAndRunOptions } from '../../suite/run-options.js';
import { jobIdOfTag } from '../../suite/suite-options.js';
import { vetSuiteArguments } from '../../suite/suite-spec.js';
import { launchFailure } from './launch-failure.js';
import { LaunchFolders } from './launch-folders.js';
import type { KeptLaunch } from './kept-launch.js';
import type { Launcher, StartedSuite, SuiteLaunch } from './types.js';

/** Options of {@link inProcessLauncher}. */
export interface InProcessLauncherOptions {
  /** The lab, with its AFE and dev server as clients, e.g. what `labFromConfig` gives. */
  readonly lab: Lab & { readonly afe: AfeClient; readonly devServer: DevServerClient };
  /** Each suite has a folder below it, for its results and for what is needed to take it up again. Of one process alone. */
  readonly resultsDir: string;
  /**
   * How many suites run at a time; others wait in line.
   *
   * @defaultValue 10
   */
  readonly maxSuites?: number | undefined;
  /**
   * Whether each suite has a job of its own at the AFE, which runs nothing: that its tests' jobs are the children of one
   * job is what makes it certain that none of them is doubled when the process is killed. Without it their ids are
   * noted in the suite's folder; one that was created in the very moment of the kill is not known again.
   *
   * @defaultValue true
   */
  readonly parentJob?: boolean | undefined;
  /**
   * What else a suite is to be run with, e.g. `{ onEvent, resultFiles, maxRetries: 10 }`; asked again when it is taken
   * up. What it names goes before what the launch says, but for `signal`.
   *
   * @defaultValue nothing
   */
  readonly options?:
    ((launch: SuiteLaunch) => Partial<ReimageAndRunOptions> | Promise<Partial<ReimageAndRunOptions>>) | undefined;
  /** Told how each suite ended. What it throws is logged. */
  readonly onOutcome?: ((launch: SuiteLaunch, outcome: SuiteOutcome) => unknown) | undefined;
  /** Told of each suite that came to no outcome, e.g. since its build cannot be staged. What it throws is logged. */
  readonly onError?: ((launch: SuiteLaunch, error: unknown) => unknown) | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
}

/**
 * Runs suites in this process, with `reimageAndRun`, and waits for none of them; `settled` waits for all.
 *
 * A launch is started once, however often it is asked for: its key is known by its folder. A suite that was killed with
 * the process goes on where it was (S2) when somebody calls `resume`, or asks to launch or find it. A suite that came to
 * an end, or to an error, is not run again.
 *
 * @throws ClientOptionError for a limit that cannot work
 */
export function inProcessLauncher(options: InProcessLauncherOptions): Required<Launcher> {
  return new InProcessLauncher(options);
}

class InProcessLauncher implements Required<Launcher> {
  readonly #options: InProcessLauncherOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #folders: LaunchFolders;
  readonly #limit: Limit;
  readonly #running = new Map<string, Promise<void>>();
  readonly #starting = new Map<string, Promise<unknown>>();
  #stop = new AbortController();

  constructor(options: InProcessLauncherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#folders = new LaunchFolders(options.resultsDir, this.#clock);
    this.#limit = createLimit(Math.floor(atLeast('maxSuites', options.maxSuites, 10, 1, Infinity)), this.#clock);
  }

  async launch(launch: SuiteLaunch, options: CallOptions = {}): Promise<StartedSuite> {
    const stop = this.#stop.signal;
    return await this.#inTurn(launch.key, async () => {
      options.signal?.throwIfAborted();
      return (await this.#takeUp(launch.key, stop)) ?? (await this.#start(launch, stop, options));
    });
  }

  async find(launch: SuiteLaunch, _request?: unknown, options: CallOptions = {}): Promise<StartedSuite | null> {
    const stop = this.#stop.signal;
    return await this.#inTurn(launch.key, async () => {
      options.signal?.throwIfAborted();
      return await this.#takeUp(launch.key, stop);
    });
  }

  /** What cannot be read is logged, and left alone. */
  async resume({ signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const stop = this.#stop.signal;
    const { records, problems } = await this.#folders.unfinished();
    for (const error of problems) this.#logger.error('a suite that was started cannot be taken up', { error });
    for (const { launch } of records) await this.#inTurn(launch.key, () => this.#takeUp(launch.key, stop));
  }

  async settled({ signal }: CallOptions = {}): Promise<void> {
    const stopListening = onAbort(signal, () => {
      this.#stop.abort(signal?.reason);
      // Whoever goes on with the launcher afterwards starts anew.
      this.#stop = new AbortController();
    });
    try {
      while (this.#running.size + this.#starting.size > 0) {
        await Promise.allSettled([...this.#running.values(), ...this.#starting.values()]);
      }
      signal?.throwIfAborted();
    } finally {
      stopListening();
    }
  }

  /** One thing at a time for each key. */
  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#starting.get(key) ?? Promise.resolve();
    const own = before.catch(() => undefined).then(work);
    this.#starting.set(key, own);
    try {
      return await own;
    } finally {
      if (this.#starting.get(key) === own) this.#starting.delete(key);
    }
  }

  /** A suite that was started; it goes on unless it does already, or has come to its end. Null: it never was. */
  async #takeUp(key: string, stop: AbortSignal): Promise<StartedSuite | null> {
    const record = await this.#folders.find(key);
    if (record === null) return null;
    if (!this.#running.has(key) && !(await this.#folders.hasEnded(key))) this.#run(record, stop);
    return { jobId: record.jobId };
  }

  async #start(launch: SuiteLaunch, stop: AbortSignal, call: CallOptions): Promise<StartedSuite> {
    const { job } = await this.#vet(launch);
    const jobId = job === undefined ? await this.#createParent(launch, call) : jobIdOfTag(job.tag);
    const record = { launch, jobId };
    await this.#folders.put(record);
    this.#run(record, stop);
    return { jobId };
  }

  /** Asks for everything that the suite would be run with, so that a wrong argument is told at once. */
  async #vet(launch: SuiteLaunch): Promise<{ readonly job: SuiteJob | undefined }> {
    const wanted = await this.#options.options?.(launch);
    try {
      const job = wanted?.job ?? { tag: '', record() {}, writeKeyvals() {} };
      vetSuiteArguments(splitRunOptions({ ...this.#argumentsOf(launch), ...wanted, job }).suiteArguments);
      return { job: wanted?.job };
    } catch (error) {
      throw launchFailure(launch, error);
    }
  }

  async #createParent(launch: SuiteLaunch, call: CallOptions): Promise<number | null> {
    if (this.#options.parentJob === false) return null;
    const { suite, testSourceBuild, priority, timeoutMins } = launch;
    // A name that no suite job has: one that never came to run a test must not be taken for the suite.
    const name = `${testSourceBuild}-in-process/${suite}`;
    const job = { name, controlFile: parentControlFile, controlType: 'Server', priority, timeoutMins } as const;
    return await this.#options.lab.afe.createJob({ ...job, hostless: true }, call);
  }

  /** @param signal - stops it; that of the time when it was asked for */
  #run(record: KeptLaunch, signal: AbortSignal): void {
    const { launch } = record;
    const run = this.#limit
      .run(() => this.#carryOut(record, signal), { signal })
      .catch((error: unknown) => this.#tellError(launch, error, signal))
      .finally(() => this.#running.delete(launch.key));
    this.#running.set(launch.key, run);
  }

  async #carryOut({ launch, jobId }: KeptLaunch, signal: AbortSignal): Promise<void> {
    const wanted = await this.#options.options?.(launch);
    const job = wanted?.job ?? (await this.#openJob(launch, jobId));
    const outcome = await reimageAndRun({ ...this.#argumentsOf(launch), ...wanted, job, signal });
    const { verdict, exitCode, summary } = outcome;
    await this.#folders.end(launch.key, { atMs: this.#clock.now(), verdict, exitCode, summary });
    await this.#tell(() => this.#options.onOutcome?.(launch, outcome));
  }

  async #openJob({ key }: SuiteLaunch, jobId: number | null): Promise<SuiteJob> {
    const { user = 'lab', timeZone } = this.#options.lab;
    const tag = jobId === null ? 'in-process' : `${jobId}-${user}/hostless`;
    const resultDir = this.#folders.pathOf(key);
    return await holdingClock(this.#clock, () => openSuiteJob({ tag, resultDir, timeZone }));
  }

  #argumentsOf(launch: SuiteLaunch): Omit<ReimageAndRunOptions, 'job'> {
    const { suite, board, builds, testSourceBuild, pool, num, priority, timeoutMins, fileBugs, jobRetry } = launch;
    const { lab } = this.#options;
    return {
      ...{ board, builds, testSourceBuild, pool, num, priority, timeoutMins, fileBugs, jobRetry, lab },
      name: suite,
      maxRuntimeMins: timeoutMins,
      // Whoever has decided to start it has looked.
      checkHosts: false,
      devserverUrl: lab.devServer.url,
      clock: this.#clock,
      logger: this.#logger,
    };
  }

  /** Never rejects: nobody waits for a suite, and what nobody hears would end the process. */
  async #tellError(launch: SuiteLaunch, error: unknown, signal: AbortSignal): Promise<void> {
    const about = { suite: launch.suite, board: launch.board, key: launch.key, error };
    if (signal.aborted) {
      this.#logger.info('a suite was stopped; it can be taken up again', about);
      return;
    }
    this.#logger.error('a suite came to no outcome', about);
    await this.#tell(() => this.#options.onError?.(launch, error));
    const message = error instanceof Error ? error.message : String(error);
    await this.#tell(() => this.#folders.end(launch.key, { atMs: this.#clock.now(), error: message }));
  }

  async #tell(listener: () => unknown): Promise<void> {
    try {
      await listener();
    } catch (error) {
      this.#logger.error('what was to be told of a suite could not be', { error });
    }
  }
}

const parentControlFile = '# The jobs of a suite are children of this one. The suite itself runs elsewhere.\n';
