import { GitError } from '../errors.js';

/** What to make of a git that failed. */
export type GitFailure =
  /** Another try may go well. */
  | 'may-pass'
  /** No other try will. */
  | 'final'
  /** The clone is damaged. */
  | 'damaged'
  /** A git that was killed has left a lock behind. */
  | 'locked'
  /** The repository has no such branch, or nothing at all. */
  | 'no-ref';

/** What to make of an error of git, by what it says. */
export function gitFailureOf(error: unknown): GitFailure {
  if (!(error instanceof GitError)) return 'final';
  const found = signs.find(([, pattern]) => pattern.test(error.detail));
  return found?.[0] ?? 'may-pass';
}

/** In the words of git 2.20 to 2.50, in English. The first that fits decides. */
const signs: readonly (readonly [GitFailure, RegExp])[] = [
  ['no-ref', /couldn't find remote ref/],
  ['locked', /\.lock': File exists/],
  [
    'final',
    /does not appear to be a git repository|repository '[^']*' not found|Authentication failed|could not read (?:Username|Password)|Permission denied \(publickey|dubious ownership|transport '[^']*' not allowed|returned error: 40[0134]|Host key verification failed|URL using bad\/illegal format/,
  ],
  [
    'damaged',
    /^(?!.*remote:).*(?:not a git repository|loose object|object file|bad object|corrupt|invalid object|could not parse|unable to read tree|missing (?:blob|tree|commit)|bad config|broken reference|bad signature|unable to resolve reference|did not send all necessary objects|invalid sha1|unknown revision|Not a valid object|expected signature|unable to parse|unresolved deltas)/i,
  ],
];
