import type { CallOptions } from '../../clients/call-options.js';
import type { Logger } from '../../runtime/logger.js';
import { BuildIndex } from './build-index.js';
import { GitRepository, type FileChange } from './git/git-repository.js';
import type { ResolvedGitOptions } from './git/git-options.js';
import type { VettedLocation } from './git/git-url.js';
import { buildsOfManifest, manifestFolder, maxManifestPath } from './manifest-path.js';
import type { PassedBuild } from './types.js';

/** The builds of one repository of manifests, as of the last revision that was fetched. */
export class ManifestRepository {
  readonly name: string;
  readonly key: string;
  readonly #repository: GitRepository;
  readonly #options: ResolvedGitOptions;
  readonly #logger: Logger;
  #state: { readonly head: string | null; readonly index: BuildIndex; readonly fetchedMs: number } | undefined;
  #problem: { readonly error: unknown } | undefined;
  /** What was answered last; it is asked for again and again until the revision moves. */
  #news: { readonly from: string; readonly to: string; readonly names: ReadonlySet<string> } | undefined;

  constructor(location: VettedLocation, options: ResolvedGitOptions) {
    this.#repository = new GitRepository(location, options);
    this.#options = options;
    this.#logger = options.logger;
    this.name = this.#repository.name;
    this.key = this.#repository.key;
  }

  /** Its builds; undefined as long as nothing was ever fetched. */
  get index(): BuildIndex | undefined {
    return this.#state?.index;
  }

  /** When the builds were fetched, in ms since the epoch; undefined when they never were by this process. */
  get fetchedMs(): number | undefined {
    return this.#state?.fetchedMs;
  }

  /** The revision that the builds are of; null of an empty repository. */
  get revision(): string | null {
    return this.#state?.head ?? null;
  }

  /** Why the last refresh went wrong; undefined when it did not. */
  get problem(): { readonly error: unknown } | undefined {
    return this.#problem;
  }

  /** Fetches what is new. Rejects when that fails; the builds then are those of the fetch before, even of an earlier process. */
  async refresh(options: CallOptions): Promise<void> {
    try {
      const startedMs = this.#options.clock.now();
      await this.#repository.fetchAndRead((head) => this.#read(head, startedMs, options), options);
      this.#problem = undefined;
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#problem = { error };
      if (this.#state === undefined) await this.#readFormer(options);
      throw error;
    }
  }

  /**
   * The names of the builds that are new since a revision; undefined where that revision is not known any more, as after
   * a push by force.
   */
  async newSince(revision: string, options: CallOptions): Promise<ReadonlySet<string> | undefined> {
    const head = this.revision;
    if (head === null || revision === head) return new Set();
    if (this.#news?.from === revision && this.#news.to === head) return this.#news.names;
    try {
      const request = { from: revision, to: head, folder: manifestFolder, maxPath: maxManifestPath };
      const paths = await this.#repository.added(request, options);
      const names = new Set(paths.flatMap((path) => buildsOfManifest(path, null)).map(({ name }) => name));
      this.#news = { from: revision, to: head, names };
      return names;
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#logger.warn(`${this.name} does not have the revision ${revision} any more; its time stands for it`, {
        error,
      });
      return undefined;
    }
  }

  async #read(head: string | null, fetchedMs: number, options: CallOptions): Promise<void> {
    const former = this.#state;
    if (head === null) {
      this.#state = { head, index: new BuildIndex(), fetchedMs };
      return;
    }
    if (former?.head === head) {
      this.#state = { ...former, fetchedMs };
      return;
    }
    const after = former?.head ?? undefined;
    const isContinued = after !== undefined && (await this.#repository.isAncestor(after, head, options));
    const changes = isContinued ? await this.#changes(head, after, options) : undefined;
    // What was taken away has to be looked for among all that there was.
    const isGrown = former !== undefined && changes !== undefined && changes.every(({ isAdded }) => isAdded);
    const index = isGrown ? former.index : new BuildIndex();
    for (const build of buildsOf(isGrown ? changes : await this.#changes(head, undefined, options))) index.add(build);
    this.#state = { head, index, fetchedMs };
  }

  async #readFormer(options: CallOptions): Promise<void> {
    try {
      const head = await this.#repository.head(options);
      // Nobody knows how old it is, so that it stands for no time at which anything was fetched.
      if (head !== null) await this.#read(head, 0, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#logger.debug(`${this.name} has no clone that could be read meanwhile`, { error });
    }
  }

  /** The files of builds that came and went, oldest first. */
  async #changes(head: string, after: string | undefined, options: CallOptions): Promise<readonly FileChange[]> {
    const changes: FileChange[] = [];
    const request = { head, after, folder: manifestFolder, maxPath: maxManifestPath };
    await this.#repository.log(
      request,
      (change) => {
        if (buildsOfManifest(change.path, null).length > 0) changes.push(change);
      },
      options,
    );
    return changes.reverse();
  }
}

/** The builds that are there in the end. */
function buildsOf(changes: readonly FileChange[]): readonly PassedBuild[] {
  const atMsOf = new Map<string, number>();
  for (const { isAdded, path, atMs } of changes) {
    if (!isAdded) atMsOf.delete(path);
    else if (!atMsOf.has(path)) atMsOf.set(path, atMs);
  }
  return [...atMsOf].flatMap(([path, atMs]) => buildsOfManifest(path, atMs));
}
