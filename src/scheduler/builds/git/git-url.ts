import { excerpt } from '../../../transport/excerpt.js';
import { splitCredentials } from '../../../transport/url-credentials.js';
import { BuildSourceOptionError } from '../errors.js';

/** A git repository to fetch from. */
export interface GitRepositoryLocation {
  /**
   * Of the scheme `https:`, `http:`, `ssh:`, `git:` or `file:`, an absolute path, or `user@host:path`. User name and
   * password of an `http:` URL are sent as Basic authorization and shown nowhere.
   */
  readonly url: string;
  /** @defaultValue the repository's own default branch */
  readonly branch?: string | undefined;
}

/** A location that git may be given. */
export interface VettedLocation {
  /** Without user name and password where these are sent as a header. */
  readonly url: string;
  readonly authorization: string | undefined;
  /** What to fetch, e.g. `HEAD` or `refs/heads/main`. */
  readonly ref: string;
}

/**
 * A location that git takes for nothing but a place to fetch from.
 *
 * @throws BuildSourceOptionError for any other: an option, a command (`ext::`), a scheme that runs programs
 */
export function vetLocation(option: string, location: string | GitRepositoryLocation): VettedLocation {
  const { url, branch } = typeof location === 'string' ? { url: location, branch: undefined } : location;
  if (typeof url !== 'string' || url.length > maxLength || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(url)) {
    throw new BuildSourceOptionError(`${option}.url`, 'must be the URL or the path of a git repository');
  }
  return { ...vetUrl(`${option}.url`, url), ref: refOf(`${option}.branch`, branch) };
}

function vetUrl(option: string, url: string): Pick<VettedLocation, 'url' | 'authorization'> {
  // What git or ssh would take for an option.
  if (/^-|@-/.test(url)) throw new BuildSourceOptionError(option, 'neither it nor its host may begin with "-"');
  // A path, or the place on another host that ssh takes.
  if (/^\/|^[A-Za-z]:[\\/]/.test(url) || /^(?:[\w.-]+@)?[\w.-]+:(?!\/\/|:)[^:]/.test(url)) {
    if (/^[\\/]{2}/.test(url)) throw new BuildSourceOptionError(option, 'must be an absolute path');
    return { url, authorization: undefined };
  }
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || !schemes.has(scheme) || !URL.canParse(url)) {
    const problem = `must be an absolute path or a URL of ${[...schemes].join(', ')}`;
    throw new BuildSourceOptionError(option, scheme === undefined ? problem : `${problem}, not ${excerpt(scheme, 20)}`);
  }
  if (scheme === 'http' || scheme === 'https') return splitCredentials(url);
  const { hostname, username, password } = new URL(url);
  if (password !== '') throw new BuildSourceOptionError(option, `a URL of ${scheme} takes no password`);
  if (hostname.startsWith('-') || decodeURIComponent(username).startsWith('-')) {
    throw new BuildSourceOptionError(option, 'the host must not begin with "-"');
  }
  return { url, authorization: undefined };
}

function refOf(option: string, branch: string | undefined): string {
  if (branch === undefined) return 'HEAD';
  const isName = typeof branch === 'string' && branch.length <= 250 && /^\w[\w./-]*$/.test(branch);
  if (!isName || /\.\.|\/\/|[./]$|\.lock$/.test(branch)) {
    throw new BuildSourceOptionError(option, 'must be the name of a branch');
  }
  return `refs/heads/${branch}`;
}

const schemes: ReadonlySet<string> = new Set(['https', 'http', 'ssh', 'git', 'file']);
const maxLength = 2_000;
