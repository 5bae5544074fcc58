import {
  defaultLabTimeZone,
  HttpAfeClient,
  HttpCrashServerClient,
  HttpDevServerClient,
  HttpTkoClient,
  type Clock,
  type ResultFiles,
  type SuiteOutcome,
} from '../index.js';
import { readBuild, readBuilds } from './build-folder.js';
import type { CallLog } from './call-log.js';
import { copyGraph } from './copy-graph.js';
import { LabDescriptionError, LabExpectationError } from './errors.js';
import {
  everythingFinished,
  noHostUsedTwice,
  nothingDoubled,
  noUnexpectedCalls,
  type Expectation,
} from './expectations.js';
import type { LabFaults } from './fault.js';
import type { FrontServer } from './http/front-server.js';
import { apache, apacheProxy, cherryPy } from './http/front-server.js';
import type { LabService } from './http/lab-http.js';
import type { LabListener } from './http/lab-listener.js';
import { listen } from './http/lab-listener.js';
import { labTransport, type LabTransport } from './http/lab-transport.js';
import { jobHistory, type LabJobHistory } from './job-history.js';
import type { LabCore } from './lab-core.js';
import { createLabCore } from './lab-core.js';
import type { BuildOptions, LabDescription } from './lab-description.js';
import { dumpLab } from './lab-dump.js';
import { labHost, type LabHost } from './lab-host.js';
import type { LabStatus } from './lab-status.js';
import type { StoredBuild } from './lab/build-store.js';
import type { LabEventListener } from './lab/lab-events.js';
import type { LabJob } from './lab/model.js';
import { stableHash } from './lab/stable-hash.js';
import { jobFiles, jobTags } from './results/job-files.js';
import { resultFilesInMemory } from './results/result-files-in-memory.js';
import { ResultsFolder } from './results/results-folder.js';
import { addHeldOpenJob } from './services/create-job.js';
import { suiteArguments, type LabSuiteArguments } from './suite-arguments.js';
import type { LabSuiteState } from './suite-run.js';
import { SuiteRuns } from './suite-runs.js';
import { Timeline } from './timeline.js';
import type { LabHostView, LabJobView } from './views.js';
import { VirtualClock } from './virtual-clock.js';
import { describeLab, viewHost, viewJob } from './views.js';

/** Base URLs of a lab's servers, and the URL of its status page. */
export interface LabUrls {
  readonly afe: string;
  readonly tko: string;
  readonly devServer: string;
  readonly crashServer: string;
  /** The status page itself, whose answer is JSON. */
  readonly labStatus: string;
}

/** A suite job that runs until it is told to finish, as one does while its suite waits for results. */
export interface LabSuiteJob {
  readonly id: number;
  /** `<id>-<owner>/hostless` */
  readonly tag: string;
  readonly owner: string;
  finish(): void;
}

/** A lab as it was at one moment, from which any number of labs can go on, side by side and on their own. */
export interface LabSnapshot {
  /** The time on the lab's clock at that moment, in ms since the epoch. */
  readonly atMs: number;
  /**
   * Another lab that goes on from that moment: hosts, jobs, special tasks, builds, what is staged, results, faults in
   * place and the status page are as they were. On a virtual clock it has one of its own, at the time of the snapshot;
   * on any other it shares the clock, and what was due since then happens at once.
   *
   * It counts its own calls, has no listeners and is served nowhere before its `listen()`. Scripts that are functions
   * are the same ones.
   */
  restore(): EmbeddedLab;
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
  /** What was called: counted always, and kept with the option `callLog`. */
  readonly calls: CallLog;
  readonly faults: LabFaults;
  readonly #core: LabCore;
  readonly #description: LabDescription;
  readonly #timeZone: string;
  readonly #overHttp: { readonly idleSocketMs: number; readonly devServerBefore: FrontServer };
  readonly #timeline: Timeline;
  readonly #listeners = new Set<LabEventListener>();
  readonly #resultsFolder: ResultsFolder | undefined;
  readonly #suites: SuiteRuns;
  #listening: Promise<readonly [LabListener, LabListener, LabListener, LabListener]> | undefined;
  #urls: LabUrls = inProcess;
  #closed = false;

  /** Starts a lab; `embeddedLab()` describes one more pleasantly. Reads the folders of control files. */
  static async start(description: LabDescription): Promise<EmbeddedLab> {
    return new EmbeddedLab(description, await readBuilds(description.builds));
  }

  private constructor(description: LabDescription, builds: readonly StoredBuild[]) {
    const timeZone = description.options.timeZone ?? defaultLabTimeZone;
    this.#timeZone = timeZone;
    this.#description = description;
    this.#core = createLabCore(description, builds, {
      devServerUrl: () => this.#urls.devServer,
      tell: (atMs, happening) => {
        const event = { atMs, ...happening };
        this.#timeline.add(event);
        this.#suites.hear(happening);
        for (const listener of this.#listeners) listener(event);
      },
    });
    const { devServerBehindApache = false, idleSocketMs = 5_000 } = description.options;
    this.#overHttp = { idleSocketMs, devServerBefore: devServerBehindApache ? apacheProxy : cherryPy };
    const { clock, calls, faults, time, user } = this.#core;
    this.clock = clock;
    this.calls = calls;
    this.faults = faults;
    for (const fault of description.faults ?? []) faults.add(fault);
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
    const { afe, tko, devServer, crashServer, resultFiles } = this;
    const clients = { afe, tko, devServer, crashServers: [crashServer], timeZone };
    this.#suites = new SuiteRuns({
      ...this.#core,
      schedulerMs: this.#core.durations.schedulerMs,
      runSuite: description.options.runSuite,
      optionsFor: () => ({ lab: clients, resultFiles, clock }),
    });
  }

  /**
   * The lab as it is now, for labs that go on from here: what takes long to prepare is prepared once.
   *
   * Throws `LabDescriptionError` while a suite runs in a job that `create_suite_job` has made: a function that runs
   * cannot be copied.
   */
  snapshot(): LabSnapshot {
    this.#catchUp();
    const underWay = this.#suites.all().filter(({ state }) => state === 'waiting' || state === 'running');
    if (underWay.length > 0) {
      const jobs = underWay.map(({ jobId }) => jobId).join(', ');
      throw new LabDescriptionError(`a lab cannot be copied while its suites run: jobs ${jobs}`);
    }
    const atMs = this.#core.simulation.now;
    const kept = copyGraph({ memory: this.#core.memory.save(), timeline: this.#timeline.save() });
    const described = this.#description;
    const builds = this.#core.announcedBuilds();
    const restore = () => {
      const { clock } = this;
      const options =
        clock instanceof VirtualClock ? { ...described.options, clock: clock.copy(atMs) } : described.options;
      const lab = new EmbeddedLab({ ...described, options }, builds);
      const { memory, timeline } = copyGraph(kept);
      lab.#core.memory.load(memory);
      lab.#timeline.load(timeline);
      return lab;
    };
    return { atMs, restore };
  }

  /** Where the servers are: on the loopback interface once `listen()` has been called, else known to `transport` only. */
  get urls(): LabUrls {
    return this.#urls;
  }

  /** Serves the lab over HTTP on free ports of the loopback interface. Called again it returns the same. */
  async listen(): Promise<LabUrls> {
    if (this.#closed) throw new LabDescriptionError('the lab is closed');
    const { front, clock } = this.#core;
    const { idleSocketMs, devServerBefore } = this.#overHttp;
    const options = { front, clock, idleSocketMs };
    const buildServer = { ...options, server: devServerBefore };
    this.#listening ??= Promise.all([
      listen({ ...options, server: apache, serviceFor: (path) => this.#rpcServiceAt(path) }),
      listen({ ...buildServer, serviceFor: () => this.#core.devServer }),
      listen({ ...buildServer, serviceFor: () => this.#core.crashServer, maxBodyBytes: maxDumpRequestBytes }),
      listen({ ...options, server: apache, serviceFor: () => this.#core.labStatus }),
    ]);
    const [rpc, devServer, crashServer, status] = await this.#listening;
    const rpcUrls = { afe: rpc.url, tko: rpc.url };
    const labStatus = `${status.url}${statusPage}`;
    this.#urls = { ...rpcUrls, devServer: devServer.url, crashServer: crashServer.url, labStatus };
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
   * Arguments for `reimageAndRun` that run a suite of this lab in process: with the last build that came for the board,
   * in a new suite job. Change what you like: `{ ...lab.suiteArguments('bvt'), jobRetry: true }`.
   *
   * @param suite - may be left out when the build has tests of one suite only
   * @param board - may be left out when the lab has builds for one board only
   * @throws LabDescriptionError when the lab has no build for the board; or where something is left out, and there is none
   *   or more than one that could be meant
   */
  suiteArguments(suite?: string, board?: string): LabSuiteArguments {
    const { afe, tko, devServer, crashServer, resultFiles, clock } = this;
    const clients = { afe, tko, devServer, crashServer };
    this.#catchUp();
    const { builds, state } = this.#core;
    const about = { builds, labels: state.labels.values(), timeZone: this.#timeZone, resultFiles, clock };
    return suiteArguments({ ...about, ...clients, suiteJob: this.suiteJob.bind(this) }, suite, board);
  }

  /**
   * Puts another build into the image storage; a text is the folder of its control files, which is read first. One that
   * is to appear at a later time is described beforehand, with `appearsAfterMs`.
   *
   * Rejects with `LabDescriptionError` when the lab has the build.
   */
  async addBuild(name: string, options: Omit<BuildOptions, 'appearsAfterMs'> | string = {}): Promise<void> {
    const build = await readBuild(name, typeof options === 'string' ? { controlFiles: options } : options);
    this.#catchUp();
    const { knowsBuild, addBuild, simulation } = this.#core;
    if (knowsBuild(name)) throw new LabDescriptionError(`the lab has the build ${name} already`);
    addBuild(build);
    simulation.tellAt(simulation.now, { type: 'build-appeared', build: name });
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

  /** How far the suite of a job that `create_suite_job` has made has come; undefined for any other job. */
  suiteRun(jobId: number): LabSuiteState | undefined {
    this.#catchUp();
    return this.#suites.get(jobId);
  }

  /** How the suites went that have run in jobs of the lab so far, by the id of the job. */
  suiteOutcomes(): ReadonlyMap<number, SuiteOutcome> {
    this.#catchUp();
    return new Map(
      this.#suites.all().flatMap(({ jobId, outcome }) => (outcome === undefined ? [] : [[jobId, outcome]])),
    );
  }

  /**
   * Resolves when every job that `create_suite_job` has made is over. Needs a clock that goes on by itself, or somebody
   * who advances it.
   *
   * Rejects with what went wrong in the lab meanwhile and nobody else has been told of, e.g. the error of a script. What
   * the function that runs suites throws is in `suiteRun()`.
   */
  suitesSettled(): Promise<void> {
    return this.#suites.settled();
  }

  /**
   * Has the lab's status page say so from now on; before, it says that the lab is open. Jobs run all the same: it is for
   * those who start suites to read it.
   *
   * Throws `LabDescriptionError` for a state that there is not.
   */
  setStatus(status: LabStatus): void {
    this.#core.status.post(status);
  }

  /** All jobs by id. */
  jobs(): readonly LabJobView[] {
    this.#catchUp();
    return Array.from(this.#core.state.jobs, viewJob);
  }

  hosts(): readonly LabHostView[] {
    this.#catchUp();
    return [...this.#core.state.hosts.values()].map(viewHost);
  }

  /** A handle on one host. Throws `LabDescriptionError` when there is none of that name. */
  host(hostname: string): LabHost {
    const { state, simulation, hostScripts } = this.#core;
    const host = state.hosts.get(hostname);
    if (host === undefined) throw new LabDescriptionError(`the lab has no host ${hostname}`);
    return labHost(host, { state, simulation, hostScripts, catchUp: () => this.#catchUp() });
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

  /**
   * What happened to one job. The lab remembers its latest 10,000 events; of a job with earlier ones only the end may
   * be known. Throws `LabDescriptionError` when there is no such job.
   */
  history(jobId: number): LabJobHistory {
    this.#catchUp();
    return jobHistory(this.#core.state, this.#timeline, jobId);
  }

  /**
   * What one wants to know of the lab when a test has failed: hosts that are not idle, jobs that are not finished and
   * why, the latest calls and events. At most a few hundred lines. Errors of the `expect...` methods and of `withLab`
   * carry it.
   */
  dump(): string {
    this.#catchUp();
    return dumpLab(this.#core, this.#timeline);
  }

  /** All jobs and hosts, a line each. */
  toString(): string {
    return describeLab(this.jobs(), this.hosts());
  }

  /** Throws `LabExpectationError` when a job exists twice. */
  expectNothingDoubled(): void {
    this.#catchUp();
    this.#expect(nothingDoubled(this.#core.state.jobs));
  }

  /** Throws `LabExpectationError` when a job has not come to its end; suite jobs of the lab do not count. */
  expectEverythingFinished(): void {
    this.#catchUp();
    this.#expect(everythingFinished(this.#core.state.jobs));
  }

  /** Throws `LabExpectationError` when the lab gave a host to two at once: a fault of the lab's own scheduler. */
  expectNoHostUsedTwice(): void {
    this.#catchUp();
    this.#expect(noHostUsedTwice(this.#core.simulation.hostsUsedTwice));
  }

  /** Throws `LabExpectationError` when something was called that the lab does not have. */
  expectNoUnexpectedCalls(): void {
    this.#expect(noUnexpectedCalls(this.calls));
  }

  /** All that can be expected of any lab at the end of a test. Throws `LabExpectationError` with all that is not so. */
  expectAllWell(): void {
    this.#catchUp();
    const { state, simulation } = this.#core;
    const ofJobs = [nothingDoubled(state.jobs), everythingFinished(state.jobs)];
    this.#expect(noUnexpectedCalls(this.calls), ...ofJobs, noHostUsedTwice(simulation.hostsUsedTwice));
  }

  /**
   * Stops listening and ends what is under way; suites that run in jobs of the lab are aborted. A lab that neither
   * listens nor runs suites needs no closing.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    this.#core.front.close();
    try {
      await this.#suites.close();
    } finally {
      const listeners = await this.#listening;
      await Promise.all((listeners ?? []).map((listener) => listener.close()));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #finish(job: LabJob): void {
    this.#catchUp();
    this.#core.simulation.finishHeldOpen(job);
  }

  #expect(...expectations: readonly Expectation[]): void {
    const failed = expectations.filter(({ problems }) => problems.length > 0);
    if (failed.length === 0) return;
    const expected = failed.map((expectation) => expectation.expected).join(', and ');
    const problems = failed.flatMap((expectation) => expectation.problems);
    throw new LabExpectationError(expected, problems, this.dump());
  }

  #catchUp(): void {
    this.#core.simulation.catchUp(this.#core.clock.now());
  }

  #serviceAt(url: URL): LabService | undefined {
    if (this.#closed) return undefined;
    const isAt = (base: string) => url.origin === new URL(base).origin;
    if (isAt(inProcess.afe) || isAt(this.#urls.afe)) return this.#rpcServiceAt(url.pathname);
    if (isAt(inProcess.devServer) || isAt(this.#urls.devServer)) return this.#core.devServer;
    if (isAt(inProcess.crashServer) || isAt(this.#urls.crashServer)) return this.#core.crashServer;
    return isAt(inProcess.labStatus) || isAt(this.#urls.labStatus) ? this.#core.labStatus : undefined;
  }

  #rpcServiceAt(path: string): LabService {
    return path.startsWith('/new_tko/') ? this.#core.tko : this.#core.afe;
  }
}

const statusPage = '/current?format=json';

const inProcess: LabUrls = {
  afe: 'http://afe.lab',
  tko: 'http://afe.lab',
  devServer: 'http://devserver.lab:8082',
  crashServer: 'http://crashserver.lab:8082',
  labStatus: `http://status.lab${statusPage}`,
};

/** A little more than the server takes, so that it can say so itself. */
const maxDumpRequestBytes = 65 * 1024 * 1024;

/** Numbers from 0 up to 1 that are the same on each run. */
function randomNumbers(seed: number): () => number {
  let drawn = 0;
  return () => stableHash(`${seed}/${++drawn}`) / 2 ** 32;
}
