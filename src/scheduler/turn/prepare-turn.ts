import type { CallOptions } from '../../clients/call-options.js';
import type { BuildSource } from '../builds/types.js';
import type { SchedulerConfig } from '../config/types.js';
import { decide, leaveOutKnown } from '../decide/decide.js';
import type { Decision, DueOccurrence, LabFacts } from '../decide/facts.js';
import type { EventLook, MissedOccurrence, SchedulerEvent } from '../events/types.js';
import { closedBuilds } from '../lab-status/closed-builds.js';
import type { LaunchRecord } from '../ledger/types.js';
import { problemOf } from '../problem-of.js';
import { askAfe } from './afe-away-error.js';
import { findPartners, readBoards, readLab } from './gather-facts.js';
import { knownBuilds, patientBuilds } from './patient-builds.js';
import type { Problems } from './problems.js';
import { readDeadlineMs, settingsOf, stateName, type SchedulerParts } from './scheduler-parts.js';
import { readTopOfTree, waitsForTop, type TopOfTree } from './top-of-tree.js';
import { watchedBuilds } from './watched-builds.js';
import type { WatermarkStep } from './watermark-step.js';

/** What a turn would do; nothing has been done or kept yet. */
export interface PreparedTurn {
  readonly decisions: readonly Decision[];
  /** What is to be kept of each event, once the decisions have been. */
  readonly steps: readonly WatermarkStep[];
  readonly missed: readonly (MissedOccurrence & { readonly event: string })[];
}

/**
 * Looks at every event and decides what it asks for. An event, or a source of builds, that fails is put down as a
 * problem and does not stop the others; it is looked at again in a later turn.
 *
 * Rejects with `AfeAwayError` when nothing can be decided at all, because the AFE does not answer.
 */
export async function prepareTurn(
  parts: SchedulerParts,
  config: SchedulerConfig,
  options: CallOptions,
): Promise<PreparedTurn> {
  const { afe, pastJobs, ledger, settings } = parts;
  const { signal } = options;
  const read = { signal, deadlineMs: readDeadlineMs };
  const nowMs = settings.clock.now();
  const [fetched, boards] = await bothOf(
    refreshBuilds(parts, options),
    askAfe(() => readBoards(afe, read), signal),
  );

  const unanswered = new Map<string, string>();
  const builds = watchedBuilds(fetched, unanswered);
  const looks: Looked[] = [];
  for (const event of parts.events) {
    const looked = await lookAt(event, { parts, config, builds, boards, nowMs }, options);
    if (looked !== null) looks.push(looked);
  }
  noteUnanswered(unanswered, parts.problems, nowMs);
  const isSomethingDue = looks.some(({ due }) => due.some(({ tasks }) => tasks.length > 0));
  if (!isSomethingDue) return { decisions: [], steps: stepsOf(looks, [], parts, nowMs), missed: missedIn(looks) };

  const [lab] = await askAfe(() => Promise.all([readLab(parts, read), pastJobs.refresh(nowMs, read)]), signal);
  noteLabStatus(lab, parts.problems, nowMs);
  const topOfTree = await readTopOfTree(parts, nowMs, options);
  const facts = { ...lab, boards, topOfTree: topOfTree.milestone };
  const decided: Decided[] = [];
  for (const looked of looks) {
    const one = await decideOn(looked, facts, { parts, topOfTree, nowMs }, options);
    if (one !== null) decided.push(one);
  }
  const wanted = decided.flatMap((one) => one.wanted);
  const known = { ledger: await knownRecords(ledger, wanted), pastJob: pastJobs.jobOf.bind(pastJobs) };
  const decisions = leaveOutKnown(wanted, known);
  const whole = decided.filter(({ isWhole }) => isWhole);
  const steps = [...topOfTree.steps, ...stepsOf(whole, decisions, parts, nowMs)];
  return { decisions, steps, missed: missedIn(whole) };
}

/** Waits for the other one too where one fails: nothing goes on behind a turn. */
async function bothOf<A, B>(one: Promise<A>, other: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

interface Looked {
  readonly event: SchedulerEvent;
  readonly state: string | null;
  readonly look: EventLook;
  readonly due: readonly DueOccurrence[];
}

interface Decided extends Looked {
  readonly wanted: readonly Decision[];
  /** False: some tasks wait, and the event is looked at again for them. */
  readonly isWhole: boolean;
}

interface Surroundings {
  readonly parts: SchedulerParts;
  readonly config: SchedulerConfig;
  readonly builds: BuildSource;
  readonly boards: readonly string[];
  readonly nowMs: number;
}

/** The source, or, for a while after it has stopped answering, one that says so. */
async function refreshBuilds(
  { builds, problems, settings }: SchedulerParts,
  options: CallOptions,
): Promise<BuildSource> {
  const nowMs = settings.clock.now();
  try {
    await builds.refresh(options);
    if (problems.worked('builds')) problems.tryAllAgain();
    const { sinceMs = nowMs } = problems.get(boardsPlace) ?? {};
    return nowMs - sinceMs < settings.buildsPatienceMs ? builds : knownBuilds(builds);
  } catch (error) {
    options.signal?.throwIfAborted();
    problems.failed('builds', problemOf(error), nowMs);
    const sinceMs = problems.get('builds')?.sinceMs ?? nowMs;
    const isWorthWaiting = nowMs - sinceMs < settings.buildsPatienceMs;
    return isWorthWaiting ? patientBuilds(builds, problemOf(error)) : knownBuilds(builds);
  }
}

/** Where builds are had, but not those of every board, as when one of several repositories is away. */
const boardsPlace = 'builds of boards';

function noteUnanswered(unanswered: ReadonlyMap<string, string>, problems: Problems, nowMs: number): void {
  // Where none could be had that has been said already.
  if (problems.get('builds') !== undefined) return;
  const [first, ...others] = unanswered;
  if (first === undefined) {
    problems.worked(boardsPlace);
    return;
  }
  const [board, problem] = first;
  problems.failed(boardsPlace, `${board}${others.length === 0 ? '' : ` and ${others.length} more`}: ${problem}`, nowMs);
}

/** A status page that cannot be had, or read, does not close the lab, but somebody should know. */
function noteLabStatus({ labStatus }: Pick<LabFacts, 'labStatus'>, problems: Problems, nowMs: number): void {
  if (labStatus === null) return;
  const faults = labStatus.problem === null ? closedBuilds(labStatus).notes : [labStatus.problem];
  if (faults.length === 0) problems.worked('lab status');
  else problems.failed('lab status', faults.join('; '), nowMs);
}

async function lookAt(
  event: SchedulerEvent,
  { parts, config, builds, boards, nowMs }: Surroundings,
  options: CallOptions,
): Promise<Looked | null> {
  const { ledger, problems } = parts;
  const { keyword } = event;
  const where = problemPlace(event);
  if (problems.isWaiting(where, nowMs)) return null;
  const tasks = config.tasks.filter(({ runOn }) => runOn === keyword);
  const settings = settingsOf(config, keyword);
  const state = await ledger.watermark(stateName(keyword));
  try {
    const look = await event.look({ state, nowMs, tasks, settings, boards, builds }, options);
    const due = look.occurrences.map((occurrence) => ({ event, occurrence, settings, tasks }));
    return { event, state, look, due };
  } catch (error) {
    options.signal?.throwIfAborted();
    problems.failed(where, problemOf(error), nowMs);
    return null;
  }
}

/** What an event asks for; null where that cannot be said this time. */
async function decideOn(
  looked: Looked,
  facts: Omit<LabFacts, 'latest'>,
  {
    parts,
    topOfTree,
    nowMs,
  }: { readonly parts: SchedulerParts; readonly topOfTree: TopOfTree; readonly nowMs: number },
  options: CallOptions,
): Promise<Decided | null> {
  const { event, due } = looked;
  try {
    const ready = due.map((one) => ({ ...one, tasks: one.tasks.filter((task) => !waitsForTop(task, topOfTree)) }));
    const latest = await findPartners(parts.builds, facts.topOfTree, ready, options);
    const isWhole = ready.every(({ tasks }, at) => tasks.length === due[at]?.tasks.length);
    return { ...looked, wanted: decide(ready, { ...facts, latest }), isWhole };
  } catch (error) {
    options.signal?.throwIfAborted();
    parts.problems.failed(problemPlace(event), problemOf(error), nowMs);
    return null;
  }
}

function missedIn(looks: readonly Looked[]): PreparedTurn['missed'] {
  return looks.flatMap(({ event, look }) => look.missed.map((one) => ({ ...one, event: event.keyword })));
}

/** How far the events have been handled, but for those that cannot say so. */
function stepsOf(
  looks: readonly Looked[],
  decisions: readonly Decision[],
  { problems }: SchedulerParts,
  nowMs: number,
): readonly WatermarkStep[] {
  return looks.flatMap((looked) => {
    try {
      const step = stepOf(looked, decisions);
      problems.worked(problemPlace(looked.event));
      return [step];
    } catch (error) {
      problems.failed(problemPlace(looked.event), problemOf(error), nowMs);
      return [];
    }
  });
}

/** A board had a build to fit a task when a suite was named for it, whatever was decided about that suite. */
function stepOf({ event, state, look }: Looked, decisions: readonly Decision[]): WatermarkStep {
  const name = stateName(event.keyword);
  if (event.settle === undefined) return { name, from: state, to: look.state };
  const fitted = decisions.flatMap(({ event: keyword, launch, task, board }) =>
    keyword === event.keyword && launch !== null && board !== null ? [{ task, board }] : [],
  );
  return { name, from: state, to: event.settle(look, fitted) };
}

function problemPlace({ keyword }: SchedulerEvent): string {
  return `event ${keyword}`;
}

async function knownRecords(
  ledger: SchedulerParts['ledger'],
  decisions: readonly Decision[],
): Promise<ReadonlyMap<string, LaunchRecord>> {
  const keys = new Set<string>();
  for (const { launch, reason } of decisions) if (launch !== null && reason.code === 'launch') keys.add(launch.key);
  return await ledger.find([...keys]);
}
