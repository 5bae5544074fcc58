import type { CallOptions } from '../../clients/call-options.js';
import { compareVersions } from '../../clients/dev-server/loose-version.js';
import { BuildSourceOptionError } from './errors.js';
import { resolveGitOptions, type GitCloneOptions } from './git/git-options.js';
import { GitRepository } from './git/git-repository.js';
import { vetLocation, type GitRepositoryLocation } from './git/git-url.js';
import type { ChromeSource } from './types.js';

/** What the source of Chrome's version can be told. */
export interface ChromeEbuildsOptions extends GitCloneOptions {
  /** The git repository with the ebuilds. */
  readonly repository: string | GitRepositoryLocation;
  /** The folder of Chrome's ebuilds in it. @defaultValue `chromeos-base/chromeos-chrome` */
  readonly path?: string | undefined;
}

/**
 * The version of Chrome by the newest `chromeos-chrome-<version>-r<n>.ebuild` of a git repository. Each call fetches;
 * it rejects with `GitNotFoundError`, `GitError` and `CloneFolderError`.
 *
 * @throws BuildSourceOptionError for options that cannot work
 */
export function chromeEbuilds(options: ChromeEbuildsOptions): ChromeSource {
  const { path = 'chromeos-base/chromeos-chrome' } = options;
  const folder = `${path.replace(/\/+$/, '')}/`;
  if (!/^[\w.-]+(?:\/[\w.-]+)*\/$/.test(folder) || /(?:^|\/)\.\.?\//.test(folder) || folder.startsWith('-')) {
    throw new BuildSourceOptionError('path', 'must be the path of a folder in the repository');
  }
  const repository = new GitRepository(vetLocation('repository', options.repository), resolveGitOptions(options));
  return {
    revision(call: CallOptions = {}) {
      return repository.fetchAndRead(async (head) => {
        if (head === null) return null;
        const paths = await repository.list({ head, folder, maxPath: 1_000 }, call);
        return newestChrome(paths.map((name) => name.slice(folder.length)));
      }, call);
    },
  };
}

/** The newest version among names of ebuilds, e.g. `50.0.2661.0_rc-r1`; null among none. */
export function newestChrome(names: readonly string[]): string | null {
  const versions = names.flatMap((name) => {
    const [, version] = ebuildPattern.exec(name.slice(0, 300)) ?? [];
    // What is always built from the newest sources is no version.
    return version === undefined || /^9999/.test(version) ? [] : [version];
  });
  return versions.sort(compareVersions).at(-1) ?? null;
}

const ebuildPattern = /^chromeos-chrome-(\d[\w.]*-r\d+)\.ebuild$/;
