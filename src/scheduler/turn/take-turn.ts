import type { CallOptions } from '../../clients/call-options.js';
import { hashOf } from '../hash.js';
import type { LaunchNews } from '../backlog/backlog.js';
import type { SchedulerConfig } from '../config/types.js';
import type { Decision } from '../decide/facts.js';
import type { SuiteLaunch } from '../launch/types.js';
import type { LaunchClaim, LedgerWriteOptions } from '../ledger/types.js';
import type { SchedulerNewsDetails } from '../scheduler-news.js';
import { prepareTurn, type PreparedTurn } from './prepare-turn.js';
import { reasonsOf, type HoldingReason } from './reason-book.js';
import { problemOf, type SchedulerParts } from './scheduler-parts.js';
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
  const { problems, settings } = parts;
  const { clock } = settings;
  const { tell, token, signal } = options;
  const atMs = clock.now();
  const before = new Set(problems.all().map(({ where }) => where));

  const gap = await noteGap(parts, atMs, { token });
  const launches: LaunchNews[] = [];
  let prepared: PreparedTurn = { decisions: [], steps: [], missed: [] };
  let isAfeThere = true;
  try {
    prepared = await prepareTurn(parts, config, { signal });
    problems.worked('AFE');
  } catch (error) {
    signal?.throwIfAborted();
    problems.failed('AFE', problemOf(error), clock.now());
    isAfeThere = false;
  }
  const { decisions, missed } = prepared;
  await keep(parts, prepared, gap, { token });
  for (const { event, id, dueMs, tasks } of missed) tell({ type: 'missed', event, occurrence: id, dueMs, tasks });
  for (const message of emptyPools(decisions)) tell({ type: 'warning', message });
  if (isAfeThere) {
    const hear = (launch: LaunchNews) => {
      launches.push(launch);
      tell({ type: 'launch', launch });
    };
    await parts.backlog.work(config.tasks, hear, { signal, token });
    await parts.reasons.keep(clock.now(), launches.map(reasonOfLaunch), { token });
  }
  await prune(parts, { token });

  for (const { where, message } of problems.all()) {
    if (!before.has(where)) tell({ type: 'problem', where, message });
  }
  const now = new Set(problems.all().map(({ where }) => where));
  for (const where of before) if (!now.has(where)) tell({ type: 'mended', where });
  const report = { atMs, ms: clock.now() - atMs, decisions, launches, missed, problems: problems.all() };
  tell({ type: 'turn-ended', report });
  return report;
}

async function keep(
  { ledger, reasons, settings, events }: SchedulerParts,
  { decisions, steps, missed }: PreparedTurn,
  further: readonly HoldingReason[],
  options: LedgerWriteOptions,
): Promise<void> {
  const nowMs = settings.clock.now();
  const catchUp = new Map(events.map(({ keyword, catchUpMs }) => [keyword, catchUpMs]));
  const claims = launchesOf(decisions).map((launch): LaunchClaim => ({
    launch,
    claimedAtMs: nowMs,
    expiresAtMs: launch.dueMs + (catchUp.get(launch.event) ?? 0),
    notBeforeMs: notBefore(launch, settings.spreadMs),
  }));
  if (claims.length > 0) await ledger.claim(claims, options);
  const late = missed.flatMap(({ id, tasks }) =>
    tasks.map((task) => ({ task, board: null, reason: { code: 'missed', text: `${id} was due too long ago` } })),
  );
  await reasons.keep(nowMs, [...further, ...late, ...reasonsOf(decisions)], options);
  for (const { name, from, to } of steps) {
    // Another scheduler on this ledger may have been faster; it has decided on the same facts.
    if (from !== to) await ledger.moveWatermark(name, from, to, options);
  }
}

function launchesOf(decisions: readonly Decision[]): readonly SuiteLaunch[] {
  return decisions.flatMap(({ launch, reason }) => (launch !== null && reason.code === 'launch' ? [launch] : []));
}

/** A board without hosts for what tests every build is more than a gap in the lab. */
function emptyPools(decisions: readonly Decision[]): ReadonlySet<string> {
  const empty = decisions.filter(({ reason }) => reason.code === 'no-hosts' && reason.text.endsWith('pool:bvt'));
  return new Set(empty.map(({ reason }) => reason.text));
}

/** Always the same moment of the window for the same suite, so that a restart does not move it. */
function notBefore({ key, dueMs }: SuiteLaunch, spreadMs: number): number {
  return spreadMs === 0 ? 0 : dueMs + Math.floor(hashOf(key) * spreadMs);
}

/** That no turns were taken for a while is a reason too. */
async function noteGap(
  { ledger, settings, backlog }: SchedulerParts,
  nowMs: number,
  options: LedgerWriteOptions,
): Promise<readonly HoldingReason[]> {
  const name = 'last turn';
  const last = await ledger.watermark(name);
  const lastMs = Number(last ?? Number.NaN);
  if (nowMs < lastMs) await backlog.reclaim(options);
  await ledger.moveWatermark(name, last, String(nowMs), options);
  if (!(nowMs - lastMs > 3 * settings.intervalMs)) return [];
  const text = `the scheduler took no turns from ${timeOf(lastMs)} to ${timeOf(nowMs)}`;
  return [{ task: null, board: null, reason: { code: 'not-running', text } }];
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
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
