import type { LabEntry, LabHostRecord, LabTask, TaskName } from './model.js';

/** The special tasks of the lab by id: the latest, and all that have not ended. */
export class TaskHistory {
  #tasks: LabTask[] = [];
  #count = 0;
  #limit = 2 * kept;

  add(task: {
    readonly name: TaskName;
    readonly host: LabHostRecord;
    readonly entry: LabEntry | undefined;
    readonly requestedBy: string;
    readonly requestedMs: number;
  }): LabTask {
    const added: LabTask = {
      ...task,
      entryId: task.entry?.id,
      jobId: task.entry?.job.id,
      id: ++this.#count,
      startedMs: undefined,
      finishedMs: undefined,
      aborted: false,
      success: false,
    };
    this.#tasks.push(added);
    if (this.#tasks.length > this.#limit) {
      const latest = this.#count - kept;
      this.#tasks = this.#tasks.filter(({ id, finishedMs }) => id > latest || finishedMs === undefined);
      this.#limit = this.#tasks.length + kept;
    }
    return added;
  }

  all(): readonly LabTask[] {
    return this.#tasks;
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedTasks {
    return { tasks: this.#tasks, count: this.#count, limit: this.#limit };
  }

  load({ tasks, count, limit }: SavedTasks): void {
    this.#tasks = tasks;
    this.#count = count;
    this.#limit = limit;
  }
}

/** Every job has a task or two: a lab of a million jobs must not keep them all. */
const kept = 50_000;

/** What a snapshot keeps of it. */
export interface SavedTasks {
  readonly tasks: LabTask[];
  readonly count: number;
  readonly limit: number;
}
