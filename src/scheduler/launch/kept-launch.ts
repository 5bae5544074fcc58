import { DynamicSuiteError } from '../../errors.js';
import { excerpt } from '../../transport/excerpt.js';
import type { SuiteLaunch } from './types.js';

/** What is written down of a suite that is run in this process, before it begins. */
export interface KeptLaunch {
  readonly launch: SuiteLaunch;
  /** The job whose children its tests' jobs are; null: it has none of ours. */
  readonly jobId: number | null;
}

/** What was written down of a suite cannot be read, and so nobody knows whether it was run. */
export class KeptLaunchError extends DynamicSuiteError {
  /** The file. */
  readonly file: string;

  constructor(file: string, problem: string, options?: { readonly cause?: unknown }) {
    super('ERR_KEPT_LAUNCH', `${excerpt(file)}: ${problem}`, options);
    this.file = file;
  }
}

export function renderKeptLaunch(record: KeptLaunch): string {
  return `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`;
}

/** @throws KeptLaunchError for a text that is not what `renderKeptLaunch` has written */
export function readKeptLaunch(text: string, file: string): KeptLaunch {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new KeptLaunchError(file, 'not JSON', { cause });
  }
  if (!isKeptLaunch(found)) {
    throw new KeptLaunchError(file, 'not the record of a launch');
  }
  return found;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number';
const isInteger: Check = (value) => Number.isSafeInteger(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isTexts: Check = (value) => typeof value === 'object' && value !== null && Object.values(value).every(isText);

const launchFields: Readonly<Record<keyof SuiteLaunch, Check>> = {
  key: isText,
  suite: isText,
  board: isText,
  builds: isTexts,
  testSourceBuild: isText,
  pool: orNull(isText),
  num: orNull(isNumber),
  priority: isNumber,
  timeoutMins: isNumber,
  fileBugs: isFlag,
  jobRetry: isFlag,
  task: isText,
  event: isText,
  dueMs: isNumber,
};

function isKeptLaunch(value: unknown): value is KeptLaunch {
  return hasFields(value, {
    version: (version) => version === 1,
    launch: (launch) => hasFields(launch, launchFields),
    jobId: orNull(isInteger),
  });
}

function hasFields(value: unknown, fields: Readonly<Record<string, Check>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  return Object.entries(fields).every(([name, check]) => members.has(name) && check(members.get(name)));
}
