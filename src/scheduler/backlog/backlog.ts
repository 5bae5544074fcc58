import type { CallOptions } from '../../clients/call-options.js';
import type { Clock } from '../../runtime/clock.js';
import { createLimit, type Limit } from '../../runtime/limit.js';
import { LaunchInDoubtError, LaunchRefusedError, type Launcher, type StartedSuite } from '../launch/types.js';
import type { LaunchChange, LaunchRecord, LaunchState, Ledger, LedgerWriteOptions } from '../ledger/types.js';
import { problemOf } from '../problem-of.js';
import type { SuiteTask } from '../task.js';
import { backOffMs } from './back-off.js';
import { chooseLaunches, type ChosenLaunches, type LaunchLimits } from './choose-launches.js';

/** What became of a suite that was due. */
export interface LaunchNews {
  readonly type: 'launched' | 'adopted' | 'refused' | 'failed' | 'in-doubt' | 'missed';
  readonly record: LaunchRecord;
  /** What went wrong; null: nothing. */
  readonly problem: string | null;
}

/** What a {@link Backlog} is made of. */
export interface BacklogOptions {
  readonly ledger: Ledger;
  readonly launcher: Launcher;
  readonly clock: Clock;
  readonly limits: LaunchLimits;
  /** After so long, in ms, a launch of which nothing was heard is no longer under way anywhere. */
  readonly settleMs: number;
  /** How many launches are under way at a time. */
  readonly concurrency: number;
}

/**
 * Starts what the ledger says is due. Each step is put down before it is done and after it: a stop in between leaves a
 * record `launching`, of which nobody knows whether the suite was started. It is looked for then, and started again only
 * when it is not there and no request for it can be under way any more (C1).
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #limit: Limit;

  constructor(options: BacklogOptions) {
    this.#options = options;
    this.#limit = createLimit(options.concurrency, options.clock);
  }

  /**
   * Starts what is to be started in this turn, and resolves when it is known what became of each.
   *
   * @param tell - is called for each as it is known
   */
  async work(
    tasks: readonly SuiteTask[],
    tell: (news: LaunchNews) => void,
    options: CallOptions & LedgerWriteOptions = {},
  ): Promise<void> {
    await this.#work(
      (due, nowMs) => chooseLaunches(due, { nowMs, tasks, limits: this.#options.limits }),
      tell,
      options,
    );
  }

  /**
   * Starts some suites now, whatever the limits are and however shortly before one was tried; all others wait.
   *
   * @param keys - of launches that have been claimed
   * @param tell - is called for each as it is known
   */
  async workOn(
    keys: ReadonlySet<string>,
    tell: (news: LaunchNews) => void,
    options: CallOptions & LedgerWriteOptions = {},
  ): Promise<void> {
    const isMeant = ({ launch }: LaunchRecord) => keys.has(launch.key);
    const choose = (due: readonly LaunchRecord[], nowMs: number) =>
      chooseLaunches(
        due.map((record) => ({ ...record, notBeforeMs: 0 })),
        { nowMs, tasks: [], limits: {} },
      );
    await this.#work(choose, tell, options, isMeant);
  }

  async #work(
    choose: (due: readonly LaunchRecord[], nowMs: number) => ChosenLaunches,
    tell: (news: LaunchNews) => void,
    options: CallOptions & LedgerWriteOptions,
    isMeant: (record: LaunchRecord) => boolean = () => true,
  ): Promise<void> {
    const inDoubt = (await this.#records('launching')).filter(isMeant);
    await this.#each(inDoubt, (record) => this.#settle(record, tell, options), options);

    // Only now, with those that turned out not to have been started.
    const due = (await this.#records('due')).filter(isMeant);
    const { now, expired, superseded } = choose(due, this.#options.clock.now());
    for (const record of expired) await this.#miss(record, record.problem ?? 'its time is over', tell, options);
    for (const record of superseded) await this.#miss(record, 'a newer build is tested in its place', tell, options);
    await this.#each(now, (record) => this.#start(record, tell, options), options);
  }

  /**
   * Makes due again what was given up as too late by a clock that was ahead and has been put back. For a turn that comes
   * before the last one by the clock.
   */
  async reclaim(options: LedgerWriteOptions): Promise<void> {
    const { ledger, clock } = this.#options;
    const nowMs = clock.now();
    const givenUp: LaunchRecord[] = [];
    for await (const record of ledger.launches({ states: ['missed'] })) {
      const { changedAtMs, expiresAtMs } = record;
      if (changedAtMs > nowMs && changedAtMs >= expiresAtMs && expiresAtMs > nowMs) givenUp.push(record);
    }
    for (const record of givenUp) await this.#mark(record, { state: 'due', notBeforeMs: 0 }, options);
  }

  async #records(state: LaunchState): Promise<readonly LaunchRecord[]> {
    const records: LaunchRecord[] = [];
    for await (const record of this.#options.ledger.launches({ states: [state] })) records.push(record);
    return records;
  }

  /** One that fails does not stop the others; what fails is the ledger, and then nothing can be done. */
  async #each(
    records: readonly LaunchRecord[],
    work: (record: LaunchRecord) => Promise<void>,
    { signal }: CallOptions,
  ): Promise<void> {
    const runs = records.map((record) => this.#limit.run(() => work(record), { signal }));
    const failed = (await Promise.allSettled(runs)).find((run) => run.status === 'rejected');
    signal?.throwIfAborted();
    if (failed !== undefined) throw failed.reason;
  }

  async #settle(
    record: LaunchRecord,
    tell: (news: LaunchNews) => void,
    options: CallOptions & LedgerWriteOptions,
  ): Promise<void> {
    const { launcher, clock, settleMs } = this.#options;
    const { launch, firstTriedAtMs, claimedAtMs, changedAtMs } = record;
    const { signal } = options;
    const wasAhead = changedAtMs > clock.now();
    // By a clock that was ahead and has been put back nobody knows when it was tried.
    const sinceMs = wasAhead ? clock.now() - lookBackMs : (firstTriedAtMs ?? claimedAtMs);
    let found: StartedSuite | null;
    try {
      found = await launcher.find(launch, { sinceMs }, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      tell({ type: 'in-doubt', record, problem: `it cannot be looked for: ${problemOf(error)}` });
      return;
    }
    if (found !== null) {
      const done = await this.#mark(record, { state: 'launched', jobId: found.jobId, problem: null }, options);
      if (done !== null) tell({ type: 'adopted', record: done, problem: null });
      return;
    }
    if (clock.now() < changedAtMs + settleMs) {
      const waiting = wasAhead ? await this.#mark(record, { firstTriedAtMs: sinceMs }, options) : record;
      if (waiting === null) return;
      tell({
        type: 'in-doubt',
        record: waiting,
        problem: record.problem ?? 'the scheduler was stopped while it was started',
      });
      return;
    }
    await this.#mark(record, { state: 'due', notBeforeMs: 0 }, options);
  }

  async #start(
    record: LaunchRecord,
    tell: (news: LaunchNews) => void,
    options: CallOptions & LedgerWriteOptions,
  ): Promise<void> {
    const { launcher, clock } = this.#options;
    const tries = record.tries + 1;
    const firstTriedAtMs = record.firstTriedAtMs ?? clock.now();
    const trying = await this.#mark(record, { state: 'launching', tries, firstTriedAtMs }, options);
    if (trying === null) return;
    let started: StartedSuite;
    try {
      started = await launcher.launch(trying.launch, { signal: options.signal });
    } catch (error) {
      // Aborted, nobody knows whether it was started: the record stays as it is.
      options.signal?.throwIfAborted();
      await this.#markFailed(trying, error, tell, options);
      return;
    }
    // A ledger that fails now leaves the record as it is, too: the suite is found then, and not started again.
    const done = await this.#mark(trying, { state: 'launched', jobId: started.jobId, problem: null }, options);
    if (done !== null) tell({ type: 'launched', record: done, problem: null });
  }

  async #markFailed(
    record: LaunchRecord,
    error: unknown,
    tell: (news: LaunchNews) => void,
    options: LedgerWriteOptions,
  ): Promise<void> {
    const problem = problemOf(error);
    if (error instanceof LaunchRefusedError) {
      const refused = await this.#mark(record, { state: 'refused', problem }, options);
      if (refused !== null) tell({ type: 'refused', record: refused, problem });
    } else if (error instanceof LaunchInDoubtError) {
      const doubtful = await this.#mark(record, { problem }, options);
      if (doubtful !== null) tell({ type: 'in-doubt', record: doubtful, problem });
    } else {
      const notBeforeMs = this.#options.clock.now() + backOffMs(record.tries);
      const failed = await this.#mark(record, { state: 'due', notBeforeMs, problem }, options);
      if (failed !== null) tell({ type: 'failed', record: failed, problem });
    }
  }

  async #miss(
    record: LaunchRecord,
    problem: string,
    tell: (news: LaunchNews) => void,
    options: LedgerWriteOptions,
  ): Promise<void> {
    const missed = await this.#mark(record, { state: 'missed', problem }, options);
    if (missed !== null) tell({ type: 'missed', record: missed, problem });
  }

  /** Null: somebody else has changed the record meanwhile, and knows better. */
  async #mark(
    { launch, version }: LaunchRecord,
    change: Omit<LaunchChange, 'changedAtMs'>,
    { token }: LedgerWriteOptions,
  ): Promise<LaunchRecord | null> {
    const { ledger, clock } = this.#options;
    return await ledger.mark(launch.key, version, { ...change, changedAtMs: clock.now() }, { token });
  }
}

/** As long as suites are known by default. */
const lookBackMs = 14 * 24 * 3600_000;
