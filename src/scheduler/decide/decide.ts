import type { PassedBuild } from '../builds/types.js';
import { compileBranchSpecs, type Branch, type BranchFit } from '../config/branch-specs.js';
import type { Occurrence } from '../events/types.js';
import { closedBuilds, type ClosedBuilds } from '../lab-status/closed-builds.js';
import type { SuiteLaunch } from '../launch/types.js';
import type { LaunchRecord } from '../ledger/types.js';
import { ownValue } from '../own-value.js';
import type { SuiteTask } from '../task.js';
import { chooseBuilds, type ChosenBuilds } from './choose-builds.js';
import type { Decision, DueOccurrence, KnownSuites, LabFacts } from './facts.js';
import { placeKey } from './launch-key.js';
import { pairBuilds, type BuildPair } from './pair-builds.js';
import type { Reason } from './reason.js';

/**
 * What the occurrences of events ask for, of the lab as it is: for each task that an event starts, each of its boards,
 * and each build that fits, the suite to be started, or the reason why none is (C3). Which of the suites there are
 * already is the business of {@link leaveOutKnown}.
 */
export function decide(due: readonly DueOccurrence[], facts: LabFacts): readonly Decision[] {
  const lab: Lab = {
    ...facts,
    known: new Set(facts.boards),
    closed: closedBuilds(facts.labStatus ?? { state: null, message: '', problem: null }),
    tastes: new Map(),
    pairs: new Map(),
    launches: new Map(),
  };
  const decisions: Decision[] = [];
  for (const one of due) decideOccurrence(one, lab, decisions);
  return decisions;
}

/**
 * Turns into skips what asks for a suite that there is already: in the ledger, at the AFE, or to be started for a task
 * before it (C1). Of what is left each suite is to be started.
 */
export function leaveOutKnown(decisions: readonly Decision[], known: KnownSuites): readonly Decision[] {
  // Hundreds of tasks may ask for one suite: why it is left out is found out, and said, once.
  const reasons = new Map<string, Reason>();
  return decisions.map((decision) => {
    const { launch, reason } = decision;
    if (launch === null || reason.code !== 'launch') return decision;
    const why = reasons.get(launch.key);
    if (why !== undefined) return { ...decision, reason: why };
    const record = known.ledger.get(launch.key);
    const already = record === undefined ? alreadyAtAfe(known.pastJob(launch), launch) : alreadyInLedger(record);
    reasons.set(launch.key, already ?? sameSuite(launch));
    return { ...decision, reason: already ?? toBeStarted(launch) };
  });
}

function toBeStarted({ suite, testSourceBuild }: SuiteLaunch): Reason {
  return { code: 'launch', text: `${suite} on ${testSourceBuild} is to be started` };
}

function sameSuite({ task }: SuiteLaunch): Reason {
  return { code: 'same-suite', text: `${task} asks for the same suite on the same builds` };
}

interface Lab extends LabFacts {
  readonly known: ReadonlySet<string>;
  readonly closed: ClosedBuilds;
  /** Each task's specs are read once. */
  readonly tastes: Map<string, Taste>;
  /** Most builds are tested as they are by most tasks. */
  readonly pairs: Map<PassedBuild, KeyedPair>;
  /** By place and suite: what several tasks ask for is one suite, that of the first of them. */
  readonly launches: Map<string, Map<string, SuiteLaunch>>;
}

/** What tasks that want the same builds have in common. */
interface Taste {
  readonly fits: (branch: Branch) => BranchFit;
  /** What they choose of a list of builds. */
  readonly chosen: Map<readonly PassedBuild[], ChosenBuilds>;
}

interface KeyedPair extends BuildPair {
  /** See {@link placeKey}. */
  readonly place: string;
}

function decideOccurrence(due: DueOccurrence, lab: Lab, decisions: Decision[]): void {
  const { event, occurrence, settings, tasks } = due;
  const found = {
    builds: byBoard(occurrence.builds),
    problems: new Map(occurrence.unanswered.map(({ board, problem }) => [board, problem])),
  };
  for (const task of tasks) {
    const about = { due, task, taste: tasteOf(task, lab), found, lab, decisions };
    const notDue = event.skips(task, occurrence, settings);
    if (notDue !== null) {
      add(about, null, notDue, null);
      continue;
    }
    for (const board of boardsOf(task, occurrence, lab)) decideBoard(about, board);
  }
}

interface Found {
  readonly builds: ReadonlyMap<string, readonly PassedBuild[]>;
  /** Why the builds of a board, or some of them, could not be had. */
  readonly problems: ReadonlyMap<string, string>;
}

/** What decisions about a task are made of, and where they go. */
interface About {
  readonly due: DueOccurrence;
  readonly task: SuiteTask;
  readonly taste: Taste;
  readonly found: Found;
  readonly lab: Lab;
  readonly decisions: Decision[];
}

function add({ due, task, decisions }: About, board: string | null, reason: Reason, launch: SuiteLaunch | null): void {
  const { event, occurrence } = due;
  const { id, dueMs } = occurrence;
  decisions.push({ event: event.keyword, occurrence: id, dueMs, task: task.name, board, reason, launch });
}

function decideBoard(about: About, board: string): void {
  const { due, task, taste, found, lab } = about;
  const { pick } = due.occurrence;
  const noHosts = whyNoHosts(task, board, lab);
  if (noHosts !== null) return add(about, board, noHosts, null);

  const builds = found.builds.get(board) ?? noBuilds;
  const problem = found.problems.get(board);
  if (problem !== undefined) {
    const text = `the builds of the board could not be had: ${problem}`;
    add(about, board, { code: 'builds-unknown', text }, null);
    // Which is the latest cannot be said yet; but a new build that is told is not told again.
    if (pick === 'latest' || builds.length === 0) return;
  }
  const chosen = chosenOf(task, builds, due.occurrence, taste);
  if (chosen.reason !== null) add(about, board, chosen.reason, null);
  for (const { name } of chosen.passedOver) {
    add(about, board, { code: 'not-newest', text: `${name} is not the newest build of its branch` }, null);
  }
  for (const build of chosen.builds) {
    const pair = pairOf(task, build, lab);
    if ('code' in pair) {
      add(about, board, pair, null);
      continue;
    }
    const launch = launchOf(about, board, pair, build);
    const closed = lab.closed.whyClosed(pair.testSourceBuild);
    add(about, board, closed === null ? wanted : { code: 'lab-closed', text: closed }, launch);
  }
}

const wanted: Reason = { code: 'launch', text: 'it is to be started' };

function boardsOf(task: SuiteTask, occurrence: Occurrence, { boards }: Lab): readonly string[] {
  const named = task.boards.length > 0 ? task.boards : boards;
  const { boardsByTask } = occurrence;
  const only = boardsByTask === null ? occurrence.boards : (ownValue(boardsByTask, task.name) ?? []);
  if (only === null) return named;
  const meant = new Set(only);
  const withBuilds = occurrence.boards === null ? null : new Set(occurrence.boards);
  return named.filter((board) => meant.has(board) && (withBuilds === null || withBuilds.has(board)));
}

function whyNoHosts({ pool }: SuiteTask, board: string, { known, hosts }: Lab): Reason | null {
  if (!known.has(board)) return { code: 'no-board', text: `the lab has no label board:${board}` };
  if (hosts.count(board, pool) > 0) return null;
  return { code: 'no-hosts', text: `no host has board:${board}${pool === null ? '' : ` and pool:${pool}`}` };
}

const noBuilds: readonly PassedBuild[] = [];

function tasteOf({ branchSpecs, buildTypes, buildPolicy }: SuiteTask, { tastes, topOfTree }: Lab): Taste {
  const key = JSON.stringify([branchSpecs, buildTypes, buildPolicy]);
  const known = tastes.get(key);
  if (known !== undefined) return known;
  const taste = { fits: compileBranchSpecs(branchSpecs, topOfTree), chosen: new Map() };
  tastes.set(key, taste);
  return taste;
}

function chosenOf(
  task: SuiteTask,
  builds: readonly PassedBuild[],
  occurrence: Occurrence,
  { fits, chosen }: Taste,
): ChosenBuilds {
  // The list of a board is one of its own in each occurrence; but for the empty one.
  const known = builds.length === 0 ? undefined : chosen.get(builds);
  if (known !== undefined) return known;
  const found = chooseBuilds(task, builds, occurrence, fits);
  chosen.set(builds, found);
  return found;
}

function pairOf(task: SuiteTask, build: PassedBuild, lab: Lab): KeyedPair | Reason {
  const isAlone = task.firmwareRwBuildSpec === null && task.crosBuildSpec === null;
  const known = isAlone ? lab.pairs.get(build) : undefined;
  if (known !== undefined) return known;
  const pair = pairBuilds(task, build, lab);
  if ('code' in pair) return pair;
  const keyed = { ...pair, place: placeKey({ board: build.board, builds: pair.builds }) };
  if (isAlone) lab.pairs.set(build, keyed);
  return keyed;
}

function byBoard(builds: readonly PassedBuild[]): ReadonlyMap<string, readonly PassedBuild[]> {
  const groups = new Map<string, PassedBuild[]>();
  for (const build of builds) {
    const group = groups.get(build.board);
    if (group === undefined) groups.set(build.board, [build]);
    else group.push(build);
  }
  return groups;
}

/** A new build is due when it has passed; so the older one comes first, whenever it is looked at. */
function launchOf(
  { due, task, lab }: About,
  board: string,
  { builds, testSourceBuild, place }: KeyedPair,
  build: PassedBuild,
): SuiteLaunch {
  const { event, occurrence } = due;
  const { launches } = lab;
  const { suite, pool, num, fileBugs, jobRetry } = task;
  const here = launches.get(place) ?? new Map<string, SuiteLaunch>();
  if (here.size === 0) launches.set(place, here);
  const known = here.get(suite);
  if (known !== undefined) return known;
  const launch = {
    // As `launchKey` has it.
    key: `${suite} ${place}`,
    suite,
    board,
    builds,
    testSourceBuild,
    pool,
    num,
    priority: event.priority,
    timeoutMins: event.timeoutMins,
    fileBugs,
    jobRetry,
    task: task.name,
    event: event.keyword,
    dueMs: occurrence.pick === 'every' ? (build.passedAtMs ?? occurrence.dueMs) : occurrence.dueMs,
  };
  here.set(suite, launch);
  return launch;
}

function alreadyAtAfe(jobId: number | null, { suite, testSourceBuild }: SuiteLaunch): Reason | null {
  if (jobId === null) return null;
  return { code: 'already-ran', text: `${suite} on ${testSourceBuild} is job ${jobId}` };
}

function alreadyInLedger({ state, launch, jobId, problem }: LaunchRecord): Reason {
  const what = `${launch.suite} on ${launch.testSourceBuild}`;
  switch (state) {
    case 'launched':
      return { code: 'already-ran', text: jobId === null ? `${what} was started` : `${what} is job ${jobId}` };
    case 'refused':
      return { code: 'refused-before', text: `${what} was refused: ${problem ?? 'no reason is known'}` };
    case 'missed':
      return { code: 'missed-before', text: `${what} was not started in time: ${problem ?? 'no reason is known'}` };
    case 'due':
    case 'launching': {
      const soFar = problem === null ? '' : `; so far it could not be: ${problem}`;
      return { code: 'already-due', text: `${what} is about to be started${soFar}` };
    }
  }
}
