import { cleanLine } from './clean-text.js';

/** What an anchor is made of. */
export interface AnchorFacts {
  readonly suite: string;
  /** The test's name, as its result has it. */
  readonly test: string;
  readonly reason: string;
  /** The board, without `board:`. */
  readonly board: string;
  /** The builds that the suite runs on. */
  readonly builds: readonly string[];
}

/**
 * What a failure is known by, from run to run: `TestFailure{suite,test,reason}` in one line, where a board reads
 * `BOARD`, a build `BUILD` and a number `#`. Two failures with the same anchor are one bug.
 *
 * Of the test's name only builds are levelled out: the job's own rows (`..._SERVER_JOB`) carry the build in theirs. A
 * comma or a backslash of the suite's or the test's name has a backslash before it, so that no two pairs of names look
 * alike. A long reason counts by its beginning.
 */
export function failureAnchor({ suite, test, reason, board, builds }: AnchorFacts): string {
  const inName = leveller(builds, null);
  const inReason = leveller(builds, board);
  const start = cleanLine(reason, maxReasonRead).replace(inReason, placeholderOf);
  const names = [suite, cleanLine(test, maxNameLength).replace(inName, placeholderOf)];
  const [ofSuite, ofTest] = names.map((name) => cleanLine(name, maxNameLength).replace(/[\\,]/g, '\\$&'));
  return `TestFailure{${ofSuite ?? ''},${ofTest ?? ''},${cleanLine(start, maxReasonLength)}}`;
}

const maxNameLength = 500;
/** Much more is read than is kept, since what is levelled out may be long. */
const maxReasonRead = 20_000;
const maxReasonLength = 300;

/** The version of a build, without its board: `R19-1998.0.0`, `R18-1655.0.0-a1-b1584`. */
const version = String.raw`(?<version>\bR\d{1,9}-\d{1,9}(?:\.\d{1,9}){1,5}(?:-[ab]\d{1,9}){0,2})`;
const numbers = String.raw`(?<number>0x[0-9a-fA-F]+|\d+(?:\.\d+)*)`;

/** Everything that is levelled out, as one expression that is read over a text once. Without a board: builds only. */
function leveller(builds: readonly string[], board: string | null): RegExp {
  const known = literals(builds);
  const parts = [...(known === '' ? [] : [`(?<build>${known})`]), version];
  if (board !== null) {
    const spellings = literals([board, board.replaceAll('_', '-'), board.replaceAll('-', '_')]);
    // A board's name inside a longer word is not the board.
    if (spellings !== '') parts.push(`(?<![A-Za-z0-9])(?<board>${spellings})(?![A-Za-z0-9])`);
    parts.push(numbers);
  }
  return new RegExp(parts.join('|'), 'g');
}

/** The longest first, since the first that fits is taken. */
function literals(texts: readonly string[]): string {
  const some = [...new Set(texts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  return some.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|');
}

function placeholderOf(...match: readonly unknown[]): string {
  const groups = match.at(-1) as Readonly<Record<string, string | undefined>>;
  if (groups['number'] !== undefined) return '#';
  return groups['board'] === undefined ? 'BUILD' : 'BOARD';
}
