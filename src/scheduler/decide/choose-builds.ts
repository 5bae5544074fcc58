import { compareVersions } from '../../clients/dev-server/loose-version.js';
import type { PassedBuild } from '../builds/types.js';
import type { Branch, BranchFit } from '../config/branch-specs.js';
import type { Occurrence } from '../events/types.js';
import type { SuiteTask } from '../task.js';
import type { Reason } from './reason.js';

/** The builds of a board that a task tests, and why others are left out. */
export interface ChosenBuilds {
  readonly builds: readonly PassedBuild[];
  /** Builds that fit, but give way to a newer one. */
  readonly passedOver: readonly PassedBuild[];
  /** Why there is none; null where there is one. */
  readonly reason: Reason | null;
}

/** `factory` and `firmware` builds are of a branch of their own, whatever their milestone. */
export function branchOf({ type, milestone }: PassedBuild): Branch {
  return type === 'factory' || type === 'firmware' ? type : milestone;
}

/**
 * Chooses among the builds of one board: those whose branch and type fit the task; of these, as the occurrence has it,
 * the latest of each branch and type or every one, in the order of the task's policy.
 *
 * @param builds - of the board, oldest first
 * @param fits - the branch specs of the task
 */
export function chooseBuilds(
  task: SuiteTask,
  builds: readonly PassedBuild[],
  { pick, buildsWithinMs }: Pick<Occurrence, 'pick' | 'buildsWithinMs'>,
  fits: (branch: Branch) => BranchFit,
): ChosenBuilds {
  if (builds.length === 0) return none({ code: 'no-builds', text: whyNone(buildsWithinMs) });
  const fitting = builds.filter((build) => fits(branchOf(build)) === 'fits' && isOfType(task, build));
  if (fitting.length === 0) return none(whyNoneFits(task, builds, fits));

  const isNewestOnly = pick === 'latest' || task.buildPolicy === 'newest-only';
  if (!isNewestOnly) {
    const ordered = task.buildPolicy === 'newest-first' ? fitting.toReversed() : fitting;
    return { builds: ordered, passedOver: [], reason: null };
  }
  const newest = new Map<string, PassedBuild>();
  for (const build of fitting) {
    const line = `${build.type} ${branchOf(build)}`;
    const known = newest.get(line);
    if (known === undefined || isNewer(build, known)) newest.set(line, build);
  }
  const chosen = new Set(newest.values());
  return {
    builds: [...chosen],
    // Of a night's builds nobody expects all to be tested.
    passedOver: pick === 'latest' ? [] : fitting.filter((build) => !chosen.has(build)),
    reason: null,
  };
}

function whyNone(withinMs: number | undefined): string {
  if (withinMs === undefined) return 'there is no build of the board to test';
  const hours = Math.round(withinMs / 3600_000);
  return `no build of the board passed in the ${hours > 48 ? `${Math.round(hours / 24)} days` : `${hours} hours`} before`;
}

function isOfType({ buildTypes }: SuiteTask, build: PassedBuild): boolean {
  return typeof branchOf(build) !== 'number' || buildTypes.includes(build.type);
}

/** A branch has one milestone, but for factory and firmware. */
function isNewer(a: PassedBuild, b: PassedBuild): boolean {
  return a.milestone === b.milestone ? compareVersions(a.version, b.version) > 0 : a.milestone > b.milestone;
}

function whyNoneFits(task: SuiteTask, builds: readonly PassedBuild[], fits: (branch: Branch) => BranchFit): Reason {
  const code = 'branch-does-not-fit';
  const wanted = wantedBy(task);
  if (builds.some((build) => fits(branchOf(build)) === 'top-of-tree-unknown' && isOfType(task, build))) {
    return { code, text: `it tests ${wanted}, and what "tot" stands for is not known` };
  }
  const found = [...new Set(builds.map((build) => `R${build.milestone} ${build.type}`))];
  const shown = found.length > maxShown ? [...found.slice(0, maxShown), '...'] : found;
  return { code, text: `it tests ${wanted}; there were only ${shown.join(', ')} builds` };
}

/** e.g. `factory builds, and release builds of >=R18` */
function wantedBy({ branchSpecs, buildTypes }: SuiteTask): string {
  const named: readonly string[] = branchSpecs.filter((spec) => spec === 'factory' || spec === 'firmware');
  const constraints = branchSpecs.filter((spec) => !named.includes(spec));
  const ofBranches = named.length === 0 ? [] : [`${named.join(' and ')} builds`];
  if (named.length > 0 && constraints.length === 0) return ofBranches.join('');
  const milestones = constraints.length === 0 ? 'every milestone' : constraints.join(', ');
  return [...ofBranches, `${buildTypes.join(' and ')} builds of ${milestones}`].join(', and ');
}

const maxShown = 5;

function none(reason: Reason): ChosenBuilds {
  return { builds: [], passedOver: [], reason };
}
