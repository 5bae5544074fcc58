import { DynamicSuiteError } from '../../errors.js';
import { excerpt } from '../../transport/excerpt.js';

/** A build's name, taken apart: `<board>-<type>/R<milestone>-<version>`. */
export interface BuildName {
  /** Everything before the last `-<type>`, e.g. `x86-alex`. */
  readonly board: string;
  /** e.g. `release`, `paladin`, `firmware` */
  readonly type: string;
  /** e.g. 18; null for a symbolic name, `x86-alex-release/LATEST` */
  readonly milestone: number | null;
  /** What follows the milestone, e.g. `1655.0.0-a1-b1584`; null for a symbolic name. */
  readonly version: string | null;
  /** Whether the name begins with `trybot-`, which is no part of the board. */
  readonly trybot: boolean;
}

/** A text is not the name of a build, or parts do not make one. */
export class BuildNameError extends DynamicSuiteError {
  constructor(problem: string) {
    super('ERR_BUILD_NAME', problem);
  }
}

/**
 * Takes a build's name apart.
 *
 * As in the lab's own tools a version is made of digits, dots, dashes and the letters `a` and `b`, and what follows it
 * is not looked at: `link-release/R50-1.0.0/bvt` is a name too.
 *
 * @throws BuildNameError for a text that is not such a name
 */
export function parseBuildName(name: string): BuildName {
  const match = name.length > maxLength ? null : buildNamePattern.exec(name);
  const [, trybot, board, type, milestone, version] = match ?? [];
  if (board === undefined || type === undefined) throw new BuildNameError(`not the name of a build: ${excerpt(name)}`);
  return {
    board,
    type,
    milestone: milestone === undefined ? null : Number(milestone),
    version: version ?? null,
    trybot: trybot !== undefined,
  };
}

/**
 * Puts a build's name together; without milestone and version the symbolic one, `x86-alex-release/LATEST`.
 *
 * @throws BuildNameError for parts that `parseBuildName` would not give back
 */
export function formatBuildName(parts: {
  readonly board: string;
  readonly type: string;
  readonly milestone?: number | null | undefined;
  readonly version?: string | null | undefined;
  /** @defaultValue false */
  readonly trybot?: boolean | undefined;
}): string {
  const { board, type, milestone = null, version = null, trybot = false } = parts;
  if ((milestone === null) !== (version === null)) {
    throw new BuildNameError('a build has a milestone and a version, or neither');
  }
  const release = milestone === null || version === null ? 'LATEST' : `R${String(milestone)}-${version}`;
  const name = `${trybot ? 'trybot-' : ''}${board}-${type}/${release}`;
  const read = parseBuildName(name);
  const isSame = read.board === board && read.type === type && read.trybot === trybot;
  if (!isSame || read.milestone !== milestone || read.version !== version) {
    throw new BuildNameError(`these parts do not make the name of a build: ${excerpt(name)}`);
  }
  return name;
}

/**
 * The board of a build that stands for the newest one: `x86-mario` for `x86-mario-release/LATEST`; undefined for the
 * name of a real build.
 */
export function boardOfSymbolicBuild(build: string): string | undefined {
  const suffix = '/LATEST';
  if (!build.endsWith(suffix)) return undefined;
  const target = build.slice(0, -suffix.length);
  const dashAt = target.lastIndexOf('-');
  return dashAt > 0 ? target.slice(0, dashAt) : undefined;
}

/**
 * The build that a translated image path lies in: `x86-mario-release/R19-1998.0.0` for
 * `x86-mario-release/R19-1998.0.0/chromiumos_test_image.bin`, with or without a newline after the version. Undefined
 * when that does not look like a build: the name goes into labels, paths and keyvals.
 */
export function buildOfImagePath(path: string): string | undefined {
  const match = /^([A-Za-z\d][\w.-]*\/R\d+-[\w.-]+)\s*\/[\w.-]+\s*$/.exec(path.slice(0, maxLength));
  return match?.[1];
}

/** Milestones have two or three digits; nine still fit a number. */
const buildNamePattern = /^(trybot-)?([\w-]+)-(\w+)\/(?:R(\d{1,9})-([\d.ab-]+)|LATEST)/;
const maxLength = 1_000;
