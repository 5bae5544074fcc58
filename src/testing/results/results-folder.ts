import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resultFilesInFolder, type Clock, type ReadOptions, type ResultFile, type ResultFiles } from '../../index.js';
import type { JobFiles } from './job-files.js';
import { checkJobTag } from './result-names.js';

/**
 * The lab's result files in a real folder. A job's files are written there once, before the first look at them; from
 * then on the folder is all there is.
 */
export class ResultsFolder implements Required<ResultFiles> {
  readonly #root: string;
  readonly #filesOf: (jobTag: string) => JobFiles;
  readonly #clock: Clock;
  readonly #folder: Required<ResultFiles>;
  /** By job tag, also what is still being written. */
  readonly #written = new Map<string, Promise<void>>();

  /** @param filesOf - the files that a job left, by its tag */
  constructor(root: string, clock: Clock, filesOf: (jobTag: string) => JobFiles) {
    this.#root = root;
    this.#clock = clock;
    this.#filesOf = filesOf;
    this.#folder = resultFilesInFolder({ root });
  }

  list(jobTag: string, options: ReadOptions = {}): Promise<readonly ResultFile[]> {
    return this.#ask(jobTag, options, () => this.#folder.list(jobTag, options));
  }

  read(jobTag: string, path: string, options: ReadOptions & { readonly maxBytes: number }): Promise<Uint8Array> {
    return this.#ask(jobTag, options, () => this.#folder.read(jobTag, path, options));
  }

  write(jobTag: string, path: string, content: string): Promise<void> {
    return this.#ask(jobTag, {}, () => this.#folder.write(jobTag, path, content));
  }

  /** Has the files of these jobs written that are not there yet. */
  async writeAll(jobTags: Iterable<string>): Promise<void> {
    for (const jobTag of jobTags) await this.#ask(jobTag, {}, () => Promise.resolve());
  }

  async #ask<T>(jobTag: string, { signal }: ReadOptions, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    checkJobTag(jobTag);
    const release = this.#clock.hold?.();
    try {
      await this.#ensureWritten(jobTag);
      return await work();
    } finally {
      release?.();
    }
  }

  async #ensureWritten(jobTag: string): Promise<void> {
    const underWay = this.#written.get(jobTag);
    if (underWay !== undefined) return await underWay;
    const files = this.#filesOf(jobTag);
    const writing = writeFiles(this.#root, jobTag, files);
    if (files.size > 0) this.#written.set(jobTag, writing);
    try {
      await writing;
    } catch (error) {
      this.#written.delete(jobTag);
      throw error;
    }
  }
}

async function writeFiles(root: string, jobTag: string, files: JobFiles): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const [path, content] of files) {
    const file = join(root, jobTag, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
