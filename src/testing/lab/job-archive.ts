import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { packJob, unpackJob, type PackedJob, type UnpackingParts } from './packed-job.js';
import type { LabJob } from './model.js';

/** Jobs that are over, packed in bundles: as JSON, compressed, since the jobs of a suite are alike. */
export class JobArchive {
  readonly #parts: UnpackingParts;
  /** The bundle of the job of id `n` is at index `n - 1`. */
  #bundles: (Bundle | undefined)[] = [];
  /** The bundles that were unpacked last, the latest last. */
  readonly #unpacked = new Map<Bundle, ReadonlyMap<number, LabJob>>();

  constructor(parts: UnpackingParts) {
    this.#parts = parts;
  }

  add(jobs: readonly LabJob[]): void {
    const bundle = deflateRawSync(JSON.stringify(jobs.map(packJob)), { level: 1 });
    for (const { id } of jobs) this.#bundles[id - 1] = bundle;
  }

  /** The job as it was packed; what is changed in it is lost. */
  get(id: number): LabJob | undefined {
    const bundle = this.#bundles[id - 1];
    return bundle === undefined ? undefined : this.#jobsOf(bundle).get(id);
  }

  /** Takes a job out; its place in the bundle is given up with the bundle. */
  takeOut(id: number): LabJob | undefined {
    const job = this.get(id);
    this.#bundles[id - 1] = undefined;
    return job;
  }

  #jobsOf(bundle: Bundle): ReadonlyMap<number, LabJob> {
    const known = this.#unpacked.get(bundle);
    if (known !== undefined) return known;
    const packed = JSON.parse(inflateRawSync(bundle).toString('utf8')) as readonly PackedJob[];
    const jobs = new Map(packed.map((job) => [job.id, unpackJob(job, this.#parts)]));
    this.#unpacked.set(bundle, jobs);
    const [oldest] = this.#unpacked.keys();
    if (this.#unpacked.size > keptUnpacked && oldest !== undefined) this.#unpacked.delete(oldest);
    return jobs;
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): (Bundle | undefined)[] {
    return this.#bundles;
  }

  load(bundles: (Bundle | undefined)[]): void {
    this.#bundles = bundles;
    this.#unpacked.clear();
  }
}

export type Bundle = Buffer;

/** A look through all jobs goes by their ids, and the families of neighbours end up in neighbouring bundles. */
const keptUnpacked = 64;
