import { HttpAfeClient } from '../clients/afe/http-afe-client.js';
import type { CallOptions } from '../clients/call-options.js';
import { formatLabTime } from '../clients/lab-time.js';
import { gotTransport } from '../transport/got-transport.js';
import type { ClosableHttpTransport } from '../transport/types.js';
import { anyOf } from './any-signal.js';
import { Backlog, type LaunchNews } from './backlog/backlog.js';
import { eventKeyword, unknownEvent } from './config/event-keywords.js';
import type { SchedulerConfig } from './config/types.js';
import { explain, type ExplainRequest } from './explain/explain.js';
import type { Explanation } from './explain/explanation.js';
import { forecastOf, type Forecast } from './explain/forecast.js';
import { newBuildEvent } from './events/new-build.js';
import { newChromeEvent } from './events/new-chrome.js';
import { nightlyEvent } from './events/nightly.js';
import type { SchedulerEvent } from './events/types.js';
import { weeklyEvent } from './events/weekly.js';
import { labStatusPage } from './lab-status/lab-status-page.js';
import { afeLauncher } from './launch/afe-launcher.js';
import type { Launcher } from './launch/types.js';
import { LeaseHeldError, StaleLeaseError, type HeldLease, type Lease } from './ledger/lease.js';
import { memoryLedger } from './ledger/memory-ledger.js';
import type { LedgerWriteOptions } from './ledger/types.js';
import { underLease, type LeaseOutcome } from './lease-keeper.js';
import { logNews } from './log-news.js';
import { runOnce, type OneShotReport, type OneShotRequest } from './one-shot.js';
import { problemOf } from './problem-of.js';
import { rereadConfig, type CurrentConfig } from './reread-config.js';
import { SchedulerOptionError } from './scheduler-option-error.js';
import { resolveSchedulerOptions, type SuiteSchedulerOptions } from './scheduler-options.js';
import type { SchedulerNewsDetails } from './scheduler-news.js';
import type { SchedulerStatus } from './scheduler-status.js';
import { readBoards, readLab } from './turn/gather-facts.js';
import { PastSuiteJobs } from './turn/past-suite-jobs.js';
import { planTurn, type TurnPlan } from './turn/plan-turn.js';
import { Problems } from './turn/problems.js';
import { ReasonBook } from './turn/reason-book.js';
import { readDeadlineMs, settingsOf, stateName, type SchedulerParts } from './turn/scheduler-parts.js';
import { takeTurn } from './turn/take-turn.js';
import type { TurnReport } from './turn/turn-report.js';

/**
 * Starts suites when something happens: a time comes, a build appears, Chrome moves; on every board that the lab has,
 * for the branches that a task names; each once (C1), none missed (C2). It never waits for a suite.
 *
 * `run()` takes a turn every five minutes; who drives it otherwise calls `turn()`. `plan()`, `forecast()` and `explain()`
 * say what it would do, will do, and has done, and why (C3).
 */
export class SuiteScheduler {
  readonly #parts: SchedulerParts;
  readonly #launcher: Launcher;
  readonly #options: SuiteSchedulerOptions;
  readonly #transport: ClosableHttpTransport | undefined;
  readonly #stopping = new AbortController();
  #configs: CurrentConfig;
  #state: SchedulerStatus['state'] = 'idle';
  #lastTurn: SchedulerStatus['lastTurn'] = null;
  #nextTurnMs: number | null = null;
  /** Turns are taken one after the other. */
  #turns: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | null = null;
  #hasResumed = false;
  /** The configuration of which has been told what it has that is never run. */
  #looked: SchedulerConfig | null = null;
  /** Of the lease that `run()` holds. */
  #token: number | undefined;

  /** Throws `SchedulerOptionError` or `ClientOptionError` for an option that cannot work. Asks nobody anything. */
  constructor(options: SuiteSchedulerOptions) {
    const settings = resolveSchedulerOptions(options);
    const { lab, builds, ledger = memoryLedger() } = options;
    const { clock, logger, timeZone, concurrency, limits, settleMs } = settings;
    this.#options = options;
    this.#configs = { config: options.config, read: options.config };
    this.#transport = lab.transport === undefined && hasUrl(options) ? gotTransport() : undefined;
    const transport = lab.transport ?? this.#transport;
    const client = { transport, clock, logger, user: lab.user, timeZone };
    const afe = typeof lab.afe === 'string' ? new HttpAfeClient({ ...client, url: lab.afe, retry: afeRetry }) : lab.afe;
    this.#launcher = options.launcher ?? afeLauncher({ afe });
    this.#parts = {
      settings,
      afe,
      builds,
      labStatus:
        typeof lab.labStatus === 'string'
          ? labStatusPage({ url: lab.labStatus, transport, clock, logger })
          : (lab.labStatus ?? null),
      events: eventsOf(options, timeZone),
      ledger,
      backlog: new Backlog({ ledger, launcher: this.#launcher, clock, limits, settleMs, concurrency }),
      pastJobs: new PastSuiteJobs(afe, settings.dedupeMs),
      problems: new Problems(),
      reasons: new ReasonBook(ledger, settings.keepReasonsMs),
    };
  }

  /** What holds at the moment: it is read again at the beginning of each turn, where it can be. */
  get config(): SchedulerConfig {
    return this.#configs.config;
  }

  /**
   * Takes a turn now and then, until `stop()` is called; then the turn under way is finished. With a lease it waits for
   * it first, and again when it was lost. What does not work is told and tried again, and never ends it (C9). After
   * `stop()` it resolves at once.
   *
   * Rejects with `signal.reason` when aborted: what is under way is aborted too. Whether a suite that was being started
   * was started is found out by the next scheduler on this ledger. Rejects with `SchedulerOptionError` when it runs
   * already.
   */
  async run({ signal }: CallOptions = {}): Promise<void> {
    if (this.#running !== null) throw new SchedulerOptionError('run', 'the scheduler runs already');
    this.#running = this.#run(signal);
    try {
      await this.#running;
    } finally {
      this.#running = null;
      this.#state = 'idle';
      this.#nextTurnMs = null;
    }
  }

  /**
   * Has `run()` end after the turn under way, and resolves when it has, and nothing else is under way either. The
   * scheduler cannot be run again.
   */
  async stop(): Promise<void> {
    if (this.#state !== 'idle') this.#state = 'stopping';
    this.#stopping.abort();
    await this.#running?.catch(() => {});
    await this.#turns;
  }

  /**
   * Takes one turn: for those who drive the scheduler themselves. What fails is in the report; it rejects only when the
   * ledger does, or when aborted, or, with a lease, with `LeaseHeldError` when somebody else holds it, and with
   * `StaleLeaseError` when it was lost meanwhile.
   */
  async turn({ signal }: CallOptions = {}): Promise<TurnReport> {
    return await this.#alone(({ token, signal: inner }) => this.#turn({ token, signal: inner }), signal);
  }

  /** What a turn would do now, without doing it. Rejects when the AFE, or the ledger, does not answer. */
  async plan({ signal }: CallOptions = {}): Promise<TurnPlan> {
    return await this.#serially(() => planTurn(this.#parts, this.config, { signal }));
  }

  /**
   * What will be due within so many days, as the lab is now.
   *
   * Rejects with `SchedulerOptionError` for a number of days that cannot be looked ahead, and when the AFE does not
   * answer.
   *
   * @param days - above 0, up to 366
   */
  async forecast(days: number, { signal }: CallOptions = {}): Promise<Forecast> {
    if (!(days > 0 && days <= 366)) {
      throw new SchedulerOptionError('days', `expected a number above 0, up to 366, found ${String(days)}`);
    }
    const { afe, settings, events } = this.#parts;
    const read = { signal, deadlineMs: readDeadlineMs };
    const [boards, { hosts }] = await Promise.all([readBoards(afe, read), readLab({ afe, labStatus: null }, read)]);
    const nowMs = settings.clock.now();
    return forecastOf({ events, config: this.config, timeZone: settings.timeZone }, { nowMs, days, boards, hosts });
  }

  /**
   * Why a suite was run, or was not, on a board lately (C3): one call for "why did suite X not run on board Y last night?"
   *
   * Rejects with `SchedulerOptionError` when neither a task nor a suite is named, or nobody has heard of it.
   */
  async explain(request: ExplainRequest): Promise<Explanation> {
    return await explain(this.#parts, this.config, request);
  }

  /**
   * Runs all tasks of some events on one build, whatever their hour or day, whether or not they have run before, and
   * whatever the lab's status is; and returns.
   *
   * Rejects with `SchedulerOptionError` for an event that there is not, with `BuildNameError` for what is not the whole
   * name of a build, and when the AFE, the source of builds or the ledger does not answer.
   */
  async runOnce(request: OneShotRequest, { signal }: CallOptions = {}): Promise<OneShotReport> {
    const tell = (launch: LaunchNews) => this.#tell({ type: 'launch', launch });
    return await this.#alone(async (options) => {
      await this.#resume(options);
      return await runOnce(this.#parts, this.config, request, { ...options, tell });
    }, signal);
  }

  /**
   * Asks for an event of one's own (`requestEvent`) from outside. It is kept, and handled in the next turn.
   *
   * @param request - `id`: asked for again under the same one before it is handled, it occurs once; the time by default
   * Rejects with `SchedulerOptionError` for an event that there is not, or that cannot be asked for.
   */
  async request(keyword: string, request: { readonly id?: string | undefined } = {}): Promise<void> {
    const { events, ledger, settings } = this.#parts;
    const event = findEvent(events, keyword);
    if (event.request === undefined) throw new SchedulerOptionError('event', `${keyword} cannot be asked for`);
    const atMs = settings.clock.now();
    const { id = formatLabTime(atMs, settings.timeZone) } = request;
    const name = stateName(event.keyword);
    for (let isKept = false; !isKept;) {
      const from = await ledger.watermark(name);
      isKept = await ledger.moveWatermark(name, from, event.request(from, { id, atMs }));
    }
  }

  /** How the scheduler is doing. Asks the ledger, nobody else. */
  async status(): Promise<SchedulerStatus> {
    const { ledger, settings, events, problems } = this.#parts;
    const atMs = settings.clock.now();
    let [due, inDoubt] = [0, 0];
    let oldestDueMs: number | null = null;
    for await (const { state, launch } of ledger.launches({ states: ['due', 'launching'] })) {
      if (state === 'due') due += 1;
      else inDoubt += 1;
      oldestDueMs = Math.min(oldestDueMs ?? launch.dueMs, launch.dueMs);
    }
    const nextDue = new Map<string, number>();
    for (const event of events) {
      const tasks = this.config.tasks.filter(({ runOn }) => runOn === event.keyword);
      const range = { afterMs: atMs, upToMs: atMs + 8 * dayMs };
      for (const { task, dueMs } of event.upcoming?.(tasks, range, settingsOf(this.config, event.keyword)) ?? []) {
        if (!nextDue.has(task)) nextDue.set(task, dueMs);
      }
    }
    const { tasks, problems: malformed } = this.config;
    return {
      atMs,
      state: this.#state,
      lastTurn: this.#lastTurn,
      nextTurnMs: this.#nextTurnMs,
      nextDue: Object.fromEntries(nextDue),
      backlog: { due, inDoubt, oldestDueMs },
      problems: problems.all(),
      tasks: tasks.length,
      malformed,
    };
  }

  /** Stops it, and closes connections of its own. The ledger and the clients that were given stay open. */
  async close(): Promise<void> {
    await this.stop();
    this.#transport?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(signal: AbortSignal | undefined): Promise<void> {
    const { lease } = this.#options;
    while (!this.#stopping.signal.aborted) {
      if (lease === undefined) return await this.#takeTurns(null, signal);
      try {
        const { isLost } = await this.#takeTurnsUnder(lease, signal);
        if (!isLost) return;
        this.#fail('lease', 'it was lost, and is waited for');
      } catch (error) {
        signal?.throwIfAborted();
        if (this.#stopping.signal.aborted) return;
        this.#fail('lease', problemOf(error));
        await this.#sleep(this.#parts.settings.intervalMs, signal);
      }
    }
  }

  async #takeTurnsUnder(lease: Lease, signal: AbortSignal | undefined): Promise<LeaseOutcome<void>> {
    this.#state = 'waiting-for-lease';
    const { holder, clock, logger } = this.#parts.settings;
    const waiting = anyOf(signal, this.#stopping.signal);
    const work = (held: HeldLease, inner: AbortSignal) => {
      waiting.release();
      return this.#takeTurns(held, signal, inner);
    };
    try {
      return await underLease(lease, { holder, wait: true, clock, logger, signal: waiting.signal }, work);
    } finally {
      waiting.release();
    }
  }

  /** Until `stop()` is called at most. */
  async #sleep(ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
    const sleeping = anyOf(...signals, this.#stopping.signal);
    try {
      await this.#parts.settings.clock.sleep(ms, { signal: sleeping.signal });
    } catch (error) {
      for (const signal of signals) signal?.throwIfAborted();
      if (!this.#stopping.signal.aborted) throw error;
    } finally {
      sleeping.release();
    }
  }

  /** @param inner - aborts when the lease is lost */
  async #takeTurns(held: HeldLease | null, outer?: AbortSignal, inner?: AbortSignal): Promise<void> {
    const { clock, intervalMs } = this.#parts.settings;
    if (this.#stopping.signal.aborted) return;
    this.#state = 'running';
    this.#token = held?.token;
    this.#parts.problems.worked('lease');
    const working = anyOf(outer, inner);
    try {
      while (!this.#stopping.signal.aborted) {
        const startedMs = clock.now();
        await this.#serially(() => this.#turnThatGoesOn({ token: held?.token, signal: working.signal }));
        const nowMs = clock.now();
        // A clock that was put back meanwhile is not waited for.
        this.#nextTurnMs = Math.min(Math.max(nowMs, startedMs + intervalMs), nowMs + intervalMs);
        await this.#sleep(this.#nextTurnMs - nowMs, working.signal);
      }
    } finally {
      working.release();
      this.#token = undefined;
    }
  }

  /** Whatever happens in a turn, there is another one; but not for a scheduler that is not to work any more. */
  async #turnThatGoesOn(options: CallOptions & LedgerWriteOptions): Promise<void> {
    try {
      await this.#turn(options);
      this.#parts.problems.worked('turn');
      this.#tellProblems();
    } catch (error) {
      options.signal?.throwIfAborted();
      // Without a lease it is the ledger's own affair, which may come right. With one, somebody else is to work: whoever
      // has the ledger must be able to have the lease.
      const isTaken = error instanceof StaleLeaseError || error instanceof LeaseHeldError;
      if (isTaken && options.token !== undefined) throw error;
      this.#parts.settings.logger.error('a turn of the suite scheduler failed', { error });
      this.#fail('turn', problemOf(error));
    }
  }

  async #turn(options: CallOptions & LedgerWriteOptions): Promise<TurnReport> {
    const { settings, problems } = this.#parts;
    await this.#resume(options);
    this.#configs = await rereadConfig(this.#configs, {
      problems,
      nowMs: settings.clock.now(),
      tell: (news) => this.#tell(news),
      signal: options.signal,
    });
    this.#warnOfIdleTasks();
    const report = await takeTurn(this.#parts, this.config, { ...options, tell: (news) => this.#tell(news) });
    const { atMs, ms, decisions, launches } = report;
    this.#lastTurn = { atMs, ms, decisions: decisions.length, launches: launches.length };
    return report;
  }

  /** Once for each configuration. */
  #warnOfIdleTasks(): void {
    if (this.#looked === this.config) return;
    this.#looked = this.config;
    for (const { section, line, reason } of this.config.problems) {
      this.#tell({ type: 'warning', message: `line ${line}, [${section}]: ${reason}` });
    }
    for (const message of idleTasks(this.config, this.#parts.events)) this.#tell({ type: 'warning', message });
  }

  /** A launcher that cannot do so yet is asked again in the next turn. */
  async #resume({ signal }: CallOptions): Promise<void> {
    if (this.#hasResumed) return;
    try {
      await this.#launcher.resume?.({ signal });
      this.#hasResumed = true;
      this.#parts.problems.worked('launcher');
    } catch (error) {
      signal?.throwIfAborted();
      this.#parts.problems.failed('launcher', problemOf(error), this.#parts.settings.clock.now());
    }
  }

  #fail(where: string, message: string): void {
    this.#parts.problems.failed(where, message, this.#parts.settings.clock.now());
    this.#tellProblems();
  }

  /** Of what fails, or works again, outside of a turn, which would tell of it. */
  #tellProblems(): void {
    const { arisen, mended } = this.#parts.problems.changes();
    for (const problem of arisen) this.#tell({ type: 'problem', where: problem.where, message: problem.message });
    for (const place of mended) this.#tell({ type: 'mended', where: place });
  }

  /** Under the lease, where there is one, and when nothing else of this scheduler is under way. */
  async #alone<T>(
    work: (options: CallOptions & LedgerWriteOptions) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const { lease } = this.#options;
    const { holder, clock, logger } = this.#parts.settings;
    return await this.#serially(async () => {
      if (lease === undefined || this.#token !== undefined) return await work({ token: this.#token, signal });
      const outcome = await underLease(lease, { holder, wait: false, clock, logger, signal }, (held, inner) =>
        work({ token: held.token, signal: inner }),
      );
      if (!outcome.isLost) return outcome.value;
      throw new StaleLeaseError(outcome.token);
    });
  }

  async #serially<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turns;
    const turn = before.then(work, work);
    this.#turns = turn.catch(() => {});
    return await turn;
  }

  #tell(details: SchedulerNewsDetails): void {
    const { clock, logger, onNews } = this.#parts.settings;
    logNews(details, logger);
    const news = { ...details, timeMs: clock.now() };
    // One that rejects must not end the process either.
    const heard = new Promise<unknown>((resolve) => resolve(onNews(news)));
    heard.catch((error: unknown) => logger.error('a listener of the suite scheduler failed', { error }));
  }
}

const dayMs = 24 * 3600_000;

/** As the lab's own scheduler: 5 s at first. */
const afeRetry = { firstDelayMs: 5_000 };

function hasUrl({ lab }: SuiteSchedulerOptions): boolean {
  return typeof lab.afe === 'string' || typeof lab.labStatus === 'string';
}

function eventsOf({ events = [], chrome }: SuiteSchedulerOptions, timeZone: string): readonly SchedulerEvent[] {
  const builtIn = [
    nightlyEvent({ timeZone }),
    weeklyEvent({ timeZone }),
    newBuildEvent(),
    ...(chrome === undefined ? [] : [newChromeEvent(chrome)]),
  ];
  const own = new Set(events.map(({ keyword }) => keyword));
  return [...builtIn.filter(({ keyword }) => !own.has(keyword)), ...events];
}

function findEvent(events: readonly SchedulerEvent[], text: string): SchedulerEvent {
  const known = events.map(({ keyword }) => keyword);
  const event = events.find(({ keyword }) => keyword === eventKeyword(text, known));
  if (event === undefined) throw new SchedulerOptionError('event', unknownEvent(text, known));
  return event;
}

/** Of each event that nobody tells, a sentence about the tasks that wait for it. */
function idleTasks({ tasks }: SchedulerConfig, events: readonly SchedulerEvent[]): readonly string[] {
  const told = new Set(events.map(({ keyword }) => keyword));
  const idle = tasks.filter(({ runOn }) => !told.has(runOn));
  return [...new Set(idle.map(({ runOn }) => runOn))].map((keyword) => {
    const names = idle.filter(({ runOn }) => runOn === keyword).map(({ name }) => name);
    const option = keyword === 'new_chrome' ? 'chrome' : 'events';
    return `nobody tells this scheduler of the event ${keyword} (option "${option}"), so that these are never run: ${names.join(', ')}`;
  });
}
