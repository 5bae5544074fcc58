import type { ControlData } from '../control-files/control-data.js';
import { testTimes, timeIndex } from '../control-files/test-time.js';
import type { SuiteCounts } from '../results/events.js';
import { failureKind, type FailureKind } from '../results/failure-kind.js';
import type { TestResult } from '../results/test-result.js';
import type { Clock } from '../runtime/clock.js';
import { timeLeftMs } from './time-left.js';

/** A job, as far as it matters here. */
interface Job {
  readonly jobId: number;
  readonly retryFor: FailureKind | null;
  readonly test: { readonly control: Pick<ControlData, 'time'> | null };
}

/** Counts the jobs of a suite as they come and go, and what they take. */
export class Progress {
  readonly #clock: Clock;
  readonly #hosts: number | null;
  readonly #open = testTimes.map(() => 0);
  readonly #openRetries = new Map<number, { readonly timeIndex: number; readonly createdMs: number }>();
  readonly #measured = testTimes.map(() => ({ count: 0, totalMs: 0 }));
  readonly #freeSince = new Map<string, number>();
  #startedMs: number | undefined;
  #scheduled = 0;
  #finished = 0;
  #failed = 0;
  #retried = 0;

  /** @param hosts - how many hosts can run the jobs; null when nobody knows */
  constructor(clock: Clock, hosts: number | null) {
    this.#clock = clock;
    this.#hosts = hosts;
  }

  get counts(): SuiteCounts {
    return {
      scheduled: this.#scheduled,
      open: this.#scheduled - this.#finished,
      finished: this.#finished,
      failed: this.#failed,
      retried: this.#retried,
    };
  }

  /** An estimate of how long the open jobs take from now on, in ms; null when nobody can tell. */
  get leftMs(): number | null {
    const nowMs = this.#clock.now();
    return timeLeftMs({
      nowMs,
      startedMs: this.#startedMs ?? nowMs,
      open: this.#open,
      retries: [...this.#openRetries.values()],
      measured: this.#measured,
      hosts: this.#hosts,
      freeSince: [...this.#freeSince.values()],
    });
  }

  /** Enters a job that has been created, or taken over. */
  opened(job: Job): void {
    const index = timeIndexOf(job);
    this.#startedMs ??= this.#clock.now();
    this.#scheduled += 1;
    this.#change(this.#open, index, 1);
    if (job.retryFor === null) return;
    this.#retried += 1;
    this.#openRetries.set(job.jobId, { timeIndex: index, createdMs: this.#clock.now() });
  }

  /** Enters that a job has finished. */
  closed(job: Job, results: readonly TestResult[]): void {
    const index = timeIndexOf(job);
    this.#finished += 1;
    this.#change(this.#open, index, -1);
    this.#openRetries.delete(job.jobId);
    if (failureKind(results) !== null) this.#failed += 1;
    this.#measure(index, results);
    this.#freeHosts(results);
  }

  #change(counts: number[], index: number, by: number): void {
    counts[index] = (counts[index] ?? 0) + by;
  }

  #measure(index: number, results: readonly TestResult[]): void {
    const ran = results.filter(({ origin, executed }) => origin === 'test' && executed);
    const tookMs =
      Math.max(...ran.map(({ finishedMs }) => finishedMs)) - Math.min(...ran.map(({ startedMs }) => startedMs));
    const measured = this.#measured[index];
    // A server may have written times that make no sense.
    if (measured === undefined || !(tookMs >= 0 && tookMs < longestMs)) return;
    measured.count += 1;
    measured.totalMs += tookMs;
  }

  #freeHosts(results: readonly TestResult[]): void {
    const nowMs = this.#clock.now();
    for (const { hostname, finishedMs } of results) {
      if (hostname === null || Number.isNaN(finishedMs)) continue;
      const endedMs = Math.min(nowMs, Math.max(finishedMs, this.#startedMs ?? nowMs));
      // A job of several hosts has the names of all of them in one.
      for (const name of hostname.split(',')) {
        this.#freeSince.set(name, Math.max(endedMs, this.#freeSince.get(name) ?? 0));
      }
    }
  }
}

const longestMs = 7 * 24 * 3_600_000;
const medium = 2;

/** Of a job that somebody else added nothing is known. */
function timeIndexOf({ test: { control } }: Job): number {
  return control === null ? medium : timeIndex(control.time);
}
