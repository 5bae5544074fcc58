import type { AfeClient, SuiteJobCreator } from '../clients/afe/types.js';
import { defaultLabTimeZone } from '../clients/lab-time.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import { silentLogger, type Logger } from '../runtime/logger.js';
import { describe } from '../suite/argument-checks.js';
import type { HttpTransport } from '../transport/types.js';
import type { BuildSource, ChromeSource } from './builds/types.js';
import type { LaunchLimits } from './backlog/choose-launches.js';
import type { SchedulerConfig } from './config/types.js';
import type { SchedulerEvent } from './events/types.js';
import { zoneOption } from './events/zone-option.js';
import type { LabStatusSource } from './lab-status/types.js';
import type { Launcher } from './launch/types.js';
import type { Lease } from './ledger/lease.js';
import type { Ledger } from './ledger/types.js';
import { numberOption } from './number-option.js';
import { SchedulerOptionError } from './scheduler-option-error.js';
import type { SchedulerNewsListener } from './scheduler-news.js';

/** The services of a lab that a scheduler asks: each as a URL, or as a client of the caller's own. */
export interface SchedulerLab {
  /** The Autotest Frontend, e.g. `http://afe.lab`. */
  readonly afe: string | (AfeClient & SuiteJobCreator);
  /**
   * The page that says whether the lab is open, e.g. `http://status.lab/current?format=json`.
   *
   * @defaultValue nobody asks; the lab counts as open
   */
  readonly labStatus?: string | LabStatusSource | undefined;
  /**
   * The login that the AFE sees.
   *
   * @defaultValue the AFE's default user
   */
  readonly user?: string | undefined;
  /**
   * The lab's IANA time zone: that of the AFE's times, and of the hours and days of tasks.
   *
   * @defaultValue `'America/Los_Angeles'`
   */
  readonly timeZone?: string | undefined;
  /**
   * The way to the network for what is given by URL.
   *
   * @defaultValue `gotTransport()`, closed with the scheduler
   */
  readonly transport?: HttpTransport | undefined;
}

/** What a `SuiteScheduler` is made of. */
export interface SuiteSchedulerOptions {
  readonly lab: SchedulerLab;
  /** What to run when: `await readSchedulerConfig('suite_scheduler.ini')`, or `schedulerConfig({ tasks: [...] })`. */
  readonly config: SchedulerConfig;
  /** Where builds come from. */
  readonly builds: BuildSource;
  /**
   * Where the version of Chrome comes from.
   *
   * @defaultValue none: tasks for `new_chrome` are never due, and the scheduler says so
   */
  readonly chrome?: ChromeSource | undefined;
  /**
   * Events of one's own; one with the keyword of a built-in event takes its place.
   *
   * @defaultValue none
   */
  readonly events?: readonly SchedulerEvent[] | undefined;
  /**
   * The memory. With the default one everything is forgotten when the process ends; `fileLedger()` remembers.
   *
   * @defaultValue `memoryLedger()`
   */
  readonly ledger?: Ledger | undefined;
  /**
   * The lock that lets one scheduler work at a time, where several share a ledger. Without it several may work side by
   * side; the ledger sees to it that each suite is started once.
   *
   * @defaultValue none
   */
  readonly lease?: Lease | undefined;
  /**
   * What others see as the holder of the lease.
   *
   * @defaultValue `'suite scheduler'`
   */
  readonly holder?: string | undefined;
  /**
   * Starts suites. One that has suites of an earlier process to take up does so before the first turn.
   *
   * @defaultValue `afeLauncher()`: the AFE's own `create_suite_job`
   */
  readonly launcher?: Launcher | undefined;
  /**
   * The time between the beginnings of two turns, in ms.
   *
   * @defaultValue 300,000 (5 minutes)
   */
  readonly intervalMs?: number | undefined;
  /**
   * How many suites may be started in a turn (C10): the oldest first, the rest in later turns.
   *
   * @defaultValue no limits
   */
  readonly limits?: LaunchLimits | undefined;
  /**
   * Suites that are due at once are started over this time, in ms, each at a moment that depends on its key only; over
   * half of the time in which their event is caught up with, where that is less.
   *
   * @defaultValue 0: at once
   */
  readonly spreadMs?: number | undefined;
  /**
   * A suite that was run on the same builds within this time is not run again, in ms.
   *
   * @defaultValue 14 days
   */
  readonly dedupeMs?: number | undefined;
  /**
   * After so long, in ms, a request to start a suite of which nothing was heard, of a process that was killed, is no
   * longer under way: a suite that is not found then is started again. Not below the time that a launch may take.
   *
   * @defaultValue 45 minutes
   */
  readonly settleMs?: number | undefined;
  /**
   * How long events that go by the time wait for a source of builds that does not answer, in ms, before they make do
   * with the builds that are known.
   *
   * @defaultValue 1 hour
   */
  readonly buildsPatienceMs?: number | undefined;
  /**
   * How long reasons are kept for `explain`, in ms.
   *
   * @defaultValue 30 days
   */
  readonly keepReasonsMs?: number | undefined;
  /**
   * How many suites are started side by side.
   *
   * @defaultValue 8
   */
  readonly concurrency?: number | undefined;
  /**
   * Is told what happens. An error that it throws, or rejects with, is logged and otherwise ignored.
   *
   * @defaultValue nobody
   */
  readonly onNews?: SchedulerNewsListener | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
}

/** The numbers and names of {@link SuiteSchedulerOptions}, with every gap filled. */
export interface SchedulerSettings {
  readonly holder: string;
  readonly timeZone: string;
  readonly intervalMs: number;
  readonly limits: LaunchLimits;
  readonly spreadMs: number;
  readonly dedupeMs: number;
  readonly settleMs: number;
  readonly buildsPatienceMs: number;
  readonly keepReasonsMs: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onNews: SchedulerNewsListener;
}

/** Fills in the defaults. Throws {@link SchedulerOptionError} for a value that cannot work. */
export function resolveSchedulerOptions(options: SuiteSchedulerOptions): SchedulerSettings {
  checkParts(options);
  const { lab, limits = {}, holder = 'suite scheduler' } = options;
  for (const name of ['perTurn', 'perBoard', 'perPool'] as const) {
    numberOption(`limits.${name}`, limits[name] ?? Infinity, { min: 1, isWhole: true, mayBeInfinite: true });
  }
  if (typeof holder !== 'string' || holder === '') {
    throw new SchedulerOptionError('holder', `expected a name, found ${describe(holder)}`);
  }
  const { timeZone = defaultLabTimeZone } = lab;
  zoneOption('lab.timeZone', timeZone);
  const ms = (name: keyof typeof durations): number => {
    const { byDefault, min } = durations[name];
    return numberOption(name, options[name] ?? byDefault, { min });
  };
  return {
    holder,
    timeZone,
    intervalMs: ms('intervalMs'),
    limits,
    spreadMs: ms('spreadMs'),
    dedupeMs: ms('dedupeMs'),
    settleMs: ms('settleMs'),
    buildsPatienceMs: ms('buildsPatienceMs'),
    keepReasonsMs: ms('keepReasonsMs'),
    concurrency: numberOption('concurrency', options.concurrency ?? 8, { min: 1, isWhole: true, mayBeInfinite: true }),
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    onNews: options.onNews ?? (() => {}),
  };
}

const minuteMs = 60_000;
const dayMs = 24 * 3600_000;

const durations = {
  intervalMs: { byDefault: 5 * minuteMs, min: 1_000 },
  spreadMs: { byDefault: 0, min: 0 },
  dedupeMs: { byDefault: 14 * dayMs, min: 0 },
  settleMs: { byDefault: 45 * minuteMs, min: 0 },
  buildsPatienceMs: { byDefault: 60 * minuteMs, min: 0 },
  keepReasonsMs: { byDefault: 30 * dayMs, min: 0 },
} as const;

/** Callers without types may leave out what is needed, and would learn of it in the middle of a turn. */
function checkParts({ lab, config, builds, events = [], onNews }: SuiteSchedulerOptions): void {
  const given: readonly (readonly [option: string, value: unknown, isThere: boolean, expected: string])[] = [
    ['lab', lab, isObject(lab), 'the services of a lab, such as { afe: "http://afe.lab" }'],
    ['lab.afe', lab?.afe, typeof lab?.afe === 'string' || isObject(lab?.afe), 'a URL or a client'],
    ['config', config, isObject(config) && Array.isArray(config.tasks), 'a configuration, as of readSchedulerConfig()'],
    ['builds', builds, typeof builds?.refresh === 'function', 'a source of builds, as of memoryBuilds()'],
    ['events', events, Array.isArray(events), 'a list of events'],
    ['onNews', onNews, onNews === undefined || typeof onNews === 'function', 'a function'],
  ];
  for (const [option, value, isThere, expected] of given) {
    if (!isThere) throw new SchedulerOptionError(option, `expected ${expected}, found ${describe(value)}`);
  }
  const keywords = events.map(({ keyword }) => keyword);
  const twice = keywords.find((keyword, at) => keywords.indexOf(keyword) < at);
  if (twice !== undefined) throw new SchedulerOptionError('events', `expected one event ${twice}, found two`);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
