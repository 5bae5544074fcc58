import { closestName } from '../clients/closest-name.js';
import { checkBugTemplate, type BugTemplate } from '../bugs/bug-template.js';
import type { TestPredicate } from '../control-files/predicates.js';
import type { SuiteJob } from '../results/suite-job.js';
import { SuiteArgumentError } from './errors.js';
import { priorities } from './priority.js';
import { crosVersionPrefix } from './labels.js';
import type { SuiteSpecArguments, SuiteWarning } from './suite-arguments.js';

/** Every argument there is; the type makes the compiler complain about one that is missing. */
const knownArguments: Readonly<Record<keyof SuiteSpecArguments, true>> = {
  name: true,
  board: true,
  job: true,
  devserverUrl: true,
  builds: true,
  build: true,
  versionPrefix: true,
  firmwareReimage: true,
  testSourceBuild: true,
  pool: true,
  num: true,
  checkHosts: true,
  addExperimental: true,
  maxRuntimeMins: true,
  timeout: true,
  timeoutMins: true,
  suiteDependencies: true,
  priority: true,
  predicate: true,
  waitForResults: true,
  jobRetry: true,
  maxRetries: true,
  offloadFailuresOnly: true,
  runProdCode: true,
  skipReimage: true,
  fileBugs: true,
  fileExperimentalBugs: true,
  bugTemplate: true,
};

export function vetBuilds(given: Given<BuildKey>, warnings: SuiteWarning[]): Record<string, string> {
  const build = optionalText(given, 'build');
  const expected = 'an object, version prefix → build, e.g. { "cros-version": "x86-alex-release/R18-1655.0.0" }';
  if (given.builds === undefined || given.builds === null) {
    if (build === undefined) throw new SuiteArgumentError('builds', expected, { found: describe(given.builds) });
    const prefix =
      optionalText(given, 'versionPrefix') ??
      (flag(given, 'firmwareReimage', false) ? 'fwrw-version' : crosVersionPrefix);
    const instead = `{ '${withoutColon(prefix)}': '${build}' }`;
    warnings.push({ code: 'deprecated-argument', message: `"build" alone is deprecated: pass builds: ${instead}` });
    return { [withoutColon(prefix)]: build };
  }
  if (typeof given.builds !== 'object' || Array.isArray(given.builds) || Object.keys(given.builds).length === 0) {
    throw new SuiteArgumentError('builds', expected, { found: describe(given.builds) });
  }
  const entries = Object.entries(given.builds).map(([prefix, value]): [string, string] => {
    const key = withoutColon(prefix);
    if (!isPlainText(key)) throw new SuiteArgumentError('builds', expected, { found: `the key ${describe(prefix)}` });
    if (!isPlainText(value)) throw new SuiteArgumentError(`builds.${key}`, 'a build name', { found: describe(value) });
    return [key, value];
  });
  if (build !== undefined && !entries.some(([, value]) => value === build)) {
    const values = entries.map(([, value]) => value).join(', ');
    throw new SuiteArgumentError('build', `one of the values of "builds" (${values})`, { found: describe(build) });
  }
  return Object.fromEntries(entries);
}

export function ineffective(given: SuiteSpecArguments): SuiteWarning[] {
  const warnings: SuiteWarning[] = [];
  if (given.skipReimage === true) {
    const message = '"skipReimage" has no effect: the version labels decide whether a device is imaged';
    warnings.push({ code: 'ineffective-argument', message });
  }
  return warnings;
}

export function unknownArguments(given: object): SuiteWarning[] {
  const known = Object.keys(knownArguments);
  const warnings: SuiteWarning[] = [];
  for (const key of Object.keys(given).filter((name) => !known.includes(name))) {
    const meant = closestName(key, known);
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
    warnings.push({ code: 'unknown-argument', message: `Argument ${describe(key)} is not known and ignored${hint}` });
  }
  return warnings;
}

/** What somebody has given for these arguments, whatever it is. */
type Given<Key extends string> = Readonly<Partial<Record<Key, unknown>>>;

type BuildKey = 'builds' | 'build' | 'versionPrefix' | 'firmwareReimage';

export function text<Key extends string>(given: Given<Key>, key: Key, expected: string): string {
  const value: unknown = given[key];
  if (!isPlainText(value)) throw new SuiteArgumentError(key, expected, { found: describe(value) });
  return value;
}

export function optionalText<Key extends string>(given: Given<Key>, key: Key): string | undefined {
  const value: unknown = given[key];
  if (value === undefined || value === null || value === '') return undefined;
  return text(given, key, 'a string of printable ASCII characters');
}

export function flag<Key extends string>(
  given: Given<Key>,
  key: Key,
  byDefault: boolean,
  expected = 'true or false',
): boolean {
  const value: unknown = given[key];
  if (value === undefined || value === null) return byDefault;
  if (typeof value !== 'boolean') throw new SuiteArgumentError(key, expected, { found: describe(value) });
  return value;
}

export function hostCheck(given: SuiteSpecArguments): boolean | 'require' {
  return given.checkHosts === 'require' ? 'require' : flag(given, 'checkHosts', true, 'true, false or "require"');
}

export function number<Key extends string>(
  given: Given<Key>,
  key: Key,
  byDefault: number,
  expected: string,
  fits: (value: number) => boolean,
): number {
  const value: unknown = given[key];
  if (value === undefined || value === null) return byDefault;
  if (typeof value !== 'number' || !Number.isFinite(value) || !fits(value)) {
    throw new SuiteArgumentError(key, expected, { found: describe(value) });
  }
  return value;
}

export function optionalInteger<Key extends string>(given: Given<Key>, key: Key): number | null {
  const value: unknown = given[key];
  if (value === undefined || value === null) return null;
  return number(given, key, 0, 'a whole number that is not negative, or null', isNaturalNumber);
}

export function url<Key extends string>(given: Given<Key>, key: Key): string {
  const value = text(given, key, 'an http or https URL');
  // The value is not shown: it may hold a password.
  if (!/^https?:\/\/[^/]/u.test(value) || !URL.canParse(value))
    throw new SuiteArgumentError(key, 'an http or https URL');
  return value;
}

export function suiteJob(job: unknown): SuiteJob {
  const expected = 'a suite job with a tag and the methods record and writeKeyvals, e.g. from openSuiteJob()';
  if (!isSuiteJob(job)) throw new SuiteArgumentError('job', expected, { found: describe(job) });
  return job;
}

function isSuiteJob(job: unknown): job is SuiteJob {
  if (typeof job !== 'object' || job === null || !('tag' in job) || typeof job.tag !== 'string') return false;
  return (
    'record' in job &&
    typeof job.record === 'function' &&
    'writeKeyvals' in job &&
    typeof job.writeKeyvals === 'function'
  );
}

export function dependencies(given: SuiteSpecArguments): string[] {
  const value: unknown = given.suiteDependencies ?? [];
  const items: unknown = typeof value === 'string' ? value.split(',') : value;
  const expected = 'a list of labels, or one comma-separated string';
  if (!Array.isArray(items)) throw new SuiteArgumentError('suiteDependencies', expected, { found: describe(value) });
  return items.flatMap((item: unknown) => {
    const label = typeof item === 'string' ? item.trim() : item;
    if (label === '') return [];
    if (!isPlainText(label)) throw new SuiteArgumentError('suiteDependencies', expected, { found: describe(item) });
    return [label];
  });
}

export function priority(given: Given<'priority'>): number {
  const value: unknown = given.priority ?? 'Default';
  const named = Object.entries(priorities).find(([key]) => key === value)?.[1];
  if (named !== undefined) return named;
  if (typeof value === 'number' && isNaturalNumber(value)) return value;
  const expected = `one of ${Object.keys(priorities).join(', ')}, or a whole number`;
  throw new SuiteArgumentError('priority', expected, { found: describe(value) });
}

export function predicate(given: SuiteSpecArguments): TestPredicate | null {
  const { predicate: value } = given;
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || typeof value.test !== 'function') {
    throw new SuiteArgumentError('predicate', 'a predicate, e.g. from inSuite()', { found: describe(value) });
  }
  return value;
}

/** A template that breaks the rules stops nothing: the original took it for empty too. */
export function bugTemplate(given: SuiteSpecArguments, warnings: SuiteWarning[]): BugTemplate {
  const { template, problem } = checkBugTemplate(given.bugTemplate);
  if (problem !== null) {
    warnings.push({ code: 'bad-bug-template', message: `Argument "bugTemplate" counts as empty: ${problem}` });
  }
  return template;
}

/** Such text goes into job names, labels and status lines, and the AFE takes ASCII only. */
export function isPlainText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]+$/u.test(value) && value.trim() !== '';
}

export function isNaturalNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

export function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function withoutColon(prefix: string): string {
  return prefix.replace(/:$/u, '');
}

/** A value as it may stand in a message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
