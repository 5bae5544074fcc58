import { JobArchive, type Bundle } from './job-archive.js';
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
  #live: (LabJob | undefined)[] = [];
  readonly #archive: JobArchive;
  /** Of each family by the id of its eldest: how many of its jobs are not over. */
  #open = new Map<number, number>();
  /** Ids of those that are not packed, by name in lower case: the database compares names without case. */
  #byName = new Map<string, number[]>();
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
    for (const { id: memberId } of this.#familyOf(eldest)) {
      const member = this.#archive.takeOut(memberId);
      this.#live[memberId - 1] = member;
      if (member !== undefined) this.#enterName(member);
    }
    this.#resting.push({ eldestId: eldest.id, sinceMs: nowMs });
    return this.#live[id - 1];
  }

  /** Makes a job of its fields, with the next id. Its parent must be live. */
  add(fields: Omit<LabJob, 'id'>): LabJob {
    const job: LabJob = { ...fields, id: this.count + 1 };
    this.#live.push(job);
    this.#enterName(job);
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
      for (const job of bundle) {
        this.#live[job.id - 1] = undefined;
        this.#forgetName(job);
      }
    }
  }

  [Symbol.iterator](): Iterator<LabJob> {
    return this.from(1);
  }

  /** Those that are not packed, in the order of their ids. */
  *unpacked(): Generator<LabJob> {
    for (const job of this.#live) if (job !== undefined) yield job;
  }

  /** Those that may have a name: all that have it, and of the packed ones any. In the order of their ids. */
  named(name: string, firstId: number): readonly LabJob[] {
    const ids = [...(this.#byName.get(name.toLowerCase()) ?? [])].filter((id) => id >= firstId);
    for (let id = firstId; id <= this.count; id++) if (this.#live[id - 1] === undefined) ids.push(id);
    return ids.sort((a, b) => a - b).flatMap((id) => this.get(id) ?? []);
  }

  /** In the order of their ids, one after the other: a lab may have more jobs than there is room for at once. */
  *from(firstId: number): Generator<LabJob> {
    for (let id = firstId; id <= this.count; id++) {
      const job = this.get(id);
      if (job !== undefined) yield job;
    }
  }

  /** Every entry of every job, in the order of their ids. */
  *entries(): Generator<LabEntry> {
    for (const job of this) yield* job.entries;
  }

  /** Entries are numbered in the order in which their jobs are created; a job that was never queued has none. */
  entry(id: number): LabEntry | undefined {
    let [low, high] = [1, this.count];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      let queued = middle;
      while (queued > low && this.get(queued)?.entries.length === 0) queued--;
      const entries = this.get(queued)?.entries ?? [];
      const found = entries.find((entry) => entry.id === id);
      if (found !== undefined) return found;
      if ((entries[0]?.id ?? 0) > id) high = queued - 1;
      else low = middle + 1;
    }
    return undefined;
  }

  /** Every row of every job, in the order of their numbers. */
  rows(): readonly LabTestRow[] {
    return [...this].flatMap((job) => job.rows).sort((a, b) => a.testIdx - b.testIdx);
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedJobs {
    const counts = { entries: this.#entryCount, rows: this.#rowCount };
    const families = { open: this.#open, resting: this.#resting, due: this.#due };
    return { live: this.#live, archive: this.#archive.save(), byName: this.#byName, families, counts };
  }

  load({ live, archive, byName, families, counts }: SavedJobs): void {
    this.#live = live;
    this.#archive.load(archive);
    this.#byName = byName;
    this.#open = families.open;
    this.#resting = families.resting;
    this.#due = families.due;
    this.#entryCount = counts.entries;
    this.#rowCount = counts.rows;
  }

  #enterName({ id, name }: LabJob): void {
    const key = name.toLowerCase();
    const ids = this.#byName.get(key);
    if (ids === undefined) this.#byName.set(key, [id]);
    else ids.push(id);
  }

  #forgetName({ id, name }: LabJob): void {
    const key = name.toLowerCase();
    const ids = this.#byName.get(key)?.filter((other) => other !== id) ?? [];
    if (ids.length > 0) this.#byName.set(key, ids);
    else this.#byName.delete(key);
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

/** What a snapshot keeps of it. */
export interface SavedJobs {
  readonly live: (LabJob | undefined)[];
  readonly archive: (Bundle | undefined)[];
  readonly byName: Map<string, number[]>;
  readonly families: {
    readonly open: Map<number, number>;
    readonly resting: { readonly eldestId: number; readonly sinceMs: number }[];
    readonly due: LabJob[];
  };
  readonly counts: { readonly entries: number; readonly rows: number };
}
