import { compileBranchSpecs, type Branch, type BranchFit } from '../config/branch-specs.js';
import type { PassedBuild } from '../builds/types.js';
import { closedBuilds, type ClosedBuilds } from '../lab-status/closed-builds.js';
import type { SuiteLaunch } from '../launch/types.js';
import type { LaunchRecord } from '../ledger/types.js';
import type { SuiteTask } from '../task.js';
import { chooseBuilds } from './choose-builds.js';
import type { Decision, DueOccurrence, KnownSuites, LabFacts } from './facts.js';
import { launchKey } from './launch-key.js';
import { pairBuilds } from './pair-builds.js';
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
 * Turns into skips what asks for a suite that there is already: in the ledger, at the AFE, or asked for by a task before
 * it (C1). Of what is left each suite is to be started.
 */
export function leaveOutKnown(decisions: readonly Decision[], known: KnownSuites): readonly Decision[] {
  const askedBy = new Map<string, string>();
  return decisions.map((decision) => {
    const { launch, reason } = decision;
    if (launch === null || reason.code !== 'launch') return decision;
    const other = askedBy.get(launch.key);
    if (other !== undefined) {
      return {
        ...decision,
        reason: { code: 'same-suite', text: `${other} asks for the same suite on the same builds` },
      };
    }
    askedBy.set(launch.key, launch.task);
    const record = known.ledger.get(launch.key);
    const jobId = record === undefined ? known.pastJob(launch) : null;
    const why = record === undefined ? alreadyAtAfe(jobId, launch) : alreadyInLedger(record);
    return why === null ? decision : { ...decision, reason: why };
  });
}

interface Lab extends LabFacts {
  readonly known: ReadonlySet<string>;
  readonly closed: ClosedBuilds;
  /** Each task's specs are read once. */
  readonly fits: Map<SuiteTask, (branch: Branch) => BranchFit>;
}

function decideOccurrence({ event, occurrence, settings, tasks }: DueOccurrence, lab: Lab): Decision[] {
  const about = { event: event.keyword, occurrence: occurrence.id, dueMs: occurrence.dueMs };
  const buildsOf = byBoard(occurrence.builds);
  const unanswered = new Map(occurrence.unanswered.map(({ board, problem }) => [board, problem]));
  const decisions: Decision[] = [];
  for (const task of tasks) {
    const skip = (board: string | null, reason: Reason, launch: SuiteLaunch | null = null) =>
      decisions.push({ ...about, task: task.name, board, reason, launch });
    const notDue = event.skips(task, occurrence, settings);
    if (notDue !== null) {
      skip(null, notDue);
      continue;
    }
    for (const board of boardsOf(task, { occurrence }, lab)) {
      const noHosts = whyNoHosts(task, board, lab);
      if (noHosts !== null) {
        skip(board, noHosts);
        continue;
      }
      // Of new builds each is told once: those that are known do not come again with the board's others.
      const isToldOnce = occurrence.pick === 'every' && buildsOf.has(board);
      const problem = isToldOnce ? undefined : unanswered.get(board);
      if (problem !== undefined) {
        skip(board, { code: 'builds-unknown', text: `the builds of the board could not be had: ${problem}` });
        continue;
      }
      const chosen = chooseBuilds(task, buildsOf.get(board) ?? [], occurrence.pick, fitsOf(task, lab));
      if (chosen.reason !== null) skip(board, chosen.reason);
      for (const { name } of chosen.passedOver) {
        skip(board, { code: 'not-newest', text: `${name} is not the newest build of its branch` });
      }
      for (const build of chosen.builds) {
        const pair = pairBuilds(task, build, lab);
        if ('code' in pair) {
          skip(board, pair);
          continue;
        }
        const launch = launchOf(task, board, pair, { event, occurrence, build });
        const closed = lab.closed.whyClosed(pair.testSourceBuild);
        skip(board, closed === null ? wanted : { code: 'lab-closed', text: closed }, launch);
      }
    }
  }
  return decisions;
}

const wanted: Reason = { code: 'launch', text: 'it is to be started' };

function boardsOf(
  task: SuiteTask,
  { occurrence }: Pick<DueOccurrence, 'occurrence'>,
  { boards }: Lab,
): readonly string[] {
  const named = task.boards.length > 0 ? task.boards : boards;
  const { boardsByTask } = occurrence;
  const only = boardsByTask === null ? occurrence.boards : (boardsByTask[task.name] ?? []);
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
  { builds, testSourceBuild }: { readonly builds: Readonly<Record<string, string>>; readonly testSourceBuild: string },
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
    case 'launching':
      return { code: 'already-due', text: `${what} is about to be started` };
  }
}
