import type { CallOptions } from '../../../clients/call-options.js';
import { holdingClock } from '../../../runtime/clock.js';
import { createLimit, type Limit } from '../../../runtime/limit.js';
import { retryDelayMs, type RetryPolicy } from '../../../transport/retry-policy.js';
import { redactUrl } from '../../../transport/redact-url.js';
import { GitError } from '../errors.js';
import { CloneFolder } from './clone-folder.js';
import { gitEnvironment, safeSettings } from './git-environment.js';
import { gitFailureOf } from './git-failures.js';
import type { ResolvedGitOptions } from './git-options.js';
import type { VettedLocation } from './git-url.js';
import { nulTokens } from './nul-tokens.js';
import { runGit } from './run-git.js';

/** A change of a file in the history of a repository. */
export interface FileChange {
  readonly isAdded: boolean;
  readonly path: string;
  /** When it came to the branch, in ms since the epoch. */
  readonly atMs: number;
}

/**
 * A clone of one branch of a git repository, without working tree. One thing is done at a time, whoever asks.
 *
 * Every method but `fetch` is about what has been fetched, and rejects with `GitError`.
 */
export class GitRepository {
  /** Without user name and password. */
  readonly name: string;
  /** Of the repository and the branch; the same in each process. */
  readonly key: string;
  readonly #location: VettedLocation;
  readonly #options: ResolvedGitOptions;
  readonly #folder: CloneFolder;
  readonly #oneAtATime: Limit;

  constructor(location: VettedLocation, options: ResolvedGitOptions) {
    const { createHash } = process.getBuiltinModule('node:crypto');
    const identity = `${location.url} ${location.ref}`;
    this.name = URL.canParse(location.url) ? redactUrl(location.url) : location.url;
    this.key = createHash('sha256').update(identity).digest('hex').slice(0, 16);
    this.#location = location;
    this.#options = options;
    this.#folder = new CloneFolder(options.folder, folderName(location.url, this.key), identity);
    this.#oneAtATime = createLimit(1, options.clock);
  }

  /**
   * Fetches what is new, and clones where there is no clone, for as long as the options say. A damaged clone is made anew.
   *
   * @returns the newest revision; null of a repository without any
   */
  fetch(options: CallOptions = {}): Promise<string | null> {
    return this.#oneAtATime.run(() => this.#fetch(options), options);
  }

  /**
   * Fetches, and reads what was fetched. Where a damage of the clone shows only then, it is made anew and read again.
   *
   * @param read - is given the newest revision
   */
  async fetchAndRead<T>(read: (head: string | null) => Promise<T>, options: CallOptions = {}): Promise<T> {
    const head = await this.fetch(options);
    try {
      return await read(head);
    } catch (error) {
      options.signal?.throwIfAborted();
      // To read what has just been fetched takes no network: whatever git says against it is about the clone.
      if (!(error instanceof GitError) || error.exitCode === undefined) throw error;
      await this.#oneAtATime.run(() => this.#discard(error), options);
      return await read(await this.fetch(options));
    }
  }

  /** The newest revision that was fetched, perhaps by an earlier process; null where there is none. */
  head(options: CallOptions = {}): Promise<string | null> {
    return this.#oneAtATime.run(async () => {
      if (!(await this.#inFolder(() => this.#folder.prepare()))) return null;
      return await this.#readHead(options);
    }, options);
  }

  /** Whether a revision comes before another one in the history of that one. */
  isAncestor(older: string, newer: string, options: CallOptions = {}): Promise<boolean> {
    return this.#oneAtATime.run(async () => {
      try {
        await this.#git(['merge-base', '--is-ancestor', older, newer], options, () => {});
        return true;
      } catch (error) {
        if (error instanceof GitError && error.exitCode === 1) return false;
        throw error;
      }
    }, options);
  }

  /**
   * The files below a folder that came and went, newest first: what a merge brought came with the merge.
   *
   * @param request - `after`: a revision; only what came after it
   * @param onChange - told of each file whose path is UTF-8 and no longer than `maxPath` bytes
   */
  log(
    request: {
      readonly head: string;
      readonly after?: string | undefined;
      readonly folder: string;
      readonly maxPath: number;
    },
    onChange: (change: FileChange) => void,
    options: CallOptions = {},
  ): Promise<void> {
    const { head, after, folder, maxPath } = request;
    const range = after === undefined ? head : `${after}..${head}`;
    // A file that is moved is to count as one that comes, and not by the name that it had.
    const format = ['--format=@%ct', '--no-renames', '--no-color', '--name-status', '--diff-filter=AD', '-z'];
    const args = ['log', '--first-parent', '-m', '--no-show-signature', ...format, range, '--', folder];
    const read = logReader(onChange);
    const tokens = nulTokens(maxPath, read);
    return this.#oneAtATime.run(() => this.#git(args, options, (chunk) => tokens.take(chunk)), options);
  }

  /** The paths of the files below a folder that one revision has and another has not. */
  added(
    request: { readonly from: string; readonly to: string; readonly folder: string; readonly maxPath: number },
    options: CallOptions = {},
  ): Promise<readonly string[]> {
    const { from, to, folder, maxPath } = request;
    const args = ['diff-tree', '-r', '--no-renames', '--name-only', '--diff-filter=A', '-z', from, to, '--', folder];
    return this.#listOf(args, maxPath, options);
  }

  /** The names of the files in a folder of a revision, with the folder. */
  list(
    request: { readonly head: string; readonly folder: string; readonly maxPath: number },
    options: CallOptions = {},
  ): Promise<readonly string[]> {
    return this.#listOf(['ls-tree', '--name-only', '-z', request.head, '--', request.folder], request.maxPath, options);
  }

  async #listOf(args: readonly string[], maxPath: number, options: CallOptions): Promise<readonly string[]> {
    const paths: string[] = [];
    const tokens = nulTokens(maxPath, (path) => {
      if (path !== undefined) paths.push(path);
    });
    await this.#oneAtATime.run(() => this.#git(args, options, (chunk) => tokens.take(chunk)), options);
    return paths;
  }

  async #fetch(options: CallOptions): Promise<string | null> {
    const { clock, cloneForMs, logger } = this.#options;
    const startedMs = clock.now();
    const isThere = await this.#inFolder(() => this.#folder.prepare());
    const endMs = startedMs + Math.min(options.deadlineMs ?? Number.POSITIVE_INFINITY, isThere ? 0 : cloneForMs);
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#fetchOrMend(options);
      } catch (error) {
        options.signal?.throwIfAborted();
        const delayMs = retryDelayMs({ attempt: tries, policy: clonePolicy, random: () => 0.5 });
        if (gitFailureOf(error) !== 'may-pass' || clock.now() + delayMs > endMs) throw error;
        logger.warn(`${this.name} cannot be cloned, trying again in ${String(delayMs)} ms`, { error });
        await clock.sleep(delayMs, { signal: options.signal });
      }
    }
  }

  async #fetchOrMend(options: CallOptions): Promise<string | null> {
    try {
      return await this.#fetchOnce(options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const failure = gitFailureOf(error);
      if (failure === 'locked') {
        await this.#inFolder(() => this.#folder.unlock(headRef));
      } else if (failure === 'damaged') {
        await this.#discard(error);
      } else {
        throw error;
      }
      return await this.#fetchOnce(options);
    }
  }

  async #discard(error: unknown): Promise<void> {
    this.#options.logger.warn(`The clone of ${this.name} is damaged and is made anew`, { error });
    await this.#inFolder(() => this.#folder.clear());
  }

  async #fetchOnce(options: CallOptions): Promise<string | null> {
    const { url, ref } = this.#location;
    if (!(await this.#inFolder(() => this.#folder.prepare()))) {
      await this.#git(['init', '--quiet', '--bare', '--template=', this.#folder.path], options, () => {});
    }
    const args = [
      'fetch',
      '--quiet',
      '--force',
      '--no-tags',
      '--no-recurse-submodules',
      '--',
      url,
      `+${ref}:${headRef}`,
    ];
    try {
      await this.#git(args, options, () => {});
    } catch (error) {
      // A repository in which nothing was ever put has no HEAD to fetch.
      if (ref !== 'HEAD' || gitFailureOf(error) !== 'no-ref' || (await this.#readHead(options)) !== null) throw error;
      return null;
    }
    return await this.#readHead(options);
  }

  async #readHead(options: CallOptions): Promise<string | null> {
    const args = ['for-each-ref', '--format=%(objectname) %(objecttype)', headRef];
    let printed = '';
    await this.#git(args, options, (chunk) => {
      if (printed.length < 1_000) printed += Buffer.from(chunk).toString('latin1');
    });
    const [, revision] = /^([\da-f]{40,64}) commit$/.exec(printed.trim()) ?? [];
    return revision ?? null;
  }

  /** Runs git while the clock stands still. */
  async #git(args: readonly string[], options: CallOptions, onOutput: (chunk: Uint8Array) => void): Promise<void> {
    const { git, gitConfig, clock } = this.#options;
    const timeoutMs = Math.max(1, Math.min(this.#options.timeoutMs, options.deadlineMs ?? Number.POSITIVE_INFINITY));
    const settings = Object.entries(safeSettings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const globalArgs = ['--no-pager', '--literal-pathspecs', `--git-dir=${this.#folder.path}`, ...settings];
    const environment = gitEnvironment(this.#location, gitConfig);
    const run = { git, repository: this.name, args, globalArgs, environment, timeoutMs, onOutput };
    await holdingClock(clock, () => runGit({ ...run, signal: options.signal }));
  }

  #inFolder<T>(work: () => Promise<T>): Promise<T> {
    return holdingClock(this.#options.clock, work);
  }
}

/** Where the clone keeps what it has fetched. */
const headRef = 'refs/dynamic-suite/head';
const clonePolicy: RetryPolicy = { firstDelayMs: 5_000, factor: 2, maxDelayMs: 300_000, jitter: 0 };

function folderName(url: string, key: string): string {
  const [last = ''] =
    /[\w.-]+$/.exec(
      url
        .slice(-100)
        .replace(/[/\\]+$/, '')
        .replace(/\.git$/, ''),
    ) ?? [];
  return `${last.replace(/^[.-]+/, '').slice(-40) || 'repository'}-${key}`;
}

/** Reads the output of the log: times of commits, and for each the letters and paths of its files. */
function logReader(onChange: (change: FileChange) => void): (token: string | undefined) => void {
  let atMs = 0;
  let letter: string | undefined;
  return (token) => {
    if (letter !== undefined) {
      if (token !== undefined) onChange({ isAdded: letter === 'A', path: token, atMs });
      letter = undefined;
      return;
    }
    // A line break stands between a commit and its first file.
    const text = token?.trim() ?? '';
    if (text.startsWith('@')) atMs = Number(text.slice(1)) * 1_000;
    else if (text !== '') letter = text;
  };
}
