import { HttpAfeClient } from '../clients/afe/http-afe-client.js';
import type { CallOptions } from '../clients/call-options.js';
import { gotTransport } from '../transport/got-transport.js';
import type { ClosableHttpTransport } from '../transport/types.js';
import { anyOf } from './any-signal.js';
import { Backlog } from './backlog/backlog.js';
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
import { StaleLeaseError, type HeldLease, type Lease } from './ledger/lease.js';
import { memoryLedger } from './ledger/memory-ledger.js';
import type { LedgerWriteOptions } from './ledger/types.js';
import { underLease, type LeaseOutcome } from './lease-keeper.js';
import { logNews } from './log-news.js';
import { runOnce, type OneShotReport, type OneShotRequest } from './one-shot.js';
import { rereadConfig } from './reread-config.js';
import { SchedulerOptionError } from './scheduler-option-error.js';
import { resolveSchedulerOptions, type SuiteSchedulerOptions } from './scheduler-options.js';
import type { SchedulerNewsDetails } from './scheduler-news.js';
import type { SchedulerStatus } from './scheduler-status.js';
import { gatherFacts, readBoards } from './turn/gather-facts.js';
import { PastSuiteJobs } from './turn/past-suite-jobs.js';
import { planTurn, type TurnPlan } from './turn/plan-turn.js';
import { Problems } from './turn/problems.js';
import { ReasonBook } from './turn/reason-book.js';
import { problemOf, readDeadlineMs, settingsOf, stateName, type SchedulerParts } from './turn/scheduler-parts.js';
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
  #config: SchedulerConfig;
  #state: SchedulerStatus['state'] = 'idle';
  #lastTurn: SchedulerStatus['lastTurn'] = null;
  #nextTurnMs: number | null = null;
  /** Turns are taken one after the other. */
  #turns: Promise<unknown> = Promise.resolve();
  #running: Promise<void> | null = null;
  #resuming: Promise<void> | undefined;
  /** Of the lease that `run()` holds. */
  #token: number | undefined;

  /** Throws `SchedulerOptionError` or `ClientOptionError` for an option that cannot work. Asks nobody anything. */
  constructor(options: SuiteSchedulerOptions) {
    const settings = resolveSchedulerOptions(options);
    const { lab, builds, ledger = memoryLedger() } = options;
    const { clock, logger, timeZone, concurrency, limits, settleMs } = settings;
    this.#options = options;
    this.#config = options.config;
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
      reasons: new ReasonBook(ledger),
    };
  }

  /** What holds at the moment: it is read again at the beginning of each turn, where it can be. */
  get config(): SchedulerConfig {
    return this.#config;
  }

  /**
   * Takes a turn now and then, until `stop()` is called; then the turn under way is finished. With a lease it waits for
   * it first, and again when it was lost. What does not work is told and tried again, and never ends it (C9).
   *
   * Rejects with `signal.reason` when aborted: what is under way is aborted too. Whether a suite that was being started
   * was started is found out by the next scheduler on this ledger.
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

  /** Has `run()` end after the turn under way, and resolves when it has. The scheduler cannot be run again. */
  async stop(): Promise<void> {
    if (this.#state !== 'idle') this.#state = 'stopping';
    this.#stopping.abort();
    await this.#running?.catch(() => {});
  }

  /**
   * Takes one turn: for those who drive the scheduler themselves. What fails is in the report; it rejects only when the
   * ledger does, or when aborted, or, with a lease, with `LeaseHeldError` when somebody else holds it.
   */
  async turn({ signal }: CallOptions = {}): Promise<TurnReport> {
    return await this.#alone(({ token, signal: inner }) => this.#turn({ token, signal: inner }), signal);
  }

  /** What a turn would do now, without doing it. */
  async plan({ signal }: CallOptions = {}): Promise<TurnPlan> {
    return await planTurn(this.#parts, this.#config, { signal });
  }

  /**
   * What will be due within so many days, as the lab is now.
   *
   * @param days - above 0
   */
  async forecast(days: number, { signal }: CallOptions = {}): Promise<Forecast> {
    if (!(days > 0 && days <= 366)) throw new SchedulerOptionError('days', `expected 1 to 366, found ${String(days)}`);
    const { afe, builds, settings, events } = this.#parts;
    const read = { signal, deadlineMs: readDeadlineMs };
    const boards = await readBoards(afe, read);
    const { hosts } = await gatherFacts({ afe, builds, labStatus: null }, boards, [], read);
    const nowMs = settings.clock.now();
    return forecastOf({ events, config: this.#config, timeZone: settings.timeZone }, { nowMs, days, boards, hosts });
  }

  /**
   * Why a suite was run, or was not, on a board lately (C3): one call for "why did suite X not run on board Y last night?"
   *
   * Rejects with `SchedulerOptionError` when neither a task nor a suite is named, or nobody has heard of it.
   */
  async explain(request: ExplainRequest): Promise<Explanation> {
    return await explain(this.#parts, this.#config, request);
  }

  /**
   * Runs all tasks of some events on one build, whatever their hour or day, whether or not they have run before, and
   * whatever the lab's status is; and returns.
   *
   * Rejects with `SchedulerOptionError` for an event that there is not, with `BuildNameError` for what is no build.
   */
  async runOnce(request: OneShotRequest, { signal }: CallOptions = {}): Promise<OneShotReport> {
    return await this.#alone((options) => runOnce(this.#parts, this.#config, request, options), signal);
  }

  /**
   * Asks for an event of one's own (`requestEvent`) from outside. It is kept, and handled in the next turn.
   *
   * @param request - `id`: asked for again under the same one before it is handled, it occurs once; the time by default
   * @throws SchedulerOptionError for an event that there is not, or that cannot be asked for
   */
  async request(keyword: string, request: { readonly id?: string | undefined } = {}): Promise<void> {
    const { events, ledger, settings } = this.#parts;
    const event = events.find((one) => one.keyword === keyword);
    if (event?.request === undefined) throw new SchedulerOptionError('event', `${keyword} cannot be asked for`);
    const atMs = settings.clock.now();
    const { id = new Date(atMs).toISOString() } = request;
    const name = stateName(keyword);
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
    const nextDue: Record<string, number> = {};
    for (const event of events) {
      const tasks = this.#config.tasks.filter(({ runOn }) => runOn === event.keyword);
      const range = { afterMs: atMs, upToMs: atMs + 8 * dayMs };
      for (const { task, dueMs } of event.upcoming?.(tasks, range, settingsOf(this.#config, event.keyword)) ?? []) {
        nextDue[task] ??= dueMs;
      }
    }
    const { tasks, problems: malformed } = this.#config;
    return {
      atMs,
      state: this.#state,
      lastTurn: this.#lastTurn,
      nextTurnMs: this.#nextTurnMs,
      nextDue,
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
        this.#tell({ type: 'problem', where: 'lease', message: 'the lease was lost; waiting for it' });
      } catch (error) {
        signal?.throwIfAborted();
        if (this.#stopping.signal.aborted) return;
        await this.#putOffLease(error, signal);
      }
    }
  }

  async #takeTurnsUnder(lease: Lease, signal: AbortSignal | undefined): Promise<LeaseOutcome<void>> {
    this.#state = 'waiting-for-lease';
    const { problems, settings } = this.#parts;
    const { holder, clock, logger } = settings;
    const waiting = anyOf(signal, this.#stopping.signal);
    const work = (held: HeldLease, inner: AbortSignal) => {
      waiting.release();
      if (problems.worked('lease')) this.#tell({ type: 'mended', where: 'lease' });
      return this.#takeTurns(held, signal, inner);
    };
    try {
      return await underLease(lease, { holder, wait: true, clock, logger, signal: waiting.signal }, work);
    } finally {
      waiting.release();
    }
  }

  /** A lease that cannot be had or let go, as on a full disk, is tried again. */
  async #putOffLease(error: unknown, signal: AbortSignal | undefined): Promise<void> {
    const { problems, settings } = this.#parts;
    const { clock, intervalMs } = settings;
    const message = problemOf(error);
    if (problems.failed('lease', message, clock.now())) this.#tell({ type: 'problem', where: 'lease', message });
    const sleeping = anyOf(signal, this.#stopping.signal);
    try {
      const waitMs = (problems.get('lease')?.nextTryMs ?? 0) - clock.now();
      await clock.sleep(Math.min(waitMs, intervalMs), { signal: sleeping.signal });
    } catch (reason) {
      signal?.throwIfAborted();
      if (!this.#stopping.signal.aborted) throw reason;
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
    const working = anyOf(outer, inner);
    const sleeping = anyOf(outer, inner, this.#stopping.signal);
    try {
      while (!this.#stopping.signal.aborted) {
        const startedMs = clock.now();
        await this.#serially(() => this.#turnThatGoesOn({ token: held?.token, signal: working.signal }));
        const nowMs = clock.now();
        // A clock that was put back meanwhile is not waited for.
        this.#nextTurnMs = Math.min(Math.max(nowMs, startedMs + intervalMs), nowMs + intervalMs);
        await clock.sleep(this.#nextTurnMs - nowMs, { signal: sleeping.signal });
      }
    } catch (error) {
      working.signal.throwIfAborted();
      if (!this.#stopping.signal.aborted) throw error;
    } finally {
      working.release();
      sleeping.release();
      this.#token = undefined;
    }
  }

  /** Whatever happens in a turn, there is another one; but not for a scheduler that is not to work any more. */
  async #turnThatGoesOn(options: CallOptions & LedgerWriteOptions): Promise<void> {
    const { problems, settings } = this.#parts;
    try {
      await this.#turn(options);
      if (problems.worked('turn')) this.#tell({ type: 'mended', where: 'turn' });
    } catch (error) {
      options.signal?.throwIfAborted();
      // Without a lease it is the ledger's own affair, which may come right.
      if (error instanceof StaleLeaseError && options.token !== undefined) throw error;
      const message = problemOf(error);
      if (problems.failed('turn', message, settings.clock.now()))
        this.#tell({ type: 'problem', where: 'turn', message });
      settings.logger.error('a turn of the suite scheduler failed', { error });
    }
  }

  async #turn(options: CallOptions & LedgerWriteOptions): Promise<TurnReport> {
    await this.#resume(options);
    const { settings, problems } = this.#parts;
    this.#config = await rereadConfig(this.#config, {
      problems,
      nowMs: settings.clock.now(),
      tell: (news) => this.#tell(news),
      signal: options.signal,
    });
    const report = await takeTurn(this.#parts, this.#config, { ...options, tell: (news) => this.#tell(news) });
    const { atMs, ms, decisions, launches } = report;
    this.#lastTurn = { atMs, ms, decisions: decisions.length, launches: launches.length };
    return report;
  }

  /** Once; and again where it has failed. */
  async #resume(options: CallOptions): Promise<void> {
    this.#resuming ??= this.#launcher.resume?.(options) ?? Promise.resolve();
    try {
      await this.#resuming;
    } catch (error) {
      this.#resuming = undefined;
      throw error;
    }
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
      throw new SchedulerOptionError('lease', 'it was lost while the turn was taken');
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
    try {
      onNews({ ...details, timeMs: clock.now() });
    } catch (error) {
      logger.error('a listener of the suite scheduler failed', { error });
    }
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
