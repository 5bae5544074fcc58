import { BuildNameError, formatBuildName, parseBuildName } from '../../clients/dev-server/build-name.js';
import { compareVersions } from '../../clients/dev-server/loose-version.js';
import { excerpt } from '../../transport/excerpt.js';
import type { PassedBuild } from './types.js';

/**
 * A build by its name, e.g. `x86-alex-release/R20-2057.0.9`.
 *
 * @throws BuildNameError for what is not the whole name of a real build
 */
export function passedBuild(name: string, passedAtMs: number | null): PassedBuild {
  const { board, type, milestone, version, trybot } = parseBuildName(name);
  if (milestone === null || version === null) throw new BuildNameError(`not the name of one build: ${excerpt(name)}`);
  if (formatBuildName({ board, type, milestone, version, trybot }) !== name || !/\d/.test(version)) {
    throw new BuildNameError(`not the name of a build: ${excerpt(name)}`);
  }
  return { name, board, type, milestone, version, passedAtMs };
}

/** A build by its parts as texts from outside; undefined where they make no build. */
export function passedBuildOf(
  parts: { readonly target: string; readonly milestone: string; readonly version: string },
  passedAtMs: number | null,
): PassedBuild | undefined {
  const { target, milestone, version } = parts;
  if (!/^\d{1,9}$/.test(milestone)) return undefined;
  try {
    return passedBuild(`${target}/R${String(Number(milestone))}-${version}`, passedAtMs);
  } catch (error) {
    if (error instanceof BuildNameError) return undefined;
    throw error;
  }
}

/** Oldest first; of the same time, or of none, the lower version first. Fit for `sort`. */
export function compareByAge(a: PassedBuild, b: PassedBuild): number {
  // One whose time is not known stands before all others.
  const byTime = (a.passedAtMs ?? Number.NEGATIVE_INFINITY) - (b.passedAtMs ?? Number.NEGATIVE_INFINITY);
  return (Number.isNaN(byTime) ? 0 : byTime) || compareByVersion(a, b) || compareTexts(a.name, b.name);
}

/** By milestone, then by version. */
export function compareByVersion(a: PassedBuild, b: PassedBuild): number {
  return a.milestone - b.milestone || compareVersions(a.version, b.version);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
