import type { CallOptions } from '../clients/call-options.js';
import type { LaunchNews } from './backlog/backlog.js';
import { passedBuild } from './builds/passed-build.js';
import { eventKeyword, unknownEvent } from './config/event-keywords.js';
import type { SchedulerConfig } from './config/types.js';
import { decide, leaveOutKnown } from './decide/decide.js';
import type { Decision, DueOccurrence } from './decide/facts.js';
import type { Occurrence, SchedulerEvent } from './events/types.js';
import type { SuiteLaunch } from './launch/types.js';
import type { LedgerWriteOptions } from './ledger/types.js';
import { SchedulerOptionError } from './scheduler-option-error.js';
import { findPartners, readBoards, readLab } from './turn/gather-facts.js';
import { readDeadlineMs, settingsOf, type SchedulerParts } from './turn/scheduler-parts.js';

/** A run of all tasks of some events on one build. */
export interface OneShotRequest {
  /** Keywords; a hyphen is as good as an underscore. */
  readonly events: readonly string[];
  /** e.g. `stumpy-release/R19-1998.0.0-a1-b1135` */
  readonly build: string;
  /**
   * The identity of the run: run again under the same one, after it was stopped, it starts only what it has not.
   *
   * @defaultValue a new one
   */
  readonly id?: string | undefined;
}

/** What a one-shot run has decided and done. */
export interface OneShotReport {
  readonly id: string;
  readonly decisions: readonly Decision[];
  readonly launches: readonly LaunchNews[];
}

/**
 * Runs the tasks of the events on the board and the branch of a build, whatever their hour or day, whether or not they
 * have run before, and whatever the lab's status is. The limits of turns do not hold for it.
 *
 * @param tell - is told what became of each suite as it is known
 */
export async function runOnce(
  parts: SchedulerParts,
  config: SchedulerConfig,
  { events, build: name, id = crypto.randomUUID() }: OneShotRequest,
  options: CallOptions & LedgerWriteOptions & { readonly tell: (news: LaunchNews) => void },
): Promise<OneShotReport> {
  const { afe, builds, ledger, settings, backlog } = parts;
  const { signal, token, tell } = options;
  const meant = findEvents(parts.events, events);
  const nowMs = settings.clock.now();
  const build = passedBuild(name, nowMs);
  const occurrence: Occurrence = {
    id: `one-shot run ${id}`,
    dueMs: nowMs,
    builds: [build],
    pick: 'every',
    boards: [build.board],
    boardsByTask: null,
    unanswered: [],
    slot: null,
  };
  const due = meant.map(({ keyword, priority, timeoutMins }): DueOccurrence => {
    const tasks = config.tasks.filter(({ runOn }) => runOn === keyword);
    const event = { keyword, priority, timeoutMins, skips: () => null };
    return { event, tasks, settings: settingsOf(config, keyword), occurrence };
  });

  await builds.refresh({ signal });
  const read = { signal, deadlineMs: readDeadlineMs };
  const [boards, lab] = await Promise.all([readBoards(afe, read), readLab({ afe, labStatus: null }, read)]);
  const topOfTree = await builds.topOfTree({ signal });
  const latest = await findPartners(builds, topOfTree, due, { signal });
  // Task by task, since two that ask for the same suite both have it here.
  const apart = due.flatMap((one) => one.tasks.map((task) => ({ ...one, tasks: [task] })));
  const facts = { ...lab, boards, topOfTree, latest };
  const wanted = apart.flatMap((one) => decide([one], facts)).map((decision) => ofItsOwn(decision, id));
  const keys = launchesOf(wanted).map(({ key }) => key);
  const decisions = leaveOutKnown(wanted, { ledger: await ledger.find(keys), pastJob: () => null });

  const expiresAtMs = nowMs + Math.max(...meant.map(({ catchUpMs }) => catchUpMs));
  const claims = launchesOf(decisions).map((launch) => ({ launch, claimedAtMs: nowMs, expiresAtMs, notBeforeMs: 0 }));
  if (claims.length > 0) await ledger.claim(claims, { token });
  const launches: LaunchNews[] = [];
  const hear = (news: LaunchNews) => {
    launches.push(news);
    tell(news);
  };
  // With those that an earlier run under this identity has left.
  await backlog.workOn(new Set(keys), hear, { signal, token });
  return { id, decisions, launches };
}

/** The key of a launch has the run and the task in it, so that nothing that has run before is the same. */
function ofItsOwn(decision: Decision, id: string): Decision {
  const { launch } = decision;
  if (launch === null) return decision;
  return { ...decision, launch: { ...launch, key: `one-shot ${id} ${launch.task} ${launch.key}` } };
}

function launchesOf(decisions: readonly Decision[]): readonly SuiteLaunch[] {
  return decisions.flatMap(({ launch, reason }) => (launch !== null && reason.code === 'launch' ? [launch] : []));
}

function findEvents(events: readonly SchedulerEvent[], keywords: readonly string[]): readonly SchedulerEvent[] {
  const known = events.map(({ keyword }) => keyword);
  if (keywords.length === 0) throw new SchedulerOptionError('events', `expected some of ${known.join(', ')}`);
  const meant = new Set(
    keywords.map((text) => {
      const keyword = eventKeyword(text, known);
      if (keyword === undefined) throw new SchedulerOptionError('events', unknownEvent(text, known));
      return keyword;
    }),
  );
  return events.filter(({ keyword }) => meant.has(keyword));
}
