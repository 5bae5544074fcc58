import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabState } from '../../src/testing/lab/lab-state.js';
import { LocalTime } from '../../src/testing/lab/local-time.js';
import { entriesIndexed, hostsIndexed, jobsIndexed, labelsIndexed } from '../../src/testing/services/afe-indexes.js';
import { afeModels } from '../../src/testing/services/afe-models.js';
import { createJob } from '../../src/testing/services/create-job.js';
import type { Filter, Model } from '../../src/testing/services/filters.js';
import { select } from '../../src/testing/services/filters.js';

const time = new LocalTime('America/Los_Angeles');

/** A job every twenty minutes, through the night in which local time goes back by an hour. */
const state = smallLab(Date.parse('2026-11-01T05:00:00Z'), 20 * 60_000);
const models = afeModels(state, time);
const parts = { state, time };

const id = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 45 }));
const ids = fc.array(fc.oneof(id, id.map(String)), { maxLength: 4 });
const localTime = fc
  .integer({ min: -3, max: 60 })
  .map((index) => time.text(Date.parse('2026-11-01T05:00:00Z') + index * 13 * 60_000));
const name = fc.constantFrom('host1', 'HOST2', 'host3', 'nope', 'board:a', 'BOARD:B', 'pool:x', 'x', 'X');
const names = fc.array(name, { maxLength: 3 });

const conditions = {
  id: fc.oneof(id, id.map(String)),
  id__in: ids,
  pk: id,
  parent_job_id: fc.option(id),
  parent_job: id,
  parent_job__in: ids,
  parent_job__id__in: ids,
  created_on__gte: localTime,
  created_on__gt: localTime,
  created_on__lt: localTime,
  job: id,
  job_id: id,
  job__in: ids,
  job__id__in: ids,
  job__parent_job: id,
  job__created_on__gte: localTime,
  hostname: name,
  hostname__in: names,
  labels__name: name,
  labels__name__in: names,
  name,
  name__in: names,
  query_limit: fc.integer({ min: 0, max: 5 }),
};

/** What an index finds makes no difference to what the filter then chooses. */
function agrees<Row>(
  model: Model<Row>,
  keywords: readonly (keyof typeof conditions)[],
  all: () => Iterable<Row>,
  indexed: (filter: Filter) => Iterable<Row>,
): void {
  const filters = fc
    .subarray([...keywords], { maxLength: 3 })
    .chain((some) => fc.record(Object.fromEntries(some.map((keyword) => [keyword, conditions[keyword]]))));
  fc.assert(
    fc.property(filters, (filter) => {
      expect(select(model, indexed(filter), filter)).toEqual(select(model, all(), filter));
    }),
    { numRuns: 1000 },
  );
}

test('jobs found by an index are those that a look at every job finds', () => {
  agrees(
    models.jobs,
    [
      ...(['id', 'id__in', 'pk', 'parent_job_id', 'parent_job', 'parent_job__in', 'parent_job__id__in'] as const),
      ...(['created_on__gte', 'created_on__gt', 'created_on__lt', 'name', 'name__in', 'query_limit'] as const),
    ],
    () => state.jobs,
    (filter) => jobsIndexed(parts, filter),
  );
});

test('entries found by an index are those that a look at every entry finds', () => {
  agrees(
    models.entries,
    [
      ...(['id', 'id__in', 'job', 'job_id', 'job__in', 'job__id__in', 'job__parent_job'] as const),
      ...(['job__created_on__gte', 'query_limit'] as const),
    ],
    () => state.jobs.entries(),
    (filter) => entriesIndexed(parts, filter),
  );
});

test('hosts and labels found by an index are those that a look at each of them finds', () => {
  agrees(
    models.hosts,
    ['id', 'id__in', 'hostname', 'hostname__in', 'labels__name', 'labels__name__in', 'query_limit'],
    () => state.hosts.values(),
    (filter) => hostsIndexed(state, filter),
  );
  agrees(
    models.labels,
    ['id', 'id__in', 'name', 'name__in', 'query_limit'],
    () => state.labels.values(),
    (filter) => labelsIndexed(state, filter),
  );
});

test('an index hands on only what it found', () => {
  const many = smallLab(Date.parse('2026-01-01T00:00:00Z'), 3_600_000, 2_000);
  const reached = (filter: Filter) => [...jobsIndexed({ state: many, time }, filter)].length;
  expect(reached({})).toBe(2_000);
  expect(reached({ id: 7, name__startswith: 'x' })).toBe(1);
  expect(reached({ id__in: [7, '8', 99_999] })).toBe(2);
  expect(reached({ parent_job_id: 1 })).toBeLessThan(1_000);
  expect(reached({ created_on__gte: time.text(many.jobs.get(1_991)?.createdMs ?? 0) })).toBeLessThan(10 + 48);
  expect([...entriesIndexed({ state: many, time }, { job__id__in: [3, 4] })].length).toBeLessThanOrEqual(2);
  expect(hostsIndexed(many, { hostname__in: ['host1', 'HOST2'] })).toHaveLength(2);
  expect(hostsIndexed(many, { labels__name: 'pool:x', status: 'Ready' })).toHaveLength(1);
});

function smallLab(startMs: number, everyMs: number, jobs = 40): LabState {
  const made = new LabState();
  made.ensureUser('chromeos-test', 100);
  for (const [hostname, ...labels] of [
    ['host1', 'board:a'],
    ['host2', 'board:b', 'pool:x'],
    ['host3', 'board:a'],
  ]) {
    const host = made.addHost(hostname ?? '');
    for (const label of labels) made.addLabel(host, made.ensureLabel(label));
  }
  for (let number = 1; number <= jobs; number++) {
    const parent = number % 3 === 0 ? { parent_job_id: 1 + (number % 2) } : {};
    const target = number % 4 === 0 ? { hostless: true } : { meta_hosts: ['board:a'] };
    const job = { name: 'x', control_file: '', control_type: 'Server', priority: 10, ...target, ...parent };
    createJob(made, job, 'chromeos-test', startMs + number * everyMs);
  }
  return made;
}
