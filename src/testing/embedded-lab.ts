import {
  defaultLabTimeZone,
  HttpAfeClient,
  HttpCrashServerClient,
  HttpDevServerClient,
  HttpTkoClient,
  type Clock,
  type ResultFiles,
} from '../index.js';
import { readBuild } from './build-folder.js';
import type { CallLog } from './call-log.js';
import { LabDescriptionError } from './errors.js';
import { expectEverythingFinished, expectNothingDoubled, expectNoUnexpectedCalls } from './expectations.js';
import type { LabFaults } from './fault.js';
import type { LabService } from './http/lab-http.js';
import type { LabListener } from './http/lab-listener.js';
import { listen } from './http/lab-listener.js';
import { labTransport, type LabTransport } from './http/lab-transport.js';
import type { LabCore } from './lab-core.js';
import { createLabCore } from './lab-core.js';
import type { LabDescription } from './lab-description.js';
import { labHost, type LabHost } from './lab-host.js';
import type { StoredBuild } from './lab/build-store.js';
import type { LabEventListener } from './lab/lab-events.js';
import type { LabJob } from './lab/model.js';
import { stableHash } from './lab/stable-hash.js';
import { jobFiles, jobTags } from './results/job-files.js';
import { resultFilesInMemory } from './results/result-files-in-memory.js';
import { ResultsFolder } from './results/results-folder.js';
import { addHeldOpenJob } from './services/create-job.js';
import { suiteArguments, type LabSuiteArguments } from './suite-arguments.js';
import { Timeline } from './timeline.js';
import type { LabHostView, LabJobView } from './views.js';
import { describeLab, viewHost, viewJob } from './views.js';

/** Base URLs of a lab's servers. */
export interface LabUrls {
  readonly afe: string;
  readonly tko: string;
  readonly devServer: string;
  readonly crashServer: string;
}

/** A suite job that runs until it is told to finish, as one does while its suite waits for results. */
export interface LabSuiteJob {
  readonly id: number;
  /** `<id>-<owner>/hostless` */
  readonly tag: string;
  readonly owner: string;
  finish(): void;
}

/**
 * A lab in this process: AFE, TKO, dev server and crash server with hosts and builds, on which jobs really run through their states.
 *
 * Its clients are the package's own ones, over a transport in memory; `listen()` serves the same over HTTP. The lab has
 * no timers: what is due happens when somebody looks.
 */
export class EmbeddedLab {
  readonly clock: Clock;
  readonly afe: HttpAfeClient;
  readonly tko: HttpTkoClient;
  readonly devServer: HttpDevServerClient;
  readonly crashServer: HttpCrashServerClient;
  /**
   * The files that jobs leave when they end: `status.log`, `keyval`, `debug/autoserv.DEBUG`, and a dump
   * `<test>/sysinfo/crash/<process>.<date>.<pid>.dmp` for each crash of the test's script. They are made when somebody
   * asks for them: in memory, or below `resultsDir`.
   */
  readonly resultFiles: Required<ResultFiles>;
  /** The way to the lab's servers for further clients in process; their URLs are in `urls`. */
  readonly transport: LabTransport;
  /** How often the services were called. */
  readonly calls: CallLog;
  readonly faults: LabFaults;
  readonly #core: LabCore;
  readonly #forSuites: { readonly builds: readonly string[]; readonly timeZone: string };
  readonly #timeline: Timeline;
  readonly #listeners = new Set<LabEventListener>();
  readonly #resultsFolder: ResultsFolder | undefined;
  #listening: Promise<readonly [LabListener, LabListener, LabListener]> | undefined;
  #urls: LabUrls = inProcess;
  #closed = false;

  /** Starts a lab; `embeddedLab()` describes one more pleasantly. Reads the folders of control files. */
  static async start(description: LabDescription): Promise<EmbeddedLab> {
    const builds = [...description.builds].map(([name, options]) => readBuild(name, options));
    return new EmbeddedLab(description, await Promise.all(builds));
  }

  private constructor(description: LabDescription, builds: readonly StoredBuild[]) {
    const timeZone = description.options.timeZone ?? defaultLabTimeZone;
    this.#forSuites = { builds: builds.map(({ name }) => name), timeZone };
    this.#core = createLabCore(description, builds, {
      devServerUrl: () => this.#urls.devServer,
      tell: (atMs, happening) => {
        const event = { atMs, ...happening };
        this.#timeline.add(event);
        for (const listener of this.#listeners) listener(event);
      },
    });
    const { clock, calls, faults, time, user } = this.#core;
    this.clock = clock;
    this.calls = calls;
    this.faults = faults;
    this.#timeline = new Timeline(time);
    this.transport = labTransport(this.#core.front, (url) => this.#serviceAt(url));
    const { seed = 1 } = description.options;
    const options = { transport: this.transport, clock, random: randomNumbers(seed) };
    const rpcOptions = { ...options, user, timeZone };
    let jobCount = 0;
    this.afe = new HttpAfeClient({ ...rpcOptions, url: inProcess.afe, newId: () => `${seed}-${++jobCount}` });
    this.tko = new HttpTkoClient({ ...rpcOptions, url: inProcess.tko });
    this.devServer = new HttpDevServerClient({ ...options, url: inProcess.devServer });
    this.crashServer = new HttpCrashServerClient({ ...options, url: inProcess.crashServer });
    const filesOf = (jobTag: string) => {
      this.#catchUp();
      return jobFiles(this.#core.state, time, jobTag);
    };
    const { resultsDir } = description.options;
    this.#resultsFolder = resultsDir === undefined ? undefined : new ResultsFolder(resultsDir, clock, filesOf);
    this.resultFiles = this.#resultsFolder ?? resultFilesInMemory(filesOf);
  }

  /** Where the servers are: on the loopback interface once `listen()` has been called, else known to `transport` only. */
  get urls(): LabUrls {
    return this.#urls;
  }

  /** Serves the lab over HTTP on free ports of the loopback interface. Called again it returns the same. */
  async listen(): Promise<LabUrls> {
    if (this.#closed) throw new LabDescriptionError('the lab is closed');
    const { front, clock } = this.#core;
    this.#listening ??= Promise.all([
      listen(front, clock, (path) => this.#rpcServiceAt(path)),
      listen(front, clock, () => this.#core.devServer),
      listen(front, clock, () => this.#core.crashServer, maxDumpRequestBytes),
    ]);
    const [rpc, devServer, crashServer] = await this.#listening;
    this.#urls = { afe: rpc.url, tko: rpc.url, devServer: devServer.url, crashServer: crashServer.url };
    return this.#urls;
  }

  /** Makes a suite job, the parent of a suite's jobs. */
  suiteJob(options: { readonly name?: string | undefined; readonly owner?: string | undefined } = {}): LabSuiteJob {
    this.#catchUp();
    const { state, simulation, user } = this.#core;
    const { name = 'suite', owner = user } = options;
    const job = addHeldOpenJob(state, name, owner, simulation.now);
    simulation.enqueue(job);
    return { id: job.id, tag: `${job.id}-${owner}/hostless`, owner, finish: () => this.#finish(job) };
  }

  /**
   * Arguments for `reimageAndRun` that run a suite of this lab in process: with the last build that was described for
   * the board, in a new suite job. Change what you like: `{ ...lab.suiteArguments('bvt', 'x86-mario'), jobRetry: true }`.
   *
   * Throws `LabDescriptionError` when the lab has no build for the board.
   */
  suiteArguments(suite: string, board: string): LabSuiteArguments {
    const { afe, tko, devServer, crashServer, resultFiles, clock } = this;
    const clients = { afe, tko, devServer, crashServer };
    const suiteLab = { ...this.#forSuites, ...clients, resultFiles, clock, suiteJob: this.suiteJob.bind(this) };
    return suiteArguments(suiteLab, suite, board);
  }

  /**
   * Has the result files of all jobs that have ended written below `resultsDir`, for whoever looks into the folder
   * itself. `resultFiles` needs no such call.
   *
   * Rejects with `LabDescriptionError` when the lab has no `resultsDir`.
   */
  async writeResults(): Promise<void> {
    if (this.#resultsFolder === undefined) throw new LabDescriptionError('the lab has no resultsDir to write into');
    this.#catchUp();
    await this.#resultsFolder.writeAll(jobTags(this.#core.state));
  }

  /** All jobs by id. */
  jobs(): readonly LabJobView[] {
    this.#catchUp();
    return this.#core.state.jobs.map(viewJob);
  }

  hosts(): readonly LabHostView[] {
    this.#catchUp();
    return [...this.#core.state.hosts.values()].map(viewHost);
  }

  /** A handle on one host. Throws `LabDescriptionError` when there is none of that name. */
  host(hostname: string): LabHost {
    const { state, simulation } = this.#core;
    const host = state.hosts.get(hostname);
    if (host === undefined) throw new LabDescriptionError(`the lab has no host ${hostname}`);
    return labHost(host, { state, simulation, catchUp: () => this.#catchUp() });
  }

  /**
   * Has a listener told of what happens, when somebody looks at the lab next. Returns the way to stop it.
   *
   * It must not throw: the lab would stop in the middle of what it does.
   */
  onEvent(listener: LabEventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The lab's latest events, a line each. */
  timeline(): string {
    this.#catchUp();
    return this.#timeline.toString();
  }

  /** All jobs and hosts, a line each. */
  toString(): string {
    return describeLab(this.jobs(), this.hosts());
  }

  /** Throws `LabExpectationError` when a job exists twice. */
  expectNothingDoubled(): void {
    this.#catchUp();
    expectNothingDoubled(this.#core.state.jobs);
  }

  /** Throws `LabExpectationError` when a job has not come to its end; suite jobs of the lab do not count. */
  expectEverythingFinished(): void {
    this.#catchUp();
    expectEverythingFinished(this.#core.state.jobs);
  }

  /** Throws `LabExpectationError` when something was called that the lab does not have. */
  expectNoUnexpectedCalls(): void {
    expectNoUnexpectedCalls(this.calls);
  }

  /** Stops listening and ends what is under way. A lab that does not listen needs no closing. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    const listeners = await this.#listening;
    await Promise.all((listeners ?? []).map((listener) => listener.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #finish(job: LabJob): void {
    this.#catchUp();
    this.#core.simulation.finishHeldOpen(job);
  }

  #catchUp(): void {
    this.#core.simulation.catchUp(this.#core.clock.now());
  }

  #serviceAt(url: URL): LabService | undefined {
    if (this.#closed) return undefined;
    const isAt = (base: string) => url.origin === new URL(base).origin;
    if (isAt(inProcess.afe) || isAt(this.#urls.afe)) return this.#rpcServiceAt(url.pathname);
    if (isAt(inProcess.devServer) || isAt(this.#urls.devServer)) return this.#core.devServer;
    return isAt(inProcess.crashServer) || isAt(this.#urls.crashServer) ? this.#core.crashServer : undefined;
  }

  #rpcServiceAt(path: string): LabService {
    return path.startsWith('/new_tko/') ? this.#core.tko : this.#core.afe;
  }
}

const inProcess: LabUrls = {
  afe: 'http://afe.lab',
  tko: 'http://afe.lab',
  devServer: 'http://devserver.lab:8082',
  crashServer: 'http://crashserver.lab:8082',
};

/** A little more than the server takes, so that it can say so itself. */
const maxDumpRequestBytes = 65 * 1024 * 1024;

/** Numbers from 0 up to 1 that are the same on each run. */
function randomNumbers(seed: number): () => number {
  let drawn = 0;
  return () => stableHash(`${seed}/${++drawn}`) / 2 ** 32;
}
