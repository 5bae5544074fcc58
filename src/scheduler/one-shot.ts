import type { CallOptions } from '../clients/call-options.js';
import { parseBuildName } from '../clients/dev-server/build-name.js';
import type { LaunchNews } from './backlog/backlog.js';
import type { PassedBuild } from './builds/types.js';
import type { SchedulerConfig } from './config/types.js';
import { decide } from './decide/decide.js';
import type { Decision, DueOccurrence } from './decide/facts.js';
import type { Occurrence, SchedulerEvent } from './events/types.js';
import type { LedgerWriteOptions } from './ledger/types.js';
import { SchedulerOptionError } from './scheduler-option-error.js';
import { gatherFacts, readBoards } from './turn/gather-facts.js';
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
 * have run before, and whatever the lab's status is.
 */
export async function runOnce(
  parts: SchedulerParts,
  config: SchedulerConfig,
  { events, build: name, id = crypto.randomUUID() }: OneShotRequest,
  options: CallOptions & LedgerWriteOptions,
): Promise<OneShotReport> {
  const { afe, builds, ledger, settings, backlog } = parts;
  const { signal, token } = options;
  const nowMs = settings.clock.now();
  const build = readBuild(name, nowMs);
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
  const due = events.map((keyword): DueOccurrence => {
    const event = findEvent(parts.events, keyword);
    const tasks = config.tasks.filter(({ runOn }) => runOn === event.keyword);
    return { event: { ...event, skips: () => null }, tasks, settings: settingsOf(config, event.keyword), occurrence };
  });

  await builds.refresh({ signal });
  const read = { signal, deadlineMs: readDeadlineMs };
  const boards = await readBoards(afe, read);
  const facts = await gatherFacts({ afe, builds, labStatus: null }, boards, due, read);
  const decisions = decide(due, facts).map((decision): Decision => {
    const { launch } = decision;
    if (launch === null) return decision;
    return { ...decision, launch: { ...launch, key: `one-shot ${id} ${launch.task} ${launch.key}` } };
  });
  const wanted = decisions.flatMap(({ launch, reason }) =>
    launch !== null && reason.code === 'launch' ? [launch] : [],
  );
  const expiresAtMs = nowMs + Math.max(0, ...due.map(({ event }) => event.catchUpMs));
  const claims = wanted.map((launch) => ({ launch, claimedAtMs: nowMs, expiresAtMs, notBeforeMs: 0 }));
  await ledger.claim(claims, { token });
  const launches: LaunchNews[] = [];
  const only = new Set(wanted.map(({ key }) => key));
  await backlog.work(config.tasks, (news) => launches.push(news), { signal, token, only });
  return { id, decisions, launches };
}

function readBuild(name: string, nowMs: number): PassedBuild {
  const { board, type, milestone, version } = parseBuildName(name);
  if (milestone === null || version === null) {
    throw new SchedulerOptionError('build', `expected a build with its version, found ${name}`);
  }
  return { name, board, type, milestone, version, passedAtMs: nowMs };
}

function findEvent(events: readonly SchedulerEvent[], keyword: string): SchedulerEvent {
  const event = events.find((one) => one.keyword === keyword.replaceAll('-', '_'));
  if (event !== undefined) return event;
  const known = events.map((one) => one.keyword).join(', ');
  throw new SchedulerOptionError('events', `expected some of ${known}, found ${keyword}`);
}
