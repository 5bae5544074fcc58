import type { StoredBuild } from '../lab/build-store.js';

/**
 * What of which build is on the dev server, and when.
 *
 * Like the real one it keeps the error of an artifact that failed, tells it on every look, and tells it once more after
 * the next stage request before the new state shows. Artifacts after a failed one have no error and never arrive.
 */
export class Staging {
  readonly #builds: ReadonlyMap<string, StoredBuild>;
  #items = new Map<string, StagedItem>();
  #failures = new Map<string, number>();
  readonly #tell: StagedListener;
  #waiting = 0;

  constructor(builds: ReadonlyMap<string, StoredBuild>, tell: StagedListener) {
    this.#builds = builds;
    this.#tell = tell;
  }

  /**
   * Begins to stage; returns when the last of it is there, and what will go wrong.
   *
   * @param instantly - all of it is there at once, also what another request began
   */
  begin(request: StageItems, nowMs: number, instantly = false): { readonly doneMs: number; readonly error?: string } {
    const { build, items } = request;
    const stored = this.#builds.get(build);
    const takes = (item: string) => (instantly ? 0 : durationOf(stored?.stagingMs ?? notFoundMs, item, items.length));
    let doneMs = nowMs;
    for (const item of items) {
      const known = this.#item(build, item);
      if (known.readyMs !== undefined) {
        if (instantly) known.readyMs = Math.min(known.readyMs, nowMs);
        doneMs = Math.max(doneMs, known.readyMs);
        continue;
      }
      doneMs += takes(item);
      if (known.failure !== undefined) known.stale = known.failure.message;
      known.failure = undefined;
      const message = this.#problemWith(request, item);
      if (message !== undefined) {
        known.failure = { message, atMs: doneMs };
        return { doneMs, error: message };
      }
      this.#arrive(build, item, doneMs);
    }
    if (items.includes('test_suites')) {
      for (const item of inBackground) {
        const isThere = stored?.missingArtifacts.includes(item) === false;
        if (isThere && this.#item(build, item).readyMs === undefined) this.#arrive(build, item, doneMs + takes(item));
      }
    }
    return { doneMs };
  }

  /** Whether all of it is there, or the messages of what failed. */
  look({ build, items }: StageItems, nowMs: number): boolean | readonly string[] {
    const problems = items.flatMap((item) => this.#lookForProblem(this.#item(build, item), nowMs) ?? []);
    return problems.length > 0 ? problems : items.every((item) => this.has(build, item, nowMs));
  }

  has(build: string, item: string, nowMs: number): boolean {
    return this.arrivalOf(build, item, nowMs) !== undefined;
  }

  /** When it came; undefined before. */
  arrivalOf(build: string, item: string, nowMs: number): number | undefined {
    const readyMs = this.#items.get(keyOf(build, item))?.readyMs;
    return readyMs !== undefined && readyMs <= nowMs ? readyMs : undefined;
  }

  /** How many requests wait for what they had staged. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Counts one more that waits; returns the way to count it no more. */
  beginWaiting(): () => void {
    this.#waiting++;
    return () => {
      this.#waiting--;
    };
  }

  /** Takes a build from the server again, with all that is known of it. */
  remove(build: string): void {
    for (const [key, item] of this.#items) if (item.build === build) this.#items.delete(key);
  }

  /** Builds of which anything at all has been staged. */
  stagedBuilds(nowMs: number): readonly string[] {
    const staged = [...this.#items.values()].filter(({ readyMs }) => readyMs !== undefined && readyMs <= nowMs);
    return [...new Set(staged.map(({ build }) => build))];
  }

  #lookForProblem(item: StagedItem, nowMs: number): string | undefined {
    const { stale } = item;
    item.stale = undefined;
    if (stale !== undefined) return stale;
    return item.failure !== undefined && item.failure.atMs <= nowMs ? item.failure.message : undefined;
  }

  #problemWith({ build, archiveUrl, files }: StageItems, item: string): string | undefined {
    const stored = this.#builds.get(build);
    const isMissing = files.includes(item)
      ? stored?.storedFiles.has(item) !== true
      : stored?.missingArtifacts.includes(item);
    if (stored === undefined || isMissing === true) {
      return `Could not find ${artifactFiles.get(item) ?? item} in Google Storage at ${archiveUrl}`;
    }
    const broken = stored.brokenArtifacts.get(item);
    if (broken !== undefined) return broken;
    const failed = this.#failures.get(build) ?? 0;
    if (stored.stagingFails === undefined || failed >= stored.stagingFails.times) return undefined;
    this.#failures.set(build, failed + 1);
    return stored.stagingFails.message;
  }

  #arrive(build: string, item: string, readyMs: number): void {
    this.#item(build, item).readyMs = readyMs;
    this.#tell(build, item, readyMs);
  }

  #item(build: string, item: string): StagedItem {
    const key = keyOf(build, item);
    let known = this.#items.get(key);
    if (known === undefined) {
      known = { build, readyMs: undefined, failure: undefined, stale: undefined };
      this.#items.set(key, known);
    }
    return known;
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedStaging {
    return { items: this.#items, failures: this.#failures };
  }

  load({ items, failures }: SavedStaging): void {
    this.#items = items;
    this.#failures = failures;
  }
}

/** What a request to `stage` or `is_staged` names. */
export interface StageItems {
  readonly build: string;
  readonly archiveUrl: string;
  /** Artifacts and files, in the order asked for. */
  readonly items: readonly string[];
  /** Those of `items` that are file names. */
  readonly files: readonly string[];
}

/** Is told, as soon as it is certain, when an artifact will be there. */
export type StagedListener = (build: string, artifact: string, readyMs: number) => void;

interface StagedItem {
  readonly build: string;
  readyMs: number | undefined;
  failure: { readonly message: string; readonly atMs: number } | undefined;
  stale: string | undefined;
}

/** The artifacts that the server knows, and the file each is looked up by. */
export const artifactFiles: ReadonlyMap<string, string> = new Map([
  ['full_payload', '*_full_*'],
  ['delta_payloads', '*_delta_*'],
  ['stateful', 'stateful.tgz'],
  ['test_suites', 'test_suites.tar.bz2'],
  ['control_files', 'control_files.tar'],
  ['autotest_packages', 'autotest_packages.tar'],
  ['autotest', 'autotest.tar'],
  ['symbols', 'debug.tgz'],
  ['debug_symbols', 'debug.tgz'],
  ['dependency_info', 'dependency_info'],
  ['test_image', 'chromiumos_test_image.tar.xz'],
  ['base_image', 'chromiumos_base_image.tar.xz'],
  ['recovery_image', 'recovery_image.tar.xz'],
  ['factory_image', 'ChromeOS-factory*.zip'],
  ['firmware', 'firmware_from_source.tar.bz2'],
]);

/** What `test_suites` brings with it. */
const inBackground = ['control_files', 'autotest_packages'];

/** How long the server takes to see that a build does not exist. */
const notFoundMs = 1000;

function durationOf(stagingMs: StoredBuild['stagingMs'], item: string, ofItems: number): number {
  return typeof stagingMs === 'number' ? stagingMs / ofItems : (stagingMs.get(item) ?? 0);
}

function keyOf(build: string, item: string): string {
  return `${build} ${item}`;
}

/** What a snapshot keeps of it. */
export interface SavedStaging {
  readonly items: Map<string, StagedItem>;
  readonly failures: Map<string, number>;
}
