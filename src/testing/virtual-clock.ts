import type { Clock } from '../index.js';
import { PriorityQueue } from './priority-queue.js';

export interface VirtualClockOptions {
  /**
   * The first `now()`, in milliseconds since the epoch.
   *
   * @defaultValue 2026-01-05T09:00:00Z
   */
  readonly startMs?: number | undefined;
  /**
   * Jump to the next wake-up time by itself whenever everything in the process waits. Without it time stands still
   * until `advance` is called.
   *
   * @defaultValue true
   */
  readonly autoAdvance?: boolean | undefined;
  /**
   * How long, in ms of real time, a request to a lab over HTTP waits at most until everything else waits: requests are so
   * served in the same order on each run. 0 serves them as they come, which is faster where they go astray on the way.
   *
   * @defaultValue 500
   */
  readonly patienceMs?: number | undefined;
}

/**
 * A clock whose hours pass in milliseconds.
 *
 * When nothing holds it, somebody sleeps, and nothing has stirred for a few turns of the event loop, `now()` jumps to
 * the earliest wake-up time and wakes the sleepers of that time in the order in which they fell asleep. Runs are
 * therefore the same each time. While nobody sleeps the clock keeps no timer, so the process can end.
 *
 * What takes real time (a request, a file) must hold the clock, or time may pass under it.
 */
export class VirtualClock implements Clock {
  readonly #autoAdvance: boolean;
  readonly #patienceMs: number;
  readonly #sleepers = new PriorityQueue<Sleeper>(wakesBefore);
  #now: number;
  #sequence = 0;
  #asleep = 0;
  #holds = 0;
  /** How many of the holds wait for the clock itself, and so do not keep it waiting. */
  #excused = 0;
  readonly #awaitingQuiet = new Set<QuietWaiter>();
  #quietTurns = 0;
  #turn: NodeJS.Immediate | undefined;
  readonly #awaitingRelease: (() => void)[] = [];

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.startMs ?? defaultStartMs;
    this.#autoAdvance = options.autoAdvance ?? true;
    this.#patienceMs = options.patienceMs ?? defaultPatienceMs;
  }

  now(): number {
    return this.#now;
  }

  /** Another clock of the same kind, on which nobody sleeps yet, at the same time or at another. */
  copy(startMs = this.#now): VirtualClock {
    return new VirtualClock({ startMs, autoAdvance: this.#autoAdvance, patienceMs: this.#patienceMs });
  }

  /** How many callers sleep now. */
  get sleeping(): number {
    return this.#asleep;
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#stir();
    if (ms <= 0) return Promise.resolve();
    return this.#fallAsleep(ms, signal);
  }

  /**
   * Sleeps on behalf of others who hold the clock until this sleep is over, such as the clients of a server that is to
   * answer late: meanwhile up to `holds` of the holds do not count.
   *
   * Rejects with `signal.reason` when the signal is or becomes aborted.
   */
  async sleepWhileHeld(
    ms: number,
    options: { readonly holds: number; readonly signal?: AbortSignal | undefined },
  ): Promise<void> {
    const { holds, signal } = options;
    signal?.throwIfAborted();
    if (ms <= 0) return;
    this.#excused += holds;
    this.#tellReleased();
    // The excuse ends in the same moment as the sleep: time must not run on between the two.
    await this.#fallAsleep(ms, signal, () => (this.#excused -= holds));
  }

  /**
   * Resolves when everything else in the process waits, and before time passes again. Meanwhile up to `holds` of the
   * holds do not count. Of several who wait so, the one whose text comes first goes on, and the next one when everything
   * waits again: a server that lets its requests wait here serves those of one time in the same order on each run,
   * however the network mixed them and their answers.
   *
   * Somebody may hold the clock and wait for one of those who wait here: after `patienceMs` of real time they go on.
   */
  untilQuiet({ holds, order }: { readonly holds: number; readonly order: string }): Promise<void> {
    if (this.#patienceMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter: QuietWaiter = {
        order,
        goOn: () => {
          clearTimeout(patience);
          this.#awaitingQuiet.delete(waiter);
          this.#excused -= holds;
          resolve();
        },
      };
      const patience = setTimeout(waiter.goOn, this.#patienceMs);
      this.#excused += holds;
      this.#awaitingQuiet.add(waiter);
      this.#tellReleased();
      this.#stir();
    });
  }

  hold(): () => void {
    this.#holds++;
    this.#stir();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds--;
      this.#tellReleased();
      this.#stir();
    };
  }

  /**
   * Lets `ms` milliseconds pass, waking on the way whoever is due, each with what follows from it before the next.
   *
   * Waits while the clock is held.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.#settle();
    for (let next = this.#nextWakeUp(); next !== undefined && next <= until; next = this.#nextWakeUp()) {
      this.#wakeUntil(next);
      await this.#settle();
    }
    this.#now = Math.max(this.#now, until);
  }

  #fallAsleep(ms: number, signal: AbortSignal | undefined, onOver?: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = {
        wakeAt: this.#now + ms,
        sequence: this.#sequence++,
        gone: false,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          onOver?.();
          resolve();
        },
      };
      const onAbort = () => {
        sleeper.gone = true;
        this.#asleep--;
        onOver?.();
        this.#forgetTheGone();
        this.#stir();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
      this.#asleep++;
      this.#stir();
    });
  }

  #stir(): void {
    this.#quietTurns = 0;
    if (this.#turn !== undefined || !this.#mayGoOn()) return;
    this.#turn = setImmediate(() => this.#takeTurn());
  }

  #takeTurn(): void {
    this.#turn = undefined;
    if (!this.#mayGoOn()) return;
    this.#quietTurns++;
    if (this.#quietTurns >= turnsUntilQuiet && !this.#letOneGoOn()) {
      this.#quietTurns = 0;
      const next = this.#nextWakeUp();
      // Whoever sleeps for ever keeps the process alive no longer than a promise that nobody settles.
      if (next === undefined || next === Infinity) return;
      this.#wakeUntil(next);
    }
    if (this.#mayGoOn()) this.#turn ??= setImmediate(() => this.#takeTurn());
  }

  #mayGoOn(): boolean {
    return !this.#isHeld() && (this.#awaitingQuiet.size > 0 || (this.#autoAdvance && this.#asleep > 0));
  }

  /** Lets the first of those go on who wait for quiet. Returns whether there was one. */
  #letOneGoOn(): boolean {
    this.#quietTurns = 0;
    let first: QuietWaiter | undefined;
    for (const waiter of this.#awaitingQuiet) {
      if (first === undefined || waiter.order < first.order) first = waiter;
    }
    first?.goOn();
    return first !== undefined;
  }

  #isHeld(): boolean {
    return this.#holds > this.#excused;
  }

  #tellReleased(): void {
    if (!this.#isHeld()) for (const tell of this.#awaitingRelease.splice(0)) tell();
  }

  #nextWakeUp(): number | undefined {
    while (this.#sleepers.peek()?.gone === true) this.#sleepers.pop();
    return this.#sleepers.peek()?.wakeAt;
  }

  #wakeUntil(time: number): void {
    this.#now = Math.max(this.#now, time);
    for (let next = this.#sleepers.peek(); next !== undefined && next.wakeAt <= time; next = this.#sleepers.peek()) {
      this.#sleepers.pop();
      if (next.gone) continue;
      this.#asleep--;
      next.wake();
    }
  }

  /** Deadlines are mostly called off before their time; without this their sleepers would pile up until then. */
  #forgetTheGone(): void {
    if (this.#sleepers.size > 64 && this.#sleepers.size > 2 * this.#asleep) {
      this.#sleepers.retain((sleeper) => !sleeper.gone);
    }
  }

  async #settle(): Promise<void> {
    do {
      this.#quietTurns = 0;
      while (this.#quietTurns < turnsUntilQuiet) {
        if (this.#isHeld()) {
          await new Promise<void>((resolve) => this.#awaitingRelease.push(resolve));
        }
        await new Promise((resolve) => setImmediate(resolve));
        this.#quietTurns++;
      }
    } while (this.#letOneGoOn());
  }
}

interface Sleeper {
  readonly wakeAt: number;
  readonly sequence: number;
  readonly wake: () => void;
  gone: boolean;
}

interface QuietWaiter {
  readonly order: string;
  readonly goOn: () => void;
}

const defaultStartMs = Date.UTC(2026, 0, 5, 9);

/** Enough for chains of promises and of ready callbacks; what takes longer has to hold the clock. */
const turnsUntilQuiet = 8;

/** Real time. Much longer than a request or a file takes, and short enough for a test to end. */
const defaultPatienceMs = 500;

function wakesBefore(a: Sleeper, b: Sleeper): boolean {
  return a.wakeAt < b.wakeAt || (a.wakeAt === b.wakeAt && a.sequence < b.sequence);
}
