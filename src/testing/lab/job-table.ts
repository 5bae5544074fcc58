import { JobArchive } from './job-archive.js';
import type { LabEntry, LabJob, LabTestRow } from './model.js';
import type { UnpackingParts } from './packed-job.js';

/**
 * All jobs of the lab by id. A job that has been over for a while, together with its parents, children and their
 * children, is packed into a few bytes and unpacked when somebody asks for it: a lab of a million jobs so needs the
 * memory of those that are under way.
 *
 * Whoever changes a job must have it from `live`; changes to what `get` gives may be lost.
 */
export class JobTable implements Iterable<LabJob> {
  /** The job of id `n` is at index `n - 1`; undefined when it is packed. */
  readonly #live: (LabJob | undefined)[] = [];
  readonly #archive: JobArchive;
  /** Of each family by the id of its eldest: how many of its jobs are not over. */
  readonly #open = new Map<number, number>();
  #resting: { readonly eldestId: number; readonly sinceMs: number }[] = [];
  #due: LabJob[] = [];
  #entryCount = 0;
  #rowCount = 0;

  /** @param find - hosts and labels by id, which packed jobs refer to */
  constructor(find: UnpackingParts) {
    this.#archive = new JobArchive(find);
  }

  get count(): number {
    return this.#live.length;
  }

  nextEntryId(): number {
    return ++this.#entryCount;
  }

  nextTestIdx(): number {
    return ++this.#rowCount;
  }

  get(id: number): LabJob | undefined {
    return this.#live[id - 1] ?? this.#archive.get(id);
  }

  /** The job, if it is not packed: one that is packed has been over for long. */
  underWay(id: number): LabJob | undefined {
    return this.#live[id - 1];
  }

  parentOf({ parentId }: LabJob): LabJob | undefined {
    return parentId === undefined ? undefined : this.get(parentId);
  }

  childrenOf({ childIds }: LabJob): readonly LabJob[] {
    return childIds.flatMap((id) => this.get(id) ?? []);
  }

  /** A job to be changed; it stays unpacked until its family has rested again. */
  live(id: number, nowMs: number): LabJob | undefined {
    const live = this.#live[id - 1];
    if (live !== undefined) return live;
    const packed = this.#archive.get(id);
    if (packed === undefined) return undefined;
    const eldest = this.#eldestOf(packed);
    for (const member of this.#familyOf(eldest)) this.#live[member.id - 1] = this.#archive.takeOut(member.id);
    this.#resting.push({ eldestId: eldest.id, sinceMs: nowMs });
    return this.#live[id - 1];
  }

  /** Makes a job of its fields, with the next id. Its parent must be live. */
  add(fields: Omit<LabJob, 'id'>): LabJob {
    const job: LabJob = { ...fields, id: this.count + 1 };
    this.#live.push(job);
    this.parentOf(job)?.childIds.push(job.id);
    const eldestId = this.#eldestOf(job).id;
    this.#open.set(eldestId, (this.#open.get(eldestId) ?? 0) + 1);
    return job;
  }

  /** To be called once for each job, when the last of its entries is complete or it is clear that it gets none. */
  ended(job: LabJob, nowMs: number): void {
    const eldestId = this.#eldestOf(job).id;
    const open = (this.#open.get(eldestId) ?? 1) - 1;
    if (open > 0) {
      this.#open.set(eldestId, open);
      return;
    }
    this.#open.delete(eldestId);
    this.#resting.push({ eldestId, sinceMs: nowMs });
  }

  /** Packs what has rested long enough. */
  pack(nowMs: number): void {
    let count = 0;
    for (const { eldestId, sinceMs } of this.#resting) {
      if (sinceMs + restMs > nowMs) break;
      count++;
      const eldest = this.#live[eldestId - 1];
      if (eldest === undefined || this.#open.has(eldestId)) continue;
      this.#due.push(...this.#familyOf(eldest));
    }
    if (count > 0) this.#resting = this.#resting.slice(count);
    if (this.#due.length < bundleSize) return;
    const due = [...new Set(this.#due)].filter((job) => !this.#open.has(this.#eldestOf(job).id));
    this.#due = [];
    for (let from = 0; from < due.length; from += bundleSize) {
      const bundle = due.slice(from, from + bundleSize);
      this.#archive.add(bundle);
      for (const { id } of bundle) this.#live[id - 1] = undefined;
    }
  }

  *[Symbol.iterator](): Iterator<LabJob> {
    for (let id = 1; id <= this.count; id++) {
      const job = this.get(id);
      if (job !== undefined) yield job;
    }
  }

  /** Every entry of every job, in the order of their ids. */
  *entries(): Generator<LabEntry> {
    for (const job of this) yield* job.entries;
  }

  /** Every row of every job, in the order of their numbers. */
  rows(): readonly LabTestRow[] {
    return [...this].flatMap((job) => job.rows).sort((a, b) => a.testIdx - b.testIdx);
  }

  #eldestOf(job: LabJob): LabJob {
    let eldest = job;
    for (let next = this.parentOf(job); next !== undefined; next = this.parentOf(next)) eldest = next;
    return eldest;
  }

  *#familyOf(eldest: LabJob): Generator<LabJob> {
    yield eldest;
    for (const child of this.childrenOf(eldest)) yield* this.#familyOf(child);
  }
}

/** For so long after its end a family is likely to be asked for. */
const restMs = 3_600_000;

/** Jobs packed together: more are smaller, fewer are found sooner. */
const bundleSize = 128;
