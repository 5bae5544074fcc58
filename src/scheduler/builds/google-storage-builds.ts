import type { CallOptions } from '../../clients/call-options.js';
import type { HttpClientOptions } from '../../clients/client-options.js';
import { allOrNone } from '../../runtime/abort.js';
import { systemClock } from '../../runtime/clock.js';
import { silentLogger, type Logger } from '../../runtime/logger.js';
import { vetTypes } from './dev-server-builds.js';
import { BuildSourceOptionError } from './errors.js';
import { createHttpReader } from './http-reader.js';
import { passedBuildOf } from './passed-build.js';
import { PolledBuilds } from './polled-builds.js';
import { StorageBucket } from './storage-bucket.js';
import type { StoredObject } from './storage-listing.js';
import type { BuildSource, PassedBuild } from './types.js';

/** What the source of a storage's builds can be told. The `url` is that of the service, `https://storage.googleapis.com`. */
export interface GoogleStorageBuildsOptions extends HttpClientOptions {
  /** e.g. `chromeos-image-archive` */
  readonly bucket: string;
  /**
   * What stands before `<board>-<type>/`, e.g. `canary-channel/`.
   *
   * @defaultValue nothing
   */
  readonly prefix?: string | undefined;
  /** Which of the two ways to list a bucket is used. @defaultValue `json` */
  readonly api?: 'json' | 'xml' | undefined;
  /** @defaultValue `['release']` */
  readonly types?: readonly string[] | undefined;
  /**
   * What says that a build passed: a file `LATEST-<version>` or `LATEST-<branch>` that names it, whose time is that of
   * the build; or that there is a folder for it, which has no time.
   *
   * @defaultValue `latest-files`
   */
  readonly passed?: 'latest-files' | 'folders' | undefined;
  /** @defaultValue the highest milestone of the builds, those of factory and firmware left out */
  readonly topOfTree?: ((options?: CallOptions) => Promise<number | null>) | undefined;
}

/**
 * Builds from a bucket of Google Storage, where they are `<prefix><board>-<type>/R<milestone>-<version>/`.
 *
 * A file `LATEST-<version>` of a build that has a folder is not read; of any other `LATEST-` file the text is, once for
 * each time that it is written.
 *
 * @throws BuildSourceOptionError and ClientOptionError for options that cannot work
 */
export function googleStorageBuilds(options: GoogleStorageBuildsOptions): BuildSource {
  const { bucket, prefix = '', api = 'json', types = ['release'], passed = 'latest-files' } = options;
  const { clock = systemClock, logger = silentLogger } = options;
  if (typeof bucket !== 'string' || !/^\w[\w.-]*$/.test(bucket)) {
    throw new BuildSourceOptionError('bucket', 'must be the name of a bucket');
  }
  vetTypes(types);
  const storage = new StorageBucket(createHttpReader('build storage', options), bucket, api, clock);
  const files = new LatestFiles(storage, logger);
  const buildsOf = async (target: string, call: CallOptions): Promise<readonly PassedBuild[]> => {
    const folder = `${prefix}${target}/`;
    const { objects, folders } = await storage.list(folder, call);
    const versions = folders.map((name) => name.slice(folder.length, -1));
    if (passed === 'folders') return versions.flatMap((version) => buildOf(target, version, null) ?? []);
    return await files.builds(target, { folder, objects, versions }, call);
  };
  const fetchBoard = async (board: string, call: CallOptions) => {
    const tasks = types.map((type) => (signal: AbortSignal) => buildsOf(`${board}-${type}`, { ...call, signal }));
    return (await allOrNone(tasks, call.signal)).flat();
  };
  return new PolledBuilds({ fetchBoard, clock, topOfTree: options.topOfTree });
}

/** What the `LATEST-` files name. */
class LatestFiles {
  readonly #storage: StorageBucket;
  readonly #logger: Logger;
  /** Name of the file → what it said, and since when it says so. */
  readonly #read = new Map<
    string,
    { readonly updatedMs: number | null; readonly sinceMs: number | null; readonly version: string }
  >();

  constructor(storage: StorageBucket, logger: Logger) {
    this.#storage = storage;
    this.#logger = logger;
  }

  async builds(
    target: string,
    listed: {
      readonly folder: string;
      readonly objects: readonly StoredObject[];
      readonly versions: readonly string[];
    },
    call: CallOptions,
  ): Promise<readonly PassedBuild[]> {
    const { folder, objects, versions } = listed;
    // `2057.0.9` → `R20-2057.0.9`
    const byNumber = new Map(versions.map((version) => [version.replace(/^R\d+-/, ''), version]));
    const earliest = new Map<string, PassedBuild>();
    let reads = 0;
    for (const object of objects.toSorted((a, b) => (b.updatedMs ?? 0) - (a.updatedMs ?? 0))) {
      const name = object.name.slice(folder.length);
      if (!name.startsWith(latestPrefix)) continue;
      const known = byNumber.get(name.slice(latestPrefix.length));
      if (known === undefined && !this.#isKnown(object) && (reads += 1) > maxReads) continue;
      const { version, sinceMs } =
        known === undefined ? await this.#versionOf(object, call) : { version: known, sinceMs: object.updatedMs };
      const build = buildOf(target, version, sinceMs);
      if (build === undefined) {
        this.#logger.debug(`${object.name} names no build, and is left out`);
        continue;
      }
      const other = earliest.get(build.name);
      if (other === undefined || (build.passedAtMs ?? Infinity) < (other.passedAtMs ?? Infinity)) {
        earliest.set(build.name, build);
      }
    }
    if (reads > maxReads)
      this.#logger.warn(`${folder} has more than ${String(maxReads)} new LATEST- files; the newest are read`);
    return [...earliest.values()];
  }

  #isKnown({ name, updatedMs }: StoredObject): boolean {
    const read = this.#read.get(name);
    return read !== undefined && updatedMs !== null && read.updatedMs === updatedMs;
  }

  async #versionOf(
    object: StoredObject,
    call: CallOptions,
  ): Promise<{ readonly version: string; readonly sinceMs: number | null }> {
    const { name, updatedMs } = object;
    const former = this.#read.get(name);
    if (former !== undefined && this.#isKnown(object)) return former;
    const version = ((await this.#storage.text(name, call)) ?? '').slice(0, 1_000).trim();
    // Written again with the same words, it is about the same build.
    const sinceMs = former?.version === version ? former.sinceMs : updatedMs;
    this.#read.set(name, { updatedMs, sinceMs, version });
    return { version, sinceMs };
  }
}

const latestPrefix = 'LATEST-';
/** In one look at one target. */
const maxReads = 100;

function buildOf(target: string, version: string, passedAtMs: number | null): PassedBuild | undefined {
  const [, milestone = '', rest = ''] = /^R(\d{1,9})-(.{1,100})$/.exec(version) ?? [];
  return passedBuildOf({ target, milestone, version: rest }, passedAtMs);
}
