import type { CallOptions } from '../../clients/call-options.js';
import type { LaunchNews } from '../backlog/backlog.js';
import type { SchedulerConfig } from '../config/types.js';
import type { Decision } from '../decide/facts.js';
import { localDays } from '../events/local-days.js';
import { hashOf } from '../hash.js';
import type { SuiteLaunch } from '../launch/types.js';
import type { LaunchClaim, LedgerWriteOptions } from '../ledger/types.js';
import { problemOf } from '../problem-of.js';
import type { SchedulerNewsDetails } from '../scheduler-news.js';
import { AfeAwayError } from './afe-away-error.js';
import { prepareTurn, type PreparedTurn } from './prepare-turn.js';
import { lastTurnName, readLastTurn } from './last-turn.js';
import { beginEvents } from './begin-events.js';
import type { WatermarkStep } from './watermark-step.js';
import type { HoldingReason } from './reason-book.js';
import type { SchedulerParts } from './scheduler-parts.js';
import type { TurnReport } from './turn-report.js';

/**
 * One turn: decides, claims in the ledger what is to be started, keeps why, then notes the events as handled, and only
 * then starts what is due. A stop between any two of these loses nothing, since what was not noted is decided again, and
 * doubles nothing, since what was claimed is known (C1, C2).
 */
export async function takeTurn(
  parts: SchedulerParts,
  config: SchedulerConfig,
  options: CallOptions & LedgerWriteOptions & { readonly tell: (news: SchedulerNewsDetails) => void },
): Promise<TurnReport> {
  const { problems, settings, reasons } = parts;
  const { clock } = settings;
  const { tell, token, signal } = options;
  const atMs = clock.now();

  await noteGap(parts, atMs, { token });
  const launches: LaunchNews[] = [];
  const prepared = await prepareUnlessAway(parts, config, { signal });
  const { decisions, missed } = prepared ?? nothingPrepared;
  if (prepared === null) {
    await moveSteps(parts, await beginEvents(parts, config, { signal }), { token });
  } else {
    await keep(parts, prepared, { token });
    for (const { event, id, dueMs, tasks } of missed) tell({ type: 'missed', event, occurrence: id, dueMs, tasks });
    for (const message of emptyPools(decisions, config)) tell({ type: 'warning', message });
    const hear = (launch: LaunchNews) => {
      launches.push(launch);
      tell({ type: 'launch', launch });
    };
    await parts.backlog.work(config.tasks, hear, { signal, token });
    await reasons.keep(clock.now(), launches.map(reasonOfLaunch), { token });
  }
  await prune(parts, { token });
  await tellProblems(parts, { tell, token });
  const report = { atMs, ms: clock.now() - atMs, decisions, launches, missed, problems: problems.all() };
  tell({ type: 'turn-ended', report });
  await noteEnd(parts, { token });
  return report;
}

/** Null: the AFE is away, and nothing can be decided. */
async function prepareUnlessAway(
  parts: SchedulerParts,
  config: SchedulerConfig,
  options: CallOptions,
): Promise<PreparedTurn | null> {
  const { problems, settings } = parts;
  try {
    const prepared = await prepareTurn(parts, config, options);
    problems.worked('AFE');
    return prepared;
  } catch (error) {
    if (!(error instanceof AfeAwayError)) throw error;
    problems.failed('AFE', problemOf(error.cause), settings.clock.now());
    return null;
  }
}

const nothingPrepared: PreparedTurn = { decisions: [], steps: [], missed: [] };

/** Tells what has stopped to work and what works again, and keeps it for whoever asks about last night. */
async function tellProblems(
  { problems, reasons, settings }: SchedulerParts,
  { tell, token }: LedgerWriteOptions & { readonly tell: (news: SchedulerNewsDetails) => void },
): Promise<void> {
  const { arisen, mended } = problems.changes();
  for (const { where, message } of arisen) tell({ type: 'problem', where, message });
  for (const where of mended) tell({ type: 'mended', where });
  const notes = [
    ...arisen.map(({ where, message }) => ({ code: 'problem', text: `${where} did not work: ${message}` })),
    ...mended.map((where) => ({ code: 'mended', text: `${where} worked again` })),
  ];
  await reasons.keep(
    settings.clock.now(),
    notes.map((reason) => ({ task: null, board: null, reason })),
    { token },
  );
}

async function keep(
  { ledger, reasons, settings, events }: SchedulerParts,
  { decisions, steps, missed }: PreparedTurn,
  options: LedgerWriteOptions,
): Promise<void> {
  const nowMs = settings.clock.now();
  const catchUp = new Map(events.map(({ keyword, catchUpMs }) => [keyword, catchUpMs]));
  const claims = launchesOf(decisions).map((launch): LaunchClaim => ({
    launch,
    claimedAtMs: nowMs,
    ...windowOf(launch, catchUp.get(launch.event) ?? 0, settings.spreadMs),
  }));
  if (claims.length > 0) await ledger.claim(claims, options);
  const late = missed.flatMap(({ id, tasks }) =>
    tasks.map((task) => ({ task, board: null, reason: { code: 'missed', text: `${id} was due too long ago` } })),
  );
  await reasons.keep(nowMs, [...late, ...decisions], options);
  await moveSteps({ ledger }, steps, options);
}

async function moveSteps(
  { ledger }: Pick<SchedulerParts, 'ledger'>,
  steps: readonly WatermarkStep[],
  options: LedgerWriteOptions,
): Promise<void> {
  for (const { name, from, to } of steps) {
    // Another scheduler on this ledger may have been faster; it has decided on the same facts.
    if (from !== to) await ledger.moveWatermark(name, from, to, options);
  }
}

function launchesOf(decisions: readonly Decision[]): readonly SuiteLaunch[] {
  return decisions.flatMap(({ launch, reason }) => (launch !== null && reason.code === 'launch' ? [launch] : []));
}

/** No hosts in the pool that tests every build is more than a gap in the lab. */
function emptyPools(decisions: readonly Decision[], { tasks }: SchedulerConfig): ReadonlySet<string> {
  const inBvt = new Set(tasks.filter(({ pool }) => pool === 'bvt').map(({ name }) => name));
  const empty = decisions.filter(({ reason, task }) => reason.code === 'no-hosts' && inBvt.has(task));
  return new Set(empty.map(({ reason }) => reason.text));
}

/**
 * From when to when a suite may be started: always at the same moment for the same suite, so that a restart does not
 * move it. Whatever the spread is, half of the time is left to try again.
 */
function windowOf(
  { key, dueMs }: SuiteLaunch,
  catchUpMs: number,
  spreadMs: number,
): Pick<LaunchClaim, 'notBeforeMs' | 'expiresAtMs'> {
  const overMs = Math.min(spreadMs, catchUpMs / 2);
  return { notBeforeMs: overMs === 0 ? 0 : dueMs + Math.floor(hashOf(key) * overMs), expiresAtMs: dueMs + catchUpMs };
}

/** That no turns were taken for a while is a reason too. */
async function noteGap(
  { ledger, reasons, settings, backlog }: SchedulerParts,
  nowMs: number,
  options: LedgerWriteOptions,
): Promise<void> {
  const last = await readLastTurn(ledger);
  if (last !== null && nowMs < last) await backlog.reclaim(options);
  if (last === null || nowMs - last <= 3 * settings.intervalMs) return;
  const days = localDays(settings.timeZone);
  const text = `the scheduler took no turns from ${days.format(last)} to ${days.format(nowMs)}`;
  await reasons.keep(nowMs, [{ task: null, board: null, reason: { code: 'not-running', text } }], options);
}

async function noteEnd({ ledger, settings }: SchedulerParts, options: LedgerWriteOptions): Promise<void> {
  const last = await ledger.watermark(lastTurnName);
  await ledger.moveWatermark(lastTurnName, last, String(settings.clock.now()), options);
}

function reasonOfLaunch({ type, record, problem }: LaunchNews): HoldingReason {
  const { suite, testSourceBuild, task, board } = record.launch;
  const what = `${suite} on ${testSourceBuild}`;
  const because = problem === null ? '' : `: ${problem}`;
  const job = record.jobId === null ? '' : ` as job ${record.jobId}`;
  const reasons = {
    launched: { code: 'launched', text: `${what} was started${job}` },
    adopted: { code: 'launched', text: `${what} had been started${job}` },
    refused: { code: 'refused', text: `${what} was refused${because}` },
    failed: { code: 'launch-failed', text: `${what} could not be started and is tried again${because}` },
    'in-doubt': { code: 'launch-failed', text: `it is not known whether ${what} was started${because}` },
    missed: { code: 'missed', text: `${what} was not started in time${because}` },
  } as const;
  return { task, board, reason: reasons[type] };
}

async function prune({ ledger, settings }: SchedulerParts, options: LedgerWriteOptions): Promise<void> {
  const { clock, dedupeMs, keepReasonsMs } = settings;
  const name = 'last pruned';
  const last = await ledger.watermark(name);
  const nowMs = clock.now();
  const lastMs = Number(last ?? Number.NaN);
  if (nowMs - lastMs < dayMs && nowMs >= lastMs) return;
  // By the time of the last one: a clock that is far ahead for a turn must not have everything forgotten.
  const limitMs = Number.isNaN(lastMs) ? nowMs : Math.min(nowMs, lastMs);
  await ledger.prune({ launchesMs: limitMs - dedupeMs, notesMs: limitMs - keepReasonsMs }, options);
  await ledger.moveWatermark(name, last, String(nowMs), options);
}

const dayMs = 24 * 3600_000;
