import type { SuiteLaunch } from '../launch/types.js';
import { LedgerValueError } from './errors.js';
import type { LaunchRecord, LaunchState, ReasonNote } from './types.js';

/** Names, builds, keys. What people read may be longer, and is cut. */
const maxTextLength = 4_096;
const maxWatermarkLength = 1024 * 1024;
const maxBuilds = 20;
/** The range of `Date`: whatever is kept as a time can be shown as one. */
const maxTimeMs = 8.64e15;

/** A copy of a launch that nobody can change, of bounded size. Throws `LedgerValueError` where a field is wrong. */
export function keptLaunch(launch: SuiteLaunch): SuiteLaunch {
  const kept = keptFields(launch, launchFields, 'launch.');
  return Object.freeze({ ...kept, builds: Object.freeze({ ...kept.builds }) });
}

/** A copy of a record whose launch is kept already, likewise. */
export function keptRecord(record: LaunchRecord): LaunchRecord {
  const kept = keptFields(record, recordFields, '');
  return Object.freeze({ ...kept, problem: cutText(kept.problem) });
}

/** A copy of a note, likewise. */
export function keptNote(note: ReasonNote): ReasonNote {
  const kept = keptFields(note, noteFields, 'note.');
  return Object.freeze({ ...kept, text: cutText(kept.text) });
}

/** Throws `LedgerValueError` for a watermark that cannot be kept. */
export function checkWatermark(name: string, text: string): void {
  if (!isText(name)) throw new LedgerValueError('watermark name', checks.text.expected);
  if (typeof text === 'string' && text.length <= maxWatermarkLength) return;
  throw new LedgerValueError(`watermark ${name}`, `a text of up to ${maxWatermarkLength} characters`);
}

/** Throws `LedgerValueError` for what is no fencing token. */
export function checkToken(token: number): void {
  if (!Number.isSafeInteger(token)) throw new LedgerValueError('token', 'a whole number');
}

/** A time up to which something is forgotten; one without an end is as good as the last there is. */
export function keptLimit(field: string, ms: number): number {
  if (typeof ms !== 'number' || Number.isNaN(ms)) throw new LedgerValueError(field, 'a number');
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, ms));
}

interface Check {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

interface FieldChecks<T> {
  readonly names: ReadonlySet<string>;
  readonly checks: readonly (readonly [keyof T & string, Check])[];
}

const launchStates: readonly LaunchState[] = ['due', 'launching', 'launched', 'refused', 'missed'];

const checks = {
  text: { expected: `a text of up to ${maxTextLength} characters`, holds: isText },
  longText: { expected: 'a text', holds: (value) => typeof value === 'string' },
  time: {
    expected: 'a time in ms since the epoch',
    holds: (value) => typeof value === 'number' && Math.abs(value) <= maxTimeMs,
  },
  number: { expected: 'a finite number', holds: Number.isFinite },
  count: {
    expected: 'a whole number of at least 0',
    holds: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
  },
  flag: { expected: 'true or false', holds: (value) => typeof value === 'boolean' },
  state: {
    expected: `one of ${launchStates.join(', ')}`,
    holds: (value) => launchStates.some((state) => state === value),
  },
  builds: { expected: `up to ${maxBuilds} version prefixes with a build each`, holds: areBuilds },
  launch: { expected: 'a launch', holds: (value) => typeof value === 'object' && value !== null },
} as const satisfies Record<string, Check>;

const recordFields = fieldChecks<LaunchRecord>({
  launch: checks.launch,
  state: checks.state,
  version: checks.count,
  claimedAtMs: checks.time,
  changedAtMs: checks.time,
  expiresAtMs: checks.time,
  notBeforeMs: checks.time,
  tries: checks.count,
  firstTriedAtMs: orNull(checks.time),
  jobId: orNull(checks.number),
  problem: orNull(checks.longText),
});

const launchFields = fieldChecks<SuiteLaunch>({
  key: checks.text,
  suite: checks.text,
  board: checks.text,
  builds: checks.builds,
  testSourceBuild: checks.text,
  pool: orNull(checks.text),
  num: orNull(checks.number),
  priority: checks.number,
  timeoutMins: checks.number,
  fileBugs: checks.flag,
  jobRetry: checks.flag,
  task: checks.text,
  event: checks.text,
  dueMs: checks.time,
});

const noteFields = fieldChecks<ReasonNote>({
  atMs: checks.time,
  task: orNull(checks.text),
  board: orNull(checks.text),
  code: checks.text,
  text: checks.longText,
});

/** A copy without any other fields than there should be. */
function keptFields<T extends object>(value: T, fields: FieldChecks<T>, place: string): T {
  const kept = { ...value };
  for (const name of Object.keys(kept)) if (!fields.names.has(name)) Reflect.deleteProperty(kept, name);
  for (const [name, { expected, holds }] of fields.checks) {
    if (!holds(kept[name])) throw new LedgerValueError(`${place}${name}`, expected);
  }
  return kept;
}

function fieldChecks<T>(checksOf: Readonly<Record<keyof T & string, Check>>): FieldChecks<T> {
  const names = Object.keys(checksOf) as (keyof T & string)[];
  return { names: new Set(names), checks: names.map((name) => [name, checksOf[name]]) };
}

function orNull({ expected, holds }: Check): Check {
  return { expected: `${expected}, or null`, holds: (value) => value === null || holds(value) };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= maxTextLength;
}

function areBuilds(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const builds = Object.entries(value);
  return builds.length <= maxBuilds && builds.flat().every(isText);
}

function cutText<T extends string | null>(text: T): T | string {
  if (text === null || text.length <= maxTextLength) return text;
  // Not in the middle of a character.
  return `${text.slice(0, maxTextLength - 3).replace(/[\uD800-\uDBFF]$/, '')}...`;
}
