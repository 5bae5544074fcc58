import type { PassedBuild } from '../builds/types.js';
import { compileBranchSpecs, type Branch, type BranchFit } from '../config/branch-specs.js';
import type { Occurrence } from '../events/types.js';
import { closedBuilds, type ClosedBuilds } from '../lab-status/closed-builds.js';
import type { SuiteLaunch } from '../launch/types.js';
import type { LaunchRecord } from '../ledger/types.js';
import { ownValue } from '../own-value.js';
import type { SuiteTask } from '../task.js';
import { chooseBuilds } from './choose-builds.js';
import type { Decision, DueOccurrence, KnownSuites, LabFacts } from './facts.js';
import { launchKey } from './launch-key.js';
import { pairBuilds, type BuildPair } from './pair-builds.js';
import type { Reason } from './reason.js';

/**
 * What the occurrences of events ask for, of the lab as it is: for each task that an event starts, each of its boards,
 * and each build that fits, the suite to be started, or the reason why none is (C3). Which of the suites there are
 * already is the business of {@link leaveOutKnown}.
 */
export function decide(due: readonly DueOccurrence[], facts: LabFacts): readonly Decision[] {
  const lab = {
    ...facts,
    known: new Set(facts.boards),
    closed: closedBuilds(facts.labStatus ?? { state: null, message: '', problem: null }),
    fits: new Map<SuiteTask, (branch: Branch) => BranchFit>(),
  };
  return due.flatMap((one) => decideOccurrence(one, lab));
}

/**
 * Turns into skips what asks for a suite that there is already: in the ledger, at the AFE, or to be started for a task
 * before it (C1). Of what is left each suite is to be started.
 */
export function leaveOutKnown(decisions: readonly Decision[], known: KnownSuites): readonly Decision[] {
  const askedBy = new Map<string, string>();
  return decisions.map((decision) => {
    const { launch, reason } = decision;
    if (launch === null || reason.code !== 'launch') return decision;
    const record = known.ledger.get(launch.key);
    const why = record === undefined ? alreadyAtAfe(known.pastJob(launch), launch) : alreadyInLedger(record);
    if (why !== null) return { ...decision, reason: why };
    const other = askedBy.get(launch.key);
    if (other === undefined) {
      askedBy.set(launch.key, launch.task);
      return decision;
    }
    return { ...decision, reason: { code: 'same-suite', text: `${other} asks for the same suite on the same builds` } };
  });
}

interface Lab extends LabFacts {
  readonly known: ReadonlySet<string>;
  readonly closed: ClosedBuilds;
  /** Each task's specs are read once. */
  readonly fits: Map<SuiteTask, (branch: Branch) => BranchFit>;
}

/** A reason, and the suite that it is about; null where no build was chosen. */
type Verdict = Pick<Decision, 'reason' | 'launch'>;

function decideOccurrence(due: DueOccurrence, lab: Lab): Decision[] {
  const { event, occurrence, settings, tasks } = due;
  const about = { event: event.keyword, occurrence: occurrence.id, dueMs: occurrence.dueMs };
  const found = {
    builds: byBoard(occurrence.builds),
    problems: new Map(occurrence.unanswered.map(({ board, problem }) => [board, problem])),
  };
  return tasks.flatMap((task): Decision[] => {
    const notDue = event.skips(task, occurrence, settings);
    if (notDue !== null) return [{ ...about, task: task.name, board: null, reason: notDue, launch: null }];
    return boardsOf(task, occurrence, lab).flatMap((board) =>
      decideBoard(task, board, due, found, lab).map((verdict) => ({ ...about, task: task.name, board, ...verdict })),
    );
  });
}

interface Found {
  readonly builds: ReadonlyMap<string, readonly PassedBuild[]>;
  /** Why the builds of a board, or some of them, could not be had. */
  readonly problems: ReadonlyMap<string, string>;
}

function decideBoard(task: SuiteTask, board: string, due: DueOccurrence, found: Found, lab: Lab): readonly Verdict[] {
  const { pick } = due.occurrence;
  const noHosts = whyNoHosts(task, board, lab);
  if (noHosts !== null) return [skip(noHosts)];

  const builds = found.builds.get(board) ?? [];
  const problem = found.problems.get(board);
  const unknown =
    problem === undefined
      ? []
      : [skip({ code: 'builds-unknown', text: `the builds of the board could not be had: ${problem}` })];
  // Which is the latest cannot be said yet; but a new build that is told is not told again.
  if (unknown.length > 0 && (pick === 'latest' || builds.length === 0)) return unknown;

  const chosen = chooseBuilds(task, builds, due.occurrence, fitsOf(task, lab));
  return [
    ...unknown,
    ...(chosen.reason === null ? [] : [skip(chosen.reason)]),
    ...chosen.passedOver.map(({ name }) =>
      skip({ code: 'not-newest', text: `${name} is not the newest build of its branch` }),
    ),
    ...chosen.builds.map((build) => decideBuild(task, board, build, due, lab)),
  ];
}

function decideBuild(task: SuiteTask, board: string, build: PassedBuild, due: DueOccurrence, lab: Lab): Verdict {
  const pair = pairBuilds(task, build, lab);
  if ('code' in pair) return skip(pair);
  const launch = launchOf(task, board, pair, { ...due, build });
  const closed = lab.closed.whyClosed(pair.testSourceBuild);
  return { launch, reason: closed === null ? wanted : { code: 'lab-closed', text: closed } };
}

const wanted: Reason = { code: 'launch', text: 'it is to be started' };

function skip(reason: Reason): Verdict {
  return { reason, launch: null };
}

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

function fitsOf(task: SuiteTask, { fits, topOfTree }: Lab): (branch: Branch) => BranchFit {
  const known = fits.get(task);
  if (known !== undefined) return known;
  const compiled = compileBranchSpecs(task.branchSpecs, topOfTree);
  fits.set(task, compiled);
  return compiled;
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
  task: SuiteTask,
  board: string,
  { builds, testSourceBuild }: BuildPair,
  { event, occurrence, build }: Pick<DueOccurrence, 'event' | 'occurrence'> & { readonly build: PassedBuild },
): SuiteLaunch {
  const { suite, pool, num, fileBugs, jobRetry } = task;
  return {
    key: launchKey({ suite, board, builds }),
    ...{ suite, board, builds, testSourceBuild, pool, num },
    priority: event.priority,
    timeoutMins: event.timeoutMins,
    ...{ fileBugs, jobRetry },
    task: task.name,
    event: event.keyword,
    dueMs: occurrence.pick === 'every' ? (build.passedAtMs ?? occurrence.dueMs) : occurrence.dueMs,
  };
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
