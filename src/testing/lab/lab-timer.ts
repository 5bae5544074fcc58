import { PriorityQueue } from '../priority-queue.js';
import type { LabHappening } from './lab-events.js';

/**
 * What is still to happen, as plain data: whatever it is about goes by its name or number, since what has ended must
 * not be kept in memory by a time-out that never came.
 */
export type TimerMeaning =
  /** Somebody is to be told. */
  | { readonly type: 'tell'; readonly happening: LabHappening }
  /** The scheduler looks at what waits. */
  | { readonly type: 'turn' }
  | { readonly type: 'job-timeout'; readonly jobId: number }
  /** The scheduler acts on what was marked for abort. */
  | { readonly type: 'abort'; readonly entryIds: readonly number[] }
  | { readonly type: 'task-ends'; readonly host: string; readonly taskId: number; readonly success: boolean }
  /** What a running entry, with those that run with it, comes to next. */
  | { readonly type: 'test-ends' | 'test-overdue' | 'gathered' | 'parsed'; readonly entryId: number }
  | PlannedEvent;

/** What is said beforehand of a lab's future. */
export type PlannedEvent =
  | { readonly type: 'host-dies' | 'host-returns'; readonly host: string }
  | { readonly type: 'build-appears'; readonly build: string };

/** What happens when; what is due at the same time happens in the order in which it was set. */
export type LabTimer = TimerMeaning & { readonly atMs: number; readonly sequence: number };

/** The timers that are set. */
export class LabTimers {
  readonly #queue = new PriorityQueue<LabTimer>(happensBefore);
  #sequence = 0;
  #needless = 0;

  set(atMs: number, meaning: TimerMeaning): void {
    this.#queue.push({ ...meaning, atMs, sequence: this.#sequence++ });
  }

  /** Takes the next timer that is due. */
  takeDue(nowMs: number): LabTimer | undefined {
    const next = this.#queue.peek();
    return next === undefined || next.atMs > nowMs ? undefined : this.#queue.pop();
  }

  /** To be called when a job has ended: its time-out is not needed any more, and goes when there are many such. */
  jobEnded(isOver: (jobId: number) => boolean): void {
    this.#needless++;
    if (this.#needless < fewTimers || 2 * this.#needless < this.#queue.size) return;
    this.#queue.retain((timer) => timer.type !== 'job-timeout' || !isOver(timer.jobId));
    this.#needless = 0;
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedTimers {
    return { queue: this.#queue.save(), sequence: this.#sequence, needless: this.#needless };
  }

  load({ queue, sequence, needless }: SavedTimers): void {
    this.#queue.load(queue);
    this.#sequence = sequence;
    this.#needless = needless;
  }
}

const fewTimers = 1000;

function happensBefore(a: LabTimer, b: LabTimer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}

/** What a snapshot keeps of it. */
export interface SavedTimers {
  readonly queue: readonly LabTimer[];
  readonly sequence: number;
  readonly needless: number;
}
