import type { CallOptions } from '../../clients/call-options.js';
import type { Clock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import { readCursor, writeCursor, isRecord } from './cursor.js';
import { BuildSourceOptionError, NoBuildsFetchedError } from './errors.js';
import { resolveGitOptions, type GitCloneOptions } from './git/git-options.js';
import { vetLocation, type GitRepositoryLocation } from './git/git-url.js';
import { ManifestRepository } from './manifest-repository.js';
import { compareByAge, compareByVersion } from './passed-build.js';
import type { BuildSource, FoundBuilds, NewBuilds, PassedBuild, UnansweredBoard } from './types.js';

/** What the source of manifest versions can be told. */
export interface ManifestVersionsOptions extends GitCloneOptions {
  /** One or several, e.g. a public and an internal one. A build that is in several is one build. */
  readonly repositories: readonly (string | GitRepositoryLocation)[];
  /** @defaultValue the highest milestone of the builds, those of factory and firmware left out */
  readonly topOfTree?: ((options?: CallOptions) => Promise<number | null>) | undefined;
}

/**
 * Builds from git repositories of manifests, where each successful build adds
 * `build-name/<board>-<type>[-group]/pass/<milestone>/<version>.xml`. A build passed when its manifest came to the
 * branch, by the date of the committer.
 *
 * Needs git 2.32 or later. `refresh` clones for up to an hour where there is no clone yet, and rejects when none of the
 * repositories can be fetched; while one of them cannot, the boards that are asked about count as unanswered, though
 * what is known of their builds is told. Rejects with `GitNotFoundError`, `GitError` and `CloneFolderError`; asked
 * before anything was fetched, `latest` and `topOfTree` reject with `NoBuildsFetchedError`.
 *
 * @throws BuildSourceOptionError for options that cannot work
 */
export function manifestVersions(options: ManifestVersionsOptions): BuildSource {
  return new ManifestVersions(options);
}

class ManifestVersions implements BuildSource {
  readonly #repositories: readonly ManifestRepository[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #topOfTree: ManifestVersionsOptions['topOfTree'];

  constructor(options: ManifestVersionsOptions) {
    const resolved = resolveGitOptions(options);
    const { repositories } = options;
    if (repositories.length === 0) {
      throw new BuildSourceOptionError('repositories', 'must name at least one');
    }
    this.#repositories = repositories.map(
      (location, at) => new ManifestRepository(vetLocation(`repositories[${String(at)}]`, location), resolved),
    );
    if (new Set(this.#repositories.map(({ key }) => key)).size < this.#repositories.length) {
      throw new BuildSourceOptionError('repositories', 'must not name one twice');
    }
    this.#clock = resolved.clock;
    this.#logger = resolved.logger;
    this.#topOfTree = options.topOfTree;
  }

  async refresh(options: CallOptions = {}): Promise<void> {
    const runs = await Promise.allSettled(this.#repositories.map((repository) => repository.refresh(options)));
    options.signal?.throwIfAborted();
    const failures = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason as unknown] : []));
    if (failures.length === runs.length) throw failures[0];
    for (const error of failures) this.#logger.warn('A repository of manifests cannot be fetched', { error });
  }

  async passedBetween(
    request: { readonly boards: readonly string[]; readonly afterMs: number; readonly upToMs: number },
    options: CallOptions = {},
  ): Promise<FoundBuilds> {
    options.signal?.throwIfAborted();
    const found = this.#repositories.flatMap(({ index }) => index?.passedBetween(request) ?? []);
    // One that passed earlier in another repository did not pass again.
    const builds = firstOfEach(found).filter((build) => (this.#earliest(build.name) ?? build) === build);
    return { builds, unanswered: this.#unanswered(request.boards) };
  }

  async passedSince(
    request: { readonly boards: readonly string[]; readonly cursor: string | null },
    options: CallOptions = {},
  ): Promise<NewBuilds> {
    options.signal?.throwIfAborted();
    const unanswered = this.#unanswered(request.boards);
    const cursor = request.cursor === null ? undefined : readCursor(request.cursor);
    const revisions = isRecord(cursor?.rest.revisions) ? cursor.rest.revisions : {};
    const next = this.#cursor(cursor?.atMs, revisions);
    if (cursor === undefined) {
      if (request.cursor !== null) this.#logger.warn('A cursor cannot be read; builds are told from now on');
      return { builds: [], unanswered, cursor: next };
    }
    const boards = new Set(request.boards);
    const isNewIn = await Promise.all(
      this.#repositories.map((repository) => newsOf(repository, revisions[repository.key], cursor.atMs, options)),
    );
    const candidates = this.#repositories.flatMap(({ index }, at) =>
      [...(isNewIn[at]?.candidates() ?? [])].flatMap((name) => index?.get(name) ?? []),
    );
    const isNew = ({ name, board }: PassedBuild) =>
      boards.has(board) &&
      // What one repository had by then was told, wherever it came to since.
      this.#repositories.every(({ index }, at) => index?.get(name) === undefined || isNewIn[at]?.has(name) === true);
    return { builds: firstOfEach(candidates.filter(isNew)), unanswered, cursor: next };
  }

  async latest(
    request: { readonly board: string; readonly type: string; readonly milestone?: number | undefined },
    options: CallOptions = {},
  ): Promise<PassedBuild | null> {
    options.signal?.throwIfAborted();
    this.#demandAll();
    const found = this.#repositories.flatMap(({ index }) => index?.latest(request) ?? []);
    return found.sort(compareByVersion).at(-1) ?? null;
  }

  async topOfTree(options: CallOptions = {}): Promise<number | null> {
    options.signal?.throwIfAborted();
    if (this.#topOfTree !== undefined) return await this.#topOfTree(options);
    this.#demandAll();
    const milestones = this.#repositories.flatMap(({ index }) => index?.highestMilestone() ?? []);
    return milestones.length === 0 ? null : Math.max(...milestones);
  }

  #earliest(name: string): PassedBuild | undefined {
    return this.#repositories.flatMap(({ index }) => index?.get(name) ?? []).sort(compareByAge)[0];
  }

  /** An older build than the latest would be told where one repository is missing. */
  #demandAll(): void {
    for (const { index, name, problem } of this.#repositories) {
      if (index === undefined) throw new NoBuildsFetchedError(name, { cause: problem?.error });
    }
  }

  #unanswered(boards: readonly string[]): readonly UnansweredBoard[] {
    const failed = this.#repositories.find(({ index, problem }) => problem !== undefined || index === undefined);
    if (failed === undefined) return [];
    const error = failed.problem?.error ?? new NoBuildsFetchedError(failed.name, {});
    return [...new Set(boards)].map((board) => ({ board, error }));
  }

  /**
   * Stands behind the revisions that have been fetched. Of a repository that has none the former cursor stands, and so
   * does its time.
   */
  #cursor(formerMs: number | undefined, former: Readonly<Record<string, unknown>>): string {
    const revisions: Record<string, unknown> = {};
    let atMs = this.#clock.now();
    for (const { key, index, revision, fetchedMs, problem } of this.#repositories) {
      const standing = index === undefined ? former[key] : (revision ?? noRevision);
      if (standing !== undefined) revisions[key] = standing;
      if (fetchedMs !== undefined && fetchedMs > 0) atMs = Math.min(atMs, fetchedMs);
      else if (problem !== undefined || index === undefined) atMs = Math.min(atMs, formerMs ?? atMs);
    }
    return writeCursor({ atMs, rest: { revisions } });
  }
}

/** What is new in a repository. */
interface News {
  readonly has: (name: string) => boolean;
  readonly candidates: () => Iterable<string>;
}

async function newsOf(
  repository: ManifestRepository,
  revision: unknown,
  atMs: number,
  options: CallOptions,
): Promise<News> {
  const { index } = repository;
  if (revision === noRevision) {
    const all = () => [...(index?.all() ?? [])].map(({ name }) => name);
    return { has: () => true, candidates: all };
  }
  const names = isRevision(revision) ? await repository.newSince(revision, options) : undefined;
  if (names !== undefined) return { has: (name) => names.has(name), candidates: () => names };
  // The clocks of those who commit are not this one, and a commit takes its time to be pushed.
  const afterMs = atMs - marginMs;
  const isLater = (name: string) => (index?.get(name)?.passedAtMs ?? Number.NEGATIVE_INFINITY) > afterMs;
  return {
    has: isLater,
    candidates: () => [...(index?.all() ?? [])].map(({ name }) => name).filter(isLater),
  };
}

/** Of a repository that was empty: whatever is in it now has come since. */
const noRevision = 'none';

/** By which a revision that is gone is looked for further back. */
const marginMs = 3_600_000;

function isRevision(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{40,64}$/.test(value);
}

/** Each build once, as it passed first, oldest first. */
function firstOfEach(builds: readonly PassedBuild[]): readonly PassedBuild[] {
  const byName = new Map<string, PassedBuild>();
  for (const build of builds.toSorted(compareByAge)) if (!byName.has(build.name)) byName.set(build.name, build);
  return [...byName.values()];
}
