import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Job } from '../../src/clients/afe/types.js';
import { matchJobs } from '../../src/suite/match-jobs.js';

function aJob(id: number, name: string, changes: { retryOf?: number; controlFile?: string } = {}): Job {
  const keyvals = changes.retryOf === undefined ? {} : { retry_original_job_id: String(changes.retryOf) };
  const common = { owner: 'lab', parentJobId: 1, priority: 40, createdOnMs: null, dependencies: [] };
  return { ...common, id, name, keyvals, controlFile: changes.controlFile ?? '' };
}

/** `name: job, job, ...` of each match. */
function matched(names: readonly string[], jobs: readonly Job[]): string[] {
  const tests = names.map((name) => ({ name, control: null }));
  return matchJobs(tests, jobs, ({ name }) => name).map(
    ({ test: { name }, job, retryOf }) => `${name} ${String(job.id)} of ${String(retryOf)}`,
  );
}

test('a first attempt is known by its name, a retry by what it repeats', () => {
  const jobs = [aJob(5, 'a', { retryOf: 3 }), aJob(3, 'a'), aJob(4, 'b'), aJob(6, 'a', { retryOf: 5 }), aJob(7, 'c')];
  expect(matched(['a', 'b'], jobs)).toEqual(['a 3 of null', 'a 5 of 3', 'a 6 of 5', 'b 4 of null']);
});

test('of several for one attempt the oldest counts', () => {
  const jobs = [aJob(4, 'a'), aJob(3, 'a'), aJob(6, 'a', { retryOf: 3 }), aJob(5, 'a', { retryOf: 3 })];
  expect(matched(['a'], jobs)).toEqual(['a 3 of null', 'a 5 of 3']);
});

test('two tests of one name have a job each, told apart by their control files', () => {
  const tests = [{ control: { text: 'x' } }, { control: { text: 'y' } }] as never[];
  const jobs = [aJob(3, 'a', { controlFile: 'y' }), aJob(4, 'a', { controlFile: 'x' })];
  expect(matchJobs(tests, jobs, () => 'a').map(({ test: of }) => tests.indexOf(of))).toEqual([1, 0]);
});

test('a name that the AFE has cut is known all the same', () => {
  const name = 'a'.repeat(300);
  expect(matched([name], [aJob(3, name.slice(0, 255))])).toEqual([`${name} 3 of null`]);
});

test('whatever the keyvals claim, it comes to an end and takes no job twice', () => {
  const job = fc.record({
    id: fc.integer({ min: 1, max: 8 }),
    retryOf: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
    name: fc.constantFrom('a', 'b'),
  });
  fc.assert(
    fc.property(fc.uniqueArray(job, { selector: ({ id }) => id }), (jobs) => {
      const given = jobs.map(({ id, name, retryOf }) => aJob(id, name, retryOf === undefined ? {} : { retryOf }));
      const found = matchJobs([{ name: 'a', control: null }], given, ({ name }) => name);
      const ids = found.map(({ job: { id } }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});

test('a retry because the infrastructure failed is known as one', () => {
  const first = aJob(3, 'a');
  const second = aJob(4, 'a', { retryOf: 3 });
  const third = aJob(5, 'a', { retryOf: 4 });
  const jobs = [first, { ...second, keyvals: { ...second.keyvals, dynamic_suite_infra_retry: 'True' } }, third];
  const found = matchJobs([{ name: 'a', control: null }], jobs, ({ name }) => name);
  expect(found.map(({ retryFor }) => retryFor)).toEqual([null, 'infrastructure', 'test']);
});
